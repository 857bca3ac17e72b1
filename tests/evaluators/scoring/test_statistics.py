"""Bounds, paired comparisons and rank intervals: laws, edges, reference values."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evaluators.scoring.statistics import (
    CaseCredit,
    Comparison,
    Interval,
    RankInterval,
    compare_all,
    estimate,
    estimate_all,
    holm,
    rank_intervals,
    seed_of,
    wilson_bound,
)

SEED = seed_of("a set", "cardiology")
credits = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from([0.0, 0.3, 0.5, 0.7, 1.0])),
    min_size=1,
    max_size=40,
)


def cases(*values: float) -> list[CaseCredit]:
    return [CaseCredit(f"{place:04}", value) for place, value in enumerate(values)]


def binary(right: int, wrong: int) -> list[CaseCredit]:
    return cases(*[1.0] * right, *[0.0] * wrong)


def test_no_cases_have_no_mean_and_the_trivial_bounds() -> None:
    found = estimate([], SEED)
    assert (found.mean, found.lower_bound, found.interval) == (None, 0.0, Interval(0.0, 1.0))


@pytest.mark.parametrize("credit", [0.0, 0.5, 1.0])
def test_one_patient_is_defined_and_wide(credit: float) -> None:
    found = estimate(cases(credit), SEED)
    assert found.mean == credit
    assert 0.0 <= found.interval.low < found.interval.high <= 1.0
    assert found.interval.high - found.interval.low > 0.7


@pytest.mark.parametrize("patients", [1, 2, 10, 100, 300])
def test_all_right_and_all_wrong_have_bounds_of_positive_width(patients: int) -> None:
    right, wrong = estimate(binary(patients, 0), SEED), estimate(binary(0, patients), SEED)
    z = stats.norm.ppf(0.95)
    assert right.lower_bound == pytest.approx(patients / (patients + z * z))
    assert right.interval.low < right.interval.high == 1.0
    assert (wrong.lower_bound, wrong.interval.low) == (0.0, 0.0)
    assert wrong.interval.high > 0.0


def test_equal_partial_credit_has_no_zero_width() -> None:
    found = estimate(cases(*[0.7] * 50), SEED)
    assert found.lower_bound < 0.7 < found.interval.high


@pytest.mark.parametrize(("right", "patients"), [(42, 50), (79, 100), (153, 200)])
def test_lower_bound_of_seventy_percent_needs_the_published_counts(
    right: int, patients: int
) -> None:
    assert wilson_bound(right / patients, patients, confidence=0.975) >= 0.70
    assert wilson_bound((right - 1) / patients, patients, confidence=0.975) < 0.70


@pytest.mark.parametrize(("right", "trials"), [(0, 5), (1, 1), (3, 7), (50, 100), (99, 100)])
def test_wilson_agrees_with_scipy(right: int, trials: int) -> None:
    reference = stats.binomtest(right, trials).proportion_ci(0.95, method="wilson")
    ends = [
        wilson_bound(right / trials, trials, confidence=0.975, upper=upper)
        for upper in (False, True)
    ]
    assert ends == pytest.approx([reference.low, reference.high], abs=1e-12)
    one_sided = stats.binomtest(right, trials, alternative="greater").proportion_ci(
        0.95, method="wilson"
    )
    assert wilson_bound(right / trials, trials, confidence=0.95) == pytest.approx(
        one_sided.low, abs=1e-12
    )


def test_percentiles_agree_with_the_bootstrap_of_scipy() -> None:
    values = np.array([0.0, 0.3, 0.5, 0.7, 1.0] * 16)
    found = estimate(cases(*values), SEED)
    reference = stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=4000, rng=np.random.default_rng(1)
    ).confidence_interval
    # Wilson's bounds are the wider ones for fractional credit, so these enclose scipy's.
    assert found.interval.low <= reference.low + 0.01
    assert found.interval.high >= reference.high - 0.01
    pair = compare_all({"a": cases(*values), "b": cases(*[0.0] * 80)}, SEED)[0]
    assert (pair.interval.low, pair.interval.high) == pytest.approx(
        (reference.low, reference.high), abs=0.012
    )


def test_patients_not_cases_are_the_trials() -> None:
    alone = estimate(binary(8, 2), SEED)
    repeated = estimate([case for case in binary(8, 2) for _ in range(50)], SEED)
    assert (repeated.mean, repeated.patients, repeated.cases) == (0.8, 10, 500)
    assert repeated.lower_bound == alone.lower_bound


@given(credits, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_order_of_cases_changes_no_byte(drawn: list[tuple[int, float]], random: object) -> None:
    found = [CaseCredit(f"{patient}", credit) for patient, credit in drawn]
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert repr(estimate(shuffled, SEED)) == repr(estimate(found, SEED))
    other = [CaseCredit(case.patient_key, 1 - case.credit) for case in found]
    assert repr(compare_all({"a": found, "b": other}, SEED)) == repr(
        compare_all({"b": other[::-1], "a": shuffled}, SEED)
    )


@given(credits)
@settings(deadline=None, max_examples=40)
def test_bounds_lie_in_the_unit_interval_around_the_mean(drawn: list[tuple[int, float]]) -> None:
    found = estimate([CaseCredit(f"{patient}", credit) for patient, credit in drawn], SEED)
    assert found.mean is not None
    assert 0.0 <= found.interval.low <= found.lower_bound <= found.mean + 1e-9
    assert found.mean - 1e-9 <= found.interval.high <= 1.0
    assert found.interval.low < found.interval.high


@given(credits, st.data())
@settings(deadline=None, max_examples=40)
def test_more_credit_never_lowers_a_bound(
    drawn: list[tuple[int, float]], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(drawn) - 1))
    better = [*drawn]
    better[place] = (drawn[place][0], 1.0)
    before = estimate([CaseCredit(f"{p}", c) for p, c in drawn], SEED)
    after = estimate([CaseCredit(f"{p}", c) for p, c in better], SEED)
    assert after.lower_bound >= before.lower_bound
    assert after.interval.low >= before.interval.low
    assert after.interval.high >= before.interval.high


@pytest.mark.parametrize("credit", [-0.01, 1.01, float("nan")])
def test_credit_outside_the_unit_interval_is_refused(credit: float) -> None:
    with pytest.raises(ValueError, match="outside"):
        estimate(cases(credit), SEED)


def test_seed_depends_on_every_digest_and_on_nothing_else() -> None:
    assert seed_of("a", "b") == seed_of("a", "b") != seed_of("b", "a")


def test_exact_p_is_that_of_all_sign_patterns() -> None:
    a, b = cases(1, 1, 1, 0.5, 0, 1, 1), cases(0, 0, 1, 0, 0.5, 0, 0.3)
    differences = np.array([x.credit - y.credit for x, y in zip(a, b, strict=True)])
    patterns = np.array(list(product([-1, 1], repeat=7)))
    expected = np.mean(np.abs(patterns @ differences) >= abs(differences.sum()) - 1e-12)
    pair = compare_all({"a": a, "b": b}, SEED)[0]
    assert pair.p == pytest.approx(expected)
    assert pair.difference == pytest.approx(differences.mean())


def test_random_flips_agree_with_scipy() -> None:
    drawn = np.random.default_rng(3).random((2, 60)) < np.array([[0.75], [0.55]])
    pair = compare_all({"a": cases(*drawn[0]), "b": cases(*drawn[1])}, SEED)[0]
    reference = stats.permutation_test(
        (drawn[0].astype(float) - drawn[1],),
        np.mean,
        permutation_type="samples",
        n_resamples=20000,
        rng=np.random.default_rng(4),
    )
    assert pair.p == pytest.approx(reference.pvalue, abs=0.015)


def test_same_answers_are_no_difference() -> None:
    pair = compare_all({"a": binary(5, 5), "b": binary(5, 5)}, SEED)[0]
    assert (pair.difference, pair.p, pair.interval) == (0.0, 1.0, Interval(0.0, 0.0))
    assert not pair.is_significant


def test_only_common_patients_are_compared() -> None:
    a = [CaseCredit("x", 1.0), CaseCredit("only a", 1.0)]
    b = [CaseCredit("x", 0.0), CaseCredit("only b", 1.0)]
    pair = compare_all({"a": a, "b": b}, SEED)[0]
    assert (pair.patients, pair.difference) == (1, 1.0)


def test_without_common_patients_nothing_is_set_apart() -> None:
    pair = compare_all({"a": [CaseCredit("x", 1.0)], "b": [CaseCredit("y", 0.0)]}, SEED)[0]
    assert (pair.patients, pair.difference, pair.p) == (0, 0.0, 1.0)


def test_unequal_numbers_of_encounters_are_compared_by_their_means() -> None:
    a = [CaseCredit("x", 1.0), CaseCredit("x", 0.0)]
    pair = compare_all({"a": a, "b": [CaseCredit("x", 0.5)]}, SEED)[0]
    assert pair.difference == 0.0


def test_holm_agrees_with_the_definition() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_clear_order_gives_distinct_ranks_and_equals_tie() -> None:
    by_candidate = {
        "best": binary(100, 0),
        "middle": binary(60, 40),
        "twin": binary(60, 40),
        "worst": binary(10, 90),
    }
    ranks = rank_intervals(by_candidate, compare_all(by_candidate, SEED))
    assert ranks == {
        "best": RankInterval(1, 1),
        "middle": RankInterval(2, 3),
        "twin": RankInterval(2, 3),
        "worst": RankInterval(4, 4),
    }


def test_few_patients_leave_everybody_tied() -> None:
    by_candidate = {"a": binary(3, 0), "b": binary(0, 3)}
    ranks = rank_intervals(by_candidate, compare_all(by_candidate, SEED))
    assert set(ranks.values()) == {RankInterval(1, 2)}


def test_one_candidate_and_none_have_ranks() -> None:
    assert rank_intervals(["a"], compare_all({"a": binary(1, 0)}, SEED)) == {
        "a": RankInterval(1, 1)
    }
    assert rank_intervals([], ()) == {}


def test_difference_of_zero_is_never_significant() -> None:
    pair = Comparison("a", "b", 0.0, Interval(0, 0), p=0.0, p_holm=0.0, patients=5)
    assert not pair.is_significant


def test_many_candidates_can_still_be_set_apart() -> None:
    # 20 candidates are 190 pairs: the smallest p must stay below Holm's strictest threshold.
    by_candidate = {f"c{place:02}": binary(50, 50) for place in range(19)}
    by_candidate["winner"] = binary(100, 0)
    ranks = rank_intervals(by_candidate, compare_all(by_candidate, SEED))
    assert ranks["winner"] == RankInterval(1, 1)


def test_joint_and_single_estimates_are_equal() -> None:
    both = estimate_all({"a": binary(7, 3), "b": binary(2, 8)}, SEED)
    assert both["a"] == estimate(binary(7, 3), SEED)
