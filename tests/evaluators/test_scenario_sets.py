from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluators import _scenario_folder
from evaluators.canonical import canonical_json, sha256_file
from evaluators.scenario_sets import (
    EvidenceTimeError,
    Manifest,
    MartError,
    ScenarioSet,
    ScenarioSetError,
    TamperedSetError,
    freeze,
    load,
    load_presentations,
    load_truths,
    read_manifest,
    verify_files,
)

PROJECT = Path(__file__).resolve().parents[2]
SETTINGS: dict[str, Any] = {
    "releases": ("synthetic 1",),
    "tier": "open",
    "modules": ("icu", "hosp", "ed"),
    "unverified_tables": (),
}
Rows = dict[str, list[dict[str, Any]]]
Write = Callable[..., Path]


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "scenario_sets" / "cardiology"


def frozen(rows: Rows, write: Write, into: Path, **changes: Any) -> Manifest:
    return freeze(write(rows), "cardiology", into, **{**SETTINGS, **changes})


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_loaded_set_holds_what_the_marts_held(small_set: ScenarioSet) -> None:
    assert len(small_set.scenarios) == 5
    assert small_set.manifest.conditions == {
        "nstemi": 3,
        "acute_heart_failure": 1,
        "atrial_fibrillation": 1,
    }
    key, scenario = next(iter(small_set.scenarios.items()))
    assert [item.test_id for item in scenario.evidence] == ["lab_tnt", "lab_k", "lab_tnt"]
    assert scenario.presentation.home_drugs == ("aspirin", "metoprolol")
    truth = small_set.truths[key]
    assert [diagnosis.seq for diagnosis in truth.diagnoses] == [1, 2]
    assert [test.test_id for test in truth.tests] == ["lab_k", "lab_ldl", "lab_tnt"]
    assert [row.action_id for row in small_set.actions_taken[key]] == [
        "drug_aspirin",
        "drug_statin",
    ]


def test_files_follow_the_format(small_set: ScenarioSet, into: Path) -> None:
    assert list(small_set.scenarios) == sorted(small_set.scenarios)
    lines = (into / "scenarios.jsonl").read_text().splitlines()
    first = json.loads(lines[1])
    assert list(first) == sorted(first)
    assert first["decision_hours"] == 24.3333  # rounded to 4 decimals
    assert ", " not in lines[1].replace("Chest pain", "")
    assert sha256_file(into / "manifest.json") == small_set.digest
    assert small_set.manifest.modules == ("ed", "hosp", "icu")


def test_ids_and_dates_of_the_source_are_not_frozen(small_set: ScenarioSet, into: Path) -> None:
    every = b"".join(contents(into).values())
    assert b"90000001" not in every
    assert b"80000001" not in every
    assert b"subject_id" not in every
    assert b"hadm_id" not in every


def test_row_order_changes_no_byte(mart_rows: Rows, write_marts: Write, tmp_path: Path) -> None:
    first = frozen(mart_rows, write_marts, tmp_path / "a")
    shuffled = {mart: random.Random(7).sample(rows, len(rows)) for mart, rows in mart_rows.items()}
    for row in shuffled["ground_truth"]:
        row["tests"] = row["tests"][::-1]
        row["diagnoses"] = row["diagnoses"][::-1]
    for row in shuffled["scenarios"]:
        row["home_drugs"] = row["home_drugs"][::-1]
    second = frozen(shuffled, write_marts, tmp_path / "b")
    assert first.digest == second.digest
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_threads_and_hash_seed_change_no_byte(
    mart_rows: Rows, write_marts: Write, tmp_path: Path
) -> None:
    marts = write_marts(mart_rows)
    program = (
        "import sys; from pathlib import Path; from evaluators.scenario_sets import freeze; "
        "print(freeze(Path(sys.argv[1]), 'cardiology', Path(sys.argv[2]), releases=('r 1',), "
        "tier='open', modules=('hosp',), unverified_tables=()).digest)"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program, str(marts), str(tmp_path / f"set{threads}")],
            env={
                **os.environ,
                "POLARS_MAX_THREADS": str(threads),
                "PYTHONHASHSEED": str(threads),
                "PYTHONPATH": str(PROJECT),
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in (1, 2)
    }
    assert len(digests) == 1


