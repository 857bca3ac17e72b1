"""The grader is audited once for each state of the code, and never taken on trust.

Belongs here: `orchestration.grader_outcome`, its check, and who does the audit ahead. Does not
belong here: the audit itself (`tests/evaluators/grader_audit`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest

from evaluators.grader_audit import audit
from evaluators.grader_audit.audit import Finding, GraderAudit
from orchestration import fanout, grader_outcome
from orchestration.grader_outcome import GraderOutcome, audited_grader
from orchestration.settings import Settings

CLEAN = GraderAudit((Finding("a rule", True, ""),), (Finding("a law", True, ""),))
BROKEN = GraderAudit((Finding("a rule", False, ""),), (Finding("a law", True, ""),))


class Audits:
    """Stands for the audit, and counts."""

    def __init__(self, found: GraderAudit) -> None:
        self.found, self.done = found, 0

    def __call__(self, catalogue: object) -> GraderAudit:
        del catalogue
        self.done += 1
        return self.found


@pytest.fixture
def audits(monkeypatch: pytest.MonkeyPatch) -> Callable[[GraderAudit], Audits]:
    def stand_in(found: GraderAudit) -> Audits:
        made = Audits(found)
        monkeypatch.setattr(audit, "audit_grader", made)
        return made

    return stand_in


def test_a_clean_outcome_is_kept(tmp_path: Path, audits: Callable[[GraderAudit], Audits]) -> None:
    made = audits(CLEAN)
    first, second = audited_grader(tmp_path), audited_grader(tmp_path)
    assert first == second == GraderOutcome((), 1, 1, 1)
    assert made.done == 1


def test_an_outcome_with_failures_is_found_anew_each_time(
    tmp_path: Path, audits: Callable[[GraderAudit], Audits]
) -> None:
    made = audits(BROKEN)
    for turn in (1, 2):
        assert audited_grader(tmp_path).failures == ("a rule",)
        assert made.done == turn


def test_a_change_of_code_asks_for_another_audit(
    tmp_path: Path, audits: Callable[[GraderAudit], Audits], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "code"
    (code / "scoring").mkdir(parents=True)
    rule = code / "scoring" / "rule.py"
    rule.write_text("CREDIT = 1.0\n")
    monkeypatch.setattr(grader_outcome, "_CODE", code)
    made = audits(CLEAN)
    audited_grader(tmp_path)
    rule.write_text("CREDIT = 0.9\n")
    audited_grader(tmp_path)
    assert made.done == 2
    (code / "answers.csv").write_text("text\n")
    audited_grader(tmp_path)
    assert made.done == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda record: "{",
        lambda record: "[]",
        lambda record: json.dumps(record | {"key": "0" * 64}),
        lambda record: json.dumps(record | {"outcome": {"laws": 1}}),
    ],
    ids=["torn", "no record", "of other code", "lacks counts"],
)
def test_a_record_that_cannot_be_used_asks_for_another_audit(
    tmp_path: Path,
    audits: Callable[[GraderAudit], Audits],
    change: Callable[[dict[str, Any]], str],
) -> None:
    made = audits(CLEAN)
    audited_grader(tmp_path)
    record = tmp_path / "grader-audit" / "clean.json"
    record.write_text(change(json.loads(record.read_text())))
    assert audited_grader(tmp_path) == GraderOutcome((), 1, 1, 1)
    assert made.done == 2


@pytest.mark.parametrize(("found", "passes"), [(CLEAN, True), (BROKEN, False)])
def test_the_check_says_what_the_audit_found(
    tmp_path: Path,
    audits: Callable[[GraderAudit], Audits],
    examination: SimpleNamespace,
    found: GraderAudit,
    passes: bool,
) -> None:
    audits(found)
    result = examination.checks.grader_audit(settings=Settings(home=tmp_path))
    assert isinstance(result, dg.AssetCheckResult)
    assert result.passed is passes
    assert result.metadata["failures"].value == ("none" if passes else "a rule")
    assert result.metadata["rules_noticed"].value == int(passes)
    [spec] = examination.checks.grader_audit.check_specs
    assert spec.blocking


class Here(Executor):
    """Does the work in this process, or refuses it."""

    def __init__(self, is_broken: bool) -> None:
        self.is_broken = is_broken

    def submit(self, work: Callable[..., Any], *what: Any) -> Future[Any]:  # type: ignore[override]
        if self.is_broken:
            raise BrokenProcessPool
        future: Future[Any] = Future()
        future.set_result(work(*what))
        return future


@pytest.mark.parametrize(
    ("pool", "ahead"), [(Here(is_broken=False), 1), (Here(is_broken=True), 0), (None, 0)]
)
def test_what_was_audited_ahead_is_not_audited_again(
    tmp_path: Path,
    audits: Callable[[GraderAudit], Audits],
    examination: SimpleNamespace,
    pool: Executor | None,
    ahead: int,
) -> None:
    made = audits(CLEAN)
    settings = Settings(home=tmp_path)
    fanout.audit_grader_ahead(settings, pool)
    assert made.done == ahead
    examination.checks.grader_audit(settings=settings)
    assert made.done == 1
