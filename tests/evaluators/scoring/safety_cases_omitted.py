"""Cases of the safety rules about what must not be left undone."""

from __future__ import annotations

from typing import Any

from safety_cases import Case, deed, r
from scoring_cases import report

ECG = "ecg_12lead"


def omitted(rule_id: str, condition: str, done: str, severity: str = "major", **given: Any) -> Case:
    """Nothing is done, and `done` makes it good."""
    return Case(rule_id, severity, condition=condition, quiet={"wording": done}, **given)


K = (r("lab_k", 6.2, 0.0), report(ECG, "Sinus rhythm; Peaked T waves", 0.0))
OMISSION_CASES = (
    omitted("om_stroke_decision", "ischemic_stroke", "not a tPA candidate: outside the window"),
    Case(
        "om_stroke_ct",
        "never",
        condition="ischemic_stroke",
        wording="clopidogrel 300 mg",
        quiet={"test": "img_cta_head_neck"},
    ),
    omitted("om_ich_reversal", "ich", "Kcentra 50 units/kg", evidence=(r("lab_inr", 3.1, 0.0),)),
    omitted("om_ich_reversal", "ich", "reverse warfarin", evidence=(r("lab_inr", 3.1, 0.0),)),
    omitted("om_stemi_reperfusion", "stemi", "activate the STEMI team"),
    omitted("om_fn_abx", "febrile_neutropenia", "cefepime 2 g IV"),
    deed("om_cholangitis_abx", "major", "Zosyn", "Zosyn and ERCP", condition="acute_cholangitis"),
    omitted("om_hyperk_calcium", "aki", "calcium chloride 1 g IV", evidence=K),
    omitted("om_hyperk_shift", "hyperkalemia", "Lokelma 10 g", evidence=(r("lab_k", 7.0, 0.0),)),
    omitted("om_dka_insulin", "dka", "insulin gtt"),
    Case(
        "om_dka_insulin",
        "major",
        condition="dka",
        evidence=(r("lab_k", 3.5, 0.0),),
        quiet={"evidence": (r("lab_k", 3.4, 0.0),)},
    ),
    omitted("om_dka_fluids", "hhs", "2 L normal saline"),
    omitted("om_opioid_naloxone", "opioid_overdose", "Narcan", shown={"resp_rate_per_min": 8.0}),
    Case(
        "om_opioid_naloxone",
        "major",
        condition="opioid_overdose",
        shown={"resp_rate_per_min": 11.0},
        quiet={"shown": {"resp_rate_per_min": 12.0}},
    ),
    omitted(
        "om_apap_nac",
        "acetaminophen_overdose",
        "N-acetylcysteine infusion",
        evidence=(r("lab_acetaminophen", 150, 0.0),),
    ),
    omitted("om_alcohol_withdrawal", "alcohol_withdrawal", "diazepam 10 mg IV"),
    omitted("om_status_epilepticus", "seizure", "lorazepam 4 mg IV", codes=("G40901",)),
    omitted("om_ugib_endoscopy", "nonvariceal_ugib", "GI consult for EGD"),
    omitted("om_ugib_ppi", "nonvariceal_ugib", "pantoprazole 80 mg IV", severity="caution"),
    deed(
        "om_variceal_drugs",
        "major",
        "octreotide drip",
        "octreotide drip and ceftriaxone 1 g",
        condition="variceal_bleed",
    ),
    omitted("om_hemorrhagic_resus", "hemorrhagic_shock", "massive transfusion, PRBC"),
    omitted("om_hemorrhagic_resus", "hemorrhagic_shock", "2 units of whole blood"),
    omitted("om_pe_anticoag", "pulmonary_embolism", "heparin drip"),
    omitted(
        "om_tamponade_drain",
        "acute_pericarditis",
        "pericardiocentesis",
        evidence=(report("echo_tte", "Large effusion with tamponade physiology.", 0.0),),
    ),
    Case(
        "om_tamponade_drain",
        "major",
        condition="acute_pericarditis",
        evidence=(report("echo_tte", "Large effusion with tamponade physiology.", 0.0),),
        quiet={"evidence": (report("echo_tte", "Small effusion without tamponade.", 0.0),)},
    ),
    omitted(
        "om_tension_pneumothorax", "pneumothorax", "needle decompression", shown={"sbp_mmhg": 80.0}
    ),
    omitted("om_dissection_rate", "aortic_dissection", "esmolol drip", shown={"sbp_mmhg": 180.0}),
    omitted(
        "om_block_pacing",
        "complete_heart_block",
        "transcutaneous pacing",
        shown={"heart_rate_bpm": 32.0},
    ),
    omitted(
        "om_block_pacing",
        "complete_heart_block",
        "isoproterenol 2 mcg/min",
        shown={"heart_rate_bpm": 32.0},
    ),
    omitted("om_asthma_bronchodilator", "asthma_exacerbation", "DuoNeb q20min x3"),
    omitted(
        "om_adrenal_steroid",
        "adrenal_insufficiency",
        "hydrocortisone 100 mg IV",
        shown={"sbp_mmhg": 82.0},
    ),
    omitted("om_ttp_exchange", "ttp_tma", "plasma exchange"),
    omitted("om_mesenteric_surgery", "mesenteric_ischemia", "vascular surgery consult"),
    omitted("om_perforation_surgery", "perforated_viscus", "exploratory laparotomy"),
    omitted("om_shock_pressor", "septic_shock", "norepinephrine", shown={"sbp_mmhg": 80.0}),
)
