"""How numbers may leave: fixed formats, and nothing from which a small count follows.

Belongs here: the formats of counts, means and rates in statements. Does not belong here: which
numbers are published (`statements`), and the scan of bytes (`privacy`).

A count below 11 is never published (the cell-size rule of the US Centers for Medicare & Medicaid
Services, 2020: no cell of 1 to 10), and no rate is from which such a count could be computed.
"""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from registry.errors import StandingError

SMALLEST_COUNT = 11
"""The smallest count that is published as a number."""

SUPPRESSED = f"<{SMALLEST_COUNT}"

_PLACES = Decimal("0.0001")


def shown_count(count: int) -> str:
    """A count of patients or encounters, or `<11`."""
    return str(_whole(count)) if count >= SMALLEST_COUNT else SUPPRESSED


def shown_events(count: int) -> str:
    """A count of events, where none may be told apart from few: `0`, `<11` or the count."""
    return "0" if _whole(count) == 0 else shown_count(count)


def shown_mean(value: float) -> str:
    """A mean in [0, 1], four decimals, ties to even."""
    return _fixed(value, ROUND_HALF_EVEN)


def shown_lower(value: float) -> str:
    """A lower bound in [0, 1], rounded down: what is shown never claims more than was shown."""
    return _fixed(value, ROUND_FLOOR)


def shown_upper(value: float) -> str:
    """An upper bound in [0, 1], rounded up; what lies beyond nine decimals is a float's noise."""
    return _fixed(round(value, 9), ROUND_CEILING)


def shown_cut(value: float) -> str:
    """A cut score for reading: exact, with at least two decimals."""
    exact = fixed_decimal(value)
    return exact[:4] + exact[4:].rstrip("0")


def shown_rate(rate: float, *, encounters: int) -> str:
    """The share of `encounters` in which something happened.

    A rate that stands for 1 to 10 encounters gives the count away, so it is published as a bound:
    `<` and 11 over the number of encounters, rounded up.
    """
    exact = _fixed(rate, ROUND_HALF_EVEN)
    if rate == 0 or round(rate * encounters, 6) >= SMALLEST_COUNT:
        return exact
    bound = min(1.0, SMALLEST_COUNT / encounters) if encounters else 1.0
    return "<" + _fixed(bound, ROUND_CEILING)


def fixed_decimal(value: float) -> str:
    """A number of the policy in [0, 1] that has at most four decimals, exactly.

    Raises:
        StandingError: when it has more, since a digest must not depend on rounding.
    """
    shown = _fixed(value, ROUND_HALF_EVEN)
    if Decimal(shown) != Decimal(repr(float(value))):
        raise StandingError("A number has more than four decimals: give at most four.")
    return shown


def _fixed(value: float, rounding: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise StandingError("A share is not a number: recompute the standings.")
    if not math.isfinite(value) or not 0 <= value <= 1:
        raise StandingError("A share lies outside 0 to 1: recompute the standings.")
    # `repr` is the shortest text that names this float; 0.7 stays 0.7 and is not rounded down.
    return str(Decimal(repr(float(value))).quantize(_PLACES, rounding=rounding).copy_abs())


def _whole(count: int) -> int:
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise StandingError("A count is not a whole number from 0: recompute the standings.")
    return count
