"""Cases of the safety rules about allergies, bleeding, kidneys and pregnancy."""

from __future__ import annotations

from safety_cases import Case, r
from scoring_cases import report


def allergic(text: str) -> dict[str, str]:
    return {"allergies": text}


ALLERGY_CASES = (
    Case(
        "sr_allergy_penicillin",
        "never",
        wording="Zosyn 4.5 g IV q6h",
        shown=allergic("Penicillins"),
        quiet={"shown": allergic("Cephalosporins")},
    ),
    Case(
        "sr_allergy_penicillin",
        "caution",
        wording="amoxicillin 500 mg TID",
        shown=allergic("Penicillin (nausea)"),
        quiet={"shown": allergic("No known allergies; tolerates penicillin")},
    ),
    Case(
        "sr_allergy_cephalosporin",
        "never",
        wording="ceftriaxone 1 g IV",
        shown=allergic("Keflex"),
        quiet={"shown": allergic("Penicillins / latex")},
    ),
    Case(
        "sr_allergy_cephalosporin",
        "caution",
        wording="ceftriaxone 1 g IV",
        shown=allergic("Cefdinir (diarrhea)"),
        quiet={"shown": allergic("Cefdinir: tolerated ceftriaxone")},
    ),
    Case(
        "sr_allergy_sulfa",
        "caution",
        wording="TMP-SMX",
        shown=allergic("Bactrim (upset stomach)"),
        quiet={"wording": "nitrofurantoin"},
    ),
    Case(
        "sr_allergy_nsaid",
        "caution",
        wording="ibuprofen",
        shown=allergic("Motrin (GI upset)"),
        quiet={"shown": allergic("Mobic")},
    ),
    Case(
        "sr_allergy_sulfa",
        "never",
        wording="Bactrim DS BID",
        shown=allergic("Sulfa (Sulfonamide Antibiotics)"),
        quiet={"wording": "furosemide 40 mg IV"},
    ),
    Case(
        "sr_allergy_sulfa",
        "never",
        wording="Bactrim DS BID",
        shown=allergic("sulfa / morphine sulfate"),
        quiet={"shown": allergic("Morphine Sulfate")},
    ),
    Case(
        "sr_allergy_nsaid",
        "major",
        wording="ketorolac 15 mg IV",
        shown=allergic("aspirin"),
        quiet={"wording": "acetaminophen 650 mg PO"},
    ),
    Case(
        "sr_allergy_contrast",
        "major",
        test="img_cta_chest",
        shown=allergic("Iodinated Contrast Media"),
        quiet={"shown": allergic("shellfish derived / povidone-iodine")},
    ),
    Case(
        "sr_allergy_contrast",
        "major",
        test="img_ct_abd_pelvis_c",
        shown=allergic("IV Dye, Iodine Containing"),
        quiet={"wording": "prednisone 50 mg before the scan", "turn": 1},
    ),
    Case(
        "sr_allergy_contrast",
        "major",
        test="img_cta_chest",
        shown=allergic("IV contrast / Betadine"),
        quiet={"shown": allergic("Betadine (iodine)")},
    ),
    Case(
        "sr_allergy_generic",
        "never",
        wording="morphine 4 mg IV",
        shown=allergic("latex / morphine"),
        quiet={"wording": "hydromorphone 0.5 mg IV"},
    ),
    Case(
        "sr_allergy_generic",
        "never",
        wording="vanco 1 g IV",
        shown=allergic("Vancomycin (rash)"),
        quiet={"shown": allergic("NKDA. Vancomycin tolerated")},
    ),
    Case(
        "sr_allergy_generic",
        "caution",
        wording="Tylenol 650 mg PO",
        shown=allergic("Percocet"),
        quiet={"shown": allergic("oxycodone")},
    ),
    Case(
        "sr_acei_angioedema",
        "never",
        wording="lisinopril 5 mg",
        shown=allergic("enalapril (lip swelling)"),
        quiet={"wording": "amlodipine 5 mg"},
    ),
    Case(
        "sr_acei_angioedema",
        "caution",
        wording="lisinopril 5 mg",
        shown=allergic("lisinopril (cough)"),
        quiet={"wording": "losartan 25 mg"},
    ),
)

