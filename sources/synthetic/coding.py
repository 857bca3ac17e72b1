"""What coders add to a stay beside the story: histories, states, circumstances, small procedures.

Belongs here: ICD codes that are billed for anybody (`catalogue/coding.yml`), drawn from age, sex,
chronic disease, home drugs, laboratory results and whether there was intensive care. Does not
belong here: the codes of a story, its complications and the chronic diseases (`life`).

Nothing here looks at the condition. The codes have a random stream of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sources.synthetic.body import ranges
from sources.synthetic.calendar import year_of
from sources.synthetic.catalogue import catalogue
from sources.synthetic.draws import Draws
from sources.synthetic.stories import read_yaml
from sources.synthetic.timeline import HOUR, Admission, Patient

MOST_DIAGNOSES = 39
"""Most diagnosis codes of an admission in MIMIC-IV."""
_NOTED = 0.85
"""Share of the admissions in which a standing fact is written down."""
_WEIGHED = 0.6
"""Share of the obese whose body mass index is coded."""
_OBESE = {9: "27800", 10: "E669"}


class Coded(NamedTuple):
    """What is coded for one admission beyond what its story has."""

    diagnoses: tuple[str, ...]
    """Codes of the admission's ICD version; they come after those of the story."""
    procedures: tuple[tuple[int, str], ...]
    """Time and code, by time."""


@dataclass(frozen=True, slots=True)
class Habit:
    """One code that is added to a share of admissions; the fields are those of `coding.yml`."""

    key: str
    codes: Mapping[int, str]
    share: tuple[float, float]
    """At 30 and at 80 years."""
    icu: float | None
    died: float | None
    sex: str | None
    needs: tuple[str, ...]
    takes: tuple[str, ...]
    result: tuple[str, bool] | None
    """Laboratory item, and whether it was high (or else low)."""
    hours: tuple[float, float]

    def likely(self, age: int, *, in_icu: bool, died: bool) -> float:
        """Share of the admissions of this age that have the code."""
        if died and self.died is not None:
            return self.died
        if in_icu and self.icu is not None:
            return self.icu
        young, old = self.share
        return young + (old - young) * max(0.0, min(1.0, (age - 30) / 50))


def _habit(key: str, row: Mapping[str, Any]) -> Habit:
    result = next(iter(row.get("result", {}).items()), None)
    return Habit(
        key,
        row["codes"],
        tuple(row["share"]),
        row.get("icu"),
        row.get("died"),
        row.get("sex"),
        tuple(row.get("needs", ())),
        tuple(row.get("takes", ())),
        None if result is None else (result[0], result[1] == "high"),
        tuple(row.get("hours", (0, 0))),
    )


@cache
def _read() -> dict[str, Any]:
    return read_yaml("catalogue", "coding")


@cache
def habits(part: str) -> tuple[Habit, ...]:
    """The rows of one part of `coding.yml`: `standing`, `passing` or `procedures`."""
    return tuple(_habit(key, row) for key, row in _read()[part].items())


@cache
def body_mass() -> tuple[tuple[int, Mapping[int, str]], ...]:
    """Lower bounds of the body mass index in kg/m2 and their codes, from the highest down."""
    classes = _read()["body_mass"]
    return tuple((least, classes[least]["codes"]) for least in sorted(classes, reverse=True))


@cache
def _looked_at() -> Mapping[str, float]:
    """Laboratory items that habits ask for, and the middle of their range."""
    middles = {}
    for habit in (*habits("standing"), *habits("passing")):
        if habit.result is not None:
            low, high = ranges(catalogue().analytes[habit.result[0]], "M")
            middles[habit.result[0]] = ((low or 0.0) + (high or 0.0)) / 2
    return middles


def coded_of(patient: Patient) -> tuple[Coded, ...]:
    """What is coded beside the stories of a patient's admissions, in their order."""
    draws = Draws(patient.seed, patient.number, "coding")
    home = next((stay.ed.home_drugs for stay in patient.admissions if stay.ed is not None), ())
    standing = [
        habit
        for habit in _drawn(draws, "standing", patient.anchor_age, in_icu=False, died=False)
        if _fits(habit, patient, home)
    ]
    return tuple(
        Coded(
            _diagnoses(draws, patient, admission, standing, home),
            _procedures(draws, patient, admission, home),
        )
        for admission in patient.admissions
    )


@cache
def _shares(part: str, age: int, in_icu: bool, died: bool) -> tuple[tuple[float, Habit], ...]:
    return tuple((habit.likely(age, in_icu=in_icu, died=died), habit) for habit in habits(part))


def _drawn(draws: Draws, part: str, age: int, *, in_icu: bool, died: bool) -> list[Habit]:
    """Which habits of a part fall upon an admission, before anybody looks whether they fit."""
    chance = draws.chance
    return [habit for share, habit in _shares(part, age, in_icu, died) if chance(share)]


def _fits(habit: Habit, patient: Patient, home: tuple[str, ...]) -> bool:
    """Whether the code can be the patient's at all."""
    return (
        habit.sex in (None, patient.sex)
        and (not habit.needs or any(key in patient.comorbid for key in habit.needs))
        and (not habit.takes or any(key in home for key in habit.takes))
    )


def _age(patient: Patient, admission: Admission) -> int:
    return patient.anchor_age + year_of(admission.admitted) - patient.anchor_year


def _diagnoses(
    draws: Draws,
    patient: Patient,
    admission: Admission,
    standing: list[Habit],
    home: tuple[str, ...],
) -> tuple[str, ...]:
    version, age, in_icu = admission.version, _age(patient, admission), admission.icu is not None
    found = _results(admission)
    codes = [
        habit.codes[version]
        for habit in _drawn(draws, "passing", age, in_icu=in_icu, died=admission.died)
        if _fits(habit, patient, home) and (habit.result is None or habit.result in found)
    ]
    if _OBESE[version] in admission.diagnoses and draws.chance(_WEIGHED):
        index = admission.weight_kg / (patient.height_cm / 100) ** 2
        codes += [known[version] for least, known in body_mass() if index >= least][:1]
    codes += [habit.codes[version] for habit in standing if draws.chance(_NOTED)]
    billed = admission.diagnoses
    added = [code for code in dict.fromkeys(codes) if code not in billed]
    return tuple(added[: MOST_DIAGNOSES - len(billed)])


def _procedures(
    draws: Draws, patient: Patient, admission: Admission, home: tuple[str, ...]
) -> tuple[tuple[int, str], ...]:
    age, icu = _age(patient, admission), admission.icu
    start = admission.admitted if icu is None else icu.start
    done = []
    for habit in _drawn(draws, "procedures", age, in_icu=icu is not None, died=False):
        at = start + int(HOUR * draws.between(*habit.hours))
        if at < admission.discharged and _fits(habit, patient, home):
            done.append((at, habit.codes[admission.version]))
    return tuple(sorted(done))


def _results(admission: Admission) -> frozenset[tuple[str, bool]]:
    """Which of the values that habits ask for were abnormal, and whether they were high."""
    middles = _looked_at()
    abnormal = [one for tube in admission.specimens for one in tube.results if one.abnormal]
    return frozenset(
        (one.key, one.number > middles[one.key])
        for one in abnormal
        if one.key in middles and one.number is not None
    )