def test_patient_with_several_scenarios_gives_one(
    mart_rows: Rows, write_marts: Write, into: Path
) -> None:
    for row in mart_rows["scenarios"][:3]:
        row["patient_key"] = "a" * 16
    manifest = frozen(mart_rows, write_marts, into)
    assert manifest.scenarios == 3
    kept = load(into).scenarios.values()
    assert sum(scenario.patient_key == "a" * 16 for scenario in kept) == 1


def test_cap_holds_for_each_condition(mart_rows: Rows, write_marts: Write, into: Path) -> None:
    manifest = frozen(mart_rows, write_marts, into, per_condition=1)
    assert set(manifest.conditions.values()) == {1}
    assert manifest.scenarios == 3


def test_a_new_patient_does_not_change_the_draw_of_others(
    mart_rows: Rows, write_marts: Write, tmp_path: Path
) -> None:
    frozen(mart_rows, write_marts, tmp_path / "all")
    fewer = {
        mart: [row for row in rows if not row["scenario_id"].endswith("4")]
        for mart, rows in mart_rows.items()
    }
    frozen(fewer, write_marts, tmp_path / "fewer")
    assert load(tmp_path / "fewer").scenarios.keys() < load(tmp_path / "all").scenarios.keys()


def test_category_without_scenarios_is_an_empty_set(
    mart_rows: Rows, write_marts: Write, tmp_path: Path
) -> None:
    manifest = freeze(write_marts(mart_rows), "neurology", tmp_path / "neurology", **SETTINGS)
    assert manifest.scenarios == 0
    assert load(tmp_path / "neurology").scenarios == {}
    assert (tmp_path / "neurology" / "evidence.jsonl").read_bytes() == b""


@pytest.mark.parametrize("column", ["available_hours", "taken_hours"])
@pytest.mark.parametrize("is_drawn", [True, False])
def test_evidence_after_the_decision_time_fails_the_freeze(
    mart_rows: Rows, write_marts: Write, into: Path, column: str, is_drawn: bool
) -> None:
    mart_rows["evidence"][0][column] = mart_rows["scenarios"][0]["decision_hours"] + 0.001
    if not is_drawn:  # the whole category is checked, not only what was drawn
        for row in mart_rows["scenarios"][:5]:
            row["patient_key"] = "a" * 16
    with pytest.raises(EvidenceTimeError, match="after the decision time"):
        frozen(mart_rows, write_marts, into)
    assert not into.exists()


@pytest.mark.parametrize(
    ("mart", "row", "column", "value", "said"),
    [
        ("evidence", 0, "value_num", float("nan"), "value_num is not finite"),
        ("evidence", 0, "ref_high", float("inf"), "ref_high is not finite"),
        ("evidence", 0, "available_hours", None, "available_hours is null"),
        ("evidence", 0, "taken_hours", float("-inf"), "taken_hours is null or not finite"),
        ("evidence", 0, "value_text", None, "value_text is null"),
        ("evidence", 0, "test_id", "lab_invented", "test_id has 1 ids"),
        ("evidence", 0, "scenario_id", "f" * 16, "unknown scenarios"),
        ("evidence", 1, "evidence_no", 1, "more than once"),
        ("scenarios", 0, "decision_hours", float("nan"), "decision_hours"),
        ("scenarios", 0, "scenario_id", f"{1:016x}", "twice"),
        ("scenarios", 0, "sex", "X", "sex"),
        ("scenarios", 0, "temperature_c", float("inf"), "not finite"),
        ("ground_truth", 0, "scenario_id", "f" * 16, "do not match"),
        ("ground_truth", 0, "condition_id", "cap", "condition_id"),
        ("actions_taken", 0, "action_id", "drug_invented", "action_id has 1 ids"),
        ("actions_taken", 1, "action_id", "drug_aspirin", "more than once"),
    ],
)
def test_broken_mart_is_not_frozen(
    mart_rows: Rows,
    write_marts: Write,
    into: Path,
    mart: str,
    row: int,
    column: str,
    value: Any,
    said: str,
) -> None:
    mart_rows[mart][row][column] = value
    with pytest.raises(MartError, match=said) as raised:
        frozen(mart_rows, write_marts, into)
    assert not into.exists()
    for secret in ("f" * 16, "invented", f"{1:016x}"):
        assert secret not in str(raised.value)


