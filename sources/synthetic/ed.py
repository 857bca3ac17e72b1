"""Timelines to the rows of module ed.

Belongs here: the emergency department's six tables.
"""

from __future__ import annotations

from collections.abc import Sequence

from sources.synthetic.calendar import moment
from sources.synthetic.catalogue import catalogue
from sources.synthetic.sheets import Book, field
from sources.synthetic.timeline import EdStay, Patient, Vitals


class EdWriter:
    """Writes module ed."""

    def __init__(self, book: Book) -> None:
        """Bind the module's sheets."""
        self._book = book
        self._catalogue = known = catalogue()
        self._home: dict[str, list[str]] = {}
        """Ends of the rows of each home drug: one row for each therapeutic class."""
        for key, (name, gsn, *first) in known.home.items():
            classes = [first, known.second_class[key]] if key in known.second_class else [first]
            self._home[key] = [
                f"{field(name)},{gsn},0,{turn},{code},{field(description)}"
                for turn, (code, description) in enumerate(classes, 1)
            ]

    def write(self, patient: Patient) -> None:
        """Write one patient."""
        for admission in patient.admissions:
            if admission.ed is not None:
                self._visit(patient, admission.ed, str(admission.hadm_id))
                taken = [
                    (medication.in_ed, medication.drug)
                    for medication in admission.medications
                    if medication.in_ed is not None
                ]
                self._cabinet(patient, admission.ed, sorted(taken))
        for visit in patient.other_visits:
            self._visit(patient, visit, "")
            self._cabinet(patient, visit, visit.doses)

    def _visit(self, patient: Patient, visit: EdStay, hadm: str) -> None:
        book, head = self._book, f"{patient.subject_id},{visit.stay_id}"
        book["edstays"].add(
            f"{patient.subject_id},{hadm},{visit.stay_id},{moment(visit.start)},"
            f"{moment(visit.end)},{patient.sex},{patient.race},{visit.transport},"
            f"{visit.disposition}"
        )
        signs = visit.triage
        acuity = "" if visit.acuity is None else visit.acuity
        book["triage"].add(
            f"{head},{_signs(signs)},{field(signs.pain)},{acuity},{field(visit.complaint)}"
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
        book["medrecon"].extend(
            f"{head},{asked},{drug}" for key in visit.home_drugs for drug in self._home[key]
        )

    def _cabinet(self, patient: Patient, visit: EdStay, taken: Sequence[tuple[int, str]]) -> None:
        """Doses taken from the department's cabinet, by time."""
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
