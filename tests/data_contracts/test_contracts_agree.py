"""Raw contracts, dbt's YAML and Pandera say the same: tables, columns, order, types, nulls."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from data_contracts.marts import MARTS, mart_columns, nullable_columns
from data_contracts.raw_contracts import DERIVED_CONTRACTS, TableContract, load_contracts

MODELS = Path(__file__).resolve().parents[2] / "dbt_project" / "models"
SPINE = ("cxr", "ecg", "echo", "ed", "hosp", "icu", "note", "pulseox")
RELEASES = (*SPINE, "mimiciii")

# Kind of a raw column to the type that the landing gives it (docs/formats.md, "Landing record").
LANDED_TYPE = {
    "integer": "BIGINT",
    "smallint": "SMALLINT",
    "double": "DOUBLE",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
    "text": "VARCHAR",
}

# DuckDB's names of the scalar types that marts use, and what Polars reads them as.
MART_TYPE = {
    pl.String: "VARCHAR",
    pl.Int16: "SMALLINT",
    pl.Int32: "INTEGER",
    pl.Int64: "BIGINT",
    pl.Float64: "DOUBLE",
    pl.Boolean: "BOOLEAN",
    pl.Datetime("us"): "TIMESTAMP",
}


def duckdb_type(dtype: Any) -> str:
    """The DuckDB type, as written in YAML, of which Parquet gives `dtype`."""
    if isinstance(dtype, pl.List):
        return f"{duckdb_type(dtype.inner)}[]"
    if isinstance(dtype, pl.Struct):
        fields = ", ".join(f"{item.name} {duckdb_type(item.dtype)}" for item in dtype.fields)
        return f"STRUCT({fields})"
    return next(name for known, name in MART_TYPE.items() if dtype == known)


def written(data_type: str) -> str:
    """A type of the YAML in one spelling: upper-case type names, single blanks, no quotes."""
    text = " ".join(data_type.replace('"', "").replace("(", "( ").replace(")", " )").split())
    words = [
        word.upper() if word.strip(",[]()").upper() in {*MART_TYPE.values(), "STRUCT"} else word
        for word in text.split(" ")
    ]
    return " ".join(words).replace("( ", "(").replace(" )", ")").replace("STRUCT (", "STRUCT(")


@cache
def documents(folder: Path) -> tuple[dict[str, Any], ...]:
    """Every YAML file below a folder, read once: a test for each of 150 tables asks for them."""
    return tuple(
        yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted([*folder.rglob("*.yml"), *folder.rglob("*.yaml")])
    )


def dbt_sources() -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (source["name"], table["name"]): table
        for document in documents(MODELS / "staging")
        for source in document.get("sources", ())
        for table in source["tables"]
    }


def source_name(module: str) -> str:
    """Name of a module's dbt source: MIMIC-III is no part of MIMIC-IV."""
    return module if module == "mimiciii" else f"mimiciv_{module}"


def dbt_marts() -> dict[str, dict[str, Any]]:
    found = [m for document in documents(MODELS / "marts") for m in document.get("models", ())]
    assert len({model["name"] for model in found}) == len(found)
    return {model["name"]: model for model in found}


RAW = {
    module: [
        pytest.param(table, id=f"{module}.{table.name}")
        for table in load_contracts()[module].tables
    ]
    for module in RELEASES
}
DERIVED = [
    pytest.param(table, id=f"derived.{module}.{table.name}")
    for module, contract in load_contracts(DERIVED_CONTRACTS).items()
    for table in contract.tables
]


def test_dbt_reads_every_raw_and_derived_table_and_no_other() -> None:
    wanted = {
        (source_name(module), table.name)
        for contracts in (load_contracts(), load_contracts(DERIVED_CONTRACTS))
        for module in contracts
        for table in contracts[module].tables
    }
    assert set(dbt_sources()) == wanted


@pytest.mark.parametrize(
    "table", [*(table for module in RELEASES for table in RAW[module]), *DERIVED]
)
def test_dbt_source_has_the_columns_of_the_raw_contract(table: TableContract) -> None:
    source = dbt_sources()[(source_name(table.module), table.name)]
    declared = [(column["name"], column["data_type"]) for column in source["columns"]]
    assert declared == [(column.name, LANDED_TYPE[column.kind]) for column in table.columns]


@pytest.mark.parametrize("table", [*(table for module in SPINE for table in RAW[module]), *DERIVED])
def test_every_raw_table_is_staged(table: TableContract) -> None:
    name = f"stg_mimiciv_{table.module}__{table.name}"
    models = {
        model["name"]
        for document in documents(MODELS / "staging")
        for model in document.get("models", ())
    }
    assert name in models
    assert list((MODELS / "staging").rglob(f"{name}.sql"))


def test_dbt_makes_the_marts_that_have_contracts_and_no_other() -> None:
    assert set(dbt_marts()) == set(MARTS)
    assert {path.stem for path in (MODELS / "marts").rglob("*.sql")} == set(MARTS)


@pytest.mark.parametrize("mart", MARTS)
def test_mart_yaml_has_the_columns_of_pandera(mart: str) -> None:
    declared = [
        (column["name"], written(column["data_type"])) for column in dbt_marts()[mart]["columns"]
    ]
    assert declared == [(name, duckdb_type(t)) for name, t in mart_columns(mart).items()]


@pytest.mark.parametrize("mart", MARTS)
def test_mart_yaml_enforces_its_contract(mart: str) -> None:
    model = dbt_marts()[mart]
    assert {**model, **model.get("config", {})}.get("contract") == {"enforced": True}


@pytest.mark.parametrize("mart", MARTS)
def test_column_that_yaml_holds_not_null_is_not_nullable_in_pandera(mart: str) -> None:
    held = {
        column["name"]
        for column in dbt_marts()[mart]["columns"]
        if "not_null" in column.get("data_tests", column.get("tests", ()))
        or {"type": "not_null"} in column.get("constraints", ())
    }
    assert held
    assert held & nullable_columns(mart) == set()


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("varchar", "VARCHAR"),
        ("VARCHAR[]", "VARCHAR[]"),
        ("struct(seq  bigint, code varchar)[]", "STRUCT(seq BIGINT, code VARCHAR)[]"),
        ('STRUCT("seq" BIGINT)', "STRUCT(seq BIGINT)"),
    ],
)
def test_spelling_of_types_is_read_alike(text: str, same: str) -> None:
    assert written(text) == same


def test_types_are_those_that_parquet_gives_back(tmp_path: Path) -> None:
    import duckdb

    for mart in MARTS:
        columns = ", ".join(
            f"cast(null as {duckdb_type(dtype)}) as {name}"
            for name, dtype in mart_columns(mart).items()
        )
        path = tmp_path / f"{mart}.parquet"
        with duckdb.connect() as connection:
            connection.execute(f"copy (select {columns}) to '{path}' (format parquet)")
        assert dict(pl.read_parquet_schema(path)) == dict(mart_columns(mart))
