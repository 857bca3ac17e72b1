"""What is left of an encounter: all that scoring needs, and nothing that depends on speed or order.

Belongs here: the frozen record. Does not belong here: how it came about (`session`).
"""

from __future__ import annotations

from evaluators.encounter._conduct import Mark
from evaluators.encounter.protocol import (
    Border,
    EndReason,
    FinalAnswer,
    Outcome,
    RankedDiagnosis,
)


class OrderRecord(Border):
    """One order, what it was taken for, and the one outcome that the record gave."""

    turn: int
    """1-based turn in which it was placed."""
    wording: str
    test_id: str | None
    """Catalogue id (a lab, panel, culture, vital, imaging study, ...), null if not resolved."""
    tool_id: str | None = None
    """The tool that was asked for instead of a test."""
    outcome: Outcome
    resulted_test_ids: tuple[str, ...] = ()
    """Catalogue ids of the members that returned a value (a panel has several), or of the tests
    whose results a tool has read."""
    clock_hours: float
    """Clock after the order was answered."""
    still_pending_test_ids: tuple[str, ...] = ()
    """Catalogue ids of which a result was still on its way when the encounter ended."""


class ActionRecord(Border):
    """One action in the candidate's words with every catalogue action that it can mean."""

    turn: int
    wording: str
    action_ids: tuple[str, ...]
    clock_hours: float
    """Clock when it was stated: evidence up to here was available."""
    from_plan: bool = False
    """True when it stood in the final plan rather than in `actions`."""


class EncounterRecord(Border):
    """One finished encounter."""

    scenario_id: str
    end: EndReason
    final: FinalAnswer | None
    differential: tuple[RankedDiagnosis, ...]
    """The last differential stated."""
    orders: tuple[OrderRecord, ...]
    actions: tuple[ActionRecord, ...]
    turns: int
    format_failures: int
    """Replies that could not be read, repairs included."""
    conduct: tuple[Mark, ...] = ()
    """What else was noticed, by name; each once."""
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_usd: float | None
    """Null when the price of any call is unknown; never 0 for unknown."""
