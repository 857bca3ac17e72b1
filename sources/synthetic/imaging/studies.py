"""Which imaging studies a patient gets, and when.

Belongs here: the schedule of examinations and films of every admission, and which films MIMIC-CXR
has. Does not belong here: what films show (`chest`) and reports say (`chest_report`, `sections`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sources.synthetic.draws import Draws
from sources.synthetic.ids import film_study_id
from sources.synthetic.imaging.chest import NORMAL, RADIOLOGY, TARGETS, Chest, zone_of
from sources.synthetic.imaging.chest_report import ChestReader, ChestText
from sources.synthetic.imaging.exams import Exam, exam
from sources.synthetic.imaging.plans import (
    CHEST,
    ExamPlan,
    Plan,
    plan_of,
    shares_of,
)
from sources.synthetic.imaging.sections import Request, found_by, framed, request
from sources.synthetic.stories import EARLIER
from sources.synthetic.timeline import (
    DAY,
    HOUR,
    Admission,
    Film,
    ImagingStudy,
    Patient,
    Sign,
    View,
)

FILMS = 8
"""At most so many chest film studies of a patient have ids."""
_IN_CXR = 0.56
"""Share of the admissions whose films are in MIMIC-CXR (which covers 2011 to 2016 only, and has
377,110 pictures where MIMIC-IV has 364,627 patients), radiology's apart."""
_IN_CXR_BEFORE = 0.03
_UNLINKED_EARLY = 0.72
_UNLINKED = 0.3
_READ = {
    "XR": (20, 240), "CT": (30, 170), "US": (30, 200), "MR": (50, 320), "NM": (90, 400),
    "FL": (40, 200), "IR": (60, 400),
}  # fmt: skip
"""Minutes from the examination to the signed report."""
_CHEST_FIELDS = frozenset(
    {"cardiology", "pulmonology", "infectious_disease", "radiology", "intensive_care"}
)
"""Categories whose suspicion is asked of a chest film; in the others it is the usual question."""
_SEEK_CHEST = (
    "pneumonia",
    "{acute process|infiltrate}",
    "{edema|effusion}",
    "{infection|acute cardiopulmonary process}",
)
_SEEK_OTHER = (
    "{acute process|acute abnormality}",
    "{infection|source of symptoms}",
    "{etiology|cause of symptoms}",
)
_BY_PROCEDURE = {
    "ercp": "ir_ercp",
    "aneurysm_coil": "ir_brain",
    "thrombectomy": "ir_brain",
    "embolization": "ir_bowel",
    "splenic_embolization": "ir_bowel",
    "abdominal_drain": "ir_drain",
    "cholecystostomy": "ir_drain",
}
"""Procedure to the examination that reports its pictures."""
_NEVER_ALONE = frozenset({"ir_ercp", "ir_drain"})
"""Examinations that only a procedure leads to."""
SIZES = {"PA": (272, 224), "LATERAL": (272, 224), "AP": (224, 272)}
"""Rows and columns of the picture of each view; portable cassettes lie across."""


@dataclass(slots=True)
class _Draft:
    """A study before it is known whether MIMIC-CXR has it."""

    study: ImagingStudy
    rank: tuple[int, int]
    signs: tuple[Sign, ...] = ()
    text: ChestText | None = None
    positions: tuple[str, ...] = ()


def dicom_id(seed: int, patient: int, study: int, view: int) -> str:
    """Name of one picture: 40 hex digits in five groups of eight.

    Args:
        seed: Seed of the release.
        patient: The patient's number.
        study: Turn of the film study in the patient's life, from 0.
        view: Turn of the view in the study, from 0.
    """
    text = f"medcred film|{seed}|{patient}|{study}|{view}"
    digits = hashlib.sha256(text.encode()).hexdigest()
    return "-".join(digits[at : at + 8] for at in range(0, 40, 8))


def studies_of(patient: Patient, seed: int) -> tuple[ImagingStudy, ...]:
    """All imaging studies of a patient, by time.

    A pure function of its arguments: it draws from a stream of its own.

    Args:
        patient: With everything but studies, recordings and echoes.
        seed: Seed of the release.
    """
    draws = Draws(seed, patient.number, "imaging")
    drafts: list[_Draft] = []
    last = len(patient.admissions) - 1
    for order, admission in enumerate(patient.admissions):
        drafts += _Schedule(draws, patient, admission, last - order).drafts()
    drafts.sort(key=lambda draft: (draft.study.at, draft.study.exam))
    return _with_films(draws, drafts, patient, seed)


