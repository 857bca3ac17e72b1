"""What a patient is said to be allergic to: the stated text as entries, with what each did.

Belongs here: dividing the allergy section, denials ("no known allergies"), and whether an entry
tells of an intolerance only. Does not belong here: which drugs a name means (`encounter.drugs`),
what follows from an allergy (`safety_rules.yml`).

A reaction that is not told counts as an allergy. Nausea, diarrhea, headache, cough and the like
alone are intolerances (2022 AAAAI/ACAAI drug allergy practice parameter: side effects are no
hypersensitivity).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from evaluators.encounter._wording import spelled
from evaluators.encounter.drugs import Drug, DrugSpan, drug_spans
from evaluators.scoring.wording import plain

_DIVISION: Final = re.compile(r"[\n;,/]|\band\b|\|")
_SLASHED: Final = re.compile(r"[a-z]+/[a-z]+")
_PARENTHESIS: Final = re.compile(r"\(([^()]*)\)")
_DENIED: Final = re.compile(
    r"\b(?:no known(?! reaction)|no drug|nkd?a|nka|none|denies|not allergic|no allergy|"
    r"tolerate[sd]?|without reaction|ruled out|removed)\b|^(?:adverse drug reactions?|unknown)$"
)
_TOLERATED: Final = re.compile(r"\btolerate[sd]?\b")
_ALLERGIC: Final = re.compile(
    r"anaphyl|hives|urticari|rash|swell|edema|wheez|bronchosp|short|throat|stevens|sjs|\bten\b|"
    r"dress|blister|hypotens|shock|serum sickness|itch|prurit"
)
_INTOLERANT: Final = re.compile(
    r"intoleran|side effect|nausea|vomit|\bgi\b|upset|diarrh|constipat|headache|dizz|drows|sedat|"
    r"cough|cramp|insomnia|sweating|stomach|fatigue|confus"
)


@dataclass(frozen=True)
class Allergy:
    """One entry of the allergy section."""

    text: str
    """In comparable form (`wording.plain`)."""
    names: tuple[frozenset[Drug], ...]
    """Ingredients of each name in the entry: of a combination all, of a class any may be meant."""
    combinations: tuple[frozenset[Drug], ...]
    """Those names that are combinations: which ingredient did harm is not known."""
    is_intolerance: bool
    """True when only side effects are told."""
    tolerated: frozenset[Drug] = frozenset()
    """Ingredients that the entry says are tolerated all the same."""

    def tolerates(self, given: frozenset[Drug]) -> bool:
        """Whether everything that is given is said to be tolerated."""
        return bool(given) and given <= self.tolerated

    def speaks_against(self, given: frozenset[Drug]) -> bool:
        """Whether a given drug is one that the entry certainly means."""
        return any(name & given for name in self.names if name not in self.combinations) or any(
            name <= given for name in self.combinations
        )

    def may_speak_against(self, given: frozenset[Drug]) -> bool:
        """Whether a given drug is at least one part of what the entry names."""
        return any(name & given for name in self.names)


@lru_cache(maxsize=4096)
def allergies_in(text: str | None) -> tuple[Allergy, ...]:
    """Entries of an allergy section, in its order; denials are none.

    Reactions in parentheses or behind a dash belong to their entry: `Codeine (nausea)`.
    """
    if not text:
        return ()
    # What stands in parentheses must not be divided: "penicillin (rash, hives)".
    whole = _PARENTHESIS.sub(lambda m: "(" + _DIVISION.sub(" ", m.group(1)) + ")", plain(text))
    whole = _SLASHED.sub(_united, whole)
    found = []
    for entry in _DIVISION.split(whole):
        entry, tolerated = _parted(" ".join(entry.split()))
        entry = entry.strip(" .-:")
        if not entry or _DENIED.search(entry):
            continue
        spans = drug_spans(spelled(entry))
        found.append(
            Allergy(
                text=entry,
                names=tuple(frozenset(span.ingredients) for span in spans),
                combinations=tuple(
                    frozenset(span.ingredients) for span in spans if _is_combination(span)
                ),
                is_intolerance=bool(_INTOLERANT.search(entry)) and not _ALLERGIC.search(entry),
                tolerated=tolerated,
            )
        )
    return tuple(found)


def _united(slashed: re.Match[str]) -> str:
    """`hydrocodone/acetaminophen` with a hyphen, which divides nothing; two names as they are."""
    spans = drug_spans(slashed.group())
    is_one = len(spans) == 1 and spans[0].start == 0 and _is_combination(spans[0])
    return slashed.group().replace("/", "-") if is_one else slashed.group()


def _is_combination(name: DrugSpan) -> bool:
    return len(name.ingredients) > 1 and not name.is_class


def _parted(entry: str) -> tuple[str, frozenset[Drug]]:
    """An entry up to what is tolerated instead (`penicillin, tolerates cefazolin`), and that.

    Whole where no drug stands on both sides: `vancomycin tolerated` denies vancomycin.
    """
    word = _TOLERATED.search(entry)
    if word is None or not drug_spans(spelled(entry[: word.start()])):
        return entry, frozenset()
    tolerated = drug_spans(spelled(entry[word.end() :]))
    if not tolerated:
        return entry, frozenset()
    named = frozenset(drug for span in tolerated for drug in span.ingredients)
    return entry[: word.start()], named
