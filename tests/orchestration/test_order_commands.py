from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from evaluators.encounter import order_evaluation
from orchestration.cli import app

HEADER = "wording,expected,kind,split\n"


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["order", *arguments])
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("wording", "told"),
    [
        ("stat CBC with diff", "panel_cbc_diff"),
        ("stat CBC with diff", "ignored: stat"),
        ("creatnine", "confidence 9"),
        ("CT scan", "ambiguous; choices: "),
        ("qSOFA score", "tool_qsofa"),
        ("lunch", "unrecognised"),
    ],
)
def test_order_tells_what_it_resolves_to(wording: str, told: str) -> None:
    code, output = run(wording)
    assert code == 0
    assert told in output


@pytest.mark.parametrize("arguments", [[], ["CBC", "--evaluate"], ["CBC", "--misses"]])
def test_contradicting_arguments_are_refused(arguments: list[str]) -> None:
    assert run(*arguments)[0] == 1


@pytest.fixture
def two_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tuned set of one wording that is missed; the blind set is where it is told, not written."""
    tuned, blind = tmp_path / "labelled.csv", tmp_path / "blind.csv"
    tuned.write_text(f"{HEADER}CBC stat,lab_ck,panel,tuned\n", encoding="utf-8")
    monkeypatch.setattr(order_evaluation, "LABELLED", tuned)
    monkeypatch.setattr(order_evaluation, "BLIND_ORDERS", blind)
    return blind


@pytest.mark.parametrize(("expected", "code"), [("panel_cbc", 0), ("lab_ck", 1)])
def test_evaluation_fails_below_the_goals_and_lists_tuned_misses_only(
    two_sets: Path, expected: str, code: int
) -> None:
    two_sets.write_text(f"{HEADER}CBC,{expected},panel,blind\n", encoding="utf-8")
    done, output = run("--evaluate", "--misses")
    assert done == code
    assert ("goals met" in output) is (code == 0)
    assert "with every tuned wording in sight" in output
    assert "'CBC stat' is lab_ck, found panel_cbc" in output
    assert "'CBC' is" not in output


@pytest.mark.usefixtures("two_sets")
def test_goals_are_not_judged_without_a_blind_set() -> None:
    code, output = run("--evaluate")
    assert code == 1
    assert "goals not judged" in output


def test_a_missing_labelled_set_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_evaluation, "LABELLED", tmp_path / "none.csv")
    code, output = run("--evaluate")
    assert code == 1
    assert "run this in a checkout" in output
