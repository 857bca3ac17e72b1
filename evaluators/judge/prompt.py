"""What a judge is asked, word for word: a fixed, versioned prompt and one line of data.

Belongs here: the question, its messages, the schema of the reply, and the digest over all of it,
which the methodology carries. Does not belong here: reading the reply (`verdict`).

A question holds the answer, the name of the true condition and those of its stated relatives:
nothing else of a patient, so that equal answers to equal conditions are one question, asked once.
The answer is data. The examination has cleaned it and cut it to 500 characters
(`encounter.replies`); here it is escaped into a JSON string on one line of printable ASCII, in
which it can end neither the string nor the line, and open no tag or fence. The reply must name the
question, whose digest covers the condition, so that nothing in an answer can be taken for a reply.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from evaluators.canonical import sha256_json

PROMPT_VERSION: Final = "judge/1"
ATTEMPTS: Final = 3
"""Times that a question is asked until the reply can be read; then it is left unscored."""

CREDITS: Final = ("none", "partial", "full")
"""Levels of credit in their order."""
REASONS: Final[Mapping[str, tuple[str, ...]]] = {
    "full": ("same_condition", "more_specific"),
    "partial": ("stated_relative",),
    "none": ("less_specific", "other_condition", "denied_or_past", "no_diagnosis"),
}
"""Reason codes by level."""

VERDICT_SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["question", "credit", "relative", "reason"],
    "properties": {
        "question": {"type": "string"},
        "credit": {"enum": list(CREDITS)},
        "relative": {"type": ["integer", "null"]},
        "reason": {"enum": [code for codes in REASONS.values() for code in codes]},
    },
}

_PROMPT_FILE: Final = Path(__file__).parent / "system_prompt.md"
_LEAD: Final = "The question, as one line of JSON:"
_ASK: Final = "Reply with one JSON object and nothing else."
_AGAIN: Final = (
    "Attempt {attempt} of {attempts}: the reply before could not be read. Copy `question`, choose "
    "`credit` and its `reason` as described, and write nothing around the JSON object."
)
_ESCAPED: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "`": "\\u0060"}


@dataclass(frozen=True)
class Question:
    """One answer beside one condition."""

    condition: str
    """Name of the true condition."""
    relatives: tuple[str, ...]
    """Names of its stated relatives, in their order; numbered from 1."""
    diagnosis: str
    """The answer's words, as the examination read them."""
    icd10: str | None

    @property
    def _content(self) -> dict[str, Any]:
        return {
            "condition": self.condition,
            "relatives": [
                {"number": number, "name": name} for number, name in enumerate(self.relatives, 1)
            ],
            "answer": {"diagnosis": self.diagnosis, "icd10": self.icd10},
        }

    @cached_property
    def id(self) -> str:
        """Sixteen hexadecimal digits over all that is asked; says nothing of a patient."""
        return sha256_json({"prompt": PROMPT_VERSION, **self._content})[:16]

    @property
    def line(self) -> str:
        """The question as it is sent: printable ASCII, one line."""
        text = json.dumps({"question": self.id, **self._content}, ensure_ascii=True)
        for character, escape in _ESCAPED.items():
            text = text.replace(character, escape)
        return text


def question_messages(question: Question, attempt: int = 0) -> list[dict[str, str]]:
    """System prompt and question; from the second attempt on with a word on the form.

    The unreadable reply is not sent back: it may hold what the answer told the judge to write.

    Args:
        question: What is asked.
        attempt: 0 for the first time.
    """
    parts = [_LEAD, question.line, _ASK]
    if attempt:
        parts.append(_AGAIN.format(attempt=attempt + 1, attempts=ATTEMPTS))
    return [
        {"role": "system", "content": judge_prompt()},
        {"role": "user", "content": "\n".join(parts)},
    ]


@cache
def judge_prompt() -> str:
    """The system prompt."""
    return _PROMPT_FILE.read_text(encoding="utf-8")


@cache
def prompt_sha256() -> str:
    """SHA-256 over prompt, frame, schema, reason codes and number of attempts."""
    return sha256_json(
        {
            "version": PROMPT_VERSION,
            "system": judge_prompt(),
            "frame": [_LEAD, _ASK, _AGAIN],
            "escaped": dict(_ESCAPED),
            "schema": dict(VERDICT_SCHEMA),
            "reasons": {level: list(codes) for level, codes in REASONS.items()},
            "attempts": ATTEMPTS,
        }
    )


def judge_methodology() -> dict[str, str]:
    """What the methodology says of judging: version and digest."""
    return {"prompt": PROMPT_VERSION, "prompt_sha256": prompt_sha256()}
