"""A partition that failed is materialized again: exactly what is missing is asked and paid for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from conftest import Ran
from medcred_runs import Enclave, only_environment
from small_examination import Endpoint, completion, failure

from evaluators.catalogue import load_catalogue
from orchestration.execution import reason
from orchestration.progress import LogReporter

CATEGORY = "pulmonology"


def endpoint_candidate(path: Path, endpoint: Endpoint) -> Path:
    entry = {
        "id": "local/tiny",
        "model": "openai/tiny",
        "api_base": endpoint.base,
        "retry": {"attempts": 2, "initial_seconds": 0.001, "max_seconds": 0.002},
        "max_concurrency": 2,
    }
    path.write_text(json.dumps({"candidates": [entry]}))
    return path


class Examiner:
    """Materializes the partition of the candidate at the endpoint."""

    def __init__(self, enclave: Enclave) -> None:
        self.enclave = enclave
        self.instance = dg.DagsterInstance.ephemeral()

    def examine(self, **environment: str) -> dg.ExecuteInProcessResult:
        with only_environment(self.enclave.environment(**environment)):
            from orchestration.defs import build_defs
            from orchestration.defs.examination.partitions import CANDIDATE, examination_key
            from orchestration.settings import Settings

            defs = build_defs(
                resource_overrides={"settings": Settings(), "reporter": LogReporter()}
            )
            self.instance.add_dynamic_partitions(str(CANDIDATE.name), ["local/tiny"])
            return defs.resolve_job_def("examine").execute_in_process(
                instance=self.instance,
                partition_key=examination_key("local/tiny", CATEGORY),
                raise_on_error=False,
            )

    def folder(self) -> Path:
        (folder,) = self.enclave.workspace().folder.glob(f"examinations/{CATEGORY}/local--tiny/*")
        return folder


@pytest.fixture
def examiner(ran: Ran, definitions: Any, endpoint: Endpoint, tmp_path: Path) -> Examiner:
    candidates = endpoint_candidate(tmp_path / "candidates.yaml", endpoint)
    return Examiner(ran.enclave.copy(tmp_path / "copy", candidates=candidates))


def opening(request: dict[str, Any]) -> str:
    return str(request["messages"][1]["content"])


@pytest.mark.parametrize(("status", "kind"), [(500, "unavailable"), (401, "authentication")])
def test_a_retry_asks_exactly_what_is_missing(
    examiner: Examiner, endpoint: Endpoint, status: int, kind: str
) -> None:
    total = examiner.enclave.digests() and sum(
        1 for _ in (examiner.enclave.workspace().scenario_set(CATEGORY) / "scenarios.jsonl").open()
    )
    answered: list[str] = []
    failing: list[str] = []

    def answer(request: dict[str, Any]) -> Any:
        told = opening(request)
        # The third and every later new patient fail; retries of a patient fail again.
        if told in failing or (len(answered) >= 3 and len(failing) < 2 and told not in answered):
            failing.append(told)
            return failure(status)
        answered.append(told)
        return completion('{"final":{"diagnosis":"Pulmonary embolism","icd10":"I26.99"}}')

    endpoint.otherwise = answer
    failed = examiner.examine()

    assert not failed.success
    sentence = reason("examine", failed, ())
    lacking = total - len(set(answered))
    assert f"{lacking} of {total} encounters have no answer" in sentence
    assert f"{kind} " in sentence
    assert "materialize this partition again" in sentence
    assert "SECRET" not in sentence
    assert not (examiner.folder() / "scores.json").exists()
    assert 0 < lacking < total

    paid = list(answered)
    failing.clear()
    endpoint.requests.clear()
    endpoint.otherwise = lambda request: completion('{"final":{"diagnosis":"Asthma"}}')
    healed = examiner.examine()

    assert healed.success
    asked = [opening(request) for request in endpoint.requests]
    assert len(asked) == len(set(asked)) == lacking
    assert not set(asked) & set(paid)
    scores = json.loads((examiner.folder() / "scores.json").read_text())
    assert scores["complete"]
    assert len(scores["cases"]) == total

    endpoint.requests.clear()
    before = (examiner.folder() / "scores.json").read_bytes()
    assert examiner.examine().success
    assert endpoint.requests == []
    assert (examiner.folder() / "scores.json").read_bytes() == before


def test_repeats_ask_everything_again_and_leave_the_first_examination_as_it_was(
    examiner: Examiner, endpoint: Endpoint
) -> None:
    folder = examiner.enclave.workspace().scenario_set(CATEGORY)
    truth = json.loads((folder / "ground_truth.jsonl").read_text().splitlines()[0])
    target = load_catalogue().conditions[truth["condition_id"]].name
    named = json.dumps({"final": {"diagnosis": target}})
    endpoint.otherwise = lambda request: completion(named)
    assert examiner.examine().success
    once = len(endpoint.requests)
    first = (examiner.folder() / "scores.json").read_bytes()
    endpoint.requests.clear()

    endpoint.otherwise = lambda request: completion('{"final":{"diagnosis":"Gout"}}')
    assert examiner.examine(MEDCRED_REPEATS="3").success

    assert len(endpoint.requests) == 2 * once
    assert (examiner.folder() / "scores.json").read_bytes() == first
    summary = json.loads((examiner.folder() / "repeats.json").read_text())
    assert (summary["repeats"], summary["complete"]) == (3, True)
    assert len(summary["cases"]) == len(json.loads(first)["cases"])
    by_repeat = summary["aggregate"]["by_repeat"]
    assert by_repeat[0] > by_repeat[1] == by_repeat[2]
    assert summary["aggregate"]["worst"]["mean"] < summary["aggregate"]["mean"]["mean"]


def test_a_failed_examination_leaves_no_trace_of_a_message(
    examiner: Examiner, endpoint: Endpoint, capfd: pytest.CaptureFixture[str]
) -> None:
    endpoint.otherwise = lambda request: failure(401)
    failed = examiner.examine()
    assert not failed.success
    told = capfd.readouterr()
    events = "\n".join(str(event) for event in failed.all_events)
    assert "SECRET" not in told.out + told.err + events
    assert "ZXQCANARY" not in told.out + told.err + events
    assert len(endpoint.requests) <= 2
