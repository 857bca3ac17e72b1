"""MIMIC-III in the shapes of MIMIC-IV: rules of models/staging/mimiciii on hand-written rows."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt_runs import run_dbt
from landed_workspace import DBT_PROJECT, Rows, source_columns, write_landed

SHOWN_WORD = "opacity"
HIDDEN_WORD = "zugzwang"


def _rows() -> Rows:
    rows: Rows = {}

    def add(table: str, **row: Any) -> None:
        listed = rows.setdefault(("mimiciii", table), [])
        listed.append({"row_id": len(listed) + 1, **row})

    stay = {"subject_id": 1, "hadm_id": 100, "icustay_id": 200}
    for subject, dob in [(1, "2080-06-15"), (2, "1850-01-01")]:
        add("patients", subject_id=subject, gender="F", dob=dob, expire_flag=0)
    for subject, hadm, day, registered, kind, place in [
        (1, 100, "2130-06-14", "2130-06-14 08:00:00", "EMERGENCY", "EMERGENCY ROOM ADMIT"),
        (1, 101, "2132-01-01", None, "EMERGENCY", "TRANSFER FROM HOSP/EXTRAM"),
        (2, 102, "2140-01-01", None, "ELECTIVE", "PHYS REFERRAL/NORMAL DELI"),
    ]:
        add("admissions", subject_id=subject, hadm_id=hadm, admittime=f"{day} 12:00:00",
            dischtime=f"{day} 23:00:00", admission_type=kind, admission_location=place,
            discharge_location="DEAD/EXPIRED", insurance="Private", language="ENGL",
            ethnicity="UNKNOWN/NOT SPECIFIED", edregtime=registered, edouttime=None,
            diagnosis=HIDDEN_WORD, hospital_expire_flag=1, has_chartevents_data=1)  # fmt: skip
    add("icustays", **stay, dbsource="carevue", first_careunit="MICU", last_careunit="NWARD",
        first_wardid=1, last_wardid=1, intime="2130-06-14 13:00:00")  # fmt: skip
    add("diagnoses_icd", subject_id=1, hadm_id=100, seq_num=1, icd9_code="486")
    add("diagnoses_icd", subject_id=1, hadm_id=100, seq_num=None, icd9_code=None)
    add("procedures_icd", subject_id=1, hadm_id=100, seq_num=1, icd9_code="3893")
    for item, label, category in [(50800, "SPECIMEN TYPE", "BLOOD GAS"),
                                  (50820, "pH", "Blood Gas"),
                                  (50912, "Creatinine", "Chemistry"),
                                  (51363, "WBC, CSF", "Hematology")]:  # fmt: skip
        add("d_labitems", itemid=item, label=label, fluid="BLOOD", category=category)
    for item, value, flag in [(50800, "ART", None), (50820, "7.30", "delta"),
                              (50912, "1.1", "abnormal"), (51363, "9", None)]:  # fmt: skip
        add("labevents", subject_id=1, hadm_id=100, itemid=item, charttime="2130-06-14 09:00:00",
            value=value, flag=flag)  # fmt: skip
    for specimen, name, moment in [(70012, "BLOOD CULTURE", "2130-06-14 09:00:00"),
                                   (70070, "SWAB", None), (None, None, None)]:  # fmt: skip
        add("microbiologyevents", subject_id=1, hadm_id=100, chartdate="2130-06-14",
            charttime=moment, spec_itemid=specimen, spec_type_desc=name)  # fmt: skip
    for day in ("2130-06-14", "2130-06-15"):
        add("prescriptions", subject_id=1, hadm_id=100, startdate=day, drug_type="MAIN",
            drug="Aspirin")  # fmt: skip
    for item, label, source, table in [
        (211, "Heart Rate", "carevue", "chartevents"),
        (30047, "Levophed", "carevue", "inputevents_cv"),
        (221906, "Norepinephrine", "metavision", "inputevents_mv"),
        (220045, "Heart Rate", "metavision", "chartevents"),
    ]:
        add("d_items", itemid=item, label=label, dbsource=source, linksto=table)
    for item, value, number, error in [
        (211, "88", 88.0, None), (220045, "90", 90.0, 0), (211, "999", 999.0, 1),
        (723, "1.0 ET/Trach", 1.0, None), (742, "1", 1.0, None), (763, "60", 60.0, None),
        (762, "50", 50.0, None),
    ]:  # fmt: skip
        add("chartevents", **stay, itemid=item, charttime="2130-06-14 14:00:00", value=value,
            valuenum=number, error=error)  # fmt: skip
    add("chartevents", subject_id=1, hadm_id=100, icustay_id=None, itemid=211,
        charttime="2130-06-14 14:00:00", value="1", valuenum=1.0)  # fmt: skip
    for hour, item, rate, unit, amount in [
        ("14", 30047, 10.0, "mcgmin", None), ("15", 30047, 5.0, "mcgmin", None),
        ("16", 30047, 0.0, "mcgmin", None), ("14", 30051, 0.04, "Umin", None),
        ("14", 30018, None, None, 500.0), ("14", 30018, None, None, 0.0),
    ]:  # fmt: skip
        add("inputevents_cv", **stay, charttime=f"2130-06-14 {hour}:00:00", itemid=item, rate=rate,
            rateuom=unit, amount=amount, amountuom="ml")  # fmt: skip
    for status in ("FinishedRunning", "Rewritten"):
        add("inputevents_mv", **stay, starttime="2130-06-14 20:00:00",
            endtime="2130-06-14 21:00:00", itemid=221906, rate=0.2, rateuom="mcg/kg/min",
            orderid=7, statusdescription=status)  # fmt: skip
        add("procedureevents_mv", **stay, starttime="2130-06-14 20:00:00", storetime=None,
            endtime="2130-06-14 21:00:00", itemid=225402, statusdescription=status)  # fmt: skip
    for item, volume, error in [(40055, 30.0, None), (226559, 12.0, None), (40055, 500.0, "1")]:
        add("outputevents", **stay, charttime="2130-06-14 15:00:00", itemid=item, value=volume,
            iserror=error)  # fmt: skip
    note = {"subject_id": 1, "hadm_id": 100}
    order = f"Reason: {HIDDEN_WORD}\nAdmitting Diagnosis: {HIDDEN_WORD}\n"
    for kind, description, moment, error, text in [
        ("Discharge summary", "Report", None, None, "Seen on [**2130-6-14**] by [**Known 1**]."),
        ("Discharge summary", "Addendum", None, None, "More."),
        ("Discharge summary", "Report", None, "1", "Wrong patient."),
        ("Radiology", "CHEST (PA & LAT)", "2130-06-14 10:00:00", None,
         f"{order}FINAL REPORT\nFINDINGS: {SHOWN_WORD}."),
        ("Radiology", "CT HEAD", None, None, f"{order}WET READ: {HIDDEN_WORD}."),
        ("Radiology", "MR HEAD", "2130-06-14 10:00:00", None, f"FINDINGS: {SHOWN_WORD}."),
        ("Echo", "Report", None, None, f"Severe {HIDDEN_WORD}."),
        ("Nursing", "Report", None, None, "Slept."),
    ]:  # fmt: skip
        add("noteevents", **note, chartdate="2130-06-14", charttime=moment, category=kind,
            description=description, iserror=error, text=text)  # fmt: skip
    # Other patients, of a module that stands beside MIMIC-III.
    rows["ed", "triage"] = [{"subject_id": 9, "stay_id": 9, "chiefcomplaint": "other patient"}]
    rows["hosp", "admissions"] = [{"subject_id": 9, "hadm_id": 9}]
    return rows


@dataclass(frozen=True)
class Staged:
    """A warehouse in which MIMIC-III is staged."""

    path: Path

    def rows(self, model: str, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
        """Rows of a staging model, in the order of the columns."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            return connection.execute(
                f"select {columns} from staging.{model} where {where} order by all"
            ).fetchall()


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Staged:
    """The hand-written rows, staged once."""
    workspace = tmp_path_factory.mktemp("mimiciii") / "workspace"
    write_landed(workspace, _rows())
    done = run_dbt(
        workspace, "build", "--select", "path:models/staging", "path:seeds/mimiciii_items.csv",
        "path:seeds/mimiciii_words.csv", "--exclude-resource-type", "test", "unit_test",
        release="mimiciii 1.4",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    return Staged(workspace / "warehouse.duckdb")


def _at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2130, 6, 14, hour, minute, second)


