"""Running dbt as a user would, and what it left behind.

Belongs here: the command, the environment, the result. Does not belong here: fixtures, assertions.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from landed_workspace import DBT_PROJECT

COHORTS = tuple(
    sorted(
        path.relative_to(DBT_PROJECT / "models" / "cohorts").with_suffix("").as_posix()
        for path in (DBT_PROJECT / "models" / "cohorts").glob("*/*.sql")
    )
)
RELEASE = "hand-made 1"
MODULES = ("hosp", "icu", "ed", "note", "cxr", "ecg", "echo", "pulseox")


def run_dbt(
    workspace: Path,
    *arguments: str,
    threads: int = 2,
    cohorts: str = ",".join(COHORTS),
    modules: str = ",".join(MODULES),
    release: str = RELEASE,
) -> subprocess.CompletedProcess[str]:
    """Run dbt on a workspace as a user would."""
    environment = {
        **os.environ,
        "MEDCRED_WORKSPACE": str(workspace),
        "MEDCRED_RELEASE": release,
        "MEDCRED_MODULES": modules,
        "MEDCRED_COHORTS": cohorts,
        "MEDCRED_THREADS": str(threads),
        "DBT_TARGET_PATH": str(workspace / "dbt" / "target"),
        "DBT_LOG_PATH": str(workspace / "dbt" / "logs"),
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
    }
    return subprocess.run(
        [str(Path(sys.executable).with_name("dbt")), *arguments],
        cwd=DBT_PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@dataclass(frozen=True)
class Built:
    """A workspace in which dbt has run."""

    workspace: Path
    output: str
    manifest: dict[str, Any]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query over the exported marts (`{scenarios}`, ...)."""
        files = {path.stem: f"'{path}'" for path in (self.workspace / "marts").glob("*.parquet")}
        with duckdb.connect() as connection:
            return connection.execute(sql.format(**files)).fetchall()
