"""A completion read with distrust: whatever an endpoint says of itself is bounded and checked.

Belongs here: text, finish reason, model id and token counts of a response, and whether its body was
too long. Does not belong here: the cap on a body (`_body_cap`), asking (`client`), prices, what a
failed call means (`faults`).

An endpoint is the candidate's, and the candidate may be hostile: its words are kept up to a length
beyond which nothing is read, its counts are counts or unknown, and it cannot say the words with
which this house marks a reply (`medcred:...`).
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Final

from evaluators.encounter.limits import MOST_REPLY_BYTES

MOST_COUNT: Final = 2**53 - 1
"""The largest count that JSON holds for every reader; what is above is no count of tokens."""
_LONGEST_NAME: Final = 200
_OWN: Final = "medcred:"

_overflown: ContextVar[list[bool] | None] = ContextVar("overflown", default=None)


def watch_body() -> list[bool]:
    """Begin to watch the calls of this task; the list holds something once a body was too long.

    What the call raises passes through other people's hands, which leave no trace of the cause.
    """
    seen: list[bool] = []
    _overflown.set(seen)
    return seen


def note_overflow() -> None:
    """Say that the body of the reply which this task waits for is too long."""
    seen = _overflown.get()
    if seen is not None:
        seen.append(True)


def text_of(response: Any) -> tuple[str, str | None]:
    """Text and finish reason of the first choice; empty and None when there is none."""
    choices = getattr(response, "choices", None) or []
    if not choices:
        return "", None
    message = getattr(choices[0], "message", None)
    text = getattr(message, "content", None) or getattr(message, "refusal", None) or ""
    finish = name_of(getattr(choices[0], "finish_reason", None))
    if finish is not None and finish.casefold().startswith(_OWN):
        finish = None
    # One more than can be allowed, so that the cap still sees that something was cut off.
    return _encodable(str(text)[: MOST_REPLY_BYTES + 1]), finish


def name_of(value: Any) -> str | None:
    """A short name (a model id, a finish reason) as the endpoint gives it, cut."""
    return _encodable(str(value)[:_LONGEST_NAME]) if value else None


def count_of(value: Any) -> int | None:
    """A count of tokens; None for what is none, such as a negative one that would lower a sum."""
    return value if type(value) is int and 0 <= value <= MOST_COUNT else None


def _encodable(text: str) -> str:
    """Text that UTF-8 can hold: JSON lets an endpoint send half a surrogate pair."""
    return text.encode("utf-8", "replace").decode()
