"""Visits to the emergency department that ended without an admission."""

from __future__ import annotations

from collections import Counter
from functools import cache

from sources.synthetic.life import Life
from sources.synthetic.timeline import DAY, EdStay, Patient

PATIENTS = 400


@cache
def _patients() -> tuple[Patient, ...]:
    return tuple(Life(5, number).patient() for number in range(1, PATIENTS + 1))


def _visits() -> list[EdStay]:
    return [visit for patient in _patients() for visit in patient.other_visits]


def test_nobody_visits_within_a_week_of_an_admission_or_after_death() -> None:
    for patient in _patients():
        for visit in patient.other_visits:
            for stay in patient.admissions:
                assert visit.end + 6 * DAY < stay.arrival or stay.discharged + 6 * DAY < visit.start
            assert patient.dod is None or visit.end < patient.dod


def test_about_one_visit_a_patient_most_of_which_end_at_home() -> None:
    visits = _visits()
    assert 0.6 < len(visits) / PATIENTS < 1.1
    ends = Counter(visit.disposition for visit in visits)
    assert ends["HOME"] > 0.75 * len(visits)
    assert {"TRANSFER", "LEFT WITHOUT BEING SEEN"} <= set(ends)
    assert "ADMITTED" not in ends


def test_ids_of_visits_are_nobody_elses() -> None:
    ids = [visit.stay_id for visit in _visits()]
    ids += [s.ed.stay_id for p in _patients() for s in p.admissions if s.ed is not None]
    assert len(ids) == len(set(ids))


def test_specimens_of_a_visit_lie_within_it_and_name_no_admission() -> None:
    specimens = [(visit, taken) for visit in _visits() for taken in visit.specimens]
    assert len(specimens) > PATIENTS / 4
    for visit, specimen in specimens:
        assert specimen.unlinked
        assert visit.start <= specimen.taken < visit.end


def test_who_is_not_seen_has_no_blood_drawn() -> None:
    unseen = [visit for visit in _visits() if visit.disposition == "LEFT WITHOUT BEING SEEN"]
    assert unseen
    assert not any(visit.specimens for visit in unseen)


def test_vital_signs_in_the_danger_zone_are_more_urgent() -> None:
    def mean_level(*, ill: bool) -> float:
        levels = [
            visit.acuity
            for patient in _patients()
            for visit in (
                *patient.other_visits,
                *(stay.ed for stay in patient.admissions if stay.ed is not None),
            )
            if visit.acuity is not None
            and visit.triage.sbp is not None
            and ill == (visit.triage.sbp < 90 or (visit.triage.hr or 0) > 125)
        ]
        assert len(levels) > 15
        return sum(levels) / len(levels)

    assert mean_level(ill=True) + 0.4 < mean_level(ill=False)
