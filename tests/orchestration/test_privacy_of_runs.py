"""What patients' records say stays in the private files: no log, no page, no event holds it."""

from __future__ import annotations

import gzip
import io
import json
import logging
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import Ran
from medcred_runs import Enclave, only_environment, run_here
from planted_release import (
    CANARY,
    COMMENT_CANARY,
    COMPLAINT_CANARY,
    CONTROL_VALUE,
    DRUG_CANARY,
    refresh_checksums,
)

from orchestration.masking import LOGGER

FORBIDDEN = (CANARY.encode(), CONTROL_VALUE.encode())


def holders(folder: Path) -> list[str]:
    """Files in which a canary stands, as text of either width."""
    wide = tuple(text.decode().encode("utf-16-le") for text in FORBIDDEN)
    return [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and any(text in path.read_bytes() for text in (*FORBIDDEN, *wide))
    ]


def test_canaries_reached_the_private_files(ran: Ran) -> None:
    import polars as pl

    landed = ran.enclave.workspace().landed / "hosp"
    assert COMMENT_CANARY in pl.read_parquet(landed / "labevents.parquet")["comments"]
    assert DRUG_CANARY in pl.read_parquet(landed / "prescriptions.parquet")["drug"]
    sets = ran.enclave.workspace().folder / "scenario_sets"
    assert COMPLAINT_CANARY in (sets / "cardiology" / "scenarios.jsonl").read_text()


def test_dagsters_home_holds_no_canary(ran: Ran) -> None:
    assert list((ran.enclave.home / "dagster").rglob("*.db"))
    assert holders(ran.enclave.home / "dagster") == []


def test_publication_holds_no_canary(ran: Ran) -> None:
    assert list(ran.enclave.public.rglob("index.html"))
    assert holders(ran.enclave.public) == []


def test_output_of_the_run_holds_no_canary(ran: Ran) -> None:
    assert CANARY not in ran.told.out + ran.told.err
    assert CONTROL_VALUE not in ran.told.out + ran.told.err


def test_logs_of_dbt_hold_no_canary(ran: Ran) -> None:
    assert (ran.enclave.workspace().dbt / "target" / "run_results.json").is_file()
    assert holders(ran.enclave.workspace().dbt) == []


def test_only_presentation_and_evidence_hold_what_was_recorded(ran: Ran) -> None:
    workspace = ran.enclave.workspace().folder
    kept = re.compile(r"scenario_sets/\w+/(scenarios|evidence)\.jsonl|landed/.+|marts/.+\.parquet")
    allowed = {"warehouse.duckdb"}
    strangers = [n for n in holders(workspace) if not kept.fullmatch(n) and n not in allowed]
    assert strangers == []


def test_a_refused_value_is_not_quoted_anywhere(ran: Ran, definitions: Any, tmp_path: Path) -> None:
    enclave = ran.enclave.copy(tmp_path)
    before = enclave.standings(), enclave.digests()
    shutil.copytree(ran.raw, tmp_path / "raw")
    triage = tmp_path / "raw" / "mimic-iv-ed" / "2.2" / "ed" / "triage.csv.gz"
    header, first, *rest = gzip.decompress(triage.read_bytes()).decode().splitlines(True)
    cells = first.split(",")
    cells[header.split(",").index("heartrate")] = f"{CANARY}RATE"
    triage.write_bytes(gzip.compress("".join([header, ",".join(cells), *rest]).encode()))
    refresh_checksums(tmp_path / "raw")
    told = run_here(enclave, "run", "--source", str(tmp_path / "raw"), in_memory=False)
    assert told.code == 1
    assert "triage" in told.err
    assert "Traceback" not in told.out + told.err
    assert CANARY not in told.out + told.err
    assert holders(enclave.home / "dagster") == []
    assert (enclave.standings(), enclave.digests()) == before
    landing = json.loads((enclave.workspace().landed / "ed" / "triage.json").read_text())
    assert landing["rows"] == len(rest) + 1


def test_text_of_an_unforeseen_error_reaches_nobody(
    ran: Ran,
    definitions: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    from orchestration.defs.credential import assets as credential

    def quoting(*_: object, **__: object) -> None:
        raise KeyError(f"no row for {CANARY}")

    enclave = ran.enclave.copy(tmp_path)
    monkeypatch.setattr(credential, "apply_policy", quoting)
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    # Dagster's own handlers may write to a stream of an earlier test.
    logging.getLogger(LOGGER).addHandler(handler)
    try:
        assert "unexpected error" in publish_alone(enclave)
    finally:
        logging.getLogger(LOGGER).removeHandler(handler)
    captured = capfd.readouterr()
    (line,) = written.getvalue().splitlines()
    assert "KeyError at orchestration/defs/credential/assets.py:" in line
    assert CANARY not in captured.out + captured.err + line
    assert holders(enclave.home / "dagster") == []


def publish_alone(enclave: Enclave) -> str:
    """Run the job `publish` as the command line would; why it failed, in its words."""
    import dagster as dg

    from orchestration.defs import build_defs
    from orchestration.execution import prepare, reason
    from orchestration.progress import LogReporter
    from orchestration.settings import Settings

    with only_environment(enclave.environment()):
        settings = Settings()
        prepare(settings)
        resources = {"settings": settings, "reporter": LogReporter()}
        job = build_defs(resource_overrides=resources).resolve_job_def("publish")
        with dg.DagsterInstance.get() as instance:
            result = job.execute_in_process(instance=instance, raise_on_error=False)
        assert not result.success
        return reason("publish", result, ())
