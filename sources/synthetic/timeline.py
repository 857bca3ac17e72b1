"""The in-memory timeline of one patient: typed events, before any table is thought of.

Belongs here: the events. Does not belong here: how they are drawn (`course`, `icu_course`, `life`,
`imaging`, `ecg`, `notes`) or written (one writer a module). A further module adds its events here.
Events that come by the thousand are named tuples, which are made in half the time.

Times are whole minutes since 2100-01-01 00:00.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

HOUR = 60
DAY = 24 * HOUR


class Result(NamedTuple):
    """One result: `text` as printed, `number` null when the analyser printed only a limit."""

    key: str
    text: str | None
    number: float | None
    abnormal: bool
    comment: str | None = None


class Specimen(NamedTuple):
    """One tube or cup and what was measured in it; the key `specimen_type` is the kind of gas."""

    taken: int
    stored: int
    urgent: bool
    unlinked: bool
    """The laboratory system does not know the admission (drawn before it)."""
    results: tuple[Result, ...]


class Culture(NamedTuple):
    """One culture; no organism means no growth."""

    specimen: str
    taken: int
    stored: int
    unlinked: bool
    organism: str | None
    resistant: tuple[tuple[str, bool], ...]
    """Antibiotic tested, and whether the organism is resistant."""


class Medication(NamedTuple):
    """One drug order with its doses."""

    drug: str
    ordered: int
    start: int
    stop: int
    in_ed: int | None
    """Time of the dose from the emergency department's cabinet, if any."""
    doses: tuple[tuple[int, bool], ...]
    """Time and whether it was given; empty when all was given in the department."""


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure of the catalogue."""

    key: str
    at: int


class Order(NamedTuple):
    """One order that is not a drug; `detail` is a field name and value."""

    at: int
    kind: str
    subtype: str
    detail: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Vitals:
    """Vital signs at one time; temperature in degrees Fahrenheit, as charted."""

    at: int
    hr: int | None
    sbp: int | None
    dbp: int | None
    rr: int | None
    spo2: int | None
    temp: float | None
    pain: str
    rhythm: str


class Infusion(NamedTuple):
    """A period of constant rate, or a bolus (rate null), of a key of `icu_items.yml`."""

    key: str
    start: int
    end: int
    rate: float | None
    amount: float
    order: int
    """Number of the order within the stay; rate changes share it."""
    finished: bool


class Chart(NamedTuple):
    """One charted item: `number` null for text."""

    at: int
    key: str
    text: str
    number: float | None


class Round(NamedTuple):
    """What a nurse charts in one go; rounds of a stay share their entries, which seldom change."""

    at: int
    entries: tuple[tuple[str, str, float | None], ...]
    """Key of `charting.yml`, text, number (null for plain text)."""


@dataclass(frozen=True, slots=True)
class IcuStay:
    """One stay in intensive care."""

    stay_id: int
    unit: str
    start: int
    end: int
    weight: float
    charts: tuple[Chart, ...]
    outputs: tuple[tuple[int, str, int], ...]
    """Time, key, millilitres."""
    infusions: tuple[Infusion, ...]
    procedures: tuple[tuple[str, int, int], ...]
    """Key of the procedure, start, end."""
    lines: tuple[tuple[str, int, int], ...]
    caregivers: tuple[int, ...]
    rounds: tuple[Round, ...] = ()
    """Routine nursing charts, by time; `charts` holds what the illness decides."""

    @property
    def arterial_line(self) -> tuple[int, int] | None:
        """When an arterial line lay, if one did."""
        return next(((low, high) for key, low, high in self.lines if key == "arterial"), None)


@dataclass(frozen=True, slots=True)
class EdStay:
    """One visit to the emergency department."""

    stay_id: int
    start: int
    end: int
    transport: str
    disposition: str
    complaint: str
    acuity: int | None
    """None where triage wrote none."""
    triage: Vitals
    vitals: tuple[Vitals, ...]
    home_drugs: tuple[str, ...]
    diagnoses: tuple[tuple[int, str], ...]
    """ICD version and code."""
    specimens: tuple[Specimen, ...] = ()
    """Of a visit without admission; those of an admission are its own."""
    doses: tuple[tuple[int, str], ...] = ()
    """Time and drug of what was taken from the cabinet in a visit without admission."""


@dataclass(frozen=True, slots=True)
class View:
    """One exposure of a chest film."""

    dicom_id: str
    position: str
    """`PA`, `AP` or `LATERAL`."""
    rows: int
    columns: int
    at: int


@dataclass(frozen=True, slots=True)
class Sign:
    """One finding that the pixels of a film carry."""

    key: str
    """Such as `effusion`, `pneumothorax`, `cardiomegaly`, `edema`, `consolidation`."""
    side: str
    """`left` and `right` are the patient's; `both`, or empty where a side means nothing."""
    size: float
    """0 (barely there) to 1 (as large as it can be)."""


