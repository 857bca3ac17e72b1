"""Cases of the safety rules about conditions, measured values, ECG and doses."""

from __future__ import annotations

from safety_cases import Case, r
from scoring_cases import report

from evaluators.scenario_sets import EvidenceItem

ECG = "ecg_12lead"


def gcs(eye: int, verbal: int, motor: int) -> tuple[EvidenceItem, ...]:
    parts = (("Eye Opening", eye), ("Verbal Response", verbal), ("Motor Response", motor))
    return tuple(r("vital_gcs", score, label=f"GCS - {name}") for name, score in parts)


CONDITION_CASES = (
    Case(
        "sr_bb_pheo",
        "major",
        wording="metoprolol 25 mg",
        codes=("E275",),
        quiet={"wording": "phenoxybenzamine first, metoprolol later"},
    ),
    Case(
        "sr_bb_pheo",
        "major",
        wording="metoprolol 25 mg",
        shown={"past_diagnoses": ("Pheochromocytoma",)},
        quiet={"shown": {}, "codes": ("D3500",)},  # any adenoma of the adrenal gland
    ),
    Case(
        "sr_fluids_overload",
        "caution",
        wording="NS bolus 1 L",
        evidence=(report("img_xr_chest", "Moderate pulmonary edema."),),
        quiet={"evidence": (report("img_xr_chest", "No pulmonary edema."),)},
    ),
    Case(
        "sr_tramadol_seizure",
        "major",
        condition="seizure",
        wording="tramadol 50 mg",
        quiet={"wording": "oxycodone 5 mg"},
    ),
    Case(
        "sr_dopamine_blocker_parkinson",
        "major",
        wording="Haldol 2 mg IM",
        shown={"past_diagnoses": ("Parkinson's disease",)},
        quiet={"wording": "quetiapine 12.5 mg"},
    ),
    Case(
        "sr_dopamine_blocker_parkinson",
        "major",
        wording="Reglan 10 mg IV",
        shown={"home_drugs": ("carbidopa-levodopa",)},
        quiet={"wording": "ondansetron 4 mg IV"},
    ),
    Case(
        "sr_fq_aorta",
        "caution",
        wording="levofloxacin 750 mg",
        codes=("I714",),
        quiet={"wording": "azithromycin 500 mg"},
    ),
    Case(
        "sr_fq_mg",
        "major",
        wording="IV magnesium sulfate 2 g",
        shown={"past_diagnoses": ("Myasthenia gravis without acute exacerbation",)},
        quiet={"shown": {"past_diagnoses": ("Muscle weakness",)}},
    ),
    Case(
        "sr_antimotility_cdi",
        "major",
        condition="cdiff",
        wording="loperamide 2 mg",
        quiet={"condition": "pyelonephritis"},
    ),
    Case(
        "sr_metoclopramide_obstruction",
        "major",
        condition="sbo",
        wording="metoclopramide 10 mg IV",
        quiet={"wording": "ondansetron 4 mg IV"},
    ),
    Case(
        "sr_bowel_prep_obstruction",
        "never",
        condition="sbo",
        wording="GoLytely prep",
        quiet={"condition": "lower_gi_bleed"},
    ),
    Case(
        "sr_egd_perforation",
        "never",
        condition="nonvariceal_ugib",
        wording="EGD",
        evidence=(report("img_ct_abd_pelvis_c", "Large volume of free intraperitoneal air."),),
        quiet={
            "evidence": (report("img_ct_abd_pelvis_c", "There is no free intraperitoneal air."),)
        },
    ),
    Case(
        "sr_niv_contra",
        "major",
        wording="BiPAP 12/5",
        evidence=gcs(1, 1, 5),
        quiet={"evidence": gcs(2, 2, 5)},
    ),
    Case(
        "sr_niv_contra",
        "major",
        condition="pneumothorax",
        wording="BiPAP",
        quiet={"wording": "chest tube, then BiPAP"},
    ),
    Case(
        "sr_g6pd",
        "never",
        condition="tumor_lysis",
        wording="rasburicase 3 mg",
        shown={"past_history": "G6PD deficiency"},
        quiet={"wording": "allopurinol 300 mg"},
    ),
    Case(
        "sr_g6pd",
        "caution",
        wording="Bactrim DS BID",
        shown={"past_history": "G6PD deficiency"},
        quiet={"shown": {}},
    ),
    Case(
        "sr_steroid_infection",
        "major",
        condition="alcoholic_hepatitis",
        wording="prednisolone 40 mg",
        evidence=(report("micro_blood_cx", "ESCHERICHIA COLI"),),
        quiet={"evidence": (report("micro_blood_cx", "no organism reported"),)},
    ),
    Case(
        "sr_thyroid_before_steroid",
        "major",
        condition="myxedema_hypothyroid",
        wording="levothyroxine 200 mcg IV",
        quiet={"wording": "hydrocortisone 100 mg IV and levothyroxine 200 mcg IV"},
    ),
    Case(
        "sr_o2_copd",
        "caution",
        condition="copd_exacerbation",
        wording="non-rebreather 15 L oxygen",
        shown={"spo2_pct": 94.0},
        quiet={"wording": "oxygen by nasal cannula, target 88-92%"},
    ),
    Case(
        "sr_home_unstable",
        "never",
        wording="discharge home",
        evidence=gcs(3, 4, 6),
        quiet={"evidence": gcs(4, 5, 6)},
    ),
    Case(
        "sr_ccb_hfref",
        "never",
        wording="diltiazem drip",
        evidence=(report(ECG, "Ventricular tachycardia; Abnormal ECG"),),
        quiet={"evidence": (report(ECG, "Sinus tachycardia; Abnormal ECG"),)},
    ),
    Case(
        "sr_insulin_no_glucose",
        "major",
        condition="hyperkalemia",
        wording="regular insulin 10 units IV",
        evidence=(r("lab_glucose", 110),),
        quiet={"wording": "regular insulin 10 units IV with D50"},
    ),
    Case(
        "sr_bb_shock",
        "never",
        wording="metoprolol 5 mg IV",
        evidence=(report(ECG, "Sinus rhythm with complete A-V block"),),
        quiet={"evidence": (report(ECG, "Sinus rhythm with 1st degree A-V block"),)},
    ),
    Case(
        "sr_na_overcorrection",
        "never",
        condition="hyponatremia",
        wording="3% saline 100 mL",
        evidence=(r("lab_na", 112, 0.6), r("lab_na", 123, 1.9)),
        quiet={"evidence": (r("lab_na", 112, 0.6), r("lab_na", 122, 1.9))},
    ),
    Case(
        "sr_bp_too_fast",
        "major",
        condition="hypertensive_emergency",
        wording="nicardipine drip to a target SBP of 120",
        quiet={"wording": "nicardipine drip, lower MAP by 20% in the first hour"},
    ),
    Case(
        "sr_rectal_neutropenia",
        "major",
        condition="febrile_neutropenia",
        test="exam_rectal",
        evidence=(r("lab_neut_abs", 0.1, 0.0),),
        quiet={"evidence": (r("lab_neut_abs", 0.6, 0.0),)},
    ),
    Case(
        "sr_sedative_hypercapnia",
        "major",
        wording="midazolam 2 mg",
        evidence=gcs(2, 3, 5),
        quiet={"wording": "intubate with midazolam 2 mg"},
    ),
)

