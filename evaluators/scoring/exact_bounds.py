"""Exact bounds of a share: how many of so many patients, with nothing assumed but independence.

Belongs here: Clopper and Pearson's interval (1934) and the outcomes of an examination that are a
plain yes or no. Does not belong here: bounds of mean credit, which is fractional (`statistics`).

Wilson's bound keeps its confidence on average over all true shares; this one keeps it for each of
them, and is therefore wider. It stands beside rare events, above all safety failures: none seen in
n patients still leaves about 3 / n possible ("rule of three", Hanley and Lippman-Hand 1983).
Patients are the trials, since encounters of one patient are not independent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from evaluators.scoring.statistics import CONFIDENCE, Interval


@dataclass(frozen=True)
class Share:
    """So many patients of so many, with exact bounds."""

    count: int
    patients: int
    interval: Interval
    """Two-sided 95 %."""
    upper_bound: float
    """One-sided 95 %: for events that should not happen."""
    lower_bound: float
    """One-sided 95 %: for outcomes that should."""

    def as_json(self) -> dict[str, Any]:
        """The share as it stands in `scores.json`."""
        return {
            "count": self.count,
            "patients": self.patients,
            "interval": self.interval.as_json(),
            "lower_bound": self.lower_bound,
            "upper_bound": self.upper_bound,
        }


def clopper_pearson_bound(
    successes: int, trials: int, *, confidence: float, upper: bool = False
) -> float:
    """Clopper and Pearson's bound of a share, one-sided at `confidence`, in [0, 1].

    Args:
        successes: From 0 to `trials`.
        trials: Independent trials; 0 gives the trivial bound.
        confidence: One-sided; pass 0.975 for an end of a two-sided 95 % interval.
        upper: The upper instead of the lower bound.

    Raises:
        ValueError: when the counts or the confidence are impossible.
    """
    if not 0 <= successes <= trials:
        raise ValueError("Successes must lie between 0 and the number of trials: count anew.")
    if not 0 < confidence < 1:
        raise ValueError("A confidence must lie between 0 and 1: give a share such as 0.95.")
    if successes == (trials if upper else 0):
        return 1.0 if upper else 0.0
    from scipy.special import betaincinv  # a quarter of a second that only scoring pays for

    if upper:
        return float(betaincinv(successes + 1, trials - successes, confidence))
    return float(betaincinv(successes, trials - successes + 1, 1 - confidence))


def exact_share(outcomes: Iterable[tuple[str, bool]], *, every: bool = False) -> Share:
    """The share of patients with an outcome.

    Args:
        outcomes: Patient and whether it happened, one entry an encounter, in any order.
        every: A patient counts when it happened in all of its encounters, not in at least one.
    """
    by_patient: dict[str, bool] = {}
    for patient, happened in outcomes:
        before = by_patient.get(patient, every)
        by_patient[patient] = (before and happened) if every else (before or happened)
    count, patients = sum(by_patient.values()), len(by_patient)
    both = 1 - (1 - CONFIDENCE) / 2
    return Share(
        count=count,
        patients=patients,
        interval=Interval(
            clopper_pearson_bound(count, patients, confidence=both),
            clopper_pearson_bound(count, patients, confidence=both, upper=True),
        ),
        lower_bound=clopper_pearson_bound(count, patients, confidence=CONFIDENCE),
        upper_bound=clopper_pearson_bound(count, patients, confidence=CONFIDENCE, upper=True),
    )
