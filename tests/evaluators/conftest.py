"""Small hand-made marts and scenario sets. All patients here are invented."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from evaluators.catalogue import Catalogue, load_catalogue
from evaluators.encounter.protocol import Presentation
from evaluators.scenario_sets import EvidenceItem, Scenario, ScenarioSet, freeze, load

SCENARIO_SCHEMA = {
    "scenario_id": pl.String,
    "category": pl.String,
    "release": pl.String,
    "kind": pl.String,
    "patient_key": pl.String,
    "decision_hours": pl.Float64,
    "age_years": pl.Int32,
    "sex": pl.String,
    "arrival": pl.String,
    "chief_complaint": pl.String,
    "temperature_c": pl.Float64,
    "heart_rate_bpm": pl.Float64,
    "resp_rate_per_min": pl.Float64,
    "spo2_pct": pl.Float64,
    "sbp_mmhg": pl.Float64,
    "dbp_mmhg": pl.Float64,
    "pain": pl.String,
    "acuity": pl.Int32,
    "home_drugs": pl.List(pl.String),
    "past_diagnoses": pl.List(pl.String),
    "history": pl.String,
    "past_history": pl.String,
    "social_history": pl.String,
    "family_history": pl.String,
    "allergies": pl.String,
}
EVIDENCE_SCHEMA = {
    "scenario_id": pl.String,
    "evidence_no": pl.Int32,
    "test_id": pl.String,
    "kind": pl.String,
    "label": pl.String,
    "specimen": pl.String,
    "value_text": pl.String,
    "value_num": pl.Float64,
    "unit": pl.String,
    "ref_low": pl.Float64,
    "ref_high": pl.Float64,
    "flag": pl.String,
    "taken_hours": pl.Float64,
    "available_hours": pl.Float64,
    "film_image": pl.String,
}
TRUTH_SCHEMA = {
    "scenario_id": pl.String,
    "category": pl.String,
    "condition_id": pl.String,
    "subject_id": pl.Int64,
    "hadm_id": pl.Int64,
    "stay_id": pl.Int64,
    "target_code": pl.String,
    "target_version": pl.Int32,
    "diagnoses": pl.List(
        pl.Struct({"seq": pl.Int32, "code": pl.String, "version": pl.Int32, "title": pl.String})
    ),
    "tests": pl.List(
        pl.Struct(
            {
                "test_id": pl.String,
                "first_taken_hours": pl.Float64,
                "first_available_hours": pl.Float64,
                "by_decision": pl.Boolean,
            }
        )
    ),
    "is_confirmed": pl.Boolean,
    "died_in_hospital": pl.Boolean,
    "sex": pl.String,
    "age_band": pl.String,
    "race": pl.String,
    "race_group": pl.String,
    "insurance": pl.String,
    "language": pl.String,
}
ACTION_SCHEMA = {
    "scenario_id": pl.String,
    "action_id": pl.String,
    "source": pl.String,
    "first_hours": pl.Float64,
    "is_given": pl.Boolean,
    "by_decision": pl.Boolean,
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "scenarios": SCENARIO_SCHEMA,
    "evidence": EVIDENCE_SCHEMA,
    "ground_truth": TRUTH_SCHEMA,
    "actions_taken": ACTION_SCHEMA,
}

Rows = dict[str, list[dict[str, Any]]]


def _key(number: int) -> str:
    return f"{number:016x}"


def _evidence_row(key: str, number: int, test: str, value: float, hours: float) -> dict[str, Any]:
    return {
        "scenario_id": key,
        "evidence_no": number,
        "test_id": test,
        "kind": "lab",
        "label": test.removeprefix("lab_"),
        "specimen": "Blood",
        "value_text": f"{value:g}",
        "value_num": value,
        "unit": "u",
        "ref_low": 1.0,
        "ref_high": 2.0,
        "flag": "abnormal" if value > 2 else None,
        "taken_hours": hours - 0.5,
        "available_hours": hours,
        "film_image": None,
    }


@pytest.fixture
def mart_rows() -> Rows:
    """Rows of five patients' marts in cardiology (three conditions) and one in pulmonology."""
    conditions = (
        ("nstemi", "I214"),
        ("nstemi", "I214"),
        ("acute_heart_failure", "I5021"),
        ("atrial_fibrillation", "I480"),
        ("nstemi", "I214"),
        ("pulmonary_embolism", "I2699"),
    )
    rows: Rows = {mart: [] for mart in SCHEMAS}
    for number, (condition, code) in enumerate(conditions):
        key = _key(number)
        category = "pulmonology" if condition == "pulmonary_embolism" else "cardiology"
        rows["scenarios"].append(
            {
                "scenario_id": key,
                "category": category,
                "release": "synthetic 1",
                "kind": "admission",
                "patient_key": _key(100 + number),
                "decision_hours": 24.0 + number / 3,
                "age_years": 60 + number,
                "sex": "F" if number % 2 else "M",
                "arrival": "AMBULANCE",
                "chief_complaint": "Chest pain",
                "temperature_c": 36.8,
                "heart_rate_bpm": 88.0,
                "resp_rate_per_min": 18.0,
                "spo2_pct": 97.0,
                "sbp_mmhg": 132.0,
                "dbp_mmhg": 80.0,
                "pain": "7",
                "acuity": 2,
                "home_drugs": ["metoprolol", "aspirin"],
                "past_diagnoses": [],
                "history": "Came in with pain after a fall.",
                "past_history": "1. Gout\n2. Tinnitus",
                "social_history": None,
                "family_history": "Mother healthy.",
                "allergies": "Penicillins",
            }
        )
        rows["evidence"] += [
            _evidence_row(key, 1, "lab_tnt", 0.4 + number, 1.5),
            _evidence_row(key, 2, "lab_k", 4.1, 2.0 + 1 / 3),
            _evidence_row(key, 3, "lab_tnt", 0.9 + number, 7.5),
        ]
        rows["ground_truth"].append(
            {
                "scenario_id": key,
                "category": category,
                "condition_id": condition,
                "subject_id": 90_000_001 + number,
                "hadm_id": 80_000_001 + number,
                "stay_id": None,
                "target_code": code,
                "target_version": 10,
                "diagnoses": [
                    {"seq": 2, "code": "I10", "version": 10, "title": "Hypertension"},
                    {"seq": 1, "code": code, "version": 10, "title": "The target"},
                ],
                "tests": [
                    {
                        "test_id": test,
                        "first_taken_hours": taken,
                        "first_available_hours": taken + 0.5,
                        "by_decision": taken < 24,
                    }
                    for test, taken in (("lab_tnt", 1.0), ("lab_k", 1.8333), ("lab_ldl", 40.0))
                ],
                "is_confirmed": None,
                "died_in_hospital": False,
                "sex": "F",
                "age_band": "60-69",
                "race": "OTHER",
                "race_group": "Other",
                "insurance": "Medicare",
                "language": "English",
            }
        )
        rows["actions_taken"] += [
            {
                "scenario_id": key,
                "action_id": action,
                "source": "emar",
                "first_hours": 2.5,
                "is_given": True,
                "by_decision": True,
            }
            for action in ("drug_aspirin", "drug_statin")
        ]
    return rows


