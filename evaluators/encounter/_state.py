"""What changes in the course of one encounter.

Belongs here: turn, attempt, failures, what was stated last, what was used up. Does not belong here:
the rules that change it (`session`), orders and actions (`_ledger`), pictures (`_album`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from evaluators.encounter.protocol import EndReason, FinalAnswer, RankedDiagnosis, Reply


@dataclass(slots=True)
class Usage:
    """Sums that are None as soon as one part is unknown."""

    prompt_tokens: int | None = 0
    completion_tokens: int | None = 0
    cost_usd: float | None = 0.0

    def add(self, reply: Reply) -> None:
        """Add what one reply took."""
        for name in ("prompt_tokens", "completion_tokens", "cost_usd"):
            total, more = getattr(self, name), getattr(reply, name)
            setattr(self, name, None if total is None or more is None else total + more)


@dataclass(slots=True)
class State:
    """Where an encounter stands."""

    turn: int = 1
    attempt: int = 0
    failed_in_a_row: int = 0
    format_failures: int = 0
    was_empty: bool = False
    has_only_refused: bool = True
    """Whether every reply that was no step since the last one that was declined in words."""
    differential: tuple[RankedDiagnosis, ...] = ()
    final: FinalAnswer | None = None
    end: EndReason | None = None
    usage: Usage = field(default_factory=Usage)
