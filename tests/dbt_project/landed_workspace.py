"""A small landed workspace, made in code: every table, a few patients whose fate is known.

Belongs here: the patients, and writing them as the landing would. Does not belong here: assertions.
Columns and types come from the dbt sources, so a row with an unknown column fails here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import yaml

PROJECT = Path(__file__).resolve().parents[2]
DBT_PROJECT = PROJECT / "dbt_project"

Rows = dict[tuple[str, str], list[dict[str, Any]]]

FUTURE_VALUE = "66.6"
"""Value of the planted lab: taken before the decision time, stored after it."""
SECRET_WORD = "zugzwang"
"""Stands in every hidden section of the planted discharge summary."""
UNSTORED_VALUE = "77.7"
"""Value of a lab without storetime."""


def source_columns(
    files: str = "_mimiciv_*__sources.yml",
) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """(module, table) to its (column, DuckDB type) pairs, as the dbt sources declare them."""
    tables = {}
    for path in sorted(DBT_PROJECT.glob(f"models/staging/*/{files}")):
        for source in yaml.safe_load(path.read_text())["sources"]:
            module = source["name"].removeprefix("mimiciv_")
            for table in source["tables"]:
                tables[module, table["name"]] = [
                    (column["name"], column["data_type"]) for column in table["columns"]
                ]
    return tables


def write_landed(workspace: Path, rows: Mapping[tuple[str, str], Iterable[dict[str, Any]]]) -> None:
    """Write every source table to `landed/<module>/<table>.parquet`; without rows it is empty."""
    (workspace / "marts").mkdir(parents=True)
    with duckdb.connect() as connection:
        for (module, table), columns in source_columns("_*__sources.yml").items():
            names = [name for name, _ in columns]
            definition = ", ".join(f'"{name}" {kind}' for name, kind in columns)
            connection.execute(f"create or replace table landed ({definition})")
            for row in rows.get((module, table), ()):
                unknown = set(row) - set(names)
                assert not unknown, f"{module}.{table} has no {sorted(unknown)}"
                marks = ", ".join("?" for _ in names)
                connection.execute(
                    f"insert into landed values ({marks})", [row.get(name) for name in names]
                )
            target = workspace / "landed" / module / f"{table}.parquet"
            target.parent.mkdir(parents=True, exist_ok=True)
            connection.execute(f"copy landed to '{target}' (format parquet, compression zstd)")


class _Chart:
    """Collects rows; ids of events count up."""

    def __init__(self) -> None:
        self.rows: Rows = {}
        self._next = 0

    def add(self, module: str, table: str, **row: Any) -> None:
        self.rows.setdefault((module, table), []).append(row)

    def number(self) -> int:
        self._next += 1
        return self._next

    def patient(self, subject: int, *, age: int, sex: str = "F") -> None:
        self.add(
            "hosp", "patients", subject_id=subject, gender=sex, anchor_age=age, anchor_year=2150,
            anchor_year_group="2017 - 2019",
        )  # fmt: skip

    def admission(
        self, subject: int, hadm: int, *, day: str, discharged: str, complaint: str | None = "Weak",
        location: str = "EMERGENCY ROOM", codes: list[tuple[str, int]],
    ) -> None:  # fmt: skip
        """Arrives at 08:00 of `day`, is admitted at 12:00; no complaint means no ED stay."""
        self.add(
            "hosp", "admissions", subject_id=subject, hadm_id=hadm, admittime=f"{day} 12:00:00",
            dischtime=discharged, admission_type="EW EMER.", admission_location=location,
            race="WHITE", insurance="Other", language="ENGLISH", hospital_expire_flag=0,
        )  # fmt: skip
        for seq, (code, version) in enumerate(codes, start=1):
            self.add(
                "hosp", "diagnoses_icd", subject_id=subject, hadm_id=hadm, seq_num=seq,
                icd_code=code, icd_version=version,
            )  # fmt: skip
        if complaint is None:
            return
        stay = hadm + 10_000
        self.add(
            "ed", "edstays", subject_id=subject, hadm_id=hadm, stay_id=stay,
            intime=f"{day} 08:00:00", outtime=f"{day} 12:00:00", gender="F",
            arrival_transport="AMBULANCE", disposition="ADMITTED",
        )  # fmt: skip
        self.add(
            "ed", "triage", subject_id=subject, stay_id=stay, temperature=98.6, heartrate=90.0,
            resprate=18.0, o2sat=97.0, sbp=120.0, dbp=879.0, pain="uta", acuity=2.0,
            chiefcomplaint=complaint,
        )  # fmt: skip

    def lab(
        self, subject: int, item: int, taken: str, stored: str | None, value: str | None,
        *, hadm: int | None = None, comments: str | None = None,
    ) -> None:  # fmt: skip
        number = self.number()
        self.add(
            "hosp", "labevents", labevent_id=number, subject_id=subject, hadm_id=hadm,
            specimen_id=number, itemid=item, charttime=taken, storetime=stored, value=value,
            valuenum=float(value) if value else None, valueuom="mg/dL", comments=comments,
        )  # fmt: skip

    def report(self, subject: int, taken: str, stored: str, text: str) -> None:
        """A chest film's report that names no admission."""
        note = f"{subject}-RR-{self.number()}"
        self.add("note", "radiology", note_id=note, subject_id=subject, note_type="RR", note_seq=1,
                 charttime=taken, storetime=stored, text=text)  # fmt: skip
        self.add("note", "radiology_detail", note_id=note, subject_id=subject,
                 field_name="exam_name", field_value="CHEST (PORTABLE AP)",
                 field_ordinal=1)  # fmt: skip

    def blood_culture(
        self, subject: int, hadm: int, taken: str, stored: str, organism: str | None
    ) -> None:
        number = self.number()
        self.add(
            "hosp", "microbiologyevents", microevent_id=number, subject_id=subject, hadm_id=hadm,
            micro_specimen_id=number, chartdate=taken, charttime=taken, spec_itemid=70012,
            spec_type_desc="BLOOD CULTURE", test_seq=1, storedate=stored, storetime=stored,
            test_itemid=90201, test_name="Blood Culture, Routine",
            org_itemid=80002 if organism else None, org_name=organism, comments="NO GROWTH.",
        )  # fmt: skip


