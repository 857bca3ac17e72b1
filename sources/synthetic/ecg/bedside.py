"""What was charted and measured around a moment of one admission.

Belongs here: looking up vital signs, charted items and laboratory values by time; this is the one
place outside the writers that knows how intensive care charts are stored. Does not belong here:
drawing anything.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from sources.synthetic.timeline import HOUR, Admission, IcuStay, Specimen

Reading = tuple[int, float]
"""Time and number."""


def charted(stay: IcuStay) -> Iterator[tuple[int, str, str, float | None]]:
    """Time, key, text and number of everything charted in a stay, in the order of charting."""
    for chart in stay.charts:
        yield chart.at, chart.key, chart.text, chart.number


class Bedside:
    """Readings of one admission: vital signs of the emergency department and intensive care, labs.

    Vital signs carry the keys of the charts (`hr`, `sbp`, `temp`, `rhythm`, ...), laboratory values
    those of the catalogue.
    """

    def __init__(self, admission: Admission) -> None:
        """Collect what the admission holds."""
        self._numbers: dict[str, list[Reading]] = {}
        self._texts: dict[str, list[tuple[int, str]]] = {}
        self._labs: dict[str, list[Reading]] = {}
        if admission.ed is not None:
            for signs in (admission.ed.triage, *admission.ed.vitals):
                for key, value in (
                    ("hr", signs.hr),
                    ("sbp", signs.sbp),
                    ("dbp", signs.dbp),
                    ("rr", signs.rr),
                    ("spo2", signs.spo2),
                    ("temp", signs.temp),
                ):
                    if value is not None:
                        self._numbers.setdefault(key, []).append((signs.at, float(value)))
                if signs.rhythm:
                    self._texts.setdefault("rhythm", []).append((signs.at, signs.rhythm))
        if admission.icu is not None:
            for at, key, text, number in charted(admission.icu):
                if number is not None:
                    self._numbers.setdefault(key, []).append((at, number))
                self._texts.setdefault(key, []).append((at, text))
        for specimen in admission.specimens:
            for result in specimen.results:
                if result.number is not None:
                    self._labs.setdefault(result.key, []).append((specimen.taken, result.number))
        for readings in (*self._numbers.values(), *self._labs.values()):
            readings.sort()
        for words in self._texts.values():
            words.sort()

    def sign(self, key: str, at: int, within: int) -> float | None:
        """The charted number nearest to a time, if there is one within so many minutes."""
        return _nearest(self._numbers.get(key, []), at, within)

    def lab(self, key: str, at: int, within: int) -> float | None:
        """The laboratory value drawn nearest to a time, if within so many minutes."""
        return _nearest(self._labs.get(key, []), at, within)

    def words(self, key: str) -> list[tuple[int, str]]:
        """All texts charted under a key, by time."""
        return self._texts.get(key, [])

    def latest_sign(self, key: str, at: int) -> Reading | None:
        """The last charted number at or before a time."""
        return _latest(self._numbers.get(key, []), at)

    def latest_lab(self, key: str, at: int) -> Reading | None:
        """The last laboratory value drawn at or before a time."""
        return _latest(self._labs.get(key, []), at)

    def latest_words(self, key: str, at: int) -> tuple[int, str] | None:
        """The last text charted at or before a time."""
        found = None
        for when, text in self._texts.get(key, []):
            if when > at:
                break
            found = (when, text)
        return found

    def heart_rate(self, at: int) -> float | None:
        """Beats per minute around a time.

        The nearest reading within an hour and a half; between readings further apart the line
        between them; after the last, a slow return to 80.
        """
        readings = self._numbers.get("hr", [])
        near = _nearest(readings, at, 90)
        if near is not None or not readings:
            return near
        place = bisect_right(readings, (at, 0.0))
        if place == 0:
            return readings[0][1]
        before = readings[place - 1]
        if place < len(readings):
            after = readings[place]
            return before[1] + (after[1] - before[1]) * (at - before[0]) / (after[0] - before[0])
        hours = (at - before[0]) / HOUR
        return 80.0 + (before[1] - 80.0) * 12.0 / (12.0 + hours)


def gases(admission: Admission) -> Iterator[Specimen]:
    """Arterial blood gases of an admission, by time."""
    for specimen in admission.specimens:
        if any(
            result.key == "specimen_type" and result.text == "ART." for result in specimen.results
        ):
            yield specimen


def _nearest(readings: list[Reading], at: int, within: int) -> float | None:
    best: Reading | None = None
    for reading in readings:
        distance = abs(reading[0] - at)
        if distance <= within and (best is None or distance < abs(best[0] - at)):
            best = reading
    return None if best is None else best[1]


def _latest(readings: list[Reading], at: int) -> Reading | None:
    place = bisect_right(readings, (at, float("inf")))
    return readings[place - 1] if place else None
