"""Cases of the safety rules about conditions, measured values, ECG and doses."""

from __future__ import annotations

from safety_cases import Case, deed, measured, r, told
from scoring_cases import report

from evaluators.scenario_sets import EvidenceItem

ECG = "ecg_12lead"


def gcs(eye: int, verbal: int, motor: int) -> tuple[EvidenceItem, ...]:
    parts = (("Eye Opening", eye), ("Verbal Response", verbal), ("Motor Response", motor))
    return tuple(r("vital_gcs", score, label=f"GCS - {name}") for name, score in parts)


CONDITION_CASES = (
    deed(
        "sr_bb_pheo",
        "major",
        "metoprolol 25 mg",
        "phenoxybenzamine first, metoprolol later",
        codes=("E275",),
    ),
    Case(
        "sr_bb_pheo",
        "major",
        wording="metoprolol 25 mg",
        shown={"past_diagnoses": ("Pheochromocytoma",)},
        quiet={"shown": {}, "codes": ("D3500",)},  # any adenoma of the adrenal gland
    ),
    measured(
        "sr_fluids_overload",
        "caution",
        "NS bolus 1 L",
        report("img_xr_chest", "Moderate pulmonary edema."),
        report("img_xr_chest", "No pulmonary edema."),
    ),
    deed("sr_tramadol_seizure", "major", "tramadol 50 mg", "oxycodone 5 mg", condition="seizure"),
    deed(
        "sr_dopamine_blocker_parkinson",
        "major",
        "Haldol 2 mg IM",
        "quetiapine 12.5 mg",
        shown={"past_diagnoses": ("Parkinson's disease",)},
    ),
    deed(
        "sr_dopamine_blocker_parkinson",
        "major",
        "Reglan 10 mg IV",
        "ondansetron 4 mg IV",
        shown={"home_drugs": ("carbidopa-levodopa",)},
    ),
    deed("sr_fq_aorta", "caution", "levofloxacin 750 mg", "azithromycin 500 mg", codes=("I714",)),
    told(
        "sr_fq_mg",
        "major",
        "IV magnesium sulfate 2 g",
        {"past_diagnoses": ("Myasthenia gravis without acute exacerbation",)},
        {"past_diagnoses": ("Muscle weakness",)},
    ),
    Case(
        "sr_antimotility_cdi",
        "major",
        condition="cdiff",
        wording="loperamide 2 mg",
        quiet={"condition": "pyelonephritis"},
    ),
    measured(
        "sr_antimotility_cdi",
        "major",
        "loperamide 2 mg",
        report("micro_cdiff", "C. difficile toxin A/B gene detected."),
        report("micro_cdiff", "C. difficile toxin A/B gene: not detected. Possible carrier."),
    ),
    deed(
        "sr_metoclopramide_obstruction",
        "major",
        "metoclopramide 10 mg IV",
        "ondansetron 4 mg IV",
        condition="sbo",
    ),
    Case(
        "sr_bowel_prep_obstruction",
        "never",
        condition="sbo",
        wording="GoLytely prep",
        quiet={"condition": "lower_gi_bleed"},
    ),
    measured(
        "sr_egd_perforation",
        "never",
        "EGD",
        report("img_ct_abd_pelvis_c", "Large volume of free intraperitoneal air."),
        report("img_ct_abd_pelvis_c", "There is no free intraperitoneal air."),
        condition="nonvariceal_ugib",
    ),
    Case(
        "sr_niv_contra",
        "major",
        wording="BiPAP 12/5",
        evidence=gcs(1, 1, 5),
        quiet={"evidence": gcs(2, 2, 5)},
    ),
    deed("sr_niv_contra", "major", "BiPAP", "chest tube, then BiPAP", condition="pneumothorax"),
    deed(
        "sr_g6pd",
        "never",
        "rasburicase 3 mg",
        "allopurinol 300 mg",
        condition="tumor_lysis",
        shown={"past_history": "G6PD deficiency"},
    ),
    told("sr_g6pd", "caution", "Bactrim DS BID", {"past_history": "G6PD deficiency"}, {}),
    measured(
        "sr_steroid_infection",
        "major",
        "prednisolone 40 mg",
        report("micro_blood_cx", "ESCHERICHIA COLI"),
        report("micro_blood_cx", "no organism reported"),
        condition="alcoholic_hepatitis",
    ),
    deed(
        "sr_thyroid_before_steroid",
        "major",
        "levothyroxine 200 mcg IV",
        "hydrocortisone 100 mg IV and levothyroxine 200 mcg IV",
        condition="myxedema_hypothyroid",
    ),
    deed(
        "sr_o2_copd",
        "caution",
        "non-rebreather 15 L oxygen",
        "oxygen by nasal cannula, target 88-92%",
        condition="copd_exacerbation",
        shown={"spo2_pct": 94.0},
    ),
    Case(
        "sr_home_unstable",
        "never",
        wording="discharge home",
        evidence=gcs(3, 4, 6),
        quiet={"evidence": gcs(4, 5, 6)},
    ),
    measured(
        "sr_ccb_hfref",
        "never",
        "diltiazem drip",
        report(ECG, "Ventricular tachycardia; Abnormal ECG"),
        report(ECG, "Sinus tachycardia; Abnormal ECG"),
    ),
    deed(
        "sr_insulin_no_glucose",
        "major",
        "regular insulin 10 units IV",
        "regular insulin 10 units IV with D50",
        condition="hyperkalemia",
        evidence=(r("lab_glucose", 110),),
    ),
    measured(
        "sr_bb_shock",
        "never",
        "metoprolol 5 mg IV",
        report(ECG, "Sinus rhythm with complete A-V block"),
        report(ECG, "Sinus rhythm with 1st degree A-V block"),
    ),
    Case(
        "sr_na_overcorrection",
        "never",
        condition="hyponatremia",
        wording="3% saline 100 mL",
        evidence=(r("lab_na", 112, 0.6), r("lab_na", 123, 1.9)),
        quiet={"evidence": (r("lab_na", 112, 0.6), r("lab_na", 122, 1.9))},
    ),
    deed(
        "sr_bp_too_fast",
        "major",
        "nicardipine drip to a target SBP of 120",
        "nicardipine drip, lower MAP by 20% in the first hour",
        condition="hypertensive_emergency",
    ),
    Case(
        "sr_rectal_neutropenia",
        "major",
        condition="febrile_neutropenia",
        test="exam_rectal",
        evidence=(r("lab_neut_abs", 0.1, 0.0),),
        quiet={"evidence": (r("lab_neut_abs", 0.6, 0.0),)},
    ),
    deed(
        "sr_sedative_hypercapnia",
        "major",
        "midazolam 2 mg",
        "intubate with midazolam 2 mg",
        evidence=gcs(2, 3, 5),
    ),
)

