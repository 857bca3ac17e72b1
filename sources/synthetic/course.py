"""The course of one admission, drawn from a story into events.

Belongs here: what is done to a patient and when: tests, procedures, orders. Does not belong here:
cultures (`culture_course`), drugs (`drug_course`), vital signs (`bedside`), intensive care
(`icu_course`), the patient's life around it (`life`), tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

from sources.synthetic.bedside import read_vitals
from sources.synthetic.body import Body
from sources.synthetic.catalogue import catalogue
from sources.synthetic.culture_course import CultureCourse
from sources.synthetic.draws import Draws
from sources.synthetic.drug_course import DrugCourse
from sources.synthetic.frame import MOST_ADMISSIONS, Frame
from sources.synthetic.ids import LABS
from sources.synthetic.stories import Story
from sources.synthetic.timeline import (
    DAY,
    HOUR,
    Culture,
    Medication,
    Order,
    Procedure,
    Result,
    Specimen,
)

__all__ = ["Course", "Frame", "read_vitals"]

_URINE = frozenset({"ua", "urine_lytes", "utox"})
_PURPLE = frozenset({"cbc", "diff", "bands", "blasts", "smear", "retic", "esr"})
_BLUE = frozenset({"coag", "fibrinogen", "ddimer"})
_FAST = frozenset({"gas", "lactate", "ica"})
_FLUIDS = frozenset({"csf", "pleural", "ascites"})
_MOST_DAYS = 45
_RESULTS = LABS // MOST_ADMISSIONS - 110
"""Most of an admission: a patient's ids must do for all admissions, visits and the clinic."""
_TWO_PANELS = 9
_DAILY: tuple[tuple[str, str, float, tuple[str, str] | None], ...] = (
    ("General Care", "Other", 0.9, None),
    ("General Care", "Vitals/Monitoring", 0.45, None),
    ("General Care", "Activity", 0.4, None),
    ("General Care", "Tubes/Drains", 0.12, ("Tubes & Drains type", "Closed suction drain")),
    ("General Care", "Wound Care", 0.15, None),
    ("IV therapy", "IV fluids", 0.6, ("Indication", "Hydration")),
    ("IV therapy", "IV access", 0.45, None),
    ("Nutrition", "Diet Order", 0.5, None),
    ("Consults", "Physical Therapy", 0.15, None),
    ("Respiratory", "Oxygen Therapy", 0.12, None),
    ("ADT orders", "Transfer", 0.12, ("Transfer to", "Medicine")),
)
"""Orders of a day on any ward: type, subtype, share of days, field and value."""
_UNLINKED = 0.86
_MORNING = {"cbc": 0.93, "diff": 0.32, "bmp": 0.95, "camgphos": 0.86, "lft": 0.7, "coag": 0.7}
_EVENING = {"cbc": 0.6, "bmp": 0.9, "camgphos": 0.6, "coag": 0.4, "gas": 0.3, "lactate": 0.25}
"""Shares of panels in the round of a morning, and in one later in the day."""
_SELDOM = ("lft", "coag", "gas", "lactate")
_ASKED_LATER = 0.04
"""Panels that are repeated in those who had them at first, and the weight in all others."""


