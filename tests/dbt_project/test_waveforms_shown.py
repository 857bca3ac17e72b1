"""A waveform that was read reaches the text of its electrocardiogram; else nothing changes."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import numpy as np
import pytest
from dbt_runs import Built, run_dbt
from landed_workspace import known_patients, write_landed

from sources.landing import land_table
from sources.releases import MARKER, find_source
from sources.synthetic.ecg.wfdb_record import header_file, signal_file
from sources.waveforms import land_waveforms

STUDY = 40_000_001
"""The electrocardiogram of the first known patient."""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The record list of the known patients, and a waveform of 75 beats a minute."""
    root = tmp_path_factory.mktemp("ecg")
    (root / MARKER).write_text(json.dumps({"generator": "test", "patients": 10, "seed": 7}))
    folder = root / "mimic-iv-ecg" / "1.0"
    at = np.arange(5000) / 500
    lead = sum(np.exp(-(((at - beat) / 0.022) ** 2)) for beat in np.arange(0.3, 9.8, 0.8))
    samples = np.stack([np.round(240 * lead).astype(np.int16)] * 12)
    path = folder / "files" / "p1" / str(STUDY)
    path.parent.mkdir(parents=True)
    path.with_suffix(".dat").write_bytes(signal_file(samples))
    path.with_suffix(".hea").write_bytes(header_file(path.name, 1, 60, samples))
    (folder / "record_list.csv").write_text(
        "subject_id,study_id,file_name,ecg_time,path\n"
        f"1,{STUDY},{STUDY},2150-01-01 08:10:00,files/p1/{STUDY}\n"
    )
    return root


def test_a_waveform_that_was_read_is_told_after_the_machine(release: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    write_landed(workspace, known_patients())
    source = find_source(release)
    land_table(source, "ecg", "record_list", tmp_path / "home", workspace)
    land_waveforms(source, tmp_path / "home", workspace, measure=True)
    no_tests = ("--exclude-resource-type", "test", "unit_test")
    done = run_dbt(workspace, "build", "--select", "+int_ecg__read", *no_tests)
    assert done.returncode == 0, done.stdout[-6000:]
    with duckdb.connect(str(workspace / "warehouse.duckdb"), read_only=True) as connection:
        told = connection.execute(
            "select distinct study_id, value_text from intermediate.int_ecg__read"
        ).fetchall()
    assert told == [
        (STUDY, "Sinus rhythm; Borderline ECG; waveform: rate 75/min, RR 800 ms (SD 0)")
    ]


def test_without_being_asked_for_nothing_is_told(built: Built) -> None:
    told = built.rows("select distinct value_text from {evidence} where kind = 'ecg'")
    assert told == [("Sinus rhythm; Borderline ECG",)]
