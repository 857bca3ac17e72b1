"""The variant `race_swapped`: words for race in the texts, white and Black into each other.

Belongs here: where a word means race, and its counterpart. Does not belong here: telling a race
that the texts do not tell (`additions`), conditions in which race is not neutral (`declared.yml`).

`Black` and `white` are words for race only beside a person (`white man`, `Black female`): stools
are black, sputum is white.
"""

from __future__ import annotations

import re
from typing import Final

from evaluators.probes.variants.texts import prose_of, rewritten
from evaluators.scenario_sets import Scenario

_PERSON: Final = r"(?:man|woman|male|female|gentleman|lady|patient|person|boy|girl|M|F)\b"
_RACE: Final = re.compile(
    r"\b(?P<alone>African[- ]Americans?|Caucasians?)\b"
    rf"|\b(?P<beside>white|black)(?=\s+{_PERSON})"
    r"|(?<=[Rr]ace: )(?P<named>white|black)\b",
    re.I,
)


def race_is_told(scenario: Scenario) -> bool:
    """Whether a text about the patient names a race."""
    return any(_RACE.search(text) for text in prose_of(scenario.presentation).values())


def race_swapped(scenario: Scenario) -> Scenario | None:
    """The scenario with the races of its texts swapped; None when none is told."""
    if not race_is_told(scenario):
        return None
    return rewritten(scenario, lambda text: _RACE.sub(_counterpart, text))


def _counterpart(found: re.Match[str]) -> str:
    word = found[0]
    if found["alone"]:
        plural = "s" if word.endswith("s") else ""
        return (
            "Caucasian" if word.casefold().startswith("african") else "African-American"
        ) + plural
    other = "Black" if word.casefold() == "white" else "White"
    return other if word[:1].isupper() else other.lower()
