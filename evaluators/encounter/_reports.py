"""The evidence of one scenario as reports, found by test and by the clock.

Belongs here: which report was the newest by a moment and which comes next, and how a report reads
for a candidate. Does not belong here: what an order is told (`lookup`), what it means (`orders`).

A test's items are put in order when it is first asked for, since few tests are; a report is made
when it is found, and its text when a message is read.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from evaluators.encounter._wording import clean_text
from evaluators.encounter.protocol import Result
from evaluators.scenario_sets import EvidenceItem

_AVAILABLE = attrgetter("available_hours")


@dataclass(frozen=True, slots=True)
class Report:
    """What one test gave at one moment of availability."""

    number: int
    """Place of its first item among those of this test: greater is later."""
    taken_hours: float
    available_hours: float
    items: tuple[EvidenceItem, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A report on its way to the candidate."""

    test: str
    """Canonical name of the catalogue."""
    report: Report
    earlier: tuple[Report, ...]
    """Reports of the same test shown before it, oldest first."""

    def results(self) -> tuple[Result, ...]:
        """The report as a candidate sees it, one result an item."""
        return tuple(map(Result.model_validate, self.as_plain()))

    def as_plain(self, handles: Mapping[str, str] = MappingProxyType({})) -> list[dict[str, Any]]:
        """`results` as a message holds them: fields of `Result` in their order, none null.

        Args:
            handles: of the pictures that are shown, by digest; others are not spoken of.
        """
        items = self.report.items
        is_named = len(items) > 1 and len({item.label for item in items}) > 1
        found: list[dict[str, Any]] = []
        for item in items:
            result: dict[str, Any] = {
                "test": self.test,
                "value": _value(item, is_named=is_named or item.kind == "micro"),
                "unit": _text(item.unit),
                "reference": _reference(item.ref_low, item.ref_high),
                "flag": _text(item.flag),
                "hours": _hours(item.available_hours),
                "previous": [] if found else [_in_short(before) for before in self.earlier],
                "image": handles.get(item.image_sha256) if item.image_sha256 else None,
            }
            found.append({name: value for name, value in result.items() if value is not None})
        return found


class TestReports:
    """The reports of one test, by availability."""

    __test__ = False  # not a test case, whatever pytest makes of the name

    def __init__(self, items: Iterable[EvidenceItem]) -> None:
        """Take the items of one test; those of one moment keep their order."""
        self._items = sorted(items, key=_AVAILABLE)
        self._hours = [item.available_hours for item in self._items]

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

    def _report(self, start: int, end: int) -> Report:
        items = tuple(self._items[start:end])
        taken = items[0].taken_hours
        for item in items:
            taken = min(taken, item.taken_hours)
        return Report(start, taken, items[0].available_hours, items)


def _in_short(report: Report) -> str:
    values = "; ".join(_value(item, is_named=False) for item in report.items)
    return f"{values} @ {_hours(report.available_hours)}"


def _hours(hours: float) -> float:
    """Hours as a candidate sees them: one decimal, and no minus before zero."""
    return round(hours, 1) + 0.0


def _text(text: str | None) -> str | None:
    return clean_text(text) or None if text else None


def _value(item: EvidenceItem, *, is_named: bool) -> str:
    value = clean_text(item.value)
    if not is_named:
        return value
    specimen = f" ({clean_text(item.specimen)})" if item.specimen else ""
    return f"{clean_text(item.label)}{specimen}: {value}"


def _reference(low: float | None, high: float | None) -> str | None:
    if low is None and high is None:
        return None
    if low is None:
        return f"<= {high:.10g}"
    if high is None:
        return f">= {low:.10g}"
    return f"{low:.10g}-{high:.10g}"
