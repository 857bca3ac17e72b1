"""The clinical clock and the honest lookup: what this patient's record holds for an order, by when.

Belongs here: outcomes, results, the clock. Does not belong here: wording (`orders`), messages and
caps (`session`).

Rules (version `RULES_VERSION`). A *report* is what one test gave at one moment of availability
(store time). The clock starts at 0 (arrival; later where the kind of scenario says so) and never
goes back; all orders of one turn are judged at the clock of its start, and then it moves to the
latest time that one of them needs.

1. A report available by the clock and newer than the last one shown: `resulted`, the newest.
2. Else the next report before the decision time. Its specimen is already taken: `pending`, and it
   is delivered when the clock passes its availability; ordered again while pending, the clock
   moves there: `resulted`. Taken later: when it takes at most 12 h from specimen to result, the
   clock moves to its availability: `resulted`; if longer (cultures), to the taking: `pending`.
3. Nothing left. No report at all and a module that could hold it was not landed:
   `not_in_source`. The admission had it, too late to show, or without a value that could be shown:
   `after_decision`. Else `not_performed` (so too when all there is has been shown).
4. Imaging, ECG, echocardiograms, examinations and questions about the history go by these rules
   when the module of their reports is landed (note, ecg, echo). Without it, and for procedures,
   telemetry and bedside ultrasound, which are not read: `not_in_source`.

5. An order may be for later or for several times (`_schedule`). The first of several is answered by
   rules 1 and 2; each of the others is the next report on a specimen taken at least half the
   interval after the one before it. A single later one is a report on a specimen taken after at
   least half the delay. These are awaited and never move the clock: `pending` where the order asks
   for nothing now. The draws are those of the record, so the hours are never exactly those asked.
6. A culture is told in steps: after one report on a specimen, all later ones on it (Gram stain,
   organism, susceptibilities) are awaited.
7. What is charted at the bedside (vital signs) is told with its last values by then, asked for or
   not, as it hangs there.

A panel asks for its members: those with something new by the clock make it `resulted`; else the
earliest next report decides by rule 2, and members due within 1 h after it come along.

What a candidate sees never tells why a result is missing. Nothing available after the decision time
becomes a report.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from typing import NamedTuple

from evaluators._catalogue_types import CatalogueTest
from evaluators.catalogue import Catalogue
from evaluators.encounter._answers import Answer, Awaited, TurnAnswers
from evaluators.encounter._reports import Report, Shown, TestReports
from evaluators.encounter._schedule import Schedule
from evaluators.encounter.protocol import Outcome
from evaluators.scenario_sets import EvidenceItem, TruthTest

__all__ = ["RULES_VERSION", "Answer", "Awaited", "PatientRecord", "TurnAnswers"]

RULES_VERSION = "lookup/5"

SHORT_TURNAROUND_HOURS = 12.0
"""Longest wait for which an order alone moves the clock from specimen to result."""
TOGETHER_HOURS = 1.0
"""Members of a panel that come this much later belong to the same draw."""

SPACING = 0.5
"""Share of a wanted delay or interval after which a specimen counts as the one that was wanted."""

LOOKED_UP = frozenset({"lab", "micro", "vital", "panel"})
"""Kinds of tests that are always looked up."""
REPORTED = frozenset({"imaging", "ecg", "exam"})
"""Kinds of tests that are looked up where a module of reports tells of them."""
REPORTING_MODULES = frozenset({"note", "ecg", "echo"})


_NOTHING = {outcome: Answer(outcome) for outcome in Outcome}


class _Verdict(NamedTuple):
    outcome: Outcome
    needs_hours: float
    reports: Mapping[str, Report]
    """By test: to show when resulted, to await when pending."""
    later: tuple[tuple[str, Report], ...] = ()
    """Further reports to await: the rest of a series or of a specimen."""


class PatientRecord:
    """The evidence of one scenario behind the clock. One object an encounter."""

    def __init__(
        self,
        evidence: Iterable[EvidenceItem],
        decision_hours: float,
        truth_tests: Iterable[TruthTest],
        modules: Iterable[str],
        catalogue: Catalogue,
        *,
        start_hours: float = 0.0,
    ) -> None:
        """Sort the evidence into reports.

        Args:
            evidence: what was available by the decision time; anything later is left out here too.
            decision_hours: hours since arrival after which nothing is shown.
            truth_tests: what the admission really had; told to no one, decides `after_decision`.
            modules: modules of the source that were landed.
            catalogue: names, kinds and members of tests.
            start_hours: where the clock starts; 0 is `t0`.
        """
        self.clock_hours = start_hours
        self._catalogue = catalogue
        self._modules = frozenset(modules)
        self._truths = {test.test_id: test for test in truth_tests}
        items: dict[str, list[EvidenceItem]] = defaultdict(list)
        for item in evidence:
            items[item.test_id].append(item)
        self._items = items
        self._decision_hours = decision_hours
        self._reports: dict[str, TestReports] = {}
        self._shown: dict[str, tuple[Report, ...]] = {}
        self._awaited: dict[Awaited, Report] = {}

    def evidence(self) -> Iterator[EvidenceItem]:
        """All evidence by the decision time, in no promised order."""
        for items in self._items.values():
            yield from self._by_decision(items)

    def _by_decision(self, items: Iterable[EvidenceItem]) -> list[EvidenceItem]:
        """What may be shown: looked at when a test is asked for, since few tests are."""
        decision = self._decision_hours
        return [item for item in items if item.available_hours <= decision]

    def pending_names(self) -> tuple[str, ...]:
        """Canonical names of the tests that are awaited, sorted, each once."""
        if not self._awaited:
            return ()
        tests = {one.test_id for one in self._awaited}
        return tuple(sorted(self._catalogue.tests[test].canonical_name for test in tests))

    def is_awaited(self, one: Awaited) -> bool:
        """Whether a report is still on its way."""
        return one in self._awaited

    def turn(
        self, test_ids: Sequence[str], schedules: Sequence[Schedule | None] = ()
    ) -> TurnAnswers:
        """Answer the orders of one turn and move the clock.

        Args:
            test_ids: catalogue ids, one an order.
            schedules: when each order wants its test; all of them now when left out.
        """
        verdicts = [
            self._judge(test_id, schedule)
            for test_id, schedule in zip_longest(test_ids, schedules[: len(test_ids)])
        ]
        self.clock_hours = max([self.clock_hours, *(verdict.needs_hours for verdict in verdicts)])
        answers = tuple(self._answer(verdict) for verdict in verdicts)
        # What results in this turn is shown first, so that nothing shown is awaited as well.
        for verdict in verdicts:
            if verdict.outcome is Outcome.RESULTED:
                for test_id, report in verdict.reports.items():
                    self._show(test_id, report)
        for test_id, report in chain.from_iterable(map(_to_await, verdicts)):
            if self._is_new(test_id, report):
                self._awaited[Awaited(test_id, report.number)] = report
        delivered = self._deliver()
        return TurnAnswers(
            answers=answers,
            delivered_shown=tuple(shown for _, shown in delivered),
            delivered_awaited=tuple(one for one, _ in delivered),
        )

    def _judge(self, test_id: str, schedule: Schedule | None) -> _Verdict:
        test = self._catalogue.tests[test_id]
        if not self._is_looked_up(test):
            return _Verdict(Outcome.NOT_IN_SOURCE, self.clock_hours, {})
        members = self._catalogue.members(test_id)
        known = [(member, self._of(member)) for member in members if member in self._items]
        if schedule is not None and schedule.delay_hours:
            return self._judge_later(members, test.modules, known, schedule)
        verdict = self._judge_now(members, test.modules, known)
        if not verdict.reports or (schedule is None and test.kind != "micro"):
            return verdict
        later = [
            (member, report)
            for member, first in verdict.reports.items()
            for report in self._rest(member, first, schedule)
        ]
        return verdict._replace(later=tuple(later)) if later else verdict

    def _judge_later(
        self,
        members: Sequence[str],
        modules: frozenset[str],
        known: Sequence[tuple[str, TestReports]],
        schedule: Schedule,
    ) -> _Verdict:
        clock = self.clock_hours
        later: list[tuple[str, Report]] = []
        for member, found in known:
            wanted = clock + schedule.delay_hours * SPACING
            report = found.taken_from(wanted, self._last_shown(member))
            if report:
                later.append((member, report))
                later.extend((member, one) for one in self._rest(member, report, schedule))
        if not later:
            return _Verdict(self._why_nothing(members, modules), clock, {})
        return _Verdict(Outcome.PENDING, clock, {}, tuple(later))

    def _rest(self, test_id: str, first: Report, schedule: Schedule | None) -> Iterable[Report]:
        """What follows a report of its own accord: its series, or the rest of its specimens."""
        found = self._reports[test_id]
        if self._catalogue.tests[test_id].kind == "micro":
            return found.rest_of(first)
        series: list[Report] = []
        last = first
        for gap in schedule.gaps if schedule else ():
            following = found.taken_from(last.taken_hours + gap * SPACING, last)
            if following is None:
                break
            series.append(following)
            last = following
        return series

    def _judge_now(
        self,
        members: Sequence[str],
        modules: frozenset[str],
        known: Sequence[tuple[str, TestReports]],
    ) -> _Verdict:
        clock = self.clock_hours
        fresh: dict[str, Report] = {}
        unseen: list[tuple[str, TestReports, Report | None]] = []
        for member, found in known:
            last = self._last_shown(member)
            report = found.newest(clock, last)
            if report is not None:
                fresh[member] = report
            else:
                unseen.append((member, found, last))
        if fresh:
            return _Verdict(Outcome.RESULTED, clock, fresh)
        due: dict[str, Report] = {}
        for member, found, last in unseen:
            report = found.following(clock, last)
            if report is not None:
                due[member] = report
        if due:
            return self._wait_for(due)
        return _Verdict(self._why_nothing(members, modules), clock, {})

    def _is_looked_up(self, test: CatalogueTest) -> bool:
        if test.kind in LOOKED_UP:
            return True
        told_by = test.modules & REPORTING_MODULES
        return test.kind in REPORTED and bool(told_by) and told_by <= self._modules

    def _wait_for(self, due: Mapping[str, Report]) -> _Verdict:
        first = min(due, key=lambda member: (due[member].available_hours, member))
        report = due[first]
        together = {
            member: other
            for member, other in due.items()
            if other.available_hours <= report.available_hours + TOGETHER_HOURS
        }
        awaited_already = Awaited(first, report.number) in self._awaited
        is_taken = report.taken_hours <= self.clock_hours
        is_short = report.available_hours - report.taken_hours <= SHORT_TURNAROUND_HOURS
        if awaited_already or (not is_taken and is_short):
            until = max(other.available_hours for other in together.values())
            return _Verdict(Outcome.RESULTED, until, together)
        until = max(self.clock_hours, report.taken_hours)
        on_the_way = {
            member: other for member, other in together.items() if other.taken_hours <= until
        }
        return _Verdict(Outcome.PENDING, until, on_the_way)

    def _why_nothing(self, members: Sequence[str], modules: frozenset[str]) -> Outcome:
        has_reports = any(map(self._has, members))
        if not has_reports and not modules <= self._modules:
            return Outcome.NOT_IN_SOURCE
        for member in members:
            truth = self._truths.get(member)
            if truth and not (truth.by_decision and self._has(member)):
                return Outcome.AFTER_DECISION
        return Outcome.NOT_PERFORMED

    def _has(self, test_id: str) -> bool:
        return test_id in self._items and len(self._of(test_id)) > 0

    def _of(self, test_id: str) -> TestReports:
        """Reports of one test that has some."""
        found = self._reports.get(test_id)
        if found is None:
            found = self._reports[test_id] = TestReports(self._by_decision(self._items[test_id]))
        return found

    def _last_shown(self, test_id: str) -> Report | None:
        shown = self._shown.get(test_id)
        return shown[-1] if shown else None

    def _is_new(self, test_id: str, report: Report) -> bool:
        last = self._last_shown(test_id)
        return last is None or report.number > last.number

    def _answer(self, verdict: _Verdict) -> Answer:
        if not verdict.reports and not verdict.later:
            return _NOTHING[verdict.outcome]
        awaited = tuple([Awaited(test_id, report.number) for test_id, report in _to_await(verdict)])
        if verdict.outcome is Outcome.PENDING:
            return Answer(Outcome.PENDING, awaited=awaited)
        shown = tuple(
            self._as_shown(test_id, report) for test_id, report in verdict.reports.items()
        )
        return Answer(verdict.outcome, shown, tuple(verdict.reports), awaited)

    def _show(self, test_id: str, report: Report) -> None:
        if self._is_new(test_id, report):
            self._shown[test_id] = (*self._shown.get(test_id, ()), report)
        self._awaited.pop(Awaited(test_id, report.number), None)

    def _deliver(self) -> list[tuple[Awaited, Shown]]:
        if not self._awaited:
            return []
        due = sorted(
            (report.available_hours, one)
            for one, report in self._awaited.items()
            if report.available_hours <= self.clock_hours
        )
        delivered = []
        for _, one in due:
            report = self._awaited[one]
            delivered.append((one, self._as_shown(one.test_id, report)))
            self._show(one.test_id, report)
        return delivered

    def _as_shown(self, test_id: str, report: Report) -> Shown:
        shown = self._shown.get(test_id, ())
        if shown and shown[-1].number >= report.number:  # an older one, late
            shown = tuple(before for before in shown if before.number < report.number)
        test = self._catalogue.tests[test_id]
        series = self._reports[test_id] if test.kind == "vital" else None
        return Shown(test.canonical_name, report, shown, series)


def _to_await(verdict: _Verdict) -> Sequence[tuple[str, Report]]:
    if verdict.outcome is Outcome.PENDING:
        return (*verdict.reports.items(), *verdict.later)
    return verdict.later
