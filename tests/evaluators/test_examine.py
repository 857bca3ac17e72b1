"""Examinations: resumable, the same in any order, incomplete rather than wrong."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from small_examination import (
    CONDITIONS,
    Endpoint,
    completion,
    contents,
    failure,
    reference,
    served,
    small_set,
)

from evaluators.candidates.client import Answer, ModelClient
from evaluators.candidates.config import Candidate
from evaluators.candidates.egress import EgressRefused
from evaluators.candidates.errors import FaultKind, InfrastructureError, ModelChanged
from evaluators.candidates.reference.identity import REFERENCE_MODELS
from evaluators.catalogue import load_catalogue
from evaluators.encounter.protocol import EndReason, Outcome
from evaluators.encounter.session import Limits
from evaluators.examine import (
    JOURNAL_FILE,
    WALL_TIME_MARK,
    Examination,
    Progress,
    examine,
    replay_encounters,
)
from evaluators.journal import JournalLocked, JournalMismatch, read_replies
from evaluators.paid_requests import ERRORS_IN_A_ROW, StopReason

PROJECT = Path(__file__).resolve().parents[2]
NAMES = [model.removeprefix("reference/") for model in REFERENCE_MODELS]
FINAL = '{"final":{"diagnosis":"Acute pancreatitis"}}'


async def no_wait(seconds: float) -> None:
    del seconds


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with served() as endpoint:
        yield endpoint


def run(candidate: Candidate, folder: Path, *, size: int = 8, **options: Any) -> Examination:
    options.setdefault("open_client", partial(ModelClient, sleep=no_wait))
    return asyncio.run(
        examine(small_set(size), "gastroenterology", candidate, folder, load_catalogue(), **options)
    )


def lines(folder: Path) -> list[str]:
    """The journal's lines, header first, the others in an order of their own."""
    header, *rest = (folder / JOURNAL_FILE).read_text(encoding="utf-8").splitlines()
    return [header, *sorted(rest)]


def test_one_whole_encounter_over_http(endpoint: Endpoint, tmp_path):
    endpoint.script = [
        completion('{"orders":["lipase","CBC","lumbar whatnot"],"actions":["NPO"]}'),
        completion("I am not sure yet."),
        completion('{"differential":[{"diagnosis":"Acute pancreatitis","probability":0.9}]}'),
        completion(FINAL),
    ]
    found = run(endpoint.candidate(), tmp_path, size=1)
    assert (found.complete, found.calls_made, found.calls_replayed) == (True, 4, 0)
    record = found.encounters[0]
    assert record.end is EndReason.COMPLETED
    assert record.final is not None
    assert record.final.diagnosis == "Acute pancreatitis"
    assert record.format_failures == 1
    outcomes = {order.wording: order.outcome for order in record.orders}
    assert outcomes["lipase"] is Outcome.RESULTED
    assert outcomes["lumbar whatnot"] is Outcome.UNRECOGNISED
    assert (record.prompt_tokens, record.completion_tokens) == (44, 28)
    assert record.cost_usd is None
    assert found.spent_usd is None
    first, second, repair, last = (request["messages"] for request in endpoint.requests)
    assert [message["role"] for message in first] == ["system", "user"]
    assert json.loads(first[1]["content"])["presentation"]["chief_complaint"] == "Epigastric pain"
    assert "2200" in contents(second, "user")[1]
    assert "could not be read" in contents(repair, "user")[2]
    assert last[: len(repair)] == repair
    turns = [json.loads(line) for line in lines(tmp_path)[1:]]
    assert sorted((line["turn"], line["attempt"]) for line in turns) == [
        (1, 0),
        (2, 0),
        (2, 1),
        (3, 0),
    ]


def test_no_id_of_a_scenario_reaches_the_candidate(endpoint: Endpoint, tmp_path):
    run(endpoint.candidate(), tmp_path)
    sent = json.dumps(endpoint.requests)
    for scenario in small_set().scenarios.values():
        assert scenario.scenario_id not in sent
        assert scenario.patient_key not in sent


def test_no_request_of_another_candidate_carries_a_truth(endpoint: Endpoint, tmp_path):
    run(endpoint.candidate(), tmp_path)
    names = {load_catalogue().conditions[name].name for name in CONDITIONS}
    sent = json.dumps(endpoint.requests)
    assert "briefing" not in sent
    assert not [name for name in names if name in sent]


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_candidate_finishes_the_set(name, tmp_path):
    found = run(reference(name), tmp_path)
    assert found.complete
    assert found.spent_usd == 0.0
    assert {record.end for record in found.encounters} == {EndReason.COMPLETED}
    assert {record.format_failures for record in found.encounters} == {0}


