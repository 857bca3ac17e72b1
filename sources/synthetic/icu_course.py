"""The course of one stay in intensive care, drawn into events.

Belongs here: vital signs, ventilation, infusions, outputs, lines. Does not belong here: what nurses
chart whatever the illness is (`charting`), tables (`icu`).
"""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter

from sources.synthetic.body import Body, fading
from sources.synthetic.catalogue import catalogue
from sources.synthetic.charting import draw_rounds
from sources.synthetic.draws import Draws
from sources.synthetic.ids import CAREGIVERS
from sources.synthetic.stories import IcuCare, Story
from sources.synthetic.timeline import (
    DAY,
    HOUR,
    Chart,
    IcuStay,
    Infusion,
    Procedure,
    Result,
    Specimen,
)

_TEXT = tuple(str(value) for value in range(400))
_SKIPPED = 0.03
"""Share of hours in which nobody charted vital signs."""
_CARRIERS = {"dextrose5": 0.92, "solution": 0.8}
"""Share of stays with these fluids running slowly, under whatever drug."""
_LINES = {
    "peripheral_18": 0.55, "peripheral_22": 0.35, "foley": 0.4, "arterial": 0.12, "picc": 0.1,
}  # fmt: skip
"""Share of stays with these lines, whatever the illness."""
_SWAB = 0.6
_FAMILY = 0.5
"""Share of stays with a swab for carriage, and of days on which somebody calls the family."""
_EYES = {1: "None", 2: "To Pain", 3: "To Speech", 4: "Spontaneously"}
_WORDS = {
    1: "No Response",
    2: "Incomprehensible sounds",
    3: "Inappropriate Words",
    4: "Confused",
    5: "Oriented",
}
_MOVES = {
    1: "No response",
    2: "Abnormal extension",
    3: "Abnormal Flexion",
    4: "Flex-withdraws",
    5: "Localizes Pain",
    6: "Obeys Commands",
}


