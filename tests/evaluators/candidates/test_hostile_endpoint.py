"""An endpoint that says whatever it likes: too much, packed, negative, in our own words."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import random
import warnings
from collections.abc import Sequence
from typing import Any

import pytest
from small_examination import Endpoint, completion, small_set
from werkzeug import Response

from evaluators.candidates import _body_cap
from evaluators.candidates.client import Answer, ModelClient
from evaluators.candidates.config import Candidate
from evaluators.candidates.errors import FaultKind, InfrastructureError
from evaluators.candidates.litellm_switches import open_litellm
from evaluators.catalogue import load_catalogue
from evaluators.encounter._conduct import Mark
from evaluators.encounter.limits import MOST_REPLY_BYTES
from evaluators.encounter.protocol import OUTPUT_LIMIT_MARK, EndReason
from evaluators.examine import examine, replay_encounters
from evaluators.journal import JOURNAL_FILE, read_replies

MESSAGES: Sequence[dict[str, str]] = (
    {"role": "system", "content": "be a physician"},
    {"role": "user", "content": "who comes"},
)
MODELS = ("openai/tiny", "hosted_vllm/tiny")


def ask(candidate: Candidate, waits: Any) -> Answer:
    async def go() -> Answer:
        async with ModelClient(candidate, sleep=waits) as client:
            return await client.answer(MESSAGES)

    return asyncio.run(go())


def as_json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")


@pytest.mark.parametrize("model", MODELS)
def test_a_body_without_end_is_not_read_to_its_end(waits, model):
    sent = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        request = await reader.readuntil(b"\r\n\r\n")
        length = int(request.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{")
        chunk = b" " * 2**16
        try:
            while sent < 2**30:
                writer.write(chunk)
                sent += len(chunk)
                await writer.drain()
        except ConnectionError:
            pass
        writer.close()

    async def go() -> Answer:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        entry = {"id": "c", "model": model, "api_base": f"http://127.0.0.1:{port}/v1"}
        async with server, ModelClient(Candidate.model_validate(entry), sleep=waits) as client:
            return await client.answer(MESSAGES)

    answer = asyncio.run(go())
    assert (answer.reply.text, answer.reply.finish_reason) == ("", OUTPUT_LIMIT_MARK)
    assert answer.calls == 1
    assert sent < 4 * _body_cap.MOST_BODY_BYTES


@pytest.mark.parametrize("model", MODELS)
def test_a_packed_body_is_held_to_its_packed_length(endpoint: Endpoint, waits, model):
    def packed(text: str) -> Response:
        content = gzip.compress(json.dumps(completion(text)).encode())
        headers = {"Content-Encoding": "gzip"}
        return Response(content, 200, headers=headers, content_type="application/json")

    endpoint.script = [packed("short"), packed(random.Random(1).randbytes(200_000).hex())]
    candidate = endpoint.candidate(model)
    assert ask(candidate, waits).reply.text == "short"
    assert ask(candidate, waits).reply.finish_reason == OUTPUT_LIMIT_MARK
    assert {headers["accept-encoding"] for headers in endpoint.headers} == {"identity"}


def test_a_long_error_is_tried_again_and_not_the_candidates_answer(endpoint: Endpoint, waits):
    endpoint.script = [as_json(completion("A" * 100_000), 500), completion("whole")]
    answer = ask(endpoint.candidate(), waits)
    assert (answer.reply.text, answer.calls) == ("whole", 2)


def test_endless_errors_are_an_infrastructure_error(endpoint: Endpoint, waits):
    endpoint.otherwise = lambda request: as_json({"error": "A" * 1_000_000}, 500)
    with pytest.raises(InfrastructureError) as caught:
        ask(endpoint.candidate(retry={"attempts": 2}), waits)
    assert caught.value.kind is FaultKind.CONNECTION


def test_a_reply_is_kept_up_to_the_largest_cap_and_one_more(endpoint: Endpoint, waits):
    endpoint.script = [completion("A" * 3_000_000)]
    assert len(ask(endpoint.candidate(), waits).reply.text) == MOST_REPLY_BYTES + 1


@pytest.mark.parametrize("count", [-5, -(10**9), 10**30, True])
def test_a_count_that_is_none_is_unknown_and_so_is_the_price(endpoint: Endpoint, waits, count):
    usage = {"prompt_tokens": count, "completion_tokens": 3, "total_tokens": 3}
    endpoint.script = [{**completion("x", model="gpt-4o"), "usage": usage}]
    price = {"input_usd_per_million_tokens": 2.0, "output_usd_per_million_tokens": 10.0}
    reply = ask(endpoint.candidate("openai/gpt-4o", price=price), waits).reply
    if count is True:  # the OpenAI SDK itself reads it as a number
        assert reply.prompt_tokens in (None, 1)
    else:
        assert (reply.prompt_tokens, reply.cost_usd) == (None, None)


def test_a_negative_count_does_not_lower_what_was_spent(endpoint: Endpoint, waits):
    usage = {"prompt_tokens": 10, "completion_tokens": -(10**9), "total_tokens": 3}
    endpoint.script = [{**completion("x", model="gpt-4o"), "usage": usage}]
    assert ask(endpoint.candidate("openai/gpt-4o"), waits).reply.cost_usd is None


@pytest.mark.parametrize("mark", ["medcred:wall_time", OUTPUT_LIMIT_MARK, "MEDCRED:output_limit"])
@pytest.mark.parametrize("model", MODELS)
def test_an_endpoint_cannot_speak_in_our_marks(endpoint: Endpoint, waits, model, mark):
    endpoint.script = [completion("x", finish=mark)]
    reply = ask(endpoint.candidate(model), waits).reply
    assert reply.text == "x"
    assert not (reply.finish_reason or "").lower().startswith("medcred:")


def test_names_are_cut(endpoint: Endpoint, waits):
    endpoint.script = [completion("x", model="m" * 10_000)]
    assert ask(endpoint.candidate(), waits).reply.model == "m" * 200


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    "body", ["[" * 200_000, '{"choices":' * 5_000, "null", "[]", '{"choices":"abc"}'], ids=len
)
def test_a_body_that_is_no_completion_is_a_fault_of_the_road(
    endpoint: Endpoint, waits, model, body
):
    endpoint.otherwise = lambda request: Response(body, 200, content_type="application/json")
    with pytest.raises(InfrastructureError) as caught:
        ask(endpoint.candidate(model, retry={"attempts": 2}), waits)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    "choices",
    ["SECRET-ANSWER", ["SECRET-ANSWER"], [{"index": 0, "message": {"content": {"SECRET": 1}}}]],
    ids=["text", "list", "object"],
)
def test_no_warning_quotes_what_an_endpoint_says(endpoint: Endpoint, waits, model, choices):
    body = {**completion("x"), "choices": choices}
    endpoint.otherwise = lambda request: as_json(body)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        open_litellm.__wrapped__()  # sets its switches anew, after those of this test
        with contextlib.suppress(InfrastructureError):
            ask(endpoint.candidate(model, retry={"attempts": 1}), waits)
    assert not [one for one in told if "SECRET" in str(one.message)]


def test_an_endless_body_is_an_ending_of_its_own_and_the_journal_says_so(
    endpoint: Endpoint, tmp_path
):
    catalogue = load_catalogue()
    endpoint.otherwise = lambda request: Response(
        b" " * (_body_cap.MOST_BODY_BYTES + 2**16), 200, content_type="application/json"
    )
    chosen = small_set(1)
    found = asyncio.run(
        examine(chosen, "gastroenterology", endpoint.candidate(), tmp_path, catalogue)
    )
    (record,) = found.encounters
    assert found.complete
    assert (record.end, record.conduct, record.format_failures) == (
        EndReason.OUTPUT_LIMIT,
        (Mark.CUT,),
        1,
    )
    journal = tmp_path / JOURNAL_FILE
    assert journal.stat().st_size < 1_000
    assert replay_encounters(chosen, read_replies(journal), catalogue) == found.encounters
