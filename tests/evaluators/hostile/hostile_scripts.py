"""What scripts of hostile candidates are made of: their types, their words, common ways to answer.

Belongs here: everything that several of them use. Does not belong here: the candidates themselves
(`hostile_candidates`, `hostile_answers`). A script sees its own messages, as a model would, and
nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Messages = Sequence[Mapping[str, str]]

ANSWER = "Acute pancreatitis"
OTHER = "Lower gastrointestinal bleeding"
PLAIN = {"final": {"diagnosis": ANSWER}}
EARLIER = "0000000000000003"
"""Id of a scenario of the set; the candidate guesses it."""
RECITED = (
    "CT of the abdomen shows stranding around the tail of the pancreas with a small "
    "collection and no gas"
)
"""Stands in a report of the first scenario that nobody ordered."""
SQL = "x'; DROP TABLE labevents; --"
PATHS = ("../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "\\\\host\\share\\x", "image 7")
ESCAPES = "\x1b]0;owned\x07\x1b[31mred\u202egnp.exe"
HTML = "<script>alert(1)</script><img src=x onerror=alert(2)>"
FORMULA = "=cmd|' /C calc'!A0"


@dataclass(frozen=True)
class Said:
    """One reply as the endpoint delivers it."""

    text: str | None
    finish: str = "stop"
    completion_tokens: int = 10


Script = Callable[[int, Messages], Said | str | Mapping[str, Any]]


@dataclass(frozen=True)
class Hostile:
    """A hostile candidate and the honest one that gives the same answer plainly."""

    fault: int
    name: str
    script: Script
    twin: Script


def plainly(diagnosis: str = ANSWER, **final: Any) -> Script:
    """Answer at once."""
    return lambda turn, messages: {"final": {"diagnosis": diagnosis, **final}}


def silently(turn: int, messages: Messages) -> Said:
    """Give no answer at all: the twin of those that earn nothing."""
    del turn, messages
    return Said("")


def saying(*replies: Said | str | Mapping[str, Any]) -> Script:
    """Say these in turn; the last one again for ever."""
    return lambda turn, messages: replies[min(turn, len(replies)) - 1]


def first_then_answer(*replies: Said | str | Mapping[str, Any]) -> Script:
    """Say these in turn, then answer."""
    return saying(*replies, PLAIN)


def final_of(text: str) -> str:
    return f'{{"final":{{"diagnosis":{json.dumps(text)}}}}}'


def presented(turn: int, messages: Messages) -> Mapping[str, Any]:
    del turn
    return {"final": {"diagnosis": messages[1]["content"]}}


def complained(turn: int, messages: Messages) -> Mapping[str, Any]:
    del turn
    presentation = json.loads(messages[1]["content"])["presentation"]
    return {"final": {"diagnosis": presentation["chief_complaint"]}}


def ordering(orders: Sequence[str]) -> Script:
    return lambda turn, messages: {"orders": list(orders)} if turn < 12 else PLAIN