def test_every_table_has_the_columns_and_types_of_mimiciv(staged: Staged) -> None:
    shapes = source_columns()
    names = sorted(path.stem for path in DBT_PROJECT.glob("models/staging/mimiciii/base_*.sql"))
    assert names
    with duckdb.connect(str(staged.path), read_only=True) as connection:
        for name in names:
            module, table = name.removeprefix("base_mimiciii_").split("__")
            found = connection.execute(f"describe staging.{name}").fetchall()
            assert [(row[0], row[1]) for row in found] == shapes[module, table], name


def test_tables_that_mimiciii_cannot_fill_hold_no_other_patients(staged: Staged) -> None:
    assert staged.rows("stg_mimiciv_ed__triage", "subject_id") == []
    assert staged.rows("stg_mimiciv_hosp__admissions", "hadm_id") == [(100,), (101,), (102,)]


def test_words_of_admissions_are_those_that_the_rules_read(staged: Staged) -> None:
    found = staged.rows(
        "stg_mimiciv_hosp__admissions",
        "hadm_id, admission_type, admission_location, discharge_location, language, race",
    )
    assert found == [
        (100, "EW EMER.", "EMERGENCY ROOM", "DIED", "ENGLISH", "UNKNOWN"),
        (101, "DIRECT EMER.", "TRANSFER FROM HOSPITAL", "DIED", "ENGLISH", "UNKNOWN"),
        (102, "ELECTIVE", "PHYSICIAN REFERRAL", "DIED", "ENGLISH", "UNKNOWN"),
    ]