def known_patients() -> Rows:
    """The patients.

    1: infarction, decided by angiography after 20 h. 2: cellulitis that the complaint names.
    3: kidney injury twice. 4: septic shock with pneumonia first. 5: ketoacidosis, 16 years old.
    6: hyperkalemia, not through the emergency department. 7: none of the conditions.
    8: kidney injury on dialysis. 9: kidney injury without any creatinine. 10: an effusion on the
    film of a fall.
    """
    chart = _Chart()
    for subject, age in [(1, 60), (2, 50), (3, 70), (4, 40), (5, 16), (6, 80), (7, 30), (8, 64),
                         (9, 64), (10, 33)]:  # fmt: skip
        chart.patient(subject, age=age)
    for item, label in [(51003, "Troponin T"), (50971, "Potassium"), (50912, "Creatinine"),
                        (50813, "Lactate"), (50956, "Lipase")]:  # fmt: skip
        chart.add("hosp", "d_labitems", itemid=item, label=label, fluid="Blood",
                  category="Chemistry")  # fmt: skip
    for code, version, title in [
        ("I214", 10, "Non-ST elevation myocardial infarction"), ("I10", 10, "Hypertension"),
        ("E785", 10, "Hyperlipidemia"), ("5849", 9, "Acute kidney failure, unspecified"),
    ]:  # fmt: skip
        chart.add("hosp", "d_icd_diagnoses", icd_code=code, icd_version=version, long_title=title)

    chart.admission(1, 100, day="2149-05-01", discharged="2149-05-04 10:00:00", codes=[("I10", 10)])
    chart.admission(
        1, 101, day="2150-01-01", discharged="2150-01-08 10:00:00", complaint="Chest pain",
        codes=[("I214", 10), ("E785", 10)],
    )  # fmt: skip
    for name in ("lisinopril", "aspirin", "lisinopril"):
        chart.add("ed", "medrecon", subject_id=1, stay_id=10_101, name=name)
    chart.lab(1, 51003, "2150-01-01 09:00:00", "2150-01-01 10:00:00", None, hadm=101,
              comments="<0.01.  cTropnT > 0.10 ng/mL suggests Acute MI.")  # fmt: skip
    chart.lab(1, 50971, "2150-01-01 07:30:00", "2150-01-01 08:30:00", "4.1")
    chart.lab(1, 50956, "2150-01-02 03:00:00", "2150-01-02 04:00:01", FUTURE_VALUE, hadm=101)
    chart.lab(1, 50971, "2150-01-01 11:00:00", None, UNSTORED_VALUE, hadm=101)
    chart.lab(1, 50971, "2149-12-31 07:59:59", "2149-12-31 09:00:00", "88.8", hadm=101)
    chart.blood_culture(1, 101, "2150-01-01 09:00:00", "2150-01-06 09:00:00", None)
    chart.add("ed", "vitalsign", subject_id=1, stay_id=10_101, charttime="2150-01-01 10:00:00",
              temperature=101.3, heartrate=88.0, sbp=110, dbp=70)  # fmt: skip
    chart.add("icu", "procedureevents", subject_id=1, hadm_id=101, stay_id=70_101,
              starttime="2150-01-02 04:00:00", endtime="2150-01-02 05:00:00",
              storetime="2150-01-02 05:00:00", itemid=225430, orderid=chart.number())  # fmt: skip
    chart.add("hosp", "prescriptions", subject_id=1, hadm_id=101, pharmacy_id=1, drug_type="MAIN",
              drug="Aspirin", starttime="2150-01-01 09:00:00", route="PO")  # fmt: skip
    chart.add("hosp", "emar", subject_id=1, hadm_id=101, emar_id="1-1", emar_seq=1, poe_id="1-1",
              pharmacy_id=1, charttime="2150-01-03 09:00:00", medication="Aspirin",
              event_txt="Administered", storetime="2150-01-03 09:05:00")  # fmt: skip

    chart.admission(2, 102, day="2150-01-01", discharged="2150-01-03 10:00:00",
                    complaint="R LEG CELLULITIS", codes=[("L03115", 10)])  # fmt: skip
    for hadm, day, end in [(103, "2150-01-01", "2150-01-09"), (113, "2150-06-01", "2150-06-09")]:
        chart.admission(3, hadm, day=day, discharged=f"{end} 10:00:00", codes=[("5849", 9)])
        chart.lab(3, 50912, f"{day} 09:00:00", f"{day} 10:00:00", "3.4", hadm=hadm)
    chart.admission(4, 104, day="2150-01-01", discharged="2150-01-09 10:00:00",
                    codes=[("J189", 10), ("R6521", 10), ("E785", 10), ("A419", 10)])  # fmt: skip
    chart.add("icu", "icustays", subject_id=4, hadm_id=104, stay_id=70_104,
              intime="2150-01-01 12:00:00", outtime="2150-01-04 12:00:00", los=3.0)  # fmt: skip
    chart.lab(4, 50813, "2150-01-01 09:00:00", "2150-01-01 09:30:00", "4.4", hadm=104)
    chart.blood_culture(4, 104, "2150-01-01 09:00:00", "2150-01-03 09:00:00", "ESCHERICHIA COLI")
    chart.admission(5, 105, day="2150-01-01", discharged="2150-01-03 10:00:00",
                    codes=[("E1010", 10)])  # fmt: skip
    chart.admission(6, 106, day="2150-01-01", discharged="2150-01-03 10:00:00", complaint=None,
                    codes=[("E875", 10)])  # fmt: skip
    chart.admission(7, 107, day="2150-01-01", discharged="2150-01-03 10:00:00",
                    codes=[("Z000", 10)])  # fmt: skip
    chart.admission(8, 108, day="2150-01-01", discharged="2150-01-03 10:00:00",
                    codes=[("N179", 10), ("Z992", 10)])  # fmt: skip
    chart.lab(8, 50912, "2150-01-01 09:00:00", "2150-01-01 10:00:00", "6.0", hadm=108)
    chart.admission(9, 109, day="2150-01-01", discharged="2150-01-03 10:00:00",
                    codes=[("N179", 10)])  # fmt: skip
    chart.lab(9, 50971, "2150-01-01 09:00:00", "2150-01-01 10:00:00", "4.0", hadm=109)
    chart.admission(10, 110, day="2150-01-01", discharged="2150-01-03 10:00:00",
                    codes=[("R55", 10), ("J90", 10)])  # fmt: skip
    chart.lab(10, 50971, "2150-01-01 09:00:00", "2150-01-01 10:00:00", "4.2", hadm=110)
    _reports(chart)
    _summary(chart)
    return chart.rows


