"""The calculators: reference cases of their publications, missing inputs, and the road to them.

Reference values: formulas worked from the published equations; scores from the points of the
published tables. Each case names its source where it is not the docstring of the tool.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluators.catalogue import load_catalogue
from evaluators.encounter.orders import order_resolver
from evaluators.encounter.protocol import Presentation, Reply, TurnReply
from evaluators.encounter.session import Encounter
from evaluators.encounter.tools._tally import ToolResult
from evaluators.encounter.tools.registry import TOOLS, run_tool, tool_of
from evaluators.scenario_sets import EvidenceItem, Scenario

OLD_MAN = Presentation(age_years=78, sex="M", past_diagnoses=("Hypertension", "Heart failure"))


def item(test_id: str, value: float | str, hours: float = 1.0, label: str = "x") -> EvidenceItem:
    number = float(value) if isinstance(value, int | float) else None
    return EvidenceItem(
        test_id, "lab", label, None, str(value), number, None, None, None, None, hours, hours
    )


def result(
    name: str,
    values: dict[str, float] | None = None,
    presentation: Presentation = OLD_MAN,
    *,
    wording: str = "",
    more: tuple[EvidenceItem, ...] = (),
    clock: float = 10.0,
) -> ToolResult:
    tool = tool_of(name)
    assert tool is not None
    evidence = [item(test_id, value) for test_id, value in (values or {}).items()]
    return run_tool(tool, [*evidence, *more], clock, presentation, wording or name)


def coma(eye: str, verbal: str, motor: str) -> tuple[EvidenceItem, ...]:
    return (
        item("vital_gcs", eye, label="GCS - Eye Opening"),
        item("vital_gcs", verbal, label="GCS - Verbal Response"),
        item("vital_gcs", motor, label="GCS - Motor Response"),
    )


AWAKE = coma("Spontaneously", "Oriented", "Obeys Commands")
CONFUSED = coma("To Speech", "Confused", "Obeys Commands")


@pytest.mark.parametrize(
    ("creatinine", "bilirubin", "inr", "expected"),
    [
        (1.0, 1.0, 1.0, 6),  # all at the floor: 10 x 0.643, in the rounding of the OPTN
        (0.5, 0.6, 0.9, 6),  # below 1 counts as 1
        (2.0, 4.0, 1.5, 23),  # 0.957 ln 2 + 0.378 ln 4 + 1.12 ln 1.5 + 0.643 = 2.284
        (9.0, 4.0, 1.5, 29),  # creatinine is capped at 4: 2.948
        (4.0, 40.0, 6.0, 40),  # capped at 40
    ],
)
def test_meld_follows_the_equation(
    creatinine: float, bilirubin: float, inr: float, expected: float
) -> None:
    found = result("MELD", {"lab_creat": creatinine, "lab_tbili": bilirubin, "lab_inr": inr})
    assert found.total == expected


def test_sodium_counts_above_a_meld_of_11() -> None:
    ill = {"lab_creat": 2.0, "lab_tbili": 4.0, "lab_inr": 1.5}
    assert result("MELD-Na", {**ill, "lab_na": 137}).total == 23
    # d = 12: 23 + 15.84 - 0.033 x 23 x 12 = 29.7
    assert result("MELD-Na", {**ill, "lab_na": 120}).total == 30
    well = {"lab_creat": 1.0, "lab_tbili": 1.0, "lab_inr": 1.0, "lab_na": 120}
    assert result("MELD-Na", well).total == 6


@pytest.mark.parametrize(
    ("creatinine", "age", "sex", "expected"),
    [
        (1.0, 50, "M", 92),  # worked from Inker et al. 2021: 142 (1/0.9)^-1.2 0.9938^50
        (1.0, 50, "F", 69),
        (0.6, 30, "F", 123),
        (3.0, 70, "M", 22),
    ],
)
def test_egfr_follows_the_equation_of_2021(
    creatinine: float, age: int, sex: str, expected: float
) -> None:
    who = Presentation.model_validate({"age_years": age, "sex": sex})
    assert result("CKD-EPI", {"lab_creat": creatinine}, who).total == pytest.approx(expected, abs=1)


def test_anion_gap_rises_by_the_albumin_that_is_lost() -> None:
    salts = {"lab_na": 140, "lab_cl": 100, "lab_hco3": 20}
    assert result("corrected anion gap", {**salts, "lab_albumin": 2.0}).total == 25
    bare = result("corrected anion gap", salts)
    assert (bare.total, bare.missing) == (20, ("albumin, g/dL",))
    assert bare.meaning is not None


def test_a_a_gradient_on_room_air() -> None:
    gas = {"lab_bg_po2": 80, "lab_bg_pco2": 40}
    # 0.21 x 713 - 50 - 80 = 19.7
    assert (
        result("calculated A-a gradient", gas, wording="calculated A-a gradient, room air").total
        == 19.7
    )
    assert result("calculated A-a gradient", gas).total is None
    assert result("calculated A-a gradient", {**gas, "lab_bg_fio2": 50}).total == 226.5


def test_child_pugh_takes_what_only_the_bedside_tells_from_the_order() -> None:
    labs = {"lab_tbili": 2.5, "lab_albumin": 3.0, "lab_inr": 1.8}
    partial = result("Child-Pugh", labs)
    assert (partial.total, partial.lowest, partial.highest) == (6, 8, 12)
    assert partial.missing == ("ascites", "encephalopathy")
    whole = result(
        "Child-Pugh", labs, wording="Child-Pugh with moderate ascites, no encephalopathy"
    )
    assert (whole.total, whole.meaning) == (10, "class C")


@pytest.mark.parametrize(
    ("values", "mind", "expected"),
    [
        ({"lab_bun": 10, "vital_rr": 18, "vital_sbp": 130, "vital_dbp": 80}, AWAKE, 1),
        ({"lab_bun": 30, "vital_rr": 32, "vital_sbp": 85, "vital_dbp": 50}, CONFUSED, 5),
        ({"lab_bun": 19, "vital_rr": 29, "vital_sbp": 90, "vital_dbp": 61}, AWAKE, 1),
    ],
)
def test_curb65_at_its_edges(
    values: dict[str, float], mind: tuple[EvidenceItem, ...], expected: float
) -> None:
    assert result("CURB-65", values, more=mind).total == expected


def test_qsofa_and_news2_of_a_sick_and_a_well_patient() -> None:
    sick = {"vital_rr": 26, "vital_sbp": 88, "vital_hr": 135, "vital_spo2": 90, "vital_temp": 39.5}
    assert result("qSOFA", sick, more=CONFUSED).total == 3
    oxygen = (item("vital_o2_flow", 4),)
    # 3 + 3 + 2 + 3 + 3 + 3 + 2, the bands of the Royal College
    assert result("NEWS2", sick, more=(*CONFUSED, *oxygen)).total == 19
    well = {"vital_rr": 14, "vital_sbp": 120, "vital_hr": 70, "vital_spo2": 98, "vital_temp": 36.8}
    air = (item("vital_o2_flow", "Room air"),)
    found = result("NEWS2", well, more=(*AWAKE, *air))
    assert (found.total, found.missing, found.meaning) == (0, (), "0 to 4: low")


def test_sofa_counts_each_organ_and_names_the_vasopressors() -> None:
    values = {
        "lab_bg_po2": 90,
        "lab_bg_fio2": 60,  # ratio 150: 2 points without a ventilator, 3 with one
        "lab_plt": 45,
        "lab_tbili": 6.5,
        "vital_map": 60,
        "lab_creat": 3.6,
    }
    found = result("SOFA", values, more=CONFUSED)
    assert found.total == 2 + 3 + 3 + 1 + 1 + 3
    assert found.highest == found.total + 3
    assert any("vasopressors" in name for name in found.missing)
    ventilated = result("SOFA", values, more=CONFUSED, wording="SOFA, ventilated")
    assert ventilated.total == found.total + 1


def test_heart_reads_age_risks_and_troponin() -> None:
    found = result(
        "HEART score",
        {"lab_tnt": 0.02},
        wording="HEART score with moderately suspicious history, normal ECG",
    )
    # history 1, ECG 0, age 2, risk factors 1 (hypertension), troponin 1
    assert (found.total, found.missing, found.meaning) == (5, (), "4 to 6: moderate")


def test_stroke_risk_from_the_past_history() -> None:
    found = result("CHA2DS2-VASc")
    assert (found.total, found.meaning) == (4, "2 or more: high")  # failure, hypertension, age 2
    unknown = result("CHA2DS2-VASc", presentation=Presentation(age_years=40, sex="F"))
    assert (unknown.total, unknown.lowest, unknown.highest) == (1, 1, 7)


def test_wells_is_open_until_the_clinician_judges() -> None:
    fast = {"vital_hr": 120}
    bare = result("Wells PE", fast)
    assert (bare.total, bare.meaning) == (1.5, None)
    stated = result(
        "Wells PE",
        fast,
        wording="Wells PE with signs of DVT, PE most likely, no hemoptysis, no immobilization, "
        "no cancer",
    )
    assert (stated.total, stated.missing, stated.meaning) == (7.5, (), "above 4: likely")


def test_pancreatitis_scores() -> None:
    values = {"lab_bun": 30, "lab_wbc": 18, "vital_hr": 110, "lab_glucose": 250, "lab_ldh": 400,
              "lab_ast": 300}  # fmt: skip
    bisap = result("BISAP", values, more=AWAKE, wording="BISAP with no pleural effusion")
    assert (bisap.total, bisap.missing) == (3, ())  # urea, SIRS, age
    assert result("Ranson at admission", values).total == 5


def test_bleeding_score_of_blatchford() -> None:
    values = {"lab_bun": 40, "lab_hgb": 9.0, "vital_sbp": 95, "vital_hr": 110}
    found = result(
        "Glasgow-Blatchford", values, wording="Glasgow-Blatchford with melena, no syncope"
    )
    # urea 14.3 mmol/L 4, hemoglobin 6, pressure 2, pulse 1, melena 1, heart failure 2
    assert found.total == 16
    well = {"lab_bun": 12, "lab_hgb": 14.0, "vital_sbp": 130, "vital_hr": 70}
    healthy = Presentation(age_years=30, sex="M", past_diagnoses=("Migraine",))
    lowest = result(
        "Glasgow-Blatchford",
        well,
        healthy,
        wording="Glasgow-Blatchford with no melena, no syncope",
    )
    assert (lowest.total, lowest.meaning) == (0, "0 or 1: very low")


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        (((1.0, 1), (1.2, 5)), 0),
        (((1.0, 1), (1.3, 40)), 1),
        (((1.0, 1), (1.4, 60)), 0),  # 0.4 in more than 48 h, less than half as much again
        (((1.0, 1), (1.5, 60)), 1),
        (((1.0, 1), (2.0, 20)), 2),
        (((1.0, 1), (3.0, 20)), 3),
        (((3.7, 1), (4.0, 20)), 3),
    ],
)
def test_kdigo_by_creatinine(series: tuple[tuple[float, float], ...], expected: float) -> None:
    values = tuple(item("lab_creat", value, hours) for value, hours in series)
    assert result("KDIGO stage", more=values, clock=72.0).total == expected


def test_kdigo_needs_a_baseline() -> None:
    found = result("KDIGO", {"lab_creat": 2.0})
    assert found.total is None
    assert found.missing == ("an earlier creatinine as baseline",)


def test_charlson_adds_diseases_and_age() -> None:
    told = Presentation(
        age_years=67,
        sex="F",
        past_diagnoses=(
            "Type 2 diabetes mellitus with diabetic nephropathy",
            "Old myocardial infarction",
            "Chronic obstructive pulmonary disease",
        ),
        past_history="No dementia",
    )
    assert result("Charlson", presentation=told).total == 2 + 1 + 1 + 2
    nobody = Presentation(age_years=67, sex="F")
    assert result("Charlson", presentation=nobody).missing


def test_nothing_after_the_clock_is_read() -> None:
    late = (item("lab_creat", 9.0, 11.0),)
    found = result("eGFR CKD-EPI 2021", {"lab_creat": 1.0}, more=late)
    assert found.inputs[0].value == "1.0"


def test_every_tool_says_what_it_lacks_when_nothing_is_known() -> None:
    for tool in TOOLS.values():
        found = run_tool(tool, (), 0.0, Presentation(age_years=50, sex="F"), tool.name)
        assert found.missing, tool.name
        assert found.test_ids == ()


_IDS = (
    "lab_bg_po2", "lab_bg_fio2", "lab_plt", "lab_tbili", "vital_map", "lab_creat", "lab_bun",
    "lab_wbc", "lab_hgb", "vital_hr", "vital_rr", "vital_sbp", "vital_dbp", "vital_spo2",
    "vital_temp", "lab_tnt", "lab_inr", "lab_albumin", "lab_glucose", "lab_ldh", "lab_ast",
)  # fmt: skip
_BOUNDS = {
    "tool_sofa": (0, 24), "tool_qsofa": (0, 3), "tool_news2": (0, 20), "tool_meld": (6, 40),
    "tool_child_pugh": (0, 15), "tool_curb65": (0, 5), "tool_wells_pe": (0, 12.5),
    "tool_heart": (0, 10), "tool_cha2ds2_vasc": (0, 9), "tool_bisap": (0, 5),
    "tool_ranson": (0, 5), "tool_kdigo": (0, 3), "tool_glasgow_blatchford": (0, 23),
    "tool_charlson": (0, 41),
}  # fmt: skip


@given(
    st.dictionaries(st.sampled_from(_IDS), st.floats(0.1, 400), max_size=len(_IDS)),
    st.integers(18, 91),
    st.sampled_from(["F", "M"]),
)
def test_totals_lie_within_the_published_bounds(
    values: dict[str, float], age: int, sex: str
) -> None:
    who = Presentation.model_validate({"age_years": age, "sex": sex})
    for tool_id, (lowest, highest) in _BOUNDS.items():
        found = run_tool(TOOLS[tool_id], [item(t, v) for t, v in values.items()], 10.0, who, "x")
        if found.total is not None and found.lowest is not None and found.highest is not None:
            assert lowest <= found.total
            assert found.lowest <= found.highest <= highest, tool_id


@pytest.mark.parametrize(
    ("wording", "tool_id"),
    [
        ("calculate SOFA score", "tool_sofa"),
        ("MELD", "tool_meld"),
        ("MELD-Na score", "tool_meld_na"),
        ("Wells score for PE", "tool_wells_pe"),
        ("Wells' criteria", "tool_wells_pe"),
        ("HEART score", "tool_heart"),
        ("CHA2DS2-VASc", "tool_cha2ds2_vasc"),
        ("KDIGO stage", "tool_kdigo"),
        ("corrected anion gap", "tool_anion_gap"),
        ("Charlson comorbidity index", "tool_charlson"),
    ],
)
def test_orders_name_tools(wording: str, tool_id: str) -> None:
    [found] = order_resolver(load_catalogue()).resolve(wording)
    assert (found.tool_id, found.test_id) == (tool_id, None)


@pytest.mark.parametrize("wording", ["anion gap", "eGFR", "A-a gradient", "heart rate", "troponin"])
def test_the_laboratorys_own_test_comes_before_a_tool(wording: str) -> None:
    [found] = order_resolver(load_catalogue()).resolve(wording)
    assert found.tool_id is None
    assert found.test_id is not None


def test_a_list_may_mix_tests_and_tools() -> None:
    found = order_resolver(load_catalogue()).resolve("lactate, SOFA score and creatinine")
    assert [(one.test_id, one.tool_id) for one in found] == [
        ("lab_lactate", None),
        (None, "tool_sofa"),
        ("lab_creat", None),
    ]


def test_a_tool_is_answered_in_an_encounter_and_what_it_read_counts_as_asked() -> None:
    scenario = Scenario(
        scenario_id="a" * 16,
        patient_key="b" * 16,
        decision_hours=24.0,
        presentation=OLD_MAN,
        evidence=tuple(
            item(test_id, value)
            for test_id, value in (("lab_creat", 2.0), ("lab_tbili", 4.0), ("lab_inr", 1.5))
        ),
    )
    encounter = Encounter(scenario, (), ("hosp",), "gastroenterology", load_catalogue())
    encounter.take_reply(Reply(text=json.dumps({"orders": ["creatinine"]})))
    encounter.take_reply(Reply(text=json.dumps({"orders": ["MELD score", "Ranson", "KDIGO"]})))
    answer = TurnReply.model_validate_json(encounter.messages()[-1]["content"])
    meld, ranson, kdigo = answer.orders
    assert meld.status == "resulted"
    assert (meld.results[0].test, meld.results[0].value, meld.results[0].unit) == (
        "MELD",
        "23",
        "points",
    )
    assert "MELD [input]: creatinine, mg/dL: 2.0, at 1.0 h" in meld.report
    assert "Ranson at admission [missing]: " in ranson.report
    assert kdigo.status == "unavailable"
    encounter.take_reply(Reply(text=json.dumps({"final": {"diagnosis": "cirrhosis"}})))
    orders = encounter.record().orders
    assert [order.tool_id for order in orders] == [None, "tool_meld", "tool_ranson", "tool_kdigo"]
    assert orders[1].resulted_test_ids == ("lab_creat", "lab_inr", "lab_tbili")
