"""A judge's text to a verdict, or nothing.

Belongs here: reading the reply strictly. Does not belong here: asking again (`run`), what a verdict
comes to in points (`view`).

A reply is read when it is one JSON object, perhaps in one fence or after `</think>`, that names the
question, a level of credit, its reason, and the number of a relative exactly where the credit is
partial. Everything else is unreadable: neither a pass nor a fail.
"""

from __future__ import annotations

import json
import re
from typing import Any, Literal, NoReturn

from pydantic import ConfigDict

from evaluators.encounter.protocol import Border
from evaluators.judge.prompt import REASONS, Question

LONGEST_REPLY = 20_000
"""Characters; a verdict has about a hundred, with thoughts before it perhaps thousands."""
_FENCE = re.compile(r"\A```[A-Za-z]*\s*(\{.*\})\s*```\Z", re.DOTALL)


class Verdict(Border):
    """One reading of one answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    question: str
    credit: Literal["none", "partial", "full"]
    relative: int | None
    """Number of the relative that the answer names, from 1; null unless the credit is partial."""
    reason: str


def read_verdict(text: str, question: Question) -> Verdict | None:
    """The verdict that `text` holds on `question`; None when it holds none, whatever the text."""
    if len(text) > LONGEST_REPLY:
        return None
    text = text.rpartition("</think>")[2].strip()
    fenced = _FENCE.match(text)
    try:
        raw = json.loads(
            fenced.group(1) if fenced else text,
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
        )
        verdict = Verdict.model_validate(raw)
    except (ValueError, RecursionError):  # ValidationError is a ValueError
        return None
    return verdict if _holds_together(verdict, question) else None


def _holds_together(verdict: Verdict, question: Question) -> bool:
    if verdict.question != question.id or verdict.reason not in REASONS[verdict.credit]:
        return False
    if verdict.credit != "partial":
        return verdict.relative is None
    return verdict.relative is not None and 1 <= verdict.relative <= len(question.relatives)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a JSON object has the same key twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON numbers")
