"""Holding a folder of marts against their contracts, and saying only what broke and how often.

Belongs here: reading in bounded memory, running schemas and relations, the report. Does not belong
here: what must hold (`_columns`, `_schemas`, `_relations`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from data_contracts.marts._columns import MARTS, mart_columns
from data_contracts.marts._relations import RELATIONS
from data_contracts.marts._schemas import mart_schema

BATCH_ROWS: Final = 250_000
"""Rows held in memory at a time while single rows are checked."""

_IDENTIFIER: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}", re.IGNORECASE)


class UnknownMartError(ValueError):
    """A mart was named that has no contract."""


class UnreadableMartError(OSError):
    """A mart's file is absent or is not Parquet."""


@dataclass(frozen=True, order=True)
class Failure:
    """One check that did not hold."""

    column: str
    """Column, columns with commas between, or `*` where the whole table is meant."""
    check: str
    """What should have held."""
    count: int
    """Rows (of a relation: rows or groups) that broke it; 1 for a fault of the table's shape."""


@dataclass(frozen=True)
class MartReport:
    """What checking one mart found: names and counts, never a value."""

    mart: str
    rows: int
    passed: bool
    failures: tuple[Failure, ...]
    """Sorted by column and check."""


def check_mart(folder: Path, mart: str) -> MartReport:
    """Hold `folder/<mart>.parquet` against its contract.

    Rows are read 250,000 at a time; relations are streamed over the columns that they need. Marts
    to which this one relates must lie in the same folder. A mart whose columns are not those of its
    contract is judged on that alone: no rule means anything on another shape.

    Args:
        folder: Holds `<mart>.parquet` of every mart.
        mart: One of `MARTS`.

    Raises:
        UnknownMartError: `mart` has no contract.
        UnreadableMartError: A file that is needed is absent or not Parquet.
    """
    if mart not in MARTS:
        raise UnknownMartError(f"no contract for this mart: choose one of {', '.join(MARTS)}")
    table = _scan(folder, mart)
    rows = _count(table)
    failed: Counter[tuple[str, str]] = Counter(dict.fromkeys(_shape_faults(mart, table), 1))
    if not failed:
        schema = mart_schema(mart)
        for batch in _batches(table, rows):
            failed.update(_broken_rows(schema, batch))
        failed.update(_broken_relations(folder, mart, table))
    failures = tuple(sorted(Failure(*key, count) for key, count in failed.items()))
    return MartReport(mart=mart, rows=rows, passed=not failures, failures=failures)


def _scan(folder: Path, mart: str) -> pl.LazyFrame:
    path = folder / f"{mart}.parquet"
    try:
        table = pl.scan_parquet(path)
        table.collect_schema()
    except (pl.exceptions.PolarsError, OSError):
        raise UnreadableMartError(
            f"{path.name} is absent or not Parquet: build the marts again"
        ) from None
    return table


def _count(table: pl.LazyFrame) -> int:
    return int(table.select(pl.len()).collect(engine="streaming").item())


def _batches(table: pl.LazyFrame, rows: int) -> Iterator[pl.DataFrame]:
    for start in range(0, max(rows, 1), BATCH_ROWS):
        yield table.slice(start, BATCH_ROWS).collect()


def _shape_faults(mart: str, table: pl.LazyFrame) -> list[tuple[str, str]]:
    """Faults of names, order and types, as column and check."""
    found = table.collect_schema()
    wanted = mart_columns(mart)
    faults = [(column, "column is there") for column in wanted if column not in found]
    faults += [
        (column, f"type {dtype}")
        for column, dtype in wanted.items()
        if column in found and found[column] != dtype
    ]
    faults += [
        (_column_name(column), "no column beyond the contract")
        for column in found
        if column not in wanted
    ]
    if not faults and list(found) != list(wanted):
        faults.append(("*", "columns in the contract's order"))
    return faults


def _column_name(column: str) -> str:
    """The name of a foreign column, unless it might be a value that was turned into a name."""
    return column if _IDENTIFIER.fullmatch(column) else "*"


def _broken_rows(schema: Any, batch: pl.DataFrame) -> Counter[tuple[str, str]]:
    """How many rows of `batch` break each check of the schema."""
    from pandera.errors import SchemaErrors

    try:
        schema.validate(batch, lazy=True)
    except SchemaErrors as errors:
        # The text and the failure cases of Pandera's errors hold values: only counts leave here.
        found = errors.schema_errors
    else:
        found = []
    broken: Counter[tuple[str, str]] = Counter()
    for error in found:
        column = "*" if error.schema is schema else str(error.schema.name)
        name = str(getattr(error.check, "name", None) or error.check)
        cases = error.failure_cases
        is_counted = isinstance(cases, pl.DataFrame) and cases.height > 0
        broken[(column, name)] += cases.height if is_counted else 1
    return broken


def _broken_relations(folder: Path, mart: str, table: pl.LazyFrame) -> Counter[tuple[str, str]]:
    broken: Counter[tuple[str, str]] = Counter()
    tables = {mart: table}
    misshapen: set[str] = set()
    relations = [relation for relation in RELATIONS if relation.mart == mart]
    for other in sorted({other for relation in relations for other in relation.others}):
        tables[other] = _scan(folder, other)
        if _shape_faults(other, tables[other]):
            misshapen.add(other)
            broken[("*", f"{other} has the columns of its contract")] += 1
    for relation in relations:
        if misshapen.isdisjoint(relation.others):
            count = _count(relation.broken(tables))
            if count:
                broken[(relation.column, relation.check)] += count
    return broken
