"""The suite over the mart `scenarios`, with what `evidence` holds for each.

Belongs here: what is usual of the cohorts together and of each category: ages, sexes, decision
times, how many scenarios have vitals, a complaint, results. Does not belong here: what every single
row must be (`data_contracts.marts`), and which admissions are selected (`dbt_project`).

Shares by category are counted exactly over all scenarios. Categories of fewer than 11 scenarios are
judged together as `small_categories`, so that no share speaks of a handful of patients. Ages, sexes
and times are judged on at most 150,000 scenarios, those with the lowest `scenario_id`, which is a
hash already.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from data_contracts.suites._report import SuiteReport
from data_contracts.suites._runner import (
    SMALLEST_GROUP,
    Expectation,
    Part,
    between,
    mean_between,
    median_between,
    run_parts,
)
from data_contracts.suites._tables import SAMPLE_ROWS, reading

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

MIN_VITALS: Final = 4
"""Of the six triage vitals, how many make a presentation that has vitals."""

CATEGORY_MINIMA: Final[dict[str, float]] = {
    "share_with_vitals": 0.4,
    "share_with_complaint": 0.4,
    "share_with_evidence": 0.9,
    "share_with_labs": 0.8,
}
"""Least share of the scenarios of each category. Vitals and complaints come from the emergency
department only, where most but not all admissions begin."""

SMALL: Final = "small_categories"

_DESCRIBED: Final = """
    with results as (
        select
            scenario_id,
            count(*) as evidence_rows,
            count(*) filter (kind = 'lab') as lab_rows,
        from read_parquet($evidence)
        group by scenario_id
    ),
    described as (
        select
            scenarios.scenario_id,
            case
                when regexp_full_match(scenarios.category, '[a-z][a-z0-9_]{0,39}')
                    and count(*) over (partition by scenarios.category) >= $smallest
                    then scenarios.category
                else $small
            end as category,
            scenarios.age_years,
            scenarios.sex,
            case scenarios.sex when 'F' then 1.0 when 'M' then 0.0 end as is_female,
            scenarios.decision_hours,
            (
                (scenarios.temperature_c is not null)::integer
                + (scenarios.heart_rate_bpm is not null)::integer
                + (scenarios.resp_rate_per_min is not null)::integer
                + (scenarios.spo2_pct is not null)::integer
                + (scenarios.sbp_mmhg is not null)::integer
                + (scenarios.dbp_mmhg is not null)::integer
            ) as vitals,
            nullif(trim(scenarios.chief_complaint), '') is not null as has_complaint,
            coalesce(results.evidence_rows, 0) as evidence_rows,
            coalesce(results.lab_rows, 0) as lab_rows,
        from read_parquet($scenarios) as scenarios
        left join results on scenarios.scenario_id = results.scenario_id
    )
"""


def check_scenarios(marts: Path) -> SuiteReport:
    """Run the suite over `marts/scenarios.parquet` and `marts/evidence.parquet`.

    Args:
        marts: The folder `marts` of a workspace.

    Returns:
        Results in names, counts and shares. `rows` counts the scenarios.

    Raises:
        SuiteInputError: A mart cannot be read.
    """
    scenarios = marts / "scenarios.parquet"
    evidence = marts / "evidence.parquet"
    with reading(scenarios, evidence) as connection:
        categories = _categories(connection, scenarios, evidence)
        rows = int(categories["scenarios"].sum())
        wide, stated = _of_categories(categories)
        small = categories.loc[categories["scenarios"] < SMALLEST_GROUP, "category"]
        parts = (
            Part(
                "scenarios.categories",
                wide,
                stated,
                is_aggregate=True,
                hidden=frozenset(
                    f"{name}_of_{category}" for category in small for name in CATEGORY_MINIMA
                ),
            ),
            Part(
                "scenarios.rows",
                _rows(connection, scenarios, evidence),
                _OF_ROWS,
                shares=frozenset({"is_female"}),
            ),
        )
        return run_parts("scenarios", rows, parts)


def _categories(
    connection: duckdb.DuckDBPyConnection, scenarios: Path, evidence: Path
) -> pd.DataFrame:
    """One row a category: its scenarios and shares of them."""
    return connection.execute(
        f"""
        {_DESCRIBED}
        select
            category,
            count(*) as scenarios,
            avg((vitals >= $vitals)::integer) as share_with_vitals,
            avg(has_complaint::integer) as share_with_complaint,
            avg((evidence_rows > 0)::integer) as share_with_evidence,
            avg((lab_rows > 0)::integer) as share_with_labs,
        from described
        group by category
        order by category
        """,  # noqa: S608 - constants of this module only
        _parameters(scenarios, evidence) | {"vitals": MIN_VITALS},
    ).df()


def _of_categories(categories: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Expectation, ...]]:
    """The categories' shares as one row, a column for each share of each category."""
    import pandas as pd

    cells: dict[str, list[float]] = {"scenarios": [int(categories["scenarios"].sum())]}
    stated = [between("scenarios", 1, None)]
    for row in categories.to_dict("records"):
        for name, least in CATEGORY_MINIMA.items():
            column = f"{name}_of_{row['category']}"
            cells[column] = [row[name]]
            stated.append(between(column, least, 1))
    return pd.DataFrame(cells), tuple(stated)


def _rows(connection: duckdb.DuckDBPyConnection, scenarios: Path, evidence: Path) -> pd.DataFrame:
    """Up to 150,000 scenarios, those with the lowest id."""
    return connection.execute(
        f"""
        {_DESCRIBED}
        select age_years, sex, is_female, decision_hours, vitals, evidence_rows, lab_rows
        from described
        order by scenario_id
        limit {SAMPLE_ROWS}
        """,  # noqa: S608 - constants of this module only
        _parameters(scenarios, evidence),
    ).df()


def _parameters(scenarios: Path, evidence: Path) -> dict[str, str | int]:
    return {
        "scenarios": str(scenarios),
        "evidence": str(evidence),
        "smallest": SMALLEST_GROUP,
        "small": SMALL,
    }


_OF_ROWS: Final = (
    between("age_years", 18, 110, mostly=1.0),
    mean_between("age_years", 40, 80),
    Expectation(
        "ExpectColumnStdevToBeBetween", {"column": "age_years", "min_value": 5, "max_value": 30}
    ),
    Expectation("ExpectColumnValuesToBeInSet", {"column": "sex", "value_set": ["F", "M"]}),
    mean_between("is_female", 0.2, 0.8),
    between("decision_hours", 0, 72, strict_min=True, mostly=1.0),
    median_between("decision_hours", 1, 72),
    between("evidence_rows", 1, None, mostly=0.9),
    median_between("evidence_rows", 5, 5_000),
)
