"""What the record answers to the orders of one turn.

Belongs here: the types, and reading what they show as a candidate does. Does not belong here: which
answer is given (`lookup`), how a report is worded (`results`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from evaluators.encounter._reports import Shown
from evaluators.encounter.protocol import Outcome, Result
from evaluators.encounter.results.reading import read_report
from evaluators.encounter.results.rendering import report_text


class Awaited(NamedTuple):
    """One report on its way."""

    test_id: str
    number: int
    """Its place among the reports of the test."""


class Answer(NamedTuple):
    """What the record holds for one order."""

    outcome: Outcome
    shown: tuple[Shown, ...] = ()
    resulted_test_ids: tuple[str, ...] = ()
    awaited: tuple[Awaited, ...] = ()
    """Reports that are on their way for this order."""

    @property
    def awaited_test_ids(self) -> tuple[str, ...]:
        """Tests of which a report is on its way, each once."""
        return tuple(dict.fromkeys(one.test_id for one in self.awaited))

    @property
    def results(self) -> tuple[Result, ...]:
        """What is shown, as a candidate sees it; made anew at every call."""
        return _results(self.shown)


class TurnAnswers(NamedTuple):
    """Answers to the orders of one turn."""

    answers: tuple[Answer, ...]
    """In the order of the orders."""
    delivered_shown: tuple[Shown, ...]
    """Reports ordered in earlier turns that became available by the clock."""
    delivered_awaited: tuple[Awaited, ...]
    """The same, as they were awaited."""

    @property
    def delivered_test_ids(self) -> tuple[str, ...]:
        """Tests of the delivered reports, in their order."""
        return tuple(one.test_id for one in self.delivered_awaited)

    @property
    def delivered(self) -> tuple[Result, ...]:
        """What is delivered, as a candidate sees it; made anew at every call."""
        return _results(self.delivered_shown)


def _results(shown: Sequence[Shown]) -> tuple[Result, ...]:
    return tuple(map(Result.model_validate, read_report(report_text(shown))))
