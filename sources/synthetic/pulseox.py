"""Module pulseox: arterial saturation beside the pulse oximeter's, and what was known then.

Belongs here: the one table of the MIT Critical Datathon 2023 and the arithmetic of its columns.
Does not belong here: drawing patients; every value is taken from the patient's own timeline.

Rules, with their sources:

* A pair is an arterial gas in an intensive care stay with a pulse oximetry charted in the five
  minutes before it. Labs, vital signs and organ scores are the latest before the gas; `delta_*`
  are whole minutes, negative before the gas.
* SaO2 follows from pO2 and pH by Severinghaus (J Appl Physiol 1979;46:599-602) with a Bohr factor
  of 0.48, since the laboratory of this generator measures no saturation.
* `BIAS` makes the oximeter read too high by a little more in some groups. That such a bias exists
  is published (Sjoding et al., N Engl J Med 2020;383:2477-8); its size is chosen, not measured.
* CCI: Charlson 1987 with the code groups of Quan 2005, shortened, and its points for age.
* SOFA: Vincent 1996; a component without a value is empty, and counts 0 in `SOFA_admission`, the
  sum of the worst components of the stay's first 24 hours, looked at every hour.
* `norepinephrine_equivalent_dose` in mcg/kg/min: Goradia 2021 (vasopressin 2.5 a unit per minute).
"""

from __future__ import annotations

from collections.abc import Iterator

from sources.synthetic.calendar import moment, year_of
from sources.synthetic.ecg.bedside import Bedside, Reading, gases
from sources.synthetic.sheets import Book, Files, field, number
from sources.synthetic.timeline import DAY, HOUR, Admission, IcuStay, Patient, Specimen

PAIRED_WITHIN = 5
"""Minutes from the pulse oximetry to the arterial gas."""
HYPOXEMIC = 88.0
"""Saturation in percent; hidden hypoxemia is SaO2 below it with SpO2 at or above it."""
BIAS = {"White": 0.0, "Asian": 0.3, "Hispanic": 0.4, "Other": 0.2, "Black": 0.9}
"""Percent by which the oximeter reads above the arterial saturation; chosen, not measured."""
_LABS = (
    "hgb", "hct", "mch", "mchc", "mcv", "plt", "rbc", "rdw", "wbc", "ddimer", "fibrinogen",
    "thrombin", "inr", "pt", "ptt", "alt", "alp", "ast", "tbili", "dbili", "indirect", "ck", "ckmb",
    "ggt", "ldh", "albumin", "gap", "hco3", "bun", "ca", "cl", "creat", "glucose", "na", "k",
    "bg_ph", "lactate",
)  # fmt: skip
"""Keys in the order of the columns; thrombin time, indirect bilirubin and GGT are not measured."""
_CHARLSON: dict[str, tuple[int, tuple[str, ...], tuple[str, ...]]] = {
    "infarction": (1, ("410", "412"), ("I21", "I22", "I252")),
    "heart_failure": (1, ("428",), ("I50", "I420", "I43")),
    "vessels": (1, ("440", "441", "4439"), ("I70", "I71", "I739")),
    "stroke": (
        1,
        ("430", "431", "432", "433", "434", "435", "436"),
        ("G45", "I60", "I61", "I63", "I69"),
    ),
    "dementia": (1, ("290",), ("F00", "F01", "F02", "F03", "G30")),
    "lungs": (
        1,
        ("490", "491", "492", "493", "494", "496"),
        ("J40", "J41", "J42", "J43", "J44", "J45"),
    ),
    "connective": (1, ("7100", "7101", "714"), ("M05", "M06", "M32", "M34")),
    "ulcer": (1, ("531", "532", "533", "534"), ("K25", "K26", "K27", "K28")),
    "mild_liver": (1, ("5712", "5714", "5715", "5716"), ("B18", "K700", "K703", "K73", "K74")),
    "diabetes": (1, ("250",), ("E10", "E11", "E13")),
    "paralysis": (2, ("342", "3441"), ("G81", "G82")),
    "kidney": (2, ("582", "583", "585", "586"), ("N03", "N05", "N18", "N19")),
    "cancer": (
        2,
        ("20", "14", "15", "16", "17", "18"),
        ("C0", "C1", "C2", "C3", "C5", "C6", "C8", "C9"),
    ),
    "severe_liver": (3, ("4560", "4561", "5722", "5723", "5724"), ("I85", "K721", "K766", "K767")),
    "metastases": (6, ("196", "197", "198"), ("C77", "C78", "C79")),
    "aids": (6, ("042",), ("B20",)),
}
"""Points, ICD-9 and ICD-10 beginnings of each group of diseases."""
_PRESSORS = {
    "norepinephrine": 1.0,
    "epinephrine": 1.0,
    "phenylephrine": 0.1,
    "dopamine": 0.01,
    "vasopressin": 2.5 / 60,  # charted in units an hour
}
"""Factor from the charted rate to the equivalent dose of norepinephrine."""


