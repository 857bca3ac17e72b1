"""The clinical catalogues as frozen, typed objects: what may be ordered, diagnosed, done, and when.

Belongs here: reading the seeds of `dbt_project/seeds/`, checking that they agree with each other,
and naming their content by one digest. Field names are the column names of the files; columns that
hold several values (`a|b`) are tuples. Does not belong here: matching of wording
(`evaluators.encounter`), points (`evaluators.scoring`), SQL patterns (dbt reads those itself).

The catalogues come from public sources and guidelines named row by row in `basis`; no clinician
has reviewed them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from evaluators.canonical import sha256_file, sha256_json

SEEDS = Path(__file__).resolve().parents[1] / "dbt_project" / "seeds"

FILES = (
    "test_catalogue.csv",
    "test_items.csv",
    "conditions.csv",
    "diagnoses_other.csv",
    "actions.csv",
    "condition_tests.csv",
    "condition_actions.csv",
    "safety_rules.csv",
)

ANYTHING = "*"
"""Stands in a safety rule for every action and test."""

TEST_KINDS = frozenset({"lab", "panel", "micro", "vital", "imaging", "ecg", "exam", "procedure"})
_MODULES = ("hosp", "icu", "ed", "note", "cxr", "ecg", "echo")


class CatalogueError(ValueError):
    """A catalogue file is missing, malformed, or disagrees with another one."""


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
    """One target condition (a row of `conditions.csv`). ICD prefixes are without dots."""

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


@dataclass(frozen=True, slots=True)
class SafetyRule:
    """A rule about the patient, whatever the condition (a row of `safety_rules.csv`)."""

    rule_id: str
    name: str
    action_or_test_ids: tuple[str, ...]
    """Ids, or `ANYTHING` alone."""
    trigger_type: tuple[str, ...]
    trigger: str
    severity: str
    """never, major or caution."""
    rationale: str
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
    safety_rules: Mapping[str, SafetyRule]
    categories: tuple[str, ...]
    """Slugs of the categories, sorted."""
    sha256: str
    """SHA-256 over the digests of the files, by name."""

    def in_category(self, category: str) -> tuple[Condition, ...]:
        """Conditions of one category (slug or text), in the order of the file."""
        slug = category_slug(category)
        return tuple(found for found in self.conditions.values() if found.category == slug)

    def tests_for(self, condition_id: str) -> tuple[ConditionTest, ...]:
        """What `condition_tests.csv` says of one condition."""
        return tuple(row for row in self.condition_tests if row.condition_id == condition_id)

    def actions_for(self, condition_id: str) -> tuple[ConditionAction, ...]:
        """What `condition_actions.csv` says of one condition."""
        return tuple(row for row in self.condition_actions if row.condition_id == condition_id)

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


def load_catalogue(folder: Path = SEEDS) -> Catalogue:
    """The catalogues of `folder`, read once a process.

    Raises:
        CatalogueError: when a file or column is missing, an id stands twice, a reference does not
            resolve, or a pattern does not compile; the message names file, row id and column.
    """
    return _load(folder.resolve())


@cache
def _load(folder: Path) -> Catalogue:
    tables = {name: _read(folder / name) for name in FILES}
    tests = _by_id("test_catalogue.csv", tables, "test_id", _test)
    conditions = _by_id("conditions.csv", tables, "condition_id", _condition)
    catalogue = Catalogue(
        tests=tests,
        test_items=_rows("test_items.csv", tables, _test_item),
        conditions=conditions,
        diagnoses=_by_id("diagnoses_other.csv", tables, "diagnosis_id", _other_diagnosis),
        actions=_by_id("actions.csv", tables, "action_id", _action),
        condition_tests=_rows("condition_tests.csv", tables, _condition_test),
        condition_actions=_rows("condition_actions.csv", tables, _condition_action),
        safety_rules=_by_id("safety_rules.csv", tables, "rule_id", _safety_rule),
        categories=tuple(sorted({condition.category for condition in conditions.values()})),
        sha256=sha256_json({name: sha256_file(folder / name) for name in FILES}),
    )
    _check_references(catalogue)
    return catalogue


_Row = Mapping[str, str]
_T = TypeVar("_T")


def _read(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream, strict=True))
    except FileNotFoundError:
        raise CatalogueError(
            f"{path.name} is not in {path.parent.name}/: put the clinical catalogues there."
        ) from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path.name} is not a UTF-8 CSV file: {error}.") from None
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise CatalogueError(
                f"{path.name}, record {number - 1}: it has not as many cells as "
                "the header: put commas inside a cell in quotes."
            )
    return rows


def _rows(
    name: str, tables: Mapping[str, list[dict[str, str]]], make: Callable[[_Row], _T]
) -> tuple[_T, ...]:
    made = []
    for number, row in enumerate(tables[name], start=1):
        try:
            made.append(make(row))
        except KeyError as error:
            raise CatalogueError(f"{name} has no column {error}: restore it.") from None
        except ValueError as error:
            raise CatalogueError(f"{name}, record {number}: {error}.") from None
    return tuple(made)


def _by_id(
    name: str, tables: Mapping[str, list[dict[str, str]]], key: str, make: Callable[[_Row], _T]
) -> Mapping[str, _T]:
    made: dict[str, _T] = {}
    for entry in _rows(name, tables, make):
        identifier: str = getattr(entry, key)
        if identifier in made:
            raise CatalogueError(f"{name} has {key} {identifier} twice: keep one.")
        made[identifier] = entry
    return MappingProxyType(made)


def _many(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())


def _pattern(cell: str) -> str:
    if cell:
        try:
            re.compile(cell)
        except re.error as error:
            raise ValueError(f"a pattern does not compile ({error})") from None
    return cell


def _modules(cell: str) -> frozenset[str]:
    """Modules named in a cell such as `ed.triage + icu.chartevents`."""
    found = {module for module in _MODULES if re.search(rf"\b{module}\.", cell)}
    if "mimic-iv-ecg" in cell:
        found.add("ecg")
    if "mimic-iv-echo" in cell:
        found.add("echo")
    return frozenset(found)


def _test(row: _Row) -> CatalogueTest:
    if row["kind"] not in TEST_KINDS:
        raise ValueError(f"{row['test_id']} has an unknown kind")
    members = _many(row["member_test_ids"])
    if (row["kind"] == "panel") != bool(members):
        raise ValueError(f"{row['test_id']}: panels and only panels have members")
    return CatalogueTest(
        test_id=row["test_id"],
        canonical_name=row["canonical_name"],
        kind=row["kind"],
        synonyms=_many(row["synonyms"]),
        member_test_ids=members,
        fluid=row["fluid"],
        modality=row["modality"],
        region=row["region"],
        contrast=row["contrast"],
        modules=_modules(row["module_table"]),
        loinc=_many(row["loinc"]),
    )


def _test_item(row: _Row) -> TestItem:
    return TestItem(
        test_id=row["test_id"],
        source_table=row["source_table"],
        match_column=row["match_column"],
        match_op=row["match_op"],
        match_value=row["match_value"],
        label=row["label"],
        rank=int(row["rank"]) if row["rank"] else None,
    )


def _condition(row: _Row) -> Condition:
    credits = {}
    for part in _many(row["related_partial_credit"]):
        relative, _, credit = part.partition(":")
        credits[relative.strip()] = float(credit)
        if not 0.0 <= credits[relative.strip()] <= 1.0:
            raise ValueError(f"{row['condition_id']}: a partial credit is outside 0 to 1")
    return Condition(
        condition_id=row["condition_id"],
        category=category_slug(row["category"]),
        category_name=row["category"],
        name=row["name"],
        synonyms=_many(row["synonyms"]),
        icd10_prefixes=_many(row["icd10_prefixes"]),
        icd9_prefixes=_many(row["icd9_prefixes"]),
        icd10_exclude_prefixes=_many(row["icd10_exclude_prefixes"]),
        icd9_exclude_prefixes=_many(row["icd9_exclude_prefixes"]),
        icd10_7th_chars=_many(row["icd10_7th_chars"]),
        dx_position=row["dx_position"],
        related_partial_credit=MappingProxyType(credits),
        differentials=_many(row["differentials"]),
        leak_policy=row["leak_policy"],
    )


def _other_diagnosis(row: _Row) -> OtherDiagnosis:
    return OtherDiagnosis(
        diagnosis_id=row["diagnosis_id"],
        name=row["name"],
        synonyms=_many(row["synonyms"]),
        icd10_prefixes=_many(row["icd10_prefixes"]),
        icd9_prefixes=_many(row["icd9_prefixes"]),
        used_by_conditions=_many(row["used_by_conditions"]),
    )


def _action(row: _Row) -> Action:
    return Action(
        action_id=row["action_id"],
        canonical_name=row["canonical_name"],
        kind=row["kind"],
        synonyms=_many(row["synonyms"]),
        drug_regex=_pattern(row["drug_regex"]),
        drug_exclude_regex=_pattern(row["drug_exclude_regex"]),
        freetext_regex=_pattern(row["freetext_regex"]),
    )


def _condition_test(row: _Row) -> ConditionTest:
    return ConditionTest(
        condition_id=row["condition_id"],
        test_id=row["test_id"],
        relation=row["relation"],
        condition_when=row["condition_when"],
        low_value_when=row["low_value_when"],
        basis=row["basis"],
    )


def _condition_action(row: _Row) -> ConditionAction:
    return ConditionAction(
        condition_id=row["condition_id"],
        action_id=row["action_id"],
        relation=row["relation"],
        condition_when=row["condition_when"],
        scoring=row["scoring"],
        harm_when=row["harm_when"],
        basis=row["basis"],
        certainty=row["certainty"],
    )


def _safety_rule(row: _Row) -> SafetyRule:
    return SafetyRule(
        rule_id=row["rule_id"],
        name=row["name"],
        action_or_test_ids=_many(row["action_or_test_ids"]),
        trigger_type=_many(row["trigger_type"]),
        trigger=row["trigger"],
        severity=row["severity"],
        rationale=row["rationale"],
        basis=row["basis"],
        certainty=row["certainty"],
    )


def _check_references(catalogue: Catalogue) -> None:
    diagnoses = catalogue.conditions.keys() | catalogue.diagnoses.keys()
    doable = catalogue.actions.keys() | catalogue.tests.keys()
    for test in catalogue.tests.values():
        _resolve("test_catalogue.csv", test.test_id, test.member_test_ids, catalogue.tests)
        for member in test.member_test_ids:
            if catalogue.tests[member].member_test_ids:
                raise CatalogueError(
                    f"test_catalogue.csv, {test.test_id}: member {member} is a panel itself: name "
                    "its members instead."
                )
    for item in catalogue.test_items:
        _resolve("test_items.csv", item.match_value, (item.test_id,), catalogue.tests)
    for condition in catalogue.conditions.values():
        _resolve(
            "conditions.csv",
            condition.condition_id,
            (*condition.related_partial_credit, *condition.differentials),
            diagnoses,
        )
    for test_row in catalogue.condition_tests:
        where = ("condition_tests.csv", test_row.condition_id)
        _resolve(*where, (test_row.condition_id,), catalogue.conditions)
        _resolve(*where, (test_row.test_id,), catalogue.tests)
    for action_row in catalogue.condition_actions:
        where = ("condition_actions.csv", action_row.condition_id)
        _resolve(*where, (action_row.condition_id,), catalogue.conditions)
        _resolve(*where, (action_row.action_id,), catalogue.actions)
    for rule in catalogue.safety_rules.values():
        named = (named for named in rule.action_or_test_ids if named != ANYTHING)
        _resolve("safety_rules.csv", rule.rule_id, named, doable)


def _resolve(
    name: str, where: str, referred: Iterable[str], known: Mapping[str, object] | set[str]
) -> None:
    for identifier in referred:
        if identifier not in known:
            raise CatalogueError(
                f"{name}, {where}: {identifier} is not in the catalogue: add or correct it."
            )
