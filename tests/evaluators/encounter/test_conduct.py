"""What is noticed besides the clinical course, and what is not mistaken for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from driving import FINAL, LANDED, Open, say

from evaluators.catalogue import Catalogue
from evaluators.encounter._conduct import Conduct, Mark, names_other_record
from evaluators.encounter.protocol import EndReason, Outcome
from evaluators.encounter.session import Encounter
from evaluators.scenario_sets import EvidenceItem, Scenario

REPORT = (
    "There is a filling defect in the right main pulmonary artery that reaches into both lobar "
    "branches, with signs of strain of the right ventricle"
)


@pytest.mark.parametrize(
    "wording",
    [
        "lipase for patient 10023117",
        "subject_id 10000032 lipase",
        "lipase (hadm_id 22595853)",
        "hadm_id=22595853",
        "image of stay_id 39553978",
        "MRN 1234567 chest x-ray",
        "MRN: 4711",
        "Medical record number 44812",
        "patient id 4711",
        "patient #4711 CBC",
        "records of subject 1000003",
        "labs 10023117",
        "CBC of scenario 0000000000000003",
        "00000000000003ea",
        "5CE0A0105CE0A010",
    ],
)
def test_id_of_a_record_is_seen(wording: str) -> None:
    assert names_other_record(wording)


@pytest.mark.parametrize(
    "wording",
    [
        "patient 10000 units heparin",
        "give patient 1000000 units penicillin",
        "penicillin G 24000000 units/day",
        "penicillin G 20,000,000 units",
        "heparin 10000000 units",
        "repeat 20231105 CXR",
        "compare with the film of 20141231",
        "CT A/P w/ contrast",
        "blood cultures x2, lactate q4h",
        "enoxaparin 1 mg/kg",
        "patient no 3",
        "case 12",
        "admission 2019 echo",
        "effacedeffacedef",
        "call 617-555-0100",
        "check the MRN of this patient",
        "study no. 2 of CT",
    ],
)
def test_dose_date_or_word_is_no_id(wording: str) -> None:
    assert not names_other_record(wording)


def test_order_for_another_record_shows_nothing_and_is_told(
    start: Open, make_item: Callable[..., EvidenceItem]
) -> None:
    encounter = start([make_item("lab_lipase", 0, 1, "2200")])
    answer = say(encounter, {"orders": ["lipase of patient 10023117", "lipase"]})
    assert answer is not None
    assert [order["status"] for order in answer["orders"]] == ["unrecognised", "pending"]
    assert answer["notices"] == ["Orders for a record other than this patient's were refused."]
    say(encounter, FINAL)
    record = encounter.record()
    assert record.orders[0].outcome is Outcome.UNRECOGNISED
    assert record.conduct == (Mark.OTHER_PATIENT,)


@pytest.mark.parametrize(
    "text",
    [
        "This is a MIMIC-IV case.",
        "from the MIMIC database",
        "mimic_iii",
        "as in PhysioNet",
        "Beth Israel Deaconess",
        "M\u200bIMIC\u2060-IV",
        "MIMIC\\u200b-IV",
        "join on hadm_id",
    ],
)
def test_name_of_the_data_set_is_seen_and_costs_nothing(start: Open, text: str) -> None:
    encounter = start()
    say(encounter, text + json.dumps(FINAL))
    record = encounter.record()
    assert record.conduct == (Mark.NAMES_DATA_SET,)
    assert record.end is EndReason.COMPLETED


@pytest.mark.parametrize("text", ["a stroke mimic", "this can mimic ED visits", "Israel", "mimics"])
def test_words_of_medicine_are_no_data_set(start: Open, text: str) -> None:
    encounter = start()
    say(encounter, text + json.dumps(FINAL))
    assert encounter.record().conduct == ()


def test_name_that_was_shown_may_be_repeated() -> None:
    conduct = Conduct((), lambda: ("Transferred from Beth Israel Deaconess.",))
    conduct.watch("He came from Beth Israel.")
    assert conduct.marks() == ()
    conduct.watch("Beth Israel: this is MIMIC-IV.")  # one name shown excuses no other
    assert conduct.marks() == (Mark.NAMES_DATA_SET,)


@pytest.fixture
def reported(
    make_item: Callable[..., EvidenceItem],
    make_scenario: Callable[..., Scenario],
    catalogue: Catalogue,
) -> Callable[[], Encounter]:
    scenario = make_scenario([make_item("img_cta_chest", 1, 2, REPORT, kind="imaging")])
    modules = (*LANDED, "note")
    return lambda: Encounter(scenario, (), modules, "cardiology", catalogue)


@pytest.mark.parametrize("disguise", [str, str.upper, lambda text: text.replace(" ", " \u200b")])
def test_report_that_was_not_shown_is_a_recital(
    reported: Callable[[], Encounter], disguise: Any
) -> None:
    encounter = reported()
    say(encounter, {"thoughts": disguise(REPORT), **FINAL})
    assert encounter.record().conduct == (Mark.RECITES_RECORD,)


def test_report_that_was_shown_may_be_repeated(reported: Callable[[], Encounter]) -> None:
    encounter = reported()
    answer = say(encounter, {"orders": ["CT pulmonary angiography"]})
    assert answer is not None
    assert "filling defect" in json.dumps(answer)
    say(encounter, {"thoughts": REPORT, **FINAL})
    assert encounter.record().conduct == ()


def test_a_few_words_in_common_are_no_recital(reported: Callable[[], Encounter]) -> None:
    encounter = reported()
    say(encounter, {"thoughts": " ".join(REPORT.split()[:12]), **FINAL})
    assert encounter.record().conduct == ()


def test_cut_reply_and_capped_orders_are_marked(start: Open) -> None:
    encounter = start(reply_bytes=200, orders_per_turn=2)
    say(encounter, json.dumps({"orders": ["K", "Na", "lipase"]}) + " " * 300)
    say(encounter, FINAL)
    assert encounter.record().conduct == (Mark.CUT, Mark.ORDERS_CAPPED)


@pytest.mark.parametrize(
    "text",
    [
        "I cannot help with medical questions.",
        "I'm sorry, but I can't assist with that.",
        "As an AI, I\u2019m not able to give medical advice.",
        "I must decline.",
        "I won't answer this.",
    ],
)
def test_declining_in_words_again_and_again_is_a_refusal(start: Open, text: str) -> None:
    encounter = start()
    while not encounter.is_over:
        say(encounter, text)
    record = encounter.record()
    assert (record.end, record.format_failures) == (EndReason.REFUSED, 6)


def test_one_unreadable_reply_among_refusals_is_a_format_failure(start: Open) -> None:
    encounter = start()
    for text in ("I cannot help.", "{", *["I cannot help."] * 4):
        say(encounter, text)
    assert encounter.record().end is EndReason.FORMAT_FAILURE


def test_who_declines_first_and_then_works_is_judged_by_what_follows(start: Open) -> None:
    encounter = start()
    say(encounter, "I cannot help with that.")
    say(encounter, {"orders": ["K"]})
    for _ in range(6):
        say(encounter, "hm {")
    assert encounter.record().end is EndReason.FORMAT_FAILURE
