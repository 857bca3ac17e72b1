"""One patient's life: who they are, what they had before, and the admission they are examined on.

Belongs here: demographics, the order of admissions, ids, and which admissions a cohort must drop.
Does not belong here: chronic disease and home drugs (`person`), what happens inside an admission
(`course`).
"""

from __future__ import annotations

import hashlib
from functools import cache

from sources.synthetic.bedside import read_vitals, triage_level
from sources.synthetic.body import Body
from sources.synthetic.calendar import FIRST_YEAR, year_of, year_start
from sources.synthetic.catalogue import Catalogue, catalogue
from sources.synthetic.course import Course, Frame
from sources.synthetic.draws import Draws
from sources.synthetic.icu_course import IcuCourse
from sources.synthetic.ids import (
    PROVIDERS,
    ed_stay_id,
    hadm_id,
    icu_stay_id,
    provider_id,
    subject_id,
)
from sources.synthetic.outpatient import clinic_tests
from sources.synthetic.person import Person, draw_person, laboratory_of
from sources.synthetic.stories import EARLIER, Story, load_stories
from sources.synthetic.timeline import DAY, HOUR, Admission, EdStay, IcuStay, Patient, Vitals
from sources.synthetic.visits import visits_without_admission

EXCLUDED = {"elective": 0.014, "transfer": 0.014, "leak": 0.03, "second": 0.014}
"""Share of patients whose admission a cohort has to drop, by reason."""
BEFORE = {0: 0.46, 1: 0.3, 2: 0.16, 3: 0.08}
"""Share of patients by the number of admissions before the one that they are examined on."""
_MOST_CLINIC = 13
"""Most clinic visits of a patient."""


def assigned(seed: int, number: int) -> tuple[str, str]:
    """The category and condition of a patient.

    Each run of as many patients as there are categories has every category once, and the
    conditions of a category take turns: any number of patients is as even as it can be, and still
    a patient's condition depends on nothing but the seed and the number.
    """
    stories = load_stories()
    categories = [category for category in stories if category != EARLIER]
    turn, place = divmod(number - 1, len(categories))

    def shuffled(text: str) -> bytes:
        return hashlib.sha256(f"medcred synthetic 1|{seed}|{text}".encode()).digest()

    category = sorted(categories, key=lambda name: shuffled(f"{turn}|{name}"))[place]
    conditions = list(stories[category])
    offset = int.from_bytes(shuffled(category)[:4], "big")
    return category, conditions[(turn + offset) % len(conditions)]


@cache
def _roots(category: str) -> frozenset[str]:
    """First three characters of every code that makes a condition of the category."""
    return frozenset(
        code[:3]
        for story in load_stories()[category].values()
        for version in (9, 10)
        for code in (*story.codes[version], *story.pinned.get(version, []))
    )


