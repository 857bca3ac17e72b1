"""The raw contracts: complete, checked when loaded, and with digests of what matters only."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_contracts.raw_contracts import Column, ContractError, load_contracts

ONE = """\
module: ed
description: Emergency department.
tables:
  - name: triage
    description: Triage.
    grain: one row a stay
    primary_key: [stay_id]
    columns:
      - {name: stay_id, type: INTEGER, required: true}
      - {name: pain, type: VARCHAR(10)}
"""


def _load(folder: Path, text: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "ed.yml").write_text(text)
    load_contracts.cache_clear()
    return load_contracts(folder)["ed"].tables[0].sha256


def test_every_table_of_every_module_has_a_contract() -> None:
    contracts = load_contracts()
    assert {name: len(module.tables) for name, module in contracts.items()} == {
        "cxr": 8,
        "ecg": 4,
        "echo": 2,
        "ed": 6,
        "hosp": 22,
        "icu": 9,
        "mimiciii": 26,
        "note": 4,
        "pulseox": 1,
    }


def test_digests_are_distinct() -> None:
    tables = [table for module in load_contracts().values() for table in module.tables]
    assert len({table.sha256 for table in tables}) == len(tables) == 82


def test_columns_keep_the_order_of_the_file_and_their_types() -> None:
    table = load_contracts()["hosp"].table("patients")
    assert table.header == (
        "subject_id", "gender", "anchor_age", "anchor_year", "anchor_year_group", "dod",
    )  # fmt: skip
    assert table.columns[-1] == Column("dod", "DATE", False)
    assert table.names("smallint", "date") == ("anchor_age", "anchor_year", "dod")
    assert load_contracts()["hosp"].table("pharmacy").names("double") == (
        "basal_rate", "doses_per_24_hrs", "duration",
    )  # fmt: skip


def test_a_table_lies_in_the_folder_of_its_module_unless_its_contract_says_where() -> None:
    contracts = load_contracts()
    assert contracts["hosp"].table("patients").file_name == "hosp/patients.csv.gz"
    films = contracts["cxr"].table("metadata")
    assert films.file_name == "mimic-cxr-2.0.0-metadata.csv.gz"
    assert films.release == "mimic-cxr-jpg"
    assert contracts["cxr"].table("study_list").release == "mimic-cxr"
    assert contracts["mimiciii"].table("admissions").file_name == "ADMISSIONS.csv.gz"


def test_header_line_is_spelled_as_the_file_spells_it() -> None:
    contracts = load_contracts()
    labels = contracts["cxr"].table("chexpert")
    assert labels.file_header.startswith("subject_id,study_id,Atelectasis,Cardiomegaly,")
    assert "enlarged_cardiomediastinum" in labels.header
    assert "Enlarged Cardiomediastinum" in labels.file_header.split(",")
    assert "Airspace Opacity" in contracts["cxr"].table("test_set_labeled").file_header
    assert (
        contracts["icu"]
        .table("procedureevents")
        .file_header.endswith("ORIGINALAMOUNT,ORIGINALRATE")
    )


def test_every_column_of_the_pulse_oximetry_dictionary_is_there() -> None:
    header = load_contracts()["pulseox"].table("pulseox_data").file_header.split(",")
    assert header[:6] == ["subject_id", "stay_id", "SaO2_timestamp", "SaO2", "delta_SpO2", "SpO2"]
    assert header[-2:] == ["delta_heart_rhythm", "heart_rhythm"]
    assert len(header) == 138


def test_unknown_table_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="no table nosuch"):
        load_contracts()["ed"].table("nosuch")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Triage.", "Triage on arrival."),
        ("VARCHAR(10)", "TEXT"),
        ("a stay", "an ED stay"),
        ("VARCHAR(10)", "VARCHAR(10), header: Pain Score"),
        ("name: triage", "name: triage\n    file: TRIAGE.csv\n    columns_by_name: true"),
    ],
)
def test_digest_ignores_what_does_not_change_the_landing(
    tmp_path: Path, old: str, new: str
) -> None:
    assert _load(tmp_path / "a", ONE) == _load(tmp_path / "b", ONE.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("VARCHAR(10)", "INTEGER"),
        ("VARCHAR(10)", "VARCHAR(10), required: true"),
        ("name: pain", "name: hurt"),
        ("[stay_id]", "[]"),
        ("name: triage", "name: arrival"),
    ],
)
def test_digest_follows_what_changes_the_landing(tmp_path: Path, old: str, new: str) -> None:
    assert _load(tmp_path / "a", ONE) != _load(tmp_path / "b", ONE.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("module: ed", "module: icu", "does not match the file name"),
        ("    grain: one row a stay\n", "", "expected the fields"),
        ("VARCHAR(10)", "BLOB", "unknown type 'BLOB'"),
        ("name: pain", "name: Pain", "not a lower-case column name"),
        ("name: pain", "name: stay_id", "twice"),
        ("[stay_id]", "[pain]", "key column 'pain' is not a required column"),
        ("required: true", "required: maybe", "required is true or false"),
        ("required: true", "nullable: false", "exactly name, type"),
        ("VARCHAR(10)", "TEXT, header: 'a,b'", "without commas and quotes"),
        ("name: triage", "name: triage\n    file: ../triage.txt", "ends in .csv"),
        ("name: triage", "name: triage\n    columns_by_name: 1", "columns_by_name is true or"),
        ("name: triage", "name: triage\n    nosuch: 1", "expected the fields"),
    ],
)
def test_faulty_contract_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(ContractError, match=words):
        _load(tmp_path, ONE.replace(old, new))


def test_folder_without_contracts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="no raw contracts"):
        load_contracts(tmp_path)
