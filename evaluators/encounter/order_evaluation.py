"""How well wordings of orders are understood, measured on wordings labelled by hand.

Belongs here: reading the labelled set, comparing what `orders` resolves with the labels, precision
and recall by kind and split. Does not belong here: the rules (`orders`), what is printed
(`orchestration.order_commands`).

The held-out part was written before any figure was taken; how blind it is stands in
docs/decisions/order-resolution.md. So that rules are not tuned on it, only its figures leave this
module: wordings that were missed are listed for the
tuned part alone.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evaluators.catalogue import Catalogue
from evaluators.encounter.orders import OrderResolver
from evaluators.encounter.tools.registry import TOOLS

LABELLED: Final = (
    Path(__file__).resolve().parents[2]
    / "tests"
    / "evaluators"
    / "encounter"
    / "labelled_orders.csv"
)
"""The labelled set of this checkout; an installed package does not carry it."""

PRECISION_GOAL: Final = 0.99
"""At least this share of the tests that are found are meant, on the held-out part."""
RECALL_GOAL: Final = 0.95
"""At least this share of the tests that are meant are found, on the held-out part."""

TUNED: Final = "tuned"
HELD_OUT: Final = "held_out"
KINDS: Final = (
    "lab",
    "panel",
    "micro",
    "imaging",
    "cardiac",
    "procedure",
    "vital",
    "exam",
    "tool",
    "several",
    "misspelled",
    "negative",
)
_HEADER: Final = ["wording", "expected", "kind", "split"]
_AMBIGUOUS: Final = "ambiguous"
_UNRECOGNISED: Final = "unrecognised"


class LabelledOrdersError(Exception):
    """The labelled set is missing, or a row of it is not usable."""


@dataclass(frozen=True, slots=True)
class LabelledOrder:
    """One wording and what it means, as a person labelled it."""

    wording: str
    expected: tuple[str, ...]
    """For each single order a test or tool id, `ambiguous` or `unrecognised`."""
    kind: str
    split: str

    @property
    def ids(self) -> Counter[str]:
        """Tests and tools that must be found, and no others."""
        return Counter(one for one in self.expected if one not in {_AMBIGUOUS, _UNRECOGNISED})


@dataclass(frozen=True, slots=True)
class OrderFigures:
    """Counts over the wordings of one kind and split, or of a whole split."""

    wordings: int
    meant: int
    """Tests and tools that the labels name."""
    found: int
    """Tests and tools that the resolver returned."""
    right: int
    """Those that are both."""
    wrong_wordings: int
    """Wordings with at least one test that was not meant: what must not happen in silence."""
    as_labelled: int
    """Wordings with the very outcomes of the label, `ambiguous` and `unrecognised` told apart."""

    @property
    def precision(self) -> float | None:
        """Share of the found that were meant; None when nothing was found."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Share of the meant that were found; None when nothing was meant."""
        return self.right / self.meant if self.meant else None


@dataclass(frozen=True, slots=True)
class OrderEvaluation:
    """Figures of both splits, in all and by kind."""

    by_split: Mapping[str, OrderFigures]
    by_kind: Mapping[tuple[str, str], OrderFigures]
    """By split and kind, in the order of `KINDS`; only kinds that have wordings."""
    missed: tuple[tuple[LabelledOrder, tuple[str, ...]], ...]
    """Tuned wordings whose tests were not all and only found, with what was found."""

    @property
    def meets_goals(self) -> bool:
        """Whether precision and recall on the held-out part reach the stated goals."""
        held_out = self.by_split[HELD_OUT]
        return (held_out.precision or 0.0) >= PRECISION_GOAL and (
            held_out.recall or 0.0
        ) >= RECALL_GOAL


