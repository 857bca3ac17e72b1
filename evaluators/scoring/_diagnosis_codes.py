"""Which catalogue entry an ICD code is of.

Belongs here: prefixes, exclusions and the seventh characters of injuries; codes that stand among
the words of an answer. Does not belong here: other words, whether a code may speak (`diagnosis`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from evaluators.catalogue import Catalogue
from evaluators.scoring.wording import plain

_ANY: Final = r"[a-z]\d[0-9a-z](?:\.?[0-9a-z]{1,4})?|\d{3}(?:\.\d{1,2}|\d{1,2})?"
_WRITTEN: Final = re.compile(
    # A form that nothing but ICD-10 has; `B12` and `T4` are none.
    r"\b(?:[a-z]\d[0-9a-z]\.[0-9a-z]{1,4}|[a-z]\d\d[0-9a-z]{1,4})\b(?!\.\d)"
    # Any form, where it is called a code.
    r"|(?<=\bicd )(?:" + _ANY + r")\b"
)
_CALLED: Final = re.compile(
    r"\bicd[ -]{0,3}(?:(?:10|9)\b|x\b|ix\b)?[ -]{0,3}(?:cm\b)?[ -]{0,3}(?:diagnos(?:is|tic) )?"
    r"(?:codes?\b)?[ :=#(]{0,4}(?:is )?"
)
_ALONE: Final = re.compile(
    r"\W{0,9}(?:(?:the|final|principal|primary|diagnosis|diagnostic|dx|codes?|icd|is)\W{1,3}){0,6}("
    + _ANY
    + r")\W{0,9}"
)
"""An answer that is one code, whatever its form."""


@dataclass(frozen=True)
class _Codes:
    entry_id: str
    is_condition: bool
    is_own: bool
    """Of the category that is examined."""
    prefixes: Mapping[int, tuple[str, ...]]
    excludes: Mapping[int, tuple[str, ...]]
    seventh: tuple[str, ...]


class CodeIndex:
    """Entries by code prefix, in one category. Build once; immutable afterwards."""

    def __init__(self, catalogue: Catalogue, category: str) -> None:
        """Index the codes of conditions and other diagnoses; `category` is a slug."""
        self._by_prefix = _by_prefix(_codes(catalogue, category))

    def named(self, text: str) -> str | None:
        """The text with each written code of an entry replaced by `word_of` that entry.

        So the rules for words, of lists and denial too, hold for codes. None where there is none.
        """
        lowered = _CALLED.sub("icd ", plain(text))
        alone = _ALONE.fullmatch(lowered)
        if alone is not None:
            entry_id = self.by_code(alone.group(1))
            return word_of(entry_id) if entry_id else None

        def word(found: re.Match[str]) -> str:
            entry_id = self.by_code(found.group())
            return word_of(entry_id) if entry_id else found.group()

        named = _WRITTEN.sub(word, lowered)
        return None if named == lowered else named

    def by_code(self, code: str, version: int | None = None) -> str | None:
        """The entry of an ICD code, with or without dot: conditions first, then longest prefix.

        A code that starts with a letter is taken for ICD-10-CM, one of digits for ICD-9-CM, unless
        `version` says otherwise.
        """
        bare = re.sub(r"[^A-Z0-9]", "", code.upper())
        if not re.fullmatch(r"[A-Z]?\d[A-Z0-9]{1,6}", bare):
            return None
        if version is None:
            version = 10 if bare[0].isalpha() else 9
        best: tuple[bool, int, bool, str] | None = None
        for length in range(len(bare), 0, -1):
            for entry in self._by_prefix[version].get(bare[:length], ()):
                if bare.startswith(entry.excludes[version]):
                    continue
                if entry.seventh and _needs_seventh(bare) and bare[6] not in entry.seventh:
                    continue
                rank = (entry.is_condition, length, entry.is_own)
                if best is None or rank > best[:3]:
                    best = (*rank, entry.entry_id)
        return best[3] if best else None


@lru_cache(maxsize=64)
def code_index(catalogue: Catalogue, category: str) -> CodeIndex:
    """The codes of a category, read once for all matchers of it."""
    return CodeIndex(catalogue, category)


def word_of(entry_id: str) -> str:
    """The one word that stands for an entry whose code is written among the words."""
    return "coded" + re.sub(r"[^a-z0-9]", "", entry_id)


def _codes(catalogue: Catalogue, category: str) -> tuple[_Codes, ...]:
    # Findings on films share codes with diseases: only their own category reads codes as findings.
    conditions = (
        _Codes(
            entry_id=c.condition_id,
            is_condition=True,
            is_own=c.category == category,
            prefixes={10: c.icd10_prefixes, 9: c.icd9_prefixes},
            excludes={10: c.icd10_exclude_prefixes, 9: c.icd9_exclude_prefixes},
            seventh=c.icd10_7th_chars,
        )
        for c in catalogue.conditions.values()
        if c.dx_position != "cxr_label" or c.category == category
    )
    others = (
        _Codes(
            entry_id=d.diagnosis_id,
            is_condition=False,
            is_own=False,
            prefixes={10: d.icd10_prefixes, 9: d.icd9_prefixes},
            excludes={10: (), 9: ()},
            seventh=(),
        )
        for d in catalogue.diagnoses.values()
    )
    return (*conditions, *others)


def _by_prefix(codes: Iterable[_Codes]) -> dict[int, dict[str, list[_Codes]]]:
    """Version and prefix to the entries that have it, in their order."""
    found: dict[int, dict[str, list[_Codes]]] = {9: {}, 10: {}}
    for entry in codes:
        for version, prefixes in entry.prefixes.items():
            for prefix in prefixes:
                found[version].setdefault(prefix, []).append(entry)
    return found


def _needs_seventh(bare: str) -> bool:
    return len(bare) == 7 and (bare[0] in "ST" or bare.startswith(("M80", "M84")))
