"""How a person stands beside models: on the patients that the person has met.

Belongs here: the comparison. Does not belong here: statistics (`evaluators.scoring.statistics`),
standings of models. A baseline takes no rank, is never put before the credential policy and never
published: it is made anew from private scores whenever it is shown.

A person seldom meets a whole set. The patients met are the first by scenario id, which is a digest:
a sample that nobody has chosen. Each candidate is compared on the same patients, paired.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from evaluators.scoring.score import is_unsafe
from evaluators.scoring.statistics import CaseCredit, Estimate, Interval, compare_all, estimate

LEAST_PATIENTS: Final = 10


@dataclass(frozen=True)
class Beside:
    """One candidate on the patients that the person has met."""

    candidate: str
    patients: int
    """Patients that both have met."""
    mean: float
    """Mean credit of the candidate on them."""
    difference: float
    """The person's mean minus the candidate's."""
    interval: Interval | None
    """Two-sided 95 % of the difference, patients paired; None below `LEAST_PATIENTS`, where a
    bootstrap says more than it knows."""
    safety_failures: int


@dataclass(frozen=True)
class Baseline:
    """One person in one category."""

    candidate: str
    category: str
    estimate: Estimate
    scenarios: int
    """How many the whole set has."""
    safety_failures: int
    beside: tuple[Beside, ...]
    """Best first."""


def baseline_of(
    person: Mapping[str, Any], others: Iterable[Mapping[str, Any]], scenarios: int, seed: int
) -> Baseline:
    """The baseline that a person sets.

    Args:
        person: Contents of the person's `scores.json`.
        others: Those of candidates in the same category; what is of another set or methodology is
            left out.
        scenarios: Size of the whole set.
        seed: From `statistics_seed`, so that draws are those of the standings.
    """
    met = _credits(person["cases"])
    patients = {case.patient_key for case in met}
    beside = []
    for scores in others:
        if any(
            scores[name] != person[name] for name in ("scenario_set_sha256", "methodology_sha256")
        ):
            continue
        cases = [case for case in scores["cases"] if case["patient_key"] in patients]
        if not cases:
            continue
        pair = compare_all({"0": met, "1": _credits(cases)}, seed)[0]
        beside.append(
            Beside(
                candidate=scores["candidate"],
                patients=pair.patients,
                mean=sum(case["credit"] for case in cases) / len(cases),
                difference=pair.difference,
                interval=pair.interval if pair.patients >= LEAST_PATIENTS else None,
                safety_failures=sum(map(is_unsafe, cases)),
            )
        )
    return Baseline(
        candidate=person["candidate"],
        category=person["category"],
        estimate=estimate(met, seed),
        scenarios=scenarios,
        safety_failures=sum(map(is_unsafe, person["cases"])),
        beside=tuple(sorted(beside, key=lambda one: (-one.mean, one.candidate))),
    )


def _credits(cases: Sequence[Mapping[str, Any]]) -> list[CaseCredit]:
    return [CaseCredit(case["patient_key"], case["credit"]) for case in cases]
