"""Names, order, types and nullability of the marts' columns.

Belongs here: the shape of each mart, stated once, in the order of `docs/formats.md`; dbt's YAML
must say the same (`tests/data_contracts/test_contracts_agree.py`). Does not belong here: what the
values may be (`_schemas`) and how the marts hang together (`_relations`).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import polars as pl

_TEXTS: Final = pl.List(pl.String)
_DIAGNOSES: Final = pl.List(
    pl.Struct({"seq": pl.Int64, "code": pl.String, "version": pl.Int16, "title": pl.String})
)
_TESTS: Final = pl.List(
    pl.Struct(
        {
            "test_id": pl.String,
            "first_taken_hours": pl.Float64,
            "first_available_hours": pl.Float64,
            "by_decision": pl.Boolean,
        }
    )
)
_TIMESTAMP: Final = pl.Datetime("us")

_COLUMNS: Final[dict[str, dict[str, pl.DataType | type[pl.DataType]]]] = {
    "scenarios": {
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
        "home_drugs": _TEXTS,
        "past_diagnoses": _TEXTS,
        "history": pl.String,
        "past_history": pl.String,
        "social_history": pl.String,
        "family_history": pl.String,
        "allergies": pl.String,
    },
    "evidence": {
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
    },
    "ground_truth": {
        "scenario_id": pl.String,
        "category": pl.String,
        "condition_id": pl.String,
        "subject_id": pl.Int64,
        "hadm_id": pl.Int64,
        "stay_id": pl.Int64,
        "t0": _TIMESTAMP,
        "target_code": pl.String,
        "target_version": pl.Int16,
        "diagnoses": _DIAGNOSES,
        "tests": _TESTS,
        "is_confirmed": pl.Boolean,
        "died_in_hospital": pl.Boolean,
        "sex": pl.String,
        "age_band": pl.String,
        "race": pl.String,
        "race_group": pl.String,
        "insurance": pl.String,
        "language": pl.String,
    },
    "actions_taken": {
        "scenario_id": pl.String,
        "action_id": pl.String,
        "source": pl.String,
        "first_hours": pl.Float64,
        "is_given": pl.Boolean,
        "by_decision": pl.Boolean,
    },
    "cohort_attrition": {
        "category": pl.String,
        "condition_id": pl.String,
        "rule_order": pl.Int32,
        "rule_id": pl.String,
        "admissions": pl.Int64,
        "missing_modules": pl.String,
    },
    "task_scenarios": {},
    "task_evidence": {},
    "task_truth": {
        "scenario_id": pl.String,
        "category": pl.String,
        "condition_id": pl.String,
        "subject_id": pl.Int64,
        "hadm_id": pl.Int64,
        "unit_key": pl.String,
        "t0": _TIMESTAMP,
        "target_code": pl.String,
        "target_version": pl.Int16,
        "answers": pl.String,
        "died_in_hospital": pl.Boolean,
        "sex": pl.String,
        "age_band": pl.String,
        "race": pl.String,
        "race_group": pl.String,
        "insurance": pl.String,
        "language": pl.String,
    },
    "task_attrition": {
        "category": pl.String,
        "rule_id": pl.String,
        "units": pl.Int64,
    },
    "icu_severity": {
        "stay_id": pl.Int64,
        "sofa_24h": pl.Int32,
        "sepsis3": pl.Boolean,
        "kdigo_stage_48h": pl.Int32,
        "ventilated_24h": pl.Boolean,
        "vasopressor_24h": pl.Boolean,
    },
}
# The kinds of scenario that ask more than a diagnosis are told and shown in the same way.
_COLUMNS["task_scenarios"] = {
    name: dtype
    for listed in (
        dict(list(_COLUMNS["scenarios"].items())[:5]),
        {"start_hours": pl.Float64},
        dict(list(_COLUMNS["scenarios"].items())[5:]),
        dict.fromkeys(("film_view", "film_indication", "film_findings", "film_image"), pl.String),
    )
    for name, dtype in listed.items()
}
_COLUMNS["task_evidence"] = _COLUMNS["evidence"]

_NULLABLE: Final[dict[str, frozenset[str]]] = {
    "scenarios": frozenset(
        {
            "arrival",
            "chief_complaint",
            "temperature_c",
            "heart_rate_bpm",
            "resp_rate_per_min",
            "spo2_pct",
            "sbp_mmhg",
            "dbp_mmhg",
            "pain",
            "acuity",
            "history",
            "past_history",
            "social_history",
            "family_history",
            "allergies",
        }
    ),
    "evidence": frozenset(
        {"specimen", "value_num", "unit", "ref_low", "ref_high", "flag", "film_image"}
    ),
    "ground_truth": frozenset({"stay_id", "is_confirmed", "race", "insurance", "language"}),
    "actions_taken": frozenset(),
    "cohort_attrition": frozenset({"missing_modules"}),
    "task_scenarios": frozenset(),
    "task_evidence": frozenset(),
    "task_truth": frozenset({"target_code", "target_version", "race", "insurance", "language"}),
    "task_attrition": frozenset(),
    "icu_severity": frozenset({"kdigo_stage_48h"}),
}
_NULLABLE["task_scenarios"] = _NULLABLE["scenarios"] | {
    "film_view",
    "film_indication",
    "film_findings",
    "film_image",
}
_NULLABLE["task_evidence"] = _NULLABLE["evidence"]

MARTS: Final[tuple[str, ...]] = tuple(_COLUMNS)
"""The marts, in the order of `docs/formats.md`."""


def mart_columns(mart: str) -> Mapping[str, pl.DataType | type[pl.DataType]]:
    """Columns of `mart` in order, each with its Polars type.

    Raises:
        KeyError: `mart` is none of `MARTS`.
    """
    return MappingProxyType(_COLUMNS[mart])


def nullable_columns(mart: str) -> frozenset[str]:
    """Columns of `mart` that may hold nulls.

    Raises:
        KeyError: `mart` is none of `MARTS`.
    """
    return _NULLABLE[mart]
