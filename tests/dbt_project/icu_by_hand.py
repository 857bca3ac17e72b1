"""The severity of intensive care stays, computed a second time from the raw files.

Belongs here: an event by event computation in Python of what `icu_severity` holds, written from the
definitions and not from the SQL: there is no hourly grid, every event is scored by itself and the
worst score of a span of time is taken; episodes are found by walking along the rows; ventilator
modes are known by their family, not by a list. Does not belong here: reading the files
(`icu_raw_demo`), the comparison (`test_icu_severity`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from icu_raw_demo import COMA, MEAN_PRESSURE, SUPPORT, VASOPRESSORS, WEIGHT, Demo, H, Span, Stay

MODES = re.compile(
    r"(?<![A-Za-z])(S?CMV|AC|SIMV|PCV|PRVC|APRV|APV|MMV|PSV|PPS|SYNCHRON|Ambient)(?![A-Za-z])"
)
HAMILTON = {"APRV", "APV (cmv)", "APV (simv)", "Ambient", "(S) CMV", "P-CMV", "SIMV", "P-SIMV",
            "VS", "ASV"}  # fmt: skip
OXYGEN = re.compile(r"non-rebreather|tent|cool|venti|conc mask|neb$|vapomist|oxymizer|nasal", re.I)

Scored = tuple[datetime, int]
Windows = dict[int, tuple[float, float]]


def graded(limits: Iterable[float], reached: Callable[[float], bool]) -> int:
    """4 for the first limit that is reached, 3 for the second, down to 0."""
    return next((4 - place for place, limit in enumerate(limits) if reached(limit)), 0)


def support_episodes(stay: Stay) -> list[Span]:
    """Spans of invasive ventilation."""
    kinds: dict[datetime, str] = {}
    order = ["trach", "invasive", "mask", "high flow", "oxygen", "none"]
    for item in SUPPORT:
        for time, _, text in stay.charted[item]:
            kind = _support(item, text)
            if kind and (time not in kinds or order.index(kind) < order.index(kinds[time])):
                kinds[time] = kind
    episodes: list[tuple[str, list[datetime], datetime]] = []
    for time in sorted(kinds):
        if episodes:
            kind, rows, _ = episodes[-1]
            if time - rows[-1] < 14 * H:
                episodes[-1] = (kind, rows, time)
            if kind == kinds[time] and time - rows[-1] < 14 * H:
                rows.append(time)
                continue
        episodes.append((kinds[time], [time], time))
    return [(rows[0], end) for kind, rows, end in episodes if kind == "invasive" and len(rows) > 1]


def _support(item: int, text: str) -> str | None:
    if item == 223849:
        return "invasive" if MODES.search(text) else None
    if item == 229314:
        if text in HAMILTON:
            return "invasive"
        return "mask" if text in ("DuoPaP", "NIV", "NIV-ST") else None
    if text in ("Tracheostomy tube", "Trach mask"):
        return "trach"
    if text == "Endotracheal tube":
        return "invasive"
    if text in ("Bipap mask", "CPAP mask"):
        return "mask"
    if text == "High flow nasal cannula":
        return "high flow"
    if text == "None":
        return "none"
    return "oxygen" if OXYGEN.search(text) else None


def coma_scores(stay: Stay) -> list[tuple[datetime, float]]:
    """Totals of the coma scale."""
    rows: dict[datetime, dict[int, float]] = defaultdict(dict)
    for item in COMA:
        for time, number, text in stay.charted[item]:
            if text == "No Response-ETT":
                rows[time][item] = 0
            elif number is not None:
                rows[time][item] = max(number, rows[time].get(item, 0))
    for row in rows.values():
        if row.get(223900) == 0:
            row["intubated"] = 1  # type: ignore[index]
    found, before = [], (datetime.min, {})  # type: ignore[var-annotated]
    for time in sorted(rows):
        row = rows[time]
        if "intubated" in row:
            total = 15.0
        else:
            usable = time - before[0] < 6 * H and "intubated" not in before[1]
            total = sum(
                row.get(item, before[1].get(item, normal) if usable else normal)
                for item, normal in ((220739, 4), (223900, 5), (223901, 6))
            )
        found.append((time, total))
        before = (time, row)
    return found


def urine_windows(stay: Stay) -> list[tuple[datetime, Windows]]:
    """For each output: hours of the window to (volume, documented hours)."""
    previous, spans = stay.clock[0], []
    found = []
    for time in sorted(stay.urine):
        spans.append((time, stay.urine[time], max((time - previous) / H, 0)))
        previous = time
        sums = {hours: [0.0, 0.0] for hours in (6, 12, 24)}
        for then, volume, documented in reversed(spans):
            if time - then >= 24 * H:
                break
            for hours, pair in sums.items():
                if time - then < hours * H:
                    pair[0] += volume
                    pair[1] += documented
        found.append((time, {hours: (pair[0], pair[1]) for hours, pair in sums.items()}))
    return found


def weight_at(stay: Stay, moment: datetime) -> float | None:
    """The weight that holds at a moment."""
    values: dict[datetime, list[float]] = defaultdict(list)
    for item in WEIGHT:
        for time, number, _ in stay.charted[item]:
            if number is not None and 0 < number < 1500:
                values[time].append(number)
    if not values or not stay.arrived - 2 * H < moment <= stay.left + 2 * H:
        return None
    admitted = [t for t, n, _ in stay.charted[226512] if n is not None and 0 < n < 1500]
    held = {time: sum(listed) / len(listed) for time, listed in values.items()}
    if admitted:
        held[stay.arrived - 2 * H] = held.pop(min(admitted))
    past = [time for time in held if time < moment]
    return held[max(past)] if past else held[min(held)]


def suspicions(demo: Demo, stay: Stay) -> list[datetime]:
    """When an infection was suspected in the admission of the stay."""
    found = []
    for given in sorted(demo.antibiotics.get(stay.hadm, ())):
        before, after = [], []
        for day, time in demo.cultures.get(stay.subject, ()):
            if time is not None:
                if timedelta(0) <= given - time <= 72 * H:
                    before.append(time)
                elif timedelta(0) < time - given <= 24 * H:
                    after.append(time)
            else:
                days = (given.date() - day.date()).days
                if 0 <= days <= 3:
                    before.append(day)
                elif days == -1:
                    after.append(day)
        if before:
            found.append(min(before))
        elif after:
            found.append(given)
    return found


class Severity:
    """The columns of one stay."""

    def __init__(self, demo: Demo, stay: Stay) -> None:
        self._demo, self._stay = demo, stay
        self._start, last = stay.clock
        whole = self._start.replace(minute=0, second=0, microsecond=0)
        self._zero = whole if whole == self._start else whole + H
        self._hours = -int(-((last - self._start) / H) // 1)
        self._ventilated = support_episodes(stay)
        self._urine = urine_windows(stay)
        self._scores = {
            "respiration": self._respiration(),
            "blood": self._labs(51265, lambda x: graded((20, 50, 100, 150), lambda e: x < e)),
            "liver": self._labs(50885, lambda x: graded((12, 6, 2, 1.2), lambda e: x >= e)),
            "circulation": self._circulation(),
            "brain": [
                (time, graded((6, 10, 13, 15), lambda edge, total=total: total < edge))
                for time, total in coma_scores(stay)
            ],
            "kidney": self._kidney(),
        }

    def _labs(self, item: int, score: Callable[[float], int]) -> list[Scored]:
        rows = self._demo.by_admission.get(self._stay.hadm, [])
        return [(time, score(value)) for time, found, value in rows if found == item]

    def _respiration(self) -> list[Scored]:
        found = []
        for time, ratio in self._demo.gases.get(self._stay.subject, ()):
            score = graded((100, 200, 300, 400), lambda edge, ratio=ratio: ratio < edge)
            if not any(start <= time <= end for start, end in self._ventilated):
                score = min(score, 2)
            found.append((time, score))
        return found

    def _circulation(self) -> list[Scored]:
        found = []
        pressures: dict[datetime, list[float]] = defaultdict(list)
        for item in MEAN_PRESSURE:
            for time, number, _ in self._stay.charted[item]:
                if number is not None and 0 < number < 300:
                    pressures[time].append(number)
        found += [(t, 1) for t, listed in pressures.items() if sum(listed) / len(listed) < 70]
        for item, start, end, rate in self._stay.infusions:
            score = 0
            if item in (221906, 221289, 229617):
                score = 4 if rate > 0.1 else 3
            elif item == 221662:
                score = 4 if rate > 15 else 3 if rate > 5 else 2
            elif item == 221653:
                score = 2
            # Counts at the full hours at which it runs.
            moment = start.replace(minute=0, second=0, microsecond=0) + H
            while moment <= end:
                found.append((moment, score))
                moment += H
        return found

    def _kidney(self) -> list[Scored]:
        found = [
            (time, graded((5, 3.5, 2, 1.2), lambda edge, value=value: value >= edge))
            for time, item, value in self._demo.by_admission.get(self._stay.hadm, [])
            if item == 50912 and value <= 150
        ]
        for time, windows in self._urine:
            volume, documented = windows[24]
            if 22 <= documented <= 30:
                scaled = volume / documented * 24
                found.append((time, 4 if scaled < 200 else 3 if scaled < 500 else 0))
        return found

    def sofa(self, hour: int) -> int:
        """SOFA at the end of an hour."""
        end = self._zero + hour * H
        return sum(
            max((score for time, score in scores if end - 24 * H < time <= end), default=0)
            for scores in self._scores.values()
        )

    def sepsis3(self) -> bool:
        suspected = suspicions(self._demo, self._stay)
        near = [
            hour
            for hour in range(self._hours + 1)
            if any(
                time - 48 * H <= self._zero + hour * H <= time + 24 * H for time in set(suspected)
            )
        ]
        return any(self.sofa(hour) >= 2 for hour in near)

    def kdigo_stage_48h(self) -> int | None:
        stay, first, last = self._stay, self._stay.arrived, self._stay.arrived + 48 * H
        stages = [3 for time, _, _ in stay.charted[227290] if first <= time <= last]
        rows = {
            time: sum(listed) / len(listed)
            for time, listed in self._demo.creatinine.get(stay.subject, {}).items()
            if first - 168 * H <= time <= stay.left
        }
        for time, value in rows.items():
            if not first <= time <= last:
                continue
            low7 = min((v for t, v in rows.items() if time - 168 * H <= t < time), default=None)
            low48 = min((v for t, v in rows.items() if time - 48 * H <= t < time), default=None)
            # In thousandths, since binary fractions do not add up.
            now = round(value * 1000)
            risen = low48 is not None and now - round(low48 * 1000) >= 300
            ratio = 0.0 if low7 is None else round(value / low7, 6)
            mild = risen or ratio >= 1.5
            stages.append(
                3 if ratio >= 3 or (value >= 4 and mild) else 2 if ratio >= 2 else 1 if mild else 0
            )
        for time, windows in self._urine:
            if first <= time <= last:
                stage = self._urine_stage(time, windows)
                stages += [] if stage is None else [stage]
        return max(stages, default=None)

    def _urine_stage(self, time: datetime, windows: Windows) -> int | None:
        if time <= self._stay.arrived + 6 * H:
            return 0
        weight = weight_at(self._stay, time)
        if weight is None:
            return None
        rate = {
            hours: volume / weight / documented
            for hours, (volume, documented) in windows.items()
            if documented >= hours - 1e-4
        }
        if rate.get(24, 1) < 0.3 or rate.get(12, 1) <= 0:
            return 3
        if rate.get(12, 1) < 0.5:
            return 2
        return (1 if rate[6] < 0.5 else 0) if 6 in rate else None

    @property
    def last_hour(self) -> int:
        """Number of the last hour of the clock."""
        return self._hours

    def columns(self) -> dict[str, Any]:
        """What `icu_severity` should hold besides the key."""
        return {
            "sofa_24h": self.sofa(min(24, self._hours)),
            "sepsis3": self.sepsis3(),
            "kdigo_stage_48h": self.kdigo_stage_48h(),
            "ventilated_24h": self.ventilated_24h(),
            "vasopressor_24h": self.vasopressor_24h(),
        }

    def ventilated_24h(self) -> bool:
        begin = self._stay.arrived
        return any(start <= begin + 24 * H and end >= begin for start, end in self._ventilated)

    def vasopressor_24h(self) -> bool:
        begin = self._stay.arrived
        return any(
            item in VASOPRESSORS and begin - 6 * H <= start <= begin + 24 * H
            for item, start, _, _ in self._stay.infusions
        )


def severities_by_hand(root: Path) -> dict[int, Severity]:
    """Stay to its severity, from the raw files of the demo and of its supplement below `root`."""
    demo = Demo(root)
    return {stay_id: Severity(demo, stay) for stay_id, stay in demo.stays.items()}
