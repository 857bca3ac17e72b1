"""What the generator can write: laboratory items, drugs, organisms, procedures, charted items.

Belongs here: typed access to `catalogue/*.yml`. Does not belong here: what a condition does with
them (`stories`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sources.synthetic.stories import read_yaml


@dataclass(frozen=True, slots=True)
class Analyte:
    """One numeric laboratory item."""

    key: str
    itemid: int
    label: str
    fluid: str
    category: str
    unit: str
    low: float | None
    high: float | None
    typical: float
    spread: float
    decimals: int


@dataclass(frozen=True, slots=True)
class Graded:
    """One laboratory item with text results, `grades[0]` being normal."""

    key: str
    itemid: int
    label: str
    fluid: str
    category: str
    unit: str
    grades: tuple[str, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Drug:
    """One drug as a hospital orders it."""

    key: str
    name: str
    route: str
    dose: str
    unit: str
    form: str
    strength: str
    formulary: str
    gsn: str
    every: int
    """Hours between doses; 0: once."""
    kind: str


@dataclass(frozen=True, slots=True)
class Comorbidity:
    """A chronic disease of the background."""

    key: str
    share: tuple[float, float]
    codes: dict[int, str]
    sex: str | None
    home: dict[str, float]
    labs: dict[str, float]
    vitals: dict[str, float]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything of `catalogue/`, by key."""

    analytes: dict[str, Analyte]
    graded: dict[str, Graded]
    panels: dict[str, tuple[str, ...]]
    later: tuple[dict[str, list[str]], ...]
    """Items by which panels grew over the years, one mapping of panel to items each time."""
    first_draw: dict[str, float]
    female: dict[str, tuple[float, float, float]]
    below: dict[str, tuple[float, str]]
    limits: dict[str, tuple[float, float]]
    specimen_type: tuple[int, str, str, str]
    drugs: dict[str, Drug]
    drugs_background: dict[str, float]
    ward: dict[str, tuple[float, float]]
    """Orders of every ward: share of admissions, share of possible doses that are given."""
    cabinet: dict[str, float]
    """Doses of every emergency department: share of visits."""
    continued: frozenset[str]
    home: dict[str, tuple[str, str, str, str]]
    second_class: dict[str, tuple[str, str]]
    """Home drugs that have two therapeutic classes: code and description of the second."""
    distractors: dict[str, float]
    specimens: dict[str, list[Any]]
    organisms: dict[str, list[Any]]
    antibiotics: dict[str, list[Any]]
    profiles: dict[str, dict[str, float]]
    cultures: dict[str, tuple[float, float, str]]
    surveillance: dict[str, tuple[float, float, float, str]]
    """Cultures of later days: share of days on a ward and in an ICU, share positive, profile."""
    clinic_cultures: dict[str, tuple[float, float, str]]
    procedures: dict[str, dict[str, Any]]
    icu: dict[str, dict[str, list[Any]]]
    comorbidities: dict[str, Comorbidity]
    background: dict[str, Any]
    diagnosis_titles: dict[tuple[int, str], str]
    procedure_titles: dict[tuple[int, str], str]


def _graded(key: str, row: list[Any]) -> Graded:
    itemid, label, fluid, category, unit, grades, shares = row
    return Graded(key, itemid, label, fluid, category, unit, tuple(grades), tuple(shares))


def _titles(codes: dict[int, dict[str, str]]) -> dict[tuple[int, str], str]:
    return {(version, code): title for version in (9, 10) for code, title in codes[version].items()}


@cache
def catalogue() -> Catalogue:
    """Load the catalogue once."""
    labs = read_yaml("catalogue", "labs")
    drugs = read_yaml("catalogue", "drugs")
    ward = read_yaml("catalogue", "ward")
    micro = read_yaml("catalogue", "microbiology")
    background = read_yaml("catalogue", "background")
    codes = read_yaml("catalogue", "codes")
    return Catalogue(
        analytes={key: Analyte(key, *row) for key, row in labs["numeric"].items()},
        graded={key: _graded(key, row) for key, row in labs["graded"].items()},
        panels={key: tuple(members) for key, members in labs["panels"].items()},
        later=tuple(labs["later"]),
        first_draw=labs["first_draw"],
        female={key: tuple(row) for key, row in labs["female"].items()},
        below={key: tuple(row) for key, row in labs["below"].items()},
        limits={key: tuple(row) for key, row in labs["limits"].items()},
        specimen_type=tuple(labs["specimen_type"]),
        drugs={
            key: Drug(key, *row)
            for key, row in (*ward["drugs"].items(), *drugs["hospital"].items())
        },
        drugs_background=drugs["background"],
        ward={key: tuple(row) for key, row in ward["orders"].items()},
        cabinet=ward["cabinet"],
        continued=frozenset(drugs["continued"]) | frozenset(ward["continued"]),
        home={key: tuple(row) for key, row in drugs["home"].items()},
        second_class={key: tuple(row) for key, row in drugs["second_class"].items()},
        distractors=drugs["distractors"],
        specimens=micro["specimens"],
        organisms=micro["organisms"],
        antibiotics=micro["antibiotics"],
        profiles=micro["profiles"],
        cultures={key: tuple(row) for key, row in micro["background"].items()},
        surveillance={key: tuple(row) for key, row in micro["surveillance"].items()},
        clinic_cultures={key: tuple(row) for key, row in micro["clinic"].items()},
        procedures=read_yaml("catalogue", "procedures"),
        icu=read_yaml("catalogue", "icu_items"),
        comorbidities={
            key: Comorbidity(
                key,
                tuple(row["share"]),
                row["codes"],
                row.get("sex"),
                row.get("home", {}),
                row.get("labs", {}),
                row.get("vitals", {}),
            )
            for key, row in background["comorbidities"].items()
        },
        background=background,
        diagnosis_titles=_titles(codes["diagnoses"]),
        procedure_titles=_titles(codes["procedures"]),
    )
