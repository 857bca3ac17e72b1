"""The grader audit notices broken rules, and says so when nothing does.

Belongs here: tests of `evaluators.grader_audit.audit`, `mutants` and `fields`. Does not belong
here: agreement with labels.
"""

from __future__ import annotations

import sys

import pytest

from evaluators.catalogue import load_catalogue
from evaluators.grader_audit import fields
from evaluators.grader_audit.audit import GraderAudit, audit_grader, noticed
from evaluators.grader_audit.mutants import MUTATIONS, Mutation, MutationError, loaded


@pytest.fixture(scope="module")
def audit() -> GraderAudit:
    return audit_grader(load_catalogue())


def test_every_broken_rule_is_noticed_and_every_law_holds(audit: GraderAudit) -> None:
    assert audit.failures == ()
    assert len(audit.mutations) == len(MUTATIONS) == len({m.rule for m in MUTATIONS})


def test_a_rule_that_nothing_watches_is_a_failure() -> None:
    finding = noticed(MUTATIONS[0], (), (), load_catalogue())
    assert not finding.passed


def test_a_mutation_that_no_longer_fits_is_refused_by_its_rule() -> None:
    stale = Mutation("a rule that went", "credit", "no such snippet", "")
    with pytest.raises(MutationError, match="a rule that went"), loaded(stale):
        pass


def test_a_mutant_leaves_nothing_behind_and_the_scorer_alone() -> None:
    with loaded(MUTATIONS[0]) as broken:
        assert broken.diagnosis is not sys.modules.get("evaluators.scoring.diagnosis")
    assert not [name for name in sys.modules if name.startswith("_medcred_mutant_")]


def test_a_field_that_nobody_reads_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = {name: probe for name, probe in fields.PROBES.items() if name != "FinalAnswer.acuity"}
    monkeypatch.setattr(fields, "PROBES", fewer)
    failed = [name for name, passed, _ in fields.field_findings(load_catalogue()) if not passed]
    assert failed == ["field FinalAnswer.acuity"]


def test_a_probe_of_a_field_that_the_protocol_lost_is_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fields, "NOT_SCORED", {**fields.NOT_SCORED, "Step.mood": "gone"})
    failed = [name for name, passed, _ in fields.field_findings(load_catalogue()) if not passed]
    assert failed == ["field Step.mood"]
