"""Reading landed tables and marts for the suites, in bounded memory.

Belongs here: the DuckDB connection that spills nothing, and turning its errors into ours. Does not
belong here: the queries (`raw_labs`, `scenarios`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from data_contracts.suites._report import SuiteInputError

MEMORY_LIMIT: Final = "2GB"
SAMPLE_ROWS: Final = 150_000
"""Most rows of a sample of whole rows."""


@contextmanager
def reading(*paths: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for reading `paths`, within 2 GB and without temporary files.

    Raises:
        SuiteInputError: A file is absent, unreadable or lacks columns. DuckDB's own message is not
            passed on, since it may quote what it read.
    """
    for path in paths:
        if not path.is_file():
            raise SuiteInputError(f"{path.name} is absent: land or build it before its suite runs")
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": "",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
        },
    )
    try:
        yield connection
    except duckdb.Error:
        names = ", ".join(path.name for path in paths)
        raise SuiteInputError(
            f"{names} cannot be read with the columns of the contract: land or build again"
        ) from None
    finally:
        connection.close()
