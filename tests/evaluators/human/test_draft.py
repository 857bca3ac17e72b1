from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluators.encounter.replies import parse_step
from evaluators.human.draft import COMMANDS, Draft, LineRefused, commands_of


def typed(*lines: str) -> Draft:
    draft = Draft()
    for line in lines:
        for command, words in commands_of(line):
            draft.take(command, words)
    return draft


def step(*lines: str) -> dict[str, Any]:
    sent: dict[str, Any] = json.loads(typed(*lines).as_json())
    return sent


@pytest.mark.parametrize(
    ("line", "orders"),
    [
        ("order cbc, trop; ct head", ["cbc, trop", "ct head"]),
        ("o stat lactate", ["stat lactate"]),
        ("exam", ["physical examination"]),
        ("exam abdomen, heart", ["abdomen examination", "heart examination"]),
        ("exam rectal exam", ["rectal exam"]),
        ("tool curb-65; sofa score", ["curb-65 score", "sofa score"]),
        ("tool wells pe with hemoptysis", ["wells pe with hemoptysis"]),
    ],
)
def test_orders_are_kept_in_the_persons_own_words(line: str, orders: list[str]) -> None:
    assert step(line) == {"orders": orders}


def test_one_line_holds_several_commands() -> None:
    assert step("exam neuro; order ct head, inr; do alteplase; heparin drip") == {
        "orders": ["neuro examination", "ct head, inr"],
        "actions": ["alteplase", "heparin drip"],
    }


@pytest.mark.parametrize(
    ("words", "ranked"),
    [
        ("PE 60%; pneumonia 0.2", [("PE", None, 0.6), ("pneumonia", None, 0.2)]),
        ("CAP [J18.9] 60%, PE 20%", [("CAP", "J18.9", 0.6), ("PE", None, 0.2)]),
        ("pulmonary embolism (I26.99): 70 %", [("pulmonary embolism", "I26.99", 0.7)]),
        ("diabetes type 1", [("diabetes type 1", None, None)]),
        ("stroke, acute, left", [("stroke, acute, left", None, None)]),
        ("gout = .5", [("gout", None, 0.5)]),
    ],
)
def test_diagnoses_carry_code_and_probability(
    words: str, ranked: list[tuple[str, str | None, float | None]]
) -> None:
    found = parse_step(typed(f"think {words}").as_json()).differential
    assert [(one.diagnosis, one.icd10, one.probability) for one in found] == ranked


def test_diagnosing_commits_to_the_first_and_takes_plan_and_more() -> None:
    draft = typed(
        "diagnose PE [I26.99] 70%; pneumonia 20%",
        "also atrial fibrillation",
        "plan heparin; admit",
        "disposition admitted",
    )
    final = parse_step(draft.as_json()).final
    assert draft.commits
    assert final is not None
    assert (final.diagnosis, final.icd10) == ("PE", "I26.99")
    assert final.further_diagnoses == ("atrial fibrillation",)
    assert final.plan == ("heparin", "admit")
    assert final.disposition == "admitted"


def test_what_each_kind_asks_for_can_be_said() -> None:
    final = parse_step(
        typed(
            "finding pleural effusion, edema uncertain; pneumothorax absent",
            "acuity 2",
            "support vasopressor yes; vent no; dialysis no",
        ).as_json()
    ).final
    assert final is not None
    assert [(f.finding, f.certainty) for f in final.findings] == [
        ("pleural effusion", "present"),
        ("edema", "uncertain"),
        ("pneumothorax", "absent"),
    ]
    assert final.acuity == 2
    assert final.organ_support is not None
    assert final.organ_support.model_dump() == {
        "vasopressor": True,
        "ventilation": False,
        "renal_replacement": False,
    }


def test_a_second_diagnosis_replaces_the_first() -> None:
    final = step("diagnose PE [I26.99]", "diagnose gout")["final"]
    assert final == {"diagnosis": "gout"}


@pytest.mark.parametrize(
    "line",
    [
        "order",
        "plan heparin",
        "acuity 2",
        "think 60%",
        "think PE 170%",
        "think PE 70%; pneumonia 60%",
        "diagnose ;",
        "support vasopressor maybe",
    ],
)
def test_a_line_that_means_nothing_is_refused_and_changes_nothing(line: str) -> None:
    draft = typed("order cbc")
    before = draft.as_json()
    ((command, words),) = commands_of(line)
    with pytest.raises(LineRefused):
        draft.take(command, words)
    assert draft.as_json() == before


def test_undo_takes_back_one_line_at_a_time() -> None:
    draft = typed("order cbc", "do aspirin", "diagnose gout 90%")
    assert draft.undo()
    assert json.loads(draft.as_json()) == {"orders": ["cbc"], "actions": ["aspirin"]}
    assert draft.undo()
    assert draft.undo()
    assert draft.is_empty
    assert not draft.undo()


def test_an_empty_draft_is_a_step_that_asks_for_nothing() -> None:
    assert parse_step(Draft().as_json()).orders == ()


@given(st.lists(st.tuples(st.sampled_from(sorted(COMMANDS)), st.text(max_size=60)), max_size=6))
def test_whatever_is_typed_the_draft_is_a_readable_step(lines: list[tuple[str, str]]) -> None:
    draft = Draft()
    for command, words in lines:
        try:
            draft.take(command, words)
        except LineRefused:
            continue
    parse_step(draft.as_json())
    assert not any(character < " " for line in draft.lines() for character in line)
