"""The chest of one admission over time: which signs a film would show at a given hour.

Belongs here: drawing the signs from condition and chronic disease, their course under treatment,
tubes and lines from the procedures. Does not belong here: words (`chest_report`), light and
shadow (`pixels`).
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace

from sources.synthetic.draws import Draws
from sources.synthetic.imaging.plans import Plan, plans
from sources.synthetic.timeline import DAY, HOUR, Admission, Patient, Sign

RADIOLOGY = "radiology"
TARGETS = {
    "rad_pneumothorax": "pneumothorax",
    "rad_pleural_effusion": "effusion",
    "rad_pulmonary_edema": "edema",
    "rad_consolidation": "consolidation",
    "rad_cardiomegaly": "cardiomegaly",
}
"""The radiology conditions whose answer is one sign; `rad_normal_chest` has none of them."""
NORMAL = "rad_normal_chest"
DEVICES = frozenset({"tube", "feeding_tube", "line", "pacemaker", "drain", "wires"})
_SIDELESS = frozenset({"cardiomegaly", "mediastinum", "hyperinflation", "free_air"}) | DEVICES
_BOTH = {"edema": 1.0, "effusion": 0.45, "atelectasis": 0.4, "consolidation": 0.14}
"""Share of a sign that is on both sides."""
_BESIDE = 0.25
"""Greatest size of another target sign in a radiology admission, whose film has one answer."""
_BY_CHANCE = {"nodule": (0.025, 0.4), "thickening": (0.025, 0.35), "mediastinum": (0.02, 0.35)}
"""Share of admissions that have a sign whatever their illness, and its size."""
_FAINTEST = 0.06
_ZONES = ("lower", "lower", "lower", "lower", "upper", "upper", "middle")


def zone_of(subject_id: int) -> str:
    """Third of the lung (`upper`, `middle`, `lower`) in which this patient's focal signs lie.

    A sign has no field for it, and the text and the pixels must agree.
    """
    return _ZONES[hashlib.sha256(f"zone {subject_id}".encode()).digest()[0] % len(_ZONES)]


@dataclass(frozen=True, slots=True)
class _Course:
    """One sign of the admission."""

    side: str
    size: float
    onset: float
    """Hours after arrival before which no film shows it."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A tube, line or drainage, after which a film is taken."""

    at: int
    device: str | None
    """Key of the sign; None for a drainage that leaves nothing behind."""
    until: int