@pytest.fixture
def write_marts(tmp_path: Path) -> Callable[..., Path]:
    """Write rows as marts into a folder of the test."""

    def write(rows: Rows, name: str = "marts") -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        for mart, content in rows.items():
            pl.DataFrame(content, schema=SCHEMAS[mart]).write_parquet(folder / f"{mart}.parquet")
        return folder

    return write


@pytest.fixture
def small_set(mart_rows: Rows, write_marts: Callable[..., Path], tmp_path: Path) -> ScenarioSet:
    """A frozen and loaded set of five scenarios in cardiology."""
    freeze(
        write_marts(mart_rows),
        "cardiology",
        tmp_path / "scenario_sets" / "cardiology",
        releases=("synthetic 1",),
        tier="open",
        modules=("hosp", "icu", "ed"),
        unverified_tables=(),
    )
    return load(tmp_path / "scenario_sets" / "cardiology")


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The clinical catalogue of the house."""
    return load_catalogue()


@pytest.fixture(scope="session")
def make_item() -> Callable[..., EvidenceItem]:
    """Make one evidence item by hand."""

    def make(
        test_id: str, taken: float, available: float, value: str = "1.0", **more: Any
    ) -> EvidenceItem:
        return EvidenceItem(
            **{
                "test_id": test_id,
                "kind": "micro" if test_id.startswith("micro_") else "lab",
                "label": f"label of {test_id}",
                "specimen": None,
                "value": value,
                "value_num": None,
                "unit": None,
                "ref_low": None,
                "ref_high": None,
                "flag": None,
                "taken_hours": taken,
                "available_hours": available,
                **more,
            }
        )

    return make


@pytest.fixture(scope="session")
def make_scenario() -> Callable[..., Scenario]:
    """Make one scenario from evidence."""

    def make(evidence: Sequence[EvidenceItem], decision_hours: float = 72.0) -> Scenario:
        return Scenario(
            scenario_id="5ce0a0105ce0a010",
            patient_key="9a71e4709a71e470",
            decision_hours=decision_hours,
            presentation=Presentation(age_years=61, sex="F", chief_complaint="Chest pain"),
            evidence=tuple(sorted(evidence, key=lambda item: item.available_hours)),
        )

    return make
