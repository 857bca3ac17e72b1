"""The files of module cxr: rows, lists, pictures, reports and DICOM agree with each other."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from io import BytesIO

import numpy as np
import pydicom
import pytest
from imaged_patients import imaged
from PIL import Image

from data_contracts.raw_contracts import load_contracts
from sources.synthetic.imaging.chest_report import LABELS
from sources.synthetic.imaging.cxr import (
    DICOM,
    DICOM_PATIENTS,
    JPG,
    REPORTS,
    CxrWriter,
    report_text,
    split_of,
    study_time,
)
from sources.synthetic.sheets import Book
from sources.synthetic.timeline import Film

LISTS = ("image_filenames",)


class Kept:
    """Files in memory."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.texts: dict[tuple[str, str], str] = {}

    def add(self, path: str, data: bytes) -> None:
        assert path not in self.files
        self.files[path] = data

    def zipped(self, archive: str, name: str, text: str) -> None:
        assert (archive, name) not in self.texts
        self.texts[archive, name] = text


Written = tuple[dict[str, list[list[str]]], Kept]


def write(numbers: tuple[int, ...] = (0, 1, 2)) -> Written:
    tables = {table.name: None for table in load_contracts()["cxr"].tables}
    book, files = Book({**tables, **dict.fromkeys(LISTS)}), Kept()
    writer = CxrWriter(book, files)
    for condition in ("rad_pneumothorax", "acute_heart_failure", "cap"):
        for number in numbers:
            patient = imaged(condition)[number]
            # Three conditions are told of the same lives: give each its own ids.
            shift = 100 * len(condition)
            studies = tuple(
                replace(
                    study,
                    film=study.film
                    and replace(
                        study.film,
                        study_id=study.film.study_id + 8 * shift,
                        views=tuple(
                            replace(view, dicom_id=f"{shift:08x}{view.dicom_id[8:]}")
                            for view in study.film.views
                        ),
                    ),
                )
                for study in patient.studies
            )
            writer.write(replace(patient, subject_id=patient.subject_id + shift, studies=studies))
    CxrWriter(book, files).finish()
    return {
        name: list(csv.reader(sheet.text().decode().splitlines())) for name, sheet in book.items()
    }, files


@pytest.fixture(scope="module")
def written() -> Written:
    return write()


def test_rows_have_the_columns_of_the_contract(written: Written) -> None:
    for table in load_contracts()["cxr"].tables:
        rows = written[0][table.name]
        if table.name != "test_set_labeled":
            assert rows
        assert all(len(row) == len(table.columns) for row in rows), table.name


def test_lists_pictures_and_reports_name_each_other(written: Written) -> None:
    tables, files = written
    records = {row[2]: row[3] for row in tables["record_list"]}
    names = {row[0]: row for row in tables["metadata"]}
    assert set(records) == set(names) == {row[0] for row in tables["split"]}
    pictures = {path for path in files.files if path.endswith(".jpg")}
    assert pictures == {f"{JPG}/{row[0]}" for row in tables["image_filenames"]}
    assert pictures == {f"{JPG}/{path.removesuffix('.dcm')}.jpg" for path in records.values()}
    reports = {name for archive, name in files.texts if archive == REPORTS}
    assert reports == {row[2] for row in tables["study_list"]}
    for dicom, row in names.items():
        subject, study = row[1], row[2]
        folder = f"files/p{subject[:2]}/p{subject}/s{study}"
        assert records[dicom] == f"{folder}/{dicom}.dcm"
        assert f"{folder}.txt" in reports
    studies = {row[1] for row in tables["study_list"]}
    for name in ("chexpert", "negbio", "provider_list"):
        assert {row[1] for row in tables[name]} == studies


def test_pictures_have_the_size_of_their_row(written: Written) -> None:
    tables, files = written
    for row in tables["metadata"][:12]:
        path = f"{JPG}/files/p{row[1][:2]}/p{row[1]}/s{row[2]}/{row[0]}.jpg"
        with Image.open(BytesIO(files.files[path])) as picture:
            assert (picture.height, picture.width) == (int(row[5]), int(row[6]))