def test_oracle_is_right_and_commonest_as_often_as_the_commonest_condition(tmp_path):
    truths = small_set().truths
    conditions = load_catalogue().conditions

    def right(name: str) -> list[bool]:
        found = run(reference(name), tmp_path / name)
        return [
            record.final is not None
            and record.final.diagnosis == conditions[truths[record.scenario_id].condition_id].name
            for record in found.encounters
        ]

    assert right("oracle") == [True] * 8
    assert sum(right("commonest")) == 4
    assert sum(right("bedside")) > 4


@pytest.mark.parametrize("name", NAMES)
def test_concurrency_changes_nothing(name, tmp_path):
    one = run(reference(name), tmp_path / "one", concurrency=1)
    eight = run(reference(name), tmp_path / "eight", concurrency=8)
    assert one == eight
    assert lines(tmp_path / "one") == lines(tmp_path / "eight")


def test_the_journal_alone_gives_the_same_records(tmp_path):
    found = run(reference("bedside"), tmp_path)
    replies = read_replies(tmp_path / JOURNAL_FILE)
    assert replay_encounters(small_set(), replies, load_catalogue()) == found.encounters


def test_a_second_run_pays_for_nothing(endpoint: Endpoint, tmp_path):
    first = run(endpoint.candidate(), tmp_path)
    before = lines(tmp_path)
    second = run(endpoint.candidate(), tmp_path)
    assert (second.calls_made, second.calls_replayed) == (0, first.calls_made)
    assert len(endpoint.requests) == first.calls_made
    assert second.encounters == first.encounters
    assert lines(tmp_path) == before


def scripted(request: dict[str, Any]) -> dict[str, Any]:
    """Two turns for everybody, told from the request alone."""
    if len(request["messages"]) == 2:
        return completion('{"orders":["lipase"]}')
    return completion(FINAL)


@pytest.mark.parametrize("after", [0, 1, 5, 11, 15])
def test_after_a_failure_only_the_missing_calls_are_made(endpoint: Endpoint, tmp_path, after):
    endpoint.otherwise = scripted
    whole = run(endpoint.candidate(), tmp_path / "whole")
    endpoint.requests.clear()
    answered = 0

    def failing(request: dict[str, Any]) -> Any:
        nonlocal answered
        answered += 1
        return scripted(request) if answered <= after else failure(401)

    endpoint.otherwise = failing
    partial_run = run(endpoint.candidate(), tmp_path / "broken", concurrency=1)
    assert (partial_run.complete, partial_run.calls_made) == (False, after)
    assert partial_run.stopped is StopReason.INFRASTRUCTURE
    endpoint.otherwise = scripted
    endpoint.requests.clear()
    resumed = run(endpoint.candidate(), tmp_path / "broken")
    assert resumed.complete
    assert resumed.calls_made == len(endpoint.requests) == whole.calls_made - after
    assert resumed.encounters == whole.encounters
    assert lines(tmp_path / "broken") == lines(tmp_path / "whole")


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from small_examination import reference, small_set
from evaluators.catalogue import load_catalogue
from evaluators.examine import examine
from evaluators.journal import Journal

left = int(sys.argv[3])
append = Journal.append
def last_words(self, **entry):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    append(self, **entry)
    if left == 0 and sys.argv[4] == "torn":
        os.pwrite(self._descriptor, b'{"v":1,"scenario_id":"00', self._end)
Journal.append = last_words
asyncio.run(examine(small_set(), "gastroenterology", reference("bedside"), Path(sys.argv[2]),
                    load_catalogue(), concurrency=4))
