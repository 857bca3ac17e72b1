"""How much of a text a reply recalls, word for word, and how much by chance.

Belongs here: words, common runs, the share of runs of five words, dates and the canary in a reply.
Does not belong here: what is asked (`questions`), statistics (`contamination`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

RUN: Final = 5
"""Words of a run that counts as recalled. Runs of fewer words are idiom."""
_WORD: Final = re.compile(r"[a-z0-9]+")
_DATE: Final = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b")


def words(text: str) -> tuple[str, ...]:
    """Words of a text, small, without punctuation."""
    return tuple(_WORD.findall(text.casefold()))


def share_recalled(reply: str, original: str) -> float:
    """Share of the original's runs of five words that stand in the reply; 0 without any run."""
    wanted = _runs(words(original))
    return len(wanted & _runs(words(reply))) / len(wanted) if wanted else 0.0


def longest_run(reply: str, original: str) -> int:
    """Words of the longest run that both texts have."""
    one, other = words(reply), words(original)
    before = [0] * (len(other) + 1)
    longest = 0
    for word in one:
        now = [0] * (len(other) + 1)
        for at, there in enumerate(other, 1):
            if there == word:
                now[at] = before[at - 1] + 1
        longest = max(longest, max(now))
        before = now
    return longest


def dates_in(reply: str) -> frozenset[str]:
    """Dates of a reply as YYYY-MM-DD; years are of any century, as shifted ones are."""
    return frozenset(
        f"{year}-{int(month):02d}-{int(day):02d}" for year, month, day in _DATE.findall(reply)
    )


def shares_run(reply: str, original: str, length: int) -> bool:
    """Whether a run of `length` words stands in both texts."""
    return not _runs(words(reply), length).isdisjoint(_runs(words(original), length))


def _runs(sequence: Sequence[str], length: int = RUN) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(sequence[at : at + length]) for at in range(len(sequence) - length + 1))
