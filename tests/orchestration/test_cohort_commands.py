"""`medcred cohort` and `medcred attrition`: what is printed, what is written, what is refused."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from orchestration import cohort_commands, cohort_trial
from orchestration.cli import app
from orchestration.cohort_files import CohortRefusedError, NewCohort
from orchestration.cohort_trial import Landed, Trial, TrialFailedError
from orchestration.show import cohort_rows, show_attrition, show_cohorts
from sources.releases import find_source

ASKED = (
    *("cohort", "new", "--category", "gastroenterology", "--condition", "viral_enteritis"),
    *("--icd10", "A08.4", "--icd9", "008.8"),
)
TRIAL = Trial(admissions=731, coded=41, placed=40, dropped={"leak": 1}, selected=39, shared=2)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation that has run nothing, and a place for cohorts of gastroenterology."""
    monkeypatch.setenv("MEDCRED_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("MEDCRED_SOURCE", "MEDCRED_SUPPLEMENT"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "cohorts" / "gastroenterology").mkdir(parents=True)
    monkeypatch.setattr(cohort_commands, "COHORTS", tmp_path / "cohorts")
    return tmp_path / "cohorts"


def tried(monkeypatch: pytest.MonkeyPatch, outcome: Trial | Exception) -> list[NewCohort]:
    """Let every trial end in `outcome`; gives the cohorts that were tried out."""
    asked: list[NewCohort] = []

    def try_out(cohort: NewCohort, landed: Landed) -> Trial:
        asked.append(cohort)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(cohort_trial, "try_out", try_out)
    monkeypatch.setattr(cohort_commands, "_landed", lambda settings: None)
    return asked


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_a_cohort_that_selects_somebody_is_one_new_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tried(monkeypatch, TRIAL)
    told = run(*ASKED, "--exclude-icd9", "008.89", "--synonym", "stomach flu", "--position", "any")
    assert told.exit_code == 0
    assert asked == [
        NewCohort(
            category="gastroenterology",
            condition="viral_enteritis",
            name="Viral enteritis",
            icd10=("A084",),
            icd9=("0088",),
            icd9_exclude=("00889",),
            position="any",
            synonyms=("stomach flu",),
        )
    ]
    (written,) = [path for path in folder.rglob("*") if path.is_file()]
    assert written == folder / "gastroenterology" / "viral_enteritis.sql"
    assert "'dx_position': 'any'" in written.read_text()
    for words in (
        "41 of 731 admissions",
        "40 have it where it must stand (any)",
        "1 by leak",
        "scenarios  39",
        "2 of these admissions serve another condition",
        "`medcred run` examines it",
    ):
        assert words in told.stdout


@pytest.mark.parametrize(
    "error",
    [CohortRefusedError("viral_enteritis selects no one"), TrialFailedError("dbt failed in x")],
)
def test_a_cohort_that_fails_its_trial_is_not_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    tried(monkeypatch, error)
    told = run(*ASKED)
    assert (told.exit_code, told.stdout) == (1, "")
    assert str(error) in told.stderr
    assert [path for path in folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--category", "dentistry"), "categories are"),
        (("--condition", "acute_pancreatitis"), "exists already"),
        (("--icd10", "K85.9"), "acute_pancreatitis"),
        (("--icd10", "flu"), "not shaped like"),
    ],
)
def test_what_the_catalogue_refuses_is_not_tried_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    asked = tried(monkeypatch, TRIAL)
    told = run(*ASKED, *arguments)
    assert told.exit_code == 1
    assert said in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1
    assert asked == []
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_without_a_source_nobody_can_tell_whom_it_selects(folder: Path) -> None:
    told = run(*ASKED)
    assert told.exit_code == 1
    assert "run `medcred run`" in told.stderr


