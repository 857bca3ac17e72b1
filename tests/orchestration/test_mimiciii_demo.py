"""The open demo of MIMIC-III with its supplement, from the published files to the registry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from medcred_runs import Enclave, Told, once, run_here, write_candidates

pytestmark = pytest.mark.demo

RELEASE = "mimic-iii-clinical-database-demo-1.4"


@pytest.fixture(scope="session")
def mimiciii(
    tmp_path_factory: pytest.TempPathFactory, demo_root: Path, definitions: Any
) -> Enclave:
    """The demo of MIMIC-III, run once."""

    def enclave(folder: Path) -> Enclave:
        return Enclave(folder / "home", folder / "public", folder / "candidates.yaml")

    def run(folder: Path) -> Told:
        write_candidates(folder / "candidates.yaml", "commonest")
        return run_here(
            enclave(folder),
            *("run", "--source", str(demo_root / RELEASE)),
            *("--supplement", str(demo_root / "derived" / RELEASE)),
        )

    folder, told = once(tmp_path_factory, "ran_mimiciii", run)
    assert told.code == 0, told.out + told.err
    return enclave(folder)


def test_attrition_adds_up_to_all_admissions(mimiciii: Enclave) -> None:
    rows = pl.DataFrame(json.loads(run_here(mimiciii, "attrition", "--json").out))
    assert set(rows.group_by("condition_id").agg(pl.sum("admissions"))["admissions"]) == {129}
    assert rows.filter(pl.col("rule_id") == "selected")["admissions"].sum() > 0


def test_every_scenario_names_the_release(mimiciii: Enclave) -> None:
    scenarios = pl.read_parquet(mimiciii.workspace().marts / "scenarios.parquet")
    assert set(scenarios["release"]) == {"mimiciii-demo 1.4"}
    # The preliminary diagnosis of the admission is no complaint, and the demo has no notes.
    assert scenarios["chief_complaint"].null_count() == len(scenarios)


def test_both_systems_of_charting_are_evidence(mimiciii: Enclave) -> None:
    evidence = pl.read_parquet(mimiciii.workspace().marts / "evidence.parquet")
    tests = set(evidence["test_id"])
    assert {"lab_creat", "lab_k", "vital_hr", "vital_sbp", "vital_gcs"} <= tests
    assert evidence.filter(pl.col("available_hours") < pl.col("taken_hours")).is_empty()


def test_publication_verifies(mimiciii: Enclave) -> None:
    folder = mimiciii.public / mimiciii.workspace().slug
    assert run_here(mimiciii, "registry", "verify", str(folder)).code == 0
