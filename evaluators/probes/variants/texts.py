"""The texts of a scenario that tell of the patient, and rewriting them one by one.

Belongs here: which fields are texts, applying a rewriting to them, splitting a history into
sentences. Does not belong here: any rewriting (the variants).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from evaluators.encounter.protocol import Presentation
from evaluators.scenario_sets import EvidenceItem, Scenario

PROSE: Final = ("chief_complaint", "history", "past_history", "social_history")
"""Texts about the patient. The family history is about others, allergies are names of drugs."""

_NO_END: Final = r"(?<!\bMr\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bMrs\.)(?<!\bSt\.)(?<!\bvs\.)(?<!\bNo\.)"
_SENTENCE_END: Final = re.compile(rf"{_NO_END}(?<=[.!?])\s+(?=[A-Z(_])")
_LEANING: Final = re.compile(
    r"(?:This|That|These|Those|Then|It|Its|Before|After|Afterwards?|Because|When|As|However|But|"
    r"Since|Later|Subsequently|Along|Associated|Symptoms|Nothing|Both|Neither|They)\b"
)


def with_presentation(scenario: Scenario, **fields: Any) -> Scenario:
    """The scenario with fields of its presentation replaced; nothing else is touched."""
    return replace(scenario, presentation=scenario.presentation.model_copy(update=fields))


def prose_of(presentation: Presentation) -> dict[str, str]:
    """The texts about the patient that are there, by field."""
    found = {name: getattr(presentation, name) for name in PROSE}
    return {name: text for name, text in found.items() if text}


def rewritten(
    scenario: Scenario,
    rewrite: Callable[[str], str],
    fields: Iterable[str] = PROSE,
) -> Scenario:
    """The scenario with `rewrite` applied to those texts of its presentation that are there."""
    presentation = scenario.presentation
    texts: Mapping[str, str | None] = {name: getattr(presentation, name) for name in fields}
    return with_presentation(
        scenario, **{name: rewrite(text) for name, text in texts.items() if text}
    )


def is_text(item: EvidenceItem) -> bool:
    """Whether a result is words that may speak of the patient: a report or an examination."""
    return item.kind in {"imaging", "exam", "ecg"}


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order; joined with blanks they are the text again."""
    return _SENTENCE_END.split(text.strip())


def leans(sentence: str) -> bool:
    """Whether a sentence leans on the one before, so that the two have to stay together."""
    return _LEANING.match(sentence) is not None
