"""The variant `abbreviations_expanded`: texts without the abbreviations of one meaning.

Belongs here: reading the table and expanding. Does not belong here: the table
(`abbreviations.csv`), what an order's abbreviation means (`evaluators.encounter.orders`).

Only whole words count, in the table's own capitals where it has any capital. What an expansion says
is never an abbreviation of the table itself, so that expanding twice is expanding once. A row's
source is `catalogue` or `diagnosis_terms` where the house's own tables give the same meaning, else
`usage`: common clinical usage, not yet reviewed by clinicians.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from evaluators.probes.variants.texts import PROSE, rewritten
from evaluators.scenario_sets import Scenario

TABLE: Final = Path(__file__).with_name("abbreviations.csv")
_FIELDS: Final = (*PROSE, "family_history")


@cache
def abbreviations() -> Mapping[str, str]:
    """Expansion by abbreviation, as the table has them."""
    with TABLE.open(encoding="utf-8", newline="") as stream:
        return {row["abbreviation"]: row["expansion"] for row in csv.DictReader(stream)}


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(abbreviations(), key=lambda short: (-len(short), short))
    choices = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?<![A-Za-z0-9/])(?:{choices})(?![A-Za-z0-9/])")


def expanded_text(text: str) -> str:
    """The text with every abbreviation of the table written out; capitals of a beginning stay."""

    def written_out(found: re.Match[str]) -> str:
        long = abbreviations()[found[0]]
        begins = found.start() == 0 or text[: found.start()].rstrip(" ").endswith((".", "\n"))
        return long[:1].upper() + long[1:] if begins and found[0][:1].isupper() else long

    return _pattern().sub(written_out, text)


def abbreviations_expanded(scenario: Scenario) -> Scenario | None:
    """The scenario with its texts written out; None when they hold no abbreviation."""
    changed = rewritten(scenario, expanded_text, _FIELDS)
    return None if changed.presentation == scenario.presentation else changed
