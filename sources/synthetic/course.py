"""The course of one admission, drawn from a story into events.

Belongs here: what is done to a patient and when: tests, cultures, drugs, procedures, orders.
Does not belong here: intensive care (`icu_course`), the patient's life around it (`life`), tables.
"""

from __future__ import annotations

from dataclasses import dataclass

from sources.synthetic.body import Body
from sources.synthetic.catalogue import catalogue
from sources.synthetic.draws import Draws
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
    Vitals,
)

_URINE = frozenset({"ua", "urine_lytes", "utox"})
_FAST = frozenset({"gas", "lactate", "ica"})
_FLUIDS = frozenset({"csf", "pleural", "ascites"})
_MOST_DAYS = 9
_UNLINKED = 0.72


@dataclass(frozen=True, slots=True)
class Frame:
    """The times that everything else is hung on."""

    arrival: int
    admitted: int
    discharged: int
    ed_end: int
    """Equal to `arrival` when the patient did not come through the emergency department."""


class Course:
    """Draws the events of one admission."""

    def __init__(self, draws: Draws, story: Story, body: Body, frame: Frame) -> None:
        """Bind the patient's stream, the story, the body and the times."""
        self._draws = draws
        self._story = story
        self._body = body
        self._frame = frame
        self._catalogue = catalogue()

    def _specimen(self, panels: list[str], at: int, *, urgent: bool) -> list[Specimen]:
        """Draw the tubes for some panels: each kind of specimen is a tube of its own."""
        draws = self._draws
        tubes: dict[str, list[str]] = {}
        for panel in panels:
            if panel in _URINE:
                tube = "urine"
            elif panel in _FAST:
                tube = "gas"
            elif panel in _FLUIDS or panel == "flu":
                tube = panel
            elif panel in {"cbc", "diff", "bands", "esr"}:
                tube = "purple"
            elif panel in {"coag", "fibrinogen", "ddimer"}:
                tube = "blue"
            else:
                tube = "gold"
            tubes.setdefault(tube, []).extend(
                key for key in self._catalogue.panels[panel] if key not in tubes.get(tube, ())
            )
        specimens = []
        for tube, keys in tubes.items():
            taken = at + (draws.whole(5, 50) if tube == "urine" else 0)
            if taken >= self._frame.discharged:
                continue
            arterial = draws.chance(self._story.arterial)
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

    def specimens(self) -> tuple[Specimen, ...]:
        """All laboratory specimens, by time."""
        draws, story, frame = self._draws, self._story, self._frame
        shares = dict(self._catalogue.first_draw)
        shares.update(story.tests)
        first = [panel for panel, share in shares.items() if draws.chance(share)]
        at = frame.arrival + draws.whole(14, 75)
        specimens = self._specimen(first, at, urgent=True)
        for panel, every, times, share in story.serial:
            if not draws.chance(share):
                continue
            for turn in range(1, times + 1):
                later = at + int(HOUR * every * turn * draws.between(0.85, 1.15))
                if not draws.chance(0.08):
                    specimens += self._specimen([panel], later, urgent=True)
        for panel, low, high, share in story.late:
            if draws.chance(share):
                later = frame.arrival + int(HOUR * draws.between(low, high))
                specimens += self._specimen([panel], later, urgent=False)
        if draws.chance(0.06):  # a repeat that somebody asked for to be sure
            specimens += self._specimen(["bmp"], at + draws.whole(40, 150), urgent=True)
        specimens += self._mornings(shares)
        specimens.sort(key=lambda specimen: specimen.taken)
        return tuple(specimens)

    def _mornings(self, shares: dict[str, float]) -> list[Specimen]:
        """The rounds of the following mornings."""
        draws, frame = self._draws, self._frame
        specimens: list[Specimen] = []
        day = frame.arrival // DAY + 1
        for turn in range(_MOST_DAYS):
            at = (day + turn) * DAY + draws.whole(285, 405)
            if at < frame.admitted + 3 * HOUR:
                continue
            if at >= frame.discharged:
                break
            panels = []
            fading = 0.93**turn
            for panel, share in (("cbc", 0.72), ("bmp", 0.84), ("camgphos", 0.6)):
                if draws.chance(share * fading):
                    panels.append(panel)
            for panel in ("lft", "coag"):
                if draws.chance(0.38 * shares.get(panel, 0.0) * fading):
                    panels.append(panel)
            if turn == 0:
                panels += [key for key in ("a1c", "lipid", "tsh", "iron") if draws.chance(0.06)]
            specimens += self._specimen(panels, at, urgent=False)
        return specimens

    def cultures(self) -> tuple[Culture, ...]:
        """All cultures, by time."""
        draws, frame = self._draws, self._frame
        plan = dict(self._catalogue.cultures)
        plan.update(self._story.cultures)
        cultures = []
        for specimen, (share, positive, profile) in plan.items():
            if not draws.chance(share):
                continue
            fluid = specimen in _FLUIDS
            at = frame.arrival + (draws.whole(90, 330) if fluid else draws.whole(16, 150))
            if specimen in {"sputum", "mrsa", "stool", "legionella"}:
                at += draws.whole(60, 900)
            organism = draws.weighted(self._catalogue.profiles[profile])
            grows = draws.chance(positive)
            resistant = self._susceptibility(organism) if grows else ()
            for bottle in range(2 if specimen == "blood" else 1):
                found = grows and (bottle == 0 or draws.chance(0.7))
                wait = self._catalogue.specimens[specimen][6 if found else 5]
                taken = at + bottle * draws.whole(4, 25)
                if taken >= frame.discharged:
                    continue
                cultures.append(
                    Culture(
                        specimen,
                        taken,
                        taken + int(HOUR * wait * draws.times(0.22)),
                        taken < frame.admitted and draws.chance(_UNLINKED),
                        organism if found else None,
                        resistant if found else (),
                    )
                )
        cultures.sort(key=lambda culture: culture.taken)
        return tuple(cultures)

    def _susceptibility(self, organism: str) -> tuple[tuple[str, bool], ...]:
        tested: dict[str, float] = self._catalogue.organisms[organism][2]
        return tuple((drug, self._draws.chance(share)) for drug, share in tested.items())

    def medications(self, home: list[str]) -> tuple[Medication, ...]:
        """All drug orders, by time; `home` are the drugs that the patient takes at home."""
        draws, frame = self._draws, self._frame
        plan = {
            key: (share, draws.between(5, 14), 9.0 if self._catalogue.drugs[key].every else 0.0)
            for key, share in self._catalogue.drugs_background.items()
        }
        # A ward's habits never contradict a story: whoever bleeds gets no prophylactic heparin.
        if self._story.bleeds:
            plan.pop("heparin_sc", None)
        for key in home:
            if key in self._catalogue.continued and key not in self._story.holds:
                plan[key] = (0.7, draws.between(6, 16), 9.0)
        plan.update(self._story.drugs)
        orders = [
            self._medication(key, hour, days)
            for key, (share, hour, days) in plan.items()
            if draws.chance(share)
        ]
        kept = [order for order in orders if order.ordered < frame.discharged]
        kept.sort(key=lambda order: (order.ordered, order.drug))
        return tuple(kept)

    def _medication(self, key: str, hour: float, days: float) -> Medication:
        draws, frame = self._draws, self._frame
        drug = self._catalogue.drugs[key]
        first = frame.arrival + int(HOUR * hour * draws.times(0.3))
        in_ed = first if first < frame.ed_end else None
        ordered = first - draws.whole(12, 40)
        start = first
        if in_ed is not None and drug.every:
            start = max(first + drug.every * HOUR, frame.admitted + draws.whole(20, 120))
        elif in_ed is not None and not draws.chance(0.3):
            return Medication(key, max(ordered, frame.arrival + 4), first, first + HOUR, first, ())
        every = drug.every * HOUR
        stop = start + HOUR
        doses: list[tuple[int, bool]] = []
        if days and every:
            stop = max(start + HOUR, min(start + int(DAY * days), frame.discharged))
            at = start
            while at < stop and len(doses) < 14:
                doses.append((at + draws.whole(-20, 35), not draws.chance(0.07)))
                at += every
        else:
            doses.append((start, not draws.chance(0.04)))
        ordered = max(min(ordered, start - 10), frame.arrival + 4)
        return Medication(
            key,
            ordered,
            start,
            stop,
            in_ed,
            tuple(dose for dose in doses if ordered < dose[0] < frame.discharged),
        )

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
            orders.append(Order(specimen.taken - draws.whole(4, 25), "Lab", ""))
        orders.append(Order(frame.discharged - draws.whole(60, 300), "ADT orders", "Discharge"))
        kept = [order for order in orders if frame.arrival < order.at < frame.discharged]
        kept.sort(key=lambda order: order.at)
        return tuple(kept)


def read_vitals(draws: Draws, body: Body, story: Story, at: int, hours: float) -> Vitals:
    """Vital signs at one time; some are not taken."""
    sbp = round(body.vital("sbp", hours))
    hr = round(body.vital("hr", hours))
    told = story.vitals.get("pain", [3.0, 3.0])
    pain = max(0, min(10, round(draws.around(told[0], told[1]))))
    rhythm = ""
    if draws.chance(0.4):
        fast = "Sinus Tachycardia" if hr > 100 else "Sinus Rhythm"
        rhythm = fast if story.rhythm is None else story.rhythm.split(" (")[-1].strip(" )")
    return Vitals(
        at,
        hr,
        sbp,
        round(sbp * draws.between(0.5, 0.66)),
        round(body.vital("rr", hours)),
        round(body.vital("spo2", hours)),
        body.vital("temp", hours) if draws.chance(0.72) else None,
        str(pain) if draws.chance(0.85) else "",
        rhythm,
    )
