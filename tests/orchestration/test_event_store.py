"""Dagster's SQLite files are opened for many short runs, and lose nothing by it.

Belongs here: `orchestration.event_store`. Does not belong here: what Dagster writes.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.event_store import keep_open


@pytest.fixture
def dagster_home(tmp_path: Path) -> Path:
    """A folder with both of Dagster's files, as it makes them: WAL, and nobody reading."""
    (tmp_path / "history").mkdir()
    for name in ("event_log.db", "history/runs.db"):
        made = sqlite3.connect(tmp_path / name)
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("CREATE TABLE events (body TEXT)")
        made.commit()
        made.close()
    return tmp_path


def _write(path: Path) -> None:
    writer = sqlite3.connect(path)
    writer.execute("INSERT INTO events VALUES ('started')")
    writer.commit()
    writer.close()


@pytest.mark.parametrize("name", ["event_log.db", "history/runs.db"])
def test_the_log_is_not_folded_back_while_a_reader_is_there(dagster_home: Path, name: str) -> None:
    path = dagster_home / name
    log = path.with_name(f"{path.name}-wal")
    _write(path)
    assert not log.exists()  # the writer was alone, so it folded the log back
    readers = keep_open(dagster_home)
    _write(path)
    assert log.stat().st_size > 0
    for reader in readers:
        reader.close()


def test_what_was_written_is_read_by_others_and_stays_when_the_readers_leave(
    dagster_home: Path,
) -> None:
    path = dagster_home / "event_log.db"
    readers = keep_open(dagster_home)
    _write(path)
    for moment in ("kept open", "left"):
        other = sqlite3.connect(path)
        assert other.execute("SELECT body FROM events").fetchall() == [("started",)], moment
        other.close()
        for reader in readers:
            reader.close()


def test_readers_write_nothing(dagster_home: Path) -> None:
    for reader in keep_open(dagster_home):
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.execute("INSERT INTO events VALUES ('no')")
        reader.close()


def test_connections_of_sqlalchemy_are_relaxed_and_others_are_not() -> None:
    """In a process of its own: the change holds for a whole process."""
    script = (
        "import sqlite3, sqlalchemy as sa\n"
        "from orchestration.event_store import relax_writes\n"
        "def asked(): return sa.create_engine('sqlite://').connect().exec_driver_sql("
        "'PRAGMA synchronous').scalar()\n"
        "before = asked(); relax_writes(); relax_writes()\n"
        "direct = sqlite3.connect(':memory:').execute('PRAGMA synchronous').fetchone()[0]\n"
        "print(before, asked(), direct)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["2", "1", "2"]
