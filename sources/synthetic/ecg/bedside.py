"""What was charted and measured around a moment of one admission.

Belongs here: looking up vital signs, charted items and laboratory values by time; this is the one
place outside the writers that knows how intensive care charts are stored. Does not belong here:
drawing anything.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator

from sources.synthetic.timeline import HOUR, Admission, Chart, Specimen

Reading = tuple[int, float]
"""Time and number."""
_IN_THE_ED = frozenset({"hr", "sbp", "dbp", "rr", "spo2", "temp"})
"""Keys of what the emergency department takes too."""


class Bedside:
    """Readings of one admission: vital signs of the emergency department and intensive care, labs.

    Vital signs carry the keys of the charts (`hr`, `sbp`, `temp`, `rhythm`, ...), laboratory values
    those of the catalogue.
    """

    def __init__(self, admission: Admission) -> None:
        """Bind the admission; a reader asks for few keys, so that readings are sorted on demand."""
        self._admission = admission
        self._numbers: dict[str, list[Reading]] = {}
        self._texts: dict[str, list[tuple[int, str]]] = {}
        self._labs: dict[str, list[Reading]] | None = None
        self._charted: dict[str, list[Chart]] | None = None

    def _charts_of(self, key: str) -> list[Chart]:
        """All that intensive care charted under a key."""
        if self._charted is None:
            charted: dict[str, list[Chart]] = defaultdict(list)
            if self._admission.icu is not None:
                for chart in self._admission.icu.charts:
                    charted[chart[1]].append(chart)
            self._charted = dict(charted)
        return self._charted.get(key, [])

    def _signs_of(self, key: str) -> list[Reading]:
        """All numbers charted under a key, by time."""
        readings = self._numbers.get(key)
        if readings is None:
            readings = []
            ed = self._admission.ed
            if ed is not None and key in _IN_THE_ED:
                for signs in (ed.triage, *ed.vitals):
                    value = getattr(signs, key)
                    if value is not None:
                        readings.append((signs.at, float(value)))
            readings += [
                (at, number) for at, _, _, number in self._charts_of(key) if number is not None
            ]
            readings.sort()
            self._numbers[key] = readings
        return readings

    def _labs_of(self, key: str) -> list[Reading]:
        """All numbers measured under a key, by time."""
        if self._labs is None:
            labs: dict[str, list[Reading]] = defaultdict(list)
            for specimen in self._admission.specimens:
                taken = specimen.taken
                for name, _, number, _, _ in specimen.results:
                    if number is not None:
                        labs[name].append((taken, number))
            for readings in labs.values():
                readings.sort()
            self._labs = dict(labs)
        return self._labs.get(key, [])

    def sign(self, key: str, at: int, within: int) -> float | None:
        """The charted number nearest to a time, if there is one within so many minutes."""
        return _nearest(self._signs_of(key), at, within)

    def lab(self, key: str, at: int, within: int) -> float | None:
        """The laboratory value drawn nearest to a time, if within so many minutes."""
        # Few specimens are so near: no need to sort the whole stay.
        near = [
            (specimen.taken, number)
            for specimen in self._admission.specimens
            if -within <= specimen.taken - at <= within
            for name, _, number, _, _ in specimen.results
            if name == key and number is not None
        ]
        return _nearest(sorted(near), at, within)

    def words(self, key: str) -> list[tuple[int, str]]:
        """All texts charted under a key, by time."""
        words = self._texts.get(key)
        if words is None:
            words = []
            ed = self._admission.ed
            if ed is not None and key == "rhythm":
                words += [
                    (signs.at, signs.rhythm) for signs in (ed.triage, *ed.vitals) if signs.rhythm
                ]
            words += [(at, text) for at, _, text, _ in self._charts_of(key)]
            words.sort()
            self._texts[key] = words
        return words

    def latest_sign(self, key: str, at: int) -> Reading | None:
        """The last charted number at or before a time."""
        return _latest(self._signs_of(key), at)

    def latest_lab(self, key: str, at: int) -> Reading | None:
        """The last laboratory value drawn at or before a time."""
        return _latest(self._labs_of(key), at)

    def latest_words(self, key: str, at: int) -> tuple[int, str] | None:
        """The last text charted at or before a time."""
        words = self.words(key)
        place = bisect_right(words, at, key=_time)
        return words[place - 1] if place else None

    def heart_rate(self, at: int) -> float | None:
        """Beats per minute around a time.

        The nearest reading within an hour and a half; between readings further apart the line
        between them; after the last, a slow return to 80.
        """
        readings = self._signs_of("hr")
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


def _time(reading: tuple[int, object]) -> int:
    return reading[0]


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
