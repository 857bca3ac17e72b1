"""Malformed, empty, refused and endless replies, and the caps of an encounter."""

from __future__ import annotations

import json
from typing import Any

import pytest
from driving import FINAL, Open, say

from evaluators.encounter.protocol import EndReason


def test_malformed_reply_is_asked_for_again_and_then_a_failed_step(start: Open) -> None:
    encounter = start()
    answer = say(encounter, "I would like some tests")
    assert answer is not None
    assert "no JSON object" in answer["protocol_error"]
    assert answer["schema"]["properties"].keys() == {"orders", "actions", "differential", "final"}
    assert (encounter.turn, encounter.attempt) == (1, 1)
    answer = say(encounter, '{"orders":["CBC"')
    assert answer is not None
    assert answer["turns_left"] == 11
    assert "failed" in answer["notices"][0]
    assert (encounter.turn, encounter.attempt) == (2, 0)
    say(encounter, FINAL)
    record = encounter.record()
    assert (record.end, record.format_failures, record.turns) == (EndReason.COMPLETED, 2, 2)


def test_repaired_reply_is_an_ordinary_step(start: Open) -> None:
    encounter = start()
    say(encounter, "hm")
    assert say(encounter, {"orders": ["K"]}) is not None
    say(encounter, FINAL)
    assert encounter.record().format_failures == 1
    assert encounter.record().turns == 2


def test_failed_steps_in_a_row_end_the_encounter(start: Open) -> None:
    encounter = start()
    for _ in range(2 * 3):
        assert not encounter.is_over
        say(encounter, "nonsense")
    record = encounter.record()
    assert (record.end, record.final, record.format_failures) == (
        EndReason.FORMAT_FAILURE,
        None,
        6,
    )


def test_readable_step_ends_the_row_of_failed_ones(start: Open) -> None:
    encounter = start()
    for _ in range(4):
        for _ in range(2):
            say(encounter, "nonsense")
        say(encounter, {"orders": ["K"]})
    assert not encounter.is_over


@pytest.mark.parametrize("text", ["", "  \n", "\u200b\u202e", "\x00"])
def test_empty_reply_and_empty_repair_end_as_empty(start: Open, text: str) -> None:
    encounter = start()
    assert say(encounter, text) is not None
    assert say(encounter, text) is None
    record = encounter.record()
    assert (record.end, record.final, record.format_failures) == (EndReason.EMPTY, None, 2)


@pytest.mark.parametrize("reason", ["content_filter", "refusal"])
def test_refusal_is_its_own_end(start: Open, reason: str) -> None:
    encounter = start()
    say(encounter, FINAL, finish_reason=reason)
    assert encounter.record().end is EndReason.REFUSED
    assert encounter.record().final is None


def test_text_cut_by_the_endpoint_is_malformed(start: Open) -> None:
    encounter = start()
    answer = say(encounter, '{"orders":["CBC","lip', finish_reason="length")
    assert answer is not None
    assert "protocol_error" in answer


def test_over_long_reply_is_cut_and_used_when_its_step_is_whole(start: Open) -> None:
    encounter = start(reply_bytes=200)
    answer = say(encounter, json.dumps({"orders": ["K"]}) + "é" * 10_000)
    assert answer is not None
    assert "cut" in answer["notices"][0]
    assert max(len(message["content"].encode()) for message in encounter.messages()[2:3]) <= 200


def test_over_long_reply_without_a_whole_step_ends_the_encounter(start: Open) -> None:
    encounter = start(reply_bytes=200)
    say(encounter, json.dumps({"orders": ["K" * 50_000_000]}))
    assert encounter.record().end is EndReason.OUTPUT_LIMIT
    assert encounter.record().format_failures == 1


def test_reply_of_exactly_the_allowed_bytes_is_not_cut(start: Open) -> None:
    text = json.dumps({"orders": ["K"], "pad": ""})
    text = text.replace('""', '"' + "é" * 50 + '"')
    encounter = start(reply_bytes=len(text.encode()))
    answer = say(encounter, text)
    assert answer is not None
    assert answer["notices"] == []


