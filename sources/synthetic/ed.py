"""Timelines to the rows of module ed.

Belongs here: the emergency department's six tables.
"""

from __future__ import annotations

from sources.synthetic.calendar import moment
from sources.synthetic.catalogue import catalogue
from sources.synthetic.sheets import Book, field
from sources.synthetic.timeline import Admission, EdStay, Patient, Vitals


class EdWriter:
    """Writes module ed."""

    def __init__(self, book: Book) -> None:
        """Bind the module's sheets."""
        self._book = book
        self._catalogue = catalogue()

    def write(self, patient: Patient) -> None:
        """Write one patient."""
        for admission in patient.admissions:
            if admission.ed is not None:
                self._visit(patient, admission.ed, str(admission.hadm_id))
                self._cabinet(patient, admission, admission.ed)
        for visit in patient.other_visits:
            self._visit(patient, visit, "")

    def _visit(self, patient: Patient, visit: EdStay, hadm: str) -> None:
        book, head = self._book, f"{patient.subject_id},{visit.stay_id}"
        book["edstays"].add(
            f"{patient.subject_id},{hadm},{visit.stay_id},{moment(visit.start)},"
            f"{moment(visit.end)},{patient.sex},{patient.race},{visit.transport},"
            f"{visit.disposition}"
        )
        signs = visit.triage
        book["triage"].add(
            f"{head},{_signs(signs)},{field(signs.pain)},{visit.acuity},{field(visit.complaint)}"
        )
        book["vitalsign"].extend(
            f"{head},{moment(signs.at)},{_signs(signs)},{field(signs.rhythm)},{signs.pain}"
            for signs in visit.vitals
        )
        titles = self._catalogue.diagnosis_titles
        book["diagnosis"].extend(
            f"{head},{seq},{code},{version},{field(titles[version, code].upper())}"
            for seq, (version, code) in enumerate(visit.diagnoses, 1)
        )
        asked = moment(visit.start + 25)
        for key in visit.home_drugs:
            name, gsn, code, description = self._catalogue.home[key]
            book["medrecon"].add(
                f"{head},{asked},{field(name)},{gsn},0,1,{code},{field(description)}"
            )

    def _cabinet(self, patient: Patient, admission: Admission, visit: EdStay) -> None:
        """Doses taken from the department's cabinet."""
        taken = sorted(
            (medication.in_ed, medication.drug)
            for medication in admission.medications
            if medication.in_ed is not None
        )
        for turn, (at, key) in enumerate(taken, 1):
            drug = self._catalogue.drugs[key]
            self._book["pyxis"].add(
                f"{patient.subject_id},{visit.stay_id},{moment(at)},{turn},{field(drug.name)},"
                f"1,{drug.gsn}"
            )

    def finish(self) -> None:
        """The module has no dictionary."""


def _signs(signs: Vitals) -> str:
    """Temperature, heart rate, respiratory rate, saturation, systolic, diastolic."""
    values = (signs.temp, signs.hr, signs.rr, signs.spo2, signs.sbp, signs.dbp)
    return ",".join("" if value is None else str(value) for value in values)
