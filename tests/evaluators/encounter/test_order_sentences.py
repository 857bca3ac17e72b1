"""Orders inside sentences: reasons, "including", punctures, treatments.

Belongs here: what `orders` makes of whole sentences. Does not belong here: the labelled set
(`test_order_evaluation`), names (`test_orders`, `test_orders_as_written`).
"""

from __future__ import annotations

import pytest

from evaluators.catalogue import Catalogue
from evaluators.encounter.orders import order_resolver


def found(catalogue: Catalogue, wording: str) -> list[str]:
    return [
        one.test_id or one.tool_id or ("ambiguous" if one.choices else "unrecognised")
        for one in order_resolver(catalogue).resolve(wording)
    ]


@pytest.mark.parametrize(
    ("wording", "expected"),
    [
        ("Given his hypotension, check a lactate", ["lab_lactate"]),
        ("For chest pain: ECG, troponin", ["ecg_12lead", "lab_tnt"]),
        ("For CBC, BMP", ["panel_cbc", "panel_bmp"]),
        ("LFTs including bilirubin", ["panel_lft"]),
        ("electrolytes including magnesium", ["panel_electrolytes", "lab_mg"]),
        ("VBG to assess pH and pCO2", ["panel_vbg"]),
        ("LP for cell count and culture", ["proc_lp", "panel_csf", "micro_csf_cx"]),
        ("CSF cell count, glucose", ["panel_csf", "lab_csf_glu"]),
        ("CSF culture, CBC, glucose", ["micro_csf_cx", "panel_cbc", "lab_glucose"]),
        ("physical exam: heart, lungs", ["exam_cardiac", "exam_lung"]),
        ("check for edema", ["exam_extremities"]),
        ("troponin 0, 3, 6 h", ["lab_tnt"]),
        ("trops 0/3/6", ["lab_tnt"]),
        ("CBC, troponin at 0, 3 and 6 hours, BMP", ["panel_cbc", "lab_tnt", "panel_bmp"]),
        ("troponin, then troponin in 3 hours", ["lab_tnt"]),
        ("BUN, creatinine", ["lab_bun", "lab_creat"]),
        ("CT chest/abdomen/pelvis", ["img_ct_chest", "img_ct_abd_pelvis_c"]),
    ],
)
def test_sentence_is_taken_apart(catalogue: Catalogue, wording: str, expected: list[str]) -> None:
    assert found(catalogue, wording) == expected


@pytest.mark.parametrize(
    "wording",
    ["check for PE", "evaluate for PE", "please check him for acute PE", "is there a PE?",
     "look for pulmonary embolism", "check for SBP", "assess for CVA", "check for AS",
     "screen for MG"],
)  # fmt: skip
def test_a_disease_that_is_looked_for_is_no_test_of_its_letters(
    catalogue: Catalogue, wording: str
) -> None:
    assert found(catalogue, wording) in (["ambiguous"], ["unrecognised"])


@pytest.mark.parametrize(
    ("wording", "expected"),
    [
        ("D-dimer for DVT/PE", ["lab_d_dimer"]),
        ("CT chest to rule out pneumonia and PE", ["img_ct_chest"]),
        ("troponin, ECG for MI or PE, CBC", ["lab_tnt", "ecg_12lead", "panel_cbc"]),
        ("CTA chest for pneumonia, PE", ["img_cta_chest"]),
        ("vitals, PE, CBC", ["panel_vitals", "exam_full", "panel_cbc"]),
        ("CXR for cough, CBC, PE", ["img_xr_chest", "panel_cbc", "exam_full"]),
        ("CXR for pneumonia and edema", ["img_xr_chest"]),
        ("CT abdomen for pain, fever; lipase", ["img_ct_abd_pelvis_c", "lab_lipase"]),
        ("CT head for headache, facial droop, CBC", ["img_ct_head", "panel_cbc"]),
        ("check BNP for dyspnea, edema", ["lab_ntprobnp"]),
        ("BNP for leg edema / JVD", ["lab_ntprobnp"]),
        ("CT head for stroke, NIHSS", ["img_ct_head", "exam_neuro"]),
        ("CXR for cough, check for edema", ["img_xr_chest", "exam_extremities"]),
        ("check for JVD and edema", ["exam_cardiac", "exam_extremities"]),
        ("cardiac exam for murmurs, edema", ["exam_cardiac", "exam_extremities"]),
    ],
)
def test_what_goes_on_after_a_reason_belongs_to_the_reason(
    catalogue: Catalogue, wording: str, expected: list[str]
) -> None:
    assert found(catalogue, wording) == expected


@pytest.mark.parametrize("wording", ["check for DVT and PE", "rule out MI, PE"])
def test_a_list_of_diseases_is_no_examination(catalogue: Catalogue, wording: str) -> None:
    assert set(found(catalogue, wording)) <= {"ambiguous", "unrecognised"}


@pytest.mark.parametrize(
    ("wording", "expected"),
    [("check PE", "exam_full"), ("check for edema", "exam_extremities"), ("check SBP", "vital_sbp"),
     ("check for HIV", "lab_hiv"), ("CTA chest to check for PE", "img_cta_chest")],
)  # fmt: skip
def test_a_finding_or_an_analyte_may_be_looked_for(
    catalogue: Catalogue, wording: str, expected: str
) -> None:
    assert found(catalogue, wording) == [expected]


@pytest.mark.parametrize(
    "wording",
    [
        "start digoxin",
        "continue home lithium",
        "Potassium 40 mEq",
        "albumin 25 g",
        "iron infusion",
        "nephrology consult",
    ],
)
def test_treatment_asks_for_no_test(catalogue: Catalogue, wording: str) -> None:
    assert found(catalogue, wording) == ["unrecognised"]


@pytest.mark.parametrize("wording", ["start telemetry", "continue cardiac monitoring"])
def test_what_is_begun_may_be_a_monitor(catalogue: Catalogue, wording: str) -> None:
    assert found(catalogue, wording) == ["ecg_telemetry"]


@pytest.mark.parametrize(
    ("wording", "expected"),
    [
        ("chest xry", "img_xr_chest"),
        ("xry", "unrecognised"),
        ("hepatits panel", "panel_hepatitis"),
        ("HIDE scan", "unrecognised"),
    ],
)
def test_short_words_are_corrected_beside_others_alone(
    catalogue: Catalogue, wording: str, expected: str
) -> None:
    assert found(catalogue, wording) == [expected]