def test_missing_mart_is_named(mart_rows: Rows, write_marts: Write, into: Path) -> None:
    marts = write_marts(mart_rows)
    (marts / "evidence.parquet").unlink()
    with pytest.raises(MartError, match=r"evidence\.parquet"):
        freeze(marts, "cardiology", into, **SETTINGS)


def test_unreadable_mart_is_named(mart_rows: Rows, write_marts: Write, into: Path) -> None:
    marts = write_marts(mart_rows)
    (marts / "scenarios.parquet").write_bytes(b"not parquet")
    with pytest.raises(MartError, match=r"scenarios\.parquet cannot be read"):
        freeze(marts, "cardiology", into, **SETTINGS)


def test_same_content_leaves_the_folder_untouched(
    mart_rows: Rows, write_marts: Write, into: Path
) -> None:
    frozen(mart_rows, write_marts, into)
    before = {path.name: path.stat() for path in into.iterdir()}
    frozen(mart_rows, write_marts, into)
    after = {path.name: path.stat() for path in into.iterdir()}
    assert {name: (s.st_ino, s.st_mtime_ns) for name, s in before.items()} == {
        name: (s.st_ino, s.st_mtime_ns) for name, s in after.items()
    }


def test_changed_content_replaces_the_folder(
    mart_rows: Rows, write_marts: Write, into: Path
) -> None:
    first = frozen(mart_rows, write_marts, into)
    mart_rows["evidence"][0]["value_text"] = "9.9"
    second = frozen(mart_rows, write_marts, into)
    assert first.digest != second.digest
    assert load(into).digest == second.digest
    assert {path.name for path in into.parent.iterdir() if path.is_dir()} == {"cardiology"}


@pytest.mark.parametrize("renames_before_failure", [0, 1])
def test_failed_write_leaves_the_old_set(
    mart_rows: Rows,
    write_marts: Write,
    into: Path,
    monkeypatch: pytest.MonkeyPatch,
    renames_before_failure: int,
) -> None:
    first = frozen(mart_rows, write_marts, into)
    mart_rows["evidence"][0]["value_text"] = "9.9"
    rename = Path.rename
    calls = 0

    def fail_once(self: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls == renames_before_failure + 1:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_once)
    with pytest.raises(OSError, match="No space left"):
        frozen(mart_rows, write_marts, into)
    assert load(into).digest == first.digest


def test_leftovers_of_a_killed_freeze_are_replaced(
    mart_rows: Rows, write_marts: Write, into: Path
) -> None:
    leftover = into.parent / f".{into.name}.partial"
    leftover.mkdir(parents=True)
    (leftover / "scenarios.jsonl").write_bytes(b"torn")
    frozen(mart_rows, write_marts, into)
    assert not leftover.exists()
    assert load(into).manifest.scenarios == 5


def test_set_of_a_freeze_killed_between_renames_comes_back(
    mart_rows: Rows, write_marts: Write, into: Path
) -> None:
    frozen(mart_rows, write_marts, into)
    into.rename(into.parent / f".{into.name}.old")
    inode = (into.parent / f".{into.name}.old").stat().st_ino
    frozen(mart_rows, write_marts, into)
    assert into.stat().st_ino == inode
    assert load(into).manifest.scenarios == 5


def test_second_freeze_at_the_same_time_is_refused(
    mart_rows: Rows, write_marts: Write, into: Path
) -> None:
    with (
        _scenario_folder.only_writer(into),
        pytest.raises(ScenarioSetError, match="Another process"),
    ):
        frozen(mart_rows, write_marts, into)


