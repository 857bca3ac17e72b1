"""What MIMIC-III calls things: typed access to `mimiciii.yml`, row numbers, care units.

Belongs here: the small facts that its writers share. Does not belong here: rows.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sources.synthetic.stories import read_yaml
from sources.synthetic.timeline import Patient

LAST_LAB_ITEM = 51_555
"""D_LABITEMS of MIMIC-III ends here; later tests are unknown to it."""

_ROWS_PER_PATIENT = {
    "chartevents": 60_000,
    "labevents": 6_000,
    "inputevents_cv": 4_000,
    "inputevents_mv": 4_000,
    "outputevents": 4_000,
    "datetimeevents": 4_000,
}
_ROWS_OTHERWISE = 1_000


class Numbers:
    """`row_id` of every table: unique in the table, and free of the order of the patients."""

    def __init__(self, patient: int) -> None:
        """Open the numbers of one patient (from 1)."""
        self._patient = patient
        self._next: dict[str, int] = {}

    def take(self, table: str) -> int:
        """The next number in a table."""
        span = _ROWS_PER_PATIENT.get(table, _ROWS_OTHERWISE)
        turn = self._next.get(table, 0)
        if turn >= span:
            raise OverflowError(f"a synthetic patient has more rows of {table} than numbers")
        self._next[table] = turn + 1
        return self._patient * span + turn


@cache
def shapes() -> dict[str, Any]:
    """All of `mimiciii.yml`."""
    return read_yaml("mimiciii", "mimiciii")


def is_carevue(patient: Patient) -> bool:
    """Whether the patient's stays were charted in CareVue; MetaVision took over in 2008."""
    return patient.number % 5 < 2


def care_unit(unit: str) -> tuple[str, int]:
    """Care unit and ward of an intensive care unit of MIMIC-IV."""
    for part, (short, ward) in shapes()["units"].items():
        if part in unit:
            return short, ward
    return "MICU", 52


def ward_of(unit: str) -> int:
    """A ward for a unit that is no intensive care unit."""
    wards: list[int] = shapes()["wards"]
    return wards[sum(unit.encode()) % len(wards)]
