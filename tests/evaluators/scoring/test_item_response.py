"""The item-response fit: reference optimum, recovery, edges; and the test of one dimension."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import integrate, optimize, special, stats

from evaluators.scoring.dimensionality import normed_residuals, one_dimension
from evaluators.scoring.item_response import (
    INTERCEPT_SD,
    SLOPE_MEAN,
    SLOPE_SD,
    fit_items,
    slope_sds,
)


def answers(
    candidates: int, scenarios: int, seed: int, *, abilities: int = 1
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Drawn answers, the first abilities and the slopes."""
    rng = np.random.default_rng(seed)
    true = rng.normal(size=(candidates, abilities))
    slopes, intercepts = rng.uniform(0.7, 1.8, scenarios), rng.normal(0, 1, scenarios)
    used = true[:, np.arange(scenarios) % abilities]
    right = rng.random((candidates, scenarios)) < special.expit(used * slopes + intercepts)
    return right.astype(float), true[:, 0], slopes


def test_the_mode_is_the_one_that_scipy_finds_with_its_own_integration() -> None:
    right, _, _ = answers(12, 4, 1)

    def negative(parameters: np.ndarray) -> float:
        a, d = parameters[:4], parameters[4:]

        def likelihood(t: float) -> np.ndarray:
            chance = special.expit(a * t + d)
            return stats.norm.pdf(t) * np.prod(np.where(right == 1, chance, 1 - chance), axis=1)

        marginal, _ = integrate.quad_vec(likelihood, -9, 9)
        prior = ((a - SLOPE_MEAN) / SLOPE_SD) ** 2 + (d / INTERCEPT_SD) ** 2
        return float(-np.log(marginal).sum() + prior.sum() / 2)

    found = fit_items(right)
    reference = optimize.minimize(negative, np.r_[np.ones(4), np.zeros(4)], method="BFGS")
    assert found.converged
    assert np.r_[found.slopes, found.intercepts] == pytest.approx(reference.x, abs=2e-3)
    assert found.log_posterior == pytest.approx(-reference.fun, abs=1e-4)


def test_abilities_and_slopes_are_recovered_from_many_candidates() -> None:
    right, abilities, slopes = answers(400, 30, 2)
    found = fit_items(right)
    assert found.converged
    assert stats.pearsonr(found.abilities, abilities).statistic > 0.9
    assert stats.pearsonr(found.slopes, slopes).statistic > 0.8
    assert found.reliability > 0.8


def test_a_scenario_that_the_able_get_wrong_has_a_negative_slope() -> None:
    right, abilities, _ = answers(60, 20, 3)
    right[:, 0] = abilities < 0
    found = fit_items(right)
    assert found.slopes[0] < 0
    assert (found.slopes[1:] > 0).all()


@given(
    arrays(
        float,
        st.tuples(st.integers(1, 8), st.integers(1, 12)),
        elements=st.sampled_from([0.0, 1.0]),
    )
)
@settings(deadline=None, max_examples=25)
def test_every_matrix_has_a_finite_fit_that_no_order_changes(right: np.ndarray) -> None:
    found = fit_items(right)
    assert np.isfinite(np.r_[found.slopes, found.intercepts, found.abilities]).all()
    assert (found.ability_sds > 0).all()
    assert (found.ability_sds <= 1.5).all()
    assert 0 <= found.reliability <= 1
    assert (slope_sds(found) <= SLOPE_SD + 1e-9).all()
    turned = fit_items(right[::-1, ::-1])
    assert turned.slopes[::-1] == pytest.approx(found.slopes, abs=1e-3)
    assert turned.abilities[::-1] == pytest.approx(found.abilities, abs=1e-3)


@given(st.integers(0, 30))
@settings(deadline=None, max_examples=15)
def test_more_rounds_never_lower_what_is_maximised(seed: int) -> None:
    right, _, _ = answers(6, 15, seed)
    reached = [fit_items(right, rounds=rounds).log_posterior for rounds in (1, 2, 5, 20, 100)]
    assert all(later >= sooner - 1e-9 for sooner, later in pairwise(reached))


def test_equal_answers_give_equal_abilities() -> None:
    right, _, _ = answers(6, 20, 4)
    right[3] = right[0]
    found = fit_items(right)
    assert found.abilities[3] == found.abilities[0]


@pytest.mark.parametrize(
    "right", [np.zeros((0, 3)), np.zeros((3, 0)), np.zeros(3), np.full((2, 2), 0.5)]
)
def test_anything_but_right_and_wrong_is_refused(right: np.ndarray) -> None:
    with pytest.raises(ValueError, match="0 and 1"):
        fit_items(right)


def test_q3_is_the_correlation_of_residuals() -> None:
    right, _, _ = answers(40, 6, 5)
    expected = fit_items(right).probabilities()
    reference = np.corrcoef((right - expected).T)
    normed = normed_residuals(right, expected)
    assert normed.T @ normed == pytest.approx(reference)


def test_a_second_ability_is_found() -> None:
    right, _, _ = answers(40, 40, 6, abilities=2)
    found = one_dimension(right, fit_items(right), 1)
    assert found is not None
    assert found.is_rejected
    assert found.first_share > found.expected_share
    assert not found.least_power


def test_one_ability_is_seldom_called_two() -> None:
    p_values = []
    for seed in range(20):
        right, _, _ = answers(25, 30, 100 + seed)
        found = one_dimension(right, fit_items(right), seed)
        assert found is not None
        p_values.append(found.p)
    # With the promised 5 %, more than 4 of 20 would be seen once in 400 times.
    assert sum(p <= 0.05 for p in p_values) <= 4
    assert max(p_values) > 0.5


def test_few_candidates_are_marked_and_the_same_seed_gives_the_same() -> None:
    right, _, _ = answers(6, 30, 7)
    first, again = (one_dimension(right, fit_items(right), 3) for _ in range(2))
    assert first == again
    assert first is not None
    assert first.least_power


def test_without_scenarios_that_set_apart_there_is_no_test() -> None:
    right = np.ones((6, 20))
    right[0, :2] = 0
    assert one_dimension(right, fit_items(right), 1) is None