@pytest.mark.parametrize(
    "name", ["scenarios.jsonl", "evidence.jsonl", "ground_truth.jsonl", "actions_taken.jsonl"]
)
@pytest.mark.parametrize("change", ["flip", "remove", "append"])
def test_changed_file_is_refused(
    small_set: ScenarioSet, into: Path, name: str, change: str
) -> None:
    path = into / name
    content = path.read_bytes()
    if change == "flip":
        path.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
    elif change == "append":
        path.write_bytes(content + b"{}\n")
    else:
        path.unlink()
    for read in (load, load_presentations, load_truths, verify_files):
        with pytest.raises(TamperedSetError, match=name):
            read(into)


def test_manifest_that_is_not_canonical_is_refused(small_set: ScenarioSet, into: Path) -> None:
    manifest = json.loads((into / "manifest.json").read_bytes())
    (into / "manifest.json").write_text(json.dumps(manifest, indent=1))
    with pytest.raises(TamperedSetError, match="canonical"):
        read_manifest(into)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format":1}'])
def test_broken_manifest_is_refused(small_set: ScenarioSet, into: Path, content: bytes) -> None:
    (into / "manifest.json").write_bytes(content)
    with pytest.raises(TamperedSetError):
        load(into)


def test_missing_set_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ScenarioSetError, match="freeze it first"):
        read_manifest(tmp_path / "nothing")


def test_parts_that_are_read_alone_are_those_of_the_whole_set(
    small_set: ScenarioSet, into: Path
) -> None:
    shown = load_presentations(into)
    assert shown.manifest == load_truths(into).manifest == small_set.manifest
    assert list(shown.presentations) == list(small_set.scenarios)
    assert dict(shown.presentations) == {
        key: scenario.presentation for key, scenario in small_set.scenarios.items()
    }
    assert dict(shown.targets) == {
        key: truth.condition_id for key, truth in small_set.truths.items()
    }
    assert dict(load_truths(into).truths) == dict(small_set.truths)


def _write_as_listed(folder: Path, name: str, content: bytes) -> None:
    """A file of the set, and the manifest that lists it so."""
    (folder / name).write_bytes(content)
    raw = json.loads((folder / "manifest.json").read_bytes())
    raw["files"][name] |= {"sha256": sha256_file(folder / name), "bytes": len(content)}
    (folder / "manifest.json").write_bytes(canonical_json(raw))


@pytest.mark.parametrize("read", [load, load_presentations])
def test_files_that_name_different_scenarios_are_refused(
    small_set: ScenarioSet, into: Path, read: Callable[[Path], object]
) -> None:
    truths = (into / "ground_truth.jsonl").read_bytes()
    last = list(small_set.scenarios)[-1].encode()
    _write_as_listed(into, "ground_truth.jsonl", truths.replace(last, b"z" * len(last)))
    with pytest.raises(TamperedSetError, match="name different scenarios"):
        read(into)


@pytest.mark.parametrize("read", [load, load_presentations])
def test_a_presentation_that_breaks_the_format_is_refused(
    small_set: ScenarioSet, into: Path, read: Callable[[Path], object]
) -> None:
    shown = (into / "scenarios.jsonl").read_bytes()
    _write_as_listed(into, "scenarios.jsonl", shown.replace(b'"presentation"', b'"shown"'))
    with pytest.raises(TamperedSetError, match="breaks the format"):
        read(into)


def test_set_that_was_just_read_is_not_parsed_again(small_set: ScenarioSet, into: Path) -> None:
    first = load(into)
    assert load(into) is first
    assert first.digest == small_set.digest


def test_set_that_was_read_before_is_checked_again(small_set: ScenarioSet, into: Path) -> None:
    load(into)
    path = into / "evidence.jsonl"
    path.write_bytes(path.read_bytes().replace(b"0.9", b"0.8"))
    with pytest.raises(TamperedSetError):
        load(into)


def test_another_set_takes_the_place_of_the_one_in_memory(
    mart_rows: Rows, write_marts: Write, into: Path
) -> None:
    frozen(mart_rows, write_marts, into)
    first = load(into)
    frozen(mart_rows, write_marts, into, modules=("hosp",))
    second = load(into)
    assert second.manifest.modules == ("hosp",)
    assert second.digest != first.digest
