"""The readers that measure hardness: each sees its own part, and chance where it says nothing."""

from __future__ import annotations

from itertools import product

import pytest

from benchmarks.hardness import Case, bag, case_of, first_day, fold_of, gaussian, words
from evaluators.encounter.protocol import Presentation
from evaluators.scenario_sets import EvidenceItem, Scenario

BY_WORD = {"a": "cough", "b": "rash"}
BY_VALUE = {"a": 120.0, "b": 140.0}


def cases(*, told: bool, measured: bool) -> list[Case]:
    """Two conditions of 60 patients, parted by a word or by a value."""
    return [
        Case(
            f"{condition}{number}",
            condition,
            frozenset({BY_WORD[condition] if told else "weakness"}),
            {"na": (BY_VALUE[condition] if measured else 130.0) + number % 7},
        )
        for condition, number in product("ab", range(60))
    ]


def item(test: str, kind: str, hours: float, number: float | None) -> EvidenceItem:
    return EvidenceItem(
        test, kind, test, None, str(number), number, None, None, None, None, hours, hours + 1
    )


def test_each_reader_names_what_its_own_part_tells() -> None:
    assert bag(cases(told=True, measured=False)) == 1.0
    assert gaussian(cases(told=False, measured=True)) == 1.0


def test_a_reader_is_at_chance_where_its_part_says_nothing() -> None:
    assert bag(cases(told=False, measured=True)) < 0.6
    assert gaussian(cases(told=True, measured=False)) < 0.6


def test_a_test_that_one_condition_never_has_says_nothing() -> None:
    only_a = [
        Case(c.case_id, c.condition, c.words, {"tsh": 1.0} if c.condition == "a" else {})
        for c in cases(told=False, measured=False)
    ]
    assert gaussian(only_a) < 0.6


def test_the_first_value_of_the_first_day_counts() -> None:
    taken = [("na", 30.0, 150.0), ("na", 3.0, 128.0), ("na", 1.0, 125.0), ("k", 25.0, 6.0)]
    assert first_day(taken) == {"na": 125.0}


@pytest.mark.parametrize("shown", ["Chest pain/Dyspnea", "chest PAIN dyspnea"])
def test_words_are_lower_case_and_parted_at_slashes(shown: str) -> None:
    expected = {"chest", "pain", "dyspnea", "sex:F", "decade:6", "by:ambulance"}
    assert words([shown], "F", 67, "ambulance") == expected


def test_folds_do_not_depend_on_order_and_are_all_in_use() -> None:
    assert {fold_of(str(number)) for number in range(100)} == {0, 1, 2, 3, 4}


def test_a_scenario_shows_labs_and_vitals_but_no_cultures_and_no_tracing() -> None:
    presentation = Presentation.model_validate(
        {"age_years": 61, "sex": "M", "chief_complaint": "Fever", "home_drugs": ["aspirin"]}
    )
    evidence = (
        item("lab_na", "lab", 1.0, 131.0),
        item("vital_hr", "vital", 0.0, 104.0),
        item("micro_blood_cx", "micro", 1.0, 1.0),
        item("ecg_12lead", "ecg", 0.5, 98.0),
        item("lab_ua_leuk", "lab", 1.0, None),
    )
    case = case_of(Scenario("s1", "p1", 48.0, presentation, evidence), "sepsis")
    assert case.values == {"lab_na": 131.0, "vital_hr": 104.0}
    assert case.words == {"fever", "aspirin", "sex:M", "decade:6", "by:unknown"}
    assert (case.case_id, case.condition) == ("s1", "sepsis")
