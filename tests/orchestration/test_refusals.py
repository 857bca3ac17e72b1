"""A check that blocks and a file that changed: nothing is frozen, and one sentence says why."""

from __future__ import annotations

import gzip
import os
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import Ran
from medcred_runs import Enclave, run_here

LATE_HOURS = 765.4321

# Stands in for dbt: builds the marts only, then spoils one, as a wrong SQL change would.
SPOILING_DBT = """#!{python}
import os, subprocess, sys
import polars as pl
arguments = sys.argv[1:]
if "build" in arguments:
    # In the place of the selection that is there: dbt would build all that either names.
    arguments[arguments.index("--select") + 1] = "path:models/marts"
code = subprocess.run([{dbt!r}, *arguments]).returncode
if "build" in arguments:
    path = os.path.join(os.environ["MEDCRED_WORKSPACE"], "marts", "evidence.parquet")
    evidence = pl.read_parquet(path)
    late = pl.when(pl.int_range(pl.len()) < 3).then({late}).otherwise("available_hours")
    evidence.with_columns(late.alias("available_hours")).write_parquet(path)
sys.exit(code)
"""


def state(enclave: Enclave) -> dict[str, bytes]:
    """What must outlive a failed run: sets, scores, standings, publication."""
    folder = enclave.workspace().folder
    kept = [
        *folder.glob("scenario_sets/*/*"),
        *folder.glob("examinations/*/*/*/*"),
        folder / "standings.json",
        *(path for path in enclave.public.rglob("*") if path.is_file()),
    ]
    return {str(path): path.read_bytes() for path in kept}


def test_evidence_beyond_the_decision_time_is_never_frozen(
    ran: Ran, definitions: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.defs.warehouse import assets as warehouse

    enclave = ran.enclave.copy(tmp_path)
    before = state(enclave)
    stamps = {path: Path(path).stat().st_mtime_ns for path in before}
    spoiling = tmp_path / "dbt"
    spoiling.write_text(
        SPOILING_DBT.format(python=sys.executable, dbt=warehouse.DBT_EXECUTABLE, late=LATE_HOURS)
    )
    spoiling.chmod(0o755)
    monkeypatch.setattr(warehouse, "DBT_EXECUTABLE", str(spoiling))

    told = run_here(enclave, "run", "--source", str(ran.raw))

    spoilt = pl.read_parquet(enclave.workspace().marts / "evidence.parquet")
    assert (spoilt["available_hours"] == LATE_HOURS).sum() == 3
    assert told.code == 1
    assert "marts/evidence: pandera_evidence" in told.err
    assert "available_hours" in told.err
    assert "(3)" in told.err
    assert str(LATE_HOURS) not in told.out + told.err
    assert "Traceback" not in told.out + told.err
    assert len(told.err.strip().splitlines()) == 1
    assert state(enclave) == before
    assert {path: Path(path).stat().st_mtime_ns for path in before} == stamps


def test_file_that_changed_after_the_download_stops_the_run(
    ran: Ran, definitions: Any, tmp_path: Path
) -> None:
    enclave = ran.enclave.copy(tmp_path)
    raw = tmp_path / "raw"
    copy_with_links(ran.raw, raw)
    changed = raw / "mimiciv" / "3.1" / "hosp" / "admissions.csv.gz"
    content = gzip.decompress(changed.read_bytes())
    changed.unlink()
    changed.write_bytes(gzip.compress(content, compresslevel=1, mtime=1))
    before = state(enclave)
    landed = enclave.workspace().landed / "hosp" / "admissions"
    record, table = landed.with_suffix(".json"), landed.with_suffix(".parquet")
    landing = record.read_bytes(), table.read_bytes()

    told = run_here(enclave, "run", "--source", str(raw))

    assert told.code == 1
    assert len(told.err.strip().splitlines()) == 1
    assert "admissions.csv.gz" in told.err
    assert "SHA256SUMS" in told.err
    assert "Traceback" not in told.out + told.err
    assert (record.read_bytes(), table.read_bytes()) == landing
    assert state(enclave) == before


def copy_with_links(source: Path, target: Path) -> None:
    """A copy whose files are the same files until one is replaced."""
    for path in source.rglob("*"):
        if path.is_file():
            copied = target / path.relative_to(source)
            copied.parent.mkdir(parents=True, exist_ok=True)
            os.link(path, copied)
