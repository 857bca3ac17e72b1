"""Contracts of the marts where they enter Python: what each must look like, and the proof.

Belongs here: columns, types, nullability, ranges with units, enumerations, keys and relations of
the marts as `docs/formats.md` states them, and `check_mart`, which holds a folder of Parquet files
against them.
Does not belong here: raw tables (`data_contracts.raw_contracts`), distributions and coverage
(`data_contracts.suites`), the SQL that makes the marts (`dbt_project`), and values: a report names
columns and checks and counts rows, nothing else.

Pandera takes 1.6 s to import, so it is imported when a mart is checked, not with this package.
"""

from __future__ import annotations

from data_contracts.marts._check import (
    Failure,
    MartReport,
    UnknownMartError,
    UnreadableMartError,
    check_mart,
)
from data_contracts.marts._columns import MARTS, mart_columns, nullable_columns
from data_contracts.marts._schemas import mart_schema

__all__ = [
    "MARTS",
    "Failure",
    "MartReport",
    "UnknownMartError",
    "UnreadableMartError",
    "check_mart",
    "mart_columns",
    "mart_schema",
    "nullable_columns",
]
