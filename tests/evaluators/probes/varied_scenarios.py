"""Invented scenarios for the probes, by hand and by Hypothesis."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from evaluators.encounter.protocol import Presentation
from evaluators.scenario_sets import EvidenceItem, Scenario

HISTORY = (
    "Mr. ___ is a ___ year old man with HTN and CKD who presents with SOB. "
    "He was in his usual state of health until yesterday. "
    "This began at rest. "
    "His daughter brought him in. "
    "He denies fevers. "
    "ROS: negative for chest pain."
)


def lab(test_id: str, value: str, unit: str | None, **more: Any) -> EvidenceItem:
    fields = {
        "test_id": test_id,
        "kind": "lab",
        "label": test_id,
        "specimen": "Blood",
        "value": value,
        "value_num": float(value) if value[:1].isdigit() else None,
        "unit": unit,
        "ref_low": None,
        "ref_high": None,
        "flag": None,
        "taken_hours": 0.5,
        "available_hours": 1.0,
        **more,
    }
    return EvidenceItem(**fields)


def report(value: str, kind: str = "imaging") -> EvidenceItem:
    return replace(lab("img_xr_chest", "0", None), kind=kind, value=value, value_num=None)


def scenario(*evidence: EvidenceItem, **presentation: Any) -> Scenario:
    told = {
        "age_years": 61,
        "sex": "M",
        "chief_complaint": "SOB",
        "heart_rate_bpm": 88.0,
        "sbp_mmhg": 131.0,
        "temperature_c": 36.8,
        "home_drugs": ("aspirin", "lisinopril", "metformin"),
        "past_diagnoses": ("Gout", "Tinnitus"),
        "history": HISTORY,
        "past_history": "1. HTN\n2. CKD\n3. gout",
        "allergies": "Penicillins / codeine",
        **presentation,
    }
    return Scenario(
        scenario_id="00000000000000aa",
        patient_key="00000000000000bb",
        decision_hours=24.0,
        presentation=Presentation(**told),
        evidence=evidence
        or (
            lab("lab_hgb", "14.9", "g/dL", ref_low=13.7, ref_high=17.5),
            lab("lab_glucose", "131", "mg/dL", ref_low=70.0, ref_high=100.0, flag="abnormal"),
            lab("lab_creat", "1.7", "mg/dL", ref_low=0.5, ref_high=1.2, flag="abnormal"),
            report("The lungs are clear. No effusion."),
        ),
        release="synthetic 2",
    )


_sentences = st.sampled_from(
    (
        "He has had chest pain since noon.",
        "She was seen in clinic, and her doctor called her.",
        "This was sharp.",
        "Denies N/V.",
        "Pt is s/p fall w/ SOB.",
        "He is a white man from out of town.",
        "ROS: as above.",
        "A black stool was passed.",
        "___ y/o M with h/o gout.",
        "Nothing else is known.",
    )
)
_texts = st.none() | st.lists(_sentences, min_size=1, max_size=6).map(" ".join)
_lines = st.none() | st.lists(
    st.sampled_from(("HTN", "gout", "1. CKD", "- OSA", "")), min_size=1
).map("\n".join)
_names = st.lists(st.sampled_from(("aspirin", "insulin", "warfarin", "lisinopril")), unique=True)
_tests = st.sampled_from(
    (
        ("lab_glucose", "mg/dL"),
        ("lab_creat", "mg/dL"),
        ("lab_k", "mEq/L"),
        ("lab_wbc", "K/uL"),
        ("vital_temp", "C"),
        ("lab_lactate", "mmol/L"),
    )
)


@st.composite
def _items(draw: st.DrawFn) -> EvidenceItem:
    test_id, unit = draw(_tests)
    number = draw(st.integers(1, 4000)) / draw(st.sampled_from((1, 10, 100)))
    low = draw(st.none() | st.floats(0.1, 50).map(lambda one: round(one, 1)))
    high = None if low is None else round(low * 2, 1)
    is_out = low is not None and high is not None and not low <= number <= high
    return lab(
        test_id,
        f"{number:g}",
        unit,
        kind="vital" if test_id.startswith("vital") else "lab",
        ref_low=low,
        ref_high=high,
        flag="abnormal" if is_out else None,
    )


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Scenarios of every shape that a variant may meet."""
    evidence = draw(st.lists(_items(), min_size=1, max_size=6))
    return scenario(
        *evidence,
        sex=draw(st.sampled_from("FM")),
        history=draw(_texts),
        past_history=draw(_lines),
        social_history=draw(_texts),
        family_history=draw(_lines),
        home_drugs=tuple(draw(_names)),
        past_diagnoses=tuple(draw(_names)),
        heart_rate_bpm=draw(st.none() | st.integers(20, 200).map(float)),
    )
