"""Which catalogue entry an ICD code is of.

Belongs here: prefixes, exclusions and the seventh characters of injuries. Does not belong here: the
words of an answer, and whether its code may speak (`diagnosis`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evaluators.catalogue import Catalogue


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
