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


def deed(rule_id: str, severity: str, wording: str, otherwise: str, **given: Any) -> Case:
    """What is done, and what else may be done."""
    return Case(rule_id, severity, wording=wording, quiet={"wording": otherwise}, **given)


def measured(
    rule_id: str,
    severity: str,
    wording: str,
    found: EvidenceItem,
    otherwise: EvidenceItem,
    **given: Any,
) -> Case:
    """One result that speaks against a deed, and one that does not."""
    quiet = {"evidence": (otherwise,)}
    return Case(rule_id, severity, wording=wording, evidence=(found,), quiet=quiet, **given)


def told(
    rule_id: str,
    severity: str,
    wording: str,
    shown: dict[str, Any],
    otherwise: dict[str, Any],
    **given: Any,
) -> Case:
    """What is told of the patient against a deed, and what may be told."""
    return Case(
        rule_id, severity, wording=wording, shown=shown, quiet={"shown": otherwise}, **given
    )


def is_omission(case: Case) -> bool:
    """Whether the rule asks for what was not done; `om_stroke_ct` is about a deed."""
    return case.rule_id.startswith("om_") and case.rule_id != "om_stroke_ct"


CASES = (
    measured("sr_potassium_high", "never", "KCl 40 mEq PO", r("lab_k", 5.5), r("lab_k", 4.9)),
    deed(
        "sr_potassium_high",
        "major",
        "potassium chloride",
        "hold potassium chloride",
        evidence=(r("lab_k", 5.0),),
    ),
    measured(
        "sr_insulin_low_k",
        "never",
        "insulin infusion",
        r("lab_k", 3.4),
        r("lab_k", 3.5),
        condition="dka",
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
    told(
        "sr_nsaid_hf",
        "major",
        "ibuprofen",
        {"past_diagnoses": ("Chronic systolic (congestive) heart failure",)},
        {"past_diagnoses": ("Gout",)},
    ),
    measured(
        "sr_metformin_renal", "never", "metformin 500 mg", r("lab_creat", 3.0), r("lab_creat", 1.0)
    ),
    Case("sr_metformin_renal", "never", wording="metformin", evidence=(r("lab_lactate", 4.1),)),
    Case(
        "sr_anticoag_bleed",
        "never",
        condition="nonvariceal_ugib",
        wording="heparin drip",
        quiet={"condition": "pulmonary_embolism"},
    ),
    deed(
        "sr_anticoag_bleed",
        "never",
        "enoxaparin 1 mg/kg BID",
        "enoxaparin 40 mg SQ daily",
        evidence=(r("lab_plt", 49),),
    ),
    Case(
        "sr_anticoag_bleed",
        "major",
        wording="apixaban",
        evidence=(r("lab_hgb", 12.0, 0.6), r("lab_hgb", 10.0, 1.9)),
        quiet={"evidence": (r("lab_hgb", 12.0, 0.6), r("lab_hgb", 10.1, 1.9))},
    ),
    deed(
        "sr_anticoag_hit",
        "never",
        "heparin drip",
        "argatroban",
        shown={"past_diagnoses": ("Heparin-induced thrombocytopenia (HIT)",)},
    ),
    Case(
        "sr_antiplatelet_low_plt",
        "major",
        wording="aspirin 325 mg",
        evidence=(r("lab_plt", 30),),
        quiet={"condition": "nstemi"},
    ),
    Case("sr_antiplatelet_low_plt", "major", condition="ich", wording="clopidogrel"),
    measured(
        "sr_lysis_bleed",
        "never",
        "alteplase",
        r("lab_inr", 1.8),
        r("lab_inr", 1.7),
        condition="pulmonary_embolism",
    ),
    Case("sr_lysis_bleed", "never", condition="sah", wording="tPA"),
    told(
        "sr_lysis_bp",
        "major",
        "tPA",
        {"sbp_mmhg": 190.0},
        {"sbp_mmhg": 185.0},
        condition="ischemic_stroke",
    ),
    Case(
        "sr_bb_shock",
        "never",
        wording="metoprolol 25 mg",
        shown={"sbp_mmhg": 85.0},
        quiet={"evidence": (r("vital_sbp", 120, 1.5),)},
    ),
    Case("sr_bb_shock", "never", wording="metoprolol", shown={"heart_rate_bpm": 45.0}),
    deed("sr_bb_asthma", "major", "propranolol", "metoprolol", condition="asthma_exacerbation"),
    told(
        "sr_ccb_hfref",
        "never",
        "diltiazem drip",
        {"past_diagnoses": ("Chronic systolic heart failure",)},
        {"past_diagnoses": ("Chronic diastolic heart failure",)},
    ),
    told(
        "sr_nitrate_hypotension",
        "never",
        "nitroglycerin SL",
        {"home_drugs": ("Sildenafil 50 mg",)},
        {"home_drugs": ("Aspirin",)},
    ),
    Case("sr_nitrate_hypotension", "never", wording="nitro drip", shown={"sbp_mmhg": 88.0}),
    measured("sr_acei_hyperk", "major", "lisinopril", r("lab_k", 5.6), r("lab_k", 5.4)),
    Case("sr_acei_hyperk", "major", wording="spironolactone", evidence=(r("lab_k", 5.6),)),
    measured(
        "sr_aminoglycoside_renal", "major", "gentamicin", r("lab_creat", 4.0), r("lab_creat", 0.8)
    ),
    Case(
        "sr_contrast_aki",
        "caution",
        condition="aki",
        test="img_ct_abd_pelvis_c",
        quiet={"test": "img_ct_abd_pelvis_nc"},
    ),
    measured(
        "sr_lmwh_renal", "major", "enoxaparin 1 mg/kg", r("lab_creat", 4.0), r("lab_creat", 1.0)
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
    told("sr_flumazenil_seizure", "never", "flumazenil", {"home_drugs": ("clonazepam",)}, {}),
    measured("sr_qt_drugs", "major", "haloperidol 5 mg", r("lab_k", 2.9), r("lab_k", 3.0)),
    measured("sr_statin_rhabdo", "major", "atorvastatin", r("lab_ck", 5001), r("lab_ck", 5000)),
    Case(
        "sr_sglt2_dka",
        "never",
        condition="dka",
        wording="empagliflozin",
        quiet={"condition": "acute_heart_failure"},
    ),
    measured(
        "sr_bicarb_dka",
        "caution",
        "bicarb drip",
        r("lab_bg_ph", 7.05),
        r("lab_bg_ph", 6.9),
        condition="dka",
    ),
    measured("sr_lp_unsafe", "never", "lumbar puncture", r("lab_plt", 39), r("lab_plt", 40)),
    told(
        "sr_bp_too_fast",
        "major",
        "nicardipine drip",
        {"sbp_mmhg": 200.0, "dbp_mmhg": 100.0},
        {"sbp_mmhg": 230.0, "dbp_mmhg": 100.0},
        condition="ischemic_stroke",
    ),
    deed(
        "sr_iodine_thyrotoxicosis",
        "caution",
        "Lugol's iodine",
        "propylthiouracil, then Lugol's iodine",
        condition="thyrotoxicosis",
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
    told("sr_home_unstable", "never", "discharge home", {"spo2_pct": 88.0}, {"spo2_pct": 95.0}),
    deed(
        "om_stroke_ct",
        "never",
        "aspirin 325 mg",
        "aspirin 325 mg after CT excludes hemorrhage",
        condition="ischemic_stroke",
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
