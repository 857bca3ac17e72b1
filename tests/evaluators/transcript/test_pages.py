"""The page of an encounter says what was said, what came back, and the scorer's own figures."""

from __future__ import annotations

import pytest
from paged import BLEEDING, FIRST, RIGHT, WRONG, chosen_set, page_of, replies

from evaluators.catalogue import load_catalogue
from evaluators.encounter.session import Encounter
from evaluators.scoring.score import ExaminationScorer
from evaluators.transcript.page import Page
from evaluators.transcript.points import Section


def section(page: Page, key: str) -> Section:
    return next(one for one in page.sections if one.key == key)


def test_turns_show_orders_as_taken_and_as_answered() -> None:
    page = page_of(*RIGHT)
    first, second = page.turns
    assert [(o.taken_for, o.outcome) for o in first.orders] == [
        ("Lipase", "resulted"),
        ("", "unrecognised"),
    ]
    assert "Lipase: 2200 IU/L" in first.orders[0].report
    assert first.orders[1].report == ""
    assert (first.clock_before, first.clock_after) == (0.0, 2.0)
    assert [action.wording for action in second.actions] == ["iv fluids", "admit"]
    assert [action.from_plan for action in second.actions] == [False, True]
    assert (first.tokens, first.cost_usd, page.cost_usd) == (10, 0.25, 0.5)


@pytest.mark.parametrize("steps", [RIGHT, WRONG, ("{", "{", "{", "{", "{", "{"), ("", "")])
def test_figures_of_the_page_are_those_of_the_score(steps: tuple[object, ...]) -> None:
    chosen, catalogue = chosen_set(), load_catalogue()
    encounter = Encounter.of(chosen, FIRST, catalogue)
    for reply in replies(*steps):
        encounter.take_reply(reply)
    scored = ExaminationScorer(chosen, "gastroenterology", catalogue).score(encounter.record())
    page = page_of(*steps, chosen=chosen)
    assert page.case is not None
    assert page.case.as_json() == scored.as_json()
    tests = section(page, "tests")
    missed = [line for line in tests.lines if line.text.startswith("Missed: ")]
    assert len(missed) == len(scored.tests.to_recall) - len(scored.tests.recalled)
    assert f"precision {_share(scored.tests.precision)}" in tests.figure
    assert f"recall {_share(scored.tests.recall)}" in tests.figure
    actions = section(page, "actions")
    assert f"recall {_share(scored.actions.recall)}" in actions.figure
    assert section(page, "diagnosis").figure == f"{scored.kind.points:.0f} of 1"
    brier = scored.calibration.brier
    told = "not judged" if brier is None else f"Brier {brier:.3f}"
    assert section(page, "calibration").figure == told
    assert len(page.flags) == len(scored.flags)


def _share(value: float | None) -> str:
    return "not judged" if value is None else f"{value:.0%}"


def test_reasons_say_what_an_answer_was_taken_for() -> None:
    right = section(page_of(*RIGHT), "diagnosis").lines
    assert right[0].text == "Answer: Acute pancreatitis"
    assert "the target" in right[0].why
    again = next(line for line in right if line.text == "Differential: Acute pancreatitis")
    assert (again.mark, again.figure) == ("neutral", "")  # nothing is earned twice
    assert right[0].figure == "1"
    wrong = section(page_of(*WRONG), "diagnosis").lines
    assert wrong[0].mark == "loss"
    assert "not what the patient had" in wrong[0].why or "not recognised" in wrong[0].why
    none = section(page_of("{", "{", "{", "{", "{", "{"), "diagnosis").lines
    assert none[0].text == "No final answer"


def test_a_reply_that_could_not_be_read_stands_in_its_turn_with_its_repair() -> None:
    page = page_of("no object", {"orders": ["lipase"]}, *WRONG)
    first = page.turns[0]
    assert [bool(said.error) for said in first.said] == [True, False]
    assert first.orders[0].taken_for == "Lipase"
    assert page.case is not None
    assert page.case.record.format_failures == 1


def test_a_flag_stands_in_the_turn_in_which_it_happened() -> None:
    page = page_of(
        {"orders": ["hemoglobin"]},
        {"actions": ["ibuprofen 800 mg", "pantoprazole"]},
        *WRONG,
        scenario=BLEEDING,
    )
    ibuprofen = [flag for flag in page.flags if flag.wording == "ibuprofen 800 mg"]
    assert ibuprofen
    assert [turn.number for turn in page.turns if ibuprofen[0] in turn.flags] == [2]
    severities = [flag.severity for flag in page.flags]
    assert severities == sorted(severities, key=("never", "major", "caution").index)
    told = [line.why for line in section(page, "safety").lines]
    assert any("turn 2: ibuprofen 800 mg" in why for why in told)


def test_an_encounter_that_is_not_over_is_shown_without_points() -> None:
    page = page_of({"orders": ["lipase"]})
    assert not page.is_over
    assert page.case is None
    assert page.sections == ()
    assert page.turns[0].orders[0].taken_for == "Lipase"
    assert "not ended" in page.end