def test_a_source_that_is_not_landed_yet_is_said(folder: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw" / "mimiciv" / "3.1" / "hosp"
    raw.mkdir(parents=True)
    (raw / "admissions.csv.gz").write_bytes(b"")
    (tmp_path / "home").mkdir()
    active = {"root": str(tmp_path / "raw"), "supplement": None, "is_synthetic": False}
    (tmp_path / "home" / "active.json").write_text(json.dumps(active))
    told = run(*ASKED)
    assert told.exit_code == 1
    assert "No diagnoses of mimiciv-3.1" in told.stderr


def rows(condition: str = "nstemi", **counts: Any) -> list[dict[str, Any]]:
    missing = counts.pop("missing", {})
    return [
        {
            "category": "cardiology",
            "condition_id": condition,
            "rule_order": number,
            "rule_id": rule,
            "admissions": count,
            "missing_modules": missing.get(rule),
        }
        for number, (rule, count) in enumerate(counts.items(), start=1)
    ]


def shown(function: Any, *arguments: Any) -> str:
    stream = io.StringIO()
    function(Console(file=stream, width=200), *arguments)
    return stream.getvalue()


ALL = ("hosp", "icu", "ed", "note", "cxr", "ecg", "echo", "pulseox")


def test_attrition_says_what_it_adds_up_to() -> None:
    table = [
        *rows(adult=2, principal_dx=90, leak=3, selected=5),
        *rows("stemi", adult=2, principal_dx=97, leak=1, selected=0),
    ]
    told = shown(show_attrition, table, ALL)
    assert "add up to 100 admissions for each of 2 conditions" in told
    assert "5 are selected in all" in told
    assert "module_missing" not in told
    assert "Not in this source" not in told


def test_attrition_that_does_not_add_up_is_said() -> None:
    table = [*rows(principal_dx=90, selected=5), *rows("stemi", principal_dx=90, selected=4)]
    told = shown(show_attrition, table, ALL)
    assert "do not add up to one number of admissions" in told
    assert "94 to 95" in told


def test_attrition_names_the_rules_of_missing_modules() -> None:
    table = rows(
        principal_dx=90, required_tests_1=0, selected=5, missing={"required_tests_1": "ecg"}
    )
    told = shown(show_attrition, table, ("hosp", "icu", "ed", "note", "cxr", "pulseox"))
    assert "required_tests_1 (module_missing: ecg)" in told
    assert "Not in this source: ecg, echo." in told


def test_the_list_has_every_file_and_says_what_was_not_built() -> None:
    found = cohort_rows(
        ("cardiology/nstemi", "neurology/vertigo_new"),
        rows(adult=2, principal_dx=90, leak=3, selected=5),
        {"nstemi": "Non-ST-elevation myocardial infarction"},
    )
    assert [(row["admissions"], row["scenarios"]) for row in found] == [(10, 5), (None, None)]
    told = shown(show_cohorts, found)
    assert "Non-ST-elevation" in told
    assert told.count("not built") == 2
    assert "Not built: `medcred run`" in told


def test_cohort_list_reads_the_active_source(folder: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw" / "mimiciv" / "3.1" / "hosp"
    raw.mkdir(parents=True)
    (raw / "admissions.csv.gz").write_bytes(b"")
    (tmp_path / "home").mkdir()
    active = {"root": str(tmp_path / "raw"), "supplement": None, "is_synthetic": False}
    (tmp_path / "home" / "active.json").write_text(json.dumps(active))
    listed = json.loads(run("cohort", "list", "--json").stdout)
    assert {row["admissions"] for row in listed} == {None}
    marts = tmp_path / "home" / "sources" / find_source(tmp_path / "raw").slug / "marts"
    marts.mkdir(parents=True)
    pl.DataFrame(rows(principal_dx=90, leak=3, selected=5)).write_parquet(
        marts / "cohort_attrition.parquet"
    )
    listed = json.loads(run("cohort", "list", "--json").stdout)
    (built,) = [row for row in listed if row["admissions"] is not None]
    assert (built["condition"], built["admissions"], built["scenarios"]) == ("nstemi", 8, 5)
