"""Questions for memory: who memorised is caught, who only writes in the same style is not."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from probed_set import probed_set
from small_examination import Endpoint, completion, reference

from data_contracts.canary import CANARY, CANARY_GUID
from evaluators.candidates.config import Candidate
from evaluators.candidates.egress import EgressRefused
from evaluators.probes.contamination import (
    RecallResult,
    canary_in_journals,
    judged,
    probe_memory,
)
from evaluators.probes.errors import AskingStoppedError, NotAskableError
from evaluators.probes.questions import canary_questions, continuations, removed_dates
from evaluators.probes.recall import dates_in, longest_run, share_recalled, shares_run
from evaluators.scenario_sets import ScenarioSet

IDIOM = "She denies fever, chills, nausea, vomiting, chest pain and shortness of breath today."


def told(number: int) -> str:
    """A history of which the first half names its number, and the second is peculiar to it."""
    words = [f"word{(number * 37 + at * at) % 997}" for at in range(30)]
    opening = " ".join(f"start{number}x{at}" for at in range(34))
    return f"{opening} {' '.join(words)} {IDIOM}"


def remembered_set(size: int = 12) -> ScenarioSet:
    base = probed_set(size)
    scenarios = {
        key: replace(
            one, presentation=one.presentation.model_copy(update={"history": told(number)})
        )
        for number, (key, one) in enumerate(base.scenarios.items())
    }
    return replace(base, scenarios=MappingProxyType(scenarios))


def dates(base: ScenarioSet) -> dict[str, str]:
    return {key: f"21{10 + at}-03-{at + 1:02d}" for at, key in enumerate(base.scenarios)}


def ask(
    base: ScenarioSet, candidate: Candidate, folder: Path, **options: Any
) -> dict[str, RecallResult]:
    options.setdefault("admitted", dates(base))
    results = asyncio.run(probe_memory(base, candidate, folder, **options))
    return {result.probe: result for result in results}


def text_of(request: dict[str, Any]) -> str:
    return str(request["messages"][-1]["content"])


def test_who_memorised_texts_dates_and_canary_is_flagged_in_each(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    base = remembered_set()
    histories = {one.presentation.history: key for key, one in base.scenarios.items()}

    def remember(request: dict[str, Any]) -> dict[str, Any]:
        asked = text_of(request)
        if "medcred" in asked:
            return completion(f"It is {CANARY_GUID.upper()}.")
        for history, key in histories.items():
            assert history is not None
            if history.split()[0] + " " in asked:
                if "date" in asked:
                    return completion(f"Admitted {dates(base)[key]}.")
                words = history.split()
                return completion(" ".join(words[len(words) // 2 :]))
        raise AssertionError("a question about nobody")

    endpoint.otherwise = remember
    found = ask(base, endpoint.candidate(), tmp_path)
    assert {name: one.is_flagged for name, one in found.items()} == {
        "continuation": True,
        "dates": True,
        "canary": True,
    }
    continuation = found["continuation"]
    assert continuation.recalled == 1
    assert continuation.long_runs == 1
    assert continuation.long_runs_by_chance == 0
    assert continuation.longest_run_words == 39
    assert continuation.chance is not None
    assert 0 < continuation.chance < 0.3  # the idiom that all of them share
    assert found["dates"].recalled == 1
    assert found["dates"].chance == 0
    assert found["canary"].recalled == 1


def test_who_writes_in_the_same_style_is_not_flagged(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.otherwise = lambda request: completion(
        "2117-05-06" if "date" in text_of(request) else IDIOM
    )
    found = ask(remembered_set(), endpoint.candidate(), tmp_path)
    assert not any(one.is_flagged for one in found.values())
    assert found["continuation"].recalled == pytest.approx(found["continuation"].chance)
    assert found["continuation"].difference == 0
    assert found["canary"].interval is not None
    assert found["canary"].interval.low == 0


def test_nothing_is_asked_twice_and_nothing_hidden_is_sent(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    base = remembered_set()
    first = ask(base, endpoint.candidate(), tmp_path)
    asked = len(endpoint.requests)
    assert asked == 12 + 12 + 3
    assert ask(base, endpoint.candidate(), tmp_path) == first
    assert len(endpoint.requests) == asked
    sent = json.dumps(endpoint.requests)
    assert CANARY_GUID not in sent
    assert not any(key in sent for key in base.scenarios)
    assert not any(date in sent for date in dates(base).values())


def test_few_patients_are_not_told_of(endpoint: Endpoint, tmp_path: Path) -> None:
    found = ask(remembered_set(), endpoint.candidate(), tmp_path, limit=10)
    for name in ("continuation", "dates"):
        assert (found[name].asked, found[name].recalled, found[name].is_flagged) == (
            *(None, None),
            None,
        )
    assert found["canary"].asked == 3


def test_without_dates_of_the_source_none_is_asked_for(endpoint: Endpoint, tmp_path: Path) -> None:
    found = ask(remembered_set(), endpoint.candidate(), tmp_path, admitted=None)
    assert found.keys() == {"continuation", "canary"}


def test_a_reference_candidate_cannot_be_asked(tmp_path: Path) -> None:
    with pytest.raises(NotAskableError, match="reference/oracle"):
        ask(remembered_set(), reference("oracle"), tmp_path)


def test_questions_go_nowhere_that_encounters_may_not(tmp_path: Path) -> None:
    base = remembered_set()
    closed = replace(base, manifest=replace(base.manifest, tier="credentialed"))
    away = Candidate.model_validate(
        {"id": "far/away", "model": "openai/x", "api_base": "https://api.example.com/v1"}
    )
    with pytest.raises(EgressRefused):
        ask(closed, away, tmp_path)


def test_questions_stop_at_the_cap_of_calls_and_go_on_behind_it(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    base = remembered_set()
    capped = endpoint.candidate(spending={"max_calls": 7}, max_concurrency=1)
    with pytest.raises(AskingStoppedError, match=r"max_calls"):
        ask(base, capped, tmp_path)
    assert len(endpoint.requests) == 7
    ask(base, endpoint.candidate(max_concurrency=1), tmp_path)
    assert len(endpoint.requests) == 27


def test_the_canary_is_found_in_journals_whatever_was_asked(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    endpoint.otherwise = lambda request: completion(CANARY)
    ask(remembered_set(), endpoint.candidate(), tmp_path)
    journals = sorted(tmp_path.rglob("journal.jsonl"))
    assert len(journals) == 3
    assert canary_in_journals(journals) == 12 + 12 + 3


def test_a_list_of_dates_is_no_memory_of_one() -> None:
    base = remembered_set()
    questions = removed_dates(base, tuple(base.scenarios), dates(base))
    every = " ".join(dates(base).values())
    result = judged("dates", questions, {one.id: every for one in questions}, seed=1)
    assert result.recalled == 0
    assert result.is_flagged is False


def test_short_histories_are_not_continued() -> None:
    base = probed_set()
    assert continuations(base, tuple(base.scenarios)) == ()


def test_the_canary_is_not_in_the_questions_for_it() -> None:
    assert not any(CANARY_GUID in question.text for question in canary_questions())


TEXT = st.lists(st.sampled_from("abcdefg"), max_size=40).map(" ".join)


@settings(deadline=None)
@given(reply=TEXT, original=TEXT)
def test_recall_is_a_share_and_whole_for_the_original_itself(reply: str, original: str) -> None:
    assert 0 <= share_recalled(reply, original) <= 1
    if len(original.split()) >= 5:
        assert share_recalled(f"{reply} . {original}", original) == 1
    longest = longest_run(reply, original)
    assert longest == longest_run(original, reply)
    for length in (5, 15):
        assert shares_run(reply, original, length) == (longest >= length)


def test_dates_are_read_in_the_usual_forms() -> None:
    assert dates_in("2150-3-07, 2150/03/08 and 7 March") == {"2150-03-07", "2150-03-08"}
