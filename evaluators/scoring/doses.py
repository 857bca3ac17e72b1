"""Doses in an action's own words: how much at once, a day, an hour, and for each kilogram.

Belongs here: reading amount, unit, frequency and rate next to a drug's name. Does not belong here:
which dose is too high (`safety_rules.yml`). What is not written is not guessed: without a frequency
there is no daily dose, without a rate no hourly one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from evaluators.encounter._wording import spelled
from evaluators.encounter.drugs import drug_spans

_UNITS: Final = {
    "mcg": ("mg", 0.001),
    "ug": ("mg", 0.001),
    "microgram": ("mg", 0.001),
    "mg": ("mg", 1.0),
    "milligram": ("mg", 1.0),
    "g": ("mg", 1000.0),
    "gm": ("mg", 1000.0),
    "gram": ("mg", 1000.0),
    "unit": ("unit", 1.0),
    "u": ("unit", 1.0),
    "iu": ("unit", 1.0),
    "meq": ("meq", 1.0),
    "mmol": ("meq", 1.0),
    "ml": ("ml", 1.0),
    "cc": ("ml", 1.0),
    "l": ("ml", 1000.0),
    "liter": ("ml", 1000.0),
}
"""Written unit to the unit that is compared and the factor. A mmol of a monovalent ion is a mEq."""

_NUMBER = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?|\.\d+"
_AMOUNT: Final = re.compile(
    rf"(?<![\d.])(?P<low>{_NUMBER})(?:\s*(?:-|to)\s*(?P<high>{_NUMBER}))?\s*"
    r"(?P<unit>mcg|ug|micrograms?|mg|milligrams?|g|gm|grams?|units?|iu|u|meq|mmol|ml|cc|l|liters?)"
    r"(?![a-z0-9])(?P<kg>\s*/\s*kg|\s+per\s+kg)?"
    r"(?:\s*(?:/|per|an|every)\s*(?P<per>hour|hr|h|minute|min|day|d)(?![a-z]))?"
)
_EVERY: Final = re.compile(
    r"\b(?:q\.?|every)\s*(?P<low>\d+)(?:\s*(?:-|to)\s*\d+)?\s*(?P<unit>h|hr|hrs|hours?|min|minutes?)\b"
)
_COUNTED: Final = re.compile(
    r"\b(?:(?P<word>once|twice|thrice)|(?P<number>[1-9]|two|three|four|five|six)\s*(?:x|times?)"
    r"|x\s*(?P<digit>[1-9]))\s*(?:/\s*|(?:a|per|each|every)\s+)?da(?:y|ily)\b"
)
_COUNTS: Final = {
    **{"once": 1, "twice": 2, "thrice": 3, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6},
    **{str(number): number for number in range(1, 10)},
}
_TIMES: Final = (
    (re.compile(r"\b(?:qid|q\.i\.d)\b"), 4.0),
    (re.compile(r"\b(?:tid|t\.i\.d)\b"), 3.0),
    (re.compile(r"\b(?:bid|b\.i\.d)\b"), 2.0),
    (re.compile(r"\b(?:daily|q\.?d|qhs|nightly|q24h|q am|qam|qpm)\b"), 1.0),
)
_OVER: Final = re.compile(
    r"\bover\s+(?P<number>\d+(?:\.\d+)?|an?|one)?\s*(?:-\s*\d+\s*)?(?P<unit>h|hr|hours?|min|minutes?)\b"
)
_DAYS: Final = re.compile(r"\b(?:per day|/ ?day|a day|in 24 ?h(?:ours)?|/24 ?h)\b")
_HOURS_A_DAY: Final = 24.0


@dataclass(frozen=True)
class Dose:
    """One written dose. Amounts in mg, unit, meq or ml (`unit`)."""

    unit: str
    each: float | None
    """At once; None for a rate without an amount."""
    per_day: float | None
    per_hour: float | None
    is_per_kg: bool


@lru_cache(maxsize=4096)
def doses_of(wording: str, drug: re.Pattern[str]) -> tuple[Dose, ...]:
    """Doses that stand with the drug whose name the pattern finds.

    A dose stands behind its drug up to the next drug, or right before it (`40 mEq of KCl`).
    """
    text = spelled(wording)
    spans = drug_spans(text)
    found: list[Dose] = []
    for name in drug.finditer(text):
        start, end = name.span()
        behind = min((s.start for s in spans if s.start >= end), default=len(text))
        stop = text.find(";", end)
        own = text[end : behind if stop < 0 else min(behind, stop)]
        amounts = list(_AMOUNT.finditer(own))
        if amounts:
            # What follows a second amount is a total or a limit.
            found.extend(
                _dose(one, _around(own, amounts, at)) for at, one in enumerate(amounts[:2])
            )
            continue
        ahead = max((s.end for s in spans if s.end <= start), default=0)
        before = list(_AMOUNT.finditer(text[ahead:start]))
        found.extend(_dose(amount, own) for amount in before[-1:])
    return tuple(found)


def _around(text: str, amounts: Sequence[re.Match[str]], at: int) -> str:
    """What is said of one amount: up to the next in the same unit (`1 g q6h, at most 4 g a day`).

    An amount in another unit does not end it: `40 mEq in 100 mL over 1 hour`.
    """
    unit, _ = _unit(amounts[at])
    following = (one.start() for one in amounts[at + 1 :] if _unit(one)[0] == unit)
    return text[amounts[at].start() if at else 0 : next(following, len(text))]


def _unit(amount: re.Match[str]) -> tuple[str, float]:
    """The unit that is compared, and how many of it the written one is."""
    written = amount["unit"]
    return _UNITS[written.removesuffix("s") if len(written) > 2 else written]


def _dose(amount: re.Match[str], around: str) -> Dose:
    number = float((amount["high"] or amount["low"]).replace(",", ""))
    unit, factor = _unit(amount)
    value = number * factor
    per = (amount["per"] or "")[:1]
    is_per_kg = amount["kg"] is not None
    if per == "h":
        return Dose(unit, None, value * _HOURS_A_DAY, value, is_per_kg)
    if per == "m":
        return Dose(unit, None, value * 60 * _HOURS_A_DAY, value * 60, is_per_kg)
    times = _times_a_day(around)
    if per == "d" or (times is None and _DAYS.search(around)):
        return Dose(unit, None, value, None, is_per_kg)
    hours = _over_hours(around)
    return Dose(
        unit=unit,
        each=value,
        per_day=None if times is None else value * times,
        per_hour=None if hours is None else value / hours,
        is_per_kg=is_per_kg,
    )


def _times_a_day(text: str) -> float | None:
    every = _EVERY.search(text)
    if every:
        interval = float(every["low"])
        if every["unit"].startswith("m"):
            interval /= 60
        return _HOURS_A_DAY / interval if interval > 0 else None
    counted = _COUNTED.search(text)
    if counted:
        return float(_COUNTS[counted["word"] or counted["number"] or counted["digit"]])
    return next((times for pattern, times in _TIMES if pattern.search(text)), None)


def _over_hours(text: str) -> float | None:
    over = _OVER.search(text)
    if over is None:
        return None
    number = over["number"] or "1"
    hours = float(number) if number[0].isdigit() else 1.0
    if over["unit"].startswith("m"):
        hours /= 60
    return hours if hours > 0 else None
