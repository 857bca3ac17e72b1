"""A result that was not yet there at the decision time is never shown, through all the rooms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Heard:
    """One scenario, and all that a candidate was told who orders everything on every turn."""

    kind: str
    scenario: Scenario
    told: str
    available: dict[str, float]
    """What the set holds of planted results: value to hours from t0 to availability."""


PLANTED = (CONTROL_VALUE, STORED_LATE_VALUE, TAKEN_LATE_VALUE, *map(ladder_value, LADDER_HOURS))


def conversations(ran: Ran) -> Iterator[Heard]:
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
            words = "\n".join(map(str, told))
            available = {
                item.value: item.available_hours
                for item in scenario.evidence
                if item.value in PLANTED
            }
            yield Heard(chosen.manifest.kind, scenario, words, available)


@pytest.fixture(scope="module")
def heard(ran: Ran) -> list[Heard]:
    return list(conversations(ran))


def of_kind(heard: list[Heard], *kinds: str) -> list[Heard]:
    found = [one for one in heard if one.kind in kinds]
    assert {one.kind for one in found} == set(kinds)
    return found


def test_planted_result_in_time_is_seen_in_every_admission(heard: list[Heard]) -> None:
    admissions = of_kind(heard, "admission")
    assert len(admissions) > 30
    assert all(CONTROL_VALUE in one.told for one in admissions)
    assert any(CONTROL_VALUE in one.told for one in of_kind(heard, "emergency"))


def test_result_stored_after_the_decision_time_is_never_seen(heard: list[Heard]) -> None:
    for one in of_kind(heard, "admission", "emergency"):
        assert STORED_LATE_VALUE not in one.told, one.scenario.scenario_id
        assert TAKEN_LATE_VALUE not in one.told, one.scenario.scenario_id


def test_of_a_ladder_of_results_only_those_before_the_decision_time_are_seen(
    heard: list[Heard],
) -> None:
    decided_early = 0
    for one in of_kind(heard, "admission", "emergency"):
        seen = {hours for hours in LADDER_HOURS if ladder_value(hours) in one.told}
        assert seen or one.kind == "emergency", one.scenario.scenario_id
        assert max(seen, default=0) <= one.scenario.decision_hours, one.scenario.scenario_id
        decided_early += one.scenario.decision_hours < 70
    assert decided_early, "no scenario is decided before 72 hours: the ladder proves nothing more"


def test_in_intensive_care_the_ladder_ends_a_day_after_the_admission_to_the_unit(
    heard: list[Heard],
) -> None:
    ended = 0
    for one in of_kind(heard, "intensive_care"):
        told = {value for value in PLANTED if value in one.told}
        assert told <= set(one.available), one.scenario.scenario_id
        assert all(hours <= one.scenario.decision_hours for hours in one.available.values())
        ended += bool(told) and ladder_value(LADDER_HOURS[-1]) not in told
    assert ended, "no ladder was cut: nothing is proved"


def test_a_film_is_shown_without_any_result(heard: list[Heard]) -> None:
    for one in of_kind(heard, "radiology"):
        assert not one.available
        assert not any(value in one.told for value in PLANTED), one.scenario.scenario_id


def test_no_future_result_is_in_a_shown_file_of_any_set_of_admissions(ran: Ran) -> None:
    seen = 0
    for category in ran.enclave.digests():
        folder = ran.enclave.workspace().scenario_set(category)
        if load(folder).manifest.kind != "admission":
            continue
        seen += 1
        shown: dict[str, Any] = {
            name: (folder / name).read_text() for name in ("scenarios.jsonl", "evidence.jsonl")
        }
        assert CONTROL_VALUE in shown["evidence.jsonl"]
        for text in shown.values():
            assert STORED_LATE_VALUE not in text
            assert TAKEN_LATE_VALUE not in text
    assert seen == 12
