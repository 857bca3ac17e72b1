"""Drug names in free wording: brands, combinations, abbreviations and classes to ingredients.

Belongs here: reading `drug_names.csv`, finding names in a text, and what they hold. Does not belong
here: which action of the catalogue a drug is (`actions`), what it may harm
(`evaluators.scoring`).

A row is a name and its ingredients, parted by a bar; a row without ingredients names an ingredient
itself; a row with several may be a combination (`Zosyn`) or a class (`penicillins`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from evaluators.encounter._wording import spelled

NAMES_FILE: Final = Path(__file__).parent / "drug_names.csv"

Drug = str
"""An ingredient in lower case, as `drug_names.csv` spells it."""


class DrugNamesError(ValueError):
    """`drug_names.csv` is malformed; the text says where and what to correct."""


@dataclass(frozen=True)
class DrugSpan:
    """One name in a text."""

    start: int
    end: int
    ingredients: tuple[Drug, ...]
    is_class: bool


@cache
def drug_names() -> Mapping[str, tuple[tuple[Drug, ...], bool]]:
    """Name to ingredients, and whether it names a class.

    Raises:
        DrugNamesError: for a name that stands twice, a kind that is none, or an ingredient that has
            no row.
    """
    found: dict[str, tuple[tuple[Drug, ...], bool]] = {}
    with NAMES_FILE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, strict=True):
            name, kind = row["name"], row["kind"]
            if name in found:
                raise DrugNamesError(f"{NAMES_FILE.name}: {name} stands twice: keep one.")
            if kind not in ("ingredient", "brand", "combination", "class"):
                raise DrugNamesError(f"{NAMES_FILE.name}: {name} has no known kind.")
            members = tuple(part for part in row["ingredients"].split("|") if part)
            if bool(members) == (kind == "ingredient"):
                raise DrugNamesError(f"{NAMES_FILE.name}: {name} must have ingredients or be one.")
            found[name] = (members or (name,), kind == "class")
    for name, (members, _) in found.items():
        for member in members:
            if member not in found:
                raise DrugNamesError(f"{NAMES_FILE.name}: {name} holds {member}, which has no row.")
    return found


@cache
def _pattern() -> re.Pattern[str]:
    """All names, the longest first, as whole words; a blank may be a hyphen, slash or plus."""
    names = sorted(drug_names(), key=lambda name: (-len(name), name))
    written = (re.escape(name).replace(r"\ ", r"\s*[-/+ ]\s*") for name in names)
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(written)})(?:e?s)?(?![a-z0-9])")


_GAPS = re.compile(r"\s*[-/+ ]\s*")


@lru_cache(maxsize=8192)
def drug_spans(text: str) -> tuple[DrugSpan, ...]:
    """Names in `text` (as `spelled` gives it), from left to right, none inside another."""
    names = drug_names()
    found = []
    for match in _pattern().finditer(text):
        name = _GAPS.sub(" ", match.group())
        known = names.get(name) or names.get(name.removesuffix("s")) or names[name[:-2]]
        found.append(DrugSpan(match.start(), match.end(), *known))
    return tuple(found)


def drugs_in(text: str) -> frozenset[Drug]:
    """Ingredients that a text names; those of a class count all."""
    return frozenset(drug for span in drug_spans(spelled(text)) for drug in span.ingredients)