def _reports(chart: _Chart) -> None:
    """Chest films of 4 and 10, an ECG and an echocardiogram of 1."""
    chart.report(4, "2150-01-01 10:00:00", "2150-01-01 11:00:00",
                 "FINDINGS: Opacity in the left lower lobe.\n\nIMPRESSION: Pneumonia.")  # fmt: skip
    chart.report(
        10,
        "2150-01-01 10:00:00",
        "2150-01-01 11:30:00",
        "INDICATION: fall.\n\nFINDINGS: Blunted left angle.\n\nIMPRESSION: Effusion.",
    )
    chart.add("cxr", "metadata", dicom_id="a", subject_id=10, study_id=90_000_010,
              viewposition="PA", studydate=21500101, studytime=95959.5)  # fmt: skip
    chart.add("cxr", "record_list", dicom_id="a", subject_id=10, study_id=90_000_010,
              path="files/p10/p10/s90000010/a.dcm")  # fmt: skip
    for labeler in ("chexpert", "negbio"):
        chart.add("cxr", labeler, subject_id=10, study_id=90_000_010, pleural_effusion=1.0,
                  cardiomegaly=0.0)  # fmt: skip
    chart.add("ecg", "record_list", subject_id=1, study_id=40_000_001, file_name="40000001",
              ecg_time="2150-01-01 08:10:00", path="files/p1/40000001")  # fmt: skip
    chart.add("ecg", "machine_measurements", subject_id=1, study_id=40_000_001,
              ecg_time="2150-01-01 08:10:00", report_0="Sinus rhythm",
              report_1="Borderline ECG")  # fmt: skip
    chart.add("echo", "study_list", subject_id=1, study_id=30_000_001,
              study_datetime="2150-01-01 12:30:00")  # fmt: skip


