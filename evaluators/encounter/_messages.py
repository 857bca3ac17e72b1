"""What an encounter's messages say, written when somebody reads them.

Belongs here: system prompt, opening, the answer to a turn, the request for a repair. Does not
belong here: when each of them is said (`session`).

Replaying a journal makes records and nobody reads the messages, so a message is kept as what it
will say until it is asked for. What it is made of never changes: the words are the same whenever
it is written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from evaluators.encounter import replies
from evaluators.encounter._ledger import Placed, Placement
from evaluators.encounter._wording import clean_text
from evaluators.encounter.protocol import (
    PROTOCOL_VERSION,
    Film,
    Outcome,
    Presentation,
)
from evaluators.encounter.results.rendering import report_text, tool_text

SYSTEM_PROMPT = Path(__file__).with_name("system_prompt.md")

_IN_LINES = frozenset({"past_history", "social_history", "family_history", "allergies"})
"""Texts of the presentation that are lists: a line an entry."""

LAST_TURN = "One turn is left: only a final answer is accepted now."

_STATUS = {
    Outcome.RESULTED: "resulted",
    Outcome.PENDING: "pending",
    Outcome.NOT_PERFORMED: "unavailable",
    Outcome.AFTER_DECISION: "unavailable",
    Outcome.NOT_IN_SOURCE: "unavailable",
    Outcome.AMBIGUOUS: "ambiguous",
    Outcome.UNRECOGNISED: "unrecognised",
}


class Transcript:
    """The messages of one encounter, oldest first."""

    def __init__(self) -> None:
        """Start without a message."""
        self._written: list[dict[str, str]] = []
        self._unwritten: list[tuple[str, Callable[[], str]]] = []

    def say(self, role: str, write: Callable[[], str]) -> None:
        """Add a message; `write` gives its content, always the same."""
        self._unwritten.append((role, write))

    def __len__(self) -> int:
        """How many messages there are."""
        return len(self._written) + len(self._unwritten)

    def messages(self) -> list[dict[str, str]]:
        """All messages (`role`, `content`), written now where they are not; copies."""
        for role, write in self._unwritten:
            self._written.append({"role": role, "content": write()})
        self._unwritten.clear()
        return [dict(message) for message in self._written]

    def told(self) -> list[str]:
        """What the candidate has been told, without what it has said."""
        return [one["content"] for one in self.messages() if one["role"] != "assistant"]


@cache
def system_prompt() -> str:
    """The fixed system prompt, the same for every candidate, category and patient."""
    return SYSTEM_PROMPT.read_text(encoding="utf-8").strip()


def opening(
    category_name: str,
    presentation: Presentation,
    turns_left: int,
    *,
    task: str | None = None,
    film: Film | None = None,
    clock_hours: float = 0.0,
    protocol: str = PROTOCOL_VERSION,
) -> str:
    """The first message: who has come, and what is asked besides diagnosis and plan."""
    # An `Opening`, without the detour over its types, like `TurnAnswer`.
    told = {
        "protocol": protocol,
        "category": category_name,
        "task": task,
        "presentation": _cleaned(presentation),
        "film": None if film is None else _cleaned(film),
        "clock_hours": float(round(clock_hours, 1)),
        "turns_left": turns_left,
    }
    return _json({name: value for name, value in told.items() if value is not None})


def repair_request(reason: str) -> str:
    """The answer to a reply that could not be read."""
    return _json(
        {
            "protocol_error": f"Your reply could not be read: {reason}.",
            "request": "Send the step again as exactly one JSON object.",
            "schema": replies.STEP_SCHEMA,
        }
    )


@dataclass(frozen=True, slots=True)
class TurnAnswer:
    """The answer to one turn, ready to be written."""

    clock_hours: float
    placement: Placement
    actions_noted: int
    notices: tuple[str, ...]
    turns_left: int
    handles: Mapping[str, str]
    """Handles of the pictures shown in this turn, by their digest."""

    def __call__(self) -> str:
        """The message."""
        # A `TurnReply`, without the detour over its types: all of it was made in this house.
        return _json(
            {
                "clock_hours": float(round(self.clock_hours, 1)),
                "orders": [
                    _order_reply(placed, self.clock_hours, self.handles)
                    for placed in self.placement.orders
                ],
                "delivered": report_text(self.placement.delivered, self.handles),
                "pending": self.placement.pending,
                "actions_noted": self.actions_noted,
                "notices": self.notices,
                "turns_left": self.turns_left,
            }
        )


def _order_reply(placed: Placed, clock_hours: float, handles: Mapping[str, str]) -> dict[str, Any]:
    return {
        "order": placed.resolution.wording,
        "status": _STATUS[placed.answer.outcome],
        "results": report_text(placed.answer.shown, handles)
        if placed.tool is None
        else tool_text(placed.tool, clock_hours),
        "choices": placed.resolution.choices,
    }


def _cleaned(border: Presentation | Film) -> dict[str, Any]:
    """Its fields that are known, with every text cleaned; nothing is added, masked or rewritten."""
    told: dict[str, Any] = {}
    for name, value in border:
        if isinstance(value, str):
            told[name] = clean_text(value, keep_lines=name in _IN_LINES)
        elif isinstance(value, tuple):
            told[name] = tuple(map(clean_text, value))
        elif value is not None:
            told[name] = value
    return told


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _json(value: dict[str, Any]) -> str:
    return _ENCODER.encode(value)
