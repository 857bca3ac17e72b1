"""What the command says when it cannot do as told: one sentence, exit code 1, no traceback."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from medcred_runs import Enclave, Told, run_here, run_process

from sources.synthetic import generate


def said(told: Told) -> str:
    """The one sentence on standard error."""
    assert told.code == 1, told
    assert told.out == ""
    assert "Traceback" not in told.err
    (line,) = told.err.strip().splitlines()
    assert line.startswith("medcred: ")
    return line


@pytest.mark.parametrize(
    "arguments",
    [
        ("standings",),
        ("standings", "--json"),
        ("attrition",),
        ("scenario-set", "digest", "--category", "cardiology"),
        ("scenario-set", "list"),
        ("dbt", "build"),
    ],
    ids=" ".join,
)
def test_before_the_first_run_commands_say_what_to_run(
    fresh: Enclave, arguments: tuple[str, ...]
) -> None:
    assert "`medcred run`" in said(run_here(fresh, *arguments))


def test_the_installed_command_prints_no_traceback(fresh: Enclave) -> None:
    assert "`medcred run`" in said(run_process(fresh, "standings"))


@pytest.mark.parametrize("asked", ["astrology", "../scenario_sets/cardiology", ""])
def test_unknown_category_is_answered_with_the_known_ones(fresh: Enclave, asked: str) -> None:
    root = fresh.home / "raw" / "synthetic-3-1500-20"
    generate(root, 2, 1)
    sets = fresh.home / "sources" / "synthetic-2-1" / "scenario_sets"
    (sets / "cardiology").mkdir(parents=True)
    (sets / "cardiology" / "manifest.json").write_text("{}")
    told = said(run_here(fresh, "scenario-set", "digest", "--category", asked))
    assert "categories are cardiology." in told


def test_folder_that_is_not_there(fresh: Enclave, tmp_path: Path) -> None:
    told = said(run_here(fresh, "run", "--source", str(tmp_path / "nowhere")))
    assert "nowhere" in told


def test_folder_without_a_release_leaves_the_active_source(fresh: Enclave, tmp_path: Path) -> None:
    (tmp_path / "holiday" / "photos").mkdir(parents=True)
    told = said(run_here(fresh, "run", "--source", str(tmp_path / "holiday")))
    assert "There is nothing to land" in told
    assert not (fresh.home / "active.json").exists()


def test_supplement_that_overlaps_the_source(fresh: Enclave, tmp_path: Path) -> None:
    generate(tmp_path / "raw", 2, 1)
    generate(tmp_path / "more", 2, 1)
    arguments = ("--source", str(tmp_path / "raw"), "--supplement", str(tmp_path / "more"))
    told = said(run_here(fresh, "run", *arguments))
    assert "remove them from the supplement" in told


def test_supplement_that_is_the_source(fresh: Enclave, tmp_path: Path) -> None:
    generate(tmp_path / "raw", 2, 1)
    arguments = ("--source", str(tmp_path / "raw"), "--supplement", str(tmp_path / "raw"))
    assert "name another one" in said(run_here(fresh, "run", *arguments))


def test_supplement_without_a_source(fresh: Enclave, tmp_path: Path) -> None:
    generate(tmp_path / "more", 2, 1)
    told = said(run_here(fresh, "run", "--supplement", str(tmp_path / "more")))
    assert "--source" in told


@pytest.mark.parametrize(
    "content",
    ["candidates: [", "candidates:\n  - {id: x}\n", "candidates:\n  - {id: X Y, model: a/b}\n"],
)
def test_candidates_file_that_cannot_be_read(fresh: Enclave, content: str) -> None:
    fresh.candidates.write_text(content)
    assert "candidates.yaml" in said(run_here(fresh, "candidates"))
    assert "candidates.yaml" in said(run_here(fresh, "run", "--patients", "2"))


def test_candidates_file_that_is_not_there(fresh: Enclave) -> None:
    fresh.candidates.unlink()
    assert "candidates.yaml" in said(run_here(fresh, "candidates"))
    assert "candidates.yaml" in said(run_here(fresh, "run", "--patients", "2"))


def test_synthetic_target_that_holds_something(fresh: Enclave, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "kept.txt").write_text("kept")
    told = said(run_here(fresh, "data", "synth", str(tmp_path / "full"), "--patients", "2"))
    assert "empty folder" in told
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["kept.txt"]


def test_source_whose_table_is_no_table_ends_with_one_sentence(
    fresh: Enclave, definitions: Any, tmp_path: Path
) -> None:
    generate(tmp_path / "raw", 2, 1)
    table = tmp_path / "raw" / "mimiciv" / "3.1" / "hosp" / "patients.csv.gz"
    table.write_bytes(gzip.compress(b"<html>sign in</html>\n"))
    told = run_here(fresh, "run", "--source", str(tmp_path / "raw"))
    assert told.code == 1
    (line,) = told.err.strip().splitlines()
    assert "patients.csv.gz" in line
    assert "Traceback" not in told.out + told.err


def test_synthetic_release_that_cannot_be_written_says_why(
    fresh: Enclave, definitions: Any
) -> None:
    told = run_here(fresh, "run", "--patients", str(10**9))
    assert told.code == 1
    (line,) = told.err.strip().splitlines()
    assert "synthetic patients must be 1 to" in line