"""


@pytest.mark.parametrize(("after", "end"), [(0, "clean"), (7, "torn"), (20, "clean")])
def test_a_killed_run_is_taken_up_where_it_was(tmp_path, after, end):
    whole = run(reference("bedside"), tmp_path / "whole")
    broken = tmp_path / "broken"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(Path(__file__).parent), str(broken), str(after), end],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    resumed = run(reference("bedside"), broken)
    journalled = len(lines(broken)) - 1 - resumed.calls_made
    assert journalled == after
    assert resumed.calls_made == whole.calls_made - journalled
    assert resumed.calls_replayed == journalled
    assert (resumed.cut_bytes > 0) == (end == "torn")
    assert resumed.encounters == whole.encounters
    assert lines(broken) == lines(tmp_path / "whole")


def test_an_error_leaves_its_encounter_unscored_and_the_others_go_on(endpoint: Endpoint, tmp_path):
    def one_fails(request: dict[str, Any]) -> Any:
        is_first = '"age_years":40' in request["messages"][1]["content"]
        return failure(503) if is_first else completion(FINAL)

    endpoint.otherwise = one_fails
    found = run(endpoint.candidate(retry={"attempts": 2}), tmp_path)
    assert not found.complete
    assert found.error_kinds == {"unavailable": 1}
    assert len(found.encounters) == 7
    assert found.stopped is None


def test_a_row_of_errors_stops_the_run_early(endpoint: Endpoint, tmp_path):
    endpoint.otherwise = lambda request: failure(503)
    found = run(endpoint.candidate(retry={"attempts": 1}), tmp_path, size=40, concurrency=1)
    assert found.infrastructure_errors == ERRORS_IN_A_ROW == len(endpoint.requests)
    assert found.stopped is StopReason.INFRASTRUCTURE
    assert found.encounters == ()


def test_another_model_in_the_middle_invalidates_the_run(endpoint: Endpoint, tmp_path):
    endpoint.script = [completion(FINAL, model="tiny-1"), completion(FINAL, model="tiny-2")]
    with pytest.raises(ModelChanged):
        run(endpoint.candidate(), tmp_path, concurrency=1)
    endpoint.otherwise = lambda request: completion(FINAL, model="tiny-2")
    with pytest.raises(ModelChanged):
        run(endpoint.candidate(), tmp_path)
    assert len(read_replies(tmp_path / JOURNAL_FILE)) == 1


def test_refusals_and_empty_answers_are_scored_not_dropped(endpoint: Endpoint, tmp_path):
    def odd(request: dict[str, Any]) -> Any:
        age = json.loads(request["messages"][1]["content"])["presentation"]["age_years"]
        empty = {**completion(""), "choices": []}
        return {
            0: completion(None, finish="content_filter"),
            1: empty,
            2: failure(400, code="content_policy_violation"),
        }.get(age % 4, completion(FINAL))

    endpoint.otherwise = odd
    found = run(endpoint.candidate(), tmp_path, size=4)
    assert found.complete
    assert [record.end for record in found.encounters] == [
        EndReason.REFUSED,
        EndReason.EMPTY,
        EndReason.REFUSED,
        EndReason.COMPLETED,
    ]


class Slow(ModelClient):
    """Says that every call took ten minutes."""

    async def answer(self, *arguments: Any, **named: Any) -> Answer:
        return replace(await super().answer(*arguments, **named), seconds=600.0)


def test_the_wall_time_cap_ends_an_encounter_and_is_journalled(endpoint: Endpoint, tmp_path):
    endpoint.otherwise = lambda request: completion('{"orders":["lipase"]}')
    limits = Limits(wall_seconds=1_500.0)
    found = run(endpoint.candidate(), tmp_path, size=2, limits=limits, open_client=Slow)
    assert [(record.end, record.turns) for record in found.encounters] == [
        (EndReason.WALL_TIME, 4)
    ] * 2
    assert found.calls_made == 6
    again = run(endpoint.candidate(), tmp_path, size=2, limits=limits)
    assert (again.calls_made, again.encounters) == (0, found.encounters)
    replies = read_replies(tmp_path / JOURNAL_FILE)
    assert {given[-1].finish_reason for given in replies.values()} == {WALL_TIME_MARK}
    assert replay_encounters(small_set(2), replies, load_catalogue(), limits) == found.encounters


def test_waiting_for_the_endpoint_is_not_the_candidates_time(endpoint: Endpoint, tmp_path):
    endpoint.script = [failure(503)] * 3
    found = run(endpoint.candidate(), tmp_path, size=1, limits=Limits(wall_seconds=5.0))
    assert found.encounters[0].end is EndReason.COMPLETED


PRICE = {"input_usd_per_million_tokens": 0.0, "output_usd_per_million_tokens": 1e6 / 7}


@pytest.mark.parametrize("caps", [{"max_calls": 3}, {"max_cost_usd": 2.5}])
def test_a_cap_stops_the_run_and_it_can_go_on_with_a_higher_one(endpoint: Endpoint, tmp_path, caps):
    capped = run(endpoint.candidate(price=PRICE, spending=caps), tmp_path, concurrency=1)
    assert (capped.complete, capped.calls_made) == (False, 3)
    assert capped.stopped is StopReason.BUDGET
    assert capped.spent_usd == pytest.approx(3.0)
    stuck = run(endpoint.candidate(price=PRICE, spending=caps), tmp_path)
    assert stuck.calls_made == 0
    freed = run(endpoint.candidate(price=PRICE), tmp_path)
    assert (freed.complete, freed.calls_made, freed.calls_replayed) == (True, 5, 3)


def test_a_money_cap_without_a_price_stops_after_the_first_answer(endpoint: Endpoint, tmp_path):
    found = run(endpoint.candidate(spending={"max_cost_usd": 5.0}), tmp_path, concurrency=1)
    assert (found.stopped, found.calls_made) == (StopReason.PRICE_UNKNOWN, 1)


def test_a_second_runner_of_a_partition_is_refused(endpoint: Endpoint, tmp_path):
    def second(progress: Progress) -> None:
        del progress
        with pytest.raises(JournalLocked):
            _start(endpoint, tmp_path)

    assert run(endpoint.candidate(), tmp_path, size=1, on_progress=second).complete


def _start(endpoint: Endpoint, folder: Path) -> None:
    coroutine = examine(
        small_set(1), "gastroenterology", endpoint.candidate(), folder, load_catalogue()
    )
    try:
        coroutine.send(None)
    finally:
        coroutine.close()


def test_credentialed_data_never_opens_a_journal_or_socket_for_an_undeclared_endpoint(tmp_path):
    hosted = Candidate.model_validate(
        {"id": "h", "model": "openai/x", "api_base": "https://api.example.com/v1"}
    )
    with pytest.raises(EgressRefused):
        asyncio.run(
            examine(
                small_set(tier="credentialed"),
                "gastroenterology",
                hosted,
                tmp_path,
                load_catalogue(),
            )
        )
    assert list(tmp_path.iterdir()) == []


def test_credentialed_data_may_go_to_loopback(endpoint: Endpoint, tmp_path):
    scenario_set = small_set(1, tier="credentialed")
    found = asyncio.run(
        examine(scenario_set, "gastroenterology", endpoint.candidate(), tmp_path, load_catalogue())
    )
    assert found.complete


def test_another_category_is_refused(tmp_path):
    with pytest.raises(ValueError, match="another category"):
        asyncio.run(
            examine(small_set(), "cardiology", reference("oracle"), tmp_path, load_catalogue())
        )


def test_other_limits_in_the_same_folder_are_refused(endpoint: Endpoint, tmp_path):
    run(endpoint.candidate(), tmp_path)
    with pytest.raises(JournalMismatch, match="limits"):
        run(endpoint.candidate(), tmp_path, limits=Limits(turns=5))


def test_an_empty_set_is_complete(tmp_path):
    found = run(reference("commonest"), tmp_path, size=0)
    assert (found.complete, found.encounters, found.calls_made) == (True, (), 0)


def test_the_repr_of_an_examination_holds_no_record(tmp_path):
    found = run(reference("commonest"), tmp_path)
    assert found.encounters
    assert found.encounters[0].scenario_id not in repr(found)


def test_progress_is_told_after_every_encounter(tmp_path):
    told: list[Progress] = []
    run(reference("oracle"), tmp_path, on_progress=told.append)
    assert [progress.finished for progress in told] == list(range(1, 9))
    assert {progress.total for progress in told} == {8}


def test_identical_requests_are_paid_for_once_and_journalled_for_each_patient(
    endpoint: Endpoint, tmp_path
):
    twins = small_set(2)
    first, second = twins.scenarios.values()
    alike = replace(second, presentation=first.presentation, evidence=first.evidence)
    twins = replace(twins, scenarios={first.scenario_id: first, second.scenario_id: alike})
    found = asyncio.run(
        examine(twins, "gastroenterology", endpoint.candidate(), tmp_path, load_catalogue())
    )
    assert found.complete
    assert len(endpoint.requests) == found.calls_made == found.calls_replayed == 1
    assert len(read_replies(tmp_path / JOURNAL_FILE)) == 2


def test_the_oracle_is_not_misled_by_patients_who_look_alike(tmp_path):
    twins = small_set(3)
    first = twins.scenarios[f"{0:016x}"]
    alike = {
        key: replace(scenario, presentation=first.presentation)
        for key, scenario in twins.scenarios.items()
    }
    found = asyncio.run(
        examine(
            replace(twins, scenarios=alike),
            "gastroenterology",
            reference("oracle"),
            tmp_path,
            load_catalogue(),
        )
    )
    names = [record.final.diagnosis for record in found.encounters if record.final]
    assert names[0] == names[1] == "Acute pancreatitis"
    assert names[2].startswith("Non-variceal")


class Broken(ModelClient):
    """Fails every third request for a reason of the road."""

    async def answer(self, messages: Any, **named: Any) -> Answer:
        self.made = getattr(self, "made", 0) + 1
        if self.made % 3 == 0:
            raise InfrastructureError(self.candidate.id, FaultKind.CONNECTION)
        return await super().answer(messages, **named)


def test_many_interrupted_runs_add_up_to_one_whole(tmp_path):
    whole = run(reference("bedside"), tmp_path / "whole")
    made = 0
    for _ in range(30):
        found = run(reference("bedside"), tmp_path / "broken", open_client=Broken, concurrency=3)
        made += found.calls_made
        if found.complete:
            break
    assert found.complete
    assert made == whole.calls_made
    assert found.encounters == whole.encounters
    assert lines(tmp_path / "broken") == lines(tmp_path / "whole")
