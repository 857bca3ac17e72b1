"""Every field that a candidate may fill in changes a figure, or is listed as not scored.

Belongs here: one probe for each field of the protocol's `Step` and `FinalAnswer` and of what they
hold. Does not belong here: how a reply is parsed, and how a plan becomes actions
(`evaluators.encounter`). A probe gives two figures for the same case, with the field filled in
well and otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from evaluators.catalogue import Catalogue
from evaluators.encounter.actions import action_resolver
from evaluators.encounter.protocol import (
    Border,
    EndReason,
    FilmFinding,
    FinalAnswer,
    OrganSupport,
    Outcome,
    RankedDiagnosis,
    Step,
)
from evaluators.encounter.record import ActionRecord, EncounterRecord, OrderRecord
from evaluators.scenario_sets import GroundTruth, TruthTest
from evaluators.scoring.actions_scored import score_actions
from evaluators.scoring.calibration import score_calibration
from evaluators.scoring.credit import DiagnosisScore, score_diagnosis
from evaluators.scoring.diagnosis import DiagnosisMatcher
from evaluators.scoring.kinds import kind_scorer
from evaluators.scoring.kinds.films import FINDINGS
from evaluators.scoring.tests_ordered import TestRelations, score_tests

TARGET: Final = "nstemi"
CATEGORY: Final = "cardiology"
NOT_SCORED: Final[Mapping[str, str]] = {
    "FinalAnswer.further_diagnoses": "only the first-listed diagnosis earns credit, so that a long "
    "list cannot hedge",
}
_PARTS: Final[Mapping[str, type[Border]]] = {
    "RankedDiagnosis": RankedDiagnosis,
    "OrganSupport": OrganSupport,
    "FilmFinding": FilmFinding,
    "FinalAnswer": FinalAnswer,
    "Step": Step,
}
Probe = Callable[[Catalogue], tuple[Any, Any]]


def protocol_fields() -> tuple[str, ...]:
    """Every field that a candidate may fill in, as `Type.field`."""
    return tuple(f"{name}.{field}" for name, of in _PARTS.items() for field in of.model_fields)


def field_findings(catalogue: Catalogue) -> tuple[tuple[str, bool, str], ...]:
    """Name, whether it passed, and a detail, for every field of the protocol."""
    found = []
    for field in sorted({*protocol_fields(), *PROBES, *NOT_SCORED}):
        name = f"field {field}"
        if field not in protocol_fields():
            found.append((name, False, "the protocol has no such field"))
        elif field in NOT_SCORED:
            found.append((name, field not in PROBES, f"not scored: {NOT_SCORED[field]}"))
        elif field not in PROBES:
            found.append((name, False, "neither scored nor listed as not scored"))
        else:
            filled, otherwise = PROBES[field](catalogue)
            changes = filled != otherwise
            found.append((name, changes, "changes a figure" if changes else "changes nothing"))
    return tuple(found)


def _diagnosis(catalogue: Catalogue, final: FinalAnswer | None, *entries: Any) -> DiagnosisScore:
    return score_diagnosis(
        final,
        entries,
        DiagnosisMatcher(catalogue, CATEGORY),
        target=TARGET,
        relatives=catalogue.conditions[TARGET].related_partial_credit,
        examined={TARGET},
    )


def _kind(kind: str, field: str, value: Any, answers: Mapping[str, Any]) -> Probe:
    def probe(catalogue: Catalogue) -> tuple[Any, Any]:
        final = FinalAnswer(diagnosis="NSTEMI")
        scored = _diagnosis(catalogue, final)
        truth = _truth(answers)
        given = final.model_copy(update={field: value})
        rules = kind_scorer(kind)
        return rules.score(given, truth, scored), rules.score(final, truth, scored)

    return probe


def _truth(answers: Mapping[str, Any] | None) -> GroundTruth:
    return GroundTruth(
        scenario_id="0" * 16,
        condition_id=TARGET,
        target_code="I214",
        target_version=10,
        diagnoses=(),
        tests=(TruthTest("lab_troponin_t", 1.0, 2.0, by_decision=True),),
        is_confirmed=None,
        died_in_hospital=False,
        sex="F",
        age_band="60-69",
        race=None,
        insurance=None,
        language=None,
        answers=answers,
    )


def _record(**given: Any) -> EncounterRecord:
    empty: dict[str, Any] = {
        **{"scenario_id": "0" * 16, "end": EndReason.COMPLETED, "final": None, "turns": 1},
        **{"differential": (), "orders": (), "actions": (), "format_failures": 0},
        **{"prompt_tokens": None, "completion_tokens": None, "cost_usd": None},
    }
    return EncounterRecord(**{**empty, **given})


def _actions(from_plan: bool) -> Probe:
    def probe(catalogue: Catalogue) -> tuple[Any, Any]:
        action = ActionRecord(
            turn=1,
            wording="aspirin",
            action_ids=action_resolver(catalogue).resolve("aspirin"),
            clock_hours=0.0,
            from_plan=from_plan,
        )
        return (
            score_actions(_record(actions=(action,)), (), catalogue, TARGET),
            score_actions(_record(), (), catalogue, TARGET),
        )

    return probe


def _orders(catalogue: Catalogue) -> tuple[Any, Any]:
    essential = next(
        row.test_id for row in catalogue.tests_for(TARGET) if row.relation == "essential"
    )
    order = OrderRecord(
        turn=1,
        wording="an essential test",
        test_id=essential,
        outcome=Outcome.RESULTED,
        resulted_test_ids=(essential,),
        clock_hours=1.0,
    )
    relations = TestRelations.of(catalogue, TARGET)
    truth = _truth(None)
    return (
        score_tests(_record(orders=(order,)), truth, relations),
        score_tests(_record(), truth, relations),
    )


def _entry(**given: Any) -> Probe:
    def probe(catalogue: Catalogue) -> tuple[Any, Any]:
        plain = RankedDiagnosis(diagnosis="something", probability=0.6)
        matcher = DiagnosisMatcher(catalogue, CATEGORY)
        changed = plain.model_copy(update=given)
        return (
            score_calibration((changed,), matcher.match, TARGET),
            score_calibration((plain,), matcher.match, TARGET),
        )

    return probe


def _final(*, filled: FinalAnswer | None, otherwise: FinalAnswer | None) -> Probe:
    return lambda catalogue: (_diagnosis(catalogue, filled), _diagnosis(catalogue, otherwise))


_SUPPORTS: Final = dict.fromkeys(OrganSupport.model_fields, False)


def _support(name: str) -> Probe:
    real = {**_SUPPORTS, name: True}
    return _kind("intensive_care", "organ_support", OrganSupport(**{name: True}), real)


def _film(finding: str, certainty: Any) -> Probe:
    said = FilmFinding(finding=finding, certainty=certainty)
    return _kind("radiology", "findings", (said,), _film_truth())


def _film_truth() -> Mapping[str, Any]:
    labels = {finding: int(finding == "edema") for finding in FINDINGS}
    return {"labels": labels, "labelled_by": "radiologist"}


def _certainty(catalogue: Catalogue) -> tuple[Any, Any]:
    return (
        _film("pulmonary edema", "present")(catalogue)[0],
        _film("pulmonary edema", "absent")(catalogue)[0],
    )


_TRIAGE: Final = {"acuity": 2, "disposition": "home"}
_NAMED: Final = FinalAnswer(diagnosis="NSTEMI")
_UNNAMED: Final = FinalAnswer(diagnosis="something")
PROBES: Final[Mapping[str, Probe]] = {
    "RankedDiagnosis.diagnosis": _entry(diagnosis="NSTEMI"),
    "RankedDiagnosis.icd10": _entry(icd10="I21.4"),
    "RankedDiagnosis.probability": _entry(probability=0.1),
    **{f"OrganSupport.{name}": _support(name) for name in OrganSupport.model_fields},
    "FilmFinding.finding": _film("pulmonary edema", "present"),
    "FilmFinding.certainty": _certainty,
    "FinalAnswer.diagnosis": _final(filled=_NAMED, otherwise=_UNNAMED),
    "FinalAnswer.icd10": _final(
        filled=_UNNAMED.model_copy(update={"icd10": "I21.4"}), otherwise=_UNNAMED
    ),
    "FinalAnswer.plan": _actions(from_plan=True),
    "FinalAnswer.disposition": _kind("emergency", "disposition", "home", _TRIAGE),
    "FinalAnswer.organ_support": _support("vasopressor"),
    "FinalAnswer.findings": _film("pulmonary edema", "present"),
    "FinalAnswer.acuity": _kind("emergency", "acuity", 2, _TRIAGE),
    "Step.orders": _orders,
    "Step.actions": _actions(from_plan=False),
    "Step.differential": _entry(diagnosis="NSTEMI"),
    "Step.final": _final(filled=_NAMED, otherwise=None),
}
"""Field to its probe."""
