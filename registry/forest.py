"""The geometry of a forest plot: who lies where, in percent of the plot's width.

Belongs here: positions, marks and the description in words. Does not belong here: markup and
colours (`templates/`). Horizontal positions are percentages and vertical ones pixels, so that the
plot fills a phone and a desktop alike while its text keeps its size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.disclosure import shown_cut
from registry.policy import CutScores, Tier
from registry.statements import Statement

TOP_PX = 40
ROW_PX = 38
BOTTOM_PX = 30
LONGEST_LABEL = 28
"""Characters of a candidate id that fit a phone; longer ids are cut in the middle."""

_MARGIN = 2.0
_MARKS = {
    Tier.WITH_DISTINCTION: "diamond",
    Tier.CREDENTIALED: "disc",
    Tier.NOT_CREDENTIALED: "ring",
}


@dataclass(frozen=True)
class Row:
    """One candidate: label, interval with its mean, and the one-sided lower bound."""

    label: str
    top: int
    label_y: int
    y: int
    low: str
    high: str
    mean: str
    bound: str
    mark: str
    """`diamond` (with distinction), `disc` (credentialed) or `ring` (not credentialed)."""
    is_reference: bool


@dataclass(frozen=True)
class Rule:
    """A vertical line with its label."""

    x: str
    label: str


@dataclass(frozen=True)
class Forest:
    """Everything that the template needs to draw one plot."""

    height: int
    row_height: int
    axis_y: int
    rows: tuple[Row, ...]
    ticks: tuple[Rule, ...]
    cut: Rule
    distinction: Rule
    description: str
    """The plot in words, for those who do not see it."""


def forest(statements: Sequence[Statement], cuts: CutScores) -> Forest:
    """Lay out ranked statements, in the order given, on an axis of credit from 0 to 1."""
    rows = tuple(_row(statement, number) for number, statement in enumerate(statements))
    axis_y = TOP_PX + ROW_PX * len(rows)
    return Forest(
        height=axis_y + BOTTOM_PX,
        row_height=ROW_PX,
        axis_y=axis_y,
        rows=rows,
        ticks=tuple(
            Rule(_percent(tick / 4), f"{tick / 4:.2f}".rstrip("0").rstrip(".")) for tick in range(5)
        ),
        cut=Rule(_percent(cuts.credentialed), f"cut score {shown_cut(cuts.credentialed)}"),
        distinction=Rule(
            _percent(cuts.with_distinction), f"distinction {shown_cut(cuts.with_distinction)}"
        ),
        description=" ".join(_words(statement) for statement in statements)
        + f" The cut score is {shown_cut(cuts.credentialed)},"
        + f" for distinction {shown_cut(cuts.with_distinction)}.",
    )


def _row(statement: Statement, number: int) -> Row:
    scores: Mapping[str, Any] = statement.predicate["scores"]
    low, high = float(scores["interval"]["low"]), float(scores["interval"]["high"])
    top = TOP_PX + ROW_PX * number
    return Row(
        label=shortened(statement.candidate),
        top=top,
        label_y=top + 14,
        y=top + 26,
        low=_percent(low),
        high=_percent(high),
        mean=_percent(float(scores["mean_credit"])),
        bound=_percent(float(scores["lower_bound"])),
        mark=_MARKS[Tier(statement.predicate["tier"])],
        is_reference=bool(statement.predicate["reference"]),
    )


def _words(statement: Statement) -> str:
    scores = statement.predicate["scores"]
    return (
        f"{statement.candidate}: mean {scores['mean_credit']}, interval "
        f"{scores['interval']['low']} to {scores['interval']['high']}, lower bound "
        f"{scores['lower_bound']}, {statement.predicate['tier'].replace('_', ' ')}."
    )


def _percent(share: float) -> str:
    return f"{_MARGIN + share * (100 - 2 * _MARGIN):.2f}%"


def shortened(label: str) -> str:
    """A candidate id as the plot shows it: whole, or cut in the middle."""
    if len(label) <= LONGEST_LABEL:
        return label
    half = (LONGEST_LABEL - 1) // 2
    return f"{label[: LONGEST_LABEL - 1 - half]}…{label[-half:]}"
