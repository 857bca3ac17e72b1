"""The report of all statistics: what it holds, what it withholds, and the reason beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from answered_examinations import answered_set, final, scored, truth_name
from small_examination import reference

from evaluators.scenario_sets import ScenarioSet
from evaluators.scoring.repeats import summarise_repeats
from evaluators.scoring.response_view import view_responses
from evaluators.scoring.standings import StandingsError
from evaluators.statistics_report import (
    EXAMINED_ONCE,
    FEW_ENTRIES,
    FEW_PATIENTS,
    FEW_PROBABILITIES,
    INCOMPLETE,
    NO_SCENARIO,
    NO_VIEW,
    category_statistics,
)

CANDIDATES = [reference(name) for name in ("oracle", "commonest", "random", "bedside")]


def answers(scenario_set: ScenarioSet) -> dict[str, Callable[[str], str]]:
    """The oracle is right, the commonest wrong at times, random says nothing of its certainty."""
    keys = list(scenario_set.scenarios)
    return {
        "reference/oracle": lambda key: final(truth_name(scenario_set, key)),
        "reference/commonest": lambda key: final(
            "Acute pancreatitis", 0.95 if keys.index(key) < 20 else 0.55
        ),
        "reference/random": lambda key: final("Melena", None),
    }


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory) -> tuple[ScenarioSet, list[dict[str, Any]]]:
    chosen = answered_set()
    folder = tmp_path_factory.mktemp("examined")
    given = [
        scored(folder / name / "journal.jsonl", chosen, name, answer)
        for name, answer in answers(chosen).items()
    ]
    return chosen, given


def report(
    scenario_set: ScenarioSet, given: list[dict[str, Any]], **more: Any
) -> dict[str, dict[str, Any]]:
    options = {"repeats": {}, "item_response": None, **more}
    found: dict[str, Any] = category_statistics(scenario_set.manifest, given, CANDIDATES, **options)
    found["by_name"] = {one["candidate"]: one for one in found["candidates"]}
    return found


def test_every_candidate_has_points_exact_bounds_and_rank(examined) -> None:
    found = report(*examined)["by_name"]
    assert found["reference/oracle"]["mean_credit"] == 1.0
    assert found["reference/oracle"]["rank"] == {"low": 1, "high": 1}
    full = found["reference/commonest"]["exact"]["full_credit"]
    assert (full["count"], full["patients"]) == (12, 24)
    assert full["interval"]["low"] < 0.5 < full["interval"]["high"]


def test_pairs_have_the_better_first_and_name_those_set_apart(examined) -> None:
    pairs = report(*examined)["comparisons"]
    assert [
        (one["first"], one["second"], one["difference"], one["set_apart"]) for one in pairs
    ] == [
        ("reference/oracle", "reference/random", 0.65, True),
        ("reference/oracle", "reference/commonest", 0.5, True),
        ("reference/commonest", "reference/random", 0.15, False),
    ]
    for one in pairs:
        assert one["interval"]["low"] <= one["difference"] <= one["interval"]["high"]
        assert one["p"] <= one["p_holm"]


def test_small_groups_are_withheld_with_the_reason(examined) -> None:
    groups = {
        one["attribute"]: one for one in report(*examined)["by_name"]["reference/oracle"]["groups"]
    }
    assert [one["group"] for one in groups["age_band"]["shown"]] == ["40-49", "80+"]
    assert groups["age_band"]["withheld"] is None
    # Three patients of one group: the other is kept back with it.
    assert (groups["race_group"]["shown"], groups["race_group"]["withheld"]) == ([], FEW_ENTRIES)


def test_a_small_bin_of_the_curve_is_withheld_and_so_is_the_one_that_would_give_it_away(
    examined,
) -> None:
    curve = report(*examined)["by_name"]["reference/commonest"]["calibration"]["curve"]
    told = [(one["low"], one["count"], one["withheld"]) for one in curve if one["count"] != 0]
    assert told == [(0.5, None, FEW_ENTRIES), (0.9, None, FEW_ENTRIES)]
    assert all(one["observed_share"] is None for one in curve)


def test_a_full_bin_is_shown(examined) -> None:
    curve = report(*examined)["by_name"]["reference/oracle"]["calibration"]["curve"]
    assert [(one["low"], one["count"], one["observed_share"]) for one in curve if one["count"]] == [
        (0.9, 24, 1.0)
    ]


def test_who_states_no_probability_has_no_calibration(examined) -> None:
    found = report(*examined)["by_name"]["reference/random"]
    assert found["calibration"] == {"withheld": FEW_PROBABILITIES}


def test_repeats_are_shown_only_when_they_are_of_these_results(examined) -> None:
    chosen, given = examined
    summary = summarise_repeats([given[0], given[0]], 7)
    name = str(given[0]["candidate"])
    found = report(chosen, given, repeats={name: summary})["by_name"]
    assert found[name]["repeats"]["repeats"] == 2
    assert found[name]["repeats"]["worst"]["mean"] == given[0]["aggregate"]["mean_credit"]
    assert found["reference/random"]["repeats"] == {"withheld": EXAMINED_ONCE}
    stale = {**summary, "methodology_sha256": "0" * 64}
    assert report(chosen, given, repeats={name: stale})["by_name"][name]["repeats"] == {
        "withheld": EXAMINED_ONCE
    }
    torn = {**summary, "aggregate": None}
    assert report(chosen, given, repeats={name: torn})["by_name"][name]["repeats"] == {
        "withheld": INCOMPLETE
    }


def test_the_item_response_view_gives_abilities_or_the_reason_for_none(examined) -> None:
    chosen, given = examined
    few = report(chosen, given, item_response=view_responses(chosen, given))
    assert few["item_response"]["withheld"].startswith("3 candidates are complete")
    assert report(chosen, given)["item_response"] == {"withheld": NO_VIEW}
    crowd = [{**one, "candidate": f"c{n}"} for n, one in enumerate(given * 2)]
    crowd += [{**one, "candidate": str(one["candidate"])} for one in given]
    view = view_responses(chosen, crowd)
    found = report(chosen, given, item_response=view)
    assert found["item_response"]["candidates"] == 9
    abilities = {name: one["ability"]["ability"] for name, one in found["by_name"].items()}
    assert abilities["reference/oracle"] > abilities["reference/random"]
    older = {**view, "scenario_set_sha256": "0" * 64}
    assert report(chosen, given, item_response=older)["item_response"] == {"withheld": NO_VIEW}


def test_an_incomplete_candidate_has_the_reason_and_no_figure(examined) -> None:
    chosen, given = examined
    torn = {**given[2], "complete": False, "cases": given[2]["cases"][:5], "aggregate": None}
    found = report(chosen, [*given[:2], torn])
    assert found["by_name"]["reference/random"] == {
        "candidate": "reference/random",
        "withheld": INCOMPLETE,
    }
    assert len(found["comparisons"]) == 1


@pytest.mark.parametrize(("size", "reason"), [(0, NO_SCENARIO), (10, FEW_PATIENTS)])
def test_a_category_of_few_patients_has_no_figure_at_all(
    size: int, reason: str, tmp_path: Path
) -> None:
    chosen = answered_set(size)
    given = [
        scored(tmp_path / "j", chosen, "reference/oracle", answers(chosen)["reference/oracle"])
    ]
    found = report(chosen, given)
    assert found["withheld"] == reason
    assert (found["patients"], found["candidates"], found["comparisons"]) == (None, [], [])
    assert found["item_response"] == {"withheld": reason}


def test_no_scenario_and_no_patient_is_named(examined) -> None:
    chosen, given = examined
    told = json.dumps(report(chosen, given, item_response=view_responses(chosen, given)))
    for scenario in chosen.scenarios.values():
        assert scenario.scenario_id not in told
        assert scenario.patient_key not in told


def test_scores_of_another_set_are_refused(examined) -> None:
    chosen, given = examined
    other = replace(chosen.manifest, releases=("other 1",))
    with pytest.raises(StandingsError, match="another scenario set"):
        category_statistics(other, given, CANDIDATES, repeats={}, item_response=None)
