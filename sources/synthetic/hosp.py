"""Timelines to the rows of module hosp.

Belongs here: the hospital's tables except orders and drugs (`pharmacy_rows`). A writer knows one
module; it turns one patient at a time into rows, and writes its dictionaries at the end.
"""

from __future__ import annotations

from sources.synthetic.body import ranges
from sources.synthetic.calendar import day, midnight, moment
from sources.synthetic.catalogue import Catalogue, catalogue
from sources.synthetic.coding import Coded, coded_of
from sources.synthetic.ids import (
    LABS,
    MICRO,
    PROVIDERS,
    SPECIMENS,
    TRANSFER_BASE,
    TRANSFERS,
    Ids,
    provider_id,
)
from sources.synthetic.pharmacy_rows import PharmacyRows
from sources.synthetic.sheets import Book, field, number
from sources.synthetic.timeline import HOUR, Admission, Culture, Patient, Specimen

_WARDS = ("Med/Surg", "Medicine", "Med/Surg/GYN", "Medicine/Cardiology", "Surgery")
"""Wards that patients are moved to, whatever their illness."""
_LINES = {"arterial": "arterial_line", "central": "central_line", "picc": "central_line"}
"""Lines of intensive care that are coded as procedures."""


class HospWriter:
    """Writes module hosp."""

    def __init__(self, book: Book) -> None:
        """Bind the module's sheets and prepare what is the same in every row of an item."""
        self._book = book
        self._catalogue: Catalogue = catalogue()
        self._pharmacy = PharmacyRows(book)
        self._printed: dict[float | None, str] = {}
        self._quoted: dict[str, str] = {}
        self._lab_items: dict[str, dict[str, tuple[str, str]]] = {"F": {}, "M": {}}
        for sex, items in self._lab_items.items():
            for key, analyte in self._catalogue.analytes.items():
                low, high = ranges(analyte, sex)
                tail = f"{field(analyte.unit)},{_bound(low)},{_bound(high)}"
                items[key] = (str(analyte.itemid), tail)
            for key, graded in self._catalogue.graded.items():
                items[key] = (str(graded.itemid), f"{field(graded.unit)},,")
            items["specimen_type"] = (str(self._catalogue.specimen_type[0]), ",,")

    def write(self, patient: Patient) -> None:
        """Write one patient."""
        book = self._book
        subject = str(patient.subject_id)
        dod = "" if patient.dod is None else day(patient.dod)
        book["patients"].add(
            f"{subject},{patient.sex},{patient.anchor_age},{patient.anchor_year},"
            f"{patient.anchor_year_group},{dod}"
        )
        labs = Ids("laboratory results", patient.number, LABS)
        tubes = Ids("specimens", patient.number, SPECIMENS)
        micro = Ids("culture results", patient.number, MICRO)
        transfers = Ids("transfers", patient.number, TRANSFERS, TRANSFER_BASE)
        self._pharmacy.open(patient)
        for admission, coded in zip(patient.admissions, coded_of(patient), strict=True):
            self._admission(patient, admission)
            self._codes(subject, admission, coded)
            self._transfers(subject, admission, transfers)
            self._labs(patient, admission, admission.specimens, labs, tubes)
            self._cultures(subject, admission, admission.cultures, micro, tubes)
            self._pharmacy.write(admission)
        for visit in patient.other_visits:
            book["transfers"].add(
                f"{subject},,{transfers.take()},ED,Emergency Department,"
                f"{moment(visit.start)},{moment(visit.end)}"
            )
            self._labs(patient, None, visit.specimens, labs, tubes)
        self._labs(patient, None, patient.clinic_specimens, labs, tubes)
        self._cultures(subject, None, patient.clinic_cultures, micro, tubes)
        for at, weight, systolic, diastolic in patient.clinic:
            pounds = weight * 2.20462
            inches = patient.height_cm / 2.54
            index = weight / (patient.height_cm / 100) ** 2
            date = day(at)
            book["omr"].extend(
                (
                    f"{subject},{date},1,Weight (Lbs),{pounds:.1f}",
                    f"{subject},{date},1,Height (Inches),{inches:.0f}",
                    f"{subject},{date},1,BMI (kg/m2),{index:.1f}",
                    f"{subject},{date},1,Blood Pressure,{systolic}/{diastolic}",
                )
            )

    def _admission(self, patient: Patient, admission: Admission) -> None:
        ed = admission.ed
        death = moment(admission.discharged) if admission.died else ""
        reg = f"{moment(ed.start)},{moment(ed.end)}" if ed else ","
        self._book["admissions"].add(
            f"{patient.subject_id},{admission.hadm_id},{moment(admission.admitted)},"
            f"{moment(admission.discharged)},{death},{admission.admission_type},"
            f"{admission.provider},{admission.admission_location},"
            f"{field(admission.discharge_location)},{admission.insurance},{patient.language},"
            f"{admission.marital},{patient.race},{reg},{int(admission.died)}"
        )
        subject, hadm = patient.subject_id, admission.hadm_id
        services = self._book["services"]
        services.add(f"{subject},{hadm},{moment(admission.admitted)},,{admission.service}")
        if admission.icu and admission.service == "CMED" and admission.hadm_id % 5 == 0:
            services.add(f"{subject},{hadm},{moment(admission.icu.end)},{admission.service},MED")

    def _codes(self, subject: str, admission: Admission, coded: Coded) -> None:
        """What is billed: the story first, then what coders add."""
        book, hadm, version = self._book, admission.hadm_id, admission.version
        book["diagnoses_icd"].extend(
            f"{subject},{hadm},{seq},{code},{version}"
            for seq, code in enumerate((*admission.diagnoses, *coded.diagnoses), 1)
        )
        done_at = [(done.key, done.at) for done in admission.procedures]
        if admission.icu is not None:
            done_at += [
                (_LINES[key], start) for key, start, _ in admission.icu.lines if key in _LINES
            ]
        known, icd = self._catalogue.procedures, "icd9" if version == 9 else "icd10"
        first: dict[str, int] = {}
        for key, at in done_at:
            first.setdefault(known[key][icd], at)
        for at, code in coded.procedures:
            first.setdefault(code, at)
        book["procedures_icd"].extend(
            f"{subject},{hadm},{seq},{day(at)},{code},{version}"
            for seq, (code, at) in enumerate(first.items(), 1)
        )
        billed = [
            (done.at, self._catalogue.procedures[done.key]["hcpcs"])
            for done in admission.procedures
            if "hcpcs" in self._catalogue.procedures[done.key]
        ]
        if admission.admission_type == "OBSERVATION ADMIT":
            billed.append((admission.admitted, "G0378"))
        for order, (at, code) in enumerate(billed, 1):
            short = self._catalogue.background["hcpcs"][code][2]
            book["hcpcsevents"].add(f"{subject},{hadm},{day(at)},{code},{order},{field(short)}")
        hcfa, hcfa_text, apr, apr_text = admission.drg
        book["drgcodes"].extend(
            (
                f"{subject},{hadm},HCFA,{hcfa},{field(hcfa_text)},,",
                f"{subject},{hadm},APR,{apr},{field(apr_text)},"
                f"{admission.severity},{max(1, admission.severity - (not admission.died))}",
            )
        )

    def _transfers(self, subject: str, admission: Admission, ids: Ids) -> None:
        """Where the patient lay."""
        stops: list[tuple[str, str, int, int]] = []
        if admission.ed:
            stops.append(("ED", "Emergency Department", admission.ed.start, admission.ed.end))
        at = max(admission.admitted, admission.ed.end) if admission.ed else admission.admitted
        icu = admission.icu
        if icu is None:
            stops += _ward(admission, "admit", at, admission.discharged)
        else:
            if icu.start > at:
                stops.append(("admit", admission.unit, at, icu.start))
            kind = "transfer" if icu.start > at else "admit"
            stops.append((kind, icu.unit, icu.start, icu.end))
            if icu.end < admission.discharged:
                stops += _ward(admission, "transfer", icu.end, admission.discharged)
        middle = f",{admission.hadm_id},"
        gone = moment(admission.discharged)
        lines = [
            f"{subject}{middle}{ids.take()},{kind},{field(unit)},{moment(start)},{moment(end)}"
            for kind, unit, start, end in stops
        ]
        lines.append(f"{subject}{middle}{ids.take()},discharge,,{gone},")
        self._book["transfers"].extend(lines)

    def _labs(
        self,
        patient: Patient,
        admission: Admission | None,
        specimens: tuple[Specimen, ...],
        ids: Ids,
        tubes: Ids,
    ) -> None:
        items = self._lab_items[patient.sex]
        lines: list[str] = []
        for specimen in specimens:
            self._specimen(patient, admission, specimen, items, ids, tubes.take(), lines)
        self._book["labevents"].extend(lines)

    def _specimen(
        self,
        patient: Patient,
        admission: Admission | None,
        specimen: Specimen,
        items: dict[str, tuple[str, str]],
        ids: Ids,
        tube: int,
        lines: list[str],
    ) -> None:
        """Add the rows of one tube to `lines`."""
        hadm = provider = ""
        if admission is not None and not specimen.unlinked:
            hadm, provider = str(admission.hadm_id), admission.provider
        head = f",{patient.subject_id},{hadm},{tube},"
        times = f",{provider},{moment(specimen.taken)},{moment(specimen.stored)},"
        ends = (",,STAT,", ",abnormal,STAT,")
        if not specimen.urgent:
            ends = (",,ROUTINE,", ",abnormal,ROUTINE,")
        printed, quoted = self._printed, self._quoted
        first = ids.run(len(specimen.results))
        for row, (key, text, value, abnormal, comment) in enumerate(specimen.results, first):
            itemid, tail = items[key]
            shown = printed.get(value)
            if shown is None:  # the same few thousand numbers come over and over
                shown = printed[value] = "" if value is None else repr(value).removesuffix(".0")
            if comment:
                comment = quoted.get(comment) or quoted.setdefault(comment, field(comment))
            lines.append(
                f"{row}{head}{itemid}{times}{text or ''},{shown},{tail}{ends[abnormal]}"
                f"{comment or ''}"
            )

    def _cultures(
        self,
        subject: str,
        admission: Admission | None,
        cultures: tuple[Culture, ...],
        ids: Ids,
        tubes: Ids,
    ) -> None:
        lines: list[str] = []
        for culture in cultures:
            rows = self._culture(subject, admission, culture, tubes.take())
            lines += [f"{ids.take()},{row}" for row in rows]
        self._book["microbiologyevents"].extend(lines)

    def _culture(
        self, subject: str, admission: Admission | None, culture: Culture, tube: int
    ) -> list[str]:
        specimen = self._catalogue.specimens[culture.specimen]
        hadm = provider = ""
        if admission is not None:
            hadm, provider = str(admission.hadm_id), admission.provider
        if culture.unlinked:
            hadm = ""
        head = (
            f"{subject},{hadm},{tube},{provider},{midnight(culture.taken)},"
            f"{moment(culture.taken)},{specimen[0]},{field(specimen[1])},1,"
            f"{midnight(culture.stored)},{moment(culture.stored)},{specimen[2]},"
            f"{field(specimen[3])},"
        )
        if culture.organism is None:
            return [f"{head},,,,,,,,,,{field(specimen[4])}"]
        organism = self._catalogue.organisms[culture.organism]
        head += f"{organism[0]},{field(organism[1])},1,,"
        if not culture.resistant:
            return [f"{head},,,,,,"]
        lines = []
        for key, resistant in culture.resistant:
            itemid, name, step = self._catalogue.antibiotics[key]
            value = step * 8 if resistant else step
            sign = ">=" if resistant else "<="
            code = "R" if resistant else "S"
            lines.append(
                f"{head}{itemid},{field(name)},{sign}{number(float(value))},{sign},"
                f"{number(float(value))},{code},"
            )
        return lines

    def finish(self) -> None:
        """Write the dictionaries: everything that the catalogue can write."""
        book, known = self._book, self._catalogue
        items = [(a.itemid, a.label, a.fluid, a.category) for a in known.analytes.values()]
        items += [(g.itemid, g.label, g.fluid, g.category) for g in known.graded.values()]
        items.append(known.specimen_type)
        for itemid, label, fluid, category in sorted(items):
            book["d_labitems"].add(f"{itemid},{field(label)},{field(fluid)},{field(category)}")
        for table, titles in (
            ("d_icd_diagnoses", known.diagnosis_titles),
            ("d_icd_procedures", known.procedure_titles),
        ):
            for (version, code), title in sorted(titles.items()):
                book[table].add(f"{code},{version},{field(title)}")
        for code, (category, long, short) in sorted(known.background["hcpcs"].items()):
            shown = "" if category is None else category
            book["d_hcpcs"].add(f"{code},{shown},{field(long)},{field(short)}")
        for provider in sorted(provider_id(turn) for turn in range(PROVIDERS)):
            book["provider"].add(provider)


def _bound(value: float | None) -> str:
    return "" if value is None else number(float(value))


def _ward(admission: Admission, kind: str, start: int, end: int) -> list[tuple[str, str, int, int]]:
    """A time on the wards: some patients move once, and some wait for their way home in a lounge.

    Which ones follows from the admission's number, so that no other draw changes.
    """
    moves: list[tuple[str, int]] = []
    if end - start > 36 * HOUR and admission.hadm_id % 5 < 3:
        moves.append((_WARDS[admission.hadm_id % len(_WARDS)], start + (end - start) * 2 // 5))
    if not admission.died and end - start > 20 * HOUR and admission.hadm_id % 3 == 0:
        moves.append(("Discharge Lounge", end - 70 - admission.hadm_id % 60))
    stops = []
    unit = admission.unit
    for after, at in moves:
        if after != unit:
            stops.append((kind, unit, start, at))
            unit, start, kind = after, at, "transfer"
    stops.append((kind, unit, start, end))
    return stops
