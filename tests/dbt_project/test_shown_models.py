"""No model that may be shown selects from what would give the answer away.

Over dbt's own manifest: ancestors of the shown marts are walked up to the gates, each of which is
allowed for a stated reason (leak-prevention rule 1).
"""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from dbt_runs import Built

SHOWN = ("scenarios", "evidence", "task_scenarios", "task_evidence")

ATTRITIONS = {
    "cohort_attrition": [
        "category", "condition_id", "rule_order", "rule_id", "admissions", "missing_modules",
    ],
    "task_attrition": ["category", "rule_id", "units"],
}  # fmt: skip

GATES = {
    "int_cohorts__selected": "selection and decision time: keys and times, the condition unused",
    "int_admissions__examined": "selection: keys, t0 and span of the admissions to read",
    "int_history__past_diagnoses": "diagnoses of admissions that ended before t0: in the chart",
    "int_tasks__united": "selection: kind, category, keys and times, never what is true",
    "int_films__screened": "selection: keys, time, view and file of a film, its labels unused",
    "int_notes__sections": "sections of the summary that tell of the time up to the arrival",
}
"""Models at which the walk stops, with the reason."""

FORBIDDEN_SOURCES = {
    ("mimiciv_hosp", table)
    for table in (
        "diagnoses_icd", "d_icd_diagnoses", "procedures_icd", "d_icd_procedures", "drgcodes",
        "hcpcsevents", "d_hcpcs", "services", "transfers", "emar", "emar_detail", "prescriptions",
        "pharmacy", "poe", "poe_detail",
    )
} | {
    ("mimiciv_ed", "diagnosis"), ("mimiciv_ed", "pyxis"), ("mimiciv_icu", "icustays"),
    ("mimiciv_icu", "procedureevents"), ("mimiciv_icu", "inputevents"),
    ("mimiciv_icu", "ingredientevents"), ("mimiciv_note", "discharge"),
    ("mimiciv_note", "discharge_detail"), ("mimiciv_cxr", "chexpert"), ("mimiciv_cxr", "negbio"),
    ("mimiciv_cxr", "test_set_labeled"),
} | {
    ("mimiciii", table)
    for table in (
        "callout", "cptevents", "diagnoses_icd", "drgcodes", "d_cpt", "d_icd_diagnoses",
        "d_icd_procedures", "icustays", "inputevents_cv", "inputevents_mv", "prescriptions",
        "procedureevents_mv", "procedures_icd", "services", "transfers",
    )
}  # fmt: skip

FORBIDDEN_WORDS = re.compile(
    r"\b(discharged_at|died_at|death_date|is_dead_at_discharge|discharge_location|left_at"
    r"|ed_disposition|careunit|first_careunit|curr_service|icd_code|icd_version|target_code"
    r"|condition_id|treated_at|outcome)\b"
)

ALLOWED_COLUMNS_OF_GATES = {
    "int_cohorts__selected": {
        "scenario_id", "patient_key", "category", "subject_id", "hadm_id", "t0", "decision_at",
        "decision_hours",
    },
    "int_admissions__examined": {
        "examined_hadm_id", "hadm_id", "subject_id", "t0", "span_from", "span_to",
    },
    "int_history__past_diagnoses": {"subject_id", "hadm_id", "title"},
    "int_tasks__united": {
        "scenario_id", "patient_key", "category", "kind", "hadm_id", "unit_key", "t0", "start_hours",
        "decision_at", "decision_hours",
    },
    "int_films__screened": {"study_id", "view_position", "file_path"},
    "int_notes__sections": {"hadm_id", "section", "words"},
}  # fmt: skip
"""What a shown model may take from a gate."""


def by_name(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    [node] = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["name"] == name
    ]
    return node


