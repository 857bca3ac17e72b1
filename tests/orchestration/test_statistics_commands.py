"""`medcred statistics`: every table fits in 100 columns, and what is withheld says why."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from answered_examinations import CATEGORY
from examined_category import Examined, examined_category
from rich.console import Console
from typer.testing import CliRunner

from orchestration import statistics_commands
from orchestration.cli import app


@pytest.fixture
def examined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Examined:
    return examined_category(tmp_path, monkeypatch)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Exit code and output of the command in a terminal 100 columns wide."""

    def run(*arguments: str) -> tuple[int, str]:
        wide = {"width": 100, "force_terminal": False, "soft_wrap": False}
        monkeypatch.setattr(statistics_commands, "console", Console(**wide))
        done = CliRunner().invoke(app, ["statistics", *arguments])
        return done.exit_code, done.output

    return run


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--category", CATEGORY),
        ("--candidate", "reference/commonest"),
        ("--category", CATEGORY, "--candidate", "reference/commonest"),
    ],
)
def test_no_line_is_wider_than_a_hundred_columns_and_no_figure_is_cut(
    examined: Examined, told: Callable[..., tuple[int, str]], arguments: tuple[str, ...]
) -> None:
    code, output = told(*arguments)
    assert code == 0
    assert max(map(len, output.splitlines())) <= 100
    assert "…" not in output
    assert "Private: not for publication." in output
    assert "decide nothing" in output  # 30 patients are fewer than the policy asks for


def test_one_category_shows_every_kind_of_statistic(
    examined: Examined, told: Callable[..., tuple[int, str]]
) -> None:
    _, output = told("--category", CATEGORY)
    for part in (
        "set apart",
        "p Holm",
        "credit by age band",
        "every group is withheld: fewer than 11",
        "reliability resolution uncertainty",
        "pass^k full",
        "examined once: reference/oracle, reference/random",
        "a fit needs 5",
        "-: fewer than 11 encounters with a probability (reference/random)",
    ):
        assert part in output, part


def test_one_candidate_shows_its_curve_and_its_own_pairs(
    examined: Examined, told: Callable[..., tuple[int, str]]
) -> None:
    _, output = told("--category", CATEGORY, "--candidate", "reference/commonest")
    assert "mean said" in output
    assert "0.3-0.4         15" in output
    pairs = [line for line in output.splitlines() if "reference/oracle" in line]
    assert len(pairs) == 1
    assert "reference/random" not in pairs[0]


def test_json_holds_the_report_and_no_scenario(
    examined: Examined, told: Callable[..., tuple[int, str]]
) -> None:
    code, output = told("--json")
    assert code == 0
    report: dict[str, Any] = json.loads(output)
    assert report["format"] == "medcred-statistics/1"
    assert report["categories"][0]["patients"] == 30
    assert not any(key in output for key in examined.scenario_set.scenarios)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--category", "astrology"), "categories are gastroenterology"),
        (("--candidate", "reference/nobody"), "`medcred candidates` lists them"),
    ],
)
def test_what_is_not_there_is_said_in_one_sentence(
    examined: Examined, arguments: tuple[str, ...], reason: str
) -> None:
    done = CliRunner().invoke(app, ["statistics", *arguments])
    assert done.exit_code == 1
    assert reason in " ".join(done.output.split())


def test_without_a_run_there_is_nothing_to_show(examined: Examined) -> None:
    (examined.workspace.scenario_set(CATEGORY) / "manifest.json").unlink()
    done = CliRunner().invoke(app, ["statistics"])
    assert done.exit_code == 1
    assert "run `medcred run`" in " ".join(done.output.split())
