"""When an order asks for its test: now, later, or several times.

Belongs here: reading a schedule out of the candidate's words. Does not belong here: which test they
mean (`orders`), what the record holds for it (`lookup`).

Read are a delay (*in 4 h*, *after 90 minutes*), an interval (*q3h*, *every 6 hours*, *hourly*,
*daily*) with a number of times (*x3*), and *serial*, which means three times, three hours apart,
where nothing else is said: the shorter of the intervals for conventional troponin in the guideline
for chest pain (AHA/ACC 2021, 3 to 6 h). `x2` without an interval is two specimens of one draw.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from evaluators.encounter._wording import cut

MOST_TIMES = 12
"""Draws of one order that are followed; an interval without a number asks for as many."""
_SERIAL_HOURS = 3.0
_SERIAL_TIMES = 3
_LONGEST_HOURS = 168.0

_UNIT = r"(?P<unit>h(?:ou)?rs?|h|min(?:ute)?s?|days?|d)\b"
_NUMBER = r"(?P<number>\d{1,3}(?:\.\d{1,2})?)(?:\s*(?:-|to)\s*\d{1,3})?\s*"
_DELAY = re.compile(rf"\b(?:in|after)\s+(?:about\s+)?{_NUMBER}{_UNIT}", re.IGNORECASE)
_INTERVAL = re.compile(rf"\b(?:q\.?|every|each)\s*{_NUMBER}{_UNIT}", re.IGNORECASE)
_HOURLY = re.compile(r"\b(?:q\.?\s*h(?:ou)?r?|every hour|hourly)\b", re.IGNORECASE)
_DAILY = re.compile(r"\b(?:q\.?\s*d(?:ay|aily)?|every day|daily)\b", re.IGNORECASE)
_SERIAL = re.compile(r"\bserial(?:ly)?\b", re.IGNORECASE)
_TIMES = re.compile(
    r"(?:\bx\s*|×\s*)(?P<x>\d{1,2})\b|\b(?P<times>\d{1,2})\s+times\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When the specimens of one order are wanted."""

    delay_hours: float
    """From the clock of the order to the first; 0 is now."""
    interval_hours: float
    """From one to the next; 0 when there is one only."""
    times: int


@lru_cache(maxsize=4096)
def schedule_of(wording: str) -> Schedule | None:
    """The schedule that a wording states; None for a test that is wanted once, and now."""
    text = cut(wording)
    delay = _hours(_DELAY.search(text))
    interval = _hours(_INTERVAL.search(text))
    if not interval:
        interval = 1.0 if _HOURLY.search(text) else 24.0 if _DAILY.search(text) else 0.0
    said = _TIMES.search(text)
    times = int(said["x"] or said["times"]) if said else MOST_TIMES
    if not interval and _SERIAL.search(text):
        interval = _SERIAL_HOURS
        times = times if said else _SERIAL_TIMES
    if not interval:
        return Schedule(delay, 0.0, 1) if delay else None
    return Schedule(delay, interval, max(1, min(times, MOST_TIMES)))


def _hours(found: re.Match[str] | None) -> float:
    if found is None:
        return 0.0
    number, unit = float(found["number"]), found["unit"].lower()
    hours = number / 60 if unit.startswith("m") else number * 24 if unit.startswith("d") else number
    return min(hours, _LONGEST_HOURS)
