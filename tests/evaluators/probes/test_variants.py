"""Variants of one scenario: what each changes, and that it changes nothing else."""

from __future__ import annotations

import csv
import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from varied_scenarios import HISTORY, lab, scenario, scenarios

from evaluators.catalogue import load_catalogue
from evaluators.probes.variants import (
    NotApplicable,
    UnknownVariantError,
    declaration,
    variant_named,
    variants,
    vary,
)
from evaluators.probes.variants.additions import IRRELEVANT_FACTS
from evaluators.probes.variants.draws import evidence_line, line_bytes, scenario_line
from evaluators.probes.variants.shorthand import TABLE, abbreviations, expanded_text
from evaluators.probes.variants.texts import sentences
from evaluators.scenario_sets import Scenario

# What each variant may touch: fields of the presentation, and whether of the evidence.
MAY_TOUCH = {
    "asked_again": (set(), set()),
    "order_shuffled": (
        {
            *("home_drugs", "past_diagnoses", "allergies"),
            *("past_history", "family_history", "history"),
        },
        set(),
    ),
    "irrelevant_facts": ({"history", "social_history"}, set()),
    "sex_swapped": (
        {"sex", "chief_complaint", "history", "past_history", "social_history"},
        {"value", "ref_low", "ref_high", "flag"},
    ),
    "race_swapped": ({"chief_complaint", "history", "past_history", "social_history"}, set()),
    "race_told_white": ({"social_history"}, set()),
    "race_told_black": ({"social_history"}, set()),
    "units_converted": (set(), {"value", "value_num", "unit", "ref_low", "ref_high", "label"}),
    "abbreviations_expanded": (
        {"chief_complaint", "history", "past_history", "social_history", "family_history"},
        set(),
    ),
    "injected_instruction": ({"history", "social_history"}, set()),
    "values_moved": (
        {
            *("temperature_c", "heart_rate_bpm", "resp_rate_per_min"),
            *("spo2_pct", "sbp_mmhg", "dbp_mmhg"),
        },
        {"value", "value_num"},
    ),
}


def made(name: str, one: Scenario, condition: str = "nstemi") -> Scenario:
    found = vary(one, condition, variant_named(name))
    assert isinstance(found, Scenario), found
    return found


def as_bytes(one: Scenario) -> bytes:
    return line_bytes(scenario_line(one)) + line_bytes(evidence_line(one))


def test_what_names_a_scenario_holds_every_field_of_it() -> None:
    one = scenario()
    assert {*scenario_line(one), *evidence_line(one)} == set(Scenario.__dataclass_fields__)


def test_every_declared_variant_says_what_it_may_touch() -> None:
    assert MAY_TOUCH.keys() == variants().keys()


@pytest.mark.parametrize("name", MAY_TOUCH)
@settings(max_examples=15, deadline=None)
@given(one=scenarios())
def test_variant_touches_only_what_it_declares_and_gives_the_same_bytes_twice(
    name: str, one: Scenario
) -> None:
    found = vary(one, "nstemi", variant_named(name))
    again = vary(one, "nstemi", variant_named(name))
    if isinstance(found, NotApplicable):
        assert found == again
        assert found.reason in variant_named(name).not_where
        return
    assert isinstance(again, Scenario)
    assert as_bytes(found) == as_bytes(again)
    fields, of_items = MAY_TOUCH[name]
    changed = {
        field for field, value in found.presentation if value != getattr(one.presentation, field)
    }
    assert changed <= fields
    assert replace(found, presentation=one.presentation, evidence=one.evidence) == one
    for before, after in zip(one.evidence, found.evidence, strict=True):
        assert replace(after, **{field: getattr(before, field) for field in of_items}) == before


@pytest.mark.parametrize("name", ["abbreviations_expanded"])
@settings(max_examples=25, deadline=None)
@given(one=scenarios())
def test_variant_applied_twice_is_applied_once(name: str, one: Scenario) -> None:
    found = vary(one, "nstemi", variant_named(name))
    if isinstance(found, Scenario):
        assert vary(found, "nstemi", variant_named(name)) == NotApplicable("no_abbreviation")


@settings(max_examples=25, deadline=None)
@given(one=scenarios())
def test_shuffling_keeps_every_fact(one: Scenario) -> None:
    found = vary(one, "nstemi", variant_named("order_shuffled"))
    if isinstance(found, NotApplicable):
        return
    before, after = one.presentation, found.presentation
    assert sorted(before.home_drugs) == sorted(after.home_drugs)
    assert sorted((before.history or "").split()) == sorted((after.history or "").split())


@settings(max_examples=40, deadline=None)
@given(one=scenarios())
def test_race_swapped_twice_is_the_original(one: Scenario) -> None:
    found = vary(one, "nstemi", variant_named("race_swapped"))
    if isinstance(found, Scenario):
        assert found != one
        assert vary(found, "nstemi", variant_named("race_swapped")) == one


def test_shuffled_history_keeps_its_first_sentence_its_review_and_what_leans() -> None:
    history = made("order_shuffled", scenario()).presentation.history or ""
    assert history != HISTORY
    assert history.startswith("Mr. ___ is a ___ year old man with HTN and CKD")
    assert history.endswith("ROS: negative for chest pain.")
    assert "until yesterday. This began at rest." in history


def test_a_title_ends_no_sentence() -> None:
    text = "Mr. ___ came with Dr. Who. He left. Ms. ___ stayed."
    assert sentences(text) == ["Mr. ___ came with Dr. Who.", "He left.", "Ms. ___ stayed."]


def test_shuffled_list_is_numbered_anew() -> None:
    past = made("order_shuffled", scenario()).presentation.past_history or ""
    assert past != scenario().presentation.past_history
    assert [line[:3] for line in past.split("\n")] == ["1. ", "2. ", "3. "]


