"""The project's own order: cohorts are their files, marts have contracts, sources have columns."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest
from dbt_runs import COHORTS, Built, run_dbt
from landed_workspace import DBT_PROJECT, source_columns

from evaluators.catalogue import load_catalogue

COLUMNS = ["subject_id", "hadm_id", "stay_id", "t0", "condition_id"]


def seed(name: str) -> list[dict[str, str]]:
    with (DBT_PROJECT / "seeds" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_condition_listed_or_declared_has_a_cohort() -> None:
    assert {cohort.split("/")[1] for cohort in COHORTS} == set(load_catalogue().conditions)
    assert len(seed("conditions")) == 85
    assert len({cohort.split("/")[0] for cohort in COHORTS}) == 12


@pytest.mark.parametrize("cohort", COHORTS)
def test_a_cohort_file_says_what_its_path_says(built: Built, cohort: str) -> None:
    category, condition = cohort.split("/")
    node = built.manifest["nodes"][f"model.medcred.{condition}"]
    assert "cohort" in node["tags"]
    meta = dict(node["config"]["meta"])
    is_declared = meta.pop("declares", None) is not None
    assert meta == {"category": category, "condition": condition}
    assert load_catalogue().conditions[condition].category == category
    listed = condition in {row["condition_id"] for row in seed("conditions")}
    assert is_declared != listed


def test_every_cohort_has_the_five_columns(built: Built) -> None:
    with duckdb.connect(str(built.workspace / "warehouse.duckdb"), read_only=True) as connection:
        for cohort in COHORTS:
            name = cohort.split("/")[1]
            described = connection.execute(f"describe cohorts.{name}").fetchall()
            assert [column[0] for column in described] == COLUMNS, name


def test_the_union_holds_every_cohort(built: Built) -> None:
    parents = built.manifest["nodes"]["model.medcred.int_cohorts__united"]["depends_on"]["nodes"]
    assert set(parents) == {f"model.medcred.{cohort.split('/')[1]}" for cohort in COHORTS}


def test_every_condition_of_the_catalogue_is_an_icd_9_and_icd_10_one() -> None:
    for row in seed("conditions"):
        assert row["icd10_prefixes"], row["condition_id"]
        assert row["icd9_prefixes"], row["condition_id"]


@pytest.mark.parametrize(
    "mart", ["scenarios", "evidence", "ground_truth", "actions_taken", "cohort_attrition"]
)
def test_marts_have_enforced_contracts(built: Built, mart: str) -> None:
    node = built.manifest["nodes"][f"model.medcred.{mart}"]
    assert node["contract"]["enforced"]
    assert all(column["description"] for column in node["columns"].values())


def test_every_model_but_the_cohorts_states_its_grain(built: Built) -> None:
    silent = [
        node["name"]
        for node in built.manifest["nodes"].values()
        if node["resource_type"] == "model"
        and "Grain:" not in (node["raw_code"] if "cohort" in node["tags"] else node["description"])
    ]
    assert silent == []


def test_every_source_column_reaches_staging(built: Built) -> None:
    with duckdb.connect(str(built.workspace / "warehouse.duckdb"), read_only=True) as connection:
        for (module, table), columns in source_columns().items():
            name = f"stg_mimiciv_{module}__{table}"
            staged = connection.execute(f"describe staging.{name}").fetchall()
            assert len(staged) == len(columns), name
            documented = built.manifest["nodes"][f"model.medcred.{name}"]["columns"]
            assert [column[0] for column in staged] == list(documented), name


def test_there_are_57_sources() -> None:
    assert len(source_columns()) == 57


@pytest.mark.parametrize("cohorts", ["", "nstemi"])
def test_without_the_list_of_cohorts_dbt_says_what_to_do(tmp_path: Path, cohorts: str) -> None:
    done = run_dbt(tmp_path, "parse", cohorts=cohorts)
    assert done.returncode != 0
    assert "MEDCRED_COHORTS" in done.stdout
    assert "category/condition" in done.stdout
