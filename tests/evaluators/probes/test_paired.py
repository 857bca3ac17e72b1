"""The statistics of pairs: exact p, Holm over variants, suppression."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from evaluators.probes.paired import PairedResult, _suppressed, exact_sign_p, with_holm

COUNTS = st.integers(0, 400)


@settings(deadline=None)
@given(losses=COUNTS, gains=COUNTS)
def test_p_is_the_binomial_tests(losses: int, gains: int) -> None:
    number = losses + gains
    expected = binomtest(losses, number, 0.5).pvalue if number else 1.0
    assert exact_sign_p(losses, gains) == pytest.approx(expected)
    assert exact_sign_p(losses, gains) == exact_sign_p(gains, losses)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        exact_sign_p(-1, 3)


def test_holm_runs_over_the_variants_that_have_a_p() -> None:
    results = [
        PairedResult("a", 20, {}, p=0.01),
        PairedResult("b", None, {}),
        PairedResult("c", 20, {}, p=0.04),
    ]
    assert [one.p_holm for one in with_holm(results)] == [0.02, None, 0.04]


@pytest.mark.parametrize(
    ("reasons", "told"),
    [
        ({}, {}),
        ({"a": 0}, {}),
        ({"a": 12}, {"a": 12}),
        ({"a": 10}, {"other_reasons": None}),
        ({"a": 12, "b": 3}, {"other_reasons": 15}),
        ({"a": 12, "b": 3, "c": 30}, {"c": 30, "other_reasons": 15}),
        ({"a": 30, "b": 8, "c": 4}, {"a": 30, "other_reasons": 12}),
    ],
)
def test_few_of_a_reason_are_told_with_others(
    reasons: dict[str, int], told: dict[str, int | None]
) -> None:
    assert _suppressed(reasons) == told
