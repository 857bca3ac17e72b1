"""What the record answers to the orders of one turn.

Belongs here: the types. Does not belong here: which answer is given (`lookup`), how a report is
worded (`results`).
"""

from __future__ import annotations

from typing import NamedTuple

from evaluators.encounter._reports import Shown
from evaluators.encounter.protocol import Outcome


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


class TurnAnswers(NamedTuple):
    """Answers to the orders of one turn."""

    answers: tuple[Answer, ...]
    """In the order of the orders."""
    delivered_shown: tuple[Shown, ...]
    """Reports ordered in earlier turns that became available by the clock."""
    delivered_awaited: tuple[Awaited, ...]
    """The same, as they were awaited."""
