"""A candidate's text to a step, or one stated reason why it is none.

Belongs here: finding the JSON object in a reply, reading it strictly, and the tolerances. Does not
belong here: what follows from a step (`session`). Whatever the text, the only error is
`ReplyError`.

Where the object is: the whole text; else the first fenced block that is an object; else the first
balanced `{...}` that is JSON. Text up to `</think>` is left out.
When that object commits (`final`) and later ones of the same reply do too, the last of them counts:
an answer taken back is no answer. When it does not commit, what follows is not read: a candidate
that goes on to play the evaluator, and then itself, has ordered and no more.
Malformed: duplicate keys, NaN and infinity, nesting deeper than 20, a wrong type, no known field.
Tolerated, and nothing else: fields that the protocol does not have; null for a list; one entry
without its list; an order or action as an object with its text under `order`, `test`, `name`,
`action` or `text`; a diagnosis as a bare string; a probability in percent (above 1, up to 100);
`final.diagnosis` as a list, whose first entry is the principal one; an answer of findings without
a diagnosis; a finding as a bare string (present); an acuity as a string of one digit.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, TypeVar

from evaluators.encounter._wording import clean_text, cut
from evaluators.encounter.protocol import (
    FilmFinding,
    FinalAnswer,
    OrganSupport,
    RankedDiagnosis,
    Step,
)

RULES_VERSION = "replies/3"

MOST_DEPTH = 20
MOST_DIAGNOSES = 20
MOST_LINES = 2_000
"""Entries of one list that are read; the caps on orders are lower and told to the candidate."""
_MOST_STARTS = 50
_FIELDS = ("orders", "actions", "differential", "final")
_TEXT_KEYS = ("order", "test", "name", "action", "text")
_FENCE = "```"
_FENCE_HEAD = re.compile(r"[A-Za-z]*[ \t]*\n?")

_SUPPORTS = tuple(OrganSupport.model_fields)
_CERTAINTIES = ("present", "uncertain", "absent")

_STRINGS = {"type": "array", "items": {"type": "string"}}
STEP_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "orders": _STRINGS,
        "actions": _STRINGS,
        "differential": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "diagnosis": {"type": "string"},
                    "icd10": {"type": ["string", "null"]},
                    "probability": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
                },
                "required": ["diagnosis"],
            },
        },
        "final": {
            "type": ["object", "null"],
            "properties": {
                "diagnosis": {"type": "string"},
                "icd10": {"type": ["string", "null"]},
                "further_diagnoses": _STRINGS,
                "plan": _STRINGS,
                "disposition": {"type": ["string", "null"]},
                "organ_support": {
                    "type": ["object", "null"],
                    "properties": {name: {"type": ["boolean", "null"]} for name in _SUPPORTS},
                },
                "findings": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "finding": {"type": "string"},
                            "certainty": {"enum": list(_CERTAINTIES)},
                        },
                        "required": ["finding", "certainty"],
                    },
                },
                "acuity": {"type": ["integer", "null"], "minimum": 1, "maximum": 5},
            },
        },
    },
}
"""JSON schema of a step: sent with a repair request, and usable for structured output."""

_T = TypeVar("_T")


class ReplyError(ValueError):
    """A reply that is no step. The message says what is wrong in words fit for the candidate."""


def parse_step(text: str) -> Step:
    """Read one step from a candidate's text.

    Every string is cleaned (NFKC, no control, bidirectional or zero-width characters) and cut to
    500 characters.

    Raises:
        ReplyError: the text has no readable step.
    """
    raw = _object(text)
    if not any(field in raw for field in _FIELDS):
        raise ReplyError(f"the JSON object has none of the fields {', '.join(_FIELDS)}")
    return Step(
        orders=_strings(raw.get("orders"), "orders"),
        actions=_strings(raw.get("actions"), "actions"),
        differential=_differential(raw.get("differential")),
        final=_final(raw.get("final")),
    )


# --- finding the object


def _object(text: str) -> dict[str, Any]:
    text = text.rpartition("</think>")[2].strip().lstrip("\ufeff")
    if not text:
        raise ReplyError("the reply is empty")
    if text.startswith("{") and text.endswith("}"):
        try:
            return _strict(text)
        except _NotJSONError:
            pass  # perhaps two objects, or braces around prose: looked at below
    for piece, end in itertools.chain(_fenced(text), _balanced(text, 0)):
        try:
            found = _strict(piece)
        except _NotJSONError:
            continue
        return _last_commitment(found, text, end)
    if "{" not in text:
        raise ReplyError("the reply has no JSON object")
    raise ReplyError("the reply has no complete, valid JSON object")


def _last_commitment(first: dict[str, Any], text: str, end: int) -> dict[str, Any]:
    """The last object with a `final`, if the first has one; what cannot be read commits nothing."""
    last = first
    if first.get("final") is not None:
        for piece, _ in _balanced(text, end):
            try:
                later = _strict(piece)
            except ReplyError:
                continue
            if later.get("final") is not None:
                last = later
    return last


def _fenced(text: str) -> Iterator[tuple[str, int]]:
    """Closed fenced blocks that begin like an object, each with its end in the text."""
    # Divided, not matched by a pattern: that would take the square of the length.
    parts = text.split(_FENCE)
    end = len(parts[0])
    for number, part in enumerate(parts[1:-1], start=1):
        end += len(_FENCE) + len(part)
        head = _FENCE_HEAD.match(part)
        block = part[head.end() :] if head else part
        if number % 2 and block.lstrip().startswith("{"):
            yield block, end


class _NotJSONError(ReplyError):
    """This piece is not JSON; another one may be."""


def _strict(text: str) -> dict[str, Any]:
    if _too_deep(text):
        raise ReplyError(f"the JSON is nested deeper than {MOST_DEPTH} levels")
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_constant)
    except ReplyError:
        raise
    except ValueError:  # includes numbers too long to read
        raise _NotJSONError("the JSON is not valid") from None
    if not isinstance(value, dict):
        raise _NotJSONError("the JSON is not an object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ReplyError("a JSON object has the same key twice")
    return found


def _constant(name: str) -> NoReturn:
    raise ReplyError("NaN and Infinity are not JSON numbers")


def _too_deep(text: str) -> bool:
    if text.count("{") + text.count("[") <= MOST_DEPTH:  # too few to be too deep
        return False
    depth = 0
    for kind, _ in _brackets(text, 0):
        depth += 1 if kind in "{[" else -1
        if depth > MOST_DEPTH:
            return True
    return False


_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\]]', re.DOTALL)


def _brackets(text: str, start: int) -> Iterator[tuple[str, int]]:
    """Brackets outside strings, with their positions."""
    for match in _BRACKET.finditer(text, start):
        found = match.group(0)
        if found in "{}[]":
            yield found, match.start()


def _balanced(text: str, start: int) -> Iterator[tuple[str, int]]:
    """Balanced `{...}` pieces from `start` on, with their ends; a bounded number is tried."""
    start = text.find("{", start)
    for _ in range(_MOST_STARTS):
        if start < 0:
            return
        depth = 0
        end = -1
        for kind, at in _brackets(text, start):
            depth += 1 if kind in "{[" else -1
            if depth > MOST_DEPTH:
                break
            if depth == 0:
                end = at
                break
        if end >= 0:
            yield text[start : end + 1], end + 1
            start = text.find("{", end + 1)
        else:
            start = text.find("{", start + 1)


# --- reading the fields


def _listed(value: Any, field: str, one: Callable[[Any, str], _T]) -> tuple[_T, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        value = [value]
    return tuple(one(entry, field) for entry in value[:MOST_LINES])


def _strings(value: Any, field: str) -> tuple[str, ...]:
    if isinstance(value, dict):
        raise ReplyError(f"`{field}` is not a list of strings")
    return tuple(text for text in _listed(value, field, _string) if text)


def _string(value: Any, field: str) -> str:
    if isinstance(value, dict):
        named = [value[key] for key in _TEXT_KEYS if isinstance(value.get(key), str)]
        if len(named) == 1:
            value = named[0]
    if not isinstance(value, str):
        raise ReplyError(f"`{field}` is not a list of strings")
    return cut(value)


def _optional(value: Any, field: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ReplyError(f"`{field}` is not a string")
    return cut(value) or None


def _differential(value: Any) -> tuple[RankedDiagnosis, ...]:
    ranked = _listed(value, "differential", _ranked)
    return tuple(entry for entry in ranked if entry.diagnosis)[:MOST_DIAGNOSES]


def _ranked(value: Any, field: str) -> RankedDiagnosis:
    if isinstance(value, str):
        return RankedDiagnosis(diagnosis=cut(value))
    if not isinstance(value, dict) or not isinstance(value.get("diagnosis"), str):
        raise ReplyError(f"an entry of `{field}` has no string `diagnosis`")
    return RankedDiagnosis(
        diagnosis=cut(value["diagnosis"]),
        icd10=_optional(value.get("icd10"), f"{field}.icd10"),
        probability=_probability(value.get("probability")),
    )


def _probability(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ReplyError("a `probability` is not a number")
    if not 0 <= value <= 100:
        raise ReplyError("a `probability` is not between 0 and 1")
    return float(value) if value <= 1 else value / 100.0


def _final(value: Any) -> FinalAnswer | None:
    if value is None:
        return None
    if isinstance(value, str):
        value = {"diagnosis": value}
    if not isinstance(value, dict):
        raise ReplyError("`final` is not an object")
    named = value.get("diagnosis")
    diagnoses = _strings(named, "final.diagnosis")
    findings = _listed(value.get("findings"), "final.findings", _finding)
    if not diagnoses and not findings:
        raise ReplyError("`final` has no `diagnosis`")
    further = _strings(value.get("further_diagnoses"), "final.further_diagnoses")
    return FinalAnswer(
        diagnosis=diagnoses[0] if diagnoses else "",
        icd10=_optional(value.get("icd10"), "final.icd10"),
        further_diagnoses=(*diagnoses[1:], *further)[:MOST_DIAGNOSES],
        plan=_strings(value.get("plan"), "final.plan"),
        disposition=_optional(value.get("disposition"), "final.disposition"),
        organ_support=_organ_support(value.get("organ_support")),
        findings=findings,
        acuity=_acuity(value.get("acuity")),
    )


def _finding(value: Any, field: str) -> FilmFinding:
    if isinstance(value, str):
        return FilmFinding(finding=cut(value), certainty="present")
    if not isinstance(value, dict) or not isinstance(value.get("finding"), str):
        raise ReplyError(f"an entry of `{field}` has no string `finding`")
    certainty = value.get("certainty", "present")
    if certainty not in _CERTAINTIES:
        raise ReplyError(f"a `certainty` is none of {', '.join(_CERTAINTIES)}")
    return FilmFinding(finding=cut(value["finding"]), certainty=certainty)


def _organ_support(value: Any) -> OrganSupport | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise ReplyError("`final.organ_support` is not an object")
    stated = {name: value.get(name) for name in _SUPPORTS}
    if any(said is not None and not isinstance(said, bool) for said in stated.values()):
        raise ReplyError("an entry of `final.organ_support` is neither true nor false")
    return OrganSupport(**stated)


def _acuity(value: Any) -> int | None:
    if isinstance(value, str) and value.strip() in ("1", "2", "3", "4", "5"):
        value = int(value)
    if value is None:
        return None
    if type(value) is int and 1 <= value <= 5:
        return value
    raise ReplyError("`final.acuity` is not a whole number from 1 to 5")


_REFUSAL = re.compile(
    r"\b(?:i|we)\s*(?:(?:am|are|'m|'re)\s+(?:not\s+able|unable|not\s+(?:allowed|permitted))|"
    r"(?:can\s*not|can't|could\s+not|couldn't|will\s+not|won't|must\s+not|do\s+not|don't)\s+"
    r"(?:\w+\s+){0,2}?(?:help|assist|provide|give|offer|answer|diagnose|comply|participate|engage|"
    r"continue|do\s+(?:this|that)|fulfil\w*|act)|(?:must\s+|have\s+to\s+)?(?:decline|refuse))\b",
    re.IGNORECASE,
)


def is_refusal(text: str) -> bool:
    """Whether a reply that is no step declines in words (`I cannot help with that`)."""
    return _REFUSAL.search(clean_text(text[:2_000]).replace("\u2019", "'")) is not None


def is_blank(text: str) -> bool:
    """Whether nothing is left of a reply once invisible characters are gone."""
    return not clean_text(text).strip()
