"""The allergy section as entries: denials, reactions, combinations and classes."""

from __future__ import annotations

import pytest

from evaluators.scoring.allergies import allergies_in


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "NKDA",
        "No Known Allergies / Adverse Drug Reactions",
        "Patient recorded as having No Known Allergies to Drugs",
        "Denies any",
        "Unknown",
        "Vancomycin tolerated",
        "tolerates penicillin",
        "penicillin allergy ruled out",
    ],
)
def test_denials_are_no_allergies(text: str | None) -> None:
    assert allergies_in(text) == ()


def test_entries_are_divided_and_reactions_stay_with_them() -> None:
    found = allergies_in("Penicillins (rash, hives) / codeine (nausea)\nlatex; Motrin - swelling")
    assert [(entry.text.split()[0], entry.is_intolerance) for entry in found] == [
        ("penicillins", False),
        ("codeine", True),
        ("latex", False),
        ("motrin", False),
    ]


def test_a_combination_written_with_a_slash_is_one_entry() -> None:
    (entry,) = allergies_in("Hydrocodone/Acetaminophen (hives)")
    assert not entry.speaks_against(frozenset({"acetaminophen"}))
    assert entry.may_speak_against(frozenset({"acetaminophen"}))
    assert len(allergies_in("codeine/Percocet")) == 2


def test_anaphylaxis_with_nausea_is_an_allergy() -> None:
    (entry,) = allergies_in("shrimp and amoxicillin (nausea, anaphylaxis)")[1:]
    assert not entry.is_intolerance


def test_drug_itself_speaks_certainly_and_a_combination_possibly() -> None:
    (morphine,) = allergies_in("morphine")
    assert morphine.speaks_against(frozenset({"morphine"}))
    assert not morphine.may_speak_against(frozenset({"hydromorphone"}))
    (percocet,) = allergies_in("Percocet")
    assert not percocet.speaks_against(frozenset({"acetaminophen"}))
    assert percocet.may_speak_against(frozenset({"acetaminophen"}))
    assert percocet.speaks_against(frozenset({"acetaminophen", "oxycodone"}))


@pytest.mark.parametrize(
    "text",
    [
        "Penicillins (unknown)",
        "Penicillin - reaction unknown",
        "penicillin: unknown reaction as a child",
        "Penicillin (no known reaction)",
        "unknown reaction to penicillin",
    ],
)
def test_allergy_whose_reaction_is_unknown_is_an_allergy(text: str) -> None:
    (entry,) = allergies_in(text)
    assert entry.names
    assert not entry.is_intolerance


def test_what_is_tolerated_instead_denies_nothing_else() -> None:
    (entry,) = allergies_in("Penicillin (rash; tolerates cephalosporins)")
    assert entry.speaks_against(frozenset({"penicillin"}))
    assert not entry.speaks_against(frozenset({"cefepime"}))
    assert entry.tolerates(frozenset({"cefepime"}))
    assert not entry.tolerates(frozenset({"amoxicillin"}))
    assert not entry.tolerates(frozenset())