def coma_scale(total: int) -> tuple[int, int, int]:
    """Eye, verbal and motor score of a Glasgow coma scale of 3 to 15."""
    lost = 15 - max(3, min(15, total))
    verbal = 5 - min(4, (lost + 1) // 2 if lost < 8 else 4)
    eye = 4 - min(3, (lost - (5 - verbal) + 1) // 2)
    return eye, verbal, 15 - lost - eye - verbal


class IcuCourse:
    """Draws the events of one stay."""

    def __init__(
        self,
        draws: Draws,
        story: Story,
        care: IcuCare,
        body: Body,
        arrival: int,
        window: tuple[int, int],
    ) -> None:
        """Bind the stream, the story, the body, the arrival and the stay's start and end."""
        self._draws = draws
        self._story = story
        self._care = care
        self._body = body
        self._arrival = arrival
        self._start, self._end = window
        self._orders = 0

    def stay(
        self, stay_id: int, procedures: tuple[Procedure, ...], weight: float, height: float
    ) -> IcuStay:
        """Draw the stay.

        Args:
            stay_id: Its id.
            procedures: Those of the admission; what falls in the stay is charted.
            weight: kg.
            height: cm.
        """
        draws, start, end = self._draws, self._start, self._end
        inside = [done for done in procedures if start <= done.at < end]
        charted = self._procedures(inside)
        vent = next(((low, high) for key, low, high in charted if key == "ventilation"), None)
        caregivers = tuple(draws.one(CAREGIVERS) for _ in range(4))
        lines = self._lines()
        arterial = next((low for key, low, _ in lines if key == "arterial"), None)
        return IcuStay(
            stay_id,
            self._care.unit,
            start,
            end,
            weight,
            self._charts(vent, arterial, weight, height),
            self._outputs(),
            self._infusions(weight, vent),
            charted,
            lines,
            caregivers,
            draw_rounds(draws, start, end, vent),
        )

    def with_saturations(self, stay: IcuStay, specimens: tuple[Specimen, ...]) -> IcuStay:
        """The stay with the saturation that a nurse reads off when arterial blood is drawn."""
        arterial = Result("specimen_type", "ART.", None, False)
        read = [
            _whole(at, "spo2", round(self._body.vital("spo2", (at - self._arrival) / HOUR)))
            for specimen in specimens
            if arterial in specimen.results
            for at in (specimen.taken - self._draws.whole(1, 4),)
            if stay.start <= at and specimen.taken < stay.end
        ]
        charts = sorted((*stay.charts, *read), key=attrgetter("at"))
        return replace(stay, charts=tuple(charts))

    def _lines(self) -> tuple[tuple[str, int, int], ...]:
        """Lines and tubes: some in every stay, more where the story has strong drugs or tubes."""
        draws, start, end = self._draws, self._start, self._end
        shares = dict(_LINES)
        if self._care.vent > 0.2 or "norepinephrine" in self._care.infusions:
            shares |= {"arterial": 0.5, "central": 0.5, "foley": 0.7}
        lines: list[tuple[str, int, int]] = []
        at = start
        while at < end - 6 * HOUR or not lines:  # peripheral lines are replaced
            out = min(end, at + draws.whole(36, 90) * HOUR)
            lines.append(("peripheral", at, out))
            at = out
        for key, share in shares.items():
            if draws.chance(share):
                lines.append((key, min(end - 1, start + draws.whole(30, 300)), end))
        if draws.chance(_SWAB):
            lines.append(("nasal_swab", start + 65, start + 66))
        for day in range(start + draws.whole(200, 600), end - 1, DAY):
            if draws.chance(_FAMILY):
                lines.append(("family_told", day, day + 1))
        return tuple(lines)

    def _procedures(self, inside: list[Procedure]) -> tuple[tuple[str, int, int], ...]:
        """Procedures as an ICU charts them; intubation begins ventilation."""
        draws = self._draws
        items = catalogue().procedures
        charted = []
        for done in inside:
            item = items[done.key].get("icu")
            if item is None:
                continue
            minutes = int(item[4] * draws.times(0.3)) if item[4] else 1
            charted.append((done.key, done.at, min(self._end, done.at + minutes)))
            if done.key == "intubation":
                minutes = int(items["ventilation"]["icu"][4] * draws.times(0.5))
                charted.append(("ventilation", done.at + 1, min(self._end, done.at + 1 + minutes)))
        return tuple(charted)

    def _charts(
        self, vent: tuple[int, int] | None, arterial: int | None, weight: float, height: float
    ) -> tuple[Chart, ...]:
        draws, body, start = self._draws, self._body, self._start
        charts = [
            _number(start + 20, "weight", weight, 1),
            _number(start + 20, "height", height, 0),
            Chart(start + 35, "code_status", "Full code", None),
        ]
        times = [
            start + hour * HOUR + draws.whole(0, 9)
            for hour in range((self._end - start) // HOUR)
            if not draws.chance(_SKIPPED)
        ]
        left = fading((at - self._arrival) / HOUR for at in times)
        signs = [body.vitals(sign, left) for sign in ("hr", "sbp", "rr", "spo2")]
        poc = draws.chance(self._story.poc_glucose)
        awake = coma_scale(round(draws.around(self._care.gcs, 1.2)))
        checked = assessed = start - DAY
        for at, hr, sbp, rr, spo2 in zip(times, *signs, strict=True):
            dia = int(sbp * draws.between(0.46, 0.59))
            charts += (
                _whole(at, "hr", hr),
                _whole(at, "rr", rr),
                _whole(at, "spo2", spo2),
                Chart(at, "rhythm", self._rhythm(hr), None),
            )
            if arterial is not None and at > arterial:
                sys = sbp + draws.whole(-4, 6)
                charts += _pressures(at, ("abp_sys", "abp_dia", "abp_mean"), sys, dia)
            if arterial is None or at <= arterial or draws.chance(0.3):
                charts += _pressures(at, ("sbp", "dbp", "map"), sbp, dia)
            since = (at - self._arrival) / HOUR
            if at - checked >= (50 if poc and at < start + DAY else 6 * HOUR):
                checked = at
                if poc or draws.chance(0.3):
                    glucose = body.measure(("glucose",), since)[0]
                    charts.append(_number(at, "glucose_poc", glucose.number or 0.0, 0))
            if at - assessed >= 225:
                assessed = at
                charts += self._every_four_hours(at, since, vent, awake)
        return tuple(charts)

    def _rhythm(self, hr: int) -> str:
        if self._story.rhythm is not None:
            return self._story.rhythm
        return "ST (Sinus Tachycardia) " if hr > 100 else "SR (Sinus Rhythm)"

    def _every_four_hours(
        self,
        at: int,
        since: float,
        vent: tuple[int, int] | None,
        awake: tuple[int, int, int],
    ) -> list[Chart]:
        draws, body = self._draws, self._body
        ventilated = vent is not None and vent[0] <= at < vent[1]
        eye, verbal, motor = (2, 1, 5) if ventilated else awake
        charts = [
            _number(at, "temp", body.vital("temp", since), 1),
            Chart(at, "gcs_eye", _EYES[eye], float(eye)),
            Chart(
                at, "gcs_verbal", "No Response-ETT" if ventilated else _WORDS[verbal], float(verbal)
            ),
            Chart(at, "gcs_motor", _MOVES[motor], float(motor)),
        ]
        if ventilated:
            rate = draws.whole(14, 24)
            tidal = 390 * draws.times(0.12)
            peep = draws.one((5, 5, 8, 10))
            charts += [
                Chart(at, "o2_device", "Endotracheal tube", None),
                Chart(at, "vent_mode", "CMV/ASSIST/AutoFlow", 49.0),
                _number(at, "fio2", draws.one((40, 40, 50, 50, 60, 80)), 0),
                _number(at, "peep", peep, 0),
                _number(at, "vent_rate", rate, 0),
                _number(at, "vent_rate_total", rate + draws.whole(0, 4), 0),
                _number(at, "tidal", tidal, 0),
                _number(at, "minute_volume", rate * tidal / 1000, 1),
                _number(at, "airway_mean", peep + draws.whole(3, 6), 0),
                _number(at, "airway_peak", peep + draws.whole(11, 20), 0),
            ]
        elif draws.chance(self._story.oxygen + 0.2):
            charts.append(Chart(at, "o2_device", "Nasal cannula", None))
            charts.append(_number(at, "o2_flow", draws.whole(2, 6), 0))
        else:
            charts.append(Chart(at, "o2_device", "None", None))
        return charts

    def _outputs(self) -> tuple[tuple[int, str, int], ...]:
        draws, start = self._draws, self._start
        usual = 95 * draws.times(0.35) * (0.55 if self._body.settled("sbp")[0] < 95 else 1.0)
        hours = (self._end - start) // HOUR
        key, every = ("foley", 1) if draws.chance(0.65) else ("void", 5)
        return tuple(
            (start + hour * HOUR + draws.whole(0, 12), key, round(usual * every * draws.times(0.4)))
            for hour in range(1, hours, every)
        )

    def _infusions(self, weight: float, vent: tuple[int, int] | None) -> tuple[Infusion, ...]:
        draws, start = self._draws, self._start
        infusions: list[Infusion] = []
        for key, share in self._care.infusions.items():
            if not draws.chance(share):
                continue
            begin = start + draws.whole(5, 120)
            if key in {"propofol", "fentanyl", "cisatracurium"}:
                if vent is None:
                    continue
                begin = vent[0] + draws.whole(5, 30)
            infusions += self._infusion(key, begin, weight)
        for key, share in _CARRIERS.items():
            if draws.chance(share):
                infusions += self._carrier(key, start + draws.whole(20, 400))
        infusions += self._drinks("gt_flush" if vent else "po_intake")
        infusions.sort(key=lambda part: (part.start, part.key))
        return tuple(infusions)

    def _carrier(self, key: str, begin: int) -> list[Infusion]:
        """A fluid that runs slowly all through the stay, its rate changed now and then."""
        draws = self._draws
        item = catalogue().icu["infusion"][key]
        self._orders += 1
        parts = []
        while begin < self._end - 30:
            end = min(self._end, begin + draws.whole(50, 220))
            rate = round(item[6] * draws.times(item[7]), 1)
            amount = round(rate * (end - begin) / HOUR, 2)
            last = end >= self._end - 30
            parts.append(Infusion(key, begin, end, rate, amount, self._orders, last))
            begin = end
        return parts

    def _drinks(self, key: str) -> list[Infusion]:
        """What is drunk, or flushed through a tube, every few hours."""
        draws = self._draws
        item = catalogue().icu["infusion"][key]
        parts = []
        at = self._start + draws.whole(120, 500)
        while at < self._end - 5:
            self._orders += 1
            amount = float(10 * max(3, round(item[6] * draws.times(item[7]) / 10)))
            parts.append(Infusion(key, at, at + 1, None, amount, self._orders, True))
            at += draws.whole(150, 420)
        return parts

    def _infusion(self, key: str, begin: int, weight: float) -> list[Infusion]:
        draws = self._draws
        item = catalogue().icu["infusion"][key]
        unit, usual, spread = item[5], item[6], item[7]
        self._orders += 1
        if unit is None:
            boluses = []
            for _ in range(draws.whole(1, 3)):
                if begin >= self._end:
                    break
                amount = float(round(usual * draws.times(spread)))
                minutes = 90 if key == "prbc" else 30 if key == "albumin" else 1
                boluses.append(
                    Infusion(key, begin, begin + minutes, None, amount, self._orders, True)
                )
                begin += draws.whole(240, 700)
                self._orders += 1
            return boluses
        stop = min(self._end, begin + int(DAY * self._care.days * 0.5 * draws.times(0.35)))
        rate = usual * draws.times(spread)
        parts = []
        while begin < stop:
            end = min(stop, begin + draws.whole(100, 460))
            hours = (end - begin) / HOUR
            amount = rate * hours
            if unit == "mcg/kg/min":
                amount = rate * weight * hours * 60 / 1000
            parts.append(
                Infusion(
                    key, begin, end, round(rate, 4), round(amount, 4), self._orders, end >= stop
                )
            )
            rate *= draws.times(0.2) * 0.94
            begin = end
        return parts


def _number(at: int, key: str, value: float, decimals: int) -> Chart:
    text = f"{value:.{decimals}f}"
    return Chart(at, key, text, float(text))


def _whole(at: int, key: str, value: int) -> Chart:
    return Chart(at, key, _TEXT[value], float(value))


def _pressures(at: int, keys: tuple[str, str, str], sys: int, dia: int) -> tuple[Chart, ...]:
    """Systolic, diastolic and mean pressure under their keys."""
    values = (sys, dia, (sys + 2 * dia) // 3)
    return tuple(_whole(at, key, value) for key, value in zip(keys, values, strict=True))
