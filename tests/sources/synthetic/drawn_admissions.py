"""Index admissions of one condition, drawn in memory, and what was measured in them.

Belongs here: drawing and simple reading of values. Does not belong here: assertions.
"""

from __future__ import annotations

from functools import cache
from statistics import median

from sources.synthetic.life import Life, assigned
from sources.synthetic.timeline import HOUR, Admission

SEED = 3
_PATIENTS = 24_000
"""Enough for 160 admissions of a condition of the largest category."""


@cache
def _numbers() -> dict[str, list[int]]:
    """The patients of each condition."""
    found: dict[str, list[int]] = {}
    for number in range(1, _PATIENTS):
        found.setdefault(assigned(SEED, number)[1], []).append(number)
    return found


@cache
def admissions_of(condition: str, wanted: int = 40) -> tuple[Admission, ...]:
    """The first `wanted` index admissions of a condition that came through the emergency room."""
    found: list[Admission] = []
    for number in _numbers()[condition]:
        admission = Life(SEED, number).patient().admissions[-1]
        if admission.ed is not None:
            found.append(admission)
        if len(found) == wanted:
            return tuple(found)
    raise LookupError(f"{condition} is told {len(found)} times, not {wanted}")


def values(admission: Admission, key: str) -> list[float]:
    """Every number of one laboratory item, by time."""
    return [
        result.number
        for specimen in admission.specimens
        for result in specimen.results
        if result.key == key and result.number is not None
    ]


def texts(admission: Admission, key: str) -> list[str]:
    """Every text of one laboratory item, by time."""
    return [
        result.text
        for specimen in admission.specimens
        for result in specimen.results
        if result.key == key and result.text is not None
    ]


def is_ordered(admission: Admission, key: str, hours: float = 72.0) -> bool:
    """Whether an item was measured, number or limit, within some hours of arrival."""
    return any(
        result.key == key
        for specimen in admission.specimens
        for result in specimen.results
        if specimen.taken - admission.arrival <= hours * HOUR
    )


def share_with(admissions: tuple[Admission, ...], key: str) -> float:
    """Share of admissions in which an item was measured in the first 72 hours."""
    return sum(is_ordered(admission, key) for admission in admissions) / len(admissions)


def typical_first(condition: str, key: str) -> float:
    """Median of the first value of an item over the admissions in which it was measured."""
    firsts = [found[0] for one in admissions_of(condition) if (found := values(one, key))]
    return median(firsts)


def given(admission: Admission, *drugs: str) -> bool:
    """Whether any of the drugs was ordered."""
    return any(medication.drug in drugs for medication in admission.medications)


def done(admission: Admission, *procedures: str) -> bool:
    """Whether any of the procedures was done."""
    return any(procedure.key in procedures for procedure in admission.procedures)
