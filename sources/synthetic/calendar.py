"""Whole minutes since 2100-01-01 as MIMIC's text, fast.

Belongs here: times to text and back to years. MIMIC shifts its dates to the years 2110 to 2210.
"""

from __future__ import annotations

from datetime import date, timedelta

_EPOCH = date(2100, 1, 1)
FIRST_YEAR = 2110
_CLOCK = tuple(f" {minute // 60:02d}:{minute % 60:02d}:00" for minute in range(1440))


class _Days(dict[int, str]):
    """Days since 2100-01-01 to their text; a look-up is cheaper than a cached call."""

    def __missing__(self, number: int) -> str:
        text = self[number] = (_EPOCH + timedelta(days=number)).isoformat()
        return text


_DAYS = _Days()


def moment(at: int) -> str:
    """`YYYY-MM-DD HH:MM:SS`."""
    return _DAYS[at // 1440] + _CLOCK[at % 1440]


def day(at: int) -> str:
    """`YYYY-MM-DD`."""
    return _DAYS[at // 1440]


def midnight(at: int) -> str:
    """`YYYY-MM-DD 00:00:00`, as MIMIC writes a day in a column of times."""
    return _DAYS[at // 1440] + _CLOCK[0]


def year_start(year: int) -> int:
    """The first minute of a year."""
    return (date(year, 1, 1) - _EPOCH).days * 1440


def year_of(at: int) -> int:
    """The year of a time."""
    return int(_DAYS[at // 1440][:4])
