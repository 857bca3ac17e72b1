"""What the marts must be as whole tables, and to one another: keys, order, foreign keys.

Belongs here: rules that no single row decides. Each is a query over the few columns that it needs,
streamed by Polars, that yields how many rows (or groups) break it. Does not belong here: rules of
one row (`_schemas`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

Tables = Mapping[str, pl.LazyFrame]


@dataclass(frozen=True)
class Relation:
    """One rule over whole tables."""

    mart: str
    """The mart that fails when the rule is broken."""
    column: str
    check: str
    """What must hold, in a few words."""
    broken: Callable[[Tables], pl.LazyFrame]
    """The rows or groups that break it; only their number is ever used."""
    others: tuple[str, ...] = ()
    """Further marts that the rule reads."""


def _key(mart: str, *columns: str) -> Relation:
    return Relation(
        mart,
        ", ".join(columns),
        "unique key",
        lambda tables: tables[mart].group_by(columns).len().filter(pl.col("len") > 1),
    )


def _foreign(mart: str, parent: str, *columns: str) -> Relation:
    return Relation(
        mart,
        ", ".join(columns),
        f"present in {parent}",
        lambda tables: (
            tables[mart]
            .select(columns)
            .join(tables[parent].select(columns).unique(), on=list(columns), how="anti")
        ),
        (parent,),
    )


def _determines(mart: str, left: str, right: str) -> Relation:
    return Relation(
        mart,
        right,
        f"one {right} for each {left}",
        lambda tables: (
            tables[mart]
            .group_by(left)
            .agg(pl.col(right).n_unique().alias("values"))
            .filter(pl.col("values") > 1)
        ),
    )


def _same_in_scenarios(column: str) -> Relation:
    return Relation(
        "ground_truth",
        column,
        "as in scenarios",
        lambda tables: (
            tables["ground_truth"]
            .select("scenario_id", column)
            .join(
                tables["scenarios"].select("scenario_id", column), on="scenario_id", suffix="_shown"
            )
            .filter(pl.col(column) != pl.col(f"{column}_shown"))
        ),
        ("scenarios",),
    )


def _patients(tables: Tables) -> pl.LazyFrame:
    """Scenario, patient_key and subject_id of every scenario that has both."""
    return (
        tables["scenarios"]
        .select("scenario_id", "patient_key")
        .join(tables["ground_truth"].select("scenario_id", "subject_id"), on="scenario_id")
    )


def _one_to_one(column: str, other: str) -> Relation:
    return Relation(
        "scenarios",
        "patient_key",
        f"one {column} for each {other}",
        lambda tables: (
            _patients(tables)
            .group_by(other)
            .agg(pl.col(column).n_unique().alias("values"))
            .filter(pl.col("values") > 1)
        ),
        ("ground_truth",),
    )


def _unnumbered(tables: Tables, mart: str = "evidence") -> pl.LazyFrame:
    """Rows that are not the next of their scenario, or stand before an earlier scenario."""
    scenario, number = pl.col("scenario_id"), pl.col("evidence_no")
    first = scenario.is_first_distinct()
    in_order = (
        pl.when(first)
        .then((number == 1) & (scenario > scenario.shift(1)).fill_null(value=True))
        .otherwise((scenario == scenario.shift(1)) & (number == number.shift(1) + 1))
    )
    return tables[mart].select("scenario_id", "evidence_no").filter(~in_order)


def _backwards(tables: Tables, mart: str = "evidence") -> pl.LazyFrame:
    scenario, hours = pl.col("scenario_id"), pl.col("available_hours")
    return (
        tables[mart]
        .select("scenario_id", "available_hours")
        .filter((scenario == scenario.shift(1)) & (hours < hours.shift(1)))
    )


def _after_decision(
    tables: Tables, mart: str = "evidence", scenarios: str = "scenarios"
) -> pl.LazyFrame:
    return (
        tables[mart]
        .select("scenario_id", "available_hours")
        .join(tables[scenarios].select("scenario_id", "decision_hours"), on="scenario_id")
        .filter(pl.col("available_hours") > pl.col("decision_hours"))
    )


def _tests(tables: Tables) -> pl.LazyFrame:
    """The tests of ground truth, one row each."""
    return (
        tables["ground_truth"]
        .select("scenario_id", "tests")
        .explode("tests")
        .filter(pl.col("tests").is_not_null())
        .unnest("tests")
    )


def _misdated_tests(tables: Tables) -> pl.LazyFrame:
    in_time = (pl.col("first_available_hours") <= pl.col("decision_hours")).fill_null(value=False)
    return (
        _tests(tables)
        .join(tables["scenarios"].select("scenario_id", "decision_hours"), on="scenario_id")
        .filter(pl.col("by_decision") & ~in_time)
    )


def _unexplained_evidence(tables: Tables) -> pl.LazyFrame:
    had = _tests(tables).filter(pl.col("by_decision")).select("scenario_id", "test_id")
    shown = tables["evidence"].select("scenario_id", "test_id").unique()
    return shown.join(had, on=["scenario_id", "test_id"], how="anti")


def _misdated_actions(tables: Tables) -> pl.LazyFrame:
    return (
        tables["actions_taken"]
        .select("scenario_id", "first_hours", "by_decision")
        .join(tables["scenarios"].select("scenario_id", "decision_hours"), on="scenario_id")
        .filter(pl.col("by_decision") != (pl.col("first_hours") <= pl.col("decision_hours")))
    )


def _attrition_totals(tables: Tables) -> pl.LazyFrame:
    totals = tables["cohort_attrition"].group_by("condition_id").agg(pl.col("admissions").sum())
    return totals.filter(pl.col("admissions") != pl.col("admissions").max())


def _without_selected(tables: Tables) -> pl.LazyFrame:
    selected = (pl.col("rule_id") == "selected").sum().alias("selected")
    return (
        tables["cohort_attrition"]
        .group_by("condition_id")
        .agg(selected)
        .filter(pl.col("selected") != 1)
    )


def _selected_not_scenarios(tables: Tables) -> pl.LazyFrame:
    scenarios = tables["ground_truth"].group_by("condition_id").agg(pl.len().alias("scenarios"))
    return (
        tables["cohort_attrition"]
        .filter(pl.col("rule_id") == "selected")
        .select("condition_id", "admissions")
        .join(scenarios, on="condition_id", how="left")
        .filter(pl.col("admissions") != pl.col("scenarios").fill_null(0))
    )


def _selected_not_tasks(tables: Tables) -> pl.LazyFrame:
    scenarios = tables["task_truth"].group_by("category").agg(pl.len().alias("scenarios"))
    return (
        tables["task_attrition"]
        .filter(pl.col("rule_id") == "selected")
        .select("category", "units")
        .join(scenarios, on="category", how="full", coalesce=True)
        .filter(pl.col("units").fill_null(0) != pl.col("scenarios").fill_null(0))
    )


RELATIONS: Final[tuple[Relation, ...]] = (
    _key("scenarios", "scenario_id"),
    _foreign("scenarios", "ground_truth", "scenario_id"),
    _one_to_one("subject_id", "patient_key"),
    _one_to_one("patient_key", "subject_id"),
    _key("evidence", "scenario_id", "evidence_no"),
    _foreign("evidence", "scenarios", "scenario_id"),
    Relation("evidence", "evidence_no", "1, 2, 3 .. in sorted scenarios", _unnumbered),
    Relation("evidence", "available_hours", "ascending in each scenario", _backwards),
    Relation(
        "evidence",
        "available_hours",
        "at most decision_hours",
        _after_decision,
        ("scenarios",),
    ),
    Relation(
        "evidence",
        "test_id",
        "among the tests of ground_truth by decision",
        _unexplained_evidence,
        ("ground_truth",),
    ),
    _key("ground_truth", "scenario_id"),
    _key("ground_truth", "hadm_id"),
    _foreign("ground_truth", "scenarios", "scenario_id"),
    _foreign("ground_truth", "cohort_attrition", "category", "condition_id"),
    _same_in_scenarios("category"),
    _same_in_scenarios("sex"),
    Relation(
        "ground_truth",
        "tests",
        "by_decision only when available by decision_hours",
        _misdated_tests,
        ("scenarios",),
    ),
    _key("actions_taken", "scenario_id", "action_id", "source"),
    _foreign("actions_taken", "scenarios", "scenario_id"),
    Relation(
        "actions_taken",
        "by_decision",
        "true exactly when first_hours is at most decision_hours",
        _misdated_actions,
        ("scenarios",),
    ),
    _key("cohort_attrition", "condition_id", "rule_id"),
    _key("cohort_attrition", "condition_id", "rule_order"),
    _determines("cohort_attrition", "condition_id", "category"),
    Relation("cohort_attrition", "rule_id", "one selected for each condition", _without_selected),
    Relation(
        "cohort_attrition",
        "admissions",
        "the same total for each condition",
        _attrition_totals,
    ),
    Relation(
        "cohort_attrition",
        "admissions",
        "selected equals the scenarios of the condition",
        _selected_not_scenarios,
        ("ground_truth",),
    ),
    _key("task_scenarios", "scenario_id"),
    _foreign("task_scenarios", "task_truth", "scenario_id"),
    _key("task_evidence", "scenario_id", "evidence_no"),
    _foreign("task_evidence", "task_scenarios", "scenario_id"),
    Relation(
        "task_evidence",
        "evidence_no",
        "1, 2, 3 .. in sorted scenarios",
        lambda tables: _unnumbered(tables, "task_evidence"),
    ),
    Relation(
        "task_evidence",
        "available_hours",
        "ascending in each scenario",
        lambda tables: _backwards(tables, "task_evidence"),
    ),
    Relation(
        "task_evidence",
        "available_hours",
        "at most decision_hours",
        lambda tables: _after_decision(tables, "task_evidence", "task_scenarios"),
        ("task_scenarios",),
    ),
    _key("task_truth", "scenario_id"),
    _key("task_truth", "category", "unit_key"),
    _foreign("task_truth", "task_scenarios", "scenario_id"),
    _key("task_attrition", "category", "rule_id"),
    Relation(
        "task_attrition",
        "units",
        "selected equals the scenarios of the category",
        _selected_not_tasks,
        ("task_truth",),
    ),
    _key("icu_severity", "stay_id"),
)
"""All rules over whole tables."""
