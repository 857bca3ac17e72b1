"""Cases that no single answer can show: code titles of a set, and places in a differential.

Belongs here: the cases with the figures that a person expects. Does not belong here: answers that
stand alone (`tuned_answers.csv`, `blind_answers.csv`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

Figures = tuple[float, float, float, float]
"""Strict credit, credit with relatives, top-3, top-5."""


@dataclass(frozen=True)
class NamedCase:
    """One answer in its surroundings."""

    name: str
    category: str
    target: str
    final: str | None
    expected: Figures
    differential: tuple[str, ...] = ()
    titles: tuple[tuple[str, int, str], ...] = ()
    """Code, ICD version and title."""


_OTHERS: Final = ("Pulmonary embolism", "Pericarditis", "Pneumonia")

NAMED_CASES: Final = (
    NamedCase(
        "title of the set",
        "gastroenterology",
        "nonvariceal_ugib",
        "Chronic or unspecified gastric ulcer with hemorrhage",
        (1.0, 1.0, 1.0, 1.0),
        titles=(("K254", 10, "Chronic or unspecified gastric ulcer with hemorrhage"),),
    ),
    NamedCase(
        "title of one entry only",
        "gastroenterology",
        "acute_pancreatitis",
        "Curious upper abdominal state",
        (1.0, 1.0, 1.0, 1.0),
        titles=(("K8590", 10, "Curious upper abdominal state"),),
    ),
    NamedCase(
        "title of two examined conditions",
        "cardiology",
        "nstemi",
        "Odd words",
        (0.0, 0.0, 0.0, 0.0),
        titles=(("I214", 10, "Odd words"), ("I200", 10, "Odd words")),
    ),
    NamedCase(
        "title of two conditions, the other's side",
        "cardiology",
        "unstable_angina",
        "Odd words",
        (0.0, 0.0, 0.0, 0.0),
        titles=(("I214", 10, "Odd words"), ("I200", 10, "Odd words")),
    ),
    NamedCase(
        "what a sentence ends in",
        "infectious disease",
        "pyelonephritis",
        "Sepsis physiology with flank pain and pyuria, so this is acute pyelonephritis.",
        (1, 1, 1, 1),
    ),
    NamedCase("no final answer", "cardiology", "nstemi", None, (0, 0, 1, 1), ("NSTEMI",)),
    NamedCase("nothing at all", "cardiology", "nstemi", None, (0, 0, 0, 0)),
    NamedCase(
        "target in third place",
        "cardiology",
        "nstemi",
        "Aortic dissection",
        (0, 0, 1, 1),
        ("Pulmonary embolism", "NSTEMI"),
    ),
    NamedCase(
        "target in fourth place",
        "cardiology",
        "nstemi",
        "Aortic dissection",
        (0, 0, 0, 1),
        ("Pulmonary embolism", "Pericarditis", "NSTEMI"),
    ),
    NamedCase(
        "target in sixth place",
        "cardiology",
        "nstemi",
        "Aortic dissection",
        (0, 0, 0, 0),
        (*_OTHERS, "Stroke", "NSTEMI"),
    ),
    NamedCase(
        "the same said three times",
        "cardiology",
        "nstemi",
        "PE",
        (0, 0, 1, 1),
        ("Pulmonary embolism", "Acute PE", "Sepsis", "NSTEMI"),
    ),
    NamedCase(
        "three that nobody recognises",
        "cardiology",
        "nstemi",
        "aaa",
        (0, 0, 0, 1),
        ("bbb", "ccc", "NSTEMI"),
    ),
    NamedCase(
        "final answer outside its differential",
        "cardiology",
        "nstemi",
        "NSTEMI",
        (1, 1, 1, 1),
        (*_OTHERS, "Sepsis"),
    ),
)
