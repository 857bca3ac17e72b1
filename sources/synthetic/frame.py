"""The times of one admission that everything else is hung on.

Belongs here: the frame and how many of them a patient may have. Does not belong here: what happens
within it (`course`, `drug_course`, `icu_course`).
"""

from __future__ import annotations

from dataclasses import dataclass

MOST_ADMISSIONS = 4
"""Most admissions of one patient (`life.BEFORE` and the examined one); they share its ids."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The times that everything else is hung on."""

    arrival: int
    admitted: int
    discharged: int
    ed_end: int
    """Equal to `arrival` when the patient did not come through the emergency department."""
    laboratory: int = 0
    """How many times the laboratory's panels have grown (`labs.yml`, `later`)."""
