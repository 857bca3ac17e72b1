"""Timelines to the hospital's rows of MIMIC-III.

Belongs here: patients, admissions, codes, bills, movements, laboratory, cultures, prescriptions.
Does not belong here: intensive care (`intensive`), notes (`writer`), dictionaries (`dictionaries`).
"""

from __future__ import annotations

from sources.synthetic.calendar import midnight, moment, year_of
from sources.synthetic.catalogue import catalogue
from sources.synthetic.mimiciii.codes import diagnoses_in_nine
from sources.synthetic.mimiciii.shapes import (
    LAST_LAB_ITEM,
    Numbers,
    care_unit,
    is_carevue,
    shapes,
    ward_of,
)
from sources.synthetic.sheets import Book, field, number
from sources.synthetic.timeline import DAY, HOUR, Admission, Culture, Patient


class HospitalRows:
    """Writes the hospital's tables of one patient after the other."""

    def __init__(self, book: Book) -> None:
        """Bind the module's sheets."""
        self._book = book
        self._catalogue = catalogue()
        known = self._catalogue
        self._items = {key: (a.itemid, a.unit) for key, a in known.analytes.items()}
        self._items |= {key: (g.itemid, g.unit) for key, g in known.graded.items()}
        self._items["specimen_type"] = (known.specimen_type[0], "")

    def write(self, patient: Patient, numbers: Numbers) -> None:
        """Write one patient."""
        self._patient(patient, numbers)
        for admission in patient.admissions:
            self._admission(patient, admission, numbers)
            self._codes(patient, admission, numbers)
            self._bills(patient, admission, numbers)
            self._transfers(patient, admission, numbers)
            self._labs(patient, admission, numbers)
            for culture in admission.cultures:
                self._culture(patient, admission, culture, numbers)
            self._prescriptions(patient, admission, numbers)

    def _patient(self, patient: Patient, numbers: Numbers) -> None:
        first = patient.admissions[0].admitted
        years = year_of(first) - patient.anchor_year + patient.anchor_age
        # Born within the year before the birthday of that age; above 89 MIMIC-III shifts to 300.
        born = first - (300 if years > 89 else years) * 365 * DAY - patient.number % 360 * DAY
        died = next((a.discharged for a in patient.admissions if a.died), None)
        dod = "" if patient.dod is None else midnight(patient.dod)
        here = "" if died is None else midnight(died)
        registered = dod if patient.dod is not None and patient.number % 3 else ""
        self._book["patients"].add(
            f"{numbers.take('patients')},{patient.subject_id},{patient.sex},{midnight(born)},"
            f"{dod},{here},{registered},{int(patient.dod is not None)}"
        )

    def _admission(self, patient: Patient, admission: Admission, numbers: Numbers) -> None:
        names = shapes()
        ed = admission.ed
        origin = names["admission_location"].get(
            admission.admission_location, "CLINIC REFERRAL/PREMATURE"
        )
        registered = f"{moment(ed.start)},{moment(ed.end)}" if ed else ","
        death = moment(admission.discharged) if admission.died else ""
        leaves = names["discharge_location"].get(admission.discharge_location or "", "HOME")
        religions = names["religions"]
        suspected = ed.complaint.upper() if ed else "ELECTIVE ADMISSION"
        self._book["admissions"].add(
            f"{numbers.take('admissions')},{patient.subject_id},{admission.hadm_id},"
            f"{moment(admission.admitted)},{moment(admission.discharged)},{death},"
            f"{names['admission_type'].get(admission.admission_type, 'EMERGENCY')},"
            f"{origin},{leaves},{names['insurance'].get(admission.insurance, 'Private')},"
            f"{names['language'].get(patient.language, '')},"
            f"{religions[patient.number % len(religions)]},{admission.marital},{patient.race},"
            f"{registered},{field(suspected)},{int(admission.died)},{int(bool(admission.icu))}"
        )
        self._book["services"].add(
            f"{numbers.take('services')},{patient.subject_id},{admission.hadm_id},"
            f"{moment(admission.admitted)},,{admission.service}"
        )

    def _codes(self, patient: Patient, admission: Admission, numbers: Numbers) -> None:
        head = f"{patient.subject_id},{admission.hadm_id}"
        self._book["diagnoses_icd"].extend(
            f"{numbers.take('diagnoses_icd')},{head},{seq},{code}"
            for seq, code in enumerate(diagnoses_in_nine(admission), 1)
        )
        done = dict.fromkeys(
            self._catalogue.procedures[procedure.key]["icd9"] for procedure in admission.procedures
        )
        self._book["procedures_icd"].extend(
            f"{numbers.take('procedures_icd')},{head},{seq},{code}"
            for seq, code in enumerate(done, 1)
        )
        hcfa, hcfa_text, apr, apr_text = admission.drg
        mortality = max(1, admission.severity - (not admission.died))
        self._book["drgcodes"].extend(
            (
                f"{numbers.take('drgcodes')},{head},HCFA,{hcfa},{field(hcfa_text)},,",
                f"{numbers.take('drgcodes')},{head},APR ,{apr},{field(apr_text)},"
                f"{admission.severity},{mortality}",
            )
        )

    def _bills(self, patient: Patient, admission: Admission, numbers: Numbers) -> None:
        """One bill for each day, by where the patient lay."""
        icu = admission.icu
        billed = shapes()["cpt_days"]
        ticket = 0
        for at in range(admission.admitted, admission.discharged, DAY):
            inside = icu is not None and icu.start <= at < icu.end
            kinds = ["icu" if inside else "ward"]
            if inside and icu is not None:
                kinds += [
                    "ventilated"
                    for key, start, end in icu.procedures
                    if key == "ventilation" and start <= at < end
                ]
            for kind in kinds:
                center, code, section, subsection = billed[kind]
                ticket += 1
                date = midnight(at) if center == "Resp" else ""
                order = "" if center == "Resp" else str(ticket)
                text = "VENT MGMT;SUBSQ DAYS(INVASIVE)" if center == "Resp" else ""
                self._book["cptevents"].add(
                    f"{numbers.take('cptevents')},{patient.subject_id},{admission.hadm_id},"
                    f"{center},{date},{code},{code},,{order},{section},{subsection},{text}"
                )

    def _transfers(self, patient: Patient, admission: Admission, numbers: Numbers) -> None:
        """Where the patient lay, and the call for leaving intensive care."""
        icu, source = admission.icu, "carevue" if is_carevue(patient) else "metavision"
        stops: list[tuple[str, str, int, int, int]] = []
        if icu is None or icu.start > admission.admitted:
            until = admission.discharged if icu is None else icu.start
            stops.append(("", "", ward_of(admission.unit), admission.admitted, until))
        if icu is not None:
            short, ward = care_unit(icu.unit)
            stops.append((str(icu.stay_id), short, ward, icu.start, icu.end))
            if icu.end < admission.discharged:
                stops.append(("", "", ward_of(admission.unit + "2"), icu.end, admission.discharged))
            self._callout(patient, admission, numbers)
        head = f"{patient.subject_id},{admission.hadm_id}"
        before = ("", "")
        for turn, (stay, unit, ward, start, end) in enumerate(stops):
            kind = "transfer" if turn else "admit"
            hours = number(round((end - start) / HOUR, 2))
            self._book["transfers"].add(
                f"{numbers.take('transfers')},{head},{stay},{source},{kind},{before[0]},{unit},"
                f"{before[1]},{ward},{moment(start)},{moment(end)},{hours}"
            )
            before = (unit, str(ward))
        self._book["transfers"].add(
            f"{numbers.take('transfers')},{head},,{source},discharge,{before[0]},,{before[1]},,"
            f"{moment(admission.discharged)},,"
        )

    def _callout(self, patient: Patient, admission: Admission, numbers: Numbers) -> None:
        icu = admission.icu
        if icu is None or admission.died or icu.end >= admission.discharged:
            return
        short, ward = care_unit(icu.unit)
        called = max(icu.start + HOUR, icu.end - 5 * HOUR)
        seen = min(icu.end, called + 2 * HOUR)
        self._book["callout"].add(
            f"{numbers.take('callout')},{patient.subject_id},{admission.hadm_id},{ward},,{ward},"
            f"{short},{ward_of(admission.unit + '2')},{admission.service},1,0,0,0,0,Inactive,"
            f"Discharged,{ward_of(admission.unit + '2')},Acknowledged,{moment(called)},"
            f"{moment(called)},{moment(seen)},{moment(icu.end)},,"
        )

    def _labs(self, patient: Patient, admission: Admission, numbers: Numbers) -> None:
        items, subject = self._items, patient.subject_id
        lines = []
        for specimen in admission.specimens:
            hadm = "" if specimen.unlinked else str(admission.hadm_id)
            at = moment(specimen.taken)
            for result in specimen.results:
                itemid, unit = items[result.key]
                if itemid > LAST_LAB_ITEM:
                    continue
                flag = "abnormal" if result.abnormal else ""
                # MIMIC-III has no comments: the limit that was printed is the value.
                text = result.text
                if text is None and result.comment:
                    text = result.comment.split(".  ")[0]
                lines.append(
                    f"{numbers.take('labevents')},{subject},{hadm},{itemid},{at},"
                    f"{field(text)},{number(result.number)},{field(unit)},{flag}"
                )
        self._book["labevents"].extend(lines)

    def _culture(
        self, patient: Patient, admission: Admission, culture: Culture, numbers: Numbers
    ) -> None:
        specimen = self._catalogue.specimens[culture.specimen]
        hadm = "" if culture.unlinked else str(admission.hadm_id)
        head = (
            f"{patient.subject_id},{hadm},{midnight(culture.taken)},{moment(culture.taken)},"
            f"{specimen[0]},{field(specimen[1])},"
        )
        sheet = self._book["microbiologyevents"]
        if culture.organism is None:
            sheet.add(f"{numbers.take('microbiologyevents')},{head},,,,,,,,")
            return
        organism = self._catalogue.organisms[culture.organism]
        head += f"{organism[0]},{field(organism[1])},1,"
        if not culture.resistant:
            sheet.add(f"{numbers.take('microbiologyevents')},{head},,,,,")
        for key, resistant in culture.resistant:
            itemid, name, step = self._catalogue.antibiotics[key]
            value = number(float(step * 8 if resistant else step))
            sign = ">=" if resistant else "<="
            sheet.add(
                f"{numbers.take('microbiologyevents')},{head}{itemid},{field(name)},{sign}{value},"
                f"{sign},{value},{'R' if resistant else 'S'}"
            )

    def _prescriptions(self, patient: Patient, admission: Admission, numbers: Numbers) -> None:
        icu = admission.icu
        lines = []
        for medication in admission.medications:
            if medication.in_ed is not None and not medication.doses:
                continue
            drug = self._catalogue.drugs[medication.drug]
            inside = icu is not None and icu.start <= medication.start < icu.end
            stay = str(icu.stay_id) if inside and icu is not None else ""
            name = field(drug.name)
            lines.append(
                f"{numbers.take('prescriptions')},{patient.subject_id},{admission.hadm_id},{stay},"
                f"{midnight(medication.start)},{midnight(medication.stop)},MAIN,{name},{name},"
                f"{name},{drug.formulary},{drug.gsn},0,{field(drug.strength)},{field(drug.dose)},"
                f"{drug.unit},1,{drug.form},{field(drug.route)}"
            )
        self._book["prescriptions"].extend(lines)