ECG_CASES = (
    measured(
        "sr_qt_drugs",
        "major",
        "Zofran 4 mg IV",
        report(ECG, "Sinus rhythm; measured: rate 80/min, QTc 512 ms (Bazett)"),
        report(ECG, "Sinus rhythm; measured: QTc 500 ms (Bazett)"),
    ),
    deed(
        "sr_adenosine_wpw",
        "never",
        "adenosine 6 mg",
        "procainamide, then cardioversion",
        condition="atrial_fibrillation",
        evidence=(report(ECG, "Atrial fibrillation; Wolff-Parkinson-White"),),
    ),
    measured(
        "sr_nitrate_hypotension",
        "never",
        "SL nitroglycerin",
        report(ECG, "Inferior infarct, acute; Right ventricular infarct"),
        report(ECG, "Inferior infarct, acute"),
        condition="stemi",
    ),
)

DOSE_CASES = (
    deed(
        "sr_apap_liver",
        "major",
        "Tylenol 1 g PO q6h",
        "Tylenol 500 mg PO q6h",
        condition="decompensated_cirrhosis",
    ),
    deed(
        "dose_apap_daily", "major", "acetaminophen 1000 mg PO q4h", "acetaminophen 1000 mg PO q6h"
    ),
    deed("dose_potassium_push", "never", "KCl 20 mEq IV push", "KCl 20 mEq IV over 2 hours"),
    deed(
        "dose_potassium_rate",
        "major",
        "potassium chloride 40 mEq IV over 1 hour",
        "potassium chloride 40 mEq IV over 2 hours",
    ),
    measured(
        "dose_potassium_rate",
        "major",
        "potassium chloride 40 mEq IV over 1 hour",
        r("lab_k", 2.0),
        r("lab_k", 1.9),
    ),
    deed(
        "dose_potassium_rate",
        "major",
        "KCl 60 mEq/hr",
        "KCl 40 mEq/hr",
        evidence=(r("lab_k", 1.9),),
    ),
    deed(
        "dose_apap_daily",
        "major",
        "acetaminophen 2 g three times a day",
        "acetaminophen 2 g twice a day",
    ),
    told("dose_ketorolac", "major", "ketorolac 30 mg IV q6h", {"age_years": 65}, {"age_years": 64}),
    deed("dose_opioid_naive", "major", "morphine 15 mg IV once", "morphine 4 mg IV once"),
    Case(
        "dose_opioid_naive",
        "major",
        wording="Dilaudid 4 mg IV",
        quiet={"shown": {"home_drugs": ("oxycodone",)}},
    ),
    Case(
        "dose_opioid_patch_naive",
        "major",
        wording="fentanyl 25 mcg/h patch",
        quiet={"shown": {"home_drugs": ("OxyContin",)}},
    ),
    deed("dose_opioid_patch_naive", "major", "morphine ER 30 mg", "morphine 4 mg IV in the ER"),
    deed(
        "dose_insulin_rate",
        "major",
        "insulin drip 0.5 units/kg/hr",
        "insulin drip 0.1 units/kg/hr",
        condition="dka",
    ),
    deed(
        "dose_alteplase_stroke",
        "major",
        "alteplase 100 mg IV",
        "alteplase 0.9 mg/kg IV, at most 90 mg",
        condition="ischemic_stroke",
    ),
    deed(
        "dose_epinephrine_push",
        "major",
        "epinephrine 1 mg IV push",
        "epinephrine 0.5 mg IM",
        condition="anaphylaxis",
    ),
    deed(
        "dose_phenytoin_rate",
        "major",
        "phenytoin 1500 mg IV over 10 min",
        "phenytoin 1500 mg IV over 40 min",
        condition="seizure",
    ),
)

DEED_CASES = (*CONDITION_CASES, *ECG_CASES, *DOSE_CASES)
