"""Summaries of many index admissions, written in memory, and readers for their sections.

Belongs here: drawing and cutting notes for the tests of this folder. Does not belong here: what a
note should look like.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sources.synthetic.life import Life
from sources.synthetic.notes import Summary, summarize
from sources.synthetic.notes.leaking import NO_LEAK
from sources.synthetic.notes.writer import stream
from sources.synthetic.timeline import Admission, Patient

SEEDS = Path(__file__).resolve().parents[4] / "dbt_project" / "seeds"
SEED, PATIENTS = 7, 1900

# The header patterns of the clinical facts (notes and imaging, section 2), in their order.
HEADERS = {
    "service": r"^\s*service\s*:",
    "allergies": r"^\s*allergies\s*:",
    "attending": r"^\s*attending\s*:",
    "complaint": r"^\s*chief complaint\s*:",
    "procedure": r"^\s*major .{0,24}procedure\s*:",
    "history": r"^\s*(history|___) of (present(ing)?|___) (illness|___)\s*:|^\s*HPI\s*:",
    "past": r"^\s*(past|___) (medical|___) (history|___)\s*:|^\s*PMHx?\s*:",
    "social": r"^\s*social (history|___)\s*:",
    "family": r"^\s*family (history|___)\s*:",
    "exam": r"^\s*(physical|admission|initial|___) (physical )?(exam(ination)?|___)\b.{0,20}:",
    "results": r"^\s*(pertinent|___) results\s*:",
    "course": r"^\s*(brief|___) hospital course\s*:|^\s*hospital course\s*:",
    "transitional": r"^\s*#*\s*transitional issues",
    "home": r"^\s*medications? on admission\s*:",
    "medications": r"^\s*discharge medications?\s*:",
    "disposition": r"^\s*discharge disposition\s*:",
    "diagnosis": r"^\s*(discharge|final|___) diagnos[ei]s\s*:",
    "condition": r"^\s*(discharge|___) condition\s*:",
    "instructions": r"^\s*(discharge|___) instructions\s*:",
    "followup": r"^\s*follow-?up instructions\s*:",
}
HEADER_PATTERNS = {
    name: re.compile(pattern, re.IGNORECASE | re.MULTILINE) for name, pattern in HEADERS.items()
}
HISTORY_CUT = (
    r"\b(in|upon arrival (to|in|at)|on arrival (to|in|at)|at) (the )?"
    r"(ED|emergency (department|room)|OSH|outside hospital)\b"
    r"|\b(ED course|initial (ED )?(vitals?|VS)|vitals? (in|on arrival))\b"
    r"|\b(was|were) found to have\b"
    r"|\b(labs?|imaging|CT|CXR|US|MRI|EKG|ECG)( scan)? "
    r"(was|were|showed|revealed|notable|demonstrated|significant)\b"
)
EXAM_CUT = (
    r"^\s*[*=\-#]*\s*((physical |PE|exam|vitals?).{0,24})?"
    r"\b(at|on|upon|prior to|day of)?\s*(discharge|d/c)\b"
)
EXAM_CUT_PATTERN = re.compile(EXAM_CUT, re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Told:
    """One index admission with its summary."""

    patient: Patient
    admission: Admission
    summary: Summary
    parts: dict[str, str]
    """The sections, by name."""

    @property
    def shown(self) -> dict[str, str]:
        """The sections with what may be shown of the history and the examination."""
        seen = EXAM_CUT_PATTERN.split(self.parts["exam"], maxsplit=1)[0]
        return {**self.parts, "history": self.summary.history, "exam": seen}

    @property
    def is_leaking(self) -> bool:
        return any(leak.channel != NO_LEAK for leak in self.summary.leaks)


@cache
def told() -> tuple[Told, ...]:
    """Index admissions of the first patients of a seed, with their summaries."""
    notes = []
    for number in range(1, PATIENTS + 1):
        patient = Life(SEED, number).patient()
        index = patient.admissions[-1]
        summary = summarize(patient, index, stream(patient))
        notes.append(Told(patient, index, summary, sections(summary.text)))
    return tuple(notes)


def sections(text: str) -> dict[str, str]:
    """A summary cut at its headers, each searched behind the one before.

    Raises:
        LookupError: A header is missing, or stands before its turn.
    """
    found: dict[str, str] = {}
    at, name = 0, ""
    for following, pattern in HEADER_PATTERNS.items():
        match = pattern.search(text, at)
        if match is None:
            raise LookupError(f"the summary has no header {following!r} after {name!r}")
        if name:
            found[name] = text[at : match.start()]
        name, at = following, match.end()
    found[name] = text[at:]
    return found


@cache
def forbidden(condition: str) -> tuple[re.Pattern[str], re.Pattern[str] | None] | None:
    """What names a condition, and what of it is allowed; None where nothing counts as a leak.

    The rule of the warehouse's int_leaks__named.
    """
    with (SEEDS / "leak_terms.csv").open(newline="", encoding="utf-8") as stream_:
        row = next(row for row in csv.DictReader(stream_) if row["condition_id"] == condition)
    if row["leak_policy"] not in ("strict", "chronic_ok"):
        return None
    parts = [row["forbidden_regex"]] if row["forbidden_regex"] else []
    if row["leak_policy"] == "strict":
        names = "|".join(re.escape(term) for term in row["forbidden_synonyms"].split("|"))
        parts.append(f"(^|[^a-z0-9])({names})([^a-z0-9]|$)")
    pattern = re.compile(f"({'|'.join(parts)})", re.IGNORECASE)
    allowed = [term for term in row["allowed_terms"].split("|") if term and pattern.search(term)]
    blanked = "|".join(re.escape(term) for term in allowed)
    return pattern, re.compile(rf"\b({blanked})\b", re.IGNORECASE) if allowed else None


def names(condition: str, text: str) -> str | None:
    """The words of a text that name the condition, if any."""
    rule = forbidden(condition)
    if rule is None:
        return None
    pattern, allowed = rule
    match = pattern.search(allowed.sub(" ", text) if allowed else text)
    return match.group() if match else None


def conditions_of(category: str) -> list[str]:
    """All conditions of a category in the catalogue of conditions."""
    with (SEEDS / "conditions.csv").open(newline="", encoding="utf-8") as stream_:
        rows = list(csv.DictReader(stream_))
    return [
        row["condition_id"] for row in rows if re.sub(r"[ /]", "_", row["category"]) == category
    ]
