"""Cases of the safety rules about allergies, bleeding, kidneys and pregnancy."""

from __future__ import annotations

from safety_cases import Case, deed, measured, r, told
from scoring_cases import report


def allergic(text: str) -> dict[str, str]:
    return {"allergies": text}


ALLERGY_CASES = (
    told(
        "sr_allergy_penicillin",
        "never",
        "Zosyn 4.5 g IV q6h",
        allergic("Penicillins"),
        allergic("Cephalosporins"),
    ),
    told(
        "sr_allergy_penicillin",
        "caution",
        "amoxicillin 500 mg TID",
        allergic("Penicillin (nausea)"),
        allergic("No known allergies; tolerates penicillin"),
    ),
    told(
        "sr_allergy_cephalosporin",
        "never",
        "ceftriaxone 1 g IV",
        allergic("Keflex"),
        allergic("Penicillins / latex"),
    ),
    told(
        "sr_allergy_cephalosporin",
        "caution",
        "ceftriaxone 1 g IV",
        allergic("Cefdinir (diarrhea)"),
        allergic("Cefdinir: tolerated ceftriaxone"),
    ),
    deed(
        "sr_allergy_sulfa",
        "caution",
        "TMP-SMX",
        "nitrofurantoin",
        shown=allergic("Bactrim (upset stomach)"),
    ),
    told(
        "sr_allergy_nsaid", "caution", "ibuprofen", allergic("Motrin (GI upset)"), allergic("Mobic")
    ),
    deed(
        "sr_allergy_sulfa",
        "never",
        "Bactrim DS BID",
        "furosemide 40 mg IV",
        shown=allergic("Sulfa (Sulfonamide Antibiotics)"),
    ),
    told(
        "sr_allergy_sulfa",
        "never",
        "Bactrim DS BID",
        allergic("sulfa / morphine sulfate"),
        allergic("Morphine Sulfate"),
    ),
    deed(
        "sr_allergy_nsaid",
        "major",
        "ketorolac 15 mg IV",
        "acetaminophen 650 mg PO",
        shown=allergic("aspirin"),
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
    deed(
        "sr_allergy_generic",
        "never",
        "morphine 4 mg IV",
        "hydromorphone 0.5 mg IV",
        shown=allergic("latex / morphine"),
    ),
    told(
        "sr_allergy_generic",
        "never",
        "vanco 1 g IV",
        allergic("Vancomycin (rash)"),
        allergic("NKDA. Vancomycin tolerated"),
    ),
    told(
        "sr_allergy_generic",
        "caution",
        "Tylenol 650 mg PO",
        allergic("Percocet"),
        allergic("oxycodone"),
    ),
    deed(
        "sr_acei_angioedema",
        "never",
        "lisinopril 5 mg",
        "amlodipine 5 mg",
        shown=allergic("enalapril (lip swelling)"),
    ),
    deed(
        "sr_acei_angioedema",
        "caution",
        "lisinopril 5 mg",
        "losartan 25 mg",
        shown=allergic("lisinopril (cough)"),
    ),
)

BLEEDING_CASES = (
    told(
        "sr_lysis_bleed",
        "major",
        "tenecteplase 0.25 mg/kg",
        {"home_drugs": ("apixaban",)},
        {"home_drugs": ("aspirin",)},
        condition="ischemic_stroke",
    ),
    measured(
        "sr_lysis_bleed",
        "never",
        "tPA",
        report("img_ct_head", "There is a large intraparenchymal hemorrhage."),
        report("img_ct_head", "No intraparenchymal hemorrhage."),
        condition="ischemic_stroke",
    ),
    Case(
        "sr_anticoag_hit",
        "never",
        wording="subcutaneous heparin 5000 units TID",
        evidence=(report("lab_hit_ab", "POSITIVE"),),
        quiet={"evidence": (report("lab_hit_ab", "NEGATIVE"),)},
    ),
    deed(
        "sr_anticoag_hit",
        "never",
        "enoxaparin 1 mg/kg",
        "fondaparinux 7.5 mg",
        shown=allergic("Heparin Agents"),
    ),
    told(
        "sr_anticoag_hit",
        "never",
        "heparin for DVT prophylaxis",
        {"past_history": "HIT antibody positive in 2010"},
        {"past_history": "Hit by a car in 2010"},
    ),
    deed(
        "sr_anticoag_hit",
        "never",
        "SQ heparin for DVT prophylaxis",
        "SCDs for DVT prophylaxis",
        shown=allergic("heparin"),
    ),
    Case(
        "sr_anticoag_bleed",
        "never",
        wording="argatroban drip",
        evidence=(r("lab_plt", 40),),
        quiet={"shown": allergic("heparin")},
    ),
    told(
        "sr_nsaid_anticoag",
        "major",
        "naproxen",
        {"home_drugs": ("warfarin",)},
        {"home_drugs": ("metoprolol",)},
    ),
    Case(
        "sr_lp_unsafe",
        "never",
        test="proc_lp",
        evidence=(report("img_ct_head", "Midline shift of 8 mm.", 0.0),),
        quiet={"evidence": (report("img_ct_head", "No mass effect or midline shift.", 0.0),)},
    ),
    told(
        "sr_lp_unsafe",
        "major",
        "lumbar puncture",
        {"home_drugs": ("apixaban",)},
        {"home_drugs": ("aspirin",)},
    ),
    deed(
        "sr_platelets_ttp",
        "major",
        "transfuse platelets",
        "transfuse platelets only for life-threatening bleeding",
        condition="ttp_tma",
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
    deed(
        "sr_lmwh_renal",
        "major",
        "Lovenox 80 mg SC BID, full dose",
        "enoxaparin 1 mg/kg once daily (renally dosed)",
        evidence=(r("lab_creat", 4.0),),
    ),
    deed(
        "sr_lmwh_renal",
        "major",
        "enoxaparin 1 mg/kg twice daily",
        "enoxaparin 1 mg/kg daily",
        evidence=(r("lab_creat", 4.0),),
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
    deed(
        "sr_nitrofurantoin_renal",
        "caution",
        "Macrobid 100 mg BID",
        "ceftriaxone 1 g",
        evidence=(r("lab_creat", 4.0),),
    ),
    told(
        "sr_doac_valve",
        "major",
        "apixaban 5 mg BID",
        {"past_history": "- HTN\n- mechanical mitral valve"},
        {"past_history": "- HTN\n- no mechanical mitral valve"},
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
    measured(
        "sr_pregnancy_drugs",
        "major",
        "warfarin 5 mg",
        r("lab_hcg_serum", 4000),
        r("lab_hcg_serum", 4),
        shown=PREGNANCY,
    ),
    told(
        "sr_pregnancy_drugs",
        "major",
        "lisinopril 5 mg",
        PREGNANCY,
        {**PREGNANCY, "sex": "M"},
        evidence=(r("lab_hcg_serum", 4000),),
    ),
    deed(
        "sr_pregnancy_drugs",
        "caution",
        "ibuprofen 600 mg",
        "acetaminophen 650 mg",
        shown=PREGNANCY,
        codes=("Z331",),
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
