"""One case for each safety rule: what fires it, and one change that must leave it quiet."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from scoring_cases import result

from evaluators.scenario_sets import EvidenceItem


@dataclass(frozen=True)
class Case:
    """One rule with what fires it, and one change that must not."""

    rule_id: str
    severity: str
    condition: str = "cellulitis"
    wording: str | None = None
    turn: int = 2
    """Turn of the action; the order stands in turn 1."""
    test: str | None = None
    test_wording: str | None = None
    evidence: tuple[EvidenceItem, ...] = ()
    shown: dict[str, Any] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    quiet: dict[str, Any] = field(default_factory=dict)
    """Fields of this case that, changed so, leave the rule quiet."""


def r(test_id: str, number: float, hours: float = 1.0, label: str | None = None) -> EvidenceItem:
    return replace(result(test_id, number, hours), label=label or test_id)


def is_omission(case: Case) -> bool:
    """Whether the rule asks for what was not done; `om_stroke_ct` is about a deed."""
    return case.rule_id.startswith("om_") and case.rule_id != "om_stroke_ct"


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
