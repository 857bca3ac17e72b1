"""Brier score and reliability."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluators.encounter.protocol import RankedDiagnosis
from evaluators.scoring.calibration import Stated, reliability, score_calibration
from evaluators.scoring.diagnosis import DiagnosisMatch

KNOWN = {"a": "a", "a again": "a", "b": "b", "c": "c"}


def match(text: str, code: str | None) -> DiagnosisMatch:
    return DiagnosisMatch(condition_id=KNOWN.get(text))


def brier(*entries: tuple[str, float | None], target: str = "a") -> float | None:
    differential = [RankedDiagnosis(diagnosis=text, probability=p) for text, p in entries]
    return score_calibration(differential, match, target).brier


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((("a", 1.0),), 0.0),
        ((("b", 1.0),), 1.0),
        ((("a", 0.5), ("b", 0.5)), 0.25),
        ((("a", 0.6), ("b", 0.3)), (0.16 + 0.09 + 0.01) / 2),
        ((("a", 0.4), ("a again", 0.6)), 0.0),
        ((("a", 1.0), ("b", 1.0)), 0.25),  # scaled to one half each
        ((("b", 0.0),), 1.0),  # all of it on something else
        ((("zzz", 0.5), ("ZZZ", 0.5)), 1.0),  # the same words are one diagnosis
        ((("zzz", 0.5), ("yyy", 0.5)), 0.75),  # two unknown words are two diagnoses
    ],
)
def test_half_multiclass_brier(entries: tuple[tuple[str, float], ...], expected: float) -> None:
    assert brier(*entries) == pytest.approx(expected)


def test_without_probabilities_there_is_no_score() -> None:
    assert brier() is None
    assert brier(("a", None)) is None


shares = st.lists(
    st.tuples(st.sampled_from(["a", "a again", "b", "c", "x", "y"]), st.floats(0, 1)), max_size=8
)


@given(shares, st.randoms())
def test_brier_lies_in_the_unit_interval_whatever_the_order(
    entries: list[tuple[str, float]], random: object
) -> None:
    value = brier(*entries)
    assert value is None or 0.0 <= value <= 1.0
    known = [entry for entry in entries if entry[0] in KNOWN]
    assert brier(*known) == brier(*reversed(known))


@given(st.floats(0.02, 0.98), st.floats(0.05, 0.95))
def test_stating_the_real_belief_is_best(belief: float, share: float) -> None:
    believed = {"a": belief, "b": (1 - belief) * share, "c": (1 - belief) * (1 - share)}

    def expected(**moved: float) -> float:
        stated = [(name, p + moved.get(name, 0.0)) for name, p in believed.items()]
        return sum(p * (brier(*stated, target=name) or 0.0) for name, p in believed.items())

    honest = expected()
    for more, less in ("ab", "ba", "bc", "ca"):
        assert honest < expected(**{more: 0.001, less: -0.001})


def test_reliability_bins_hold_every_entry_once() -> None:
    stated = [Stated(p / 20, p % 2 == 0) for p in range(21)]
    bins = reliability(stated)
    assert [entry.count for entry in bins] == [2] * 9 + [3]
    assert bins[9].mean_probability == pytest.approx((0.9 + 0.95 + 1.0) / 3)
    assert bins[0].observed_share == 0.5
    assert reliability([])[0].mean_probability is None
