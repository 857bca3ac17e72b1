"""Small marts that keep every contract, to be broken one cell at a time; reading of reports."""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data_contracts.marts import MARTS, mart_columns
from data_contracts.suites import SuiteReport

Rows = dict[str, list[dict[str, Any]]]


def _hex(*parts: object) -> str:
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:16]


def _conditions(number: int) -> tuple[str, str, str, str]:
    return (
        ("cardiology", "nstemi", "I214", "lab_troponin_t"),
        ("nephrology", "hyperkalemia", "E875", "lab_potassium"),
    )[number % 2]


def good_rows(scenarios: int = 40) -> Rows:
    """Rows of all marts, coherent with one another; the same rows at every call."""
    rows: Rows = {mart: [] for mart in MARTS}
    for number in sorted(range(scenarios), key=lambda n: _hex("scenario", n)):
        category, condition, code, test = _conditions(number)
        scenario = _hex("scenario", number)
        sex = "FM"[(number // 2) % 2]
        rows["scenarios"].append(
            {
                "scenario_id": scenario,
                "category": category,
                "release": "synthetic 1",
                "kind": "admission",
                "patient_key": _hex("patient", number),
                "decision_hours": 12.0,
                "age_years": 35 + (number * 7) % 50,
                "sex": sex,
                "arrival": "AMBULANCE",
                "chief_complaint": "Weakness",
                "temperature_c": 36.8,
                "heart_rate_bpm": 88.0,
                "resp_rate_per_min": 18.0,
                "spo2_pct": 97.0,
                "sbp_mmhg": 128.0,
                "dbp_mmhg": 76.0,
                "pain": "3",
                "acuity": 2,
                "home_drugs": ["aspirin", "lisinopril"],
                "past_diagnoses": [],
                "history": "Came in with weakness.",
                "past_history": "Gout\nTinnitus",
                "social_history": None,
                "family_history": "Mother healthy.",
                "allergies": "Penicillins",
            }
        )
        for place in range(6):
            rows["evidence"].append(
                {
                    "scenario_id": scenario,
                    "evidence_no": place + 1,
                    "test_id": test if place else "vital_heart_rate",
                    "kind": "lab" if place else "vital",
                    "label": "Item",
                    "specimen": "Blood",
                    "value_text": "5.1",
                    "value_num": 5.1,
                    "unit": "mEq/L",
                    "ref_low": 3.3,
                    "ref_high": 5.1,
                    "flag": None,
                    "taken_hours": float(place),
                    "available_hours": place + 0.5,
                    "film_image": None,
                }
            )
        rows["ground_truth"].append(
            {
                "scenario_id": scenario,
                "category": category,
                "condition_id": condition,
                "subject_id": 10_000_000 + number,
                "hadm_id": 20_000_000 + number,
                "stay_id": None,
                "t0": dt.datetime(2150, 1, 1, 12),
                "target_code": code,
                "target_version": 10,
                "diagnoses": [
                    {"seq": 1, "code": code, "version": 10, "title": "Target"},
                    {"seq": 2, "code": "I10", "version": 10, "title": "Hypertension"},
                ],
                "tests": [
                    {
                        "test_id": test,
                        "first_taken_hours": 1.0,
                        "first_available_hours": 1.5,
                        "by_decision": True,
                    },
                    {
                        "test_id": "vital_heart_rate",
                        "first_taken_hours": 0.0,
                        "first_available_hours": 0.5,
                        "by_decision": True,
                    },
                ],
                "is_confirmed": True,
                "died_in_hospital": False,
                "sex": sex,
                "age_band": "40-64",
                "race": None,
                "race_group": "Unknown",
                "insurance": "Medicare",
                "language": "English",
            }
        )
        rows["actions_taken"].append(
            {
                "scenario_id": scenario,
                "action_id": "drug_aspirin",
                "source": "emar",
                "first_hours": 2.0,
                "is_given": True,
                "by_decision": True,
            }
        )
    for place in range(2):
        category, condition, _, _ = _conditions(place)
        selected = sum(row["condition_id"] == condition for row in rows["ground_truth"])
        for order, (rule, admissions) in enumerate(
            (("adult", 100 - selected), ("selected", selected))
        ):
            rows["cohort_attrition"].append(
                {
                    "category": category,
                    "condition_id": condition,
                    "rule_order": order,
                    "rule_id": rule,
                    "admissions": admissions,
                    "missing_modules": None,
                }
            )
    return {**rows, **_task_rows(rows), "icu_severity": _severity_rows()}


def _severity_rows() -> list[dict[str, Any]]:
    """Two stays, one of them without anything to stage the kidneys by."""
    return [
        {
            "stay_id": 30_000_000 + number,
            "sofa_24h": 6,
            "sepsis3": True,
            "kdigo_stage_48h": stage,
            "ventilated_24h": False,
            "vasopressor_24h": True,
        }
        for number, stage in enumerate((2, None))
    ]


def _task_rows(rows: Rows) -> Rows:
    """The same visits as tasks of the emergency department."""
    film = dict.fromkeys(("film_view", "film_indication", "film_findings", "film_image"))
    told = [
        {
            **dict(list(row.items())[:5]),
            "start_hours": 0.0,
            **dict(list(row.items())[5:]),
            **film,
            "category": "emergency_triage",
            "kind": "emergency",
            "acuity": None,
        }
        for row in rows["scenarios"]
    ]
    kept = ("scenario_id", "condition_id", "subject_id", "hadm_id", "t0", "target_code",
            "target_version", "died_in_hospital", "sex", "age_band", "race", "race_group",
            "insurance", "language")  # fmt: skip
    truths = [
        {
            **{name: row[name] for name in kept},
            "category": "emergency_triage",
            "unit_key": str(row["hadm_id"]),
            "answers": '{"acuity":2,"disposition":"home"}',
        }
        for row in rows["ground_truth"]
    ]
    selected = {"category": "emergency_triage", "rule_id": "selected", "units": len(truths)}
    return {
        "task_scenarios": told,
        "task_evidence": copy.deepcopy(rows["evidence"]),
        "task_truth": truths,
        "task_attrition": [selected, {**selected, "rule_id": "leak", "units": 3}],
    }


@pytest.fixture
def rows() -> Rows:
    """Rows of good marts; a test may change them as it likes."""
    return copy.deepcopy(good_rows())


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Rows], Path]:
    """Writes rows as marts of the contract's types and returns their folder."""

    def write_marts(rows: Rows) -> Path:
        folder = tmp_path / "marts"
        folder.mkdir(exist_ok=True)
        for mart, lines in rows.items():
            frame = pl.DataFrame(lines, schema=dict(mart_columns(mart)), strict=True)
            frame.write_parquet(folder / f"{mart}.parquet")
        return folder

    return write_marts


@pytest.fixture
def failed() -> Callable[[SuiteReport], set[tuple[str, str | None]]]:
    """Reads a suite's report as the expectations and columns that were not met."""

    def not_met(report: SuiteReport) -> set[tuple[str, str | None]]:
        assert report.passed == (not report.failures)
        return {(item.expectation, item.column) for item in report.failures}

    return not_met
