"""A small scenario set made by hand, and a scripted endpoint, for tests of the examination."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from evaluators.candidates.config import Candidate
from evaluators.encounter.protocol import Presentation
from evaluators.scenario_sets import (
    CodedDiagnosis,
    EvidenceItem,
    GroundTruth,
    Manifest,
    Scenario,
    ScenarioSet,
    TruthTest,
)

CONDITIONS = ("acute_pancreatitis", "acute_pancreatitis", "nonvariceal_ugib", "lower_gi_bleed")
COMPLAINTS = ("Epigastric pain", "Abd pain", "Melena", "BRBPR")
LIPASE = (2200.0, 900.0, 30.0, 25.0)
HEMOGLOBIN = (13.1, 12.0, 7.2, 8.9)


def lab(test_id: str, label: str, value: float, unit: str, hours: float) -> EvidenceItem:
    return EvidenceItem(
        test_id=test_id,
        kind="lab",
        label=label,
        specimen="Blood",
        value=f"{value:g}",
        value_num=value,
        unit=unit,
        ref_low=None,
        ref_high=None,
        flag=None,
        taken_hours=hours - 0.5,
        available_hours=hours,
    )


def small_set(size: int = 8, tier: str = "open") -> ScenarioSet:
    """`size` scenarios of gastroenterology, pancreatitis the commonest."""
    scenarios: dict[str, Scenario] = {}
    truths: dict[str, GroundTruth] = {}
    counts: dict[str, int] = {}
    for number in range(size):
        kind = number % len(CONDITIONS)
        key = f"{number:016x}"
        counts[CONDITIONS[kind]] = counts.get(CONDITIONS[kind], 0) + 1
        evidence = (
            lab("lab_hgb", "Hemoglobin", HEMOGLOBIN[kind], "g/dL", 1.0),
            lab("lab_lipase", "Lipase", LIPASE[kind], "IU/L", 2.0),
        )
        scenarios[key] = Scenario(
            scenario_id=key,
            patient_key=f"{number + 1000:016x}",
            decision_hours=24.0,
            presentation=Presentation(
                age_years=40 + number, sex="F", chief_complaint=COMPLAINTS[kind], sbp_mmhg=118.0
            ),
            evidence=evidence,
        )
        truths[key] = GroundTruth(
            scenario_id=key,
            condition_id=CONDITIONS[kind],
            target_code="K859",
            target_version=10,
            diagnoses=(CodedDiagnosis(1, "K859", 10, None),),
            tests=tuple(
                TruthTest(item.test_id, item.taken_hours, item.available_hours, by_decision=True)
                for item in evidence
            ),
            is_confirmed=None,
            died_in_hospital=False,
            sex="F",
            age_band="40-49",
            race=None,
            insurance=None,
            language=None,
        )
    manifest = Manifest(
        category="gastroenterology",
        releases=("synthetic 1",),
        tier=tier,
        modules=("hosp", "icu", "ed"),
        unverified_tables=(),
        scenarios=size,
        conditions=counts,
        files={},
        catalogue_sha256="0" * 64,
    )
    return ScenarioSet(
        manifest=manifest,
        scenarios=scenarios,
        truths=truths,
        actions_taken=dict.fromkeys(scenarios, ()),
    )


def reference(name: str, **changes: Any) -> Candidate:
    return Candidate.model_validate(
        {
            "id": f"reference/{name}",
            "model": f"reference/{name}",
            "assurance": {"level": "code"},
            **changes,
        }
    )


def completion(text: str | None, *, model: str = "tiny-1", finish: str = "stop") -> dict[str, Any]:
    """A chat completion as an OpenAI-compatible endpoint sends it."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text},
                "finish_reason": finish,
            }
        ],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
    }


class Endpoint:
    """A chat-completions server on loopback that answers by script, and remembers requests."""

    def __init__(self, server: HTTPServer) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.script: list[Response | dict[str, Any]] = []
        self.otherwise: Callable[[dict[str, Any]], Response | dict[str, Any]] = lambda request: (
            completion('{"final":{"diagnosis":"Acute pancreatitis"}}')
        )
        server.expect_request(re.compile(".*")).respond_with_handler(self._answer)
        self.base = server.url_for("/v1")

    def _answer(self, request: Request) -> Response:
        body = json.loads(request.get_data())
        self.requests.append(body)
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        answer = self.script.pop(0) if self.script else self.otherwise(body)
        if isinstance(answer, Response):
            return answer
        return Response(json.dumps(answer), 200, content_type="application/json")

    def candidate(self, model: str = "openai/tiny", **changes: Any) -> Candidate:
        return Candidate.model_validate(
            {"id": "local/tiny", "model": model, "api_base": self.base, **changes}
        )


class PromptServer(HTTPServer):
    """A server that ends when it is told to, not within the next half second."""

    def thread_target(self) -> None:
        assert self.server is not None
        self.server.serve_forever(poll_interval=0.01)


@contextmanager
def served() -> Iterator[Endpoint]:
    """An endpoint of its own for one test."""
    with PromptServer(host="127.0.0.1") as server:
        yield Endpoint(server)


def failure(
    status: int, *, code: str | None = None, headers: dict[str, str] | None = None
) -> Response:
    """An error answer whose text quotes the request, as some endpoints do."""
    body = {"error": {"message": "you sent SECRET-COMPLAINT", "code": code, "type": code}}
    return Response(
        json.dumps(body), status, headers=headers or {}, content_type="application/json"
    )


def contents(messages: Sequence[dict[str, str]], role: str) -> list[str]:
    return [message["content"] for message in messages if message["role"] == role]