def test_labels_are_printed_as_the_labelers_print_them(written: Written) -> None:
    cells = {cell for row in written[0]["chexpert"] for cell in row[2:]}
    assert cells <= {"1.0", "0.0", "-1.0", ""}
    assert {"1.0", "0.0", ""} <= cells


def test_dates_and_times_are_those_of_the_films(written: Written) -> None:
    for row in written[0]["metadata"]:
        assert len(row[7]) == 8
        whole, fraction = row[8].split(".")
        assert whole == str(int(whole))
        assert len(fraction) == 3
        clock = whole.zfill(6)
        assert int(clock[:2]) < 24
        assert int(clock[2:4]) < 60
        assert int(clock[4:]) < 60


def test_study_time_loses_its_leading_zeros() -> None:
    film = Film(60_000_008, (), (), (), ())
    assert len(study_time(film, 1440 + 7).split(".")[0]) <= 4
    assert study_time(film, 13 * 60 + 5).startswith("1305")


def test_report_begins_as_in_mimic_and_holds_all_sections(written: Written) -> None:
    study = next(study for study in imaged("cap")[0].studies)
    text = report_text(study)
    assert text.splitlines()[0].strip() == "FINAL REPORT"
    assert all(f" {header}:  " in text for header, _ in study.sections)


def test_dicom_is_valid_deidentified_and_holds_the_same_picture(written: Written) -> None:
    tables, files = written
    paths = [path for path in files.files if path.endswith(".dcm")]
    assert len(paths) == len(tables["record_list"])
    for path in paths[:4]:
        data = pydicom.dcmread(BytesIO(files.files[path]))
        assert path.startswith(f"{DICOM}/files/p{data.PatientID[:2]}/p{data.PatientID}/")
        assert (data.PatientIdentityRemoved, str(data.PatientName)) == ("YES", "")
        assert (data.PatientBirthDate, data.PatientSex) == ("", "")
        pixels = data.pixel_array
        jpg = path.replace(DICOM, JPG).replace(".dcm", ".jpg")
        picture = np.asarray(Image.open(BytesIO(files.files[jpg])))
        assert pixels.shape == picture.shape
        assert np.abs(pixels.astype(int) - picture.astype(int)).mean() < 3


def test_only_the_first_patients_have_dicom() -> None:
    book = Book({**{table.name: None for table in load_contracts()["cxr"].tables},
                 **dict.fromkeys(LISTS)})  # fmt: skip
    files = Kept()
    patient = replace(imaged("rad_cardiomegaly")[0], number=DICOM_PATIENTS + 1)
    CxrWriter(book, files).write(patient)
    assert files.files
    assert not [path for path in files.files if path.endswith(".dcm")]


def test_patient_without_films_writes_nothing() -> None:
    book = Book({})
    files = Kept()
    CxrWriter(book, files).write(replace(imaged("cap")[0], studies=()))
    assert not files.files


def test_split_is_by_patient_and_test_studies_are_labelled_again() -> None:
    parts = Counter(split_of(80_000_000 + number) for number in range(2000))
    assert 0.8 < parts["train"] / 2000 < 0.95
    assert parts["validate"]
    assert parts["test"]
    book = Book({**{table.name: None for table in load_contracts()["cxr"].tables},
                 **dict.fromkeys(LISTS)})  # fmt: skip
    subject = next(it for it in range(80_000_100, 80_010_000) if split_of(it) == "test")
    CxrWriter(book, Kept()).write(replace(imaged("rad_pleural_effusion")[0], subject_id=subject))
    rows = list(csv.reader(book["test_set_labeled"].text().decode().splitlines()))
    assert any(row[1 + LABELS.index("Pleural Effusion")] == "1.0" for row in rows)
    assert all(row[3] == "test" for row in csv.reader(book["split"].text().decode().splitlines()))


def test_same_patients_give_the_same_bytes() -> None:
    first, second = write((0,)), write((0,))
    assert first[0] == second[0]
    assert first[1].files == second[1].files
    assert first[1].texts == second[1].texts
