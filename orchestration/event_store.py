"""Dagster's own SQLite files, kept open by each process that writes to them.

Belongs here: how those files are opened and watched; `deploy/dagster.yaml` names these classes.
Does not belong here: what is written to them (Dagster), and what an examination rests on: journals,
which force their own lines (`evaluators.journal`).

Dagster's classes open a file anew for each of some sixty writes of a run. An engine and a statement
are made each time, each write is forced to the disk, and each last reader that leaves folds the log
back, which forces it again. A night has a hundred short runs, and three thousand events of dbt. The
record of runs need not survive a power cut to its last event, and stays whole without it (WAL).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import sqlalchemy
from dagster._core.storage.event_log import ConsolidatedSqliteEventLogStorage
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from watchdog.events import FileSystemEvent, PatternMatchingEventHandler
from watchdog.observers import Observer


def open_engine(url: str) -> sqlalchemy.Engine:
    """An engine that keeps its connections, whose writes are forced at checkpoints.

    Args:
        url: Of a SQLite file, as SQLAlchemy writes it.
    """
    engine = sqlalchemy.create_engine(
        url,
        poolclass=sqlalchemy.QueuePool,
        max_overflow=-1,  # a thread never waits for another's connection
        connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS},
    )

    def relax(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA synchronous = NORMAL")

    sqlalchemy.event.listen(engine, "connect", relax)
    return engine


class EventLog(ConsolidatedSqliteEventLogStorage):
    """The events of all runs, in one file."""

    _obs: Any  # Dagster's classes are not typed throughout

    @cached_property
    def _engine(self) -> sqlalchemy.Engine:
        return open_engine(self._conn_string)

    @contextmanager
    def _connect(self) -> Iterator[sqlalchemy.Connection]:
        with self._engine.begin() as connection:
            yield connection

    def watch(self, run_id: str, cursor: str | None, callback: Callable[..., Any]) -> None:
        """Call back when events are written; they go to the log beside the file first."""
        if not self._obs:
            self._obs = Observer()
            self._obs.start()
            self._obs.schedule(_Watch(self), self._base_dir)
        dagsters: Any = super()
        dagsters.watch(run_id, cursor, callback)

    def dispose(self) -> None:
        """Close what is kept open."""
        dagsters: Any = super()
        dagsters.dispose()
        self._engine.dispose()


class RunStore(SqliteRunStorage):
    """The runs, in `history/` of the folder that is configured, where Dagster itself keeps them."""

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Self:
        """Open the file of the configuration, making it if need be."""
        return cls.from_local(str(Path(config_value["base_dir"]) / "history"), inst_data)

    @cached_property
    def _engine(self) -> sqlalchemy.Engine:
        return open_engine(self._conn_string)

    @contextmanager
    def connect(self) -> Iterator[sqlalchemy.Connection]:
        """A connection with a transaction, committed at the end."""
        with self._engine.begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Close what is kept open."""
        super().dispose()
        self._engine.dispose()


class _Watch(PatternMatchingEventHandler):
    """Tells the event log that it, or the log beside it, has changed."""

    def __init__(self, store: Any) -> None:
        path = store.get_db_path()
        super().__init__(patterns=[path, f"{path}-wal"])
        self._store = store

    def on_modified(self, event: FileSystemEvent) -> None:
        self._store.on_modified()
