"""Visits to the emergency department that ended without an admission.

Belongs here: who comes when, with what, and how the visit ends. Does not belong here: visits that
led to an admission (`life`), vital signs (`bedside`), the body (`body`).

Of the visits of MIMIC-IV-ED about half have no admission. Here they are told from the stories of
illnesses with which people are often sent home, in a mild form, from the chronic complaints that
also lead to earlier admissions, and of small troubles that are no story. They have a random stream
of their own: no draw of an admission depends on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sources.synthetic.bedside import read_vitals, triage_level
from sources.synthetic.body import Body
from sources.synthetic.catalogue import catalogue
from sources.synthetic.course import Course, Frame
from sources.synthetic.draws import Draws
from sources.synthetic.ids import ed_stay_id
from sources.synthetic.person import Person, laboratory_of
from sources.synthetic.stories import EARLIER, Story, load_stories
from sources.synthetic.timeline import DAY, HOUR, EdStay, Specimen, Vitals

_HOW_OFTEN = (0.44, 0.3, 0.17, 0.09)
"""Shares of patients with 0, 1, 2 and 3 such visits; about one a patient, as in MIMIC-IV-ED."""
_FIRST_ORDER = 4
"""Visits 0 to 3 of a patient belong to admissions (`frame.MOST_ADMISSIONS`)."""
_ENDS: Mapping[str, float] = {
    "HOME": 0.855,
    "TRANSFER": 0.04,
    "LEFT WITHOUT BEING SEEN": 0.045,
    "LEFT AGAINST MEDICAL ADVICE": 0.022,
    "ELOPED": 0.018,
    "OTHER": 0.016,
    "EXPIRED": 0.004,
}
"""Shares of dispositions, as far as the open demo of MIMIC-IV-ED tells (60 visits)."""
_SENT_HOME: Mapping[tuple[str, str], float] = {
    ("emergency_medicine", "chest_pain_nonspecific"): 10,
    ("emergency_medicine", "syncope"): 6,
    ("emergency_medicine", "alcohol_withdrawal"): 2,
    ("emergency_medicine", "anaphylaxis"): 3,
    ("emergency_medicine", "opioid_overdose"): 2,
    ("cardiology", "atrial_fibrillation"): 3,
    ("cardiology", "acute_pericarditis"): 1,
    ("pulmonology", "asthma_exacerbation"): 5,
    ("pulmonology", "copd_exacerbation"): 3,
    ("infectious_disease", "cellulitis"): 6,
    ("infectious_disease", "influenza"): 4,
    ("infectious_disease", "cap"): 3,
    ("infectious_disease", "pyelonephritis"): 4,
    ("nephrology", "nephrolithiasis"): 7,
    ("neurology", "seizure"): 4,
    ("neurology", "tia"): 2,
    ("endocrinology", "hypoglycemia"): 2,
    ("hematology_oncology", "dvt"): 2,
    ("hematology_oncology", "sickle_cell_crisis"): 2,
    ("hematology_oncology", "symptomatic_anemia"): 2,
    ("gastroenterology", "lower_gi_bleed"): 2,
    ("gastroenterology", "ibd_flare"): 1,
    ("general_surgery_trauma", "rib_fractures_chest_trauma"): 3,
    ("general_surgery_trauma", "diverticulitis"): 2,
}
"""Stories of a category that are sent home, with their weights."""
_CHRONIC = 14.0
"""Weight of all stories of earlier admissions together."""
_SMALL: tuple[tuple[str, str, str], ...] = (
    ("Back pain", "7242", "M545"),
    ("Ankle injury", "84500", "S93401A"),
    ("Laceration", "8830", "S61219A"),
    ("Headache", "7840", "R51"),
    ("Rash", "7821", "R21"),
    ("Abd pain", "78900", "R109"),
    ("Dental pain", "5259", "K0889"),
    ("Wound eval", "V5831", "Z4801"),
    ("Med refill", "V681", "Z760"),
    ("Sore throat", "462", "J029"),
)
"""Small troubles: complaint, ICD-9 code, ICD-10 code."""
_SMALL_WEIGHT = 22.0
_WITH_LABS = 0.62
_RARELY_WITH_LABS = 0.15


def visits_without_admission(
    seed: int, person: Person, times: Iterable[tuple[int, int]], dod: int | None
) -> tuple[EdStay, ...]:
    """The visits of one patient, by time.

    Args:
        seed: Seed of the release.
        person: Who comes.
        times: Arrival and discharge of every admission; visits keep a week's distance.
        dod: Time of death, if it is known.
    """
    draws = Draws(seed, person.number, "visits")
    stays = sorted(times)
    number = draws.grade(_HOW_OFTEN)
    taken: list[tuple[int, int]] = [(start - 7 * DAY, end + 7 * DAY) for start, end in stays]
    visits = []
    for order in range(_FIRST_ORDER, _FIRST_ORDER + number):
        day = stays[0][0] // DAY + draws.whole(-700, (stays[-1][1] - stays[0][0]) // DAY + 250)
        at = day * DAY + (draws.whole(480, 1400) if draws.chance(0.78) else draws.whole(0, 479))
        if at < DAY or any(start <= at <= end for start, end in taken):
            continue
        if dod is not None and at + 2 * DAY > dod:
            continue
        taken.append((at - 7 * DAY, at + 7 * DAY))
        visits.append(_visit(draws, person, order, at))
    return tuple(sorted(visits, key=lambda visit: visit.start))


def _visit(draws: Draws, person: Person, order: int, at: int) -> EdStay:
    version = 10 if person.group > 1 else 9
    is_small = draws.chance(_SMALL_WEIGHT / (_SMALL_WEIGHT + _CHRONIC + sum(_SENT_HOME.values())))
    story = _story(draws, person, is_small=is_small)
    if is_small:
        complaint, nine, ten = draws.one(_SMALL)
        codes = [nine if version == 9 else ten]
    else:
        complaint = draws.one(story.vague or story.complaints)
        if draws.chance(0.6):
            complaint = draws.one(story.complaints)
        codes = [draws.one(story.codes[version])]
    body = Body(draws, story, person.sex, person.comorbid, atypical=True, baseline=person.baseline)
    end = draws.weighted(_ENDS)
    hours = 0.6 if end == "LEFT WITHOUT BEING SEEN" else draws.between(2.2, 9.0)
    if not is_small:
        hours *= 1.25
    left = at + int(HOUR * hours * draws.times(0.25))
    triage = read_vitals(draws, body, story, at, 0.0)
    vitals: list[Vitals] = []
    when = at + draws.whole(30, 110)
    while when < left and len(vitals) < 4:
        vitals.append(read_vitals(draws, body, story, when, (when - at) / HOUR))
        when += draws.whole(80, 200)
    specimens: tuple[Specimen, ...] = ()
    if end != "LEFT WITHOUT BEING SEEN" and draws.chance(
        _RARELY_WITH_LABS if is_small else _WITH_LABS
    ):
        frame = Frame(at, left, left, left, laboratory_of(person.group, version))
        drawn = Course(draws, story, body, frame).specimens()
        specimens = tuple(specimen._replace(unlinked=True) for specimen in drawn)
    doses = () if end == "LEFT WITHOUT BEING SEEN" else _doses(draws, story, at, left)
    return EdStay(
        ed_stay_id(person.number, order),
        at,
        left,
        "AMBULANCE" if draws.chance(0.12 if is_small else 0.3) else "WALK IN",
        end,
        complaint.upper() if draws.chance(0.12) else complaint,
        triage_level(draws, triage, is_small=is_small),
        triage,
        tuple(vitals),
        tuple(person.home),
        tuple((version, code) for code in codes),
        specimens,
        doses,
    )


def _doses(draws: Draws, story: Story, at: int, left: int) -> tuple[tuple[int, str], ...]:
    """What is taken from the cabinet: the story's early drugs, and what any visit may bring."""
    plan = {key: (0.7 * share, hour) for key, (share, hour, _) in story.drugs.items()}
    for key, share in catalogue().cabinet.items():
        plan.setdefault(key, (share, draws.between(0.6, 3)))
    doses = [
        (at + int(HOUR * hour * draws.times(0.3)), key)
        for key, (share, hour) in plan.items()
        if draws.chance(share)
    ]
    return tuple(sorted(dose for dose in doses if dose[0] < left))


def _story(draws: Draws, person: Person, *, is_small: bool) -> Story:
    """The story of a visit; behind a small trouble there is a body without illness."""
    stories = load_stories()
    if is_small:
        return stories[EARLIER]["back_pain"]
    weights = {f"{category}/{name}": weight for (category, name), weight in _SENT_HOME.items()}
    chronic = [
        name
        for name, story in stories[EARLIER].items()
        if not story.elective and (story.needs is None or story.needs in person.comorbid)
    ]
    weights.update({f"{EARLIER}/{name}": _CHRONIC / len(chronic) for name in chronic})
    category, name = draws.weighted(weights).split("/")
    return stories[category][name]
