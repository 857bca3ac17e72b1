"""The course of one stay in intensive care, drawn into events.

Belongs here: hourly charting, infusions, outputs, lines. Does not belong here: tables (`icu`).
"""

from __future__ import annotations

from sources.synthetic.body import Body
from sources.synthetic.catalogue import catalogue
from sources.synthetic.draws import Draws
from sources.synthetic.ids import CAREGIVERS
from sources.synthetic.stories import IcuCare, Story
from sources.synthetic.timeline import DAY, HOUR, Chart, IcuStay, Infusion, Procedure

_CHARTED_HOURS = 48
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
        lines = [("peripheral", start, end)]
        if self._care.vent > 0.2 or "norepinephrine" in self._care.infusions:
            for key, share in (("arterial", 0.5), ("central", 0.5), ("foley", 0.7)):
                if draws.chance(share):
                    lines.append((key, min(end - 1, start + draws.whole(30, 300)), end))
        return IcuStay(
            stay_id,
            self._care.unit,
            start,
            end,
            weight,
            self._charts(vent, weight, height),
            self._outputs(),
            self._infusions(weight, vent),
            charted,
            tuple(lines),
            caregivers,
        )

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
        self, vent: tuple[int, int] | None, weight: float, height: float
    ) -> tuple[Chart, ...]:
        draws, body, start = self._draws, self._body, self._start
        charts = [
            _number(start + 20, "weight", weight, 1),
            _number(start + 20, "height", height, 0),
            Chart(start + 35, "code_status", "Full code", None),
        ]
        hours = min(_CHARTED_HOURS, (self._end - start) // HOUR)
        poc = draws.chance(self._story.poc_glucose)
        awake = coma_scale(round(draws.around(self._care.gcs, 1.2)))
        for hour in range(hours):
            at = start + hour * HOUR + draws.whole(0, 9)
            since = (at - self._arrival) / HOUR
            if draws.chance(0.03):  # an hour in which nobody charted
                continue
            sbp = body.vital("sbp", since)
            dbp = sbp * draws.between(0.5, 0.64)
            hr = body.vital("hr", since)
            for key, value in (
                ("hr", hr),
                ("sbp", sbp),
                ("dbp", dbp),
                ("map", (sbp + 2 * dbp) / 3),
                ("rr", body.vital("rr", since)),
                ("spo2", body.vital("spo2", since)),
            ):
                charts.append(_number(at, key, value, 0))
            seldom = hour % 6 == 0 and (poc or draws.chance(0.12))
            if seldom or (poc and hour < 24):
                glucose = body.measure(("glucose",), since)[0]
                charts.append(_number(at, "glucose_poc", glucose.number or 0.0, 0))
            if hour % 4 == 0:
                charts += self._every_four_hours(at, since, hr, vent, awake)
        return tuple(charts)

    def _every_four_hours(
        self,
        at: int,
        since: float,
        hr: float,
        vent: tuple[int, int] | None,
        awake: tuple[int, int, int],
    ) -> list[Chart]:
        draws, body = self._draws, self._body
        ventilated = vent is not None and vent[0] <= at < vent[1]
        eye, verbal, motor = (2, 1, 5) if ventilated else awake
        rhythm = self._story.rhythm
        if rhythm is None:
            rhythm = "ST (Sinus Tachycardia) " if hr > 100 else "SR (Sinus Rhythm)"
        charts = [
            _number(at, "temp", body.vital("temp", since), 1),
            Chart(at, "rhythm", rhythm, None),
            Chart(at, "gcs_eye", _EYES[eye], float(eye)),
            Chart(
                at, "gcs_verbal", "No Response-ETT" if ventilated else _WORDS[verbal], float(verbal)
            ),
            Chart(at, "gcs_motor", _MOVES[motor], float(motor)),
        ]
        if ventilated:
            charts += [
                Chart(at, "o2_device", "Endotracheal tube", None),
                Chart(at, "vent_mode", "CMV/ASSIST/AutoFlow", 49.0),
                _number(at, "fio2", draws.one((40, 40, 50, 50, 60, 80)), 0),
                _number(at, "peep", draws.one((5, 5, 8, 10)), 0),
                _number(at, "vent_rate", draws.whole(14, 24), 0),
                _number(at, "tidal", 390 * draws.times(0.12), 0),
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
        hours = min(_CHARTED_HOURS, (self._end - start) // HOUR)
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
        infusions.sort(key=lambda part: (part.start, part.key))
        return tuple(infusions)

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
