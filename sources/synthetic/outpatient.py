"""What the laboratory does for the outpatient clinics: blood drawn and cultures taken at a visit.

Belongs here: which clinic visits have tests, and their results. Does not belong here: when the
visits are and what is measured there (`life`), rows (`hosp`).

In MIMIC-IV a quarter of the laboratory results and a third of the cultures name no admission; most
of them come from clinics, months away from any stay. They have a random stream of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

from sources.synthetic.body import Body
from sources.synthetic.catalogue import catalogue
from sources.synthetic.course import Course, Frame
from sources.synthetic.culture_course import incubation, susceptibility
from sources.synthetic.draws import Draws
from sources.synthetic.ids import LABS
from sources.synthetic.person import Person, laboratory_of
from sources.synthetic.stories import EARLIER, load_stories
from sources.synthetic.timeline import DAY, Admission, Culture, EdStay, Specimen

_APART = 3 * DAY
"""A clinic visit so near to a stay or an emergency is left without tests."""
_WITH_BLOOD = 0.34
_PANELS = {
    "cbc": 0.82, "diff": 0.3, "bmp": 0.88, "camgphos": 0.24, "lft": 0.5, "coag": 0.12,
    "lipid": 0.3, "a1c": 0.24, "tsh": 0.2, "ua": 0.2, "iron": 0.06, "vitd": 0.06, "uric": 0.03,
    "pth": 0.03, "crp": 0.03, "esr": 0.04,
}  # fmt: skip
"""Shares of panels among the clinic visits with blood tests."""
_MOST_CULTURES = 20


def clinic_tests(
    seed: int,
    person: Person,
    clinic: Sequence[tuple[int, float, int, int]],
    admissions: Sequence[Admission],
    visits: Sequence[EdStay],
) -> tuple[tuple[Specimen, ...], tuple[Culture, ...]]:
    """Specimens and cultures of a patient's clinic visits, by time.

    Args:
        seed: Seed of the release.
        person: Whose visits they are; missing baselines are drawn and kept.
        clinic: The visits, as `Patient.clinic` has them.
        admissions: All stays: no test lies near one, and ids are left for their results.
        visits: Visits to the emergency department without an admission, likewise.
    """
    draws = Draws(seed, person.number, "clinic")
    story = load_stories()[EARLIER]["back_pain"]  # a complaint that changes no value
    body = Body(draws, story, person.sex, person.comorbid, atypical=True, baseline=person.baseline)
    taken = [(stay.arrival, stay.discharged) for stay in admissions]
    taken += [(visit.start, visit.end) for visit in visits]
    known = [specimen for stay in admissions for specimen in stay.specimens]
    known += [specimen for visit in visits for specimen in visit.specimens]
    left = LABS - sum(len(specimen.results) for specimen in known)
    version = 10 if person.group > 1 else 9
    specimens: list[Specimen] = []
    cultures: list[Culture] = []
    for at, _, _, _ in sorted(clinic):
        if any(start - _APART <= at <= end + _APART for start, end in taken):
            continue
        frame = Frame(at, at + DAY, at + DAY, at, laboratory_of(person.group, version))
        if draws.chance(_WITH_BLOOD):
            panels = [panel for panel, share in _PANELS.items() if draws.chance(share)]
            drawn = Course(draws, story, body, frame).tubes(
                panels, at + draws.whole(5, 60), urgent=False
            )
            left -= sum(len(specimen.results) for specimen in drawn)
            if left < 0:
                break
            specimens += drawn
        if len(cultures) < _MOST_CULTURES:
            cultures += _cultures(draws, at)
    return tuple(specimens), tuple(sorted(cultures, key=lambda culture: culture.taken))


def _cultures(draws: Draws, at: int) -> list[Culture]:
    """The cultures of one visit."""
    known = catalogue()
    cultures = []
    for specimen, (share, positive, profile) in known.clinic_cultures.items():
        if not draws.chance(share):
            continue
        organism = draws.weighted(known.profiles[profile])
        found = draws.chance(positive)
        taken = at + draws.whole(5, 90)
        cultures.append(
            Culture(
                specimen,
                taken,
                taken + incubation(draws, specimen, found=found),
                True,
                organism if found else None,
                susceptibility(draws, organism) if found else (),
            )
        )
    return cultures
