"""What every raw table of MIMIC must look like, read from `data_contracts/raw/*.yml`.

Belongs here: the frozen types of a raw contract, the loader and its checks. Does not belong here:
which releases exist (`sources.releases`), and how a file is checked against its contract
(`sources.landing`).

A table's contract has a digest, `TableContract.sha256`. It covers what decides the bytes of a
landed table (column names, order, types, required columns, key) and nothing else, so that a better
description converts no file again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import rfc8785
import yaml

RAW_CONTRACTS = Path(__file__).with_name("raw")

LANDING_FORMAT = 1
"""Changes when the same raw file and contract would give another Parquet file."""

Kind = Literal["integer", "smallint", "double", "timestamp", "date", "text"]

_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "INTEGER": "integer",
        "SMALLINT": "smallint",
        "DOUBLE": "double",
        "REAL": "double",
        "NUMERIC": "double",
        "TIMESTAMP": "timestamp",
        "DATE": "date",
        "VARCHAR": "text",
        "CHAR": "text",
        "TEXT": "text",
    }
)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TYPE = re.compile(r"([A-Z]+)(\(\d+(, \d+)?\))?")


class ContractError(Exception):
    """A contract file does not say what a contract must say."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a raw table."""

    name: str
    """Lower case."""
    type: str
    """SQL type as declared, such as `VARCHAR(40)`; the width is documentary."""
    required: bool
    """True when the column is never null."""

    @property
    def kind(self) -> Kind:
        """The family of the type, which decides how the column is landed."""
        return _KINDS[self.type.partition("(")[0]]


@dataclass(frozen=True, slots=True)
class TableContract:
    """One raw table."""

    module: str
    name: str
    description: str
    grain: str
    """What one row is."""
    columns: tuple[Column, ...]
    """In the order of the file."""
    primary_key: tuple[str, ...]
    """Empty when the table has none."""
    sha256: str
    """Digest of everything that decides the landed bytes."""

    @property
    def header(self) -> tuple[str, ...]:
        """Column names in the order of the file."""
        return tuple(column.name for column in self.columns)

    def names(self, *kinds: Kind) -> tuple[str, ...]:
        """Names of the columns of these kinds, in the order of the file."""
        return tuple(column.name for column in self.columns if column.kind in kinds)


@dataclass(frozen=True, slots=True)
class ModuleContract:
    """All tables of one module."""

    name: str
    description: str
    tables: tuple[TableContract, ...]

    def table(self, name: str) -> TableContract:
        """The contract of one table.

        Raises:
            KeyError: when the module has no such table.
        """
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(f"Module {self.name} has no table {name}.")


@lru_cache(maxsize=4)
def load_contracts(folder: Path = RAW_CONTRACTS) -> Mapping[str, ModuleContract]:
    """Read and check every contract of `folder`.

    Args:
        folder: holds one YAML file for each module.

    Returns:
        Module name to contract, in alphabetical order of the names; read-only.

    Raises:
        ContractError: when a file is not a contract; the message says where.
    """
    modules = {path.stem: _module(path) for path in sorted(folder.glob("*.yml"))}
    if not modules:
        raise ContractError(f"There are no raw contracts in {folder}.")
    return MappingProxyType(modules)


def _module(path: Path) -> ModuleContract:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    where = path.name
    _expect_fields(document, {"module", "description", "tables"}, where)
    if document["module"] != path.stem:
        raise ContractError(f"{where}: module {document['module']!r} does not match the file name.")
    tables = tuple(_table(path.stem, entry, where) for entry in document["tables"])
    _expect_distinct([table.name for table in tables], f"{where}: tables")
    return ModuleContract(path.stem, document["description"], tables)


def _table(module: str, entry: Any, where: str) -> TableContract:
    _expect_fields(entry, {"name", "description", "grain", "primary_key", "columns"}, where)
    name = entry["name"]
    where = f"{where}: {name}"
    columns = tuple(_column(column, where) for column in entry["columns"])
    _expect_distinct([column.name for column in columns], f"{where}: columns")
    key = tuple(entry["primary_key"])
    required = {column.name for column in columns if column.required}
    for part in key:
        if part not in required:
            raise ContractError(f"{where}: key column {part!r} is not a required column.")
    digest = hashlib.sha256(
        rfc8785.dumps(
            {
                "format": LANDING_FORMAT,
                "module": module,
                "table": name,
                "columns": [[column.name, column.kind, column.required] for column in columns],
                "primary_key": list(key),
            }
        )
    ).hexdigest()
    return TableContract(module, name, entry["description"], entry["grain"], columns, key, digest)


def _column(entry: Any, where: str) -> Column:
    if not isinstance(entry, dict) or not {"name", "type"} <= set(entry) <= {
        "name",
        "type",
        "required",
    }:
        raise ContractError(f"{where}: a column has exactly name, type and, if so, required.")
    name, declared = entry["name"], entry["type"]
    required = entry.get("required", False)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ContractError(f"{where}: {name!r} is not a lower-case column name.")
    match = _TYPE.fullmatch(declared) if isinstance(declared, str) else None
    if match is None or match[1] not in _KINDS:
        raise ContractError(f"{where}: column {name} has the unknown type {declared!r}.")
    if not isinstance(required, bool):
        raise ContractError(f"{where}: column {name}: required is true or false.")
    return Column(name, declared, required)


def _expect_fields(entry: Any, fields: set[str], where: str) -> None:
    if not isinstance(entry, dict) or set(entry) != fields:
        found = sorted(entry) if isinstance(entry, dict) else type(entry).__name__
        raise ContractError(f"{where}: expected the fields {sorted(fields)}, found {found}.")


def _expect_distinct(names: list[str], where: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        raise ContractError(f"{where} must be present and distinct; twice: {twice}.")
