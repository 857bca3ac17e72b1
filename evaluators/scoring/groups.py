"""Results by sex, age band and race group, with nobody singled out.

Belongs here: which groups may be shown, their figures, and whether credit depends on the group.
Does not belong here: the words of a group (`ground_truth`, from the marts), what is published (the
registry's policy and schemas).

A group of fewer than 11 patients is withheld (the cell-size rule of the US Centers for Medicare &
Medicaid Services, 2020: no cell of 1 to 10). Withholding one group alone would be vain: what the
others lack to the total is that group. So further groups are withheld, the smallest first, until
those that are withheld have 11 patients together. They are not named, and neither is it said
whether a group that is not shown has any patient. Counts of events in a group are not given at all:
two tables with the same total could be set against each other.

Whether credit depends on the group is tested over the groups shown: a permutation test of the
variation between the groups' means, patients as units, with Holm's correction (1979) over the
attributes. Groups differ in what they came with; a difference is a reason to look, not a verdict.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from evaluators.scoring.statistics import (
    CaseCredit,
    Estimate,
    Floats,
    estimate,
    holm,
    random_words,
)

ATTRIBUTES: Final = ("sex", "age_band", "race_group")
SMALLEST_GROUP: Final = 11
"""Patients; equal to `registry.disclosure.SMALLEST_COUNT`, which a test holds."""
UNKNOWN: Final = "Unknown"
PERMUTATIONS: Final = 1999
_CHUNK: Final = 256


@dataclass(frozen=True)
class GroupCase:
    """Credit of one encounter and the groups of its patient."""

    patient_key: str
    credit: float
    """In [0, 1]."""
    groups: Mapping[str, str | None]
    """By attribute; None counts as `Unknown`."""


@dataclass(frozen=True)
class GroupResult:
    """One group that may be shown."""

    group: str
    credit: Estimate


@dataclass(frozen=True)
class AttributeResult:
    """The groups of one attribute."""

    attribute: str
    shown: tuple[GroupResult, ...]
    """By the group's name."""
    withheld_patients: int | None
    """Patients of all groups that are not shown: 0, or at least 11; None under 11 in all."""
    p: float | None
    """Of equal credit in the groups shown; None with fewer than two."""
    p_holm: float | None

    def as_json(self) -> dict[str, Any]:
        """The attribute as it stands in `scores.json`."""
        return {
            "attribute": self.attribute,
            "shown": [
                {
                    "group": found.group,
                    "patients": found.credit.patients,
                    "mean_credit": found.credit.mean,
                    "lower_bound": found.credit.lower_bound,
                    "interval": found.credit.interval.as_json(),
                }
                for found in self.shown
            ],
            "withheld_patients": self.withheld_patients,
            "p": self.p,
            "p_holm": self.p_holm,
        }


def shown_groups(sizes: Mapping[str, int]) -> frozenset[str]:
    """The groups whose figures single nobody out, given the total and each other's figures.

    Args:
        sizes: Patients by group; every patient is in one group.
    """
    ascending = sorted((group for group in sizes if sizes[group]), key=lambda g: (sizes[g], g))
    withheld = {group for group in ascending if sizes[group] < SMALLEST_GROUP}
    for group in ascending:
        if not withheld or sum(sizes[one] for one in withheld) >= SMALLEST_GROUP:
            break
        withheld.add(group)
    return frozenset(ascending) - withheld


def results_by_group(cases: Sequence[GroupCase], seed: int) -> tuple[AttributeResult, ...]:
    """Credit by the groups of each attribute, in the order of `ATTRIBUTES`.

    Args:
        cases: One entry an encounter, in any order. A patient whose encounters name several groups
            of one attribute counts in the first of them by name.
        seed: Of the category's draws.

    Raises:
        ValueError: when a credit is outside [0, 1].
    """
    found = [_of_attribute(cases, attribute, seed) for attribute in ATTRIBUTES]
    tested = [place for place, (*_, p) in enumerate(found) if p is not None]
    adjusted = dict(zip(tested, holm([p for *_, p in found if p is not None]), strict=True))
    return tuple(
        AttributeResult(attribute, shown, withheld, p, adjusted.get(place))
        for place, (attribute, (shown, withheld, p)) in enumerate(
            zip(ATTRIBUTES, found, strict=True)
        )
    )


def _of_attribute(
    cases: Sequence[GroupCase], attribute: str, seed: int
) -> tuple[tuple[GroupResult, ...], int | None, float | None]:
    group_of: dict[str, str] = {}
    for case in cases:
        named = case.groups.get(attribute) or UNKNOWN
        group_of[case.patient_key] = min(named, group_of.get(case.patient_key, named))
    members: dict[str, list[CaseCredit]] = defaultdict(list)
    for case in cases:
        members[group_of[case.patient_key]].append(CaseCredit(case.patient_key, case.credit))
    sizes = {group: len({one.patient_key for one in of}) for group, of in members.items()}
    shown = tuple(
        GroupResult(group, estimate(members[group], seed)) for group in sorted(shown_groups(sizes))
    )
    patients = len(group_of)
    withheld = patients - sum(found.credit.patients for found in shown)
    p = _permutation_p([_patient_means(members[one.group]) for one in shown], attribute, seed)
    return shown, withheld if patients >= SMALLEST_GROUP else None, p


def _patient_means(cases: Sequence[CaseCredit]) -> Floats:
    """Mean credit of each patient, by key."""
    by_patient: dict[str, list[float]] = defaultdict(list)
    for case in cases:
        by_patient[case.patient_key].append(case.credit)
    return np.array([np.mean(sorted(by_patient[key])) for key in sorted(by_patient)])


def _permutation_p(groups: Sequence[Floats], attribute: str, seed: int) -> float | None:
    """How often groups drawn by chance differ as much; None with fewer than two groups."""
    if len(groups) < 2:
        return None
    values = np.concatenate(groups)
    values = values - values.mean()
    ends = np.cumsum([len(group) for group in groups])
    starts = np.concatenate([[0], ends[:-1]])
    sizes = ends - starts

    def between(rows: Floats) -> Floats:
        sums = np.add.reduceat(rows, starts, axis=1)
        varied: Floats = (sums**2 / sizes).sum(axis=1)
        return varied

    observed = between(values[None, :])[0]
    # Equal credits summed in another order differ by a float's noise, which must count as equal.
    threshold = observed - 1e-9 * max(1.0, observed)
    words = random_words(seed, f"groups/{attribute}", PERMUTATIONS * len(values))
    order = words.reshape(PERMUTATIONS, len(values))
    as_large = sum(
        int((between(values[np.argsort(part, axis=1)]) >= threshold).sum())
        for part in (order[at : at + _CHUNK] for at in range(0, PERMUTATIONS, _CHUNK))
    )
    return (1 + as_large) / (1 + PERMUTATIONS)
