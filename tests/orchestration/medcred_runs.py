"""Running `medcred` as a user would, and what it left behind.

Belongs here: the command (as a process, or in this process where a library's import would be paid
twice), its environment, the folders of one enclave. Does not belong here: fixtures, assertions.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from evaluators.catalogue import load_catalogue
from evaluators.grader_audit.audit import GraderAudit, audit_grader
from orchestration.workspace import Workspace

PROJECT = Path(__file__).resolve().parents[2]
MEDCRED = str(Path(sys.executable).with_name("medcred"))

# Stands in for dbt where rows that it has tested are built once more.
BUILDING_DBT = """#!{python}
import os, sys
arguments = sys.argv[1:]
if "unit_test" in arguments:
    arguments.insert(arguments.index("unit_test"), "test")
os.execv({dbt!r}, [{dbt!r}, *arguments])
"""


@dataclass(frozen=True)
class Told:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Enclave:
    """Folders of one installation, and the candidates that it examines."""

    home: Path
    public: Path
    candidates: Path

    def environment(self, **more: str) -> dict[str, str]:
        """The process environment without any MEDCRED_ variable but this enclave's."""
        kept = {name: value for name, value in os.environ.items() if "MEDCRED_" not in name}
        return {
            **kept,
            "MEDCRED_HOME": str(self.home),
            "MEDCRED_PUBLIC": str(self.public),
            "MEDCRED_CANDIDATES": str(self.candidates),
            "COLUMNS": "200",
            "NO_COLOR": "1",
            **more,
        }

    def workspace(self) -> Workspace:
        """The only workspace of the enclave."""
        (folder,) = (self.home / "sources").iterdir()
        return Workspace(self.home, folder.name)

    def standings(self) -> dict[str, Any]:
        return json.loads(self.workspace().standings.read_text())

    def digests(self) -> dict[str, str]:
        """Category to the digest of its scenario set, from the manifests' own bytes."""
        from evaluators.scenario_sets import read_manifest

        sets = sorted(self.workspace().folder.glob("scenario_sets/*/manifest.json"))
        return {path.parent.name: read_manifest(path.parent).digest for path in sets}

    def scores(self) -> dict[str, bytes]:
        """Every scores file by `category/candidate`."""
        root = self.workspace().folder / "examinations"
        return {
            path.relative_to(root).parts[0] + "/" + path.relative_to(root).parts[1]: (
                path.read_bytes()
            )
            for path in sorted(root.glob("*/*/*/scores.json"))
        }

    def copy(self, into: Path, **changes: Path) -> Enclave:
        """Another enclave with the same content; landed tables are links into the copy."""
        shutil.copytree(self.home, into / "home", symlinks=True)
        for link in (into / "home").rglob("*"):
            if link.is_symlink() and link.readlink().is_relative_to(self.home):
                inside = link.readlink().relative_to(self.home)
                link.unlink()
                link.symlink_to(into / "home" / inside)
        if self.public.is_dir():
            shutil.copytree(self.public, into / "public")
        kept = {"candidates": self.candidates, **changes}
        return Enclave(into / "home", into / "public", kept["candidates"])


def run_process(enclave: Enclave, *arguments: str, **environment: str) -> Told:
    """Run `medcred` as a process of its own."""
    done = subprocess.run(
        [MEDCRED, *arguments],
        cwd=PROJECT,
        env=enclave.environment(**environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=540,
    )
    return Told(done.returncode, done.stdout, done.stderr)


def run_here(
    enclave: Enclave,
    *arguments: str,
    in_memory: bool = True,
    with_dbt_tests: bool = True,
    **environment: str,
) -> Told:
    """Run `medcred` in this process, which has the heavy libraries loaded already.

    Dagster's events stay in memory unless a test looks at them: writing the few thousand of a
    refresh one by one takes longer than everything else. One thread, unless a test asks for more:
    further processes import for ten seconds each, and most of these runs examine nobody. The
    grader, which is the same in every run of this process, is audited in the first. Without dbt's
    tests for rows that another run has tested.
    """
    import dagster as dg
    from typer.testing import CliRunner

    from orchestration.cli import app
    from orchestration.warehouse import DBT_EXECUTABLE

    with (
        pytest.MonkeyPatch.context() as patch,
        only_environment(enclave.environment(**{"MEDCRED_THREADS": "1", **environment})),
    ):
        if in_memory:
            patch.setattr(dg.DagsterInstance, "get", dg.DagsterInstance.ephemeral)
        patch.setattr("evaluators.grader_audit.audit.audit_grader", lambda _: _audited())
        if not with_dbt_tests:
            building = enclave.home.parent / "dbt"
            building.write_text(BUILDING_DBT.format(python=sys.executable, dbt=DBT_EXECUTABLE))
            building.chmod(0o755)
            from orchestration.defs.warehouse import assets as warehouse

            patch.setattr(warehouse, "DBT_EXECUTABLE", str(building))
        result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Told(result.exit_code, result.stdout, result.stderr)


@cache
def _audited() -> GraderAudit:
    return audit_grader(load_catalogue())


@contextmanager
def only_environment(environment: dict[str, str]) -> Iterator[None]:
    """Let this process have `environment`, and afterwards what it had before."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def once(
    factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Told]
) -> tuple[Path, Told]:
    """Make a folder under a lock, or take the one that another worker has made."""
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder, record = shared / name, shared / f"{name}.json"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not record.is_file():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            told = make(folder)
            record.write_text(json.dumps([told.code, told.out, told.err]))
    return folder, Told(*json.loads(record.read_text()))


def write_candidates(path: Path, *names: str) -> Path:
    """A candidates file with some of the reference candidates."""
    entries = [
        f"  - {{id: reference/{name}, model: reference/{name}, assurance: {{level: code}},"
        " egress: {kind: local}}"
        for name in names
    ]
    path.write_text("\n".join(["candidates:", *entries]) + "\n")
    return path
