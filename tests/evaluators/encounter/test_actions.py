from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluators.catalogue import Catalogue, load_catalogue
from evaluators.encounter.actions import MISLEADING, action_resolver

RESOLVER = action_resolver(load_catalogue())


def test_every_canonical_name_and_synonym_finds_its_action(catalogue: Catalogue) -> None:
    missed = [
        phrase
        for action in catalogue.actions.values()
        for phrase in (action.canonical_name, *action.synonyms)
        if phrase not in MISLEADING
        if action.action_id not in RESOLVER.resolve(phrase)
    ]
    # A comma or a negation inside a catalogue name is read as in any other wording.
    assert all("non" in phrase.lower() or "," in phrase for phrase in missed), missed


@pytest.mark.parametrize(
    ("wording", "expected"),
    [
        ("Start ceftriaxone 1 g IV daily", "drug_abx_uti"),
        ("Start ceftriaxone 1 g IV daily", "drug_cephalosporin"),
        ("ASPIRIN 325 mg PO once", "drug_aspirin"),
        ("norepinephrine 0.1 mcg/kg/min via central line", "proc_central_line"),
        ("Lasix 40 mg IV", "drug_loop_diuretic"),
        ("transfer to OR", "dispo_or"),
        ("GI consult", "consult_gi"),
        ("admit to the ICU", "dispo_icu"),
        ("hold metformin and start insulin drip", "drug_insulin_iv"),
    ],
)
def test_wording_finds_the_action(wording: str, expected: str) -> None:
    assert expected in RESOLVER.resolve(wording)


@pytest.mark.parametrize(
    ("wording", "unwanted"),
    [
        ("metoprolol or diltiazem", "dispo_or"),
        ("avoid NSAIDs", "drug_nsaid"),
        ("Hold metformin", "drug_metformin"),
        ("do not give tPA", "drug_thrombolysis"),
        ("Don't give tPA", "drug_thrombolysis"),
        ("Don’t give tPA", "drug_thrombolysis"),
        ("cathflo activase", "drug_thrombolysis"),
        ("heparin flush", "drug_heparin_iv"),
        ("no anticoagulation for now", "drug_anticoag_any"),
        ("nystatin swish", "drug_statin"),
    ],
)
def test_excluded_and_negated_actions_are_not_found(wording: str, unwanted: str) -> None:
    assert unwanted not in RESOLVER.resolve(wording)


def test_negation_ends_with_its_clause() -> None:
    found = RESOLVER.resolve("avoid ibuprofen, start aspirin 81 mg")
    assert "drug_aspirin" in found
    assert "drug_nsaid" not in found


@pytest.mark.parametrize("wording", ["", "'; DROP TABLE x; --", "(", "\x00", "\ud800", "a" * 10**6])
def test_hostile_wording_finds_nothing(wording: str) -> None:
    assert RESOLVER.resolve(wording) == ()


@given(st.text(max_size=200))
def test_any_text_gives_sorted_known_actions(text: str) -> None:
    found = RESOLVER.resolve(text)
    assert list(found) == sorted(set(found))
    assert set(found) <= load_catalogue().actions.keys()
