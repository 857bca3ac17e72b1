"""The commands print what verification found and end with its exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from registry.cli import app

PROJECT = Path(__file__).resolve().parents[2]
ON = ["--on", "2026-12-01"]


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def test_sound_publication_verifies(publication):
    result = run("verify", str(publication), *ON)
    assert result.exit_code == 0
    assert "sound: 21 files, 17 statements" in result.output


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (["--on", "2030-01-01"], 30, "ExpiredError"),
        (["--on", "2020-01-01"], 31, "NotYetValidError"),
        ([*ON, "--index-sha256", "0" * 64], 21, "UnexpectedIndexError"),
    ],
)
def test_unsound_publication_ends_with_the_code_of_its_kind(publication, arguments, code, kind):
    result = run("verify", str(publication), *arguments)
    assert result.exit_code == code
    assert kind in result.output
    assert "sound:" not in result.output


def test_machine_readable_report(publication):
    (publication / "index.html").write_text("altered")
    result = run("verify", str(publication), *ON, "--json")
    record = json.loads(result.output)
    assert result.exit_code == 14
    assert record["is_sound"] is False
    assert {problem["kind"] for problem in record["problems"]} == {"DigestError"}


def test_show_lists_standings(publication):
    result = run("show", str(publication), *ON, "--category", "endocrinology")
    assert result.exit_code == 0
    assert len(result.output.splitlines()) == 4
    assert "insufficient cases (fewer than 11 of 100)" in result.output
    lines = json.loads(run("show", str(publication), *ON, "--json").output)
    assert len(lines) == 17
    assert {line["standing"] for line in lines} >= {"credentialed", "examination incomplete"}


def test_show_shows_nothing_of_an_unsound_publication(publication):
    (publication / "policy.json").write_text("{}")
    result = run("show", str(publication), *ON)
    assert result.exit_code == 14
    assert "oracle" not in result.output


@pytest.mark.parametrize("arguments", [["--on", "yesterday"], [*ON, "--category", "dentistry"]])
def test_wrong_arguments_are_told(publication, arguments):
    assert run("show", str(publication), *arguments).exit_code == 2


def test_room_runs_as_a_module(publication):
    done = subprocess.run(
        [sys.executable, "-m", "registry", "verify", str(publication), *ON],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert done.stdout.startswith("sound:")
