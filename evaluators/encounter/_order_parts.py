"""The parts of a line of orders, and what each was taken for.

Belongs here: the two types, and dividing a line at what may part two orders. Does not belong here:
which parts belong together (`_order_lists`), what a part means (`_order_reading`).
"""

from __future__ import annotations

from dataclasses import dataclass

from evaluators.encounter._order_sentences import goes_on_reasoning
from evaluators.encounter._order_words import PARENTHESES, WEAK
from evaluators.encounter._schedule import Schedule, schedule_of


@dataclass(frozen=True, slots=True)
class Resolution:
    """What one part of a wording was taken for."""

    wording: str
    """The part, cleaned."""
    test_id: str | None
    """Catalogue id; None when ambiguous (`choices`) or unrecognised (no choices)."""
    confidence: float
    """100 for an exact match, the ratio for a fuzzy one, 0 without a match."""
    choices: tuple[str, ...] = ()
    """Canonical names to choose from, sorted."""
    ignored: str = ""
    """Words that were left out."""
    tool_id: str | None = None
    """The tool that it names; then there is no `test_id`."""

    @property
    def schedule(self) -> Schedule | None:
        """When the words want the test; None for once, and now."""
        return schedule_of(self.wording)


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    before: str
    """Separator before this part, lower case; empty for the first."""


def divided(line: str) -> list[Part]:
    """Divide at weak separators outside parentheses; a list of reasons stays with its order."""
    parts: list[Part] = []
    start, before = 0, ""
    hidden = [match.span() for match in PARENTHESES.finditer(line)]
    for match in WEAK.finditer(line):
        if any(low <= match.start() < high for low, high in hidden):
            continue
        parts.append(Part(line[start : match.start()].strip(), before))
        start, before = match.end(), match.group(1).lower()
    parts.append(Part(line[start:].strip(), before))
    joined: list[Part] = []
    for part in parts:
        if joined and goes_on_reasoning(joined[-1].text, part.text):
            last = joined.pop()
            part = Part(f"{last.text} {part.before} {part.text}", last.before)
        if part.text:
            joined.append(part)
    return joined
