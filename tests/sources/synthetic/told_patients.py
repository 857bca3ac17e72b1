"""Patients of one condition, drawn in memory, and what their index admissions hold.

Belongs here: finding and reading admissions for the tests of single stories. Does not belong here:
what a story should look like (`test_stories_<category>`).
"""

from __future__ import annotations

from functools import cache

from sources.synthetic.life import Life, assigned
from sources.synthetic.stories import load_stories
from sources.synthetic.timeline import HOUR, Admission

SEED = 5
WINDOW = 72.0
"""Hours after arrival within which a cohort looks for its required tests."""


@cache
def told(condition: str, count: int = 36) -> tuple[Admission, ...]:
    """The first `count` index admissions of a condition that came through the emergency room."""
    known = {name for stories in load_stories().values() for name in stories}
    if condition not in known:
        raise KeyError(f"no story is called {condition!r}")
    found: list[Admission] = []
    number = 0
    while len(found) < count:
        number += 1
        if assigned(SEED, number)[1] == condition:
            admission = Life(SEED, number).patient().admissions[-1]
            if admission.ed is not None:
                found.append(admission)
    return tuple(found)


def values(admission: Admission, key: str, until: float = WINDOW) -> list[float]:
    """Numbers of one laboratory item up to `until` hours, by time."""
    return [
        result.number
        for specimen in admission.specimens
        if (specimen.taken - admission.arrival) / HOUR <= until
        for result in specimen.results
        if result.key == key and result.number is not None
    ]


def texts(admission: Admission, key: str, until: float = WINDOW) -> list[str]:
    """Texts of one laboratory item up to `until` hours, by time."""
    return [
        result.text
        for specimen in admission.specimens
        if (specimen.taken - admission.arrival) / HOUR <= until
        for result in specimen.results
        if result.key == key and result.text is not None
    ]


def organisms(admission: Admission, specimen: str) -> list[str | None]:
    """What grew in the cultures of one specimen, None where nothing did or nobody looked."""
    return [
        None if culture.organism == "cancelled" else culture.organism
        for culture in admission.cultures
        if culture.specimen == specimen
    ]


def given(admission: Admission, *drugs: str) -> bool:
    """Whether any of the drugs was ordered."""
    return any(order.drug in drugs for order in admission.medications)


def first_doses(admission: Admission, drug: str) -> list[int]:
    """When the orders of a drug began: in the emergency department or on the ward."""
    return [
        order.start if order.in_ed is None else order.in_ed
        for order in admission.medications
        if order.drug == drug
    ]


def done(admission: Admission, procedure: str) -> bool:
    """Whether a procedure was done."""
    return any(item.key == procedure for item in admission.procedures)


def share(answers: list[bool]) -> float:
    """Share of true answers."""
    return sum(answers) / len(answers)
