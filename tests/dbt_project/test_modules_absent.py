"""A source of hosp alone: everything builds, and the attrition table says what nobody can tell."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt_runs import Built, run_dbt
from landed_workspace import Rows, known_patients, write_landed


@pytest.fixture(scope="module")
def hosp_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The known patients without any module but hosp: all other tables are empty."""
    rows: Rows = {table: listed for table, listed in known_patients().items() if table[0] == "hosp"}
    workspace = tmp_path_factory.mktemp("modules") / "hosp_alone"
    write_landed(workspace, rows)
    skipped = ("--exclude-resource-type", "unit_test")
    done = run_dbt(workspace, "build", *skipped, modules="hosp")
    assert done.returncode == 0, done.stdout[-6000:]
    return workspace


def attrition(workspace: Path, columns: str, where: str) -> set[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return set(
            connection.execute(
                f"select {columns} from '{workspace}/marts/cohort_attrition.parquet' where {where}"
            ).fetchall()
        )


def conditions(rows: Iterable[tuple[Any, ...]]) -> set[Any]:
    return {row[0] for row in rows}


def test_attrition_still_adds_up(hosp_alone: Path) -> None:
    with duckdb.connect() as connection:
        totals = connection.execute(
            "select distinct sum(admissions) over (partition by condition_id) "
            f"from '{hosp_alone}/marts/cohort_attrition.parquet'"
        ).fetchall()
    assert totals == [(12,)]


def test_a_required_test_of_an_absent_module_is_not_asked_for_and_marked(hosp_alone: Path) -> None:
    marked = attrition(
        hosp_alone,
        "condition_id, rule_id, missing_modules",
        "starts_with(rule_id, 'required') and condition_id in ('cap', 'nstemi')",
    )
    assert marked == {
        ("cap", "required_tests_1", "note"),
        ("nstemi", "required_tests_1", "ecg"),
        ("nstemi", "required_tests_2", None),  # troponin lies in hosp
    }
    skipped = attrition(
        hosp_alone, "admissions", "starts_with(rule_id, 'required') and missing_modules is not null"
    )
    assert skipped == {(0,)}


def test_conditions_of_films_say_that_nobody_can_tell(hosp_alone: Path) -> None:
    films = attrition(hosp_alone, "condition_id", "category = 'radiology'")
    marked = attrition(
        hosp_alone, "condition_id", "rule_id = 'principal_dx' and missing_modules = 'cxr'"
    )
    assert marked == films
    assert len(films) == 6
    assert attrition(hosp_alone, "missing_modules", "rule_id = 'adult'") == {(None,)}


def test_with_every_module_nothing_is_marked(built: Built) -> None:
    assert built.rows("select distinct missing_modules from {cohort_attrition}") == [(None,)]


def test_evidence_shrinks_to_what_hosp_tells(hosp_alone: Path, built: Built) -> None:
    with duckdb.connect() as connection:
        kinds = connection.execute(
            f"select distinct kind from '{hosp_alone}/marts/evidence.parquet'"
        ).fetchall()
    assert {kind for (kind,) in kinds} <= {"lab", "micro"}
    everything = built.rows("select distinct kind from {evidence}")
    assert {kind for (kind,) in everything} > {kind for (kind,) in kinds}
