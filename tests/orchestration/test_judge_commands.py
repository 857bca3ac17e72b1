"""`medcred judge` and `medcred standings --judge`: never a figure of a judge without agreement."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from answered_examinations import CATEGORY
from examined_category import Examined, examined_category
from rich.console import Console
from small_examination import Endpoint, completion, failure
from typer.testing import CliRunner

from evaluators.candidates.config import load_candidates
from evaluators.scoring.standings import compute_standings
from orchestration import cli, judge_commands
from orchestration.cli import app
from orchestration.workspace import write_json
from registry.policy import apply_policy, load_policy

ENTRY: dict[str, Any] = {
    "id": "local/judge",
    "model": "openai/judge-1",
    "family": "mistral-3",
    "params": {"temperature": 0, "structured_output": "json_schema"},
    "price": {"input_usd_per_million_tokens": 1.0, "output_usd_per_million_tokens": 1.0},
    "retry": {"attempts": 1},
}
COMMONEST = ("--candidate", "reference/commonest", "--category", CATEGORY)

Told = Callable[..., tuple[int, str]]


def reading(request: dict[str, Any]) -> dict[str, Any]:
    """Reads plainly: the same words or not."""
    question = json.loads(request["messages"][-1]["content"].splitlines()[1])
    same = question["answer"]["diagnosis"].casefold() == question["condition"].casefold()
    verdict = {
        "question": question["question"],
        "credit": "full" if same else "none",
        "relative": None,
        "reason": "same_condition" if same else "other_condition",
    }
    return completion(json.dumps(verdict), model="judge-1")


@pytest.fixture
def examined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Examined:
    found = examined_category(tmp_path, monkeypatch)
    monkeypatch.setattr("evaluators.scenario_sets.load", lambda folder: found.scenario_set)
    return found


@pytest.fixture
def declared(
    examined: Examined, endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    """Declares the judge; called with changes, declares another."""
    endpoint.otherwise = reading

    def declare(**changes: Any) -> None:
        entry = {**ENTRY, "api_base": endpoint.base, **changes}
        (tmp_path / "judge.yaml").write_text(yaml.safe_dump({"judge": entry}))

    monkeypatch.setenv("MEDCRED_JUDGE", str(tmp_path / "judge.yaml"))
    declare()
    return declare


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    def run(*arguments: str) -> tuple[int, str]:
        for module in (cli, judge_commands):
            monkeypatch.setattr(module, "console", Console(width=100, force_terminal=False))
        done = CliRunner().invoke(app, list(arguments))
        return done.exit_code, " ".join(done.output.split("\n"))

    return run


def standing(examined: Examined) -> None:
    """`standings.json` as a run leaves it."""
    workspace, manifest = examined.workspace, examined.scenario_set.manifest
    candidates = load_candidates(workspace.home.parent / "candidates.yaml")
    scored = [json.loads(path.read_text()) for path in workspace.folder.rglob("scores.json")]
    raw = compute_standings(scored, {CATEGORY: manifest}, candidates)
    source: Any = SimpleNamespace(slug="synthetic", releases=("synthetic 1",), tier="open")
    record = apply_policy(raw, load_policy(), source=source, unverified_tables=[])
    write_json(workspace.standings, record)


def test_without_a_declaration_nobody_judges(examined: Examined, told: Told) -> None:
    code, output = told("judge", *COMMONEST)
    assert code == 1
    assert "No judge is declared, which is the default" in output


def test_a_judge_reads_and_its_agreement_stands_beside_it(
    declared: Callable[..., None], endpoint: Endpoint, told: Told
) -> None:
    code, output = told("judge", *COMMONEST)
    assert code == 0, output
    for part in ("alpha", "local/judge", "30", "scorer \\ judge", "3 calls made", "judge/1"):
        assert part in output, part
    assert len(endpoint.requests) == 3
    form = endpoint.requests[0]["response_format"]["json_schema"]
    assert form["name"] == "verdict"
    assert form["schema"]["required"] == ["question", "credit", "relative", "reason"]


def test_judging_again_asks_nobody(
    declared: Callable[..., None], endpoint: Endpoint, told: Told
) -> None:
    told("judge", *COMMONEST)
    endpoint.requests.clear()
    code, output = told("judge", *COMMONEST)
    assert (code, endpoint.requests) == (0, [])
    assert "0 calls made, 3 from the journal" in output


def test_json_has_agreement_and_run_and_no_scenario(
    declared: Callable[..., None], examined: Examined, told: Told
) -> None:
    code, output = told("judge", *COMMONEST, "--limit", "12", "--json")
    assert code == 0
    record = json.loads(output)
    assert record["aggregate"]["agreement"]["measure"] == "krippendorff_alpha_ordinal"
    assert (record["limit"], record["aggregate"]["encounters"]) == (12, 12)
    assert record["run"]["stopped"] is None
    assert not any(key in output for key in examined.scenario_set.scenarios)


def test_standings_show_the_judge_only_when_asked_and_change_nothing(
    declared: Callable[..., None], examined: Examined, told: Told
) -> None:
    standing(examined)
    before = examined.workspace.standings.read_bytes()
    assert told("standings", "--judge")[0] == 1
    told("judge", *COMMONEST)
    code, output = told("standings", "--judge")
    assert code == 0, output
    assert "alpha" in output
    assert "points are the scorer's alone" in output
    assert "alpha" not in told("standings")[1]
    record = json.loads(told("standings", "--judge", "--json")[1])
    assert "agreement" in record["judge"][0]["aggregate"]
    assert "cases" not in record["judge"][0]
    assert {key: record[key] for key in record if key != "judge"} == json.loads(before)
    assert examined.workspace.standings.read_bytes() == before


def test_a_view_of_an_older_methodology_is_not_shown(
    declared: Callable[..., None], examined: Examined, told: Told
) -> None:
    standing(examined)
    told("judge", *COMMONEST)
    (path,) = (examined.workspace.folder / "examinations").rglob("reference--commonest-*.json")
    view = json.loads(path.read_text())
    path.write_text(json.dumps({**view, "methodology_sha256": "0" * 64}))
    code, output = told("standings", "--judge")
    assert code == 1
    assert "has read nothing of the present examinations" in output


def test_an_endpoint_that_fails_leaves_nothing_added_up(
    declared: Callable[..., None], endpoint: Endpoint, told: Told
) -> None:
    endpoint.otherwise = lambda request: failure(503)
    code, output = told("judge", *COMMONEST)
    assert code == 1
    assert "nothing is added up" in output
    assert "SECRET" not in output


@pytest.mark.parametrize(
    ("changes", "arguments", "reason"),
    [
        ({"params": {"temperature": 1}}, COMMONEST, "params.temperature to 0"),
        ({"model": "openai/commonest"}, COMMONEST, "same model id"),
        ({}, ("--candidate", "nobody", "--category", CATEGORY), "no candidate"),
        ({}, ("--candidate", "reference/oracle", "--category", "astrology"), "categories are"),
    ],
)
def test_what_cannot_be_judged_is_refused_before_anybody_is_asked(
    declared: Callable[..., None],
    endpoint: Endpoint,
    told: Told,
    changes: dict[str, Any],
    arguments: tuple[str, ...],
    reason: str,
) -> None:
    declared(**changes)
    code, output = told("judge", *arguments)
    assert code == 1
    assert reason in output
    assert endpoint.requests == []
