"""Exact bounds: scipy's values, coverage, duality, and patients as trials."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evaluators.scoring.exact_bounds import clopper_pearson_bound, exact_share
from evaluators.scoring.statistics import wilson_bound

counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(("right", "trials"), [(0, 5), (1, 1), (3, 7), (50, 100), (299, 300)])
def test_bounds_agree_with_scipy(right: int, trials: int) -> None:
    reference = stats.binomtest(right, trials).proportion_ci(0.95, method="exact")
    ends = [
        clopper_pearson_bound(right, trials, confidence=0.975, upper=upper)
        for upper in (False, True)
    ]
    assert ends == pytest.approx([reference.low, reference.high], abs=1e-10)


@given(counts)
def test_at_its_bound_the_tail_of_the_binomial_is_what_was_promised(drawn: tuple[int, int]) -> None:
    right, trials = drawn
    low = clopper_pearson_bound(right, trials, confidence=0.95)
    high = clopper_pearson_bound(right, trials, confidence=0.95, upper=True)
    if right:
        assert stats.binom.sf(right - 1, trials, low) == pytest.approx(0.05, abs=1e-8)
    if right < trials:
        assert stats.binom.cdf(right, trials, high) == pytest.approx(0.05, abs=1e-8)


@given(counts)
def test_bounds_enclose_the_share_and_mirror_each_other(drawn: tuple[int, int]) -> None:
    right, trials = drawn
    low = clopper_pearson_bound(right, trials, confidence=0.975)
    high = clopper_pearson_bound(right, trials, confidence=0.975, upper=True)
    assert 0.0 <= low <= right / trials <= high <= 1.0
    mirrored = clopper_pearson_bound(trials - right, trials, confidence=0.975, upper=True)
    assert low == pytest.approx(1 - mirrored, abs=1e-9)


@pytest.mark.parametrize("chance", [0.02, 0.3, 0.7, 0.98])
def test_every_true_share_is_covered_where_wilson_is_not_always(chance: float) -> None:
    trials = 30
    covered = {
        bound: sum(
            stats.binom.pmf(right, trials, chance)
            for right in range(trials + 1)
            if bound(right) <= chance
        )
        for bound in (
            lambda right: clopper_pearson_bound(right, trials, confidence=0.95),
            lambda right: wilson_bound(right / trials, trials, confidence=0.95),
        )
    }
    exact, wilson = covered.values()
    assert exact >= 0.95 - 1e-12
    if chance == 0.02:
        assert wilson < 0.95


def test_none_seen_leaves_about_three_in_n() -> None:
    share = exact_share((f"p{number}", False) for number in range(100))
    assert (share.count, share.patients, share.lower_bound) == (0, 100, 0.0)
    assert share.upper_bound == pytest.approx(1 - 0.05 ** (1 / 100))
    assert 0.029 < share.upper_bound < 0.03


def test_patients_not_encounters_are_the_trials() -> None:
    outcomes = [("a", True), ("a", False), ("b", False), ("a", False)]
    assert (exact_share(outcomes).count, exact_share(outcomes).patients) == (1, 2)
    assert exact_share(outcomes, every=True).count == 0
    assert exact_share([("a", True), ("a", True), ("b", False)], every=True).count == 1


def test_without_patients_the_bounds_are_trivial() -> None:
    share = exact_share([])
    assert (share.interval.low, share.interval.high, share.patients) == (0.0, 1.0, 0)


@pytest.mark.parametrize(
    ("right", "trials", "confidence"), [(-1, 3, 0.95), (4, 3, 0.95), (1, 3, 0.0), (1, 3, 1.0)]
)
def test_impossible_counts_are_refused(right: int, trials: int, confidence: float) -> None:
    with pytest.raises(ValueError, match="must lie between"):
        clopper_pearson_bound(right, trials, confidence=confidence)
