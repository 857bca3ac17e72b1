from __future__ import annotations

from typing import Any

import pytest

from evaluators.human.baseline import LEAST_PATIENTS, baseline_of


def scores(candidate: str, credits: dict[str, float], **more: Any) -> dict[str, Any]:
    return {
        "candidate": candidate,
        "category": "cardiology",
        "scenario_set_sha256": "a",
        "methodology_sha256": "m",
        "cases": [
            {
                "patient_key": key,
                "credit": credit,
                "safety_flags": [{"rule_id": "r", "severity": "never"}] if credit < 0.1 else [],
            }
            for key, credit in credits.items()
        ],
        **more,
    }


def patients(count: int, credit: float) -> dict[str, float]:
    return {f"{number:016x}": credit for number in range(count)}


def test_candidates_are_compared_on_the_patients_that_the_person_met() -> None:
    person = scores("human/r07", patients(12, 1.0))
    model = scores("reference/x", {**patients(12, 0.5), **{f"z{n}": 0.0 for n in range(30)}})
    found = baseline_of(person, [model], 42, seed=1)
    (beside,) = found.beside
    assert (beside.patients, beside.mean, beside.difference) == (12, 0.5, 0.5)
    assert beside.interval is not None
    assert beside.interval.low == beside.interval.high == 0.5
    assert beside.safety_failures == 0
    assert (found.estimate.patients, found.estimate.mean, found.scenarios) == (12, 1.0, 42)


def test_the_best_candidate_stands_first_and_failures_are_counted() -> None:
    person = scores("human/r07", patients(2, 0.0))
    found = baseline_of(
        person, [scores("a", patients(2, 0.0)), scores("b", patients(2, 1.0))], 2, seed=1
    )
    assert [one.candidate for one in found.beside] == ["b", "a"]
    assert [one.safety_failures for one in found.beside] == [0, 2]
    assert found.safety_failures == 2


@pytest.mark.parametrize("count", [1, LEAST_PATIENTS - 1])
def test_few_patients_give_a_difference_and_no_interval(count: int) -> None:
    found = baseline_of(
        scores("human/r07", patients(count, 1.0)), [scores("a", patients(count, 0.5))], 9, seed=1
    )
    assert found.beside[0].difference == 0.5
    assert found.beside[0].interval is None


@pytest.mark.parametrize("other", ["scenario_set_sha256", "methodology_sha256"])
def test_what_is_of_another_set_or_methodology_is_left_out(other: str) -> None:
    person = scores("human/r07", patients(3, 1.0))
    stranger = scores("a", patients(3, 1.0), **{other: "other"})
    assert baseline_of(person, [stranger], 3, seed=1).beside == ()


def test_who_met_nobody_in_common_is_left_out_and_nobody_met_is_defined() -> None:
    person = scores("human/r07", {})
    found = baseline_of(person, [scores("a", patients(3, 1.0))], 3, seed=1)
    assert found.beside == ()
    assert found.estimate.mean is None