def test_irrelevant_facts_are_added_once() -> None:
    found = made("irrelevant_facts", scenario())
    history = found.presentation.history or ""
    assert sum(fact in history for fact in IRRELEVANT_FACTS) == 3
    assert history.startswith("Mr. ___ is")
    again = vary(found, "nstemi", variant_named("irrelevant_facts"))
    assert again == NotApplicable("facts_already_there")


def test_facts_and_instruction_stand_in_the_social_history_where_there_is_no_other() -> None:
    bare = scenario(history=None)
    for name in ("irrelevant_facts", "injected_instruction"):
        assert made(name, bare).presentation.social_history


def test_injection_asks_for_an_answer_that_no_scenario_has() -> None:
    decoy = declaration().decoy
    catalogue = load_catalogue()
    names = [condition.name for condition in catalogue.conditions.values()]
    names += [diagnosis.name for diagnosis in catalogue.diagnoses.values()]
    assert decoy.casefold() not in {name.casefold() for name in names}
    assert decoy in (made("injected_instruction", scenario()).presentation.history or "")


def test_black_stools_are_no_race() -> None:
    stools = scenario(history="He passed black stools. White sputum.")
    assert vary(stools, "nstemi", variant_named("race_swapped")) == NotApplicable("race_not_told")


@pytest.mark.parametrize(
    ("text", "swapped"),
    [
        ("A 60 yo African-American woman.", "A 60 yo Caucasian woman."),
        ("She is a white female.", "She is a black female."),
        ("Black man with gout.", "White man with gout."),
    ],
)
def test_race_words_beside_a_person_are_swapped(text: str, swapped: str) -> None:
    assert made("race_swapped", scenario(history=text)).presentation.history == swapped


def test_race_is_not_told_twice() -> None:
    told = made("race_told_black", scenario())
    assert "Black" in (told.presentation.social_history or "")
    white = scenario(history="She is a white woman.")
    found = vary(white, "nstemi", variant_named("race_told_black"))
    assert found == NotApplicable("race_already_told")


@pytest.mark.parametrize("name", ["race_swapped", "race_told_white", "race_told_black"])
def test_race_is_left_where_it_is_not_neutral(name: str) -> None:
    for condition in declaration().not_neutral.race:
        found = vary(scenario(), condition, variant_named(name))
        assert found == NotApplicable("condition_not_neutral")


def test_conditions_that_are_not_neutral_are_in_the_catalogue() -> None:
    named = {*declaration().not_neutral.sex, *declaration().not_neutral.race}
    assert named <= load_catalogue().conditions.keys()


def test_abbreviations_are_written_out_as_whole_words() -> None:
    told = made("abbreviations_expanded", scenario()).presentation
    assert told.chief_complaint == "Shortness of breath"
    assert "hypertension and chronic kidney disease" in (told.history or "")
    assert told.past_history == "1. Hypertension\n2. Chronic kidney disease\n3. gout"


def test_no_expansion_holds_an_abbreviation_and_every_row_has_its_source() -> None:
    for short, long in abbreviations().items():
        assert expanded_text(long) == long, short
    with TABLE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(abbreviations()) == len(rows)
    assert {row["source"] for row in rows} == {"catalogue", "diagnosis_terms", "usage"}


def test_a_twin_moves_no_value_across_its_range_or_a_bound() -> None:
    twin = made("values_moved", scenario(lab("lab_k", "5.4", "mEq/L", ref_low=3.3, ref_high=5.1)))
    moved = twin.evidence[0].value_num
    assert moved is not None
    assert moved != 5.4
    assert 5.1 < moved < 5.5


def test_a_twin_moves_a_whole_course_one_way() -> None:
    course = [lab("lab_crp", value, "mg/L") for value in ("100", "150", "200")]
    twin = made("values_moved", scenario(*course))
    signs = {
        (after.value_num or 0) > (before.value_num or 0)
        for before, after in zip(course, twin.evidence, strict=True)
    }
    assert len(signs) == 1


@settings(deadline=None)
@given(values=st.lists(st.integers(10, 60), min_size=2, max_size=8))
def test_a_twin_turns_no_course_round(values: list[int]) -> None:
    course = [lab("lab_lactate", f"{value / 10:.1f}", "mmol/L") for value in values]
    twin = made("values_moved", scenario(lab("lab_crp", "90", "mg/L"), *course))
    moved = [item.value_num or 0.0 for item in twin.evidence[1:]]
    for one, other in itertools.combinations(range(len(values)), 2):
        assert (values[one] - values[other]) * (moved[one] - moved[other]) >= 0


def test_a_twin_moves_a_value_of_triage_as_the_same_value_charted() -> None:
    charted = {"vital_hr": "88", "vital_sbp": "131", "vital_temp": "36.8"}
    vitals = [lab(name, value, None, kind="vital") for name, value in charted.items()]
    twin = made("values_moved", scenario(*vitals))
    told = twin.presentation
    assert [told.heart_rate_bpm, told.sbp_mmhg, told.temperature_c] == [
        item.value_num for item in twin.evidence
    ]


def test_a_twin_leaves_values_that_are_tied_and_words_alone() -> None:
    stay = (
        lab("lab_na", "139", "mEq/L"),
        lab("lab_lipase", "<20", "IU/L"),
        lab("lab_ua_blood", "NEG", None),
    )
    assert made("values_moved", scenario(*stay)).evidence == stay


def test_an_unknown_variant_is_refused_with_the_names_of_the_known() -> None:
    with pytest.raises(UnknownVariantError, match=r"no variant 'upside_down'.*order_shuffled"):
        variant_named("upside_down")
