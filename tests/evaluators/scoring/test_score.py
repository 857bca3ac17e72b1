"""From scenario set and journal to scores: oracle, empty, order of lines, mismatches."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evaluators.canonical import canonical_json
from evaluators.catalogue import Catalogue
from evaluators.examine import WALL_TIME_MARK
from evaluators.journal import JournalError
from evaluators.methodology import methodology, methodology_sha256
from evaluators.scenario_sets import ScenarioSet
from evaluators.scoring.score import ScoreError, rounded, score_examination, write_scores
from evaluators.scoring.standings import StandingsError, compute_standings

CANDIDATE = "c" * 64
Answer = Callable[[str], list[str]]


def journal(path: Path, scenario_set: ScenarioSet, answer: Answer, *, shuffled: int = 0) -> Path:
    """Write a journal as the examination does: `answer` gives the replies of one scenario."""
    lines = [
        {
            "v": 1,
            "scenario_id": scenario_id,
            "turn": turn,
            "attempt": 0,
            "request_sha256": hashlib.sha256(f"{scenario_id}{turn}".encode()).hexdigest(),
            "reply": {
                "text": text,
                "finish_reason": "stop",
                "model": "m",
                "prompt_tokens": 10,
                "completion_tokens": 5,
                "cost_usd": 0.001,
            },
        }
        for scenario_id in scenario_set.scenarios
        for turn, text in enumerate(answer(scenario_id), start=1)
    ]
    if shuffled:
        random.Random(shuffled).shuffle(lines)
    header = {
        "v": 1,
        "journal": "medcred/1",
        "candidate_sha256": CANDIDATE,
        "scenario_set_sha256": scenario_set.digest,
    }
    path.write_text("".join(json.dumps(line) + "\n" for line in [header, *lines]))
    return path


def final(diagnosis: str, **more: Any) -> str:
    return json.dumps(
        {
            "differential": [{"diagnosis": diagnosis, "probability": 1.0}],
            "final": {"diagnosis": diagnosis, **more},
        }
    )


def scored(
    scenario_set: ScenarioSet, catalogue: Catalogue, path: Path, candidate: str = "reference/x"
) -> dict[str, Any]:
    return score_examination(scenario_set, "cardiology", candidate, CANDIDATE, path, catalogue)


@pytest.fixture
def oracle(small_set: ScenarioSet, catalogue: Catalogue) -> Answer:
    """Told the truth: orders what there is, then names the condition."""

    def answer(scenario_id: str) -> list[str]:
        name = catalogue.conditions[small_set.truths[scenario_id].condition_id].name
        return [json.dumps({"orders": ["troponin"]}), final(name, plan=["aspirin"])]

    return answer


def test_oracle_scores_one_on_every_case(
    small_set: ScenarioSet, catalogue: Catalogue, oracle: Answer, tmp_path: Path
) -> None:
    found = scored(small_set, catalogue, journal(tmp_path / "j", small_set, oracle))
    assert found["complete"]
    assert {case["credit"] for case in found["cases"]} == {1.0}
    assert {case["brier"] for case in found["cases"]} == {0.0}
    assert found["aggregate"]["mean_credit"] == 1.0
    assert 0 < found["aggregate"]["lower_bound"] < 1.0
    assert [case["scenario_id"] for case in found["cases"]] == sorted(small_set.scenarios)


def test_aggregate_has_exact_shares_groups_and_the_reliability_of_leading_entries(
    small_set: ScenarioSet, catalogue: Catalogue, oracle: Answer, tmp_path: Path
) -> None:
    found = scored(small_set, catalogue, journal(tmp_path / "j", small_set, oracle))
    aggregate = found["aggregate"]
    assert found["format"] == "medcred-scores/3"
    assert aggregate["exact"]["full_credit"]["count"] == 5
    assert aggregate["exact"]["full_credit"]["interval"]["low"] == pytest.approx(
        0.025 ** (1 / 5), abs=1e-6
    )
    # Five patients are fewer than any group that may be shown.
    assert [one["attribute"] for one in aggregate["groups"]] == ["sex", "age_band", "race_group"]
    assert {(len(one["shown"]), one["withheld_patients"]) for one in aggregate["groups"]} == {
        (0, None)
    }
    calibration = aggregate["calibration"]
    assert (calibration["brier"], calibration["expected_error"]) == (0.0, 0.0)
    assert calibration["leading"]["entries"] == calibration["cases"] == 5


def test_case_has_the_fields_of_the_format_and_no_other(
    small_set: ScenarioSet, catalogue: Catalogue, oracle: Answer, tmp_path: Path
) -> None:
    found = scored(small_set, catalogue, journal(tmp_path / "j", small_set, oracle))
    assert list(found["cases"][0]) == [
        "scenario_id",
        "patient_key",
        "end",
        "credit",
        "parts",
        "credit_with_relatives",
        "top3",
        "top5",
        "tests_recall",
        "tests_precision",
        "actions_recall",
        "safety_flags",
        "conduct",
        "brier",
        "turns",
        "format_failures",
        "orders",
        "orders_with_result",
        "orders_ambiguous",
        "orders_unrecognised",
        "prompt_tokens",
        "completion_tokens",
        "cost_usd",
    ]
    nstemi = found["cases"][0]
    assert (nstemi["tests_recall"], nstemi["orders_with_result"], nstemi["cost_usd"]) == (
        1.0,
        1,
        0.002,
    )


@pytest.mark.parametrize(
    ("replies", "end"),
    [(["", ""], "empty"), (["gibberish"] * 6, "format_failure")],
)
def test_empty_and_unreadable_answers_score_zero_and_are_counted(
    small_set: ScenarioSet, catalogue: Catalogue, tmp_path: Path, replies: list[str], end: str
) -> None:
    path = tmp_path / "j"
    journal(path, small_set, lambda _: replies)
    lines = path.read_text().splitlines()
    # Turn and attempt as the examination numbers them: every second reply is a repair.
    body = [json.loads(line) for line in lines[1:]]
    for entry in body:
        entry["turn"], entry["attempt"] = (entry["turn"] + 1) // 2, (entry["turn"] + 1) % 2
    path.write_text("\n".join([lines[0], *map(json.dumps, body)]) + "\n")
    found = scored(small_set, catalogue, path)
    assert found["complete"]
    assert found["aggregate"]["mean_credit"] == 0.0
    assert found["aggregate"]["process"]["ends"][end] == len(small_set.scenarios)


def test_always_the_commonest_earns_its_share(
    small_set: ScenarioSet, catalogue: Catalogue, tmp_path: Path
) -> None:
    found = scored(
        small_set, catalogue, journal(tmp_path / "j", small_set, lambda _: [final("NSTEMI")])
    )
    assert found["aggregate"]["mean_credit"] == found["aggregate"]["commonest_share"] == 0.6


def test_order_of_lines_changes_no_byte(
    small_set: ScenarioSet, catalogue: Catalogue, oracle: Answer, tmp_path: Path
) -> None:
    written = [
        canonical_json(
            scored(
                small_set,
                catalogue,
                journal(tmp_path / str(seed), small_set, oracle, shuffled=seed),
            )
        )
        for seed in (0, 1, 2)
    ]
    assert len(set(written)) == 1


def test_encounter_without_an_ending_is_missing(
    small_set: ScenarioSet, catalogue: Catalogue, oracle: Answer, tmp_path: Path
) -> None:
    unfinished = next(iter(small_set.scenarios))
    path = journal(
        tmp_path / "j",
        small_set,
        lambda key: oracle(key)[:1] if key == unfinished else oracle(key),
    )
    found = scored(small_set, catalogue, path)
    assert (found["complete"], found["aggregate"]) == (False, None)
    assert len(found["cases"]) == len(small_set.scenarios) - 1
    assert found["journal_encounters"] == len(small_set.scenarios)


def test_encounter_that_the_wall_time_ended_scores_zero_and_is_counted(
    small_set: ScenarioSet, catalogue: Catalogue, tmp_path: Path
) -> None:
    path = journal(tmp_path / "j", small_set, lambda _: [""])
    path.write_text(path.read_text().replace('"stop"', json.dumps(WALL_TIME_MARK)))
    found = scored(small_set, catalogue, path)
    assert found["complete"]
    assert found["aggregate"]["mean_credit"] == 0.0
    assert found["aggregate"]["process"]["ends"]["wall_time"] == len(small_set.scenarios)


def test_journal_of_another_candidate_or_set_is_refused(
    small_set: ScenarioSet, catalogue: Catalogue, oracle: Answer, tmp_path: Path
) -> None:
    path = journal(tmp_path / "j", small_set, oracle)
    with pytest.raises(ScoreError, match="another candidate"):
        score_examination(small_set, "cardiology", "x", "d" * 64, path, catalogue)
    changed = replace(small_set, manifest=replace(small_set.manifest, tier="credentialed"))
    with pytest.raises(ScoreError, match="another candidate or scenario set"):
        scored(changed, catalogue, path)
    with pytest.raises(ScoreError, match="not of neurology"):
        score_examination(small_set, "neurology", "x", CANDIDATE, path, catalogue)
    with pytest.raises(JournalError):
        scored(small_set, catalogue, tmp_path / "none")


def test_set_of_another_catalogue_is_refused(
    small_set: ScenarioSet, catalogue: Catalogue, oracle: Answer, tmp_path: Path
) -> None:
    changed = replace(small_set, manifest=replace(small_set.manifest, catalogue_sha256="0" * 64))
    path = journal(tmp_path / "j", changed, oracle)
    with pytest.raises(ScoreError, match="another catalogue"):
        scored(changed, catalogue, path)


def test_replies_after_the_end_are_refused(
    small_set: ScenarioSet, catalogue: Catalogue, tmp_path: Path
) -> None:
    path = journal(tmp_path / "j", small_set, lambda _: [final("NSTEMI"), final("PE")])
    with pytest.raises(ScoreError, match="after the end"):
        scored(small_set, catalogue, path)


def test_unknown_scenario_in_a_journal_is_refused(
    small_set: ScenarioSet, catalogue: Catalogue, oracle: Answer, tmp_path: Path
) -> None:
    path = journal(tmp_path / "j", small_set, oracle)
    known = next(iter(small_set.scenarios))
    path.write_text(path.read_text().replace(known, "f" * 16))
    with pytest.raises(ScoreError, match="the set has not"):
        scored(small_set, catalogue, path)


def test_written_scores_are_canonical_and_named_by_their_digest(
    small_set: ScenarioSet, catalogue: Catalogue, oracle: Answer, tmp_path: Path
) -> None:
    found = scored(small_set, catalogue, journal(tmp_path / "j", small_set, oracle))
    digest = write_scores(found, tmp_path / "scores.json")
    content = (tmp_path / "scores.json").read_bytes()
    assert hashlib.sha256(content).hexdigest() == digest
    assert canonical_json(json.loads(content)) == content
    assert not (tmp_path / "scores.tmp").exists()


def test_floats_are_rounded_and_negative_zero_is_zero() -> None:
    assert rounded({"a": [1 / 3, -0.0, 2, True, None]}) == {"a": [0.333333, 0.0, 2, True, None]}
    assert str(rounded(-0.0)) == "0.0"


class _Claim:
    level = "code"


class _Candidate:
    assurance = _Claim()

    def __init__(self, name: str) -> None:
        self.id = self.model = f"reference/{name}"


@pytest.fixture
def three(
    small_set: ScenarioSet, catalogue: Catalogue, oracle: Answer, tmp_path: Path
) -> list[dict[str, Any]]:
    answers: dict[str, Answer] = {
        "commonest": lambda _: [final("NSTEMI")],
        "oracle": oracle,
        "torn": lambda key: oracle(key)[:1],
    }
    return [
        scored(
            small_set, catalogue, journal(tmp_path / name, small_set, answer), f"reference/{name}"
        )
        for name, answer in answers.items()
    ]


CANDIDATES = [_Candidate(name) for name in ("commonest", "oracle", "torn")]


def test_standings_rank_the_complete_and_leave_the_incomplete_without_figures(
    small_set: ScenarioSet, three: list[dict[str, Any]]
) -> None:
    manifests = {"cardiology": small_set.manifest}
    standings = compute_standings(three[::-1], manifests, CANDIDATES)
    commonest, oracle, torn = standings
    assert [s["candidate"] for s in standings] == [c.id for c in CANDIDATES]
    assert (oracle["mean_credit"], commonest["mean_credit"]) == (1.0, 0.6)
    assert oracle["lower_bound"] == three[1]["aggregate"]["lower_bound"]
    assert oracle["rank"] == commonest["rank"] == {"low": 1, "high": 2}
    assert (oracle["cases"], oracle["patients"], oracle["commonest_share"]) == (5, 5, 0.6)
    assert oracle["axes"]["groups"] == three[1]["aggregate"]["groups"]
    assert oracle["axes"]["exact"]["safety_failure"]["patients"] == 5
    assert oracle["axes"]["process"]["cost_usd"] == pytest.approx(0.01)
    assert torn["complete"] is False
    assert torn["infrastructure_errors"] == 5
    assert {torn[name] for name in ("mean_credit", "rank", "axes", "lower_bound")} == {None}
    assert compute_standings(three, manifests, CANDIDATES) == standings


def test_standings_of_an_empty_set_have_no_mean(
    small_set: ScenarioSet, catalogue: Catalogue, tmp_path: Path
) -> None:
    manifest = replace(small_set.manifest, scenarios=0, conditions={})
    empty = ScenarioSet(manifest=manifest, scenarios={}, truths={}, actions_taken={})
    path = journal(tmp_path / "j", empty, lambda _: [])
    found = scored(empty, catalogue, path, "reference/oracle")
    assert found == scored(empty, catalogue, tmp_path / "no journal", "reference/oracle")
    (standing,) = compute_standings([found], {"cardiology": manifest}, CANDIDATES)
    assert (standing["mean_credit"], standing["cases"]) == (None, 0)
    assert (standing["lower_bound"], standing["complete"]) == (0.0, True)


def test_standings_refuse_what_cannot_be_compared(
    small_set: ScenarioSet, three: list[dict[str, Any]]
) -> None:
    manifests = {"cardiology": small_set.manifest}
    with pytest.raises(StandingsError, match="two scores"):
        compute_standings([three[0], three[0]], manifests, CANDIDATES)
    with pytest.raises(StandingsError, match="different methodologies"):
        compute_standings(
            [three[0], {**three[1], "methodology_sha256": "0" * 64}], manifests, CANDIDATES
        )
    with pytest.raises(StandingsError, match="another scenario set"):
        compute_standings([{**three[0], "scenario_set_sha256": "0"}], manifests, CANDIDATES)
    with pytest.raises(StandingsError, match="another format"):
        compute_standings([{**three[0], "format": "medcred-scores/2"}], manifests, CANDIDATES)
    with pytest.raises(StandingsError, match="not among the candidates"):
        compute_standings(three, manifests, CANDIDATES[:1])


def test_methodology_names_every_scoring_file(catalogue: Catalogue) -> None:
    described = methodology(catalogue)
    folder = Path(score_examination.__code__.co_filename).parent
    assert set(described["scoring_files"]) == {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix in (".py", ".yml")
    }
    assert described["catalogue_sha256"] == catalogue.sha256
    assert methodology_sha256(catalogue) == hashlib.sha256(canonical_json(described)).hexdigest()