def test_the_preliminary_diagnosis_is_read_nowhere(staged: Staged) -> None:
    with duckdb.connect(str(staged.path), read_only=True) as connection:
        names = [row[0] for row in connection.execute(
            "select table_name from information_schema.tables where table_schema = 'staging'"
        ).fetchall()]  # fmt: skip
        holding = [
            name
            for name in names
            if connection.execute(
                f"select count(*) from staging.{name} as t where contains(t::varchar, ?)",
                [HIDDEN_WORD],
            ).fetchall()
            != [(0,)]
        ]
    assert len(names) > 80
    assert holding == []


def test_age_is_that_of_the_first_admission_and_shifted_births_are_91(staged: Staged) -> None:
    found = staged.rows("stg_mimiciv_hosp__patients", "subject_id, anchor_age_years, anchor_year")
    # The day before the 50th birthday, and a birthday that was shifted by 300 years.
    assert found == [(1, 49, 2130), (2, 91, 2140)]


def test_arrival_is_the_registration_in_the_emergency_department(staged: Staged) -> None:
    found = staged.rows("stg_mimiciv_ed__edstays", "hadm_id, stay_id, arrived_at, left_at")
    assert found == [(100, 100, _at(8), _at(8))]


def test_codes_are_icd_9_and_a_procedure_counts_from_the_day_of_arrival(staged: Staged) -> None:
    columns = "icd_code, icd_version"
    assert staged.rows("stg_mimiciv_hosp__diagnoses_icd", columns) == [("486", 9)]
    found = staged.rows("stg_mimiciv_hosp__procedures_icd", f"{columns}, chart_date")
    assert found == [("3893", 9, date(2130, 6, 14))]


def test_results_are_seen_a_stated_time_after_they_were_taken(staged: Staged) -> None:
    found = staged.rows("stg_mimiciv_hosp__labevents", "itemid, value_text, flag, stored_at")
    assert found == [
        (50820, "7.30", None, _at(9, 15)),
        (50912, "1.1", "abnormal", _at(12)),
        (52033, "ART.", None, _at(9, 15)),
        (52286, "9", None, _at(12)),
    ]
    assert len(set(staged.rows("stg_mimiciv_hosp__labevents", "specimen_id"))) == 1


def test_items_of_labs_stand_in_the_dictionary_under_their_new_number(staged: Staged) -> None:
    found = staged.rows("stg_mimiciv_hosp__d_labitems", "itemid, label, fluid, category")
    assert (52033, "Specimen Type", "Blood", "Blood Gas") in found
    assert {row[0] for row in found} == {50820, 50912, 52033, 52286}


