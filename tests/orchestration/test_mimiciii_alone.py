"""A source whose admissions are MIMIC-III's: which release is examined, which modules it has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestration.workspace import (
    NoActiveSourceError,
    base_release,
    is_mimiciii,
    landed_modules,
)
from sources.releases import MARKER, find_source, synthetic_release


def _files(root: Path, folder: str, *names: str) -> Path:
    (root / folder).mkdir(parents=True)
    for name in names:
        path = root / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    return root


def test_mimiciii_alone_is_examined_with_the_modules_that_it_provides(tmp_path: Path) -> None:
    source = find_source(
        _files(tmp_path, "mimiciii/1.4", "ADMISSIONS.csv.gz", "ICUSTAYS.csv", "NOTEEVENTS.csv.gz")
    )
    assert base_release(source) == "mimiciii 1.4"
    assert landed_modules(source) == ("echo", "hosp", "icu", "note")


def test_notes_that_are_published_without_rows_provide_nothing(tmp_path: Path) -> None:
    source = find_source(
        _files(tmp_path, "mimiciii-demo/1.4", "ADMISSIONS.csv", "ICUSTAYS.csv", "NOTEEVENTS.csv")
    )
    assert base_release(source) == "mimiciii-demo 1.4"
    assert landed_modules(source) == ("hosp", "icu")


def test_modules_of_other_patients_are_not_those_of_mimiciii(tmp_path: Path) -> None:
    _files(tmp_path, "mimiciii/1.4", "ADMISSIONS.csv.gz", "ICUSTAYS.csv.gz")
    source = find_source(_files(tmp_path, "mimic-iv-ed/2.2", "ed/edstays.csv.gz"))
    assert is_mimiciii(source)
    assert landed_modules(source) == ("hosp", "icu")


def test_beside_mimiciv_its_admissions_are_not_examined(tmp_path: Path) -> None:
    _files(tmp_path, "mimiciii/1.4", "ADMISSIONS.csv.gz", "ICUSTAYS.csv.gz")
    source = find_source(_files(tmp_path, "mimiciv/3.1", "hosp/admissions.csv.gz"))
    assert not is_mimiciii(source)
    assert base_release(source) == "mimiciv 3.1"
    assert landed_modules(source) == ("hosp", "mimiciii")


def test_generated_mimiciii_is_told_from_generated_mimiciv(tmp_path: Path) -> None:
    root = _files(tmp_path, "mimiciii/1.4", "ADMISSIONS.csv.gz")
    version = synthetic_release().version
    marker = {"generator": f"synthetic {version}", "patients": 30, "seed": 7, "modules": []}
    (root / MARKER).write_text(json.dumps(marker))
    source = find_source(root)
    assert base_release(source) == f"synthetic-mimiciii {version}"
    assert source.slug == "synthetic-mimiciii-30-7"


def test_mimiciii_without_admissions_says_which_table_is_missing(tmp_path: Path) -> None:
    source = find_source(_files(tmp_path, "mimiciii/1.4", "ICUSTAYS.csv.gz"))
    with pytest.raises(NoActiveSourceError, match=r"has no table mimiciii\.admissions"):
        base_release(source)


def test_a_module_without_admissions_says_which_table_is_missing(tmp_path: Path) -> None:
    source = find_source(_files(tmp_path, "mimic-iv-ecg/1.0", "record_list.csv"))
    with pytest.raises(NoActiveSourceError, match=r"has no table hosp\.admissions"):
        base_release(source)
