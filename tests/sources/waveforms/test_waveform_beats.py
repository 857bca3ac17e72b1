"""Beats are found where they were drawn, and nothing is said where leads do not agree."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_ecgs import HERTZ, SECONDS, ecg, lead, regular

from sources.waveforms.beats import find_beats


@pytest.mark.parametrize("rate", [36, 50, 75, 100, 140, 180])
def test_a_regular_rhythm_has_its_rate_and_hardly_any_spread(rate: int) -> None:
    beats = find_beats(ecg(regular(rate)), HERTZ)
    assert beats is not None
    assert beats.rate_per_min == pytest.approx(rate, rel=0.01)
    assert beats.rr_mean_ms == pytest.approx(60_000 / rate, rel=0.01)
    assert beats.rr_sd_ms < 6
    assert abs(beats.count - len(regular(rate))) <= 1
    assert beats.lead == "II"


def test_the_spread_is_that_of_the_intervals() -> None:
    intervals = np.array([0.6, 0.9, 0.7, 1.0, 0.65, 0.95, 0.8, 0.6, 1.0, 0.75, 0.9])
    beats = find_beats(ecg([0.3, *(0.3 + np.cumsum(intervals))]), HERTZ)
    assert beats is not None
    assert beats.rr_sd_ms == pytest.approx(1000 * intervals.std(ddof=1), rel=0.03)
    assert beats.rr_mean_ms == pytest.approx(1000 * intervals.mean(), rel=0.01)


@pytest.mark.parametrize("height_mv", [0.15, 0.4, 4.0])
def test_the_height_of_the_complexes_does_not_matter(height_mv: float) -> None:
    beats = find_beats(ecg(regular(70), height_mv=height_mv), HERTZ)
    assert beats is not None
    assert beats.rate_per_min == pytest.approx(70, rel=0.01)


def test_wide_complexes_are_found() -> None:
    beats = find_beats(ecg(regular(70), qrs_seconds=0.18), HERTZ)
    assert beats is not None
    assert beats.rate_per_min == pytest.approx(70, rel=0.01)


def test_a_lead_without_electrode_is_replaced_by_the_third() -> None:
    signals = ecg(regular(90))
    signals["II"] = np.random.default_rng(1).normal(0, 0.005, HERTZ * SECONDS)
    beats = find_beats(signals, HERTZ)
    assert beats is not None
    assert beats.lead == "V5"
    assert beats.rate_per_min == pytest.approx(90, rel=0.01)


def test_a_lead_with_a_gap_is_not_used() -> None:
    signals = ecg(regular(90))
    signals["V5"][100:120] = np.nan
    beats = find_beats(signals, HERTZ)
    assert beats is not None
    assert beats.lead == "II"
    del signals["V1"]
    assert find_beats(signals, HERTZ) is None


def test_leads_that_disagree_say_nothing() -> None:
    signals = {"II": lead(regular(60)), "V5": lead(regular(90)), "V1": lead(regular(130))}
    assert find_beats(signals, HERTZ) is None
    signals["V1"] = lead(regular(90))
    beats = find_beats(signals, HERTZ)
    assert beats is not None
    assert (beats.lead, round(beats.rate_per_min)) == ("V5", 90)


def test_flat_leads_and_two_beats_say_nothing() -> None:
    flat = np.zeros(HERTZ * SECONDS)
    assert find_beats({"II": flat, "V5": flat, "V1": flat}, HERTZ) is None
    assert find_beats(ecg([2.0, 6.0]), HERTZ) is None
    assert find_beats({}, HERTZ) is None