def read_labelled(path: Path, catalogue: Catalogue) -> tuple[LabelledOrder, ...]:
    """The labelled set, checked row by row.

    Raises:
        LabelledOrdersError: The file is not there, has another header, repeats a wording, or a row
            names a kind, split or id that does not exist, or a split has no row.
    """
    try:
        with path.open(encoding="utf-8", newline="") as opened:
            reader = csv.reader(opened)
            if next(reader, None) != _HEADER:
                raise LabelledOrdersError(
                    f"{path.name} must have the columns {', '.join(_HEADER)}."
                )
            rows = [_row(path.name, reader.line_num, row, catalogue) for row in reader]
    except FileNotFoundError:
        raise LabelledOrdersError(
            "The labelled wordings are not installed: run this in a checkout, which has them in "
            "tests/evaluators/encounter/labelled_orders.csv."
        ) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LabelledOrdersError(
            f"{path.name} cannot be read as UTF-8 CSV ({type(error).__name__}): restore it from "
            "the repository."
        ) from None
    seen: set[str] = set()
    for row in rows:
        if row.wording.casefold() in seen:
            raise LabelledOrdersError(f"{path.name} has a wording twice: {row.wording!r}.")
        seen.add(row.wording.casefold())
    for split in (TUNED, HELD_OUT):
        if not any(row.split == split for row in rows):
            raise LabelledOrdersError(f"{path.name} has no row of the split {split}.")
    return tuple(rows)


def evaluate_orders(resolver: OrderResolver, labelled: Sequence[LabelledOrder]) -> OrderEvaluation:
    """Resolve every labelled wording and count.

    Precision and recall are over tests, not wordings: an order of five tests counts five times, a
    test that was not meant counts against precision wherever it appears.
    """
    outcomes = [(row, _outcomes(resolver, row.wording)) for row in labelled]
    by_split = {
        split: _count(pair for pair in outcomes if pair[0].split == split)
        for split in (TUNED, HELD_OUT)
    }
    by_kind = {
        (split, kind): _count(chosen)
        for split in by_split
        for kind in KINDS
        if (chosen := [one for one in outcomes if (one[0].split, one[0].kind) == (split, kind)])
    }
    missed = tuple(
        (row, found) for row, found in outcomes if row.split == TUNED and _ids(found) != row.ids
    )
    return OrderEvaluation(by_split, by_kind, missed)


def _row(name: str, line: int, row: list[str], catalogue: Catalogue) -> LabelledOrder:
    if len(row) != len(_HEADER):
        raise LabelledOrdersError(f"{name}, line {line}: {len(row)} columns instead of 4.")
    wording, labels, kind, split = row
    if not wording.strip():
        raise LabelledOrdersError(f"{name}, line {line}: there is no wording.")
    if kind not in KINDS:
        raise LabelledOrdersError(f"{name}, line {line}: there is no kind {kind!r}.")
    if split not in {TUNED, HELD_OUT}:
        raise LabelledOrdersError(f"{name}, line {line}: there is no split {split!r}.")
    expected = tuple(labels.split("|"))
    for label in expected:
        if label not in {_AMBIGUOUS, _UNRECOGNISED, *TOOLS} and label not in catalogue.tests:
            raise LabelledOrdersError(
                f"{name}, line {line}: {label!r} is no test, no tool, not `ambiguous` and not "
                "`unrecognised`."
            )
    return LabelledOrder(wording, expected, kind, split)


def _outcomes(resolver: OrderResolver, wording: str) -> tuple[str, ...]:
    return tuple(
        one.test_id or one.tool_id or (_AMBIGUOUS if one.choices else _UNRECOGNISED)
        for one in resolver.resolve(wording)
    )


def _ids(outcomes: Iterable[str]) -> Counter[str]:
    return Counter(one for one in outcomes if one not in {_AMBIGUOUS, _UNRECOGNISED})


def _count(outcomes: Iterable[tuple[LabelledOrder, tuple[str, ...]]]) -> OrderFigures:
    wordings = meant = found = right = wrong = same = 0
    for row, resolved in outcomes:
        ids = _ids(resolved)
        wordings += 1
        meant += row.ids.total()
        found += ids.total()
        right += (ids & row.ids).total()
        wrong += bool(ids - row.ids)
        same += Counter(resolved) == Counter(row.expected)
    return OrderFigures(wordings, meant, found, right, wrong, same)
