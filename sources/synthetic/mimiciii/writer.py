"""Module mimiciii: the 26 tables of MIMIC-III 1.4 from the timelines of MIMIC-IV's patients.

Belongs here: calling the rooms of this package in order, and notes. Does not belong here: rows of
the hospital (`hospital`), of intensive care (`intensive`), dictionaries (`dictionaries`).
"""

from __future__ import annotations

from sources.synthetic.calendar import day, moment
from sources.synthetic.canary import noted, reported
from sources.synthetic.imaging import exam_name
from sources.synthetic.mimiciii.dictionaries import write_dictionaries
from sources.synthetic.mimiciii.hospital import HospitalRows
from sources.synthetic.mimiciii.intensive import IntensiveRows
from sources.synthetic.mimiciii.shapes import Numbers
from sources.synthetic.notes import report_text, summaries_of
from sources.synthetic.sheets import Book, Files, field
from sources.synthetic.timeline import Patient


class MimiciiiWriter:
    """Writes module mimiciii."""

    def __init__(self, book: Book, files: Files) -> None:
        """Bind the module's sheets; it has no other files."""
        del files
        self._book = book
        self._hospital = HospitalRows(book)
        self._intensive = IntensiveRows(book)

    def write(self, patient: Patient) -> None:
        """Write one patient."""
        numbers = Numbers(patient.number)
        self._hospital.write(patient, numbers)
        self._intensive.write(patient, numbers)
        self._notes(patient, numbers)

    def _notes(self, patient: Patient, numbers: Numbers) -> None:
        """Discharge summaries, radiology reports and machine readings of electrocardiograms."""
        lines = []
        head = f"{patient.subject_id},"
        for admission, summary in summaries_of(patient):
            lines.append(
                f"{numbers.take('noteevents')},{head}{admission.hadm_id},"
                f"{day(admission.discharged)},,,Discharge summary,Report,,,"
                f"{field(noted(summary.text))}"
            )
        for study in patient.studies:
            hadm = "" if study.unlinked else str(study.admission)
            lines.append(
                f"{numbers.take('noteevents')},{head}{hadm},{day(study.at)},"
                f"{moment(study.at)},,Radiology,{field(exam_name(study))},,,"
                f"{field(reported(report_text(study)))}"
            )
        for ecg in patient.ecgs:
            lines.append(
                f"{numbers.take('noteevents')},{head}{ecg.admission},{day(ecg.at)},,,ECG,"
                f"Report,,,{field(noted(chr(10).join(ecg.statements)))}"
            )
        self._book["noteevents"].extend(lines)

    def finish(self) -> None:
        """Write the dictionaries."""
        write_dictionaries(self._book)