def saturation(po2: float, ph: float) -> float:
    """Arterial oxygen saturation in percent.

    Severinghaus 1979, with pO2 brought to pH 7.40 by a Bohr factor of 0.48.

    Args:
        po2: mm Hg.
        ph: Of the same blood.
    """
    at_standard = po2 * 10 ** (0.48 * (ph - 7.4))
    cubed = at_standard**3 + 150 * at_standard
    return 100 / (23_400 / cubed + 1)


def race_group(race: str) -> str:
    """The datathon's five groups."""
    for group in ("White", "Black", "Hispanic", "Asian"):
        if race.startswith(group.upper()):
            return group
    return "Other"


def charlson(codes: tuple[str, ...], version: int, age: int) -> int:
    """Charlson comorbidity index of an admission.

    Args:
        codes: Diagnosis codes without dots.
        version: 9 or 10.
        age: Years; from 50 on a point each ten years, at most four.
    """
    points = max(0, min(4, (age - 40) // 10))
    found = {
        name: weight
        for name, (weight, nine, ten) in _CHARLSON.items()
        if any(code.startswith(nine if version == 9 else ten) for code in codes)
    }
    # The graver form of a disease stands for both.
    for grave, mild in (("severe_liver", "mild_liver"), ("metastases", "cancer")):
        if grave in found:
            found.pop(mild, None)
    return points + sum(found.values())


class PulseoxWriter:
    """Writes module pulseox."""

    def __init__(self, book: Book, files: Files) -> None:
        """Bind the module's sheet."""
        self._book = book

    def write(self, patient: Patient) -> None:
        """Write the pairs of one patient."""
        for order, admission in enumerate(patient.admissions):
            if admission.icu is not None:
                rows = _Stay(patient, admission, admission.icu, first=order == 0).rows()
                self._book["pulseox_data"].extend(rows)

    def finish(self) -> None:
        """The module has no dictionary."""


class _Stay:
    """One stay in intensive care as the table sees it."""

    def __init__(
        self, patient: Patient, admission: Admission, stay: IcuStay, *, first: bool
    ) -> None:
        self._patient = patient
        self._admission = admission
        self._stay = stay
        self._bedside = Bedside(admission)
        self._organs = Organs(self._bedside, stay)
        self._first = first

    def rows(self) -> Iterator[str]:
        """A line for each pair, by time."""
        group = race_group(self._patient.race)
        fixed: str | None = None
        for gas in gases(self._admission):
            if not self._stay.start <= gas.taken < self._stay.end:
                continue
            values = {result.key: result.number for result in gas.results}
            po2, ph = values.get("bg_po2"), values.get("bg_ph")
            seen = self._bedside.latest_sign("spo2", gas.taken)
            if po2 is None or ph is None or seen is None or gas.taken - seen[0] > PAIRED_WITHIN:
                continue
            measured = values.get("bg_so2")
            arterial = saturation(po2, ph) - BIAS[group] if measured is None else measured
            arterial = round(max(0.0, arterial), 1)
            hidden = int(arterial < HYPOXEMIC <= seen[1])
            fixed = self._fixed(group) if fixed is None else fixed
            patient, stay = self._patient, self._stay
            yield (
                f"{patient.subject_id},{stay.stay_id},{moment(gas.taken)},{number(arterial)},"
                f"{seen[0] - gas.taken},{number(seen[1])},{hidden},{fixed},{self._then(gas)}"
            )

    def _fixed(self, group: str) -> str:
        """Columns from hadm_id to mortality_in: the same in every row of a stay."""
        patient, admission, stay = self._patient, self._admission, self._stay
        index = stay.weight / (patient.height_cm / 100) ** 2
        worst = [0] * 6
        for at in range(stay.start + HOUR, min(stay.end, stay.start + DAY) + 1, HOUR):
            for turn, scored in enumerate(self._organs.at(at)):
                if scored is not None:
                    worst[turn] = max(worst[turn], scored[1])
        age = patient.anchor_age + year_of(admission.admitted) - patient.anchor_year
        return (
            f"{admission.hadm_id},{patient.sex},{int(patient.sex == 'F')},{patient.anchor_age},"
            f"{field(patient.race)},{group},{patient.language},{admission.insurance},"
            f"{number(stay.weight)},{number(patient.height_cm)},{index:.1f},"
            f"{patient.anchor_year_group},{self._first},True,1,{moment(admission.admitted)},"
            f"{moment(admission.discharged)},{moment(stay.start)},{moment(stay.end)},"
            f"{admission.discharged // DAY - admission.admitted // DAY},"
            f"{(stay.end - stay.start) / DAY:.2f},"
            f"{charlson(admission.diagnoses, admission.version, age)},{sum(worst)},"
            f"{int(admission.died)}"
        )

    def _then(self, gas: Specimen) -> str:
        """Columns from delta_vent_start to heart_rhythm: what was known at the gas."""
        at, bedside = gas.taken, self._bedside
        status, since = _ventilation(self._stay, bedside, at)
        dialysed = max(
            (start for key, start, end in self._stay.procedures
             if key in ("crrt", "dialysis") and start <= at < end),
            default=None,
        )  # fmt: skip
        pressed, dose = self._organs.pressors(at)
        cells = [
            "" if since is None else str(since - at),
            status,
            str(int(status == "InvasiveVent")),
            *_pair(bedside.latest_sign("fio2", at), at),
            "" if dialysed is None else str(dialysed - at),
            str(int(dialysed is not None)),
            "" if pressed is None else str(pressed - at),
            "" if pressed is None else number(round(dose, 3)),
        ]
        for scored in self._organs.at(at):
            cells += _pair(scored, at)
        for key in _LABS:
            cells += _pair(bedside.latest_lab(key, at), at)
        cells += _pair(bedside.latest_sign("hr", at), at)
        cells += _pair(_later(bedside, ("map", "abp_mean"), at), at)
        cells += _pair(bedside.latest_sign("rr", at), at)
        warm = bedside.latest_sign("temp", at)
        cells += _pair(None if warm is None else (warm[0], round((warm[1] - 32) / 1.8, 1)), at)
        cells += _pair(bedside.latest_sign("glucose_poc", at), at)
        words = bedside.latest_words("rhythm", at)
        cells += ["", ""] if words is None else [str(words[0] - at), field(words[1].strip())]
        return ",".join(cells)


class Organs:
    """Components of the SOFA score of one stay (Vincent 1996), each from its latest values."""

    def __init__(self, bedside: Bedside, stay: IcuStay) -> None:
        """Bind the readings and the stay."""
        self._bedside = bedside
        self._stay = stay
        # Rate changes of one order are one infusion.
        begun: dict[int, int] = {}
        for part in stay.infusions:
            begun[part.order] = min(part.start, begun.get(part.order, part.start))
        self._pressors = [
            (part.start, part.end, _PRESSORS[part.key] * part.rate, begun[part.order])
            for part in stay.infusions
            if part.key in _PRESSORS and part.rate is not None
        ]
        self._dobutamine = [
            (part.start, part.end) for part in stay.infusions if part.key == "dobutamine"
        ]

    def at(self, moment: int) -> tuple[tuple[int, int] | None, ...]:
        """Time of the value and points: coagulation, liver, circulation, brain, kidney, lungs."""
        return (
            self._low("plt", moment, (20, 50, 100, 150)),
            self._high("tbili", moment, (12.0, 6.0, 2.0, 1.2)),
            self._circulation(moment),
            self._brain(moment),
            self._high("creat", moment, (5.0, 3.5, 2.0, 1.2)),
            self._lungs(moment),
        )

    def pressors(self, moment: int) -> tuple[int | None, float]:
        """Start of the running vasopressors, and the equivalent dose of norepinephrine."""
        running = [it for it in self._pressors if it[0] <= moment < it[1]]
        if not running:
            return None, 0.0
        return min(it[3] for it in running), sum(it[2] for it in running)

    def _low(self, key: str, moment: int, limits: tuple[float, ...]) -> tuple[int, int] | None:
        found = self._bedside.latest_lab(key, moment)
        return None if found is None else (found[0], sum(found[1] < limit for limit in limits))

    def _high(self, key: str, moment: int, limits: tuple[float, ...]) -> tuple[int, int] | None:
        found = self._bedside.latest_lab(key, moment)
        return None if found is None else (found[0], sum(found[1] >= limit for limit in limits))

    def _circulation(self, moment: int) -> tuple[int, int] | None:
        begun, dose = self.pressors(moment)
        if begun is not None:
            return begun, 4 if dose > 0.1 else 3
        for start, end in self._dobutamine:
            if start <= moment < end:
                return start, 2
        found = _later(self._bedside, ("map", "abp_mean"), moment)
        return None if found is None else (found[0], int(found[1] < 70))

    def _brain(self, moment: int) -> tuple[int, int] | None:
        parts = [
            self._bedside.latest_sign(key, moment) for key in ("gcs_eye", "gcs_verbal", "gcs_motor")
        ]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        total = sum(part[1] for part in known)
        return known[0][0], sum(total < limit for limit in (6, 10, 13, 15))

    def _lungs(self, moment: int) -> tuple[int, int] | None:
        """pO2 over FiO2; room air where no FiO2 is charted; 3 and 4 need a ventilator."""
        found = self._bedside.latest_lab("bg_po2", moment)
        if found is None:
            return None
        fio2 = self._bedside.latest_sign("fio2", found[0])
        ratio = found[1] / (21.0 if fio2 is None else fio2[1]) * 100
        status, _ = _ventilation(self._stay, self._bedside, found[0])
        points = sum(ratio < limit for limit in (100, 200, 300, 400))
        return found[0], points if status in ("InvasiveVent", "NonInvasiveVent") else min(2, points)


def _ventilation(stay: IcuStay, bedside: Bedside, at: int) -> tuple[str, int | None]:
    """Kind of respiratory support, as mimic-code names it, and the start of ventilation."""
    for name, kind in (("ventilation", "InvasiveVent"), ("niv", "NonInvasiveVent")):
        for key, start, end in stay.procedures:
            if key == name and start <= at < end:
                return kind, start
    device = bedside.latest_words("o2_device", at)
    if device is None or device[1] == "None":
        return "None", None
    return ("HFNC" if "igh flow" in device[1] else "SupplementalOxygen"), None


def _later(bedside: Bedside, keys: tuple[str, ...], at: int) -> Reading | None:
    """The latest of several charted items that mean the same."""
    found = [reading for key in keys if (reading := bedside.latest_sign(key, at)) is not None]
    return max(found, default=None)


def _pair(reading: tuple[int, float] | None, at: int) -> list[str]:
    """Minutes to the reading and its value, or two empty cells."""
    return ["", ""] if reading is None else [str(reading[0] - at), number(reading[1])]
