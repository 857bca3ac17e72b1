"""What every raw table of MIMIC must look like, read from `data_contracts/raw/*.yml`.

Belongs here: the frozen types of a raw contract, the loader and its checks. Does not belong here:
which releases exist (`sources.releases`), and how a file is checked against its contract
(`sources.landing`).

A table's contract has a digest, `TableContract.sha256`. It covers what decides the bytes of a
landed table (column names, order, types, required columns, key) and nothing else, so that a better
description, or another spelling of a header, converts no file again.
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
DERIVED_CONTRACTS = Path(__file__).with_name("derived")
"""Tables that are computed from raw files which are no tables, such as waveforms; same form."""

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
_FILE = re.compile(r"([A-Za-z0-9_.-]+/)*[A-Za-z0-9_.-]+\.csv(\.gz)?")
_TABLE_OPTIONS = frozenset({"file", "release", "columns_by_name", "confirmed"})
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
    header: str = ""
    """As the file spells the name where that is not `name`, such as `Lung Opacity`."""

    @property
    def written(self) -> str:
        """The name as the file's header spells it."""
        return self.header or self.name

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
    file: str = ""
    """Path of the file below its release's folder where that is not `<module>/<name>.csv.gz`."""
    release: str | None = None
    """Name of the release that has the table, where several provide the module together."""
    has_named_columns: bool = False
    """True when the columns are found by name: the file may have another order, and may lack
    columns that are not required. Only for files whose layout is not confirmed."""
    is_confirmed: bool = True
    """False when no reader of the real file has confirmed the names of the columns."""

    @property
    def file_name(self) -> str:
        """Path of the file below its release's folder, such as `hosp/admissions.csv.gz`."""
        return self.file or f"{self.module}/{self.name}.csv.gz"

    @property
    def file_header(self) -> str:
        """The header line as the file has it, without a line end."""
        return ",".join(column.written for column in self.columns)

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
    # The C loader reads the contracts several times as fast, and knows no more than plain YAML.
    document = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    where = path.name
    _expect_fields(document, {"module", "description", "tables"}, where)
    if document["module"] != path.stem:
        raise ContractError(f"{where}: module {document['module']!r} does not match the file name.")
    tables = tuple(_table(path.stem, entry, where) for entry in document["tables"])
    _expect_distinct([table.name for table in tables], f"{where}: tables")
    return ModuleContract(path.stem, document["description"], tables)


def _table(module: str, entry: Any, where: str) -> TableContract:
    _expect_fields(
        entry, {"name", "description", "grain", "primary_key", "columns"}, where, _TABLE_OPTIONS
    )
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
    return TableContract(
        module,
        name,
        entry["description"],
        entry["grain"],
        columns,
        key,
        digest,
        file=_file(entry, where),
        release=entry.get("release"),
        has_named_columns=_flag(entry, "columns_by_name", False, where),
        is_confirmed=_flag(entry, "confirmed", True, where),
    )


def _file(entry: dict[str, Any], where: str) -> str:
    file = entry.get("file", "")
    if not isinstance(file, str) or (file and not _FILE.fullmatch(file)):
        raise ContractError(f"{where}: file is a path below the release that ends in .csv[.gz].")
    return file


def _flag(entry: dict[str, Any], name: str, default: bool, where: str) -> bool:
    value = entry.get(name, default)
    if not isinstance(value, bool):
        raise ContractError(f"{where}: {name} is true or false.")
    return value


def _column(entry: Any, where: str) -> Column:
    fields = {"name", "type"}
    if not isinstance(entry, dict) or not fields <= set(entry) <= fields | {"header", "required"}:
        raise ContractError(
            f"{where}: a column has exactly name, type and, if so, header and required."
        )
    name, declared = entry["name"], entry["type"]
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ContractError(f"{where}: {name!r} is not a lower-case column name.")
    match = _TYPE.fullmatch(declared) if isinstance(declared, str) else None
    if match is None or match[1] not in _KINDS:
        raise ContractError(f"{where}: column {name} has the unknown type {declared!r}.")
    header = entry.get("header", "")
    # A header line is written from these words without quoting.
    if not isinstance(header, str) or any(sign in header for sign in ',"\n'):
        raise ContractError(f"{where}: column {name}: header is a word without commas and quotes.")
    required = _flag(entry, "required", False, f"{where}: column {name}")
    return Column(name, declared, required, header)


def _expect_fields(
    entry: Any, fields: set[str], where: str, options: frozenset[str] = frozenset()
) -> None:
    if not isinstance(entry, dict) or set(entry) - options != fields:
        found = sorted(entry) if isinstance(entry, dict) else type(entry).__name__
        raise ContractError(f"{where}: expected the fields {sorted(fields)}, found {found}.")


def _expect_distinct(names: list[str], where: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        raise ContractError(f"{where} must be present and distinct; twice: {twice}.")
