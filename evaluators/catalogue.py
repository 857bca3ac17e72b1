"""The clinical catalogues as frozen, typed objects: what may be ordered, diagnosed, done, and when.

Belongs here: reading the seeds of `dbt_project/seeds/` and what cohort files declare, checking that
they agree with each other, and naming their content by one digest. Does not belong here: matching
of wording (`evaluators.encounter`), points (`evaluators.scoring`), SQL patterns (dbt reads those
itself).

The catalogues come from public sources and guidelines named row by row in `basis`; no clinician
has reviewed them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from evaluators._catalogue_cohorts import (
    DeclaredCondition,
    DeclaredConditionError,
    declared_conditions,
    with_declared,
)
from evaluators._catalogue_types import (
    Action,
    Catalogue,
    CatalogueTest,
    Condition,
    ConditionAction,
    ConditionTest,
    OtherDiagnosis,
    TestItem,
    category_slug,
)
from evaluators.canonical import sha256_file, sha256_json

__all__ = [
    "COHORTS",
    "FILES",
    "SEEDS",
    "TEST_KINDS",
    "Action",
    "Catalogue",
    "CatalogueError",
    "CatalogueTest",
    "Condition",
    "ConditionAction",
    "ConditionTest",
    "OtherDiagnosis",
    "TestItem",
    "category_slug",
    "load_catalogue",
]

SEEDS = Path(__file__).resolve().parents[1] / "dbt_project" / "seeds"
COHORTS = SEEDS.parent / "models" / "cohorts"

FILES = (
    "test_catalogue.csv",
    "test_items.csv",
    "conditions.csv",
    "diagnoses_other.csv",
    "actions.csv",
    "condition_tests.csv",
    "condition_actions.csv",
)

TEST_KINDS = frozenset({"lab", "panel", "micro", "vital", "imaging", "ecg", "exam", "procedure"})
_MODULES = ("hosp", "icu", "ed", "note", "cxr", "ecg", "echo")


class CatalogueError(ValueError):
    """A catalogue file is missing, malformed, or disagrees with another one."""


def load_catalogue(folder: Path = SEEDS, cohorts: Path = COHORTS) -> Catalogue:
    """The catalogues of `folder` and the conditions that files of `cohorts` declare, read once.

    "Once" is once a process and pair of folders.

    Raises:
        CatalogueError: when a file or column is missing, an id stands twice, a reference does not
            resolve, a pattern does not compile, or a declaration has another shape; the message
            names file, row id and column.
    """
    return _load(folder.resolve(), cohorts.resolve())


@cache
def _load(folder: Path, cohorts: Path) -> Catalogue:
    tables = {name: _read(folder / name) for name in FILES}
    tests = _by_id("test_catalogue.csv", tables, "test_id", _test)
    listed = _by_id("conditions.csv", tables, "condition_id", _condition)
    try:
        declared = declared_conditions(cohorts)
        conditions = with_declared(listed, declared)
    except DeclaredConditionError as error:
        raise CatalogueError(str(error)) from None
    catalogue = Catalogue(
        tests=tests,
        test_items=_rows("test_items.csv", tables, _test_item),
        conditions=conditions,
        diagnoses=_by_id("diagnoses_other.csv", tables, "diagnosis_id", _other_diagnosis),
        actions=_by_id("actions.csv", tables, "action_id", _action),
        condition_tests=_rows("condition_tests.csv", tables, _condition_test),
        condition_actions=_rows("condition_actions.csv", tables, _condition_action),
        categories=tuple(sorted({condition.category for condition in conditions.values()})),
        sha256=_digest(folder, declared),
    )
    _check_references(catalogue)
    return catalogue


def _digest(folder: Path, declared: tuple[DeclaredCondition, ...]) -> str:
    content = {name: sha256_file(folder / name) for name in FILES}
    for one in declared:
        content[f"cohorts/{one.category}/{one.condition_id}"] = sha256_json(one.as_json())
    return sha256_json(content)


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


def _check_references(catalogue: Catalogue) -> None:
    diagnoses = catalogue.conditions.keys() | catalogue.diagnoses.keys()
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
            "conditions.csv or the cohort file",
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


def _resolve(
    name: str, where: str, referred: Iterable[str], known: Mapping[str, object] | set[str]
) -> None:
    for identifier in referred:
        if identifier not in known:
            raise CatalogueError(
                f"{name}, {where}: {identifier} is not in the catalogue: add or correct it."
            )
