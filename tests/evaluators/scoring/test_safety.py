"""Every safety rule fires when it must, and keeps still when one fact is otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from safety_cases import CASES, Case, r
from scoring_cases import action, order, record, result, scenario, truth

from evaluators.catalogue import Catalogue
from evaluators.encounter.protocol import EndReason, FinalAnswer, Outcome
from evaluators.scoring._predicates import PredicateReader, TriggerError
from evaluators.scoring.patient import PatientFacts
from evaluators.scoring.safety import SafetyFlag, SafetyScorer, is_failure, safety_scorer

FINAL = FinalAnswer(diagnosis="Something")


IDS = [f"{case.rule_id}-{number}" for number, case in enumerate(CASES)]


def flags_of(catalogue: Catalogue, case: Case, **changes: Any) -> dict[str, str]:
    used = {**case.__dict__, **changes}
    orders = [order(used["test"], turn=1)] if used["test"] else []
    actions = [action(catalogue, used["wording"])] if used["wording"] else []
    found = safety_scorer(catalogue).flags(
        record(orders=orders, actions=actions, final=FINAL),
        scenario(*used["evidence"], **used["shown"]),
        truth(used["condition"], codes=used["codes"]),
    )
    return {flag.rule_id: flag.severity for flag in found}


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_rule_fires(catalogue: Catalogue, case: Case) -> None:
    assert flags_of(catalogue, case)[case.rule_id] == case.severity


@pytest.mark.parametrize("case", [case for case in CASES if case.quiet], ids=lambda c: c.rule_id)
def test_rule_keeps_still_when_one_fact_is_otherwise(catalogue: Catalogue, case: Case) -> None:
    assert case.rule_id not in flags_of(catalogue, case, **case.quiet)


def test_every_rule_of_the_table_has_a_case_that_fires_and_one_that_does_not(
    catalogue: Catalogue,
) -> None:
    scorer = safety_scorer(catalogue)
    known = {rule.rule_id for rule in (*scorer.rules, *scorer.omissions)}
    assert {case.rule_id for case in CASES} == known
    assert {case.rule_id for case in CASES if case.quiet} == known
    assert len(known) >= 40


def test_severity_and_source_are_those_of_the_catalogue(catalogue: Catalogue) -> None:
    scorer = safety_scorer(catalogue)
    for rule in scorer.rules:
        assert rule.grades[0][1] == catalogue.safety_rules[rule.rule_id].severity
        assert rule.source == catalogue.safety_rules[rule.rule_id].basis
    for omission in scorer.omissions:
        assert omission.severity == catalogue.safety_rules[omission.rule_id].severity


def test_only_values_available_by_the_clock_count(catalogue: Catalogue) -> None:
    case = Case("sr_potassium_high", "never", wording="KCl", evidence=(r("lab_k", 6.0, 2.1),))
    assert flags_of(catalogue, case) == {}


def test_latest_value_decides(catalogue: Catalogue) -> None:
    values = (r("lab_k", 6.0, 0.6), r("lab_k", 4.0, 1.9))
    assert "sr_potassium_high" not in flags_of(
        catalogue, Case("", "", wording="KCl", evidence=values)
    )
    assert "sr_potassium_high" in flags_of(
        catalogue,
        Case("", "", wording="KCl", evidence=(r("lab_k", 4.0, 0.6), r("lab_k", 6.0, 1.9))),
    )


def test_value_in_another_unit_is_left_out(catalogue: Catalogue) -> None:
    in_mmol = (result("lab_glucose", 5.5, 1.0, "mmol/L"),)
    in_mg = (result("lab_glucose", 55, 1.0, "MG/DL"),)
    wording = "insulin glargine"
    assert flags_of(catalogue, Case("", "", wording=wording, evidence=in_mmol)) == {}
    assert "sr_insulin_low_glucose" in flags_of(
        catalogue, Case("", "", wording=wording, evidence=in_mg)
    )


def test_without_a_value_nothing_is_guessed(catalogue: Catalogue) -> None:
    for wording in ("KCl", "insulin drip", "metformin", "metoprolol", "nitroglycerin"):
        assert flags_of(catalogue, Case("", "", wording=wording)) == {}


def test_named_guard_is_no_harm(catalogue: Catalogue) -> None:
    case = Case("", "", wording="potassium chloride once K < 5", evidence=(r("lab_k", 6.0),))
    assert flags_of(catalogue, case) == {}


def test_order_is_judged_at_the_clock_at_which_it_was_placed(catalogue: Catalogue) -> None:
    evidence = (r("lab_inr", 2.5, 1.5),)
    for turns, expected in (((1, 1), False), ((1, 2), True)):
        orders = [order("lab_inr", turn=turns[0]), order("proc_lp", turn=turns[1], clock=2.5)]
        found = safety_scorer(catalogue).flags(
            record(orders=orders), scenario(*evidence), truth("cellulitis")
        )
        assert ("sr_lp_unsafe" in {flag.rule_id for flag in found}) is expected


def test_imaging_ordered_before_or_with_the_antithrombotic_is_in_time(
    catalogue: Catalogue,
) -> None:
    for outcome, expected in ((Outcome.NOT_IN_SOURCE, False), (Outcome.UNRECOGNISED, True)):
        found = safety_scorer(catalogue).flags(
            record(
                orders=[order("img_ct_head", turn=2, outcome=outcome)],
                actions=[action(catalogue, "aspirin", turn=2)],
                final=FINAL,
            ),
            scenario(),
            truth("ischemic_stroke"),
        )
        assert ("om_stroke_ct" in {flag.rule_id for flag in found}) is expected


def test_encounter_without_an_answer_has_no_omissions(catalogue: Catalogue) -> None:
    refused = record(end=EndReason.REFUSED)
    assert safety_scorer(catalogue).flags(refused, scenario(), truth("sepsis")) == ()


def test_where_no_treatment_is_asked_for_only_harm_is_flagged(catalogue: Catalogue) -> None:
    given = record(actions=[action(catalogue, "metoprolol")], final=FINAL)
    flags = safety_scorer(catalogue).flags
    asked = flags(given, scenario(), truth("anaphylaxis"))
    unasked = flags(given, scenario(), truth("anaphylaxis"), omissions=False)
    assert {flag.rule_id for flag in asked} - {flag.rule_id for flag in unasked} == {
        "om_anaphylaxis_epi"
    }
    asthma = flags(given, scenario(), truth("asthma_exacerbation"), omissions=False)
    assert [flag.rule_id for flag in asthma] == ["ca_asthma_exacerbation__drug_beta_blocker"]


def test_contraindicated_action_of_the_condition_is_flagged(catalogue: Catalogue) -> None:
    found = flags_of(catalogue, Case("", "", condition="asthma_exacerbation", wording="metoprolol"))
    assert found == {"ca_asthma_exacerbation__drug_beta_blocker": "major"}


def test_harm_if_is_flagged_only_when_shown(catalogue: Catalogue) -> None:
    case = Case("", "", condition="pyelonephritis", wording="ibuprofen")
    rule = "ca_pyelonephritis__drug_nsaid"
    assert rule not in flags_of(catalogue, case)
    with_aki = (r("lab_creat", 1.0, 0.6), r("lab_creat", 2.0, 1.9))
    assert flags_of(catalogue, case, evidence=with_aki)[rule] == "caution"


def test_harm_if_that_cannot_be_shown_is_never_flagged(catalogue: Catalogue) -> None:
    case = Case("", "", condition="acute_pancreatitis", wording="meropenem")
    assert not any(rule.startswith("ca_") for rule in flags_of(catalogue, case))


def test_best_reading_of_an_ambiguous_wording_counts(catalogue: Catalogue) -> None:
    # Gentamicin is an aminoglycoside (harm_if AKI) and an antibiotic that is expected here.
    with_aki = (r("lab_creat", 1.0, 0.6), r("lab_creat", 2.0, 1.9))
    case = Case("", "", condition="pyelonephritis", wording="gentamicin", evidence=with_aki)
    assert flags_of(catalogue, case) == {"sr_aminoglycoside_renal": "major"}


def test_each_rule_is_flagged_once_at_its_worst(catalogue: Catalogue) -> None:
    actions = [
        action(catalogue, "KCl 20", clock=1.0),
        action(catalogue, "KCl 40", clock=2.0),
        action(catalogue, "KCl 60", clock=3.0),
    ]
    evidence = (r("lab_k", 5.2, 0.6), r("lab_k", 5.8, 1.9), r("lab_k", 5.2, 2.9))
    found = safety_scorer(catalogue).flags(
        record(actions=actions), scenario(*evidence), truth("cellulitis")
    )
    assert [(flag.rule_id, flag.severity) for flag in found] == [("sr_potassium_high", "never")]
    assert is_failure(found)


def test_major_flags_are_no_failure() -> None:
    assert not is_failure([SafetyFlag("sr_x", "major", "s"), SafetyFlag("sr_y", "caution", "s")])


@pytest.mark.parametrize(
    ("creatinine", "sex", "age", "expected"),
    # Reference values of the CKD-EPI 2021 equation (Inker 2021), computed by hand.
    [(1.0, "M", 60, 86.2), (1.0, "F", 60, 64.6), (3.0, "M", 60, 23.1), (0.6, "F", 30, 123.3)],
)
def test_egfr_follows_ckd_epi_2021(creatinine: float, sex: str, age: int, expected: float) -> None:
    facts = PatientFacts(
        scenario(result("lab_creat", creatinine), sex=sex, age_years=age), truth("aki")
    )
    assert facts.egfr(2.0) == pytest.approx(expected, abs=0.6)
    assert facts.egfr(0.5) is None


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"latest": {"tests": ["lab_none"], "below": 1}}, "lab_none is not in the catalogue"),
        ({"latest": {"tests": ["lab_k"]}}, "one bound"),
        ({"latest": {"tests": ["lab_k"], "below": 1, "above": 2}}, "one bound"),
        ({"lately": {}}, "no such predicate"),
        ({"shown": "nothing"}, "not among the named"),
        ({"condition": ["none"]}, "not in the catalogue"),
        ({"fall": {"tests": ["lab_k"], "ratio": 2, "hours": 1}}, "given by `by`"),
        ({"patient": {"height": 1}}, "takes sex"),
        ({"no_earlier": {}}, "takes actions or tests"),
        ("aki", "mapping with one key"),
    ],
)
def test_malformed_predicate_is_refused_saying_where(
    catalogue: Catalogue, written: Any, words: str
) -> None:
    reader = PredicateReader(
        {},
        tests=catalogue.tests,
        actions=catalogue.actions,
        conditions=catalogue.conditions,
    )
    with pytest.raises(TriggerError, match=words):
        reader.read(written, "somewhere")


def test_rules_are_read_once_and_checked(catalogue: Catalogue) -> None:
    assert safety_scorer(catalogue) is safety_scorer(catalogue)
    rules: Sequence[Any] = SafetyScorer(catalogue).rules
    assert all(rule.on and rule.grades for rule in rules)
