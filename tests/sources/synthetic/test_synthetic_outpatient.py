"""Clinic tests lie apart from every stay, and cultures of later days come after the decision."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from sources.synthetic.body import Body
from sources.synthetic.catalogue import catalogue
from sources.synthetic.course import Course, Frame, panels_of
from sources.synthetic.culture_course import CultureCourse
from sources.synthetic.draws import Draws
from sources.synthetic.ids import LABS, MICRO
from sources.synthetic.life import Life
from sources.synthetic.outpatient import clinic_tests
from sources.synthetic.person import draw_person, laboratory_of
from sources.synthetic.stories import EARLIER, Story, load_stories
from sources.synthetic.timeline import DAY, HOUR, Culture, Patient

ARRIVAL = 1_000_000
LONG = Frame(ARRIVAL, ARRIVAL + 300, ARRIVAL + 40 * DAY, ARRIVAL + 360)


@cache
def patients() -> tuple[Patient, ...]:
    return tuple(Life(13, number).patient() for number in range(1, 261))


def dehydrated() -> Story:
    return load_stories()[EARLIER]["dehydration"]


def taken(seed: int, icu: tuple[int, int] | None, frame: Frame = LONG) -> tuple[Culture, ...]:
    return CultureCourse(Draws(seed, 1), dehydrated(), frame).cultures(icu)


def test_clinic_tests_lie_apart_from_stays_and_emergencies() -> None:
    seen = 0
    for patient in patients():
        spans = [(stay.arrival, stay.discharged) for stay in patient.admissions]
        spans += [(visit.start, visit.end) for visit in patient.other_visits]
        times = [specimen.taken for specimen in patient.clinic_specimens]
        times += [culture.taken for culture in patient.clinic_cultures]
        assert all(min(abs(visit[0] - at) for visit in patient.clinic) < DAY for at in times)
        assert not any(low - 2 * DAY < at < high + 2 * DAY for at in times for low, high in spans)
        seen += len(times)
    assert seen > 300


def test_clinic_tests_name_no_admission() -> None:
    cultures = [culture for patient in patients() for culture in patient.clinic_cultures]
    assert len(cultures) > 60
    assert all(culture.unlinked for culture in cultures)
    assert any(culture.resistant for culture in cultures)


def test_a_patient_with_no_ids_left_has_no_clinic_bloods() -> None:
    patient = max(patients(), key=lambda one: len(one.clinic_specimens))
    person = draw_person(Draws(1, 1), 1, dehydrated(), "F", 60, 10)
    stay = patient.admissions[-1]
    specimen = max(stay.specimens, key=lambda one: len(one.results))
    for copies, expected in ((1, True), (LABS // len(specimen.results), False)):
        crowded = (replace(stay, specimens=(specimen,) * copies),)
        bloods, _ = clinic_tests(13, person, patient.clinic, crowded, ())
        assert bool(bloods) is expected


def test_surveillance_begins_after_the_first_day() -> None:
    plain = {key for key in catalogue().surveillance if key not in catalogue().cultures}
    late = 0
    for seed in range(60):
        for culture in taken(seed, None):
            if culture.specimen in plain:
                assert culture.taken >= ARRIVAL + 30 * HOUR
                late += 1
    assert late > 10


def test_blood_of_surveillance_grows_nothing() -> None:
    first = ARRIVAL + 5 * DAY
    late = [
        culture
        for seed in range(60)
        for culture in taken(seed, (ARRIVAL, ARRIVAL + 30 * DAY))
        if culture.specimen == "blood" and culture.taken > first
    ]
    assert len(late) > 200
    assert {culture.organism for culture in late} <= {None, "cancelled"}


def test_intensive_care_takes_more_cultures() -> None:
    ward = sum(len(taken(seed, None)) for seed in range(40))
    unit = sum(len(taken(seed, (ARRIVAL, ARRIVAL + 40 * DAY))) for seed in range(40))
    assert unit > 1.5 * ward


def test_a_long_stay_leaves_ids_for_the_others() -> None:
    endless = Frame(ARRIVAL, ARRIVAL + 300, ARRIVAL + 200 * DAY, ARRIVAL + 360)
    rows = [
        sum(
            max(1, len(culture.resistant))
            for culture in taken(seed, (ARRIVAL, ARRIVAL + 190 * DAY), endless)
        )
        for seed in range(5)
    ]
    assert all(60 < count <= MICRO // 4 for count in rows)


@pytest.mark.parametrize(
    ("group", "version", "expected"), [(0, 9, 0), (2, 9, 0), (2, 10, 1), (3, 10, 2), (4, 10, 2)]
)
def test_panels_grow_with_the_years(group: int, version: int, expected: int) -> None:
    assert laboratory_of(group, version) == expected


def test_the_width_of_red_cells_agrees_in_percent_and_in_femtolitres() -> None:
    assert "rdw_sd" not in panels_of(0)["cbc"]
    assert "hemolysis" not in panels_of(1)["bmp"]
    assert panels_of(2)["bmp"][-3:] == ("hemolysis", "icterus", "lipemia")
    body = Body(Draws(3, 1), dehydrated(), "F", [], atypical=False, baseline={})
    frame = Frame(ARRIVAL, ARRIVAL + 300, ARRIVAL + 4 * DAY, ARRIVAL + 360, 1)
    (tube,) = Course(Draws(3, 2), dehydrated(), body, frame).tubes(["cbc"], ARRIVAL, urgent=True)
    values = {result.key: result.number for result in tube.results}
    rdw, mcv, width = values["rdw"], values["mcv"], values["rdw_sd"]
    assert rdw
    assert mcv
    assert width == pytest.approx(0.03588 * rdw * mcv, rel=0.01)