def test_a_culture_is_the_routine_test_of_its_specimen_and_final_after_six_days(
    staged: Staged,
) -> None:
    found = staged.rows(
        "stg_mimiciv_hosp__microbiologyevents", "specimen, test_itemid, charted_at, stored_at"
    )
    assert found == [
        ("BLOOD CULTURE", 90201, _at(9), datetime(2130, 6, 20, 15)),
        # Only the date is known: taken, at the latest, at its end. A swab may be of any test.
        ("SWAB", None, None, datetime(2130, 6, 21, 5, 59, 59)),
    ]


def test_a_prescription_starts_with_its_date_but_not_before_arrival(staged: Staged) -> None:
    found = staged.rows("stg_mimiciv_hosp__prescriptions", "started_at")
    assert found == [(_at(8),), (datetime(2130, 6, 15),)]


def test_carevue_is_charted_under_the_items_and_words_of_metavision(staged: Staged) -> None:
    found = staged.rows("stg_mimiciv_icu__chartevents", "itemid, value_text", "itemid != 742")
    assert found == [
        (220045, "88"), (220045, "90"), (223900, "No Response-ETT"), (224639, "60"),
        (226512, "50"),
    ]  # fmt: skip


def test_an_item_without_a_counterpart_keeps_its_number(staged: Staged) -> None:
    assert staged.rows("stg_mimiciv_icu__chartevents", "value_text", "itemid = 742") == [("1",)]


def test_a_rate_of_carevue_holds_until_the_next_and_is_per_weight(staged: Staged) -> None:
    found = staged.rows(
        "stg_mimiciv_icu__inputevents",
        "itemid, started_at, ended_at, rate, rate_unit, patient_weight_kg",
    )
    assert found == [
        (221906, _at(14), _at(15), 10.0 / 50, "mcg/kg/min", 50.0),
        (221906, _at(15), _at(16), 5.0 / 50, "mcg/kg/min", 50.0),
        (221906, _at(20), _at(21), 0.2, "mcg/kg/min", None),
        (222315, _at(14), _at(15), 0.04, "units/min", 50.0),
        (225158, _at(14), _at(14, 1), None, None, 50.0),
    ]


def test_rewritten_procedures_are_left_out(staged: Staged) -> None:
    found = staged.rows("stg_mimiciv_icu__procedureevents", "status, stored_at")
    assert found == [("FinishedRunning", _at(21))]


def test_outputs_that_become_one_item_are_added(staged: Staged) -> None:
    found = staged.rows("stg_mimiciv_icu__outputevents", "itemid, volume_ml")
    assert found == [(226559, 42.0)]


def test_every_item_of_the_map_is_in_the_dictionary(staged: Staged) -> None:
    known = {row[0] for row in staged.rows("stg_mimiciv_icu__d_items", "itemid")}
    with (DBT_PROJECT / "seeds" / "mimiciii_items.csv").open(newline="") as file:
        mapped = {
            int(row["itemid"])
            for row in csv.DictReader(file)
            if row["events_table"] in {"chartevents", "inputevents_cv", "outputevents"}
        }
    assert mapped <= known


def test_marks_of_removed_words_are_those_of_mimiciv(staged: Staged) -> None:
    found = staged.rows("stg_mimiciv_note__discharge", "note_id, note_type, stored_at, note_text")
    assert found == [
        ("1-AD-2", "AD", _at(23, 59, 59), "More."),
        ("1-DS-1", "DS", _at(23, 59, 59), "Seen on ___ by ___."),
    ]


def test_of_a_radiology_report_only_the_final_report_is_taken(staged: Staged) -> None:
    found = staged.rows("stg_mimiciv_note__radiology", "note_id, stored_at, note_text")
    assert found == [
        ("1-RR-4", _at(22), f"\nFINDINGS: {SHOWN_WORD}."),
        ("1-RR-5", datetime(2130, 6, 15, 11, 59, 59), "___"),
        ("1-RR-6", _at(22), f"FINDINGS: {SHOWN_WORD}."),
    ]
    names = staged.rows("stg_mimiciv_note__radiology_detail", "note_id, field_value")
    assert names[0] == ("1-RR-4", "CHEST (PA & LAT)")


def test_an_echocardiogram_is_known_by_its_report(staged: Staged) -> None:
    assert staged.rows("stg_mimiciv_echo__study_list", "study_id, studied_at") == [
        (7, _at(23, 59, 59))
    ]
