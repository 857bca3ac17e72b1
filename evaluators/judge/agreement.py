"""How far a judge and the deterministic scorer agree: Krippendorff's alpha with an interval.

Belongs here: alpha over two readings of the same answers, its interval, the cross table. Does not
belong here: the readings (`view`), what is done about disagreement (nothing: points are the
scorer's).

Alpha (Krippendorff 2011, "Computing Krippendorff's alpha-reliability") is 1 for perfect agreement
and 0 for that of chance; unlike the share of equal readings it is not flattered by a level that is
nearly always given. The levels of credit are ordered, so its ordinal distance is used. The interval
is a percentile bootstrap over distinct questions: equal answers to equal conditions are read once,
so that many patients with one question are one reading and not many. (A scenario set has one
scenario a patient, so that questions hold patients together as well.) Where nobody differs, a
bootstrap has no width; so the interval is never tighter than the one that Wilson's bounds of the
mean disagreement give, with the questions as trials, as for credit (`scoring.statistics`).
Answers that were left unscored are in neither; they are counted beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from evaluators.judge.prompt import CREDITS
from evaluators.scoring.statistics import (
    CONFIDENCE,
    Floats,
    Interval,
    random_words,
    wilson_bound,
)

DRAWS: Final = 1000
SMALLEST: Final = 11
"""Answers under which no agreement is given."""
MOST_UNDEFINED: Final = 0.05
"""Share of draws in which all readings are one level, above which no interval is given."""

_ENDS: Final = 1 - (1 - CONFIDENCE) / 2

FEW: Final = f"fewer than {SMALLEST} answers were judged"
UNVARIED: Final = "both give one and the same level throughout, so agreement cannot be told from it"
RARE: Final = "too few distinct questions for an interval"


@dataclass(frozen=True)
class Reading:
    """One answer with both readings, as places in `CREDITS`."""

    question: str
    """Id of the question: readings of one question stand or fall together."""
    scorer: int
    judge: int


@dataclass(frozen=True)
class Agreement:
    """Agreement of two readers over the same answers."""

    answers: int
    equal: int
    """Answers that both gave the same level."""
    table: tuple[tuple[int, ...], ...]
    """Answers by the scorer's level (rows) and the judge's (columns), in the order of `CREDITS`."""
    alpha: float | None
    interval: Interval | None
    """Two-sided 95 %."""
    reason: str | None
    """Why alpha or its interval is not given."""

    def as_json(self) -> dict[str, Any]:
        """The agreement as it stands in a judge's view."""
        return {
            "measure": "krippendorff_alpha_ordinal",
            "answers": self.answers,
            "equal": self.equal,
            "levels": list(CREDITS),
            "table": [list(row) for row in self.table],
            "alpha": self.alpha,
            "interval": None if self.interval is None else self.interval.as_json(),
            "reason": self.reason,
        }


def ordinal_alpha(counts: Floats) -> float | None:
    """Krippendorff's alpha with ordinal distance.

    Args:
        counts: Units x levels: how many readers gave the unit that level, levels in their order.

    Returns:
        None when fewer than two levels occur in units that two readers have read: agreement and
        disagreement are then both nothing.
    """
    import krippendorff

    paired = counts[counts.sum(axis=1) >= 2]
    present = paired.sum(axis=0) > 0
    if int(present.sum()) < 2:
        return None
    return float(
        krippendorff.alpha(value_counts=paired[:, present], level_of_measurement="ordinal")
    )


def agreement(readings: Sequence[Reading], seed: int) -> Agreement:
    """Agreement of scorer and judge.

    Args:
        readings: One entry an answer that both have read, in any order.
        seed: Of the category's draws (`score.statistics_seed`).
    """
    table = np.zeros((len(CREDITS), len(CREDITS)), dtype=np.int64)
    for one in readings:
        table[one.scorer, one.judge] += 1
    alpha, interval, reason = _alpha(readings, seed)
    return Agreement(
        answers=len(readings),
        equal=int(np.trace(table)),
        table=tuple(tuple(int(cell) for cell in row) for row in table),
        alpha=alpha,
        interval=interval,
        reason=reason,
    )


def _alpha(
    readings: Sequence[Reading], seed: int
) -> tuple[float | None, Interval | None, str | None]:
    if len(readings) < SMALLEST:
        return None, None, FEW
    # In a fixed order, so that the draws do not depend on the order of the readings.
    ordered = sorted(readings, key=lambda one: (one.question, one.scorer, one.judge))
    counts = np.zeros((len(ordered), len(CREDITS)))
    for place, one in enumerate(ordered):
        counts[place, one.scorer] += 1
        counts[place, one.judge] += 1
    alpha = ordinal_alpha(counts)
    if alpha is None:
        return None, None, UNVARIED
    questions = sorted({one.question for one in ordered})
    rows: dict[str, list[int]] = {key: [] for key in questions}
    for place, one in enumerate(ordered):
        rows[one.question].append(place)
    words = random_words(seed, "judge-agreement", DRAWS * len(questions)) >> np.uint64(32)
    picks = ((words * np.uint64(len(questions))) >> np.uint64(32)).astype(np.int64)
    drawn = []
    for draw in picks.reshape(DRAWS, len(questions)):
        found = ordinal_alpha(counts[[row for pick in draw for row in rows[questions[pick]]]])
        if found is not None:
            drawn.append(found)
    if len(drawn) < (1 - MOST_UNDEFINED) * DRAWS:
        return alpha, None, RARE
    ends = sorted(drawn)
    tail = int((1 - CONFIDENCE) / 2 * (len(ends) - 1))
    low, high = _wilson_ends(counts, len(questions))
    return alpha, Interval(min(ends[tail], low), max(ends[-1 - tail], high)), None


def _wilson_ends(counts: Floats, trials: int) -> tuple[float, float]:
    """Alpha at Wilson's bounds of the mean disagreement, as a share of the largest there is."""
    distance = _ordinal_distance(counts.sum(axis=0))
    number = counts.sum()
    totals = counts.sum(axis=0)
    expected = float(totals @ distance @ totals) / (number * (number - 1))
    largest = float(distance.max())
    # Two readers: a unit's disagreement is half of its counts' quadratic form.
    observed = float(np.einsum("ui,ij,uj->u", counts, distance, counts).mean()) / 2
    share = min(1.0, observed / largest)
    low, high = (
        1 - wilson_bound(share, trials, confidence=_ENDS, upper=upper) * largest / expected
        for upper in (True, False)
    )
    return max(-1.0, low), min(1.0, high)


def _ordinal_distance(totals: Floats) -> Floats:
    """Krippendorff's ordinal distance between levels that were given so often in all."""
    below = np.concatenate([[0.0], np.cumsum(totals)])
    middle = below[:-1] + totals / 2
    squared: Floats = (middle[:, None] - middle[None, :]) ** 2
    return squared