def _summary(chart: _Chart) -> None:
    """The discharge summary of 1: what is known at arrival, and a secret in every other section."""
    arrival = (
        "Allergies:\nPenicillins\n\nChief Complaint:\nchest pressure\n\n"
        "History of Present Illness:\nPressure in the chest since\nthe morning. "
        f"In the ED {SECRET_WORD}.\n\nPast Medical History:\n- Gout\n- Tinnitus\n\n"
        "Social History:\n___\nFamily History:\nMother healthy.\n\n"
        "Physical Exam:\nADMISSION EXAM:\nVS: 98.1\nGENERAL: lies still, in pain\n"
        "LUNGS: clear on both sides\n"
    )
    hidden = (
        "Service: {0}\n", "Major Surgical or Invasive Procedure:\n{0}\n",
        "Discharge Exam:\nLUNGS: {0}\n", "Pertinent Results:\n{0}\n",
        "Brief Hospital Course:\n{0}\n", "Transitional Issues:\n{0}\n",
    )  # fmt: skip
    ending = (
        "Discharge Medications", "Discharge Disposition", "Discharge Diagnosis",
        "Discharge Condition", "Discharge Instructions", "Followup Instructions",
    )  # fmt: skip
    text = (
        "".join(section.format(SECRET_WORD) for section in hidden[:2])
        + arrival
        + "".join(section.format(SECRET_WORD) for section in hidden[2:])
        + "Medications on Admission:\n1. not shown, since triage has a list\n"
        + "".join(f"{header}:\n{SECRET_WORD}\n" for header in ending)
    )
    for note, kind, words in (("1-DS-9", "DS", text), ("1-AD-9", "AD", SECRET_WORD)):
        chart.add(
            "note", "discharge", note_id=note, subject_id=1, hadm_id=101, note_type=kind,
            note_seq=9, charttime="2150-01-08 00:00:00", storetime="2150-01-09 10:00:00",
            text=words,
        )  # fmt: skip
