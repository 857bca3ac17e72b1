"""Whole minutes since 2100-01-01 as MIMIC's text, fast.

Belongs here: times to text and back to years. MIMIC shifts its dates to the years 2110 to 2210.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

_EPOCH = date(2100, 1, 1)
FIRST_YEAR = 2110
_CLOCK = tuple(f" {minute // 60:02d}:{minute % 60:02d}:00" for minute in range(1440))


@cache
def _day(number: int) -> str:
    return (_EPOCH + timedelta(days=number)).isoformat()


def moment(at: int) -> str:
    """`YYYY-MM-DD HH:MM:SS`."""
    return _day(at // 1440) + _CLOCK[at % 1440]


def day(at: int) -> str:
    """`YYYY-MM-DD`."""
    return _day(at // 1440)


def midnight(at: int) -> str:
    """`YYYY-MM-DD 00:00:00`, as MIMIC writes a day in a column of times."""
    return _day(at // 1440) + _CLOCK[0]


def year_start(year: int) -> int:
    """The first minute of a year."""
    return (date(year, 1, 1) - _EPOCH).days * 1440


def year_of(at: int) -> int:
    """The year of a time."""
    return int(_day(at // 1440)[:4])
