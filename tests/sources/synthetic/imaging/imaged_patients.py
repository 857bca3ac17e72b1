"""Patients for the imaging tests: any condition, told of a few drawn lives."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from sources.synthetic.imaging import studies_of
from sources.synthetic.life import Life
from sources.synthetic.timeline import Admission, ImagingStudy, Patient, Procedure

SEED = 5
LIVES = 14
_SEEDS = Path(__file__).resolve().parents[4] / "dbt_project" / "seeds"


@cache
def conditions() -> dict[str, str]:
    """Condition to the slug of its category."""
    with (_SEEDS / "conditions.csv").open(newline="", encoding="utf-8") as stream:
        return {
            row["condition_id"]: row["category"].replace("/", "_").replace(" ", "_")
            for row in csv.DictReader(stream)
        }


@cache
def _lives() -> tuple[Patient, ...]:
    return tuple(Life(SEED, number).patient() for number in range(1, LIVES + 1))


def with_condition(condition: str, procedures: Iterable[Procedure] | None = None) -> list[Patient]:
    """The drawn patients, each last admitted with this condition."""
    told = []
    for patient in _lives():
        index = replace(
            patient.admissions[-1], condition=condition, category=conditions()[condition]
        )
        if procedures is not None:
            index = replace(
                index,
                icu=None,
                discharged=index.arrival + 6 * 1440,
                procedures=tuple(Procedure(it.key, index.arrival + it.at) for it in procedures),
            )
        told.append(replace(patient, admissions=(*patient.admissions[:-1], index)))
    return told


@cache
def imaged(condition: str) -> tuple[Patient, ...]:
    """The same with their studies."""
    return tuple(
        replace(patient, studies=studies_of(patient, SEED)) for patient in with_condition(condition)
    )


def index_studies(condition: str) -> Iterator[tuple[Patient, Admission, list[ImagingStudy]]]:
    """Patient, last admission and its studies."""
    for patient in imaged(condition):
        index = patient.admissions[-1]
        yield patient, index, [it for it in patient.studies if it.admission == index.hadm_id]


def section(study: ImagingStudy, header: str) -> str:
    """The text of a section, or nothing."""
    return next((text for name, text in study.sections if name == header), "")
