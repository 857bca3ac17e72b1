"""Scenarios, truths and records made by hand, for tests of scoring. All patients are invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from evaluators.catalogue import Catalogue
from evaluators.encounter.actions import action_resolver
from evaluators.encounter.protocol import (
    EndReason,
    FinalAnswer,
    Outcome,
    Presentation,
    RankedDiagnosis,
)
from evaluators.encounter.record import ActionRecord, EncounterRecord, OrderRecord
from evaluators.scenario_sets import CodedDiagnosis, EvidenceItem, GroundTruth, Scenario, TruthTest

KEY = "5ce0a0105ce0a010"


def result(
    test_id: str, number: float, hours: float = 1.0, unit: str | None = None
) -> EvidenceItem:
    """One numeric result, taken half an hour before it was available."""
    return EvidenceItem(
        test_id=test_id,
        kind="vital" if test_id.startswith("vital_") else "lab",
        label=test_id,
        specimen=None,
        value=f"{number:g}",
        value_num=number,
        unit=unit,
        ref_low=None,
        ref_high=None,
        flag=None,
        taken_hours=hours - 0.5,
        available_hours=hours,
    )


def report(test_id: str, text: str, hours: float = 1.0) -> EvidenceItem:
    """One result in words, taken half an hour before it was available."""
    return replace(result(test_id, 0.0, hours), kind="report", value=text, value_num=None)


def scenario(*evidence: EvidenceItem, **presentation: Any) -> Scenario:
    shown = {"age_years": 60, "sex": "M", **presentation}
    return Scenario(
        scenario_id=KEY,
        patient_key="9a71e4709a71e470",
        decision_hours=72.0,
        presentation=Presentation(**shown),
        evidence=evidence,
    )


def truth(
    condition_id: str,
    tests: Sequence[str] = (),
    late_tests: Sequence[str] = (),
    codes: Sequence[str] = (),
) -> GroundTruth:
    return GroundTruth(
        scenario_id=KEY,
        condition_id=condition_id,
        target_code="X000",
        target_version=10,
        diagnoses=tuple(
            CodedDiagnosis(seq, code, 10 if code[0].isalpha() else 9, None)
            for seq, code in enumerate(codes, start=1)
        ),
        tests=tuple(
            TruthTest(test_id, 1.0, 2.0, by_decision=test_id in tests)
            for test_id in sorted({*tests, *late_tests})
        ),
        is_confirmed=None,
        died_in_hospital=False,
        sex="M",
        age_band="60-69",
        race=None,
        insurance=None,
        language=None,
    )


def order(
    test_id: str | None,
    *,
    turn: int = 1,
    clock: float = 2.0,
    outcome: Outcome = Outcome.RESULTED,
) -> OrderRecord:
    return OrderRecord(
        turn=turn,
        wording=test_id or "?",
        test_id=test_id,
        outcome=outcome,
        resulted_test_ids=(test_id,) if test_id and outcome is Outcome.RESULTED else (),
        clock_hours=clock,
    )


def action(
    catalogue: Catalogue, wording: str, *, turn: int = 2, clock: float = 2.0
) -> ActionRecord:
    """An action resolved as the encounter resolves it."""
    return ActionRecord(
        turn=turn,
        wording=wording,
        action_ids=action_resolver(catalogue).resolve(wording),
        clock_hours=clock,
    )


def record(
    *,
    orders: Sequence[OrderRecord] = (),
    actions: Sequence[ActionRecord] = (),
    final: FinalAnswer | None = None,
    differential: Sequence[RankedDiagnosis] = (),
    end: EndReason = EndReason.COMPLETED,
    turns: int = 3,
) -> EncounterRecord:
    return EncounterRecord(
        scenario_id=KEY,
        end=end,
        final=final,
        differential=tuple(differential),
        orders=tuple(orders),
        actions=tuple(actions),
        turns=turns,
        format_failures=0,
        prompt_tokens=10,
        completion_tokens=5,
        cost_usd=None,
    )
