from __future__ import annotations

import json

import pytest
from small_examination import small_set

from evaluators.catalogue import Catalogue
from evaluators.encounter.protocol import Reply
from evaluators.encounter.session import Encounter
from evaluators.transcript.messages import (
    Evidence,
    RepairView,
    TurnView,
    read_answer,
    read_opening,
)


@pytest.fixture
def encounter(catalogue: Catalogue) -> Encounter:
    return Encounter.of(small_set(1), "0" * 16, catalogue)


def last(encounter: Encounter) -> TurnView | RepairView:
    return read_answer(encounter.messages()[-1]["content"])


def test_the_opening_says_who_has_come(encounter: Encounter) -> None:
    opening = read_opening(encounter.messages()[1]["content"])
    assert opening.who == "40-year-old woman"
    assert opening.complaint == "Epigastric pain"
    assert opening.vitals == ("blood pressure 118/? mmHg",)
    assert opening.turns_left == 12


def test_an_answer_gives_orders_results_and_the_clock(encounter: Encounter) -> None:
    encounter.take_reply(Reply(text='{"orders": ["lipase", "lunch"]}'))
    answer = last(encounter)
    assert isinstance(answer, TurnView)
    assert answer.clock_hours == 2.0
    lipase, lunch = answer.orders
    assert (lipase.status, lunch.status) == ("resulted", "unrecognised")
    assert "Lipase: 2200 IU/L" in lipase.report
    assert lunch.report == ""


def test_a_repair_request_is_told_apart(encounter: Encounter) -> None:
    encounter.take_reply(Reply(text="no object"))
    answer = last(encounter)
    assert isinstance(answer, RepairView)
    assert "could not be read" in answer.reason


REPORT = "[2.3 h]\nSodium: 140 mmol/L\nPotassium: 6.9 mmol/L HIGH (ref 3.5-5)\n  hemolysed\n"


def test_a_report_keeps_its_lines_and_is_found_by_name() -> None:
    answer = read_answer(
        json.dumps(
            {
                "clock_hours": 2.3,
                "orders": [{"order": "bmp", "status": "resulted", "results": REPORT}],
                "delivered": "[1.0 h]\nLactate: 2",
                "pending": ["Blood culture"],
                "new": {},
            }
        )
    )
    assert isinstance(answer, TurnView)
    assert answer.orders[0].report == REPORT.rstrip()
    assert answer.delivered == "[1.0 h]\nLactate: 2"
    assert answer.pending == ("Blood culture",)
    evidence = Evidence()
    evidence.add(answer)
    assert len(evidence.reports_with("")) == 2
    assert evidence.reports_with("potassium") == [
        "[2.3 h]\nPotassium: 6.9 mmol/L HIGH (ref 3.5-5)\n  hemolysed"
    ]
    assert evidence.reports_with("rhubarb") == []


def test_evidence_takes_what_is_shown_twice_once() -> None:
    evidence = Evidence()
    for report in ("[1.0 h]\nSodium: 140", "[1.0 h]\nSodium: 140", "[7.0 h]\nSodium: 140"):
        evidence.add(TurnView(7.0, delivered=report))
    assert evidence.reports == ["[1.0 h]\nSodium: 140", "[7.0 h]\nSodium: 140"]


@pytest.mark.parametrize("content", ["", "[]", "{}", "no JSON"])
def test_what_is_no_message_is_refused(content: str) -> None:
    with pytest.raises(ValueError, match="examine anew"):
        read_answer(content)
    with pytest.raises(ValueError, match="examine anew"):
        read_opening(content)
