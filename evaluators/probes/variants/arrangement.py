"""The variant `order_shuffled`: the same facts in another order.

Belongs here: what may change places and what has to stay together. Does not belong here: adding
or rewording facts.

A history is shuffled by blocks. The first sentence says who the patient is and stays first. A
sentence that leans on the one before (it begins with `This`, `Then`, `It`, ...) goes with it. A
review of systems and all that follows stays last.
"""

from __future__ import annotations

import re
from typing import Final

from evaluators.probes.variants.draws import Lots
from evaluators.probes.variants.texts import leans, sentences, with_presentation
from evaluators.scenario_sets import Scenario

_REVIEW: Final = re.compile(r"(?:ROS\b|REVIEW OF SYSTEMS|Review of systems|\(\+\)|\(-\))")
_NUMBERED: Final = re.compile(r"^(\d+)\. (.*)$")
_ALLERGY_PARTER: Final = " / "


def order_shuffled(scenario: Scenario, lots: Lots) -> Scenario | None:
    """The scenario with its lists and its history in another order; None if all stays the same."""
    told = scenario.presentation
    fields: dict[str, object] = {
        "home_drugs": lots.ordered(told.home_drugs, "home_drugs"),
        "past_diagnoses": lots.ordered(told.past_diagnoses, "past_diagnoses"),
    }
    if told.allergies:
        fields["allergies"] = _ALLERGY_PARTER.join(
            lots.ordered(told.allergies.split(_ALLERGY_PARTER), "allergies")
        )
    for name in ("past_history", "family_history"):
        text = getattr(told, name)
        if text:
            fields[name] = _shuffled_lines(text, lots, name)
    if told.history:
        fields["history"] = _shuffled_sentences(told.history, lots)
    changed = with_presentation(scenario, **fields)
    return None if changed.presentation == told else changed


def _shuffled_lines(text: str, lots: Lots, name: str) -> str:
    """Lines in another order. Numbers stay in their places; headers and blank lines forbid it."""
    lines = text.split("\n")
    if any(not line.strip() or line.rstrip().endswith(":") for line in lines):
        return text
    matches = [_NUMBERED.match(line) for line in lines]
    if all(matches):
        entries = [match[2] for match in matches if match]
        return "\n".join(
            f"{number}. {entry}" for number, entry in enumerate(lots.ordered(entries, name), 1)
        )
    return "\n".join(lots.ordered(lines, name))


def _shuffled_sentences(text: str, lots: Lots) -> str:
    parts = sentences(text)
    reviews = (at for at, part in enumerate(parts) if at and _REVIEW.match(part))
    review = next(reviews, len(parts))
    blocks: list[list[str]] = []
    for part in parts[1:review]:
        if blocks and leans(part):
            blocks[-1].append(part)
        else:
            blocks.append([part])
    first = [parts[0]]
    if blocks and leans(blocks[0][0]):  # it leans on the first sentence
        first += blocks.pop(0)
    moved = [part for block in lots.ordered(blocks, "history") for part in block]
    return " ".join([*first, *moved, *parts[review:]])