class Course:
    """Draws the events of one admission."""

    def __init__(self, draws: Draws, story: Story, body: Body, frame: Frame) -> None:
        """Bind the patient's stream, the story, the body and the times."""
        self._draws = draws
        self._story = story
        self._body = body
        self._frame = frame
        self._catalogue = catalogue()

    def tubes(
        self, panels: list[str], at: int, *, urgent: bool, line: bool = False
    ) -> list[Specimen]:
        """Draw the tubes for some panels: each kind of specimen is a tube of its own.

        Args:
            panels: Keys of panels.
            at: When they are asked for.
            urgent: Whether the laboratory is asked to hurry.
            line: Blood from an arterial line; without it the story says how often gas is arterial.
        """
        draws = self._draws
        specimens = []
        for tube, keys in _tubes(tuple(panels), self._frame.laboratory):
            taken = at + (draws.whole(5, 50) if tube == "urine" else 0)
            if taken >= self._frame.discharged:
                continue
            arterial = line or draws.chance(self._story.arterial)
            results = self._body.measure(
                keys, (taken - self._frame.arrival) / HOUR, arterial=arterial
            )
            if tube == "gas" and "bg_ph" in keys:
                kind = "ART." if arterial else "VEN."
                results.insert(0, Result("specimen_type", kind, None, False))
            wait = draws.whole(20, 34) if tube == "gas" else draws.whole(32, 118)
            specimens.append(
                Specimen(
                    taken,
                    taken + wait,
                    urgent,
                    taken < self._frame.admitted and draws.chance(_UNLINKED),
                    tuple(results),
                )
            )
        return specimens

    def specimens(self, line: tuple[int, int] | None = None) -> tuple[Specimen, ...]:
        """All laboratory specimens, by time.

        Args:
            line: When an arterial line lay, if one did: gases are then drawn again and again.
        """
        draws, story, frame = self._draws, self._story, self._frame
        shares = dict(self._catalogue.first_draw)
        shares.update(story.tests)
        first = [panel for panel, share in shares.items() if draws.chance(share)]
        at = frame.arrival + draws.whole(14, 75)
        specimens = self.tubes(first, at, urgent=True)
        for panel, every, times, share in story.serial:
            if not draws.chance(share):
                continue
            for turn in range(1, times + 1):
                later = at + int(HOUR * every * turn * draws.between(0.85, 1.15))
                if not draws.chance(0.08):
                    specimens += self.tubes([panel], later, urgent=True)
        for panel, low, high, share in story.late:
            if draws.chance(share):
                later = frame.arrival + int(HOUR * draws.between(low, high))
                specimens += self.tubes([panel], later, urgent=False)
        if draws.chance(0.06):  # a repeat that somebody asked for to be sure
            specimens += self.tubes(["bmp"], at + draws.whole(40, 150), urgent=True)
        if line is not None:
            for gas in range(line[0] + 40, min(line[1] - 10, line[0] + 2 * DAY), 6 * HOUR):
                later = gas + draws.whole(-30, 60)
                specimens += self.tubes(["gas"], later, urgent=True, line=True)
        followed = {panel: 1.0 if panel in first else _ASKED_LATER for panel in _SELDOM}
        specimens += self._mornings(followed)
        specimens.sort(key=lambda specimen: specimen.taken)
        left = _RESULTS
        for place, specimen in enumerate(specimens):
            left -= len(specimen.results)
            if left < 0:
                return tuple(specimens[:place])
        return tuple(specimens)

    def _mornings(self, followed: dict[str, float]) -> list[Specimen]:
        """The rounds of the following days; `followed` weighs what not everybody has."""
        draws, frame = self._draws, self._frame
        specimens: list[Specimen] = []
        day = frame.arrival // DAY + 1
        sick = self._body.severity
        for turn in range(_MOST_DAYS):
            at = (day + turn) * DAY + draws.whole(285, 405)
            if at < frame.admitted + 3 * HOUR:
                continue
            if at >= frame.discharged:
                break
            fading = 0.985**turn
            specimens += self._round(at, _MORNING, followed, fading, urgent=False)
            if turn == 0:
                late = [key for key in ("a1c", "lipid", "tsh", "iron") if draws.chance(0.06)]
                specimens += self.tubes(late, at, urgent=False)
            # The sicker a patient, the more often somebody asks again later in the day.
            again = at + draws.whole(8, 12) * HOUR
            if again < frame.discharged and draws.chance(fading * (0.08 + 0.36 * sick)):
                specimens += self._round(again, _EVENING, followed, 1.0, urgent=True)
        return specimens

    def _round(
        self,
        at: int,
        plan: dict[str, float],
        followed: dict[str, float],
        fading: float,
        *,
        urgent: bool,
    ) -> list[Specimen]:
        """Routine blood tests at one time; what was not asked at first is seldom asked later."""
        chance = self._draws.chance
        panels = [
            panel
            for panel, share in plan.items()
            if chance(fading * share * followed.get(panel, 1.0))
        ]
        return self.tubes(panels, at, urgent=urgent)

    def cultures(self, icu: tuple[int, int] | None = None) -> tuple[Culture, ...]:
        """All cultures, by time; `icu` is when intensive care began and ended, if it did."""
        return CultureCourse(self._draws, self._story, self._frame).cultures(icu)

    def medications(self, home: list[str], moves: Sequence[int] = ()) -> tuple[Medication, ...]:
        """All drug orders, by time.

        Args:
            home: Drugs that the patient takes at home.
            moves: When the patient went to or left intensive care: orders are written anew.
        """
        return DrugCourse(self._draws, self._story, self._frame).medications(home, moves)

    def procedures(self) -> tuple[Procedure, ...]:
        """All procedures, by time; each within the stay."""
        draws, frame = self._draws, self._frame
        done = []
        for key, (share, low, high) in self._story.procedures.items():
            at = max(
                frame.arrival + int(HOUR * draws.between(low, high)),
                frame.admitted + draws.whole(10, 60),
            )
            if draws.chance(share) and at < frame.discharged:
                done.append(Procedure(key, at))
        done.sort(key=lambda procedure: (procedure.at, procedure.key))
        return tuple(done)

    def orders(self, specimens: tuple[Specimen, ...], *, to_icu: bool) -> tuple[Order, ...]:
        """Orders other than drugs."""
        draws, story, frame = self._draws, self._story, self._frame
        at = frame.admitted
        orders = [
            Order(at, "ADT orders", "Admit", ("Admit category", "Admit to inpatient")),
            Order(at + 1, "ADT orders", "Admit", ("Admit to", "ICU" if to_icu else "Medicine")),
            Order(
                at + 6,
                "General Care",
                "Code status",
                ("Code status", "Resuscitate (Full code)")
                if not draws.chance(0.14)
                else ("Code status", "Do not resuscitate (DNR/DNI)"),
            ),
            Order(at + 9, "General Care", "Vitals/Monitoring"),
            Order(at + 11, "IV therapy", "IV access"),
            Order(at + 12, "Nutrition", "Diet Order"),
        ]
        for share, kind, subtype, detail in (
            (story.telemetry, "General Care", "Telemetry", None),
            (story.oxygen, "Respiratory", "Oxygen Therapy", None),
            (story.npo, "Nutrition", "NPO/Diet for Procedure", None),
            (0.45, "General Care", "Activity", None),
            (0.35, "General Care", "Therapeutic devices/DVT/Prophylaxis", None),
            (0.3, "Radiology", "General Xray", None),
            (0.25, "Radiology", "CT Scan", None),
            (0.5, "Cardiology", "ECG", None),
            (0.3, "Consults", "Physical Therapy", None),
            (
                0.8 if to_icu else story.foley,
                "General Care",
                "Tubes/Drains",
                ("Tubes & Drains type", "Indwelling urinary catheter (IUC) - Foley"),
            ),
        ):
            if draws.chance(share):
                orders.append(Order(at + draws.whole(2, 200), kind, subtype, detail))
        if draws.chance(story.blood):
            when = frame.arrival + draws.whole(50, 600)
            orders.append(Order(when, "Blood Bank", "Blood tests"))
            orders.append(Order(when + 4, "Blood Bank", "Red Cell Product Order"))
        for specimen in specimens:
            ordered = specimen.taken - draws.whole(4, 25)
            orders.append(Order(ordered, "Lab", ""))
            if len(specimen.results) > _TWO_PANELS:  # one order a panel, one tube for both
                orders.append(Order(ordered, "Lab", ""))
        for day in range(frame.admitted + draws.whole(300, 700), frame.discharged, DAY):
            for kind, subtype, share, detail in _DAILY:
                if draws.chance(share):
                    orders.append(Order(day + draws.whole(0, 500), kind, subtype, detail))
        leaving = frame.discharged - draws.whole(60, 300)
        orders += [
            Order(leaving - 200, "ADT orders", "Discharge", ("Discharge Planning", "Finalized")),
            Order(leaving, "ADT orders", "Discharge", ("Discharge When", "Discharge Now")),
        ]
        kept = [order for order in orders if frame.arrival < order.at < frame.discharged]
        kept.sort(key=lambda order: order.at)
        return tuple(kept)


@lru_cache(4096)
def _tubes(panels: tuple[str, ...], laboratory: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What is drawn for some panels: each kind of specimen is a tube of its own."""
    known = panels_of(laboratory)
    tubes: dict[str, dict[str, None]] = {}
    for panel in panels:
        if panel in _URINE:
            tube = "urine"
        elif panel in _FAST:
            tube = "gas"
        elif panel in _FLUIDS or panel == "flu":
            tube = panel
        elif panel in _PURPLE:
            tube = "purple"
        elif panel in _BLUE:
            tube = "blue"
        else:
            tube = "gold"
        tubes.setdefault(tube, {}).update(dict.fromkeys(known[panel]))
    return tuple((tube, tuple(keys)) for tube, keys in tubes.items())


@cache
def panels_of(laboratory: int) -> dict[str, tuple[str, ...]]:
    """The items of each panel, as the laboratory of some years reports it.

    Args:
        laboratory: How many times panels have grown (`frame.Frame.laboratory`).
    """
    known = catalogue()
    return {
        key: (*items, *(item for grown in known.later[:laboratory] for item in grown.get(key, ())))
        for key, items in known.panels.items()
    }
