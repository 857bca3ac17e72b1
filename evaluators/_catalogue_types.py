"""What the clinical catalogues are made of: one frozen type for each file's row, and all together.

Belongs here: the types, and looking rows up by condition or category. Does not belong here: reading
and checking the files (`catalogue`). Field names are the column names of the files; columns that
hold several values (`a|b`) are tuples.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, TypeVar


@dataclass(frozen=True, slots=True)
class CatalogueTest:
    """One thing that a candidate may order (a row of `test_catalogue.csv`)."""

    test_id: str
    canonical_name: str
    kind: str
    """lab, panel, micro, vital, imaging, ecg, exam or procedure."""
    synonyms: tuple[str, ...]
    member_test_ids: tuple[str, ...]
    """Tests of a panel; empty for everything else."""
    fluid: str
    modality: str
    region: str
    contrast: str
    modules: frozenset[str]
    """Modules of the source that could hold it (`hosp`, `icu`, `ed`, `note`, ...)."""
    loinc: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TestItem:
    """One MIMIC identifier of a test (a row of `test_items.csv`)."""

    __test__ = False  # not a test case, whatever pytest makes of the name

    test_id: str
    source_table: str
    match_column: str
    match_op: str
    match_value: str
    label: str
    rank: int | None
    """1 is the routine item."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One target condition: a row of `conditions.csv`, or what a cohort file declares.

    ICD prefixes are without dots.
    """

    condition_id: str
    category: str
    """Slug of the category, such as `infectious_disease`."""
    category_name: str
    """The category in text, such as `infectious disease`."""
    name: str
    synonyms: tuple[str, ...]
    icd10_prefixes: tuple[str, ...]
    icd9_prefixes: tuple[str, ...]
    icd10_exclude_prefixes: tuple[str, ...]
    icd9_exclude_prefixes: tuple[str, ...]
    icd10_7th_chars: tuple[str, ...]
    dx_position: str
    related_partial_credit: Mapping[str, float]
    """Credit (0 to 1) for naming a relative instead, by condition or diagnosis id."""
    differentials: tuple[str, ...]
    leak_policy: str


@dataclass(frozen=True, slots=True)
class OtherDiagnosis:
    """A diagnosis that is no target (a row of `diagnoses_other.csv`)."""

    diagnosis_id: str
    name: str
    synonyms: tuple[str, ...]
    icd10_prefixes: tuple[str, ...]
    icd9_prefixes: tuple[str, ...]
    used_by_conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done to or for a patient (a row of `actions.csv`)."""

    action_id: str
    canonical_name: str
    kind: str
    """drug, procedure, consult, disposition or monitoring."""
    synonyms: tuple[str, ...]
    drug_regex: str
    drug_exclude_regex: str
    freetext_regex: str


@dataclass(frozen=True, slots=True)
class ConditionTest:
    """How much a test is worth in a condition (a row of `condition_tests.csv`)."""

    condition_id: str
    test_id: str
    relation: str
    """essential, useful or low-value."""
    condition_when: str
    low_value_when: str
    basis: str


@dataclass(frozen=True, slots=True)
class ConditionAction:
    """What an action is worth in a condition (a row of `condition_actions.csv`)."""

    condition_id: str
    action_id: str
    relation: str
    """indicated, optional or contraindicated."""
    condition_when: str
    scoring: str
    """expected, expected_if_done, neutral, harm or harm_if."""
    harm_when: str
    basis: str
    certainty: str


@dataclass(frozen=True, eq=False)
class Catalogue:
    """All catalogues of one folder. Mappings keep the order of the files.

    Compared and hashed as an object (`load_catalogue` gives one a folder); by content, compare
    `sha256`.
    """

    tests: Mapping[str, CatalogueTest]
    test_items: tuple[TestItem, ...]
    conditions: Mapping[str, Condition]
    diagnoses: Mapping[str, OtherDiagnosis]
    """Diagnoses that are no target condition."""
    actions: Mapping[str, Action]
    condition_tests: tuple[ConditionTest, ...]
    condition_actions: tuple[ConditionAction, ...]
    categories: tuple[str, ...]
    """Slugs of the categories, sorted."""
    sha256: str
    """SHA-256 over the digests of the files and of the declared conditions, by name."""

    def in_category(self, category: str) -> tuple[Condition, ...]:
        """Conditions of one category (slug or text), in the order of the file."""
        slug = category_slug(category)
        return tuple(found for found in self.conditions.values() if found.category == slug)

    def tests_for(self, condition_id: str) -> tuple[ConditionTest, ...]:
        """What `condition_tests.csv` says of one condition."""
        return self._tests_for.get(condition_id, ())

    def actions_for(self, condition_id: str) -> tuple[ConditionAction, ...]:
        """What `condition_actions.csv` says of one condition."""
        return self._actions_for.get(condition_id, ())

    @cached_property
    def _tests_for(self) -> Mapping[str, tuple[ConditionTest, ...]]:
        return _by_condition(self.condition_tests)

    @cached_property
    def _actions_for(self) -> Mapping[str, tuple[ConditionAction, ...]]:
        return _by_condition(self.condition_actions)

    def members(self, test_id: str) -> tuple[str, ...]:
        """Tests that an order of `test_id` asks for: its members, or itself."""
        return self.tests[test_id].member_test_ids or (test_id,)

    def category_name(self, category: str) -> str:
        """The category in text: `infectious_disease` to `infectious disease`."""
        for condition in self.conditions.values():
            if condition.category == category:
                return condition.category_name
        return category.replace("_", " ")


def category_slug(name: str) -> str:
    """Category as it stands in keys and folders: `infectious disease` to `infectious_disease`."""
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")


class _OfCondition(Protocol):
    @property
    def condition_id(self) -> str: ...


_R = TypeVar("_R", bound=_OfCondition)


def _by_condition(rows: Iterable[_R]) -> dict[str, tuple[_R, ...]]:
    found: dict[str, list[_R]] = {}
    for row in rows:
        found.setdefault(row.condition_id, []).append(row)
    return {condition_id: tuple(of_it) for condition_id, of_it in found.items()}
