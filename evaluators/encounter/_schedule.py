"""When an order asks for its test: now, later, or several times.

Belongs here: reading a schedule out of the candidate's words. Does not belong here: which test they
mean (`orders`), what the record holds for it (`lookup`).

Read are a delay (*in 4 h*, *after 90 minutes*), an interval (*q3h*, *every 6 hours*, *hourly*,
*daily*) with a number of times (*x3*), the hours themselves (*0, 3, 6 h*, *now and in 3 hours*,
*and repeat in 3 h*), and *serial*, which means three times, three hours apart, where nothing else
is said: the shorter of the intervals for conventional troponin in the guideline for chest pain
(AHA/ACC 2021, 3 to 6 h). `x2` without an interval is two specimens of one draw.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

from evaluators.encounter._wording import cut

MOST_TIMES = 12
"""Draws of one order that are followed; an interval without a number asks for as many."""
_TOLD = 6
_SERIAL_HOURS = 3.0
_SERIAL_TIMES = 3
_LONGEST_HOURS = 168.0

_UNIT = r"(?:h(?:ou)?rs?|h|min(?:ute)?s?|days?|d)\b"
_NUMBER = r"\d{1,3}(?:\.\d{1,2})?"
_LENGTH = rf"(?P<number>{_NUMBER})(?:\s*(?:-|to)\s*\d{{1,3}})?\s*(?P<unit>{_UNIT})"
_AT = r"(?:in|after|at)\s+(?:about\s+)?"
_DELAY = re.compile(rf"\b{_AT}{_LENGTH}", re.IGNORECASE)
# Several moments in a row, of which the first is now, hour 0, or stands after a word such as "at".
_ROW = re.compile(
    rf"(?:\bnow|\b{_AT}{_NUMBER}|(?<![\w.])0)(?:\s*{_UNIT})?"
    rf"(?:(?:\s*(?:[,/&]|\band\b|\bthen\b))+\s*(?:{_AT})?{_NUMBER}(?:\s*{_UNIT})?)+",
    re.IGNORECASE,
)
_MOMENT = re.compile(rf"\bnow\b|(?P<number>{_NUMBER})\s*(?P<unit>{_UNIT})?", re.IGNORECASE)
# Before a delay: what is asked for stands before it already (`troponin, repeat in 3 h`).
_AGAIN = re.compile(
    r"\w\s*(?:\band|\bthen|[&+])\s*$|\w\s*(?:[,&+(]|\band\b|\bthen\b)\s*"
    r"(?:then|repeat(?:ed)?|again|recheck(?:ed)?|another)\b(?:\s+\w+){0,2}\s*$",
    re.IGNORECASE,
)
_INTERVAL = re.compile(rf"\b(?:q\.?|every|each)\s*{_LENGTH}", re.IGNORECASE)
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
    gaps: tuple[float, ...] = ()
    """Hours from one to the next; empty when there is one only."""

    def __str__(self) -> str:
        """The moments, counted from now: `now, 3 h, 6 h`."""
        moments = [*accumulate(self.gaps, initial=self.delay_hours)]
        told = ", ".join(f"{hours:g} h" if hours else "now" for hours in moments[:_TOLD])
        return told if len(moments) <= _TOLD else f"{told}, ... ({len(moments)} in all)"


@lru_cache(maxsize=4096)
def schedule_of(wording: str) -> Schedule | None:
    """The schedule that a wording states; None for a test that is wanted once, and now."""
    text = cut(wording)
    moments = _moments(text)
    interval = _interval(text)
    said = _TIMES.search(text)
    times = int(said["x"] or said["times"]) if said else MOST_TIMES
    if not interval and len(moments) < 2 and _SERIAL.search(text):
        interval = _SERIAL_HOURS
        times = times if said else _SERIAL_TIMES
    delay = moments[0] if moments else 0.0
    if interval:
        gaps = (interval,) * (min(times, MOST_TIMES) - 1)
    else:
        gaps = tuple(later - earlier for earlier, later in pairwise(moments[:MOST_TIMES]))
    return Schedule(delay, gaps) if delay or gaps else None


def _moments(text: str) -> tuple[float, ...]:
    """Hours from now at which the words ask for the test, rising; empty when they state none."""
    row = _ROW.search(text)
    found = _hours_of(row.group()) if row else ()
    start = row.start() if row else 0
    if not found:
        delay = _DELAY.search(text)
        if delay is None:
            return ()
        found, start = (_hours(delay["number"], delay["unit"]),), delay.start()
    return (0.0, *found) if found[0] and _AGAIN.search(text[:start]) else found


def _hours_of(row: str) -> tuple[float, ...]:
    """The moments of a row; a number without a unit has that of the next one with one."""
    unit = "h" if row.startswith("0") and row.count("/") > 1 else ""  # `trops 0/3/6`
    found: list[float] = []
    for moment in reversed([*_MOMENT.finditer(row)]):
        unit = moment["unit"] or unit
        if moment["number"] and not unit:
            return ()
        found.insert(0, _hours(moment["number"], unit) if moment["number"] else 0.0)
    if found[0] and "/" in row:  # `in 1/2 hour`
        return ()
    is_rising = all(earlier < later for earlier, later in pairwise(found))
    return tuple(found) if is_rising else ()


def _interval(text: str) -> float:
    found = _INTERVAL.search(text)
    if found:
        return _hours(found["number"], found["unit"])
    return 1.0 if _HOURLY.search(text) else 24.0 if _DAILY.search(text) else 0.0


def _hours(number: str, unit: str) -> float:
    value, kind = float(number), unit[0].lower()
    hours = value / 60 if kind == "m" else value * 24 if kind == "d" else value
    return min(hours, _LONGEST_HOURS)
