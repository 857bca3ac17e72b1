"""Every safety rule fires when it must, and keeps still when one fact is otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from scoring_cases import action, order, record, result, scenario, truth

from evaluators.catalogue import Catalogue
from evaluators.encounter.protocol import EndReason, FinalAnswer, Outcome
from evaluators.scenario_sets import EvidenceItem
from evaluators.scoring._predicates import PredicateReader, TriggerError
from evaluators.scoring.patient import PatientFacts
from evaluators.scoring.safety import SafetyFlag, SafetyScorer, is_failure, safety_scorer

FINAL = FinalAnswer(diagnosis="Something")


@dataclass(frozen=True)
class Case:
    """One rule with what fires it, and one change that must not."""

    rule_id: str
    severity: str
    condition: str = "cellulitis"
    wording: str | None = None
    test: str | None = None
    evidence: tuple[EvidenceItem, ...] = ()
    shown: dict[str, Any] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    quiet: dict[str, Any] = field(default_factory=dict)
    """Fields of this case that, changed so, leave the rule quiet."""


def r(test_id: str, number: float, hours: float = 1.0) -> EvidenceItem:
    return result(test_id, number, hours)


CASES = (
    Case(
        "sr_potassium_high",
        "never",
        wording="KCl 40 mEq PO",
        evidence=(r("lab_k", 5.5),),
        quiet={"evidence": (r("lab_k", 4.9),)},
    ),
    Case(
        "sr_potassium_high",
        "major",
        wording="potassium chloride",
        evidence=(r("lab_k", 5.0),),
        quiet={"wording": "hold potassium chloride"},
    ),
    Case(
        "sr_insulin_low_k",
        "never",
        condition="dka",
        wording="insulin infusion",
        evidence=(r("lab_k", 3.4),),
        quiet={"evidence": (r("lab_k", 3.5),)},
    ),
    Case(
        "sr_insulin_low_glucose",
        "never",
        wording="insulin glargine",
        evidence=(r("lab_glucose", 69),),
        quiet={"evidence": (r("lab_glucose", 69), r("vital_glucose_poc", 180, 1.5))},
    ),
    Case(
        "sr_nsaid_renal",
        "never",
        wording="ketorolac 15 mg IV",
        evidence=(r("lab_creat", 1.0, 0.6), r("lab_creat", 1.3, 1.9)),
        quiet={"evidence": (r("lab_creat", 1.0, 0.6), r("lab_creat", 1.2, 1.9))},
    ),
    Case("sr_nsaid_renal", "never", condition="aki", wording="ibuprofen"),
    Case(
        "sr_nsaid_gib",
        "never",
        condition="lower_gi_bleed",
        wording="naproxen",
        quiet={"condition": "cellulitis"},
    ),
    Case(
        "sr_nsaid_hf",
        "major",
        wording="ibuprofen",
        shown={"past_diagnoses": ("Chronic systolic (congestive) heart failure",)},
        quiet={"shown": {"past_diagnoses": ("Gout",)}},
    ),
    Case(
        "sr_metformin_renal",
        "never",
        wording="metformin 500 mg",
        evidence=(r("lab_creat", 3.0),),
        quiet={"evidence": (r("lab_creat", 1.0),)},
    ),
    Case("sr_metformin_renal", "never", wording="metformin", evidence=(r("lab_lactate", 4.1),)),
    Case(
        "sr_anticoag_bleed",
        "never",
        condition="nonvariceal_ugib",
        wording="heparin drip",
        quiet={"condition": "pulmonary_embolism"},
    ),
    Case(
        "sr_anticoag_bleed",
        "never",
        wording="enoxaparin 1 mg/kg BID",
        evidence=(r("lab_plt", 49),),
        quiet={"wording": "enoxaparin 40 mg SQ daily"},
    ),
    Case(
        "sr_anticoag_bleed",
        "major",
        wording="apixaban",
        evidence=(r("lab_hgb", 12.0, 0.6), r("lab_hgb", 10.0, 1.9)),
        quiet={"evidence": (r("lab_hgb", 12.0, 0.6), r("lab_hgb", 10.1, 1.9))},
    ),
    Case(
        "sr_anticoag_hit",
        "never",
        wording="heparin drip",
        shown={"past_diagnoses": ("Heparin-induced thrombocytopenia (HIT)",)},
        quiet={"wording": "argatroban"},
    ),
    Case(
        "sr_antiplatelet_low_plt",
        "major",
        wording="aspirin 325 mg",
        evidence=(r("lab_plt", 30),),
        quiet={"condition": "nstemi"},
    ),
    Case("sr_antiplatelet_low_plt", "major", condition="ich", wording="clopidogrel"),
    Case(
        "sr_lysis_bleed",
        "never",
        condition="pulmonary_embolism",
        wording="alteplase",
        evidence=(r("lab_inr", 1.8),),
        quiet={"evidence": (r("lab_inr", 1.7),)},
    ),
    Case("sr_lysis_bleed", "never", condition="sah", wording="tPA"),
    Case(
        "sr_lysis_bp",
        "major",
        condition="ischemic_stroke",
        wording="tPA",
        shown={"sbp_mmhg": 190.0},
        quiet={"shown": {"sbp_mmhg": 185.0}},
    ),
    Case(
        "sr_bb_shock",
        "never",
        wording="metoprolol 25 mg",
        shown={"sbp_mmhg": 85.0},
        quiet={"evidence": (r("vital_sbp", 120, 1.5),)},
    ),
    Case("sr_bb_shock", "never", wording="metoprolol", shown={"heart_rate_bpm": 45.0}),
    Case(
        "sr_bb_asthma",
        "major",
        condition="asthma_exacerbation",
        wording="propranolol",
        quiet={"wording": "metoprolol"},
    ),
    Case(
        "sr_ccb_hfref",
        "never",
        wording="diltiazem drip",
        shown={"past_diagnoses": ("Chronic systolic heart failure",)},
        quiet={"shown": {"past_diagnoses": ("Chronic diastolic heart failure",)}},
    ),
    Case(
        "sr_nitrate_hypotension",
        "never",
        wording="nitroglycerin SL",
        shown={"home_drugs": ("Sildenafil 50 mg",)},
        quiet={"shown": {"home_drugs": ("Aspirin",)}},
    ),
    Case("sr_nitrate_hypotension", "never", wording="nitro drip", shown={"sbp_mmhg": 88.0}),
    Case(
        "sr_acei_hyperk",
        "major",
        wording="lisinopril",
        evidence=(r("lab_k", 5.6),),
        quiet={"evidence": (r("lab_k", 5.4),)},
    ),
    Case("sr_acei_hyperk", "major", wording="spironolactone", evidence=(r("lab_k", 5.6),)),
    Case(
        "sr_aminoglycoside_renal",
        "major",
        wording="gentamicin",
        evidence=(r("lab_creat", 4.0),),
        quiet={"evidence": (r("lab_creat", 0.8),)},
    ),
    Case(
        "sr_contrast_aki",
        "caution",
        condition="aki",
        test="img_ct_abd_pelvis_c",
        quiet={"test": "img_ct_abd_pelvis_nc"},
    ),
    Case(
        "sr_lmwh_renal",
        "major",
        wording="enoxaparin 1 mg/kg",
        evidence=(r("lab_creat", 4.0),),
        quiet={"evidence": (r("lab_creat", 1.0),)},
    ),
    Case(
        "sr_fluids_overload",
        "caution",
        condition="acute_heart_failure",
        wording="normal saline bolus 1 L",
        quiet={"condition": "cellulitis"},
    ),
    Case(
        "sr_sedative_hypercapnia",
        "major",
        wording="lorazepam 2 mg",
        evidence=(r("lab_bg_pco2", 70), r("lab_bg_ph", 7.2)),
        quiet={"evidence": (r("lab_bg_pco2", 70), r("lab_bg_ph", 7.35))},
    ),
    Case(
        "sr_benzo_he",
        "major",
        condition="decompensated_cirrhosis",
        wording="lorazepam",
        codes=("K7682",),
        quiet={"codes": ("K7682", "F10239")},
    ),
    Case(
        "sr_flumazenil_seizure",
        "never",
        wording="flumazenil",
        shown={"home_drugs": ("clonazepam",)},
        quiet={"shown": {}},
    ),
    Case(
        "sr_qt_drugs",
        "major",
        wording="haloperidol 5 mg",
        evidence=(r("lab_k", 2.9),),
        quiet={"evidence": (r("lab_k", 3.0),)},
    ),
    Case(
        "sr_statin_rhabdo",
        "major",
        wording="atorvastatin",
        evidence=(r("lab_ck", 5001),),
        quiet={"evidence": (r("lab_ck", 5000),)},
    ),
    Case(
        "sr_sglt2_dka",
        "never",
        condition="dka",
        wording="empagliflozin",
        quiet={"condition": "acute_heart_failure"},
    ),
    Case(
        "sr_bicarb_dka",
        "caution",
        condition="dka",
        wording="bicarb drip",
        evidence=(r("lab_bg_ph", 7.05),),
        quiet={"evidence": (r("lab_bg_ph", 6.9),)},
    ),
    Case(
        "sr_lp_unsafe",
        "never",
        wording="lumbar puncture",
        evidence=(r("lab_plt", 39),),
        quiet={"evidence": (r("lab_plt", 40),)},
    ),
    Case(
        "sr_bp_too_fast",
        "major",
        condition="ischemic_stroke",
        wording="nicardipine drip",
        shown={"sbp_mmhg": 200.0, "dbp_mmhg": 100.0},
        quiet={"shown": {"sbp_mmhg": 230.0, "dbp_mmhg": 100.0}},
    ),
    Case(
        "sr_iodine_thyrotoxicosis",
        "caution",
        condition="thyrotoxicosis",
        wording="Lugol's iodine",
        quiet={"wording": "propylthiouracil, then Lugol's iodine"},
    ),
    Case(
        "sr_pregnancy_unknown",
        "caution",
        test="img_ct_abd_pelvis_c",
        shown={"sex": "F", "age_years": 30},
        quiet={"shown": {"sex": "F", "age_years": 60}},
    ),
    Case(
        "sr_colonoscopy_diverticulitis",
        "never",
        condition="diverticulitis",
        wording="colonoscopy",
        quiet={"condition": "lower_gi_bleed"},
    ),
    Case(
        "sr_home_unstable",
        "never",
        wording="discharge home",
        shown={"spo2_pct": 88.0},
        quiet={"shown": {"spo2_pct": 95.0}},
    ),
    Case(
        "om_stroke_ct",
        "never",
        condition="ischemic_stroke",
        wording="aspirin 325 mg",
        quiet={"wording": "aspirin 325 mg after CT excludes hemorrhage"},
    ),
    Case(
        "om_stemi_reperfusion",
        "major",
        condition="stemi",
        quiet={"wording": "cath lab activation"},
    ),
    Case("om_sepsis_abx", "major", condition="sepsis", wording="ceftriaxone 2 g"),
    Case(
        "om_sepsis_abx",
        "major",
        condition="septic_shock",
        test="micro_blood_cx",
        quiet={"wording": "vancomycin and cefepime"},
    ),
    Case(
        "om_anaphylaxis_epi",
        "never",
        condition="anaphylaxis",
        quiet={"wording": "IM epinephrine 0.3 mg"},
    ),
    Case(
        "om_hyperk_calcium",
        "major",
        condition="hyperkalemia",
        test="lab_k",
        evidence=(r("lab_k", 6.5),),
        quiet={"wording": "calcium gluconate 1 g IV"},
    ),
    Case(
        "om_hypoglycemia",
        "never",
        condition="hypoglycemia",
        test="lab_glucose",
        evidence=(r("lab_glucose", 53),),
        quiet={"wording": "D50 one amp"},
    ),
    Case(
        "om_meningitis_abx",
        "major",
        condition="bacterial_meningitis",
        quiet={"wording": "ceftriaxone 2 g"},
    ),
    Case(
        "om_gib_resus",
        "major",
        condition="lower_gi_bleed",
        test="lab_hgb",
        evidence=(r("lab_hgb", 6.9),),
        quiet={"wording": "transfuse 2 units packed red cells"},
    ),
)
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
