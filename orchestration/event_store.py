"""Dagster's own SQLite files, opened so that many short runs do not wait for the disk.

Belongs here: how those files are opened. Does not belong here: what is written to them (Dagster),
and what an examination rests on: journals, which force their own lines (`evaluators.journal`).

Dagster opens a file anew for each of some sixty writes of a run. Each write is then forced to the
disk, and each last reader that leaves folds the log back, which forces it again. A record of runs
need not survive a power cut to the last event, and WAL files stay whole without it.
"""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path

_FILES = ("event_log.db", "history/runs.db")


@cache
def relax_writes() -> None:
    """Let writes to SQLite in this process be forced at checkpoints, not one by one.

    Dagster's files are the only ones of SQLite that a run writes.
    """
    import sqlalchemy

    def open_relaxed(connection: object, _record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous = NORMAL")

    sqlalchemy.event.listen(sqlalchemy.Engine, "connect", open_relaxed)


def keep_open(dagster_home: Path) -> tuple[sqlite3.Connection, ...]:
    """An idle reader of each file; while it lives, nobody is the last one to leave.

    Args:
        dagster_home: The instance's folder, its files made already.
    """
    readers = []
    for name in _FILES:
        reader = sqlite3.connect(f"{(dagster_home / name).as_uri()}?mode=ro", uri=True)
        reader.execute("SELECT count(*) FROM sqlite_master").fetchall()  # opens the log as well
        readers.append(reader)
    return tuple(readers)
