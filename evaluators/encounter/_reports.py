"""The evidence of one scenario as reports, found by test and by the clock.

Belongs here: which report was the newest by a moment and which comes next. Does not belong here:
what an order is told (`lookup`), what it means (`orders`), how a report reads (`results`).

A test's items are put in order when it is first asked for, since few tests are; a report is made
when it is found, and its text when a message is read. What is made thousands of times a second is a
named tuple: a frozen dataclass takes three times as long to make.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from evaluators.scenario_sets import EvidenceItem

_AVAILABLE = attrgetter("available_hours")


class Report(NamedTuple):
    """What one test gave at one moment of availability."""

    number: int
    """Place of its first item among those of this test: greater is later."""
    taken_hours: float
    available_hours: float
    items: tuple[EvidenceItem, ...]


class Shown(NamedTuple):
    """A report on its way to the candidate."""

    test: str
    """Canonical name of the catalogue."""
    report: Report
    earlier: tuple[Report, ...]
    """Reports of the same test shown before it, oldest first."""
    series: TestReports | None = None
    """All reports of a test that is charted at the bedside: its earlier values hang there, too."""

    def before(self, most: int) -> tuple[Report, ...]:
        """The last `most` reports of the test before this one that its reader may know."""
        if self.series is None:
            return self.earlier[-most:]
        return self.series.before(self.report, most)


class TestReports:
    """The reports of one test, by availability."""

    __test__ = False  # not a test case, whatever pytest makes of the name

    __slots__ = ("_hours", "_items")

    def __init__(self, items: Iterable[EvidenceItem]) -> None:
        """Take the items of one test; those of one moment keep their order."""
        self._items = list(items)
        hours = list(map(_AVAILABLE, self._items))
        self._hours = sorted(hours)
        if hours != self._hours:  # frozen evidence is in order already
            self._items.sort(key=_AVAILABLE)

    def __len__(self) -> int:
        """How many items there are."""
        return len(self._items)

    def newest(self, clock_hours: float, after: Report | None) -> Report | None:
        """The newest report by the clock, if it is newer than `after`."""
        end = bisect_right(self._hours, clock_hours)
        if not end:
            return None
        start = bisect_left(self._hours, self._hours[end - 1], 0, end)
        return self._report(start, end) if after is None or start > after.number else None

    def following(self, clock_hours: float, after: Report | None) -> Report | None:
        """The first report that comes after the clock and after `after`."""
        start = bisect_right(self._hours, clock_hours)
        if after is not None:
            start = max(start, bisect_right(self._hours, after.available_hours))
        if start == len(self._hours):
            return None
        return self._report(start, bisect_right(self._hours, self._hours[start], start))

    def before(self, report: Report, most: int) -> tuple[Report, ...]:
        """The last `most` reports before this one, oldest first."""
        found: list[Report] = []
        end = report.number
        while end > 0 and len(found) < most:
            start = bisect_left(self._hours, self._hours[end - 1], 0, end)
            found.append(self._report(start, end))
            end = start
        return tuple(reversed(found))

    def taken_from(self, taken_hours: float, after: Report | None) -> Report | None:
        """The first report after `after` with a specimen taken at `taken_hours` or later."""
        number = 0 if after is None else bisect_right(self._hours, after.available_hours)
        for item in self._items[number:]:
            if item.taken_hours >= taken_hours:
                return self._of_moment(item.available_hours)
        return None

    def rest_of(self, report: Report) -> tuple[Report, ...]:
        """Later reports on the specimens of this one (its Gram stain, then its culture).

        A specimen is known by when it was taken. A report on several specimens brings in all.
        """
        specimens = {item.taken_hours for item in report.items}
        rest: dict[float, Report] = {}
        for item in self._items[report.number + len(report.items) :]:
            if item.taken_hours in specimens and item.available_hours not in rest:
                further = self._of_moment(item.available_hours)
                rest[item.available_hours] = further
                specimens |= {other.taken_hours for other in further.items}
        return tuple(rest.values())

    def _of_moment(self, hours: float) -> Report:
        start = bisect_left(self._hours, hours)
        return self._report(start, bisect_right(self._hours, hours, start))

    def _report(self, start: int, end: int) -> Report:
        items = tuple(self._items[start:end])
        taken = items[0].taken_hours
        for item in items:
            taken = min(taken, item.taken_hours)
        return Report(start, taken, items[0].available_hours, items)