@dataclass(frozen=True, slots=True)
class Film:
    """One chest film study of MIMIC-CXR."""

    study_id: int
    views: tuple[View, ...]
    signs: tuple[Sign, ...]
    chexpert: tuple[float | None, ...]
    """The 14 labels in the order of the file: 1 present, 0 absent, -1 uncertain, None blank."""
    negbio: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class ImagingStudy:
    """One imaging study with its report."""

    exam: str
    """Key of the examination in the imaging catalogue."""
    admission: int
    """hadm_id of the admission that it belongs to."""
    unlinked: bool
    """The report does not name the admission."""
    at: int
    stored: int
    sections: tuple[tuple[str, str], ...]
    """Header (`EXAMINATION`, `INDICATION`, `FINDINGS`, `IMPRESSION`, ...) and text."""
    film: Film | None


@dataclass(frozen=True, slots=True)
class Ecg:
    """One 12-lead electrocardiogram as the machine read it."""

    study_id: int
    admission: int
    at: int
    statements: tuple[str, ...]
    """At most 18, as printed by the machine."""
    rhythm: str
    """Key of the rhythm, from which the waveform is drawn."""
    rate: float
    """Beats per minute."""
    pr: float | None
    """Milliseconds; None where there is no P wave."""
    qrs: float
    qt: float
    axes: tuple[int | None, int, int]
    """P, QRS and T axis in degrees."""
    st: tuple[float, ...]
    """ST level in mV of the leads I II III aVR aVL aVF V1 to V6."""


@dataclass(frozen=True, slots=True)
class Echo:
    """One echocardiogram: that it was done, and when."""

    study_id: int
    admission: int
    at: int
    clips: int


@dataclass(frozen=True, slots=True)
class Admission:
    """One admission."""

    hadm_id: int
    category: str
    """Category of the story that it was told from; `earlier` for those before."""
    condition: str
    version: int
    arrival: int
    admitted: int
    discharged: int
    died: bool
    admission_type: str
    admission_location: str
    discharge_location: str | None
    insurance: str
    marital: str
    service: str
    unit: str
    provider: str
    has_emar: bool
    ed: EdStay | None
    icu: IcuStay | None
    diagnoses: tuple[str, ...]
    specimens: tuple[Specimen, ...]
    cultures: tuple[Culture, ...]
    medications: tuple[Medication, ...]
    procedures: tuple[Procedure, ...]
    orders: tuple[Order, ...]
    drg: tuple[str, str, str, str]
    severity: int
    weight_kg: float
    illness: float
    """How far the illness has gone; 1 is the story's typical patient."""
    atypical: bool
    leaks: bool
    """The presentation names the diagnosis on purpose, so that leak detection can be measured."""


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient's life as the hospital saw it."""

    seed: int
    """Seed of the release."""
    number: int
    subject_id: int
    sex: str
    anchor_age: int
    anchor_year: int
    anchor_year_group: str
    dod: int | None
    race: str
    language: str
    height_cm: float
    admissions: tuple[Admission, ...]
    other_visits: tuple[EdStay, ...] = ()
    """Visits to the emergency department without an admission."""
    clinic: tuple[tuple[int, float, int, int], ...] = field(default=())
    """Clinic visits: time, weight in kg, systolic and diastolic pressure."""
    comorbid: tuple[str, ...] = ()
    """Keys of the chronic diseases of `background.yml`."""
    clinic_specimens: tuple[Specimen, ...] = ()
    """Blood and urine of the clinic visits, by time; they belong to no admission."""
    clinic_cultures: tuple[Culture, ...] = ()
    studies: tuple[ImagingStudy, ...] = ()
    """By time; drawn by `imaging` where a module asks for it, as all that follows."""
    ecgs: tuple[Ecg, ...] = ()
    echoes: tuple[Echo, ...] = ()
