"""The other sex: texts rewritten whole, ranges exchanged, and every refusal."""

from __future__ import annotations

import pytest
from varied_scenarios import lab, report, scenario

from evaluators.probes.variants import NotApplicable, declaration, variant_named, vary
from evaluators.probes.variants.sex import NotSureError, _words, sex_swapped, swapped_text
from evaluators.scenario_sets import Scenario

PAIRS = [
    ("He drove himself in.", "She drove herself in."),
    ("___ y/o M with his usual pain.", "___ y/o F with her usual pain."),
    ("A 63M with gout.", "A 63F with gout."),
    ("Mr. ___ is a pleasant gentleman.", "Ms. ___ is a pleasant lady."),
    ("His wife called; EMS brought him in.", "Her husband called; EMS brought her in."),
    ("A friend drove him.", "A friend drove her."),
    (
        "He was found by his son, who saw him on the floor.",
        "She was found by her son, who saw her on the floor.",
    ),
    ("Male, with severe MR.", "Female, with severe MR."),
]


@pytest.mark.parametrize(("man", "woman"), PAIRS)
def test_a_text_is_rewritten_both_ways(man: str, woman: str) -> None:
    assert swapped_text(man, "M") == woman
    assert swapped_text(woman, "F") == man


@pytest.mark.parametrize(
    ("text", "changed", "sex"),
    [
        ("He had 99F and an 18F Foley.", "She had 99F and an 18F Foley.", "M"),
        ("She walks 20m.", "He walks 20m.", "F"),
    ],
)
def test_a_letter_that_is_not_the_patients_sex_stays(text: str, changed: str, sex: str) -> None:
    assert swapped_text(text, sex) == changed  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("He walks 20m.", "M"),
        ("Her temperature was 99F.", "F"),
        ("She came with an 18F Foley.", "F"),
        ("He came with his daughter; she found him.", "M"),
        ("Her son says that he saw her fall.", "F"),
        ("Ms. ___ was found by a man.", "F"),
        ("Her friend took her home.", "F"),
        ("The nurse found her cool and tachycardic.", "F"),
        ("A neighbor noticed her struggle with words.", "F"),
    ],
)
def test_a_text_that_may_be_read_in_two_ways_is_refused(text: str, sex: str) -> None:
    with pytest.raises(NotSureError):
        swapped_text(text, sex)  # type: ignore[arg-type]
    found = sex_swapped(scenario(history=text, sex=sex))
    assert found == "not_rewritten_surely"


@pytest.mark.parametrize(
    "told",
    [
        {"past_history": "1. BPH"},
        {"history": "He had prostate cancer."},
        {"past_diagnoses": ("Malignant neoplasm of breast",)},
        {"home_drugs": ("tamsulosin 0.4 mg",)},
        {"past_history": "s/p vasectomy"},
    ],
)
def test_what_belongs_to_one_sex_leaves_the_scenario_out(told: dict[str, object]) -> None:
    assert sex_swapped(scenario(**told)) == "one_sex_only"


@pytest.mark.parametrize(
    "item", [lab("lab_psa", "2", "ng/mL"), report("The uterus is normal. The ovaries are normal.")]
)
def test_evidence_of_one_sex_leaves_the_scenario_out(item: object) -> None:
    assert sex_swapped(scenario(item)) == "one_sex_only"  # type: ignore[arg-type]


@pytest.mark.parametrize("condition", sorted(declaration().not_neutral.sex))
def test_conditions_where_sex_counts_are_left_out(condition: str) -> None:
    found = vary(scenario(), condition, variant_named("sex_swapped"))
    assert found == NotApplicable("condition_not_neutral")


def test_ranges_are_the_other_sexs_where_the_flag_stays_and_left_out_where_not() -> None:
    clear = lab("lab_hgb", "14.9", "g/dL", ref_low=13.7, ref_high=17.5)
    between = lab("lab_hgb", "12.0", "g/dL", ref_low=13.7, ref_high=17.5, flag="abnormal")
    unknown = lab("lab_ferritin", "40", "ng/mL", ref_low=30.0, ref_high=400.0)
    neutral = lab("lab_k", "4.1", "mEq/L", ref_low=3.3, ref_high=5.1)
    found = sex_swapped(scenario(clear, between, unknown, neutral))
    assert isinstance(found, Scenario)
    first, second, third, fourth = found.evidence
    assert (first.ref_low, first.ref_high, first.flag) == (11.2, 15.7, None)
    assert (second.ref_low, second.ref_high, second.flag) == (None, None, None)
    assert (third.ref_low, third.ref_high) == (None, None)
    assert fourth == neutral
    assert [item.value for item in found.evidence] == ["14.9", "12.0", "40", "4.1"]


def test_reports_are_rewritten_with_the_presentation() -> None:
    found = sex_swapped(scenario(report("Comfortable gentleman. His abdomen is soft.", "exam")))
    assert isinstance(found, Scenario)
    assert found.presentation.sex == "F"
    assert found.evidence[0].value == "Comfortable lady. Her abdomen is soft."


@pytest.mark.parametrize("name", ["her_is_object_before", "her_follows", "one_sex_words"])
def test_every_word_of_the_table_is_a_word(name: str) -> None:
    # `on` and `off` without quotation marks are truth values in YAML.
    assert {type(word) for word in _words()[name]} == {str}


def test_texts_of_relatives_stay() -> None:
    told = scenario(family_history="Mother had breast cancer; she died old.\nBrother with gout.")
    found = sex_swapped(told)
    assert isinstance(found, Scenario)
    assert found.presentation.family_history == told.presentation.family_history