def walked(manifest: dict[str, Any], model: str) -> list[dict[str, Any]]:
    """The model and its ancestors up to the gates: models, seeds and sources."""
    found: dict[str, dict[str, Any]] = {}
    pending = [by_name(manifest, model)["unique_id"]]
    while pending:
        unique_id = pending.pop()
        if unique_id in found:
            continue
        node = manifest["nodes"].get(unique_id) or manifest["sources"][unique_id]
        if node["name"] in GATES:
            continue
        found[unique_id] = node
        pending += node.get("depends_on", {}).get("nodes", [])
    return list(found.values())


def violations(manifest: dict[str, Any], model: str) -> list[str]:
    """What the model takes that it may not, in words."""
    found = []
    for node in walked(manifest, model):
        name = node["name"]
        if node["resource_type"] == "source" and (node["source_name"], name) in FORBIDDEN_SOURCES:
            found.append(f"source {node['source_name']}.{name}")
        if node["resource_type"] == "model" and node["fqn"][1] != "staging":
            code = re.sub(r"--.*", "", node["compiled_code"] or node["raw_code"])
            found += [f"{name} uses {word}" for word in FORBIDDEN_WORDS.findall(code)]
            for gate, allowed in ALLOWED_COLUMNS_OF_GATES.items():
                for alias in re.findall(rf'"{gate}" as (\w+)', code):
                    used = set(re.findall(rf"\b{alias}\.(\w+)", code))
                    found += [f"{name} takes {column} of {gate}" for column in used - allowed]
    return sorted(found)


@pytest.mark.parametrize("model", SHOWN)
def test_a_shown_model_takes_nothing_that_gives_the_answer_away(built: Built, model: str) -> None:
    assert violations(built.manifest, model) == []


def test_only_the_known_models_lie_in_the_shown_schema(built: Built) -> None:
    shown = {
        node["name"]
        for node in built.manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["schema"] == "exam"
    }
    # The attritions count by rule; their columns are held below.
    assert shown == {*SHOWN, *ATTRITIONS}


@pytest.mark.parametrize("attrition", ATTRITIONS)
def test_attrition_has_counts_and_nothing_of_a_patient(built: Built, attrition: str) -> None:
    columns = [row[0] for row in built.rows(f"describe from {{{attrition}}}")]
    assert columns == ATTRITIONS[attrition]


@pytest.mark.parametrize("gate", GATES)
def test_every_gate_is_in_use(built: Built, gate: str) -> None:
    unique_id = by_name(built.manifest, gate)["unique_id"]
    users = [
        node["name"]
        for model in SHOWN
        for node in walked(built.manifest, model)
        if unique_id in node.get("depends_on", {}).get("nodes", [])
    ]
    assert users, f"{gate} is no gate any more: take it from the list"


@pytest.mark.parametrize(
    ("model", "module", "table"),
    [
        ("evidence", "hosp", "diagnoses_icd"),
        ("int_labs__resulted", "ed", "diagnosis"),
        ("int_admissions__arrived", "hosp", "services"),
        ("int_notes__examined", "note", "discharge"),
        ("int_films__pictured", "cxr", "chexpert"),
    ],
)
def test_a_planted_leak_is_found_however_deep(
    built: Built, model: str, module: str, table: str
) -> None:
    manifest = copy.deepcopy(built.manifest)
    parent = f"model.medcred.stg_mimiciv_{module}__{table}"
    by_name(manifest, model)["depends_on"]["nodes"].append(parent)
    assert f"source mimiciv_{module}.{table}" in [
        found for shown in SHOWN for found in violations(manifest, shown)
    ]


def test_a_planted_column_is_found(built: Built) -> None:
    manifest = copy.deepcopy(built.manifest)
    by_name(manifest, "int_admissions__arrived")["compiled_code"] += "\n, admissions.discharged_at"
    by_name(manifest, "evidence")["compiled_code"] += "\n, scenarios.stay_id"
    assert "int_admissions__arrived uses discharged_at" in violations(manifest, "scenarios")
    assert "evidence takes stay_id of int_cohorts__selected" in violations(manifest, "evidence")
