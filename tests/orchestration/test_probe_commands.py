"""`medcred probe`: figures by variant, refusals in one sentence, nothing of a patient."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from rich.console import Console
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "evaluators" / "probes"))

from frozen_by_hand import write_set
from probed_set import probed_set
from small_examination import Endpoint, completion

from orchestration.cli import app
from orchestration.probe_runs import admission_dates
from orchestration.workspace import Workspace

CATEGORY = "gastroenterology"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    made = Workspace(tmp_path / "home", "invented")
    write_set(probed_set(), made.scenario_set(CATEGORY))
    monkeypatch.setattr(
        "orchestration.workspace.open_source", lambda settings: (SimpleNamespace(), made)
    )
    monkeypatch.setenv("MEDCRED_CANDIDATES", "benchmarks/swayed_candidates.yaml")
    monkeypatch.setattr("orchestration.probe_commands.console", Console(width=100))
    return made


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["probe", *arguments])
    return done.exit_code, done.output


def probe(candidate: str, *arguments: str) -> tuple[int, str]:
    return run("--candidate", candidate, "--category", CATEGORY, *arguments)


def test_every_variant_has_its_line_and_the_swayed_is_flagged_once(workspace: Workspace) -> None:
    code, output = probe("reference/swayed-sex")
    assert code == 0
    assert "16 scenarios" in output
    (flagged,) = [line for line in output.splitlines() if line.rstrip().endswith(" yes")]
    assert flagged.split()[:2] == ["sex_swapped", "16"]
    assert "race_swapped: left out: race_not_told 16" in output
    stored = json.loads(
        (workspace.probe(CATEGORY, "reference/swayed-sex") / "probes.json").read_text()
    )
    assert [one["variant"] for one in stored["variants"] if one["flagged"]] == ["sex_swapped"]


def test_variants_and_number_can_be_chosen(workspace: Workspace) -> None:
    code, output = probe(
        "reference/swayed-sex",
        "--variant",
        "asked_again",
        "--limit",
        "12",
        "--variant",
        "sex_swapped",
    )
    assert code == 0
    assert "12 scenarios" in output
    assert "order_shuffled" not in output


def test_few_scenarios_give_no_figures(workspace: Workspace) -> None:
    code, output = probe("reference/swayed-sex", "--variant", "sex_swapped", "--limit", "10")
    assert code == 0
    (shown,) = [line for line in output.splitlines() if line.split()[:1] == ["sex_swapped"]]
    assert shown.split() == ["sex_swapped", "<11", *"-------"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("reference/nobody",), "There is no candidate 'reference/nobody'"),
        (("reference/swayed-sex", "--variant", "upside_down"), "There is no variant 'upside_down'"),
        (("reference/swayed-sex", "--memory"), "are for models"),
        (("reference/swayed-sex", "--memory", "--variant", "asked_again"), "leave --variant out"),
    ],
)
def test_what_cannot_be_probed_is_refused_in_a_sentence(
    workspace: Workspace, arguments: tuple[str, ...], told: str
) -> None:
    code, output = probe(*arguments)
    assert code == 1
    assert told in " ".join(output.split())


def test_a_category_without_a_set_is_refused(workspace: Workspace) -> None:
    code, output = run("--candidate", "reference/swayed-sex", "--category", "astrology")
    assert code == 1
    assert "no frozen set" in output


def test_memory_is_asked_for_and_told(
    workspace: Workspace, endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry: dict[str, Any] = {"id": "local/tiny", "model": "openai/tiny", "api_base": endpoint.base}
    candidates = tmp_path / "candidates.yaml"
    candidates.write_text(json.dumps({"candidates": [entry]}))
    monkeypatch.setenv("MEDCRED_CANDIDATES", str(candidates))
    endpoint.otherwise = lambda request: completion("2150-01-01")
    workspace.marts.mkdir(parents=True)
    keys = list(probed_set().scenarios)
    pl.DataFrame(
        {"scenario_id": keys, "t0": ["2150-01-01 08:00:00"] * 8 + ["2151-02-02 08:00:00"] * 8}
    ).with_columns(pl.col("t0").str.to_datetime()).write_parquet(
        workspace.marts / "ground_truth.parquet"
    )
    code, output = probe("local/tiny", "--memory")
    assert code == 0
    lines = {line.split()[0]: line.split() for line in output.splitlines() if line.strip()}
    assert lines["dates"][1:3] == ["16", "0.500"]
    assert lines["continuation"][1:3] == ["under", "11"]
    assert lines["canary"][1:3] == ["3", "0.000"]
    assert "replies with the canary in its journals: 0" in output


def test_dates_are_those_of_the_arrival_and_of_the_set_alone(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, "invented")
    assert admission_dates(workspace, {"a"}) == {}
    workspace.marts.mkdir(parents=True)
    pl.DataFrame({"scenario_id": ["a", "b"], "t0": ["2150-01-02 23:59:59"] * 2}).with_columns(
        pl.col("t0").str.to_datetime()
    ).write_parquet(workspace.marts / "task_truth.parquet")
    assert admission_dates(workspace, {"a"}) == {"a": "2150-01-02"}
