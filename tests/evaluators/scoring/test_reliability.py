"""Reliability: errors of the curve, Murphy's parts, Spiegelhalter's test, leading entries."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evaluators.scoring.calibration import CalibrationScore, Stated, reliability
from evaluators.scoring.reliability import (
    brier_parts,
    expected_error,
    leading,
    maximum_error,
    spiegelhalter_p,
)

entries = st.lists(st.builds(Stated, st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def said(*entries: tuple[float, bool]) -> list[Stated]:
    return [Stated(probability, is_target) for probability, is_target in entries]


def test_errors_are_those_of_the_definition() -> None:
    bins = reliability(said((0.9, True), (0.9, False), (0.2, False), (0.2, False)))
    assert expected_error(bins) == pytest.approx((2 * 0.4 + 2 * 0.2) / 4)
    assert maximum_error(bins) == pytest.approx(0.4)


def test_without_entries_nothing_is_said() -> None:
    bins = reliability([])
    assert (expected_error(bins), maximum_error(bins), brier_parts(bins)) == (None, None, None)
    nothing = leading([CalibrationScore(None, ())])
    assert (nothing.entries, nothing.mean_probability, nothing.p_calibrated) == (0, None, None)
    assert set(nothing.intervals) == {None}


@given(entries)
def test_expected_error_lies_below_the_maximum(stated: list[Stated]) -> None:
    bins = reliability(stated)
    expected, largest = expected_error(bins), maximum_error(bins)
    assert expected is not None
    assert largest is not None
    assert 0 <= expected <= largest + 1e-12 <= 1 + 1e-9


@given(st.lists(st.tuples(st.sampled_from([0.05, 0.25, 0.65, 0.95]), st.booleans()), min_size=1))
def test_parts_add_up_to_the_brier_score(drawn: list[tuple[float, bool]]) -> None:
    # One value a bin: what the bins lose within themselves is then nothing.
    parts = brier_parts(reliability(said(*drawn)))
    assert parts is not None
    brier = math.fsum((p - is_target) ** 2 for p, is_target in drawn) / len(drawn)
    assert parts.reliability - parts.resolution + parts.uncertainty == pytest.approx(brier)


def test_spiegelhalter_agrees_with_its_simulated_distribution() -> None:
    rng = np.random.default_rng(4)
    chances = rng.uniform(0.05, 0.95, 80)
    p_values = [
        spiegelhalter_p(
            said(*zip(chances.tolist(), (rng.random(80) < chances).tolist(), strict=True))
        )
        for _ in range(400)
    ]
    assert stats.kstest(p_values, "uniform").pvalue > 0.001


def test_overconfidence_is_found_and_a_calibrated_candidate_is_not_accused() -> None:
    bold = said(*[(0.95, place % 2 == 0) for place in range(60)])
    fair = said(*[(0.75, place % 4 != 0) for place in range(60)])
    assert (spiegelhalter_p(bold) or 0.0) < 1e-6
    assert spiegelhalter_p(fair) == pytest.approx(1.0)


def test_certainties_have_no_such_test() -> None:
    assert spiegelhalter_p(said((1.0, True), (0.0, False), (0.5, True))) is None


def test_the_leading_entry_is_the_first_of_each_encounter() -> None:
    found = leading(
        [
            CalibrationScore(0.1, tuple(said((0.8, True), (0.1, False)))),
            CalibrationScore(0.5, tuple(said((0.8, False), (0.2, True)))),
            CalibrationScore(None, ()),
        ]
    )
    assert (found.entries, found.observed_share) == (2, 0.5)
    assert found.expected_error == pytest.approx(0.3)
    interval = found.intervals[8]
    reference = stats.binomtest(1, 2).proportion_ci(0.95, method="wilson")
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((reference.low, reference.high))
    shown = found.as_json()
    assert shown["curve"][8]["count"] == 2
    assert shown["curve"][0]["interval"] is None
