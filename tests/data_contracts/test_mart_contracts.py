"""The contracts of the marts: good ones pass, and each fault is found, counted and not quoted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data_contracts.marts import (
    MARTS,
    Failure,
    check_mart,
    mart_schema,
)

Rows = dict[str, list[dict[str, Any]]]
Write = Callable[[Rows], Path]


def found(folder: Path, mart: str) -> set[tuple[str, str]]:
    report = check_mart(folder, mart)
    assert report.passed == (not report.failures)
    return {(failure.column, failure.check) for failure in report.failures}


@pytest.mark.parametrize("mart", MARTS)
def test_good_marts_pass(rows: Rows, write: Write, mart: str) -> None:
    report = check_mart(write(rows), mart)
    assert report.failures == ()
    assert report.passed
    assert report.rows == len(rows[mart]) > 0


@pytest.mark.parametrize("mart", MARTS)
def test_empty_marts_of_the_right_shape_pass(write: Write, mart: str) -> None:
    assert check_mart(write({name: [] for name in MARTS}), mart).passed


CELLS: list[tuple[str, str, Any, str]] = [
    ("scenarios", "scenario_id", "0123456789ABCDEF", "16 lower-case hex digits"),
    ("scenarios", "scenario_id", "0123456789abcde\n", "16 lower-case hex digits"),
    ("scenarios", "scenario_id", "0123456789abcdef\n", "16 lower-case hex digits"),
    ("scenarios", "category", "Infectious Disease", "a lower-case name"),
    ("scenarios", "release", "", "a release's name"),
    ("scenarios", "kind", "stay", "a known kind"),
    ("scenarios", "patient_key", "10000001", "16 lower-case hex digits"),
    ("scenarios", "decision_hours", 0.0, "after 0 and at most 72 hours"),
    ("scenarios", "decision_hours", 72.1, "after 0 and at most 72 hours"),
    ("scenarios", "decision_hours", None, "not_nullable"),
    ("scenarios", "age_years", 17, "between 18 and 120 years"),
    ("scenarios", "sex", "U", "a known sex"),
    ("scenarios", "chief_complaint", "  ", "not blank"),
    ("scenarios", "temperature_c", 98.6, "between 10 and 50 degrees C"),
    ("scenarios", "heart_rate_bpm", -1.0, "between 0 and 350 per minute"),
    ("scenarios", "heart_rate_bpm", float("nan"), "finite"),
    ("scenarios", "resp_rate_per_min", 1800.0, "between 0 and 120 per minute"),
    ("scenarios", "spo2_pct", 101.0, "between 0 and 100 percent"),
    ("scenarios", "sbp_mmhg", float("inf"), "finite"),
    ("scenarios", "sbp_mmhg", 1180.0, "between 0 and 400 mmHg"),
    ("scenarios", "dbp_mmhg", 879.0, "between 0 and 300 mmHg"),
    ("scenarios", "acuity", 6, "between 1 and 5 (Emergency Severity Index)"),
    ("scenarios", "home_drugs", None, "not_nullable"),
    ("scenarios", "home_drugs", ["b", "a"], "sorted and distinct"),
    ("scenarios", "home_drugs", ["a", "a"], "sorted and distinct"),
    ("scenarios", "past_diagnoses", ["a", None], "no null or blank element"),
    ("scenarios", "past_diagnoses", [" "], "no null or blank element"),
    ("scenarios", "history", " ", "not blank"),
    ("scenarios", "past_history", "\n", "not blank"),
    ("scenarios", "allergies", "", "not blank"),
    ("evidence", "evidence_no", 0, "positive"),
    ("evidence", "test_id", "chest_xray", "a catalogue id"),
    ("evidence", "kind", "note", "a known kind"),
    ("evidence", "kind", "micro", "test_id of its kind"),
    ("evidence", "kind", "imaging", "test_id of its kind"),
    ("evidence", "kind", "exam", "test_id of its kind"),
    ("evidence", "value_text", None, "not_nullable"),
    ("evidence", "value_num", float("inf"), "finite"),
    ("evidence", "unit", "", "not blank"),
    ("evidence", "available_hours", 72.5, "between -24 and 72 hours"),
    ("evidence", "taken_hours", -24.5, "between -24 and 72 hours"),
    ("evidence", "taken_hours", 60.0, "taken_hours at most available_hours"),
    ("evidence", "film_image", "../p10/film.jpg", "a path below files/"),
    ("evidence", "film_image", "files/a.dcm", "a picture with reports of chest films only"),
    ("ground_truth", "subject_id", -1, "positive"),
    ("ground_truth", "t0", None, "not_nullable"),
    ("ground_truth", "target_code", "I21.4", "an ICD code without dots"),
    ("ground_truth", "target_code", "I219", "target among the diagnoses"),
    ("ground_truth", "target_version", 11, "a known ICD version"),
    ("ground_truth", "target_version", 9, "target among the diagnoses"),
    ("ground_truth", "diagnoses", [], "at least one"),
    (
        "ground_truth",
        "diagnoses",
        [{"seq": n, "code": "I10", "version": 10, "title": None} for n in (2, 1)],
        "distinct, by seq, version and code",
    ),
    (
        "ground_truth",
        "diagnoses",
        [{"seq": 1, "code": "I21.4", "version": 10, "title": None}],
        "codes without dots",
    ),
    (
        "ground_truth",
        "diagnoses",
        [{"seq": 1, "code": "I214", "version": None, "title": None}],
        "a known ICD version",
    ),
    (
        "ground_truth",
        "diagnoses",
        [{"seq": 0, "code": "I214", "version": 10, "title": None}],
        "seq positive",
    ),
    (
        "ground_truth",
        "tests",
        [
            {
                "test_id": "lab_sodium",
                "first_taken_hours": 1.0,
                "first_available_hours": None,
                "by_decision": False,
            }
        ]
        * 2,
        "distinct, by test_id",
    ),
    (
        "ground_truth",
        "tests",
        [
            {
                "test_id": "Sodium!",
                "first_taken_hours": 1.0,
                "first_available_hours": None,
                "by_decision": False,
            }
        ],
        "catalogue ids",
    ),
    (
        "ground_truth",
        "tests",
        [
            {
                "test_id": "lab_sodium",
                "first_taken_hours": float("nan"),
                "first_available_hours": None,
                "by_decision": False,
            }
        ],
        "first_taken_hours finite",
    ),
    (
        "ground_truth",
        "tests",
        [
            {
                "test_id": "lab_sodium",
                "first_taken_hours": 1.0,
                "first_available_hours": float("inf"),
                "by_decision": False,
            }
        ],
        "first_available_hours finite",
    ),
    (
        "ground_truth",
        "tests",
        [
            {
                "test_id": "lab_sodium",
                "first_taken_hours": 1.0,
                "first_available_hours": None,
                "by_decision": None,
            }
        ],
        "by_decision known",
    ),
    ("ground_truth", "sex", "X", "a known sex"),
    ("ground_truth", "race_group", "WHITE", "a known race group"),
    ("cohort_attrition", "missing_modules", "cxr;note", "modules parted by commas"),
    ("ground_truth", "age_band", "", "not blank"),
    ("actions_taken", "action_id", "lab_sodium", "a catalogue id"),
    ("actions_taken", "source", "notes", "a known source"),
    ("actions_taken", "first_hours", float("nan"), "finite"),
    ("actions_taken", "first_hours", -25.0, "24 hours before t0 or later"),
    ("actions_taken", "is_given", None, "not_nullable"),
    ("cohort_attrition", "rule_order", -1, "not negative"),
    ("cohort_attrition", "rule_id", "Not adult", "a lower-case name"),
    ("cohort_attrition", "admissions", -1, "not negative"),
    ("task_scenarios", "kind", "admission", "a known kind"),
    ("task_scenarios", "start_hours", -1.0, "between 0 and 72 hours"),
    ("task_scenarios", "decision_hours", 73.0, "between 0 and 72 hours"),
    ("task_scenarios", "film_view", "LATERAL", "a known view"),
    ("task_scenarios", "film_image", "../p10/film.jpg", "a path below files/"),
    ("task_truth", "unit_key", "s50414267", "a number"),
    ("task_truth", "answers", "[]", "a JSON object"),
    ("task_attrition", "units", 0, "positive"),
    ("icu_severity", "stay_id", 0, "positive"),
    ("icu_severity", "sofa_24h", 25, "between 0 and 24 points"),
    ("icu_severity", "sepsis3", None, "not_nullable"),
    ("icu_severity", "kdigo_stage_48h", 4, "a known stage"),
]
# What the marts of tasks share with those of admissions is broken in the same way.
_SHARED = {
    "scenarios": ("task_scenarios", {"kind", "decision_hours"}),
    "evidence": ("task_evidence", set()),
    "ground_truth": ("task_truth", {"diagnoses", "tests", "stay_id"}),
}
CELLS += [
    (_SHARED[mart][0], column, value, check)
    for mart, column, value, check in list(CELLS)
    if mart in _SHARED and column not in _SHARED[mart][1] and check != "target among the diagnoses"
]


@pytest.mark.parametrize(("mart", "column", "value", "check"), CELLS)
def test_one_bad_cell_is_found_and_counted(
    rows: Rows, write: Write, mart: str, column: str, value: Any, check: str
) -> None:
    rows[mart][0][column] = value
    report = check_mart(write(rows), mart)
    assert not report.passed
    hits = [item for item in report.failures if item.check == check]
    assert hits == [Failure(column, check, 1)] or hits == [Failure("*", check, 1)]


def _next_scenario(rows: Rows) -> int:
    first = rows["evidence"][0]["scenario_id"]
    return next(i for i, row in enumerate(rows["evidence"]) if row["scenario_id"] != first)


def _repeat(mart: str, **changes: Any) -> Callable[[Rows], None]:
    return lambda rows: rows[mart].append({**rows[mart][0], **changes})


def _orphan(mart: str) -> Callable[[Rows], None]:
    return _repeat(mart, scenario_id="f" * 16)


def _swap_evidence(rows: Rows) -> None:
    lines = rows["evidence"]
    lines[0], lines[1] = lines[1], lines[0]


def _swap_scenarios(rows: Rows) -> None:
    cut = _next_scenario(rows)
    rows["evidence"] = rows["evidence"][cut:] + rows["evidence"][:cut]


def _set(mart: str, row: int, **changes: Any) -> Callable[[Rows], None]:
    return lambda rows: rows[mart][row].update(changes)


def _share_patient(rows: Rows) -> None:
    rows["scenarios"][1]["patient_key"] = rows["scenarios"][0]["patient_key"]


def _share_subject(rows: Rows) -> None:
    rows["ground_truth"][1]["subject_id"] = rows["ground_truth"][0]["subject_id"]


def _swap_task_evidence(rows: Rows) -> None:
    lines = rows["task_evidence"]
    lines[0], lines[1] = lines[1], lines[0]


def _drop_tests(rows: Rows) -> None:
    rows["ground_truth"][0]["tests"] = []


def _late_test(rows: Rows) -> None:
    rows["ground_truth"][0]["tests"][0]["first_available_hours"] = 13.0


def _other_category(rows: Rows) -> None:
    row = rows["ground_truth"][0]
    row["category"] = "nephrology" if row["category"] == "cardiology" else "cardiology"


def _other_sex(rows: Rows) -> None:
    row = rows["ground_truth"][0]
    row["sex"] = "M" if row["sex"] == "F" else "F"


RELATIONS: list[tuple[str, Callable[[Rows], None], str, str]] = [
    ("scenarios", _repeat("scenarios"), "scenario_id", "unique key"),
    ("scenarios", _orphan("scenarios"), "scenario_id", "present in ground_truth"),
    ("scenarios", _share_patient, "patient_key", "one subject_id for each patient_key"),
    ("scenarios", _share_subject, "patient_key", "one patient_key for each subject_id"),
    ("evidence", _repeat("evidence"), "scenario_id, evidence_no", "unique key"),
    ("evidence", _orphan("evidence"), "scenario_id", "present in scenarios"),
    ("evidence", _swap_evidence, "evidence_no", "1, 2, 3 .. in sorted scenarios"),
    ("evidence", _swap_scenarios, "evidence_no", "1, 2, 3 .. in sorted scenarios"),
    (
        "evidence",
        _set("evidence", 5, evidence_no=9),
        "evidence_no",
        "1, 2, 3 .. in sorted scenarios",
    ),
    (
        "evidence",
        _set("evidence", 0, available_hours=11.0),
        "available_hours",
        "ascending in each scenario",
    ),
    (
        "evidence",
        _set("evidence", 5, available_hours=12.01),
        "available_hours",
        "at most decision_hours",
    ),
    ("evidence", _drop_tests, "test_id", "among the tests of ground_truth by decision"),
    ("ground_truth", _repeat("ground_truth", hadm_id=1), "scenario_id", "unique key"),
    ("ground_truth", _repeat("ground_truth"), "hadm_id", "unique key"),
    ("ground_truth", _orphan("ground_truth"), "scenario_id", "present in scenarios"),
    (
        "ground_truth",
        _set("ground_truth", 0, condition_id="gout"),
        "category, condition_id",
        "present in cohort_attrition",
    ),
    ("ground_truth", _other_category, "category", "as in scenarios"),
    ("ground_truth", _other_sex, "sex", "as in scenarios"),
    ("ground_truth", _late_test, "tests", "by_decision only when available by decision_hours"),
    ("actions_taken", _repeat("actions_taken"), "scenario_id, action_id, source", "unique key"),
    ("actions_taken", _orphan("actions_taken"), "scenario_id", "present in scenarios"),
    (
        "actions_taken",
        _set("actions_taken", 0, first_hours=12.5),
        "by_decision",
        "true exactly when first_hours is at most decision_hours",
    ),
    (
        "actions_taken",
        _set("actions_taken", 0, by_decision=False),
        "by_decision",
        "true exactly when first_hours is at most decision_hours",
    ),
    ("cohort_attrition", _repeat("cohort_attrition"), "condition_id, rule_id", "unique key"),
    (
        "cohort_attrition",
        _repeat("cohort_attrition", rule_id="other"),
        "condition_id, rule_order",
        "unique key",
    ),
    (
        "cohort_attrition",
        _set("cohort_attrition", 0, category="neurology"),
        "category",
        "one category for each condition_id",
    ),
    (
        "cohort_attrition",
        _set("cohort_attrition", 1, rule_id="elective"),
        "rule_id",
        "one selected for each condition",
    ),
    (
        "cohort_attrition",
        _set("cohort_attrition", 0, admissions=1),
        "admissions",
        "the same total for each condition",
    ),
    (
        "cohort_attrition",
        _set("cohort_attrition", 1, admissions=1),
        "admissions",
        "selected equals the scenarios of the condition",
    ),
    ("task_scenarios", _repeat("task_scenarios"), "scenario_id", "unique key"),
    ("task_scenarios", _orphan("task_scenarios"), "scenario_id", "present in task_truth"),
    ("task_evidence", _repeat("task_evidence"), "scenario_id, evidence_no", "unique key"),
    ("task_evidence", _orphan("task_evidence"), "scenario_id", "present in task_scenarios"),
    ("task_evidence", _swap_task_evidence, "evidence_no", "1, 2, 3 .. in sorted scenarios"),
    (
        "task_evidence",
        _set("task_evidence", 0, available_hours=11.0),
        "available_hours",
        "ascending in each scenario",
    ),
    (
        "task_evidence",
        _set("task_evidence", 5, available_hours=12.01),
        "available_hours",
        "at most decision_hours",
    ),
    ("task_truth", _repeat("task_truth", unit_key="7"), "scenario_id", "unique key"),
    ("task_truth", _repeat("task_truth"), "category, unit_key", "unique key"),
    ("task_truth", _orphan("task_truth"), "scenario_id", "present in task_scenarios"),
    ("task_attrition", _repeat("task_attrition"), "category, rule_id", "unique key"),
    ("icu_severity", _repeat("icu_severity"), "stay_id", "unique key"),
    (
        "task_attrition",
        _set("task_attrition", 0, units=7),
        "units",
        "selected equals the scenarios of the category",
    ),
]


@pytest.mark.parametrize(("mart", "spoil", "column", "check"), RELATIONS)
def test_broken_relation_is_found(
    rows: Rows,
    write: Write,
    mart: str,
    spoil: Callable[[Rows], None],
    column: str,
    check: str,
) -> None:
    spoil(rows)
    assert (column, check) in found(write(rows), mart)


def test_every_relation_has_a_test_that_breaks_it() -> None:
    from data_contracts.marts._relations import RELATIONS as declared

    tested = {(mart, column, check) for mart, _, column, check in RELATIONS}
    assert {(item.mart, item.column, item.check) for item in declared} == tested


def test_every_rule_of_a_row_has_a_test_that_breaks_it() -> None:
    tested = {(mart, check) for mart, _, _, check in CELLS}
    for mart in MARTS:
        schema = mart_schema(mart)
        named = {check.name for column in schema.columns.values() for check in column.checks}
        named |= {check.name for check in schema.checks}
        shared = {"finite", "not blank", "16 lower-case hex digits", "a lower-case name"}
        assert {check for check in named - shared if (mart, check) not in tested} == set()
    assert shared <= {check for _, check in tested}
