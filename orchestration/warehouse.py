"""How dbt is run: its environment, its manifest, its command line.

Belongs here: everything about starting dbt that does not need Dagster. Does not belong here: SQL
(`dbt_project`), the assets (`defs.warehouse`).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestration.settings import PROJECT

DBT_PROJECT = PROJECT / "dbt_project"
DBT_EXECUTABLE = str(Path(sys.executable).with_name("dbt"))
COHORTS = DBT_PROJECT / "models" / "cohorts"


class ManifestError(Exception):
    """The dbt project does not parse."""


def cohorts() -> tuple[str, ...]:
    """Every cohort file as `category/condition`, sorted. The files are the list."""
    return tuple(
        sorted(
            path.relative_to(COHORTS).with_suffix("").as_posix() for path in COHORTS.glob("*/*.sql")
        )
    )


def dbt_environment(
    workspace: Path, *, release: str, modules: tuple[str, ...], threads: int
) -> dict[str, str]:
    """Variables that the dbt project reads, for one workspace folder.

    Target and log folders lie in the workspace: a failed cast writes values into them.
    """
    return {
        "MEDCRED_WORKSPACE": str(workspace),
        "MEDCRED_RELEASE": release,
        "MEDCRED_MODULES": ",".join(modules),
        "MEDCRED_COHORTS": ",".join(cohorts()),
        "MEDCRED_THREADS": str(threads),
        "DBT_TARGET_PATH": str(workspace / "dbt" / "target"),
        "DBT_LOG_PATH": str(workspace / "dbt" / "logs"),
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def run_dbt(arguments: list[str], environment: Mapping[str, str]) -> int:
    """Run dbt as a subprocess in the project folder; returns its exit code."""
    command = [DBT_EXECUTABLE, *arguments]
    return subprocess.run(command, cwd=DBT_PROJECT, env={**os.environ, **environment}).returncode


def manifest_path(home: Path) -> Path:
    """The parsed manifest of the project as it stands, parsed anew when a file has changed.

    Parsing happens under a lock, so that processes which start together parse once.

    Raises:
        ManifestError: when dbt cannot parse the project; dbt's own words are in the text (they
            speak of SQL and YAML, never of data: parsing reads no table).
    """
    folder = home / "dbt-manifest"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        manifest, stamp = folder / "manifest.json", folder / "fingerprint"
        fingerprint = _fingerprint()
        if manifest.is_file() and stamp.is_file() and stamp.read_text() == fingerprint:
            return manifest
        environment = {
            **dbt_environment(folder, release="none", modules=("hosp", "icu", "ed"), threads=1),
            "DBT_TARGET_PATH": str(folder),
            "DBT_LOG_PATH": str(folder),
        }
        done = subprocess.run(
            [DBT_EXECUTABLE, "--quiet", "parse"],
            cwd=DBT_PROJECT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise ManifestError(f"The dbt project does not parse:\n{done.stdout}{done.stderr}")
        stamp.write_text(fingerprint)
        return manifest


def kinds_of_categories(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Category to kind of its scenarios, sorted, from the metadata of dbt's models.

    A model with the tag `cohort` is of kind `admission`; one with the tag `task` names its kind
    and its category or categories.
    """
    found: dict[str, str] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model":
            continue
        meta = node["config"]["meta"]
        if "cohort" in node["tags"]:
            found[str(meta["category"])] = "admission"
        elif "task" in node["tags"]:
            named = meta.get("categories") or [meta["category"]]
            found.update({str(category): str(meta["kind"]) for category in named})
    return dict(sorted(found.items()))


def load_manifest(home: Path) -> dict[str, Any]:
    """The manifest's content (see `manifest_path`)."""
    content: dict[str, Any] = json.loads(manifest_path(home).read_text())
    return content


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(DBT_PROJECT.rglob("*")):
        if path.suffix in {".sql", ".yml", ".csv", ".md"} and "target" not in path.parts:
            stat = path.stat()
            digest.update(
                f"{path.relative_to(DBT_PROJECT)}|{stat.st_size}|{stat.st_mtime_ns}\n".encode()
            )
    return digest.hexdigest()
