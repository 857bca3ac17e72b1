"""What the marts hold of patients whose fate is known (see `landed_workspace`)."""

from __future__ import annotations

import hashlib

import pytest
from dbt_runs import COHORTS, RELEASE, Built
from landed_workspace import FUTURE_VALUE, SECRET_WORD, UNSTORED_VALUE

MARTS = ("scenarios", "evidence", "ground_truth", "actions_taken", "cohort_attrition")


def scenario_id(hadm: int) -> str:
    return hashlib.sha256(f"medcred|{RELEASE}|{hadm}".encode()).hexdigest()[:16]


def test_unit_and_data_tests_ran(built: Built) -> None:
    assert "unit tests" in built.output
    assert "ERROR=0" in built.output


def test_the_right_admissions_become_scenarios(built: Built) -> None:
    found = built.rows(
        "select scenario_id, condition_id, hadm_id, stay_id from {ground_truth} order by hadm_id"
    )
    assert found == [
        (scenario_id(101), "nstemi", 101, None),
        (scenario_id(103), "aki", 103, None),
        (scenario_id(104), "septic_shock", 104, 70_104),
        (scenario_id(110), "rad_pleural_effusion", 110, None),
    ]


def test_a_lab_stored_after_the_decision_time_appears_in_no_evidence(built: Built) -> None:
    planted = built.rows(
        "select * from {evidence} "
        f"where value_text = '{FUTURE_VALUE}' or value_num = {FUTURE_VALUE}"
    )
    assert planted == []
    # The record had it all the same: it is what `after_decision` is for.
    [(by_decision, available)] = built.rows(
        "select test.by_decision, test.first_available_hours from ("
        "select unnest(tests) as test from {ground_truth} where hadm_id = 101"
        ") where test.test_id = 'lab_lipase'"
    )
    assert not by_decision
    assert available > 20


def test_no_evidence_lies_outside_its_window(built: Built) -> None:
    [(rows, late, early)] = built.rows(
        "select count(*), count(*) filter (available_hours > decision_hours), "
        "count(*) filter (taken_hours < -24) "
        "from {evidence} inner join {scenarios} using (scenario_id)"
    )
    assert rows > 0
    assert (late, early) == (0, 0)


def test_a_lab_without_store_time_is_no_evidence(built: Built) -> None:
    assert not built.rows(f"select * from {{evidence}} where value_text = '{UNSTORED_VALUE}'")


def test_evidence_of_the_infarction(built: Built) -> None:
    found = built.rows(
        "select evidence_no, test_id, value_text, round(taken_hours, 4), available_hours "
        f"from {{evidence}} where scenario_id = '{scenario_id(101)}' "
        "and kind not in ('vital', 'exam') order by evidence_no"
    )
    # The potassium names no admission and is assigned by time; the troponin's comment gives its
    # limit and nothing more; the culture came back after the decision.
    assert found == [
        (11, "ecg_12lead", "Sinus rhythm; Borderline ECG", 0.1667, 0.25),
        (12, "lab_k", "4.1", -0.5, 0.5),
        (16, "lab_tnt", "<0.01", 1.0, 2.0),
        (21, "echo_tte", "done; its result is not in this record", 4.5, 4.5),
    ]


def test_a_report_shows_its_findings_when_it_is_stored(built: Built) -> None:
    found = built.rows(
        "select test_id, kind, label, value_text, taken_hours, available_hours from {evidence} "
        f"where scenario_id = '{scenario_id(110)}' and kind = 'imaging'"
    )
    words = "Blunted left angle."
    assert found == [("img_xr_chest", "imaging", "CHEST (PORTABLE AP)", words, 2.0, 3.5)]


def test_a_report_has_the_file_of_its_film_where_there_is_a_film(built: Built) -> None:
    found = built.rows(
        "select scenario_id, film_image from {evidence} where test_id = 'img_xr_chest'"
    )
    # The film of 4 has a report and no image.
    assert dict(found) == {
        scenario_id(110): "files/p10/p10/s90000010/a.dcm",
        scenario_id(104): None,
    }
    no_other = "select * from {evidence} where test_id != 'img_xr_chest' and film_image is not null"
    assert built.rows(no_other) == []


def test_an_echocardiogram_tells_that_it_was_done_and_when(built: Built) -> None:
    done = built.rows(
        "select test.test_id, test.first_taken_hours from ("
        "select unnest(tests) as test from {ground_truth} where hadm_id = 101"
        ") where test.test_id = 'echo_tte'"
    )
    assert done == [("echo_tte", 4.5)]
    shown = "select kind, value_text, available_hours from {evidence} where test_id = 'echo_tte'"
    assert built.rows(shown) == [("imaging", "done; its result is not in this record", 4.5)]


def test_what_a_film_shows_is_the_target_and_the_principal_code_its_code(built: Built) -> None:
    found = built.rows(
        "select category, target_code, list_transform(diagnoses, lambda d: d.code) "
        "from {ground_truth} where hadm_id = 110"
    )
    assert found == [("radiology", "R55", ["R55", "J90"])]


