"""The item-response view: when there is a fit, when there is none and why, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluators.scenario_sets import ScenarioSet, TruthSet
from evaluators.scoring.difficulty import is_told
from evaluators.scoring.response_view import view_responses, write_view
from evaluators.scoring.score import ScoreError


@pytest.fixture
def wide_set(small_set: ScenarioSet) -> TruthSet:
    """The small set with thirty scenarios; only their names matter here."""
    one = next(iter(small_set.truths.values()))
    keys = [f"{place:016x}" for place in range(30)]
    return TruthSet(
        manifest=replace(small_set.manifest, scenarios=30),
        truths={key: replace(one, scenario_id=key) for key in keys},
    )


def scored(scenario_set: TruthSet, candidates: int, **changes: Any) -> list[dict[str, Any]]:
    """Candidates of rising ability, named in their order."""
    rng = np.random.default_rng(8)
    hardness = rng.normal(size=len(scenario_set.truths))
    return [
        {
            "candidate": f"c{place:02}",
            "category": scenario_set.manifest.category,
            "scenario_set_sha256": scenario_set.digest,
            "methodology_sha256": "3" * 64,
            "complete": True,
            "cases": [
                {"scenario_id": key, "credit": float(place / candidates * 4 - 2 + noise > hard)}
                for key, hard, noise in zip(
                    scenario_set.truths, hardness, rng.normal(size=len(hardness)), strict=True
                )
            ],
            **changes,
        }
        for place in range(candidates)
    ]


def test_eight_candidates_have_a_fit_in_the_order_of_their_ability(wide_set: TruthSet) -> None:
    found = view_responses(wide_set, scored(wide_set, 8)[::-1])
    fit = found["fit"]
    assert found["reason"] is None
    assert fit["converged"]
    assert found["candidates"] == [one["candidate"] for one in fit["abilities"]]
    by_share = sorted(fit["abilities"], key=lambda one: one["share_right"])
    assert by_share[0]["ability"] < 0 < by_share[-1]["ability"]
    assert len(fit["items"]) == 30
    assert 0 < fit["learned"] < 1
    assert found["dimension"]["least_power"]


@pytest.mark.parametrize("candidates", [0, 1, 4])
def test_under_five_candidates_no_fit_is_shown_and_the_reason_given(
    wide_set: TruthSet, candidates: int
) -> None:
    found = view_responses(wide_set, scored(wide_set, candidates))
    assert (found["fit"], found["dimension"]) == (None, None)
    assert f"{candidates} candidates are complete, and a fit needs 5" in found["reason"]


def test_an_incomplete_candidate_does_not_count(wide_set: TruthSet) -> None:
    given = scored(wide_set, 5)
    given[2] = {**given[2], "complete": False, "cases": []}
    assert view_responses(wide_set, given)["reason"].startswith("4 candidates")


def test_few_scenarios_and_equal_answers_have_no_fit(
    small_set: ScenarioSet, wide_set: TruthSet
) -> None:
    assert "fewer than 11" in view_responses(small_set, scored(small_set, 6))["reason"]
    alike = [{**one, "cases": scored(wide_set, 6)[3]["cases"]} for one in scored(wide_set, 6)]
    assert "answered alike" in view_responses(wide_set, alike)["reason"]


def test_half_of_the_points_is_right(wide_set: TruthSet) -> None:
    given = scored(wide_set, 6)
    softer = [
        {**one, "cases": [{**c, "credit": 0.49 + 0.01 * c["credit"]} for c in one["cases"]]}
        for one in given
    ]
    assert view_responses(wide_set, softer) == view_responses(wide_set, given)


def test_the_order_of_scores_changes_no_byte(wide_set: TruthSet, tmp_path: Path) -> None:
    given = scored(wide_set, 6)
    first = write_view(view_responses(wide_set, given), tmp_path / "a" / "i.json")
    assert first == write_view(view_responses(wide_set, given[::-1]), tmp_path / "b" / "i.json")
    written = json.loads((tmp_path / "a" / "i.json").read_text())
    assert written["format"] == "medcred-item-response/1"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("scenario_set_sha256", "0" * 64, "another scenario set"),
        ("category", "dentistry", "another scenario set"),
        ("cases", [{"scenario_id": "f" * 16, "credit": 1.0}], "other scenarios"),
        ("candidate", "c00", "twice"),
        ("methodology_sha256", "0" * 64, "different methodologies"),
    ],
)
def test_scores_that_do_not_belong_are_refused(
    wide_set: TruthSet, name: str, value: object, said: str
) -> None:
    given = scored(wide_set, 5)
    given[1] = {**given[1], name: value}
    with pytest.raises(ScoreError, match=said):
        view_responses(wide_set, given)


def test_the_oracle_alone_is_told() -> None:
    assert is_told("reference/oracle")
    assert not is_told("reference/bedside")