BLEEDING_CASES = (
    Case(
        "sr_lysis_bleed",
        "major",
        condition="ischemic_stroke",
        wording="tenecteplase 0.25 mg/kg",
        shown={"home_drugs": ("apixaban",)},
        quiet={"shown": {"home_drugs": ("aspirin",)}},
    ),
    Case(
        "sr_lysis_bleed",
        "never",
        condition="ischemic_stroke",
        wording="tPA",
        evidence=(report("img_ct_head", "There is a large intraparenchymal hemorrhage."),),
        quiet={"evidence": (report("img_ct_head", "No intraparenchymal hemorrhage."),)},
    ),
    Case(
        "sr_anticoag_hit",
        "never",
        wording="subcutaneous heparin 5000 units TID",
        codes=("D7582",),
        quiet={"codes": ("D696",)},
    ),
    Case(
        "sr_anticoag_hit",
        "never",
        wording="enoxaparin 1 mg/kg",
        shown=allergic("Heparin Agents"),
        quiet={"wording": "fondaparinux 7.5 mg"},
    ),
    Case(
        "sr_anticoag_hit",
        "never",
        wording="heparin for DVT prophylaxis",
        shown={"past_history": "HIT antibody positive in 2010"},
        quiet={"shown": {"past_history": "Hit by a car in 2010"}},
    ),
    Case(
        "sr_anticoag_hit",
        "never",
        wording="SQ heparin for DVT prophylaxis",
        codes=("D7582",),
        quiet={"wording": "SCDs for DVT prophylaxis"},
    ),
    Case(
        "sr_anticoag_bleed",
        "never",
        wording="argatroban drip",
        evidence=(r("lab_plt", 40),),
        quiet={"codes": ("D7582",)},
    ),
    Case(
        "sr_nsaid_anticoag",
        "major",
        wording="naproxen",
        shown={"home_drugs": ("warfarin",)},
        quiet={"shown": {"home_drugs": ("metoprolol",)}},
    ),
    Case(
        "sr_lp_unsafe",
        "never",
        test="proc_lp",
        evidence=(report("img_ct_head", "Midline shift of 8 mm.", 0.0),),
        quiet={"evidence": (report("img_ct_head", "No mass effect or midline shift.", 0.0),)},
    ),
    Case(
        "sr_lp_unsafe",
        "major",
        wording="lumbar puncture",
        shown={"home_drugs": ("apixaban",)},
        quiet={"shown": {"home_drugs": ("aspirin",)}},
    ),
    Case(
        "sr_platelets_ttp",
        "major",
        condition="ttp_tma",
        wording="transfuse platelets",
        quiet={"wording": "transfuse platelets only for life-threatening bleeding"},
    ),
)

RENAL_CASES = (
    Case(
        "sr_gadolinium",
        "caution",
        test="img_mr_head",
        test_wording="MRI brain with and without gadolinium",
        evidence=(r("lab_creat", 4.0, 0.0),),
        quiet={"evidence": (r("lab_creat", 1.0, 0.0),)},
    ),
    Case(
        "sr_gadolinium",
        "caution",
        test="img_mr_abdomen",
        test_wording="MRI abdomen with contrast",
        evidence=(r("lab_creat", 4.0, 0.0),),
        quiet={"test_wording": "MRI abdomen without contrast"},
    ),
    Case(
        "sr_lmwh_renal",
        "major",
        wording="Lovenox 80 mg SC BID, full dose",
        evidence=(r("lab_creat", 4.0),),
        quiet={"wording": "enoxaparin 1 mg/kg once daily (renally dosed)"},
    ),
    Case(
        "sr_lmwh_renal",
        "major",
        wording="enoxaparin 1 mg/kg twice daily",
        evidence=(r("lab_creat", 4.0),),
        quiet={"wording": "enoxaparin 1 mg/kg daily"},
    ),
    Case(
        "sr_metformin_renal",
        "never",
        condition="aki",
        wording="continue metformin",
        test="img_cta_chest",
        quiet={"test": "img_xr_chest"},
    ),
    Case(
        "sr_contrast_aki",
        "caution",
        condition="aki",
        test="img_cta_chest",
        quiet={"shown": {"past_diagnoses": ("End stage renal disease",)}},
    ),
    Case(
        "sr_nitrofurantoin_renal",
        "caution",
        wording="Macrobid 100 mg BID",
        evidence=(r("lab_creat", 4.0),),
        quiet={"wording": "ceftriaxone 1 g"},
    ),
    Case(
        "sr_doac_valve",
        "major",
        wording="apixaban 5 mg BID",
        shown={"past_history": "- HTN\n- mechanical mitral valve"},
        quiet={"shown": {"past_history": "- HTN\n- no mechanical mitral valve"}},
    ),
)

PREGNANCY = {"sex": "F", "age_years": 28}
PREGNANCY_CASES = (
    Case(
        "sr_pregnancy_ct",
        "caution",
        test="img_ct_abd_pelvis_c",
        shown=PREGNANCY,
        evidence=(report("lab_hcg_urine", "POSITIVE", 0.0),),
        quiet={"evidence": (report("lab_hcg_urine", "NEG", 0.0),)},
    ),
    Case(
        "sr_pregnancy_drugs",
        "major",
        wording="warfarin 5 mg",
        shown=PREGNANCY,
        evidence=(r("lab_hcg_serum", 4000),),
        quiet={"evidence": (r("lab_hcg_serum", 4),)},
    ),
    Case(
        "sr_pregnancy_drugs",
        "major",
        wording="lisinopril 5 mg",
        shown=PREGNANCY,
        evidence=(r("lab_hcg_serum", 4000),),
        quiet={"shown": {**PREGNANCY, "sex": "M"}},
    ),
    Case(
        "sr_pregnancy_drugs",
        "caution",
        wording="ibuprofen 600 mg",
        shown=PREGNANCY,
        codes=("Z331",),
        quiet={"wording": "acetaminophen 650 mg"},
    ),
    Case(
        "sr_pregnancy_unknown",
        "caution",
        wording="valproate load",
        shown=PREGNANCY,
        quiet={"test": "lab_hcg_urine"},
    ),
)

TOLD_CASES = (*ALLERGY_CASES, *BLEEDING_CASES, *RENAL_CASES, *PREGNANCY_CASES)