ECG_CASES = (
    Case(
        "sr_qt_drugs",
        "major",
        wording="Zofran 4 mg IV",
        evidence=(report(ECG, "Sinus rhythm; measured: rate 80/min, QTc 512 ms (Bazett)"),),
        quiet={"evidence": (report(ECG, "Sinus rhythm; measured: QTc 500 ms (Bazett)"),)},
    ),
    Case(
        "sr_adenosine_wpw",
        "never",
        condition="atrial_fibrillation",
        wording="adenosine 6 mg",
        evidence=(report(ECG, "Atrial fibrillation; Wolff-Parkinson-White"),),
        quiet={"wording": "procainamide, then cardioversion"},
    ),
    Case(
        "sr_nitrate_hypotension",
        "never",
        condition="stemi",
        wording="SL nitroglycerin",
        evidence=(report(ECG, "Inferior infarct, acute; Right ventricular infarct"),),
        quiet={"evidence": (report(ECG, "Inferior infarct, acute"),)},
    ),
)

DOSE_CASES = (
    Case(
        "sr_apap_liver",
        "major",
        condition="decompensated_cirrhosis",
        wording="Tylenol 1 g PO q6h",
        quiet={"wording": "Tylenol 500 mg PO q6h"},
    ),
    Case(
        "dose_apap_daily",
        "major",
        wording="acetaminophen 1000 mg PO q4h",
        quiet={"wording": "acetaminophen 1000 mg PO q6h"},
    ),
    Case(
        "dose_potassium_push",
        "never",
        wording="KCl 20 mEq IV push",
        quiet={"wording": "KCl 20 mEq IV over 2 hours"},
    ),
    Case(
        "dose_potassium_rate",
        "major",
        wording="potassium chloride 40 mEq IV over 1 hour",
        quiet={"wording": "potassium chloride 40 mEq IV over 2 hours"},
    ),
    Case(
        "dose_potassium_rate",
        "major",
        wording="potassium chloride 40 mEq IV over 1 hour",
        evidence=(r("lab_k", 2.0),),
        quiet={"evidence": (r("lab_k", 1.9),)},
    ),
    Case(
        "dose_potassium_rate",
        "major",
        wording="KCl 60 mEq/hr",
        evidence=(r("lab_k", 1.9),),
        quiet={"wording": "KCl 40 mEq/hr"},
    ),
    Case(
        "dose_apap_daily",
        "major",
        wording="acetaminophen 2 g three times a day",
        quiet={"wording": "acetaminophen 2 g twice a day"},
    ),
    Case(
        "dose_ketorolac",
        "major",
        wording="ketorolac 30 mg IV q6h",
        shown={"age_years": 65},
        quiet={"shown": {"age_years": 64}},
    ),
    Case(
        "dose_opioid_naive",
        "major",
        wording="morphine 15 mg IV once",
        quiet={"wording": "morphine 4 mg IV once"},
    ),
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
    Case(
        "dose_opioid_patch_naive",
        "major",
        wording="morphine ER 30 mg",
        quiet={"wording": "morphine 4 mg IV in the ER"},
    ),
    Case(
        "dose_insulin_rate",
        "major",
        condition="dka",
        wording="insulin drip 0.5 units/kg/hr",
        quiet={"wording": "insulin drip 0.1 units/kg/hr"},
    ),
    Case(
        "dose_alteplase_stroke",
        "major",
        condition="ischemic_stroke",
        wording="alteplase 100 mg IV",
        quiet={"wording": "alteplase 0.9 mg/kg IV, at most 90 mg"},
    ),
    Case(
        "dose_epinephrine_push",
        "major",
        condition="anaphylaxis",
        wording="epinephrine 1 mg IV push",
        quiet={"wording": "epinephrine 0.5 mg IM"},
    ),
    Case(
        "dose_phenytoin_rate",
        "major",
        condition="seizure",
        wording="phenytoin 1500 mg IV over 10 min",
        quiet={"wording": "phenytoin 1500 mg IV over 40 min"},
    ),
)

DEED_CASES = (*CONDITION_CASES, *ECG_CASES, *DOSE_CASES)
