"""Comparable forms of words, and guards in actions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluators.scoring.wording import MAX_CHARACTERS, Mark, Vocabulary, is_conditional, plain


@pytest.mark.parametrize(
    ("british", "american"),
    [("Hyperkalaemia", "hyperkalemia"), ("oedema", "edema"), ("Haemorrhage", "hemorrhage")],
)
def test_british_spelling_becomes_american(british: str, american: str) -> None:
    assert plain(british) == american


def test_format_characters_and_accents_are_dropped() -> None:
    assert plain("Guillain-Barr\u00e9 \u202eSE\u200bPSIS") == "guillain-barre sepsis"


def test_marks_of_lists_are_kept_and_words_expanded() -> None:
    tokens = Vocabulary({"mi": "myocardial infarction"}).tokens("1. MI vs ulcers; rest")
    assert [t.text for t in tokens if t.mark is Mark.WORD] == [
        "myocardial",
        "infarction",
        "ulcer",
        "rest",
    ]
    assert [t.text for t in tokens if t.mark is Mark.LIST][-2:] == ["vs", ";"]


@given(st.text(max_size=300))
def test_reading_twice_changes_nothing(text: str) -> None:
    words = Vocabulary({}).words(text)
    assert Vocabulary({}).words(" ".join(words)) == words or "non" in words


def test_endless_text_is_cut() -> None:
    assert len(plain("a" * 10 * MAX_CHARACTERS)) == MAX_CHARACTERS


@pytest.mark.parametrize(
    ("wording", "expected"),
    [
        ("potassium once K < 5.3", True),
        ("aspirin after CT excludes hemorrhage", True),
        ("heparin unless bleeding", True),
        ("potassium chloride 40 mEq", False),
        ("morphine 15 mg IV once", False),
        ("enoxaparin once daily", False),
        ("Consider heparin", False),
        ("heparin drip if indicated", False),
        ("alteplase when clinically appropriate", False),
        ("heparin unless contraindicated", False),
        ("heparin as long as there are no contraindications", False),
        ("alteplase if indicated and CT shows no blood", True),
        ("IV insulin until the gap closes", False),
    ],
)
def test_guard_in_an_action_is_seen(wording: str, expected: bool) -> None:
    assert is_conditional(wording) is expected