class Chest:
    """The signs of one admission."""

    def __init__(
        self, draws: Draws, patient: Patient, admission: Admission, plan: Plan, side: str
    ) -> None:
        """Draw what there is to see.

        Args:
            draws: The patient's imaging stream.
            patient: For the chronic diseases.
            admission: For the illness and the procedures.
            plan: Of the condition.
            side: `left` or `right`: where this admission's one-sided disease is.
        """
        self._draws = draws
        self._admission = admission
        self._rising = admission.condition in {"ards_ahrf", "septic_shock"}
        self._target = TARGETS.get(admission.condition) if admission.category == RADIOLOGY else None
        self.placements = tuple(self._placements())
        self._courses: dict[str, _Course] = {}
        dim = 0.75 if admission.atypical and self._target is None else 1.0
        for key, (share, size) in plan.chest.signs.items():
            if draws.chance(min(1.0, share * dim) if key != self._target else 1.0):
                self._add(key, size * dim, side)
        for disease in patient.comorbid:
            for key, (share, size) in plans().comorbid.get(disease, {}).items():
                if key not in self._courses and draws.chance(share):
                    self._add(key, size, side)
        for key, (share, size) in _BY_CHANCE.items():
            if key not in self._courses and draws.chance(share):
                self._add(key, size, side)
        if admission.category == RADIOLOGY:
            self._keep_to_the_target()

    def _add(self, key: str, size: float, side: str) -> None:
        draws = self._draws
        illness = 0.65 + 0.35 * min(1.4, self._admission.illness)
        size = min(1.0, max(0.12, size * illness * draws.times(0.35)))
        double = _BOTH.get(key, 0.0)
        if key == self._target:
            double = 1.0 if key == "edema" else 0.14 if double else 0.0
        if key in _SIDELESS:
            where = ""
        elif draws.chance(double):
            where = "both"
        else:
            other = "left" if side == "right" else "right"
            where = side if draws.chance(0.88) else other
        onset = 0.0
        if key == "consolidation" and self._admission.category != RADIOLOGY:
            # Early pneumonia may not be seen yet.
            late = draws.chance(0.3 if self._admission.atypical else 0.09)
            onset = draws.between(9, 24) if late else 0.0
        if key == self._target:
            size = max(0.4, size)
        self._courses[key] = _Course(where, size, onset)

    def _keep_to_the_target(self) -> None:
        """A radiology admission shows its own target sign; another one only faintly."""
        if self._target is None:
            self._courses = {key: it for key, it in self._courses.items() if key in DEVICES}
            return
        for key in TARGETS.values():
            beside = self._courses.get(key)
            if key != self._target and beside is not None:
                self._courses[key] = replace(beside, size=min(beside.size, _BESIDE))

    def _placements(self) -> list[Placement]:
        admission = self._admission
        placed = []
        for done in admission.procedures:
            if done.key in {"intubation", "ventilation"}:
                placed.append(Placement(done.at, "tube", done.at + 3 * DAY))
            elif done.key in {"central_line", "temporary_pacing"}:
                placed.append(Placement(done.at, "line", admission.discharged))
            elif done.key == "chest_tube":
                placed.append(Placement(done.at, "drain", done.at + 4 * DAY))
            elif done.key == "thoracentesis":
                placed.append(Placement(done.at, None, done.at))
            elif "pacemaker" in done.key:
                placed.append(Placement(done.at, "pacemaker", admission.discharged))
        if admission.icu is not None:
            placed += [
                Placement(start, "line", end)
                for key, start, end in admission.icu.lines
                if key == "central"
            ]
            if not any(it.device == "tube" for it in placed):
                placed += [
                    Placement(start, "tube", end)
                    for key, start, end in admission.icu.procedures
                    if key == "ventilation"
                ]
        return sorted(placed, key=lambda it: (it.at, it.device or ""))

    @property
    def target(self) -> str | None:
        """The sign that is the answer of a radiology admission."""
        return self._target

    def side_of(self, key: str) -> str:
        """Where a sign of this admission lies; empty where there is none."""
        course = self._courses.get(key)
        return course.side if course is not None else ""

    def signs_at(self, at: int) -> tuple[Sign, ...]:
        """What a film at this time shows, in a fixed order."""
        hours = (at - self._admission.arrival) / HOUR
        shown: dict[str, Sign] = {}
        for key, course in self._courses.items():
            if hours >= course.onset:
                size = course.size * self._factor(key, hours, at)
                if size >= _FAINTEST:
                    shown[key] = Sign(key, course.side, round(min(1.0, size), 3))
        for placement in self.placements:
            if placement.device is not None and placement.at <= at <= placement.until:
                side = ""
                if placement.device == "drain":
                    side = self.side_of("pneumothorax") or self.side_of("effusion") or "right"
                    side = "right" if side == "both" else side
                shown[placement.device] = Sign(placement.device, side, 0.6)
                if placement.device == "tube":
                    shown["feeding_tube"] = Sign("feeding_tube", "", 0.6)
        return tuple(shown[key] for key in sorted(shown))

    def _factor(self, key: str, hours: float, at: int) -> float:
        """How a sign grows or goes: treatment begins at arrival, drainage when it is done."""
        if key == "edema":
            if self._rising:
                return 1.0 + 0.35 * min(hours, 30.0) / 30.0
            return math.exp(-max(0.0, hours - 3.0) / 55.0)
        if key == "consolidation":
            return 1.0 + 0.2 * min(hours, 24.0) / 24.0 - 0.002 * max(0.0, hours - 48.0)
        if key in {"effusion", "pneumothorax"}:
            drained = any(
                placement.device in {None, "drain"} and placement.at <= at
                for placement in self.placements
            )
            if key == "pneumothorax":
                return 0.2 if drained else 1.0
            return 0.4 if drained else max(0.55, 1.0 - 0.003 * hours)
        return 1.0
