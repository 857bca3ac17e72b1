"""The client against a real server on loopback: retries, defined outcomes, price, privacy."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
from email.utils import formatdate
from pathlib import Path

import httpcore
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_examination import Endpoint, completion, failure, reference
from werkzeug import Response

from evaluators.candidates.client import Answer, ModelClient
from evaluators.candidates.config import Candidate
from evaluators.candidates.egress import GUARDED_PROVIDERS, EgressRefused
from evaluators.candidates.errors import (
    BriefingRefused,
    FaultKind,
    InfrastructureError,
    ModelChanged,
)
from evaluators.candidates.faults import retry_after
from evaluators.candidates.litellm_switches import CallbacksPresent, open_litellm
from evaluators.candidates.reference.briefing import Briefing, NamedDiagnosis

PROJECT = Path(__file__).resolve().parents[3]
MESSAGES = [
    {"role": "system", "content": "be a physician"},
    {"role": "user", "content": "SECRET-COMPLAINT"},
]


def ask(candidate: Candidate, waits, *, times: int = 1) -> Answer:
    async def go() -> Answer:
        async with ModelClient(candidate, sleep=waits) as client:
            for _ in range(times):
                answer = await client.answer(MESSAGES)
            return answer

    return asyncio.run(go())


def test_importing_the_evaluators_does_not_import_litellm():
    modules = sorted(
        ".".join(path.relative_to(PROJECT).with_suffix("").parts)
        for path in (PROJECT / "evaluators" / "candidates").rglob("*.py")
    )
    modules += ["evaluators.examine", "evaluators.journal"]
    script = (
        f"import importlib, sys\nfor name in {modules!r}:\n"
        "    importlib.import_module(name.removesuffix('.__init__'))\n"
        "assert 'litellm' not in sys.modules and 'openai' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=PROJECT)


def test_a_reply_comes_back_with_its_facts(endpoint: Endpoint, waits):
    answer = ask(endpoint.candidate(params={"temperature": 0.0, "max_tokens": 9, "seed": 4}), waits)
    assert answer.reply.text == '{"final":{"diagnosis":"Acute pancreatitis"}}'
    assert (answer.reply.model, answer.reply.finish_reason) == ("tiny-1", "stop")
    assert (answer.reply.prompt_tokens, answer.reply.completion_tokens) == (11, 7)
    assert answer.calls == 1
    assert endpoint.requests == [
        {"model": "tiny", "messages": MESSAGES, "temperature": 0.0, "max_tokens": 9, "seed": 4}
    ]


@pytest.mark.parametrize("kind", ["json_object", "json_schema"])
def test_structured_output_is_asked_for(endpoint: Endpoint, waits, kind):
    ask(endpoint.candidate(params={"structured_output": kind}), waits)
    assert endpoint.requests[0]["response_format"]["type"] == kind


def test_fields_of_the_endpoints_own_dialect_are_sent(endpoint: Endpoint, waits):
    ask(endpoint.candidate(params={"extra_body": {"min_p": 0.05}}), waits)
    assert endpoint.requests[0]["min_p"] == 0.05


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 529])
def test_passing_failures_are_tried_again(endpoint: Endpoint, waits, status):
    endpoint.script = [failure(status), failure(status)]
    answer = ask(endpoint.candidate(), waits)
    assert answer.calls == 3
    assert len(waits) == 2
    assert answer.reply.text


def test_waits_are_capped_and_honour_retry_after(endpoint: Endpoint, waits):
    endpoint.script = [failure(429, headers={"Retry-After": "7"}), *[failure(429)] * 3]
    ask(endpoint.candidate(retry={"attempts": 5, "initial_seconds": 1, "max_seconds": 4}), waits)
    assert 7 <= waits[0] <= 11
    assert all(0 <= wait <= 4 for wait in waits[1:])


def test_retry_after_beyond_the_cap_ends_the_request(endpoint: Endpoint, waits):
    endpoint.script = [failure(429, headers={"Retry-After": "9000"})]
    with pytest.raises(InfrastructureError) as caught:
        ask(endpoint.candidate(), waits)
    assert (caught.value.kind, caught.value.attempts, waits) == (FaultKind.RATE_LIMIT, 1, [])


def test_a_storm_ends_after_the_allowed_attempts(endpoint: Endpoint, waits):
    endpoint.otherwise = lambda request: failure(429)
    with pytest.raises(InfrastructureError) as caught:
        ask(endpoint.candidate(retry={"attempts": 4}), waits)
    assert caught.value.attempts == len(endpoint.requests) == 4


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (failure(401), FaultKind.AUTHENTICATION),
        (failure(403), FaultKind.AUTHENTICATION),
        (failure(402), FaultKind.QUOTA),
        (failure(429, code="insufficient_quota"), FaultKind.QUOTA),
        (failure(400), FaultKind.CONFIGURATION),
        (failure(404), FaultKind.CONFIGURATION),
        (failure(422), FaultKind.CONFIGURATION),
    ],
)
@pytest.mark.parametrize("model", ["openai/tiny", "hosted_vllm/tiny"])
def test_lasting_failures_stop_at_once_and_quote_nothing(
    endpoint: Endpoint, waits, caplog, response, kind, model
):
    caplog.set_level(logging.DEBUG)
    endpoint.script = [response]
    with pytest.raises(InfrastructureError) as caught:
        ask(endpoint.candidate(model), waits)
    assert caught.value.kind is kind
    assert len(endpoint.requests) == 1
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "SECRET" not in str(caught.value) + caplog.text


def test_success_and_failure_leave_no_message_in_logs_or_on_the_terminal(
    endpoint: Endpoint, waits, caplog, capfd
):
    caplog.set_level(logging.DEBUG)
    endpoint.script = [failure(500), completion("SECRET-REPLY")]
    assert ask(endpoint.candidate(), waits).reply.text == "SECRET-REPLY"
    told = capfd.readouterr()
    assert "SECRET" not in caplog.text + told.out + told.err


@pytest.mark.parametrize("model", ["openai/tiny", "hosted_vllm/tiny"])
def test_a_connection_cut_in_the_middle_is_tried_again_and_partial_text_dropped(waits, model):
    whole = json.dumps(completion("whole")).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        first = connections == 1
        request = await reader.readuntil(b"\r\n\r\n")
        length = int(request.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        writer.write(head % len(whole) + (whole[:40] if first else whole))
        await writer.drain()
        if first:
            writer.transport.abort()
        else:
            writer.close()

    async def go() -> Answer:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        entry = {"id": "c", "model": model, "api_base": f"http://127.0.0.1:{port}/v1"}
        async with server, ModelClient(Candidate.model_validate(entry), sleep=waits) as client:
            return await client.answer(MESSAGES)

    answer = asyncio.run(go())
    assert answer.reply.text == "whole"
    assert connections == 2


def test_a_refused_connection_is_an_infrastructure_error(waits):
    entry = {"id": "c", "model": "openai/x", "api_base": "http://127.0.0.1:9/v1"}
    with pytest.raises(InfrastructureError) as caught:
        ask(Candidate.model_validate({**entry, "retry": {"attempts": 2}}), waits)
    assert (caught.value.kind, caught.value.attempts) == (FaultKind.CONNECTION, 2)


def test_a_silent_endpoint_times_out(waits):
    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)
        writer.close()

    async def go() -> None:
        server = await asyncio.start_server(hold, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        entry = {
            "id": "c",
            "model": "openai/x",
            "api_base": f"http://127.0.0.1:{port}/v1",
            "retry": {"attempts": 2, "timeout_seconds": 0.05},
        }
        async with server, ModelClient(Candidate.model_validate(entry), sleep=waits) as client:
            await client.ask(MESSAGES)

    with pytest.raises(InfrastructureError) as caught:
        asyncio.run(go())
    assert (caught.value.kind, caught.value.attempts) == (FaultKind.TIMEOUT, 2)


@pytest.mark.parametrize(
    ("body", "text", "finish"),
    [
        ({**completion("x"), "choices": []}, "", None),
        (completion(None, finish="content_filter"), "", "content_filter"),
        (completion("half a", finish="length"), "half a", "length"),
        (failure(400, code="context_length_exceeded"), "", "length"),
        (failure(400, code="content_policy_violation"), "", "content_filter"),
    ],
)
def test_odd_answers_are_answers(endpoint: Endpoint, waits, body, text, finish):
    endpoint.script = [body]
    reply = ask(endpoint.candidate(), waits).reply
    assert (reply.text, reply.finish_reason) == (text, finish)
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize("content_type", ["text/html", "application/json"])
def test_a_body_that_is_no_completion_is_tried_again(endpoint: Endpoint, waits, content_type):
    endpoint.script = [Response("<html>wait", 200, content_type=content_type)]
    assert ask(endpoint.candidate(), waits).calls == 2


def test_half_a_surrogate_pair_is_replaced(endpoint: Endpoint, waits):
    endpoint.script = [completion("a \ud800 b")]
    assert ask(endpoint.candidate(), waits).reply.text == "a ? b"


def test_a_change_of_the_models_id_makes_the_run_invalid(endpoint: Endpoint, waits):
    endpoint.script = [completion("a", model="tiny-1"), completion("b", model="tiny-2")]
    with pytest.raises(ModelChanged):
        ask(endpoint.candidate(), waits, times=2)


def test_the_models_id_of_an_earlier_run_counts(endpoint: Endpoint, waits):
    async def go() -> None:
        async with ModelClient(endpoint.candidate(), sleep=waits) as client:
            client.expect_model("tiny-0")
            await client.ask(MESSAGES)

    with pytest.raises(ModelChanged):
        asyncio.run(go())


def test_unknown_price_is_null(endpoint: Endpoint, waits):
    assert ask(endpoint.candidate(), waits).reply.cost_usd is None


def test_a_price_of_zero_in_litellms_map_is_unknown(endpoint: Endpoint, waits):
    assert ask(endpoint.candidate("fireworks_ai/tiny"), waits).reply.cost_usd is None


def test_known_and_declared_prices_are_used(endpoint: Endpoint, waits):
    endpoint.otherwise = lambda request: completion("x", model="gpt-4o")
    known = ask(endpoint.candidate("openai/gpt-4o"), waits).reply.cost_usd
    assert known is not None
    assert 0 < known < 0.01
    price = {"input_usd_per_million_tokens": 2.0, "output_usd_per_million_tokens": 10.0}
    declared = ask(endpoint.candidate(price=price), waits).reply.cost_usd
    assert declared == pytest.approx((11 * 2.0 + 7 * 10.0) / 1e6)


def test_key_comes_from_the_named_variable_only(endpoint: Endpoint, waits, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "somebody-elses")
    monkeypatch.setenv("MY_KEY", "mine")
    ask(endpoint.candidate(), waits)
    ask(endpoint.candidate(api_key_env="MY_KEY"), waits)
    sent = [headers["authorization"] for headers in endpoint.headers]
    assert sent == ["Bearer not-needed", "Bearer mine"]


def test_missing_key_is_an_infrastructure_error(endpoint: Endpoint, waits, monkeypatch):
    monkeypatch.delenv("MY_KEY", raising=False)
    with pytest.raises(InfrastructureError) as caught:
        ask(endpoint.candidate(api_key_env="MY_KEY"), waits)
    assert caught.value.kind is FaultKind.AUTHENTICATION
    assert endpoint.requests == []


def test_httpx_own_network_transport_is_never_used(endpoint: Endpoint, waits, monkeypatch):
    async def forbidden(*arguments: object, **named: object) -> None:
        pytest.fail("httpx went to the network itself")

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", forbidden)
    monkeypatch.setattr(httpcore.AsyncConnectionPool, "handle_async_request", forbidden)
    for model in ("openai/tiny", "hosted_vllm/tiny"):
        ask(endpoint.candidate(model), waits)
    assert len(endpoint.requests) == 2


@pytest.mark.parametrize("provider", sorted(GUARDED_PROVIDERS))
def test_every_guarded_provider_leaves_through_the_clients_session(
    endpoint: Endpoint, waits, monkeypatch, provider
):
    passed: list[str] = []
    original = ModelClient._session

    def watched(self: ModelClient):
        session = original(self)

        async def watch(request, handler):
            passed.append(str(request.url.origin()))
            return await handler(request)

        session._middlewares = (watch, *session._middlewares)
        return session

    monkeypatch.setattr(ModelClient, "_session", watched)
    endpoint.otherwise = lambda request: failure(404)
    with pytest.raises(InfrastructureError):
        ask(endpoint.candidate(f"{provider}/tiny", retry={"attempts": 1}), waits)
    assert passed == [endpoint.base.removesuffix("/v1")]
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize("provider", ["openai", "hosted_vllm", "ollama_chat", "anthropic"])
def test_a_redirect_does_not_lead_messages_elsewhere(endpoint: Endpoint, waits, provider):
    other = endpoint.base.replace("127.0.0.1", "localhost") + "/chat/completions"
    endpoint.script = [Response("", 307, headers={"Location": other})]
    with pytest.raises(InfrastructureError):
        ask(endpoint.candidate(f"{provider}/tiny"), waits)
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize("model", ["openai/tiny", "hosted_vllm/tiny"])
def test_a_road_that_ignores_the_address_is_stopped_before_it_connects(
    endpoint: Endpoint, waits, model
):
    async def go() -> None:
        async with ModelClient(endpoint.candidate(model), sleep=waits) as client:
            elsewhere = endpoint.base.replace("127.0.0.1", "localhost")
            client._arguments["api_base"] = elsewhere
            if model.startswith("openai/"):
                client._arguments["client"].base_url = elsewhere
            await client.ask(MESSAGES)

    with pytest.raises(EgressRefused, match="another address"):
        asyncio.run(go())
    assert endpoint.requests == []


def test_a_proxy_of_the_environment_is_not_used_for_loopback(
    endpoint: Endpoint, waits, monkeypatch
):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert ask(endpoint.candidate(), waits).calls == 1
    assert ask(endpoint.candidate("hosted_vllm/tiny"), waits).calls == 1


def test_only_a_reference_candidate_can_be_briefed(endpoint: Endpoint, waits):
    briefing = Briefing(truth=NamedDiagnosis(diagnosis="SECRET-TRUTH"))

    async def go() -> None:
        async with ModelClient(endpoint.candidate(), sleep=waits) as client:
            await client.ask(MESSAGES, briefing=briefing)

    with pytest.raises(BriefingRefused) as caught:
        asyncio.run(go())
    assert "SECRET" not in str(caught.value)
    assert endpoint.requests == []


def test_a_reference_candidates_failure_is_not_repeated_and_quotes_nothing(waits):
    async def go() -> None:
        async with ModelClient(reference("oracle"), sleep=waits) as client:
            await client.ask(MESSAGES)

    with pytest.raises(InfrastructureError) as caught:
        asyncio.run(go())
    assert (caught.value.attempts, waits) == (1, [])
    assert "SECRET" not in str(caught.value)


def test_a_registered_callback_stops_everything(endpoint: Endpoint, waits, monkeypatch):
    monkeypatch.setattr(open_litellm(), "success_callback", [print])
    with pytest.raises(CallbacksPresent, match="success_callback"):
        ask(endpoint.candidate(), waits)
    assert endpoint.requests == []


def test_no_reply_waits_in_litellms_logging_queue(endpoint: Endpoint, waits, monkeypatch):
    from litellm.litellm_core_utils import logging_worker

    def forbidden(*arguments: object, **named: object) -> None:
        pytest.fail("a log record was queued")

    monkeypatch.setattr(
        logging_worker.GLOBAL_LOGGING_WORKER, "ensure_initialized_and_enqueue", forbidden
    )
    monkeypatch.setattr(logging_worker.GLOBAL_LOGGING_WORKER, "enqueue", forbidden)
    ask(endpoint.candidate(), waits, times=2)


def test_requests_differ_by_model_messages_params_and_briefing():
    plain = reference("oracle")
    warm = reference("oracle", params={"temperature": 1.0})
    told = [Briefing(truth=NamedDiagnosis(diagnosis=name)) for name in ("a", "b")]
    digests = {
        ModelClient(plain).request_sha256(MESSAGES),
        ModelClient(plain).request_sha256(MESSAGES[:1]),
        ModelClient(warm).request_sha256(MESSAGES),
        ModelClient(reference("random")).request_sha256(MESSAGES),
        *(ModelClient(plain).request_sha256(MESSAGES, briefing) for briefing in told),
    }
    assert len(digests) == 6


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"Retry-After-Ms": "250", "Retry-After": "9"}, 0.25),
        ({"Retry-After": "-4"}, 0.0),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read(headers, seconds):
    assert retry_after(headers) == seconds


def test_retry_after_as_a_date_is_read(monkeypatch):
    monkeypatch.setattr("evaluators.candidates.faults.time.time", lambda: 1_000_000.0)
    assert retry_after({"Retry-After": formatdate(1_000_042.0, usegmt=True)}) == 42.0


@given(st.text(max_size=40))
def test_no_retry_after_header_breaks_the_client(text):
    seconds = retry_after({"Retry-After": text})
    assert seconds is None or seconds >= 0.0
