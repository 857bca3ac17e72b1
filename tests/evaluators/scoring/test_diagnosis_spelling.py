"""Misspelled answers are read where one word can be meant, and not otherwise.

Belongs here: tests of `evaluators.scoring._spelling` through the matcher. Does not belong here:
the labelled answers (`test_diagnosis`).
"""

from __future__ import annotations

import pytest

from evaluators.catalogue import load_catalogue
from evaluators.scoring.diagnosis import DiagnosisMatcher
from evaluators.scoring.wording import plain


@pytest.mark.parametrize(
    ("category", "text", "expected"),
    [
        ("pulmonology", "pulmonary embolisim", "pulmonary_embolism"),
        ("neurology", "subarachnoid hemorrage", "sah"),
        ("endocrinology", "hypocalcemea", None),
        ("general_surgery_trauma", "diverticulotis", None),
        ("nephrology", "hyperkalemai", "hyperkalemia"),
        ("nephrology", "hypercalemia", None),
        ("infectious_disease", "numonia", "cap"),
        ("endocrinology", "thyroid strom", "thyrotoxicosis"),
        ("neurology", "Gillian Barre", "gbs"),
        ("neurology", "hemorragic stroke", "ich"),
        ("neurology", "sub-arachniod haemorrhage", "sah"),
        ("nephrology", "pre-renal azotaemia", "aki"),
        ("cardiology", "acute heartfailure", "acute_heart_failure"),
    ],
)
def test_misspelled_answer_is_read_where_one_word_is_near(
    category: str, text: str, expected: str | None
) -> None:
    assert DiagnosisMatcher(load_catalogue(), category).match(text).matched_id == expected


def test_every_single_word_name_survives_itself_and_no_slip_names_another() -> None:
    catalogue = load_catalogue()
    read = 0
    for condition in catalogue.conditions.values():
        word = plain(condition.name)
        if not word.isalpha() or len(word) < 8:
            continue
        matcher = DiagnosisMatcher(catalogue, condition.category)
        for at in range(2, len(word) - 1):
            found = matcher.match(word[:at] + word[at + 1 :]).matched_id
            assert found in (None, condition.condition_id), (word, at)
            read += found is not None
    assert read > 40


@pytest.mark.parametrize(
    ("category", "text"),
    [
        ("cardiology", "Confusion of the chest"),
        ("infectious_disease", "Cellulite"),
        ("emergency_medicine", "Carcinoid syndrome"),
        ("nephrology", "Buerger disease"),
        ("gastroenterology", "Hepatic steatosis"),
    ],
)
def test_other_words_are_no_misspelling(category: str, text: str) -> None:
    assert DiagnosisMatcher(load_catalogue(), category).match(text).condition_id is None


def test_no_slip_in_a_name_of_one_category_is_read_as_another_condition_of_it() -> None:
    catalogue = load_catalogue()
    matcher = DiagnosisMatcher(catalogue, "endocrinology")
    read = 0
    for condition in catalogue.in_category("endocrinology"):
        word = plain(condition.name.split()[0])
        for at in range(1, len(word) - 1):
            turned = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            found = matcher.match(condition.name.lower().replace(word, turned, 1)).condition_id
            assert found in (None, condition.condition_id), turned
            read += found is not None
    assert read > 40
