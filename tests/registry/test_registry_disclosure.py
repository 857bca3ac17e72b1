"""Numbers leave in fixed formats, and no count under 11 follows from them."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.disclosure import (
    fixed_decimal,
    shown_count,
    shown_cut,
    shown_events,
    shown_lower,
    shown_mean,
    shown_rate,
    shown_upper,
)
from registry.errors import StandingError

SHARES = st.floats(0, 1)


@given(st.integers(0, 10))
def test_small_counts_are_suppressed(count):
    assert shown_count(count) == "<11"
    assert shown_events(count) == ("0" if count == 0 else "<11")


@given(st.integers(11, 999_999))
def test_other_counts_are_shown(count):
    assert shown_count(count) == shown_events(count) == str(count)


@given(SHARES)
def test_bounds_are_rounded_outwards_by_less_than_one_step(value):
    low, mean, high = (Decimal(f(value)) for f in (shown_lower, shown_mean, shown_upper))
    exact = Decimal(repr(value))
    assert low <= exact < low + Decimal("0.0001")
    assert abs(mean - exact) <= Decimal("0.00005")
    assert exact - Decimal("1e-9") <= high < exact + Decimal("0.00011")
    assert all(len(f(value)) == 6 for f in (shown_lower, shown_mean, shown_upper))


def test_bound_just_under_the_cut_is_not_shown_as_reaching_it():
    assert shown_lower(0.69999999) == "0.6999"
    assert shown_lower(0.7) == "0.7000"
    assert shown_upper(0.91 + 0.04) == "0.9500"
    assert shown_lower(-0.0) == "0.0000"


@given(encounters=st.integers(11, 5000), events=st.integers(0, 5000))
def test_rate_never_gives_a_small_count_away(encounters, events):
    events = min(events, encounters)
    shown = shown_rate(events / encounters, encounters=encounters)
    if 1 <= events <= 10:
        assert shown == shown_rate(1 / encounters, encounters=encounters)
        assert shown == shown_rate(10 / encounters, encounters=encounters)
        assert shown.startswith("<")
        assert Decimal(shown[1:]) >= Decimal(11) / encounters or shown == "<1.0000"
    else:
        assert not shown.startswith("<")


@pytest.mark.parametrize("value", [math.nan, math.inf, -0.1, 1.1, None, "0.5", True])
def test_what_is_no_share_is_refused(value):
    with pytest.raises(StandingError):
        shown_mean(value)


@pytest.mark.parametrize("value", [-1, 1.0, True, None])
def test_what_is_no_count_is_refused(value):
    with pytest.raises((StandingError, TypeError)):
        shown_events(value)


def test_numbers_of_the_policy_are_exact():
    assert fixed_decimal(0.7) == "0.7000"
    assert shown_cut(0.7) == "0.70"
    assert shown_cut(0.725) == "0.725"
    assert shown_cut(1.0) == "1.00"
    with pytest.raises(StandingError):
        fixed_decimal(0.70001)
