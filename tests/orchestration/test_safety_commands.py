"""`medcred safety`: the table, one rule, the page, and the measurement."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from typer.testing import CliRunner

from evaluators.catalogue import load_catalogue
from evaluators.scoring.safety_page import safety_page
from evaluators.scoring.safety_table import safety_table
from orchestration.cli import app
from orchestration.settings import PROJECT
from orchestration.show import show_standings

RUNNER = CliRunner()


def test_page_is_up_to_date() -> None:
    made = safety_page(safety_table(load_catalogue()))
    kept = (PROJECT / "docs" / "safety.md").read_text(encoding="utf-8")
    assert kept == made, "run `medcred safety --markdown > docs/safety.md`"


def test_page_is_what_the_command_prints() -> None:
    result = RUNNER.invoke(app, ["safety", "--markdown"])
    assert result.exit_code == 0
    assert result.output == safety_page(safety_table(load_catalogue()))


def test_table_names_every_rule() -> None:
    result = RUNNER.invoke(app, ["safety"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    for rule in safety_table(load_catalogue()).rules:
        assert rule.rule_id in result.output
    assert "No clinician has reviewed" in result.output


@pytest.mark.parametrize(
    ("rule_id", "said"),
    [
        ("sr_potassium_high", ["never or major", "2023", "laboratory", "drug_potassium"]),
        ("om_sepsis_abx", ["needs 1", "micro_blood_cx", "target condition"]),
        ("sr_allergy_generic", ["any drug", "allergies"]),
        ("sr_lysis_window", ["not decided", "last known well"]),
    ],
)
def test_rule_is_explained(rule_id: str, said: list[str]) -> None:
    result = RUNNER.invoke(app, ["safety", rule_id])
    assert result.exit_code == 0
    assert all(words in result.output for words in said)


@pytest.mark.parametrize(
    "arguments",
    [
        ["no_such_rule"],
        ["sr_potassium_high", "--evaluate"],
        ["--markdown", "--evaluate"],
        ["--misses"],
    ],
)
def test_wrong_use_is_refused(arguments: list[str]) -> None:
    assert RUNNER.invoke(app, ["safety", *arguments]).exit_code == 1


def test_measurement_prints_both_parts_and_lists_only_the_tuned() -> None:
    result = RUNNER.invoke(app, ["safety", "--evaluate", "--misses"], env={"COLUMNS": "160"})
    assert result.exit_code == 0
    assert "held_out" in result.output
    assert "hard negative" in result.output
    assert "must mean" not in result.output


def test_standings_show_encounters_by_their_worst_flag() -> None:
    safety = {
        "encounters": {"never": 1, "major": 3, "caution": 2, "none": 114},
        "weighted": {"mean": 0.21},
    }
    entry = {
        "category": "cardiology",
        "status": "ranked",
        "candidate": "reference/oracle",
        "rank": {"low": 1, "high": 1},
        "interval": (0.9, 1.0),
        "patients": 120,
        "mean_credit": 0.99,
        "lower_bound": 0.97,
        "tier": "not_credentialed",
        "reasons": [],
        "axes": {"safety": safety},
    }
    record = {
        "standings": [entry],
        "releases": ["synthetic 1"],
        "policy": {"version": "1"},
        "unverified_tables": [],
    }
    out = Console(width=100, record=True, file=io.StringIO())
    show_standings(out, record)
    assert "safety 1 never, 3 major, 2 caution; weighted 0.21" in out.export_text()
