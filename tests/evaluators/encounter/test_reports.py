from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluators.encounter._reports import Report, TestReports
from evaluators.scenario_sets import EvidenceItem

Item = Callable[..., EvidenceItem]
_HOURS = st.integers(0, 6).map(float)


def moments(items: list[EvidenceItem]) -> list[tuple[float, tuple[str, ...]]]:
    """Times of availability with their values, by a plain search."""
    times = sorted({item.available_hours for item in items})
    return [
        (time, tuple(item.value for item in items if item.available_hours == time))
        for time in times
    ]


def told(report: Report | None) -> tuple[float, tuple[str, ...]] | None:
    return (report.available_hours, tuple(item.value for item in report.items)) if report else None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(available=st.lists(_HOURS, max_size=10), clock=st.floats(-1, 7), shown=st.none() | _HOURS)
def test_reports_are_those_of_a_plain_search(
    available: list[float], clock: float, shown: float | None, make_item: Item
) -> None:
    items = [
        make_item("lab_k", -2.0 - number, hours, f"v{number}")
        for number, hours in enumerate(available)
    ]
    reports = TestReports(items)
    after = reports.newest(shown, None) if shown is not None else None
    last = after.available_hours if after else -1.0
    every = moments(items)
    by_clock = [moment for moment in every if moment[0] <= clock][-1:]
    newest = by_clock[0] if by_clock and by_clock[0][0] > last else None
    assert told(reports.newest(clock, after)) == newest
    following = [moment for moment in every if moment[0] > clock and moment[0] > last]
    assert told(reports.following(clock, after)) == (following[0] if following else None)


def test_report_is_taken_when_its_first_specimen_was(make_item: Item) -> None:
    items = [make_item("lab_k", 3.0, 5.0, "a"), make_item("lab_k", 1.0, 5.0, "b")]
    report = TestReports(items).newest(9.0, None)
    assert report is not None
    assert report.taken_hours == 1.0
    assert [item.value for item in report.items] == ["a", "b"]