def _with_films(
    draws: Draws, drafts: list[_Draft], patient: Patient, seed: int
) -> tuple[ImagingStudy, ...]:
    """Give the studies that MIMIC-CXR has their films: all of an admission, or none."""
    covered: set[int] = set()
    for admission in patient.admissions:
        share = _IN_CXR_BEFORE if admission.category == EARLIER else _IN_CXR
        if admission.category == RADIOLOGY or draws.chance(share):
            covered.add(admission.hadm_id)
    films = [
        draft for draft in drafts if draft.text is not None and draft.study.admission in covered
    ]
    kept = sorted(films, key=lambda draft: draft.rank)[:FILMS]
    chosen = {id(draft) for draft in kept}
    studies = []
    turn = 0
    for draft in drafts:
        study = draft.study
        if id(draft) in chosen and draft.text is not None:
            views = tuple(
                View(dicom_id(seed, patient.number, turn, place), position, *SIZES[position], at)
                for place, position in enumerate(draft.positions)
                for at in (study.at + place,)
            )
            film = Film(
                film_study_id(patient.number, turn),
                views,
                draft.signs,
                draft.text.chexpert,
                draft.text.negbio,
            )
            study = ImagingStudy(
                study.exam,
                study.admission,
                study.unlinked,
                study.at,
                study.stored,
                study.sections,
                film,
            )
            turn += 1
        studies.append(study)
    return tuple(studies)


