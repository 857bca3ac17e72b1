"""Patients whose admissions can be told anew, and a small reader of WFDB records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

import pytest

from sources.synthetic.life import Life
from sources.synthetic.timeline import Admission, Patient

SEED = 17


class Lines(list[str]):
    """A sheet that keeps its lines."""

    def add(self, line: str) -> None:
        self.append(line)


class Kept(dict[str, bytes]):
    """Files that are kept in memory."""

    def add(self, path: str, data: bytes) -> None:
        self[path] = data

    def zipped(self, archive: str, name: str, text: str) -> None:
        raise AssertionError("module ecg writes no archive")


@pytest.fixture
def book() -> dict[str, Lines]:
    return defaultdict(Lines)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture(scope="session")
def patients() -> tuple[Patient, ...]:
    return tuple(Life(SEED, number).patient() for number in range(1, 161))


@pytest.fixture(scope="session")
def seen(patients: tuple[Patient, ...]) -> tuple[Patient, ...]:
    """Patients who came through the emergency department for their last admission."""
    return tuple(patient for patient in patients if patient.admissions[-1].ed is not None)


@pytest.fixture(scope="session")
def told() -> Callable[..., Patient]:
    """A patient with one admission only, its facts replaced, healthy but for them."""

    def tell(patient: Patient, **facts: object) -> Patient:
        last: Admission = replace(
            patient.admissions[-1],
            **{"illness": 1.0, "atypical": False, "procedures": (), **facts},  # type: ignore[arg-type]
        )
        return replace(patient, admissions=(last,), comorbid=(), anchor_age=45)

    return tell
