"""Difficulty from the references' credits: means, counts, bins, and scores that do not belong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evaluators.scenario_sets import ScenarioSet
from evaluators.scoring.difficulty import counts, estimate_difficulty, write_difficulty
from evaluators.scoring.score import ScoreError


def scores(scenario_set: ScenarioSet, name: str, credits_: dict[str, float]) -> dict[str, Any]:
    """What matters of `scores.json`."""
    return {
        "candidate": f"reference/{name}",
        "category": scenario_set.manifest.category,
        "scenario_set_sha256": scenario_set.digest,
        "cases": [{"scenario_id": key, "credit": credit} for key, credit in credits_.items()],
    }


def test_difficulty_is_what_the_references_did_not_earn(small_set: ScenarioSet) -> None:
    first, second, *others = small_set.scenarios
    found = estimate_difficulty(
        small_set,
        [
            scores(small_set, "random", {first: 0.0, second: 1.0}),
            scores(small_set, "bedside", {first: 0.5, second: 1.0}),
            scores(small_set, "commonest", {first: 1.0}),
        ],
    )
    by_id = {row["scenario_id"]: row for row in found["scenarios"]}
    assert list(by_id) == list(small_set.scenarios)
    assert by_id[first] == {"scenario_id": first, "difficulty": 0.5, "n": 3}
    assert by_id[second] == {"scenario_id": second, "difficulty": 0.0, "n": 2}
    for key in others:
        assert by_id[key] == {"scenario_id": key, "difficulty": None, "n": 0}
    assert found["references"] == [
        *("reference/bedside", "reference/commonest", "reference/random")
    ]


@pytest.mark.parametrize(
    ("credit", "place"),
    [(1.0, 0), (0.81, 0), (0.8, 1), (0.6, 2), (0.4, 3), (0.2, 4), (0.0, 4)],
)
def test_a_bin_holds_its_lower_edge_and_the_last_one_holds_1(
    small_set: ScenarioSet, credit: float, place: int
) -> None:
    everybody = dict.fromkeys(small_set.scenarios, credit)
    found = estimate_difficulty(small_set, [scores(small_set, "random", everybody)])
    held = [part["scenarios"] for part in found["distribution"]]
    assert held[place] == len(small_set.scenarios) == sum(held)


def test_conditions_have_the_mean_of_their_scenarios(small_set: ScenarioSet) -> None:
    everybody = {key: number % 2 for number, key in enumerate(small_set.scenarios)}
    found = estimate_difficulty(small_set, [scores(small_set, "random", everybody)])
    for condition, difficulty in found["by_condition"].items():
        own = [
            1 - everybody[key]
            for key, truth in small_set.truths.items()
            if truth.condition_id == condition
        ]
        assert difficulty == pytest.approx(sum(own) / len(own), abs=1e-6)
    assert set(found["by_condition"]) == set(small_set.manifest.conditions)


def test_nobody_examined_is_no_difficulty(small_set: ScenarioSet) -> None:
    found = estimate_difficulty(small_set, [])
    assert {row["difficulty"] for row in found["scenarios"]} == {None}
    assert sum(part["scenarios"] for part in found["distribution"]) == 0


def test_the_order_of_candidates_changes_nothing(small_set: ScenarioSet, tmp_path: Path) -> None:
    given = [
        scores(small_set, name, dict.fromkeys(small_set.scenarios, credit))
        for name, credit in (("random", 0.1), ("bedside", 0.7), ("commonest", 0.3))
    ]
    first = write_difficulty(estimate_difficulty(small_set, given), tmp_path / "a" / "d.json")
    again = write_difficulty(estimate_difficulty(small_set, given[::-1]), tmp_path / "b" / "d.json")
    assert first == again
    assert json.loads((tmp_path / "a" / "d.json").read_text())["format"] == "medcred-difficulty/1"


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("scenario_set_sha256", "0" * 64, "another scenario set"),
        ("category", "dentistry", "another scenario set"),
        ("cases", [{"scenario_id": "f" * 16, "credit": 1.0}], "1 scenarios that the set has not"),
    ],
)
def test_scores_that_do_not_belong_are_refused(
    small_set: ScenarioSet, key: str, value: object, said: str
) -> None:
    with pytest.raises(ScoreError, match=said):
        estimate_difficulty(small_set, [{**scores(small_set, "random", {}), key: value}])


def test_one_candidate_counts_once(small_set: ScenarioSet) -> None:
    with pytest.raises(ScoreError, match="twice"):
        estimate_difficulty(small_set, [scores(small_set, "random", {})] * 2)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("reference/bedside", True),
        ("reference/commonest", True),
        ("reference/oracle", False),
        ("hosted_vllm/med-7b", False),
    ],
)
def test_only_references_that_are_not_told_the_answer_count(model: str, expected: bool) -> None:
    assert counts(model) is expected
