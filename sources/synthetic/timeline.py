"""The in-memory timeline of one patient: typed events, before any table is thought of.

Belongs here: the events. Does not belong here: how they are drawn (`course`, `icu_course`, `life`)
or written (`hosp`, `icu`, `ed`). A further module (notes, images, ECG) adds its events here and a
writer of its own.

Times are whole minutes since 2100-01-01 00:00.
"""

from __future__ import annotations

from dataclasses import dataclass, field

HOUR = 60
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Result:
    """One result: `text` as printed, `number` null when the analyser printed only a limit."""

    key: str
    text: str | None
    number: float | None
    abnormal: bool
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Specimen:
    """One tube or cup and what was measured in it; the key `specimen_type` is the kind of gas."""

    taken: int
    stored: int
    urgent: bool
    unlinked: bool
    """The laboratory system does not know the admission (drawn before it)."""
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Culture:
    """One culture; no organism means no growth."""

    specimen: str
    taken: int
    stored: int
    unlinked: bool
    organism: str | None
    resistant: tuple[tuple[str, bool], ...]
    """Antibiotic tested, and whether the organism is resistant."""


@dataclass(frozen=True, slots=True)
class Medication:
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


@dataclass(frozen=True, slots=True)
class Order:
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


@dataclass(frozen=True, slots=True)
class Infusion:
    """A period of constant rate, or a bolus (rate null), of a key of `icu_items.yml`."""

    key: str
    start: int
    end: int
    rate: float | None
    amount: float
    order: int
    """Number of the order within the stay; rate changes share it."""
    finished: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """One charted item: `number` null for text."""

    at: int
    key: str
    text: str
    number: float | None


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


@dataclass(frozen=True, slots=True)
class EdStay:
    """One visit to the emergency department."""

    stay_id: int
    start: int
    end: int
    transport: str
    disposition: str
    complaint: str
    acuity: int
    triage: Vitals
    vitals: tuple[Vitals, ...]
    home_drugs: tuple[str, ...]
    diagnoses: tuple[tuple[int, str], ...]
    """ICD version and code."""


@dataclass(frozen=True, slots=True)
class Admission:
    """One admission."""

    hadm_id: int
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


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient's life as the hospital saw it."""

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
    """Visits to the emergency department that ended at home."""
    clinic: tuple[tuple[int, float, int, int], ...] = field(default=())
    """Clinic visits: time, weight in kg, systolic and diastolic pressure."""