class _Schedule:
    """The studies of one admission."""

    def __init__(self, draws: Draws, patient: Patient, admission: Admission, age: int) -> None:
        """Bind the admission; `age` counts the admissions that follow it."""
        self._draws = draws
        self._patient = patient
        self._admission = admission
        self._age = age
        self._plan: Plan = plan_of(admission.category, admission.condition)
        self._side = "right" if draws.chance(0.54) else "left"
        self._seen: dict[str, bool] = {}
        self._known: frozenset[str] = frozenset()
        self._asked: Request = request(draws, admission, self._plan)

    def drafts(self) -> list[_Draft]:
        """All studies of the admission, not yet sorted."""
        drafts = self._films()
        timed = sorted(self._examinations(bool(drafts)), key=lambda it: (it[0], it[1]))
        for at, key, finds, again in timed:
            drafts.append(self._examine(key, at, finds, again=again))
        return drafts

    # Examinations other than chest films

    def _examinations(self, filmed: bool) -> list[tuple[int, str, dict[str, float], bool]]:
        """Time, examination, findings, and whether it repeats an earlier one."""
        draws, plan = self._draws, self._plan
        chosen = [(key, told) for key, told in plan.exams.items() if draws.chance(told.share)]
        done = {key for key, _ in chosen} | ({CHEST} if filmed else set())
        if plan.any_of and not done & set(plan.any_of) and draws.chance(0.97):
            key = next(name for name in plan.any_of if name != CHEST)
            told = plan.exams.get(key) or ExamPlan(share=1.0)
            chosen.append((key, told))
        for key, share in shares_of(self._admission.category).items():
            if key not in plan.exams and draws.chance(share):
                chosen.append((key, ExamPlan(share=share, first=0.8, last=30.0)))
        timed = []
        for key, told in chosen:
            at = self._time(told.first, told.last, needed=told.share >= 0.5 or key in plan.any_of)
            if at is None or key in _NEVER_ALONE:
                continue
            timed.append((at, key, told.finds, False))
            if told.again and draws.chance(told.again):
                later = at + draws.whole(14, 34) * HOUR
                if later < self._admission.discharged - HOUR:
                    timed.append((later, key, told.finds, True))
        for procedure in self._admission.procedures:
            pictures = _BY_PROCEDURE.get(procedure.key)
            if pictures is not None and procedure.at + 5 < self._admission.discharged:
                planned = plan.exams.get(pictures)
                timed = [it for it in timed if it[1] != pictures]
                timed.append((procedure.at + 5, pictures, planned.finds if planned else {}, False))
        return timed

    def _time(self, first: float, last: float, *, needed: bool) -> int | None:
        """A minute of the admission; None where the stay is too short."""
        draws, admission = self._draws, self._admission
        # Most are done early in their window.
        hours = first + (last - first) * draws.uniform() * draws.uniform()
        at = admission.arrival + int(HOUR * hours)
        if at < admission.discharged - 30:
            return at
        if not needed:
            return None
        return max(admission.arrival + 5, admission.discharged - draws.whole(30, 90))

    def _examine(self, key: str, at: int, finds: dict[str, float], *, again: bool) -> _Draft:
        draws = self._draws
        done = exam(key)
        name = self._name(done)
        names = self._names(name)
        found, sums, shown = found_by(draws, done, finds, names, self._known, again=again)
        self._known |= shown
        prior = again or self._seen.get(done.region, False)
        self._seen[done.region] = True
        sections = framed(
            draws,
            self._patient,
            done,
            name,
            self._request(
                None if max(finds.values(), default=0.0) > 0.4 else _SEEK_OTHER, again=again
            ),
            names,
            (found, sums),
            prior=prior,
            whole=False,
        )
        return _Draft(self._study(done, at, sections), (self._age, at))

    def _request(self, seek: tuple[str, ...] | None, *, again: bool) -> Request:
        if again:
            return Request(self._asked.why, "interval change")
        return request(self._draws, self._admission, self._plan, seek)

    def _name(self, done: Exam) -> str:
        other = "LEFT" if self._side == "right" else "RIGHT"
        fitting = [name for name in done.names if other not in name]
        return fitting[0] if self._draws.chance(0.7) else self._draws.one(fitting)

    def _names(self, name: str) -> dict[str, str]:
        side = self._side
        return {
            "side": side,
            "side:C": side.capitalize(),
            "legs": "bilateral" if name.startswith("BILAT") else side,
        }

    def _study(self, done: Exam, at: int, sections: tuple[tuple[str, str], ...]) -> ImagingStudy:
        draws, admission = self._draws, self._admission
        early = at < admission.admitted
        return ImagingStudy(
            done.key,
            admission.hadm_id,
            draws.chance(_UNLINKED_EARLY if early else _UNLINKED),
            at,
            at + draws.whole(*_READ[done.modality]),
            sections,
            None,
        )

    # Chest films

    def _films(self) -> list[_Draft]:
        draws, admission = self._draws, self._admission
        chest = Chest(draws, self._patient, admission, self._plan, self._side)
        taken = self._film_times(chest)
        before: dict[str, float] | None = None
        drafts = []
        for order, (at, kind) in enumerate(taken):
            signs = chest.signs_at(at)
            answer = None
            if order == 0 and admission.category == RADIOLOGY:
                answer = chest.target or NORMAL
            zone = zone_of(self._patient.subject_id)
            portable = kind != "xr_chest_two"
            text = ChestReader(draws, signs, zone, before, answer, portable=portable).read()
            done = exam(kind)
            if kind == "xr_chest_two":
                positions: tuple[str, ...] = ("PA", "LATERAL")
            else:
                positions = ("AP", "AP") if draws.chance(0.05) else ("AP",)
            usual = admission.category.replace(" ", "_") not in _CHEST_FIELDS
            asked = self._request(_SEEK_CHEST if usual else None, again=order > 0)
            if kind == "xr_chest_line":
                device = draws.one(("tube placement", "line placement", "pneumothorax"))
                asked = Request("new line or tube", device)
            sections = framed(
                draws,
                self._patient,
                done,
                self._name(done),
                asked,
                self._names(""),
                (text.findings, text.impression),
                prior=before is not None or draws.chance(0.3),
                whole=answer is not None,
            )
            before = {sign.key: sign.size for sign in signs}
            drafts.append(
                _Draft(self._study(done, at, sections), (self._age, at), signs, text, positions)
            )
        if drafts:
            self._seen["chest"] = True
        return drafts

    def _film_times(self, chest: Chest) -> list[tuple[int, str]]:
        """When films are taken, and of which kind: the first, after each device, and repeats."""
        draws, admission, plan = self._draws, self._admission, self._plan.chest
        end = admission.discharged - 20
        taken: list[tuple[int, str]] = []
        if draws.chance(plan.share):
            at = self._time(*plan.hour, needed=plan.share >= 0.9)
            if at is not None:
                # The question is asked before it is treated.
                if chest.placements:
                    at = min(at, max(admission.arrival + 10, chest.placements[0].at - 10))
                taken.append((at, self._kind(chest)))
        latest = taken[0][0] if taken else admission.arrival
        for placement in chest.placements:
            at = placement.at + draws.whole(20, 90)
            if draws.chance(0.8) and latest + HOUR < at < end:
                line = placement.device in {"tube", "line", "pacemaker"}
                taken.append((at, "xr_chest_line" if line else "xr_chest_portable"))
                latest = at
        if admission.icu is not None:
            share = 0.5 if any(it.device == "tube" for it in chest.placements) else 0.22
            morning = (admission.icu.start // DAY + 1) * DAY + 5 * HOUR
            for day in range(4):
                at = morning + day * DAY + draws.whole(-50, 80)
                if draws.chance(share) and latest + 3 * HOUR < at < min(end, admission.icu.end):
                    taken.append((at, "xr_chest_portable"))
                    latest = at
        elif taken and draws.chance(0.2):
            at = latest + draws.whole(20, 70) * HOUR
            if at < end:
                taken.append((at, self._kind(chest)))
        return sorted(taken)

    def _kind(self, chest: Chest) -> str:
        """Upright in two views for those who can stand, portable for the others."""
        draws, admission = self._draws, self._admission
        if chest.target == TARGETS["rad_cardiomegaly"]:
            return "xr_chest_two"  # a portable film magnifies the heart: it proves nothing
        share = 0.6 if admission.ed is None or admission.ed.transport != "AMBULANCE" else 0.42
        if admission.icu is not None:
            share = 0.1
        elif admission.illness > 1.2:
            share *= 0.6
        return "xr_chest_two" if draws.chance(share) else "xr_chest_portable"


def exam_name(study: ImagingStudy) -> str:
    """The name under which a study was booked: `exam_name` of the detail table."""
    names = exam(study.exam).names
    header, text = study.sections[0]
    fitting = [name for name in names if header == "EXAMINATION" and text.startswith(name)]
    return max(fitting, key=len) if fitting else names[0]
