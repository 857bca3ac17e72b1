"""Echocardiograms: when they are made, and the two lists that tell of them."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from sources.synthetic.ecg.grammar import load_habits
from sources.synthetic.echo import EchoWriter, echoes_of
from sources.synthetic.life import Life
from sources.synthetic.timeline import Echo, Patient

SEED = 23
CONTRACT = Path(__file__).parents[3] / "data_contracts" / "raw" / "echo.yml"


class Lines(list[str]):
    """A sheet that keeps its lines."""

    def add(self, line: str) -> None:
        self.append(line)


class NoFiles:
    """Module echo writes no files beside its tables."""

    def add(self, path: str, data: bytes) -> None:
        raise AssertionError("module echo writes no files")

    def zipped(self, archive: str, name: str, text: str) -> None:
        raise AssertionError("module echo writes no archive")


@pytest.fixture(scope="module")
def patients() -> list[Patient]:
    return [Life(SEED, number).patient() for number in range(1, 201)]


@pytest.fixture(scope="module")
def book(patients: list[Patient]) -> dict[str, list[dict[str, str]]]:
    sheets: dict[str, Lines] = defaultdict(Lines)
    writer = EchoWriter(sheets, NoFiles())  # type: ignore[arg-type]
    for patient in patients:
        writer.write(replace(patient, echoes=echoes_of(patient, SEED)))
    writer.finish()
    tables = {each["name"]: each for each in yaml.safe_load(CONTRACT.read_text("utf-8"))["tables"]}
    read = {}
    for name, table in tables.items():
        columns = [column["name"] for column in table["columns"]]
        read[name] = [dict(zip(columns, row, strict=True)) for row in csv.reader(sheets[name])]
    return read


def test_echoes_depend_on_seed_and_patient_alone(patients: list[Patient]) -> None:
    again = [echoes_of(patient, SEED) for patient in reversed(patients)]
    assert [echoes_of(patient, SEED) for patient in patients] == again[::-1]
    assert any(echoes_of(p, SEED) != echoes_of(p, SEED + 1) for p in patients)


def test_echoes_lie_in_their_admission_by_time(patients: list[Patient]) -> None:
    found = 0
    for patient in patients:
        echoes = echoes_of(patient, SEED)
        found += len(echoes)
        stays = {a.hadm_id: (a.admitted, a.discharged) for a in patient.admissions}
        for echo in echoes:
            start, end = stays[echo.admission]
            assert start <= echo.at < end
        base = 130_000_000 + 4 * patient.number
        assert {echo.study_id for echo in echoes} <= set(range(base, base + 4))
        assert [echo.at for echo in echoes] == sorted(echo.at for echo in echoes)
    assert found > 20


def test_endocarditis_is_looked_at_more_often_than_appendicitis(patients: list[Patient]) -> None:
    def share(condition: str) -> float:
        seen = 0
        for patient in patients:
            last = replace(patient.admissions[-1], condition=condition)
            seen += bool(echoes_of(replace(patient, admissions=(last,)), SEED))
        return seen / len(patients)

    assert load_habits().of("endocarditis").echo > 0.9
    assert share("endocarditis") > 0.6 > 0.2 > share("appendicitis")


def test_every_study_has_its_clips_one_after_the_other(
    book: dict[str, list[dict[str, str]]],
) -> None:
    clips = defaultdict(list)
    for row in book["record_list"]:
        clips[row["study_id"]].append(row)
    assert list(clips) == [row["study_id"] for row in book["study_list"]]
    for study in book["study_list"]:
        rows = clips[study["study_id"]]
        times = [datetime.fromisoformat(row["acquisition_datetime"]) for row in rows]
        assert times == sorted(set(times))
        assert times[0] == datetime.fromisoformat(study["study_datetime"])
        assert 6 <= len(rows) <= 250
        subject, number = study["subject_id"], study["study_id"]
        assert rows[0]["dicom_filepath"] == (
            f"files/p{subject[:2]}/p{subject}/s{number}/{number}_0001.dcm"
        )


def test_few_studies_name_a_note(book: dict[str, list[dict[str, str]]]) -> None:
    noted = [row for row in book["study_list"] if row["note_id"]]
    assert len(noted) < 0.3 * len(book["study_list"])
    for row in book["study_list"]:
        empty = {not row[name] for name in ("note_id", "note_seq", "note_charttime")}
        assert len(empty) == 1
    for row in noted:
        assert row["note_charttime"] > row["study_datetime"]


def test_clips_go_on_past_midnight(patients: list[Patient]) -> None:
    sheets: dict[str, Lines] = defaultdict(Lines)
    late = Echo(130_000_004, 70_000_008, 1439, 4)
    EchoWriter(sheets, NoFiles()).write(replace(patients[0], echoes=(late,)))  # type: ignore[arg-type]
    times = [line.split(",")[2] for line in sheets["record_list"]]
    assert times == [
        "2100-01-01 23:59:00",
        "2100-01-01 23:59:21",
        "2100-01-01 23:59:42",
        "2100-01-02 00:00:03",
    ]