class Life:
    """Tells the life of one patient."""

    def __init__(self, seed: int, number: int) -> None:
        """Open the stream of one patient (`number` counts from 1)."""
        self._draws = Draws(seed, number)
        self._number = number
        self._catalogue: Catalogue = catalogue()
        self._stories = load_stories()
        self._seed = seed

    def patient(self) -> Patient:
        """Draw everything about the patient."""
        draws = self._draws
        category, condition = assigned(self._seed, self._number)
        story = self._stories[category][condition]
        sex = "F" if draws.chance(story.female) else "M"
        age = round(max(19, min(89, draws.around(*story.age))))
        reason = self._excluded()
        version = 9 if draws.chance(0.45) else 10
        index_year = draws.whole(FIRST_YEAR + 6, FIRST_YEAR + 96)
        person = draw_person(draws, self._number, story, sex, age, version)
        arrival = year_start(index_year) + draws.whole(0, 364) * DAY + self._clock()
        admissions: list[Admission] = []
        free = 0
        for then in self._starts(arrival):
            # Nobody is in hospital twice at the same time.
            at = max(then, free // DAY * DAY + DAY + self._clock())
            earlier = 9 if version == 9 or draws.chance(0.35) else 10
            admissions.append(self._earlier(person, len(admissions), at, earlier))
            free = admissions[-1].discharged + 9 * DAY
        arrival = max(arrival, free + 11 * DAY)
        index = self._admission(
            person, len(admissions), category, condition, arrival, version, reason
        )
        admissions.append(index)
        return self._registered(person, admissions, age, index)

    def _starts(self, arrival: int) -> list[int]:
        """When the patient came before, by time: up to four years before `arrival`."""
        draws = self._draws
        starts = []
        for _ in range(draws.grade(tuple(BEFORE.values()))):
            days = draws.whole(40, 360) + 365 * draws.grade((0.45, 0.25, 0.18, 0.12))
            starts.append((arrival // DAY - days) * DAY + self._clock())
        return sorted(starts)

    def _registered(
        self,
        person: Person,
        admissions: list[Admission],
        age: int,
        index: Admission,
    ) -> Patient:
        """The patient with the facts that follow from the admissions."""
        draws = self._draws
        background = self._catalogue.background
        first = admissions[0]
        anchor_year = year_of(first.admitted)
        anchor_age = max(18, age - (year_of(index.admitted) - anchor_year))
        groups = ("2008 - 2010", "2011 - 2013", "2014 - 2016", "2017 - 2019", "2020 - 2022")
        if index.died:
            dod: int | None = index.discharged
        else:
            gone = draws.chance(0.12) if age > 60 else draws.chance(0.02)
            dod = index.discharged + draws.whole(15, 360) * DAY if gone else None
        visits = visits_without_admission(
            self._seed, person, [(stay.arrival, stay.discharged) for stay in admissions], dod
        )
        clinic = tuple(
            (
                (first.arrival // DAY - draws.whole(20, 500)) * DAY + draws.whole(510, 990),
                round(person.weight * draws.times(0.03), 1),
                round(draws.around(130, 14)),
                round(draws.around(76, 8)),
            )
            for _ in range(draws.whole(0, _MOST_CLINIC))
        )
        bloods, cultures = clinic_tests(self._seed, person, clinic, admissions, visits)
        return Patient(
            self._seed,
            person.number,
            subject_id(person.number),
            person.sex,
            anchor_age,
            anchor_year,
            groups[person.group if first.version == index.version else min(person.group, 2)],
            dod,
            draws.weighted(background["race"]),
            draws.weighted(background["language"]),
            person.height,
            tuple(admissions),
            visits,
            tuple(sorted(clinic)),
            tuple(person.comorbid),
            clinic_specimens=bloods,
            clinic_cultures=cultures,
        )

    def _excluded(self) -> str | None:
        left = self._draws.uniform()
        for reason, share in EXCLUDED.items():
            left -= share
            if left < 0:
                return reason
        return None

    def _clock(self) -> int:
        """A time of arrival: fewer at night."""
        draws = self._draws
        return draws.whole(420, 1410) if draws.chance(0.8) else draws.whole(0, 419)

    def _earlier(self, person: Person, order: int, arrival: int, version: int) -> Admission:
        """An admission for chronic disease or a minor complaint."""
        fitting = [
            condition
            for condition, story in self._stories[EARLIER].items()
            if story.needs is None or story.needs in person.comorbid
        ]
        condition = self._draws.one(fitting)
        return self._admission(person, order, EARLIER, condition, arrival, version, None)

    def _admission(
        self,
        person: Person,
        order: int,
        category: str,
        condition: str,
        arrival: int,
        version: int,
        reason: str | None,
    ) -> Admission:
        draws = self._draws
        story = self._stories[category][condition]
        atypical = bool(story.vague) and draws.chance(0.17)
        body = Body(
            draws, story, person.sex, person.comorbid, atypical=atypical, baseline=person.baseline
        )
        elective = story.elective or reason == "elective"
        care = story.icu if story.icu is not None and draws.chance(story.icu.share) else None
        icu_start = arrival + int(HOUR * draws.between(*care.at)) if care else None
        admitted = arrival if elective else arrival + draws.whole(110, 400)
        if icu_start is not None:
            admitted = min(admitted, icu_start - draws.whole(1, 50))
        died = draws.chance(story.mortality * (0.6 + 0.4 * body.severity))
        # Who is sicker, or has more chronic disease, stays longer.
        longer = (0.75 + 0.25 * body.severity) * (0.95 + 0.06 * len(person.comorbid))
        days = min(45.0, max(0.9, longer * story.los[0] * draws.times(story.los[1])))
        icu_end = None
        if care is not None and icu_start is not None:
            icu_days = max(0.7, care.days * draws.times(0.45))
            days = max(days, icu_days + 0.9)
            icu_end = icu_start + int(icu_days * DAY)
        discharged = admitted + int(days * DAY)
        if not died:  # people leave in the afternoon
            discharged = max(admitted + 16 * HOUR, discharged // DAY * DAY + draws.whole(660, 1080))
            if icu_end is not None:
                discharged = max(discharged, icu_end + 3 * HOUR)
        elif icu_end is not None and draws.chance(0.7):
            icu_end = discharged
        ed_end = arrival if elective else admitted + draws.whole(5, 150)
        if icu_start is not None and not elective:
            ed_end = min(ed_end, icu_start)
        laboratory = laboratory_of(person.group, version)
        frame = Frame(arrival, admitted, discharged, ed_end, laboratory)
        course = Course(draws, story, body, frame)
        procedures = course.procedures()
        icu: IcuStay | None = None
        if care is not None and icu_start is not None and icu_end is not None:
            nursed = IcuCourse(draws, story, care, body, arrival, (icu_start, icu_end))
            icu = nursed.stay(
                icu_stay_id(person.number, order), procedures, person.weight, person.height
            )
            specimens = course.specimens(icu.arterial_line)
            icu = nursed.with_saturations(icu, specimens)
        else:
            specimens = course.specimens()
        codes = self._codes(person, category, condition, version, reason)
        ed = None
        if not elective:
            ed = self._visit(person, story, body, order, frame, version, codes, reason, atypical)
        where = "TRANSFER FROM HOSPITAL" if reason == "transfer" else "EMERGENCY ROOM"
        kind = "EW EMER." if draws.chance(0.72) else "OBSERVATION ADMIT"
        if care is not None:
            kind = "EW EMER."
        if elective:
            where, kind = "PHYSICIAN REFERRAL", "ELECTIVE"
        leaves: str | None = draws.weighted(self._catalogue.background["discharge"])
        if leaves == "HOME" and draws.chance(0.15):
            leaves = None
        return Admission(
            hadm_id(person.number, order),
            category,
            condition,
            version,
            arrival,
            admitted,
            discharged,
            died,
            kind,
            where,
            "DIED" if died else leaves,
            person.insurance,
            person.marital,
            story.service,
            story.unit,
            provider_id(draws.whole(0, PROVIDERS - 1)),
            person.group > 0,
            ed,
            icu,
            codes,
            specimens,
            course.cultures(None if icu is None else (icu.start, icu.end)),
            course.medications(person.home, () if icu is None else (icu.start, icu.end)),
            procedures,
            course.orders(specimens, to_icu=care is not None),
            story.drg,
            4 if died else max(1, min(4, round(1.6 + body.severity + (care is not None)))),
            person.weight,
            body.severity,
            atypical,
            reason == "leak",
        )

    def _codes(
        self, person: Person, category: str, condition: str, version: int, reason: str | None
    ) -> tuple[str, ...]:
        """Diagnosis codes in the order of `seq_num`.

        A code that could belong to another condition of the same category is never put at
        positions 1 to 3, except on purpose (reason `second`).
        """
        draws = self._draws
        story = self._stories[category][condition]
        codes = [draws.one(story.codes[version]), *story.pinned.get(version, [])]
        if reason == "second":
            rival = draws.one([name for name in self._stories[category] if name != condition])
            other = self._stories[category][rival]
            added = other.pinned.get(version) or [draws.one(other.codes[version])]
            codes += [code for code in added if code not in codes]
        further = []
        for share, nine, ten in story.complications:
            if draws.chance(share):
                further.append(nine if version == 9 else ten)
        comorbid = list(person.comorbid)
        if category != EARLIER and draws.chance(0.1) and comorbid:
            comorbid.pop()  # coders miss things
        further += [self._catalogue.comorbidities[key].codes[version] for key in comorbid]
        roots = _roots(category)
        near = [code for code in further if code[:3] in roots]
        for code in further:
            if code not in near and code not in codes:
                codes.append(code)
        if len(codes) >= 3 and category != EARLIER:
            codes += [code for code in near if code not in codes]
        return tuple(codes[:24])

    def _visit(
        self,
        person: Person,
        story: Story,
        body: Body,
        order: int,
        frame: Frame,
        version: int,
        codes: tuple[str, ...],
        reason: str | None,
        atypical: bool,
    ) -> EdStay:
        """The visit to the emergency department that led to the admission."""
        draws = self._draws
        complaint = draws.one(story.vague if atypical else story.complaints)
        if reason == "leak":
            complaint = draws.one(story.leaks)
        elif reason == "transfer":
            complaint += ", Transfer"
        if draws.chance(0.12):
            complaint = complaint.upper()
        vitals: list[Vitals] = []
        at = frame.arrival + draws.whole(20, 70)
        while at < frame.ed_end and len(vitals) < 9:
            vitals.append(read_vitals(draws, body, story, at, (at - frame.arrival) / HOUR))
            at += draws.whole(55, 140)
        triage = read_vitals(draws, body, story, frame.arrival, 0.0)
        ill = triage.sbp is not None and (triage.sbp < 95 or (triage.hr or 0) > 125)
        acuity = triage_level(draws, triage)
        return EdStay(
            ed_stay_id(person.number, order),
            frame.arrival,
            frame.ed_end,
            "AMBULANCE" if draws.chance(0.75 if ill else 0.52) else "WALK IN",
            "ADMITTED",
            complaint,
            acuity,
            triage,
            tuple(vitals),
            tuple(person.home),
            tuple((version, code) for code in codes[: draws.whole(1, 3)]),
        )
