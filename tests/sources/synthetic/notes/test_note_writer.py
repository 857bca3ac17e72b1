"""The rows of module note: ids, times, details, addenda, and the list of leaks."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections import Counter
from functools import cache

from sources.synthetic.calendar import midnight, moment
from sources.synthetic.canary import reported
from sources.synthetic.imaging import exam, studies_of
from sources.synthetic.life import Life
from sources.synthetic.notes import NoteWriter
from sources.synthetic.notes.leaking import NO_LEAK
from sources.synthetic.notes.writer import report_text
from sources.synthetic.sheets import Book
from sources.synthetic.tables import headers
from sources.synthetic.timeline import Patient

SEED, PATIENTS = 11, 180


class NoFiles:
    """The module has no files of its own."""

    def add(self, path: str, data: bytes) -> None:
        raise AssertionError(f"module note wrote a file {path}")

    def zipped(self, archive: str, name: str, text: str) -> None:
        raise AssertionError(f"module note wrote into an archive {archive}")


@cache
def patients() -> tuple[Patient, ...]:
    told = (Life(SEED, number).patient() for number in range(1, PATIENTS + 1))
    return tuple(dataclasses.replace(one, studies=studies_of(one, SEED)) for one in told)


def written(chosen: tuple[Patient, ...]) -> dict[str, bytes]:
    book = Book(headers("note"))
    writer = NoteWriter(book, NoFiles())
    for patient in chosen:
        writer.write(patient)
    writer.finish()
    return {table: sheet.text() for table, sheet in book.items()}


@cache
def rows(table: str) -> tuple[dict[str, str], ...]:
    text = written(patients())[table].decode()
    return tuple(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_a_patients_notes_do_not_depend_on_the_others() -> None:
    whole = written(patients()[:12])
    assert written(patients()[:12]) == whole
    alone = written(patients()[7:8])
    for table, text in alone.items():
        _, _, body = text.partition(b"\n")
        assert body in whole[table]


def test_notes_have_unique_ids_of_subject_type_and_number() -> None:
    for table, kinds in (("discharge", {"DS", "AD"}), ("radiology", {"RR", "AR"})):
        notes = rows(table)
        assert {note["note_type"] for note in notes} == kinds
        assert len({note["note_id"] for note in notes}) == len(notes)
        for note in notes:
            parts = (note["subject_id"], note["note_type"], note["note_seq"])
            assert note["note_id"] == "-".join(parts)


def test_numbers_rise_with_time_in_each_kind() -> None:
    last: dict[tuple[str, str], tuple[int, str]] = {}
    for table in ("discharge", "radiology"):
        for note in rows(table):
            key = (note["subject_id"], note["note_type"])
            number, at = last.get(key, (0, ""))
            assert int(note["note_seq"]) > number
            assert note["charttime"] >= at
            last[key] = (int(note["note_seq"]), note["charttime"])


def test_summary_is_dated_at_midnight_of_the_discharge_day() -> None:
    stays = {str(stay.hadm_id): stay for one in patients() for stay in one.admissions}
    seen: Counter[str] = Counter()
    for note in rows("discharge"):
        stay = stays[note["hadm_id"]]
        if note["note_type"] == "DS":
            seen[note["hadm_id"]] += 1
            assert note["charttime"] == midnight(stay.discharged)
            assert note["storetime"] > moment(stay.discharged)
    assert set(seen.values()) == {1}
    index = [str(one.admissions[-1].hadm_id) for one in patients()]
    assert sum(hadm in seen for hadm in index) / len(index) > 0.94
    stays = sum(len(one.admissions) for one in patients())
    assert 0.8 < len(seen) / stays < 0.98, "some admissions have no summary"


def test_about_half_of_the_summaries_have_an_author() -> None:
    details = rows("discharge_detail")
    assert {detail["field_name"] for detail in details} == {"author"}
    providers = {stay.provider for one in patients() for stay in one.admissions}
    assert {detail["field_value"] for detail in details} <= providers
    summaries = sum(note["note_type"] == "DS" for note in rows("discharge"))
    assert 0.45 < len(details) / summaries < 0.66


def test_every_study_has_its_report_and_details() -> None:
    details: dict[str, dict[str, str]] = {}
    for detail in rows("radiology_detail"):
        assert detail["field_ordinal"] == "1"
        details.setdefault(detail["note_id"], {})[detail["field_name"]] = detail["field_value"]
    reports = [note for note in rows("radiology") if note["note_type"] == "RR"]
    studies = [(one, study) for one in patients() for study in one.studies]
    assert len(reports) == len(studies) > 300
    for note, (patient, study) in zip(reports, studies, strict=True):
        booked, fields = exam(study.exam), details[note["note_id"]]
        assert note["subject_id"] == str(patient.subject_id)
        assert note["hadm_id"] == ("" if study.unlinked else str(study.admission))
        assert (note["charttime"], note["storetime"]) == (moment(study.at), moment(study.stored))
        assert note["text"] == reported(report_text(study))
        assert fields["exam_name"] in booked.names
        assert (fields["exam_code"], fields["cpt_code"]) == (booked.code, booked.cpt)


def test_addenda_and_parents_point_to_each_other() -> None:
    pairs: dict[str, set[tuple[str, str]]] = {"addendum_note_id": set(), "parent_note_id": set()}
    for detail in rows("radiology_detail"):
        if detail["field_name"] == "addendum_note_id":
            pairs["addendum_note_id"].add((detail["note_id"], detail["field_value"]))
        elif detail["field_name"] == "parent_note_id":
            pairs["parent_note_id"].add((detail["field_value"], detail["note_id"]))
    assert pairs["addendum_note_id"] == pairs["parent_note_id"]
    notes = {note["note_id"]: note for note in rows("radiology")}
    addenda = {note_id for note_id, note in notes.items() if note["note_type"] == "AR"}
    assert addenda == {added for _, added in pairs["addendum_note_id"]}
    for parent, added in pairs["addendum_note_id"]:
        assert notes[added]["storetime"] > notes[parent]["storetime"]
        assert notes[added]["text"].startswith("ADDENDUM  ")
        assert notes[added]["hadm_id"] == notes[parent]["hadm_id"]


def test_headers_of_a_report_start_their_lines() -> None:
    patient = next(one for one in patients() if one.studies)
    study = patient.studies[0]
    text = report_text(study)
    starts = [line.split(":")[0] for line in text.split("\n \n")]
    assert [header for header, _ in study.sections if header] == [
        start.strip() for start in starts if start.strip() in dict(study.sections)
    ]


def test_list_of_leaks_points_to_notes_that_name_the_condition() -> None:
    notes = {note["note_id"]: note["text"] for note in rows("discharge")}
    conditions = {str(s.hadm_id): s.condition for one in patients() for s in one.admissions}
    sections_ = Counter()
    for leak in rows("leaks"):
        assert leak["condition_id"] == conditions[leak["hadm_id"]]
        sections_[leak["section"]] += 1
        if leak["section"] == "triage":
            assert (leak["note_id"], leak["channel"]) == ("", "complaint")
        else:
            assert leak["note_id"] in notes
    assert sections_["history"] >= 5
    announced = {str(s.hadm_id) for one in patients() for s in one.admissions if s.leaks}
    listed = {leak["hadm_id"] for leak in rows("leaks") if leak["channel"] != NO_LEAK}
    with_note = {note["hadm_id"] for note in rows("discharge")}
    assert announced & with_note <= listed
