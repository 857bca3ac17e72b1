"""Dagster's SQLite files are kept open by who writes them, and lose nothing by it.

Belongs here: `orchestration.event_store`. Does not belong here: what Dagster writes.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import yaml

from orchestration.event_store import EventLog, RunStore, open_engine
from orchestration.execution import prepare
from orchestration.settings import PROJECT, Settings


@dg.op
def say() -> str:
    return "said"


@dg.job
def talk() -> None:
    say()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """DAGSTER_HOME with the house's own `dagster.yaml`."""
    monkeypatch.setenv("DAGSTER_HOME", "")  # put back in the end; `prepare` sets it
    return prepare(Settings(home=tmp_path))


@pytest.fixture
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    """An instance as a run has it."""
    with dg.DagsterInstance.from_config(str(home)) as opened:
        yield opened


def _events(path: Path) -> int:
    reader = sqlite3.connect(path)
    [count] = reader.execute("SELECT count(*) FROM event_logs").fetchone()
    reader.close()
    return int(count)


def test_the_configured_files_are_the_ones_that_dagster_itself_would_use(
    instance: dg.DagsterInstance, home: Path
) -> None:
    assert isinstance(instance.event_log_storage, EventLog)
    assert isinstance(instance.run_storage, RunStore)
    assert (home / "event_log.db").is_file()
    assert (home / "history" / "runs.db").is_file()


def test_others_read_what_a_run_wrote_while_the_file_is_still_open(
    instance: dg.DagsterInstance, home: Path
) -> None:
    result = talk.execute_in_process(instance=instance)
    path = home / "event_log.db"
    assert _events(path) == len(instance.all_logs(result.run_id)) > 0
    assert path.with_name("event_log.db-wal").stat().st_size > 0  # nobody folded it back
    with dg.DagsterInstance.from_config(str(home)) as other:
        assert [run.run_id for run in other.get_runs()] == [result.run_id]


def test_nothing_is_lost_when_the_files_are_closed(home: Path) -> None:
    with dg.DagsterInstance.from_config(str(home)) as opened:
        result = talk.execute_in_process(instance=opened)
        written = len(opened.all_logs(result.run_id))
    assert not (home / "event_log.db-wal").exists()
    assert _events(home / "event_log.db") == written


def test_one_connection_serves_write_after_write(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'one.db'}")
    made = []
    for _ in range(3):
        with engine.begin() as connection:
            made.append(connection.connection.dbapi_connection)
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1
    assert made[0] is made[1] is made[2]
    engine.dispose()


def test_what_fails_is_taken_back(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'one.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE said (word TEXT)")

    def insert_and_stop() -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO said VALUES ('no')")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        insert_and_stop()
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM said").scalar() == 0
    engine.dispose()


def test_who_watches_a_run_is_told_of_events_that_are_in_the_log_only(
    instance: dg.DagsterInstance,
) -> None:
    run = instance.create_run_for_job(talk)
    told = threading.Event()
    instance.event_log_storage.watch(run.run_id, None, lambda entry, cursor: told.set())
    instance.report_engine_event("here", run)
    assert told.wait(timeout=30)


def test_every_file_that_is_written_in_a_run_is_kept_open() -> None:
    configured = yaml.safe_load((PROJECT / "deploy" / "dagster.yaml").read_text())
    named = {configured[part]["class"] for part in ("event_log_storage", "run_storage")}
    assert named == {EventLog.__name__, RunStore.__name__}
