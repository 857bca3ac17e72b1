"""Reading the messages of an encounter back into the protocol's types.

Belongs here: what a candidate can know from its own conversation. Does not belong here: what it
makes of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pydantic import ValidationError

from evaluators.encounter.protocol import Opening, Result, Step, TurnReply

_REMEMBERED: Final = 1024
"""Messages whose reading is kept: a conversation comes back with every turn, one message longer."""


class UnreadableConversation(ValueError):
    """The messages do not follow the protocol: the first user message is no opening."""


@dataclass(frozen=True)
class Conversation:
    """One encounter as its candidate sees it."""

    opening: Opening
    opening_text: str
    steps: tuple[Step, ...]
    """The candidate's own readable steps, oldest first."""
    replies: tuple[TurnReply, ...]
    """What the evaluator answered to them."""

    @property
    def turns_left(self) -> int:
        """Steps that may still be made, the one to be written now included."""
        return self.replies[-1].turns_left if self.replies else self.opening.turns_left

    @property
    def results(self) -> tuple[Result, ...]:
        """All results shown so far, oldest first."""
        shown: list[Result] = []
        for reply in self.replies:
            for order in reply.orders:
                shown.extend(order.results)
            shown.extend(reply.delivered)
        return tuple(shown)


def read_conversation(messages: Sequence[Mapping[str, object]]) -> Conversation:
    """Read `messages` (system, then user and assistant in turn).

    Messages that are neither an opening, a turn's reply nor a step (a repair request, say) carry
    no facts and are passed over.

    Raises:
        UnreadableConversation: if the first user message is no `Opening`.
    """
    opening: Opening | None = None
    opening_text = ""
    steps: list[Step] = []
    replies: list[TurnReply] = []
    for message in messages:
        text = str(message.get("content") or "")
        if message.get("role") == "assistant":
            step = _step(text)
            if step is not None:
                steps.append(step)
        elif message.get("role") == "user":
            if opening is None:
                opening, opening_text = _opening(text), text
            else:
                reply = _reply(text)
                if reply is not None:
                    replies.append(reply)
    if opening is None:
        raise UnreadableConversation("the conversation has no user message: send the opening")
    return Conversation(opening, opening_text, tuple(steps), tuple(replies))


@lru_cache(maxsize=_REMEMBERED)
def _opening(text: str) -> Opening:
    try:
        return Opening.model_validate_json(text)
    except ValidationError:
        pass
    raise UnreadableConversation("the first user message is no opening of this protocol version")


@lru_cache(maxsize=_REMEMBERED)
def _step(text: str) -> Step | None:
    try:
        return Step.model_validate_json(text)
    except ValidationError:
        return None


@lru_cache(maxsize=_REMEMBERED)
def _reply(text: str) -> TurnReply | None:
    try:
        return TurnReply.model_validate_json(text)
    except ValidationError:
        return None
