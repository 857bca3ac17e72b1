"""Repeats: pass^k against its definition, mean and worst, and what does not belong together."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evaluators.scoring.repeats import pass_hat_k, summarise_repeats
from evaluators.scoring.score import ScoreError

SEED = 11


def scores(credits_: list[float], **changes: Any) -> dict[str, Any]:
    """What matters of `scores.json`; `unsafe` names cases by place."""
    unsafe = changes.pop("unsafe", ())
    return {
        "category": "cardiology",
        "candidate": "reference/x",
        "candidate_sha256": "c" * 64,
        "scenario_set_sha256": "5" * 64,
        "methodology_sha256": "3" * 64,
        "complete": True,
        "cases": [
            {
                "scenario_id": f"{place:016x}",
                "patient_key": f"p{place}",
                "credit": credit,
                "safety_flags": [{"rule_id": "r", "severity": "never"}] if place in unsafe else [],
            }
            for place, credit in enumerate(credits_)
        ],
        **changes,
    }


attempts = st.lists(st.booleans(), min_size=1, max_size=7)


@given(attempts, st.data())
def test_pass_hat_k_is_the_share_of_samples_that_all_pass(
    drawn: list[bool], data: st.DataObject
) -> None:
    k = data.draw(st.integers(1, len(drawn)))
    samples = [all(sample) for sample in combinations(drawn, k)]
    assert pass_hat_k(sum(drawn), len(drawn), k) == pytest.approx(sum(samples) / len(samples))


@given(attempts)
def test_pass_hat_k_never_grows_with_k(drawn: list[bool]) -> None:
    found = [pass_hat_k(sum(drawn), len(drawn), k) for k in range(1, len(drawn) + 1)]
    assert found == sorted(found, reverse=True)
    assert found[0] == sum(drawn) / len(drawn)


@pytest.mark.parametrize("chance", [0.2, 0.9])
def test_pass_hat_k_is_unbiased(chance: float) -> None:
    expected = sum(
        stats.binom.pmf(passed, 8, chance) * pass_hat_k(passed, 8, 3) for passed in range(9)
    )
    assert expected == pytest.approx(chance**3)


@pytest.mark.parametrize("numbers", [(2, 1, 1), (-1, 3, 1), (1, 3, 0), (1, 3, 4)])
def test_impossible_numbers_are_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"pass\^k needs"):
        pass_hat_k(*numbers)


def test_mean_worst_and_pass_hat_k_over_three_repeats() -> None:
    found = summarise_repeats(
        [scores([1.0, 1.0, 0.0]), scores([1.0, 0.5, 0.0]), scores([1.0, 0.0, 0.0], unsafe=(2,))],
        SEED,
    )
    assert [case["credits"] for case in found["cases"]] == [[1, 1, 1], [1, 0.5, 0], [0, 0, 0]]
    aggregate = found["aggregate"]
    assert aggregate["mean"]["mean"] == 0.5
    assert aggregate["worst"]["mean"] == aggregate["by_repeat"][2] == pytest.approx(1 / 3, abs=1e-6)
    assert aggregate["best"]["mean"] == aggregate["same_credit_share"]
    assert aggregate["safety_failure_in_any"]["count"] == 1
    passed = {(one["passed_at"], one["k"]): one["mean"] for one in aggregate["pass_hat_k"]}
    assert passed == {
        (0.5, 1): pytest.approx((1 + 2 / 3) / 3, abs=1e-6),
        (0.5, 2): pytest.approx((1 + 1 / 3) / 3, abs=1e-6),
        (0.5, 3): pytest.approx(1 / 3, abs=1e-6),
        (1.0, 1): pytest.approx((1 + 1 / 3) / 3, abs=1e-6),
        (1.0, 2): pytest.approx(1 / 3, abs=1e-6),
        (1.0, 3): pytest.approx(1 / 3, abs=1e-6),
    }


def test_asking_again_narrows_no_bound_of_equal_answers() -> None:
    once = summarise_repeats([scores([1.0, 0.0] * 10)], SEED)["aggregate"]["mean"]
    often = summarise_repeats([scores([1.0, 0.0] * 10)] * 9, SEED)["aggregate"]["mean"]
    assert once == often


@given(
    st.lists(
        st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=3, max_size=3), min_size=1, max_size=4
    )
)
def test_worst_lies_below_the_mean_and_the_mean_below_the_best(runs: list[list[float]]) -> None:
    aggregate = summarise_repeats([scores(run) for run in runs], SEED)["aggregate"]
    worst, middle, best = (aggregate[name]["mean"] for name in ("worst", "mean", "best"))
    assert worst <= middle + 1e-6
    assert middle <= best + 1e-6


def test_a_repeat_that_is_not_complete_gives_no_figure() -> None:
    found = summarise_repeats([scores([1.0]), scores([], complete=False)], SEED)
    assert (found["complete"], found["aggregate"], found["cases"]) == (False, None, None)


@pytest.mark.parametrize(
    "name",
    ["category", "candidate", "candidate_sha256", "scenario_set_sha256", "methodology_sha256"],
)
def test_repeats_of_different_things_are_refused(name: str) -> None:
    with pytest.raises(ScoreError, match="different"):
        summarise_repeats([scores([1.0]), scores([1.0], **{name: "other"})], SEED)


def test_repeats_of_different_scenarios_and_none_are_refused() -> None:
    with pytest.raises(ScoreError, match="different scenarios"):
        summarise_repeats([scores([1.0]), scores([1.0, 1.0])], SEED)
    with pytest.raises(ScoreError, match="no repeats"):
        summarise_repeats([], SEED)
