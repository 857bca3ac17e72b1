"""The leak probe: which condition the words of a presentation fit best."""

from __future__ import annotations

import json

import pytest

from evaluators.candidates.briefings import briefings
from evaluators.candidates.config import Candidate
from evaluators.candidates.reference.briefing import NamedDiagnosis, ProbedCondition
from evaluators.candidates.reference.leak_probe import Lexicon
from evaluators.candidates.reference.provider import answer
from evaluators.catalogue import Catalogue
from evaluators.encounter.protocol import Opening, Presentation
from evaluators.leak_audit import probed_conditions
from evaluators.scenario_sets import ScenarioSet


def probed(name: str, *terms: str, differential: tuple[str, ...] = ()) -> ProbedCondition:
    return ProbedCondition(
        named=NamedDiagnosis(diagnosis=name), terms=(name, *terms), differential=differential
    )


THREE = (
    probed("Deep vein thrombosis", "DVT", differential=("Cellulitis of the leg",)),
    probed("Pulmonary embolism", "PE", "lung clot"),
    probed("Acute pericarditis", differential=("Pulmonary embolism",)),
)


def presentation(history: str = "", **more: object) -> Presentation:
    return Presentation.model_validate(
        {"age_years": 50, "sex": "F", "history": history or None, **more}
    )


@pytest.mark.parametrize(
    ("words", "index"),
    [
        ("Sent in with a DVT.", 0),
        ("a clot in the lung, they said", 1),
        ("PE at another hospital", 1),
        ("PERICARDITIS", 2),
        ("thromboses of a vein", 0),
        ("a red leg with cellulitis", None),
        ("thrombosis of a deep vein, no PE", 0),
    ],
)
def test_the_words_decide(words: str, index: int | None) -> None:
    found = Lexicon.of(THREE).best(presentation(words))
    if index is None:
        assert found.score == 0.0  # the differential's own words are known as names alone
    else:
        assert found.index == index
        assert found.score > 0


@pytest.mark.parametrize(
    "field", ["chief_complaint", "past_history", "social_history", "allergies"]
)
def test_every_text_about_the_patient_is_read(field: str) -> None:
    shown = presentation(**{field: "DVT"})
    assert Lexicon.of(THREE).best(shown).index == 0


@pytest.mark.parametrize("field", ["home_drugs", "past_diagnoses"])
def test_every_list_is_read(field: str) -> None:
    assert Lexicon.of(THREE).best(presentation(**{field: ["DVT"]})).score > 0


def test_the_family_is_not_read() -> None:
    assert Lexicon.of(THREE).best(presentation(family_history="DVT")).score == 0.0


def test_words_of_two_texts_make_no_name() -> None:
    apart = Lexicon.of(THREE).best(presentation("lung", past_history="clot"))
    whole = Lexicon.of(THREE).best(presentation("lung clot"))
    assert whole.score > apart.score


def test_a_word_of_every_condition_counts_for_nothing() -> None:
    pair = (probed("Acute one"), probed("Acute two"))
    assert Lexicon.of(pair).best(presentation("acute")).score == 0.0


def test_without_a_word_in_common_the_lot_falls_on_each() -> None:
    lexicon = Lexicon.of(THREE)
    drawn = [lexicon.best(presentation(f"felt ill {n}")).index for n in range(60)]
    assert set(drawn) == {0, 1, 2}
    assert drawn == [lexicon.best(presentation(f"felt ill {n}")).index for n in range(60)]


def test_without_conditions_there_is_no_lexicon() -> None:
    with pytest.raises(ValueError, match="at least one condition"):
        Lexicon.of(())


def test_every_condition_is_found_by_its_own_name(catalogue: Catalogue) -> None:
    for category in catalogue.categories:
        conditions = catalogue.in_category(category)
        lexicon = Lexicon.of(probed_conditions(catalogue, [c.condition_id for c in conditions]))
        for index, condition in enumerate(conditions):
            found = lexicon.best(presentation(f"Sent in with {condition.name}."))
            assert found.index == index, condition.condition_id


def test_it_sits_like_any_candidate(small_set: ScenarioSet, catalogue: Catalogue) -> None:
    candidate = Candidate.model_validate(
        {
            "id": "reference/leak-probe",
            "model": "reference/leak-probe",
            "assurance": {"level": "code"},
            "egress": {"kind": "local"},
        }
    )
    briefing = briefings(candidate, small_set, catalogue)(next(iter(small_set.scenarios)))
    assert briefing is not None
    assert set(briefing.as_plain) == {"probed"}
    assert len(briefing.probed) == len(catalogue.in_category("cardiology"))
    opening = Opening(
        category="cardiology", presentation=presentation("NSTEMI by the clinic"), turns_left=12
    )
    messages = [{"role": "user", "content": opening.model_dump_json()}]
    reply = json.loads(answer("leak-probe", messages, briefing.as_plain))
    assert reply["final"]["diagnosis"] == "Non-ST-elevation myocardial infarction"
    assert reply["final"]["icd10"] == "I214"
