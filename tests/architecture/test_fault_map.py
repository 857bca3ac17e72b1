"""docs/faults.md tells the truth: every fault stands there, and every test it names exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
FAULTS = 57
_ROW = re.compile(
    r"^\| (\d+) \| (.+?) \| (held|in part: .+?|open: .+?) \| ?(.*?) ?\|$", re.MULTILINE
)
_TEST = re.compile(r"`(test_\w+\.py)::(test_\w+)`")
_DATA_TEST = re.compile(r"`(\w+\.sql)`")


@cache
def text() -> str:
    return (PROJECT / "docs" / "faults.md").read_text(encoding="utf-8")


@cache
def rows() -> tuple[tuple[str, str, str, str], ...]:
    """Number, fault, state and tests of every row."""
    return tuple(_ROW.findall(text()))


@cache
def functions_of(name: str) -> frozenset[str]:
    """Test functions of the file of that name, wherever it lies below tests/."""
    (path,) = (PROJECT / "tests").rglob(name)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_fault_has_one_row_in_its_order() -> None:
    assert [int(number) for number, _, _, _ in rows()] == list(range(1, FAULTS + 1))


def test_every_line_that_looks_like_a_row_is_one() -> None:
    assert len(re.findall(r"^\| +\d", text(), re.MULTILINE)) == FAULTS


@pytest.mark.parametrize("number", range(1, FAULTS + 1))
def test_a_fault_is_open_exactly_when_no_test_holds_it(number: int) -> None:
    _, _, state, held_by = rows()[number - 1]
    tests = _TEST.findall(held_by) + _DATA_TEST.findall(held_by)
    assert state.startswith("open") == (not tests)
    assert held_by.count("`") == 2 * len(tests)


def test_every_test_that_is_named_exists() -> None:
    named = _TEST.findall(text())
    assert len(named) > FAULTS
    missing = [f"{file}::{test}" for file, test in named if test not in functions_of(file)]
    assert not missing


def test_every_data_test_that_is_named_exists() -> None:
    named = _DATA_TEST.findall(text())
    assert named
    tests = {path.name for path in (PROJECT / "dbt_project" / "tests").iterdir()}
    assert not set(named) - tests


def test_a_name_that_does_not_exist_would_be_seen() -> None:
    assert "test_of_nothing" not in functions_of("test_fault_map.py")
    with pytest.raises(ValueError, match="values to unpack"):
        functions_of("test_file_of_nothing.py")
