"""The transparent clinician: its rule file fits the catalogue, its reasoning follows the rules."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluators.candidates.reference.bedside import Patient, answer, probabilities
from evaluators.candidates.reference.bedside_rules import Finding, Sign, load_rules
from evaluators.candidates.reference.briefing import Briefing
from evaluators.candidates.reference.conversation import Conversation
from evaluators.catalogue import load_catalogue
from evaluators.encounter.actions import action_resolver
from evaluators.encounter.orders import order_resolver
from evaluators.encounter.protocol import (
    Opening,
    OrderReply,
    Presentation,
    Result,
    Step,
    TurnReply,
)

SPINE = {
    "cardiology": "nstemi unstable_angina acute_heart_failure atrial_fibrillation",
    "pulmonology": "pulmonary_embolism copd_exacerbation asthma_exacerbation pleural_effusion",
    "gastroenterology": (
        "acute_pancreatitis nonvariceal_ugib lower_gi_bleed decompensated_cirrhosis"
    ),
    "nephrology": "aki hyperkalemia hyponatremia rhabdomyolysis",
    "neurology": "ischemic_stroke ich sah seizure",
    "infectious disease": "sepsis cap pyelonephritis cellulitis",
    "endocrinology": "dka hhs hypoglycemia thyrotoxicosis",
    "intensive care": "septic_shock ards_ahrf cardiogenic_shock",
}
RULES = load_rules()
KNOWN = [
    pytest.param(category, rule, id=rule.id)
    for category, rules in RULES.categories.items()
    for rule in rules.conditions
]


def meet(
    category: str = "gastroenterology",
    results: dict[str, str] | None = None,
    steps: int = 0,
    turns_left: int | None = None,
    pending: tuple[str, ...] = (),
    **presented: object,
) -> Conversation:
    facts = {"age_years": 60, "sex": "F", **presented}
    opening = Opening(
        category=category, presentation=Presentation.model_validate(facts), turns_left=12
    )
    shown = tuple(Result(test=name, value=v, hours=1.0) for name, v in (results or {}).items())
    reply = TurnReply(
        clock_hours=1.0,
        orders=tuple(OrderReply(order=name, status="pending") for name in pending),
        delivered=shown,
        turns_left=12 - max(steps, 1) if turns_left is None else turns_left,
    )
    made = tuple(Step(orders=(f"test {n}", *pending)) for n in range(steps))
    replies = (reply,) if results or steps or turns_left is not None else ()
    return Conversation(opening, "", made, replies)


def decide(conversation: Conversation) -> Step:
    return answer(conversation, Briefing())


def test_every_condition_of_the_spine_has_rules():
    for category, ids in SPINE.items():
        rules = RULES.of_category(category)
        assert set(ids.split()) <= {rule.id for rule in rules.conditions}
        assert rules.panel


def test_every_category_with_rules_is_one_of_the_catalogue():
    known = {condition.category for condition in load_catalogue().conditions.values()}
    assert set(RULES.categories) <= known


@pytest.mark.parametrize(("category", "rule"), KNOWN)
def test_rules_agree_with_the_catalogue(category, rule):
    catalogue = load_catalogue()
    condition = catalogue.conditions[rule.id]
    assert (rule.name, category) == (condition.name, condition.category)
    assert any(rule.icd10.startswith(prefix) for prefix in condition.icd10_prefixes)
    names = {test.canonical_name for test in catalogue.tests.values()}
    asked = {f.test for f in rule.findings if f.test} | {
        w.when.test for w in rule.withhold if w.when.test
    }
    assert asked <= names


@pytest.mark.parametrize(
    "wording",
    sorted(
        {*RULES.first_panel}
        | {order for rules in RULES.categories.values() for order in rules.panel}
        | {
            order
            for rules in RULES.categories.values()
            for rule in rules.conditions
            for order in rule.orders
        }
    ),
)
def test_every_order_is_understood(wording):
    resolutions = order_resolver(load_catalogue()).resolve(wording)
    assert [bool(resolution.test_id) for resolution in resolutions] == [True]


@pytest.mark.parametrize(("category", "rule"), KNOWN)
def test_every_action_is_understood_and_the_expected_ones_are_taken(category, rule):
    catalogue = load_catalogue()
    resolver = action_resolver(catalogue)
    taken = {wording: set(resolver.resolve(wording)) for wording in rule.actions}
    assert all(taken.values())
    relations = catalogue.actions_for(rule.id)
    expected = {row.action_id for row in relations if row.scoring == "expected"}
    assert expected <= set().union(*taken.values())


@pytest.mark.parametrize(("category", "rule"), KNOWN)
def test_no_action_is_always_harmful_in_its_condition(category, rule):
    catalogue = load_catalogue()
    resolver = action_resolver(catalogue)
    relations = catalogue.actions_for(rule.id)
    harmful = {row.action_id for row in relations if row.scoring == "harm"}
    for wording in rule.actions:
        assert not set(resolver.resolve(wording)) & harmful, wording


@pytest.mark.parametrize(
    ("category", "presented", "results", "expected"),
    [
        ("gastroenterology", {"chief_complaint": "Abd pain"}, {"Lipase": "1900"}, "pancreatitis"),
        ("gastroenterology", {"chief_complaint": "BRBPR"}, {"Hemoglobin": "8.1"}, "Lower GI"),
        ("endocrinology", {}, {"Thyroid stimulating hormone": "<0.01"}, "Thyrotoxicosis"),
        (
            "endocrinology",
            {"age_years": 25},
            {"Glucose (serum)": "540", "Anion gap": "27", "Bicarbonate": "8"},
            "Diabetic ketoacidosis",
        ),
        ("nephrology", {}, {"Potassium": "7.1", "Creatinine": "1.9"}, "Hyperkalemia"),
        ("nephrology", {}, {"Creatine kinase": "61000", "Creatinine": "2.9"}, "Rhabdo"),
        ("cardiology", {"chief_complaint": "CP"}, {"Troponin T": "0.85"}, "Non-ST"),
        ("cardiology", {"chief_complaint": "Palpitations", "heart_rate_bpm": 148}, {}, "Atrial"),
        (
            "infectious_disease",
            {"chief_complaint": "Cough, dyspnea", "spo2_pct": 88},
            {"Lactate": "1.1"},
            "Community-acquired",
        ),
        ("neurology", {"chief_complaint": "Seizure"}, {}, "Seizure"),
    ],
)
def test_typical_patients_get_the_expected_leading_diagnosis(
    category, presented, results, expected
):
    made = decide(meet(category, results, steps=3, **presented))
    assert made.final is not None
    assert expected in made.differential[0].diagnosis
    assert made.final.diagnosis == made.differential[0].diagnosis


def test_first_step_orders_the_panels_and_starts_nothing():
    made = decide(meet())
    assert made.orders == (*RULES.first_panel, *RULES.of_category("gastroenterology").panel)
    assert made.actions == ()
    assert made.final is None


def test_it_starts_treatment_once_a_probable_diagnosis_was_tested():
    made = decide(meet(results={"Lipase": "900"}, steps=1, chief_complaint="Abd pain"))
    assert "NPO" in made.actions
    assert "Ultrasound liver / gallbladder (RUQ)" in made.orders


@pytest.mark.parametrize(
    ("potassium", "withheld"), [("3.1", "Insulin drip"), ("5.6", "Potassium chloride")]
)
def test_contraindicated_actions_are_withheld(potassium, withheld):
    results = {"Glucose (serum)": "600", "Anion gap": "30", "Bicarbonate": "7"}
    made = decide(meet("endocrinology", {**results, "Potassium": potassium}, 3, age_years=30))
    assert made.final is not None
    assert withheld not in made.final.plan
    assert "Normal saline" in made.final.plan


def test_pending_results_are_waited_for():
    made = decide(meet(results={"Hemoglobin": "9"}, steps=1, pending=("Lipase",)))
    assert made.orders[0] == "Lipase"


def test_with_one_turn_left_it_commits():
    assert decide(meet(turns_left=1)).final is not None


def test_a_category_without_rules_gets_a_panel_and_an_honest_answer():
    assert decide(meet("dermatology")).orders == RULES.first_panel
    final = decide(meet("dermatology", steps=1)).final
    assert final is not None
    assert final.diagnosis == "Undetermined"


def test_unknown_facts_change_nothing():
    for rule in RULES.of_category("cardiology").conditions:
        for finding in rule.findings:
            if finding.vital != "age_years":
                assert Patient(meet("cardiology")).shows(finding) is None
    chances = probabilities(Patient(meet("neurology")), RULES.of_category("neurology").conditions)
    assert math.isclose(sum(chances), 1.0)


@pytest.mark.parametrize(
    ("sign", "value", "shown"),
    [
        ({"above": 5.0}, "5.1", True),
        ({"above": 5.0}, "5.0", False),
        ({"above": 5.0}, ">7", True),
        ({"below": 0.1}, "<0.02", True),
        ({"above": 5.0}, "HEMOLYZED", None),
        ({"text": ["pos"]}, "POS", True),
        ({"text": ["pos"]}, "NEG", False),
    ],
)
def test_results_are_read_from_text(sign, value, shown):
    patient = Patient(meet(results={"Lipase": value}))
    assert patient.shows(Sign.model_validate({"test": "Lipase", **sign})) is shown


@pytest.mark.parametrize(
    ("complaint", "words", "shown"),
    [
        ("CP, SOB", ["cp"], True),
        ("cpap problem", ["cp"], False),
        ("s/p fall", ["fall"], True),
        (None, ["fall"], None),
    ],
)
def test_complaints_are_matched_by_whole_words(complaint, words, shown):
    patient = Patient(meet(chief_complaint=complaint))
    assert patient.shows(Sign(complaint=tuple(words))) is shown


@pytest.mark.parametrize(
    "sign",
    [
        {},
        {"test": "Lipase"},
        {"test": "Lipase", "above": 1, "below": 2},
        {"vital": "age_years", "text": ["x"]},
        {"complaint": ["x"], "past": ["y"]},
        {"complaint": ["x"], "above": 3},
    ],
)
def test_a_rule_that_asks_no_single_question_is_refused(sign):
    with pytest.raises(ValueError, match=r"exactly one|above or below"):
        Finding.model_validate({**sign, "lr": 2.0})


@given(
    category=st.sampled_from(sorted(SPINE)),
    values=st.dictionaries(
        st.sampled_from(sorted({f.test for p in KNOWN for f in p.values[1].findings if f.test})),
        st.one_of(st.floats(-10, 1e6).map(str), st.text(max_size=12)),
        max_size=6,
    ),
    complaint=st.text(max_size=30),
    steps=st.integers(0, 6),
)
def test_whatever_the_record_holds_a_step_comes_out(category, values, complaint, steps):
    made = decide(meet(category, values, steps, chief_complaint=complaint))
    shares = [ranked.probability or 0.0 for ranked in made.differential]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1.001
    assert made.final is not None or made.orders
