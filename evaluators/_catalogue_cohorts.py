"""Conditions that a cohort file declares itself, because the catalogue has no row for them.

Belongs here: finding `declares` in the `config(meta=...)` of a cohort's SQL file, checking its
shape, joining it to the catalogue's conditions. Does not belong here: the rest of the SQL (dbt's),
the catalogue's own rows (`catalogue`), writing such a file (`orchestration.cohort_files`). The
shape is written down in docs/cohorts.md.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from evaluators._catalogue_types import Condition

POSITIONS: Final = ("primary", "any")
"""Where a code of a declared condition may have to stand."""

LEAK_POLICIES: Final = ("strict", "chronic_ok", "presenting")

_LISTS: Final = (
    "synonyms",
    "icd10_prefixes",
    "icd9_prefixes",
    "icd10_exclude_prefixes",
    "icd9_exclude_prefixes",
    "icd10_7th_chars",
    "differentials",
    "allowed_terms",
)
_TEXTS: Final = ("name", "dx_position", "leak_policy", "forbidden_regex")
KEYS: Final = frozenset({*_LISTS, *_TEXTS, "related_partial_credit"})
"""Keys of `declares`; all are there, empty or not."""

_CONFIG: Final = re.compile(r"\{\{\s*config\(\s*meta\s*=\s*(\{.*?\})\s*\)\s*\}\}", re.DOTALL)
_CODE: Final = re.compile(r"[A-Z0-9]+")


class DeclaredConditionError(ValueError):
    """A cohort file declares a condition in a shape that cannot be read; the text says where."""


@dataclass(frozen=True, slots=True)
class DeclaredCondition:
    """One condition as its cohort file declares it."""

    condition_id: str
    category: str
    """Slug."""
    words: Mapping[str, Any]
    """`declares`, every key of `KEYS` present."""

    def as_json(self) -> dict[str, Any]:
        """What the digest of the catalogue covers: the declaration, not the SQL after it."""
        return {
            "condition_id": self.condition_id,
            "category": self.category,
            "declares": dict(self.words),
        }


def declared_conditions(cohorts: Path) -> tuple[DeclaredCondition, ...]:
    """Every condition that a file `cohorts/<category>/<condition>.sql` declares, by file name.

    Files without `declares` are conditions of the catalogue and are skipped.

    Raises:
        DeclaredConditionError: when a declaration has another shape, or does not agree with the
            file's place.
    """
    found = []
    for path in sorted(cohorts.glob("*/*.sql")):
        text = path.read_text(encoding="utf-8")
        if "'declares'" in text:
            found.append(_declared(text, path))
    return tuple(found)


def with_declared(
    listed: Mapping[str, Condition], declared: tuple[DeclaredCondition, ...]
) -> Mapping[str, Condition]:
    """The catalogue's conditions and the declared ones, each in a category that exists.

    Raises:
        DeclaredConditionError: when an id exists already, or a category does not.
    """
    found = dict(listed)
    names = {condition.category: condition.category_name for condition in listed.values()}
    for one in declared:
        where = f"{one.category}/{one.condition_id}.sql"
        if one.condition_id in found:
            raise DeclaredConditionError(
                f"{where} declares a condition that exists already: take `declares` away, or give "
                "it another id."
            )
        if one.category not in names:
            raise DeclaredConditionError(
                f"{where} lies in a category that the catalogue has not: move it to one of "
                f"{', '.join(sorted(names))}."
            )
        words = one.words
        found[one.condition_id] = Condition(
            condition_id=one.condition_id,
            category=one.category,
            category_name=names[one.category],
            name=words["name"],
            synonyms=tuple(words["synonyms"]),
            icd10_prefixes=tuple(words["icd10_prefixes"]),
            icd9_prefixes=tuple(words["icd9_prefixes"]),
            icd10_exclude_prefixes=tuple(words["icd10_exclude_prefixes"]),
            icd9_exclude_prefixes=tuple(words["icd9_exclude_prefixes"]),
            icd10_7th_chars=tuple(words["icd10_7th_chars"]),
            dx_position=words["dx_position"],
            related_partial_credit=MappingProxyType(dict(words["related_partial_credit"])),
            differentials=tuple(words["differentials"]),
            leak_policy=words["leak_policy"],
        )
    return MappingProxyType(found)


def _declared(text: str, path: Path) -> DeclaredCondition:
    where = f"{path.parent.name}/{path.name}"
    match = _CONFIG.search(text)
    try:
        meta = ast.literal_eval(match[1]) if match else None
    except (SyntaxError, ValueError):
        meta = None
    if not isinstance(meta, dict) or not isinstance(meta.get("declares"), dict):
        raise DeclaredConditionError(
            f"{where} has a config(meta=...) that is not plain text, lists and mappings: write it "
            "as `medcred cohort new` does."
        )
    if (meta.get("category"), meta.get("condition")) != (path.parent.name, path.stem):
        raise DeclaredConditionError(
            f"{where} names another category or condition in its meta: let both say the same."
        )
    words = meta["declares"]
    _check(words, where)
    return DeclaredCondition(path.stem, path.parent.name, words)


def _check(words: dict[str, Any], where: str) -> None:
    for problem, keys in (("lacks", KEYS - words.keys()), ("has unknown", words.keys() - KEYS)):
        if keys:
            raise DeclaredConditionError(f"{where} {problem} {', '.join(sorted(map(str, keys)))}.")
    wrong = [
        *(key for key in _TEXTS if not isinstance(words[key], str)),
        *(
            key
            for key in _LISTS
            if not isinstance(words[key], list)
            or not all(isinstance(one, str) and one and "|" not in one for one in words[key])
        ),
    ]
    credits_ = words["related_partial_credit"]
    if not isinstance(credits_, dict) or not all(
        isinstance(credit, int | float) and 0 <= credit <= 1 for credit in credits_.values()
    ):
        wrong.append("related_partial_credit")
    wrong += [key for key in _LISTS if key.endswith("_prefixes") and not _are_codes(words[key])]
    for key, allowed in (("dx_position", POSITIONS), ("leak_policy", LEAK_POLICIES)):
        if words[key] not in allowed:
            wrong.append(key)
    if wrong:
        raise DeclaredConditionError(
            f"{where} has a wrong value in {', '.join(sorted(set(wrong)))}: see docs/cohorts.md."
        )
    if not words["name"] or not (words["icd10_prefixes"] or words["icd9_prefixes"]):
        raise DeclaredConditionError(f"{where} needs a name and an ICD prefix.")


def _are_codes(prefixes: object) -> bool:
    return isinstance(prefixes, list) and all(
        isinstance(prefix, str) and _CODE.fullmatch(prefix) for prefix in prefixes
    )
