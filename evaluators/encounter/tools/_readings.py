"""What a tool may read: evidence available by the clock, and the presentation.

Belongs here: the newest, lowest and highest values of a test, with their times, and what
presentation and wording tell. Does not belong here: what a value is worth (the tools).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

from evaluators.conversions import in_recorded_unit
from evaluators.encounter.protocol import Presentation
from evaluators.scenario_sets import EvidenceItem

_GCS = {
    "eye": {"spontaneously": 4, "to speech": 3, "to pain": 2, "none": 1},
    "verbal": {
        "oriented": 5,
        "confused": 4,
        "inappropriate words": 3,
        "incomprehensible sounds": 2,
        "no response": 1,
        "no response-ett": 1,
    },
    "motor": {
        "obeys commands": 6,
        "localizes pain": 5,
        "flex-withdraws": 4,
        "abnormal flexion": 3,
        "abnormal extension": 2,
        "no response": 1,
    },
}
"""Points of the Glasgow coma scale by the words of MIMIC's charts (d_items 220739, 223900, 223901;
Teasdale & Jennett, Lancet 1974)."""
_ROOM_AIR = frozenset({"none", "room air"})


@final
@dataclass(frozen=True, slots=True)
class Reading:
    """One value that was read."""

    number: float
    text: str
    """As shown, with its unit."""
    hours: float | None
    """When it became available; None for what the presentation tells."""
    test_ids: tuple[str, ...] = ()


class Readings:
    """What is known of one patient by the clock."""

    def __init__(
        self,
        evidence: Iterable[EvidenceItem],
        clock_hours: float,
        presentation: Presentation,
        wording: str = "",
    ) -> None:
        """Keep what is available by `clock_hours`.

        Args:
            evidence: Evidence of the scenario.
            clock_hours: The clinical clock.
            presentation: What was told on arrival.
            wording: The order's own words: what the candidate itself says of the patient.
        """
        self.presentation = presentation
        self._said = f" {re.sub(r'[^a-z0-9]+', ' ', wording.casefold())} "
        self._items: dict[str, list[EvidenceItem]] = defaultdict(list)
        for item in evidence:
            if item.available_hours <= clock_hours:
                self._items[item.test_id].append(in_recorded_unit(item))
        for items in self._items.values():
            items.sort(key=lambda item: (item.available_hours, item.taken_hours, item.value))

    def series(self, test_id: str, *, unit: str | None = None) -> list[Reading]:
        """All numbers of a test, oldest first; values in another unit are left out.

        A value "below" a limit reads as that limit.
        """
        found = []
        for item in self._items.get(test_id, ()):
            number = item.value_num if item.value_num is not None else _below(item.value)
            if number is None or (unit and item.unit and item.unit.casefold() != unit.casefold()):
                continue
            shown = f"{item.value} {item.unit or ''}".strip()
            found.append(Reading(number, shown, item.available_hours, (test_id,)))
        return found

    def newest(self, *test_ids: str) -> Reading | None:
        """The newest number of the first test that has one."""
        for test_id in test_ids:
            found = self.series(test_id)
            if found:
                return found[-1]
        return None

    def lowest(self, test_id: str) -> Reading | None:
        """The lowest number of a test; the newest of equals."""
        return min(reversed(self.series(test_id)), key=lambda one: one.number, default=None)

    def highest(self, test_id: str) -> Reading | None:
        """The highest number of a test; the newest of equals."""
        return max(reversed(self.series(test_id)), key=lambda one: one.number, default=None)

    def vital(self, test_id: str, told: str | None = None) -> Reading | None:
        """The newest charted value, else that of the presentation (a field of `Presentation`)."""
        found = self.newest(test_id)
        if found is not None or told is None:
            return found
        number = getattr(self.presentation, told)
        return None if number is None else Reading(float(number), f"{number:g} (triage)", None)

    def age(self) -> Reading:
        """Age in years."""
        years = self.presentation.age_years
        return Reading(float(years), f"{years} years", None)

    @property
    def is_female(self) -> bool:
        """Recorded sex."""
        return self.presentation.sex == "F"

    def sex(self) -> Reading:
        """1 for female."""
        return Reading(float(self.is_female), "female" if self.is_female else "male", None)

    def said(self, *phrases: str) -> Reading | None:
        """What the candidate says in its order: 1 for a phrase, 0 for it after "no"; else None."""
        for phrase in phrases:
            words = f" {phrase} "
            if words in self._said:
                denied = any(f" {no} {phrase} " in self._said for no in ("no", "not", "without"))
                return Reading(0.0 if denied else 1.0, f"{'no ' * denied}{phrase} (stated)", None)
        return None

    def history(self, pattern: str, *spoken: str) -> Reading | None:
        """Whether the past tells of something: titles of past diagnoses, past history, the order.

        None when nothing of the past is known.
        """
        stated = self.said(*spoken)
        if stated is not None:
            return stated
        told = self.presentation
        texts = [*told.past_diagnoses, *filter(None, (told.past_history,))]
        if not texts:
            return None
        for text in texts:
            for match in re.finditer(pattern, text, re.IGNORECASE):
                before = text[max(0, match.start() - 24) : match.start()].casefold()
                if not re.search(
                    r"\b(no|denies|without|negative for|family history of)\W*$", before
                ):
                    return Reading(1.0, "in the past history", None)
        return Reading(0.0, "not in the past history", None)

    def gcs(self) -> Reading | None:
        """Glasgow coma scale from its charted components, the newest of each; None unless all are.

        A stated total counts as it is.
        """
        latest: dict[str, tuple[int, EvidenceItem]] = {}
        for item in self._items.get("vital_gcs", ()):
            label = item.label.casefold()
            for part, words in _GCS.items():
                if part in label:
                    points = words.get(item.value.strip().casefold())
                    if points is None and item.value_num is not None:
                        points = int(item.value_num)
                    if points is not None:
                        latest[part] = (points, item)
            if item.value_num is not None and 3 <= item.value_num <= 15 and "total" in label:
                return Reading(
                    item.value_num, f"{item.value_num:g}", item.available_hours, ("vital_gcs",)
                )
        if len(latest) < len(_GCS):
            return None
        parts = [latest[part] for part in _GCS]
        total = sum(points for points, _ in parts)
        said = " ".join(
            f"{name[0].upper()}{points}" for name, (points, _) in zip(_GCS, parts, strict=True)
        )
        hours = max(item.available_hours for _, item in parts)
        return Reading(float(total), f"{total} ({said})", hours, ("vital_gcs",))

    def on_oxygen(self) -> Reading | None:
        """1 with supplemental oxygen, 0 on room air, None when nobody charted it."""
        for test_id in ("vital_o2_flow", "vital_fio2"):
            items = self._items.get(test_id, ())
            for item in reversed(items):
                if test_id == "vital_fio2" and item.value_num is not None:
                    has = item.value_num > 21
                elif item.value_num is not None:
                    has = item.value_num > 0
                else:
                    has = item.value.strip().casefold() not in _ROOM_AIR
                return Reading(float(has), item.value, item.available_hours, (test_id,))
        return None

    def fio2(self) -> Reading | None:
        """Inspired oxygen as a fraction, from the gas, else charted; None when unknown."""
        found = self.newest("lab_bg_fio2", "vital_fio2")
        if found is None:
            return None
        share = found.number / 100 if found.number > 1 else found.number
        if not 0.2 < share <= 1:
            return None
        return Reading(share, found.text, found.hours, found.test_ids)


def _below(text: str) -> float | None:
    match = re.fullmatch(r"\s*[<>]=?\s*(\d+(?:\.\d+)?)\s*", text)
    return float(match.group(1)) if match else None