def test_last_turn_is_announced_and_only_final_is_accepted(start: Open) -> None:
    encounter = start(turns=2)
    answer = say(encounter, {"orders": ["K"]})
    assert answer is not None
    assert answer["turns_left"] == 1
    assert "only a final" in answer["notices"][-1]
    say(encounter, {"orders": ["troponin"]})
    record = encounter.record()
    assert (record.end, record.final, record.turns) == (EndReason.TURN_LIMIT, None, 2)
    assert len(record.orders) == 1


def test_final_on_the_last_turn_completes(start: Open) -> None:
    encounter = start(turns=1)
    say(encounter, FINAL)
    assert encounter.record().end is EndReason.COMPLETED


def test_failed_step_on_the_last_turn_is_the_turn_limit(start: Open) -> None:
    encounter = start(turns=1)
    say(encounter, "hm")
    say(encounter, "hm")
    assert encounter.record().end is EndReason.TURN_LIMIT
    assert encounter.record().turns == 1


def test_orders_beside_a_final_are_not_carried_out(start: Open) -> None:
    encounter = start()
    say(encounter, {"orders": ["K"], "actions": ["heparin drip"], **FINAL})
    record = encounter.record()
    assert record.orders == ()
    assert [action.from_plan for action in record.actions] == [False, True]


def test_orders_of_one_turn_are_capped(start: Open) -> None:
    encounter = start(orders_per_turn=3)
    answer = say(encounter, {"orders": ["CBC, BMP", "K", "Na", "lipase"], "actions": ["a"] * 5})
    assert answer is not None
    assert len(answer["orders"]) == 3
    assert answer["actions_noted"] == 3
    assert len(answer["notices"]) == 2


def test_a_plan_of_any_length_leaves_room_for_the_disposition(start: Open) -> None:
    encounter = start(orders_per_turn=2)
    say(
        encounter, {"final": {"diagnosis": "NSTEMI", "plan": ["a", "b", "c"], "disposition": "ICU"}}
    )
    assert [action.wording for action in encounter.record().actions] == ["a", "b", "ICU"]


def test_thousands_of_orders_are_capped(start: Open) -> None:
    encounter = start(orders_total=40)
    for _ in range(3):
        say(encounter, {"orders": ["CBC"] * 5_000})
    encounter.stop(EndReason.WALL_TIME)
    assert len(encounter.record().orders) == 40


def test_exact_number_of_orders_gives_no_notice(start: Open) -> None:
    answer = say(start(orders_per_turn=2), {"orders": ["CBC, BMP"]})
    assert answer is not None
    assert answer["notices"] == []


@pytest.mark.parametrize(
    ("limits", "usage"),
    [
        ({"completion_tokens": 10}, {"completion_tokens": 6}),
        ({"cost_usd": 0.5}, {"cost_usd": 0.3}),
    ],
)
def test_budget_ends_the_encounter_after_the_paid_reply_was_used(
    start: Open, limits: dict[str, Any], usage: dict[str, Any]
) -> None:
    encounter = start(**limits)
    assert say(encounter, {"orders": ["K"]}, **usage) is not None
    assert say(encounter, {"orders": ["Na"]}, **usage) is None
    assert encounter.record().end is EndReason.BUDGET
    assert len(encounter.record().orders) == 2


def test_final_within_the_reply_that_spends_the_budget_counts(start: Open) -> None:
    encounter = start(completion_tokens=5)
    say(encounter, FINAL, completion_tokens=9)
    assert encounter.record().end is EndReason.COMPLETED


def test_unknown_price_is_null_and_never_zero(start: Open) -> None:
    encounter = start(cost_usd=0.1)
    say(encounter, {"orders": ["K"]}, cost_usd=0.05, prompt_tokens=10, completion_tokens=3)
    say(encounter, {"orders": ["K"]}, cost_usd=None, prompt_tokens=10, completion_tokens=3)
    say(encounter, FINAL, cost_usd=9.0, prompt_tokens=10, completion_tokens=3)
    record = encounter.record()
    assert (record.cost_usd, record.prompt_tokens, record.completion_tokens) == (None, 30, 9)


def test_refused_and_malformed_replies_are_paid_too(start: Open) -> None:
    encounter = start()
    say(encounter, "hm", cost_usd=0.25)
    say(encounter, "no", finish_reason="content_filter", cost_usd=0.5)
    assert encounter.record().cost_usd == 0.75
