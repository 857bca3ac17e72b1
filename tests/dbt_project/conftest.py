"""Fixtures of the dbt project's tests: one real `dbt build` a session, whatever the workers."""

from __future__ import annotations

import fcntl
import json
import os

import pytest
from dbt_runs import Built, run_dbt
from landed_workspace import Rows, known_patients, write_landed


def build_once(
    factory: pytest.TempPathFactory, name: str, rows: Rows, *arguments: str, threads: int
) -> Built:
    """Build a workspace under a lock, or take the one that another worker has built."""
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    workspace, output = shared / name, shared / f"{name}.txt"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not output.is_file():
            write_landed(workspace, rows)
            done = run_dbt(workspace, "build", *arguments, threads=threads)
            assert done.returncode == 0, done.stdout[-6000:]
            output.write_text(done.stdout)
    manifest = json.loads((workspace / "dbt" / "target" / "manifest.json").read_text())
    return Built(workspace, output.read_text(), manifest)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The known patients with 2 threads, unit and data tests included."""
    return build_once(tmp_path_factory, "two_threads", known_patients(), threads=2)


@pytest.fixture(scope="session")
def built_otherwise(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The same patients with their rows in reverse order, with 1 thread."""
    rows = {table: listed[::-1] for table, listed in known_patients().items()}
    skipped = ("--exclude-resource-type", "test", "unit_test")
    return build_once(tmp_path_factory, "one_thread", rows, *skipped, threads=1)
