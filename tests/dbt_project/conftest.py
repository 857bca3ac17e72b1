"""Fixtures of the dbt project's tests: one real `dbt build` a session."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from dbt_runs import Built, run_dbt
from landed_workspace import known_patients, write_landed


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep these tests on one worker, so that dbt builds once however many there are."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("dbt"))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """`dbt build` on the known patients, with 2 threads, unit and data tests included."""
    workspace = tmp_path_factory.mktemp("two_threads")
    write_landed(workspace, known_patients())
    done = run_dbt(workspace, "build")
    assert done.returncode == 0, done.stdout[-6000:]
    manifest = json.loads((workspace / "dbt" / "target" / "manifest.json").read_text())
    return Built(workspace, done.stdout, manifest)


@pytest.fixture(scope="session")
def built_otherwise(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The same patients with their rows in reverse order, with 1 thread."""
    workspace = tmp_path_factory.mktemp("one_thread")
    write_landed(workspace, {table: rows[::-1] for table, rows in known_patients().items()})
    done = run_dbt(workspace, "build", "--exclude-resource-type", "test", "unit_test", threads=1)
    assert done.returncode == 0, done.stdout[-6000:]
    manifest = json.loads((workspace / "dbt" / "target" / "manifest.json").read_text())
    return Built(workspace, done.stdout, manifest)
