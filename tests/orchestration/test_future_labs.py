"""A result that was not yet there at the decision time is never shown, through all the rooms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import Ran
from planted_release import (
    CONTROL_VALUE,
    LADDER_HOURS,
    STORED_LATE_VALUE,
    TAKEN_LATE_VALUE,
    ladder_value,
)

from evaluators.catalogue import load_catalogue
from evaluators.encounter.protocol import Reply
from evaluators.encounter.session import Encounter, Limits
from evaluators.scenario_sets import Scenario, load

# Caps out of the way: every test of the catalogue on every turn.
ALL = Limits(turns=12, orders_per_turn=10_000, orders_total=100_000, reply_bytes=1_000_000)


def conversations(ran: Ran) -> Iterator[tuple[Scenario, str]]:
    """Every scenario with all that a candidate was told who orders everything on every turn."""
    catalogue = load_catalogue()
    tests = [test.canonical_name for test in catalogue.tests.values()]
    everything = Reply(text=json.dumps({"orders": tests}), finish_reason="stop")
    for category in ran.enclave.digests():
        chosen = load(ran.enclave.workspace().scenario_set(category))
        for scenario_id, scenario in chosen.scenarios.items():
            encounter = Encounter.of(chosen, scenario_id, catalogue, ALL)
            while not encounter.is_over:
                encounter.take_reply(everything)
            told = [m["content"] for m in encounter.messages() if m["role"] == "user"]
            assert len(told) == ALL.turns
            yield scenario, "\n".join(told)


@pytest.fixture(scope="module")
def heard(ran: Ran) -> list[tuple[Scenario, str]]:
    return list(conversations(ran))


def test_planted_result_in_time_is_seen_in_every_encounter(
    heard: list[tuple[Scenario, str]],
) -> None:
    assert len(heard) > 30
    assert all(CONTROL_VALUE in told for _, told in heard)


def test_result_stored_after_the_decision_time_is_never_seen(
    heard: list[tuple[Scenario, str]],
) -> None:
    assert not [s.scenario_id for s, told in heard if STORED_LATE_VALUE in told]
    assert not [s.scenario_id for s, told in heard if TAKEN_LATE_VALUE in told]


def test_of_a_ladder_of_results_only_those_before_the_decision_time_are_seen(
    heard: list[tuple[Scenario, str]],
) -> None:
    decided_early = 0
    for scenario, told in heard:
        seen = {hours for hours in LADDER_HOURS if ladder_value(hours) in told}
        assert seen, scenario.scenario_id
        assert max(seen) <= scenario.decision_hours, scenario.scenario_id
        decided_early += scenario.decision_hours < 70
    assert decided_early, "no scenario is decided before 72 hours: the ladder proves nothing more"


def test_no_future_result_is_in_a_shown_file_of_any_set(ran: Ran) -> None:
    for category in ran.enclave.digests():
        folder = ran.enclave.workspace().scenario_set(category)
        shown: dict[str, Any] = {
            name: (folder / name).read_text() for name in ("scenarios.jsonl", "evidence.jsonl")
        }
        assert CONTROL_VALUE in shown["evidence.jsonl"]
        for text in shown.values():
            assert STORED_LATE_VALUE not in text
            assert TAKEN_LATE_VALUE not in text
