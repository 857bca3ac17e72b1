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

A panel asks for its members: those with something new by the clock make it `resulted`; else the
earliest next report decides by rule 2, and members due within 1 h after it come along.

What a candidate sees never tells why a result is missing, and nothing available after the decision
time is kept in this object at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evaluators._catalogue_types import CatalogueTest
from evaluators.catalogue import Catalogue
from evaluators.encounter._reports import Report, Shown, TestReports
from evaluators.encounter.protocol import Outcome, Result
from evaluators.encounter.results.reading import read_report
from evaluators.encounter.results.rendering import report_text
from evaluators.scenario_sets import EvidenceItem, TruthTest

RULES_VERSION = "lookup/3"

SHORT_TURNAROUND_HOURS = 12.0
"""Longest wait for which an order alone moves the clock from specimen to result."""
TOGETHER_HOURS = 1.0
"""Members of a panel that come this much later belong to the same draw."""

LOOKED_UP = frozenset({"lab", "micro", "vital", "panel"})
"""Kinds of tests that are always looked up."""
REPORTED = frozenset({"imaging", "ecg", "exam"})
"""Kinds of tests that are looked up where a module of reports tells of them."""
REPORTING_MODULES = frozenset({"note", "ecg", "echo"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the record holds for one order."""

    outcome: Outcome
    shown: tuple[Shown, ...] = ()
    resulted_test_ids: tuple[str, ...] = ()
    awaited_test_ids: tuple[str, ...] = ()
    """Tests whose report is on its way."""

    @property
    def results(self) -> tuple[Result, ...]:
        """What is shown, as a candidate sees it; made anew at every call."""
        return _results(self.shown)


@dataclass(frozen=True, slots=True)
class TurnAnswers:
    """Answers to the orders of one turn."""

    answers: tuple[Answer, ...]
    """In the order of the orders."""
    delivered_shown: tuple[Shown, ...]
    """Reports ordered in earlier turns that became available by the clock."""
    delivered_test_ids: tuple[str, ...]

    @property
    def delivered(self) -> tuple[Result, ...]:
        """What is delivered, as a candidate sees it; made anew at every call."""
        return _results(self.delivered_shown)


@dataclass(frozen=True, slots=True)
class _Verdict:
    outcome: Outcome
    needs_hours: float
    reports: Mapping[str, Report]
    """By test: to show when resulted, to await when pending."""


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
            if item.available_hours <= decision_hours:
                items[item.test_id].append(item)
        self._items = items
        self._reports: dict[str, TestReports] = {}
        self._shown: dict[str, tuple[Report, ...]] = {}
        self._awaited: dict[str, Report] = {}

    def evidence(self) -> Iterator[EvidenceItem]:
        """All evidence by the decision time, in no promised order."""
        for items in self._items.values():
            yield from items

    def pending_names(self) -> tuple[str, ...]:
        """Canonical names of the tests that are awaited, sorted."""
        return tuple(sorted(self._catalogue.tests[test].canonical_name for test in self._awaited))

    def turn(self, test_ids: Sequence[str]) -> TurnAnswers:
        """Answer the orders of one turn and move the clock."""
        verdicts = [self._judge(test_id) for test_id in test_ids]
        self.clock_hours = max([self.clock_hours, *(verdict.needs_hours for verdict in verdicts)])
        answers = tuple(self._answer(verdict) for verdict in verdicts)
        # What results in this turn is shown first, so that nothing shown is awaited as well.
        for verdict in sorted(verdicts, key=lambda verdict: verdict.outcome is Outcome.PENDING):
            for test_id, report in verdict.reports.items():
                if verdict.outcome is Outcome.RESULTED:
                    self._show(test_id, report)
                elif self._is_new(test_id, report):
                    self._awaited[test_id] = report
        delivered = self._deliver()
        return TurnAnswers(
            answers=answers,
            delivered_shown=tuple(shown for _, shown in delivered),
            delivered_test_ids=tuple(test_id for test_id, _ in delivered),
        )

    def _judge(self, test_id: str) -> _Verdict:
        test = self._catalogue.tests[test_id]
        if not self._is_looked_up(test):
            return _Verdict(Outcome.NOT_IN_SOURCE, self.clock_hours, {})
        members = self._catalogue.members(test_id)
        clock = self.clock_hours
        known = [(member, found) for member in members if (found := self._of(member))]
        fresh = {
            member: report
            for member, found in known
            if (report := found.newest(clock, self._last_shown(member)))
        }
        if fresh:
            return _Verdict(Outcome.RESULTED, clock, fresh)
        due = {
            member: report
            for member, found in known
            if (report := found.following(clock, self._last_shown(member)))
        }
        if due:
            return self._wait_for(due)
        return _Verdict(self._why_nothing(members, test.modules), clock, {})

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
        awaited_already = self._awaited.get(first) == report
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
        has_reports = any(member in self._items for member in members)
        if not has_reports and not modules <= self._modules:
            return Outcome.NOT_IN_SOURCE
        for member in members:
            truth = self._truths.get(member)
            if truth and not (truth.by_decision and member in self._items):
                return Outcome.AFTER_DECISION
        return Outcome.NOT_PERFORMED

    def _of(self, test_id: str) -> TestReports | None:
        """Reports of one test, if it has any."""
        found = self._reports.get(test_id)
        if found is None and test_id in self._items:
            found = self._reports[test_id] = TestReports(self._items[test_id])
        return found

    def _last_shown(self, test_id: str) -> Report | None:
        shown = self._shown.get(test_id)
        return shown[-1] if shown else None

    def _is_new(self, test_id: str, report: Report) -> bool:
        last = self._last_shown(test_id)
        return last is None or report.number > last.number

    def _answer(self, verdict: _Verdict) -> Answer:
        if verdict.outcome is Outcome.PENDING:
            return Answer(Outcome.PENDING, awaited_test_ids=tuple(verdict.reports))
        shown = tuple(
            self._as_shown(test_id, report) for test_id, report in verdict.reports.items()
        )
        return Answer(verdict.outcome, shown, tuple(verdict.reports))

    def _show(self, test_id: str, report: Report) -> None:
        if self._is_new(test_id, report):
            self._shown[test_id] = (*self._shown.get(test_id, ()), report)
        awaited = self._awaited.get(test_id)
        if awaited and awaited.number <= report.number:
            del self._awaited[test_id]

    def _deliver(self) -> list[tuple[str, Shown]]:
        due = sorted(
            (report.available_hours, test_id)
            for test_id, report in self._awaited.items()
            if report.available_hours <= self.clock_hours
        )
        delivered = []
        for _, test_id in due:
            report = self._awaited[test_id]
            delivered.append((test_id, self._as_shown(test_id, report)))
            self._show(test_id, report)
        return delivered

    def _as_shown(self, test_id: str, report: Report) -> Shown:
        shown = self._shown.get(test_id, ())
        if shown and shown[-1].number >= report.number:  # an older one, late
            shown = tuple(before for before in shown if before.number < report.number)
        return Shown(self._catalogue.tests[test_id].canonical_name, report, shown)


def _results(shown: Iterable[Shown]) -> tuple[Result, ...]:
    return tuple(map(Result.model_validate, read_report(report_text(shown))))