def test_vitals_are_in_celsius_and_impossible_ones_are_gone(built: Built) -> None:
    found = built.rows(
        "select test_id, value_text, available_hours from {evidence} "
        f"where scenario_id = '{scenario_id(101)}' and kind = 'vital' order by evidence_no"
    )
    assert ("vital_temp", "37", 0.0) in found
    assert ("vital_temp", "38.5", 2.0) in found
    assert [row for row in found if row[0] == "vital_dbp"] == [("vital_dbp", "70", 2.0)]


def test_the_presentation_shows_what_was_known_at_arrival(built: Built) -> None:
    [row] = built.rows(
        "select decision_hours, age_years, sex, arrival, chief_complaint, temperature_c, dbp_mmhg, "
        "pain, acuity, home_drugs, past_diagnoses, category, kind, release "
        f"from {{scenarios}} where scenario_id = '{scenario_id(101)}'"
    )
    assert row == (
        20.0, 60, "F", "AMBULANCE", "Chest pain", 37.0, None, "uta", 2,
        ["aspirin", "lisinopril"], ["Hypertension"], "cardiology", "admission", RELEASE,
    )  # fmt: skip


def test_the_summary_shows_what_was_told_at_arrival(built: Built) -> None:
    [row] = built.rows(
        "select history, past_history, social_history, family_history, allergies "
        f"from {{scenarios}} where scenario_id = '{scenario_id(101)}'"
    )
    history = "Pressure in the chest since the morning."
    assert row == (history, "- Gout\n- Tinnitus", None, "Mother healthy.", "Penicillins")


def test_the_examination_is_evidence_by_system(built: Built) -> None:
    found = built.rows(
        "select test_id, value_text, taken_hours, available_hours from {evidence} "
        f"where scenario_id = '{scenario_id(101)}' and kind = 'exam' order by test_id"
    )
    lungs, general = "LUNGS: clear on both sides", "GENERAL: lies still, in pain"
    assert found == [
        ("exam_full", f"{general} {lungs}", 0.5, 0.5),
        ("exam_general", general, 0.5, 0.5),
        ("exam_lung", lungs, 0.5, 0.5),
        ("hist_allergies", "Penicillins", 0.0, 0.0),
        ("hist_meds", "aspirin; lisinopril", 0.0, 0.0),
        ("hist_pmh", "- Gout; - Tinnitus", 0.0, 0.0),
        ("hist_social", "Mother healthy.", 0.0, 0.0),
    ]


@pytest.mark.parametrize("mart", MARTS)
def test_no_hidden_section_of_a_summary_reaches_a_mart(built: Built, mart: str) -> None:
    texts = built.rows(f"select mart::varchar from {{{mart}}} as mart")
    assert texts
    assert not [text for (text,) in texts if SECRET_WORD in text]


def test_an_order_is_not_a_dose_and_late_actions_are_marked(built: Built) -> None:
    found = built.rows(
        "select source, first_hours, is_given, by_decision from {actions_taken} "
        f"where scenario_id = '{scenario_id(101)}' and action_id = 'drug_aspirin' order by source"
    )
    assert found == [("emar", 49.0, True, False), ("prescriptions", 1.0, False, True)]


def test_ground_truth_holds_the_diagnoses_and_the_panel_of_a_member(built: Built) -> None:
    [(diagnoses, code, version, confirmed)] = built.rows(
        "select diagnoses, target_code, target_version, is_confirmed from {ground_truth} "
        "where hadm_id = 101"
    )
    assert [(item["seq"], item["code"], item["version"]) for item in diagnoses] == [
        (1, "I214", 10),
        (2, "E785", 10),
    ]
    assert (code, version, confirmed) == ("I214", 10, False)
    tests = built.rows(
        "select unnest(list_transform(tests, lambda test: test.test_id)) from {ground_truth} "
        "where hadm_id = 101"
    )
    assert ("panel_bmp",) in tests
    assert tests == sorted(tests)


def test_attrition_adds_up_to_all_admissions(built: Built) -> None:
    sums = built.rows(
        "select condition_id, sum(admissions)::int from {cohort_attrition} group by condition_id"
    )
    assert len(sums) == len(COHORTS)
    assert {total for _, total in sums} == {12}


@pytest.mark.parametrize(
    ("condition", "rule"),
    [
        ("cellulitis", "leak"),
        ("aki", "first_admission"),
        ("aki", "condition_rules"),
        ("aki", "required_tests_1"),
        ("aki", "selected"),
        ("cap", "one_use"),
        ("septic_shock", "selected"),
        ("dka", "adult"),
        ("hyperkalemia", "via_ed"),
        ("nstemi", "selected"),
    ],
)
def test_each_admission_is_counted_under_the_first_rule_it_fails(
    built: Built, condition: str, rule: str
) -> None:
    [(admissions,)] = built.rows(
        "select admissions from {cohort_attrition} "
        f"where condition_id = '{condition}' and rule_id = '{rule}'"
    )
    assert admissions == 1


@pytest.mark.parametrize("mart", MARTS)
def test_threads_and_row_order_change_nothing(
    built: Built, built_otherwise: Built, mart: str
) -> None:
    rows = built.rows(f"from {{{mart}}}")
    assert rows
    assert rows == built_otherwise.rows(f"from {{{mart}}}")


def test_logs_and_failures_leave_no_row_behind(built: Built) -> None:
    assert not list((built.workspace / "dbt").rglob("*.log"))
