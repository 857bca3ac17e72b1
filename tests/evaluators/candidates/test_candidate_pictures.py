"""Pictures on their way to an endpoint: each with its message, and to who declares them only."""

from __future__ import annotations

import asyncio

import pytest
from small_examination import Endpoint

from evaluators.candidates.client import ModelClient
from evaluators.candidates.errors import PicturesRefused
from evaluators.encounter.protocol import Picture

MESSAGES = [
    {"role": "system", "content": "be a physician"},
    {"role": "user", "content": "SECRET-COMPLAINT"},
]
PICTURE = Picture(handle="image 1", sha256="0" * 64, content=b"\xff\xd8grey")


def test_a_picture_leaves_beside_the_text_of_the_first_user_message(endpoint: Endpoint, waits):
    async def go() -> None:
        candidate = endpoint.candidate(modalities=["text", "image"])
        async with ModelClient(candidate, sleep=waits) as client:
            await client.answer(MESSAGES, pictures=[PICTURE])

    asyncio.run(go())
    [request] = endpoint.requests
    text, shown = request["messages"][1]["content"]
    assert text == {"type": "text", "text": "SECRET-COMPLAINT"}
    assert shown["image_url"]["url"] == "data:image/jpeg;base64,/9hncmV5"
    assert request["messages"][0] == MESSAGES[0]


LATER = [
    *MESSAGES,
    {"role": "assistant", "content": "the order"},
    {"role": "user", "content": "the result"},
]


def test_each_picture_leaves_with_its_own_message(endpoint: Endpoint, waits):
    shown = [
        PICTURE.model_copy(update={"message": message, "content": content})
        for message, content in ((1, b"one"), (3, b"two"), (3, b"three"))
    ]

    async def go() -> None:
        candidate = endpoint.candidate(modalities=["text", "image"])
        async with ModelClient(candidate, sleep=waits) as client:
            await client.answer(LATER, pictures=shown)

    asyncio.run(go())
    [request] = endpoint.requests
    assert request["messages"][::2] == LATER[::2]
    leaving = [
        [part.get("text") or part["image_url"]["url"] for part in message["content"]]
        for message in request["messages"][1::2]
    ]
    assert leaving == [
        [LATER[1]["content"], "data:image/jpeg;base64,b25l"],
        ["the result", "data:image/jpeg;base64,dHdv", "data:image/jpeg;base64,dGhyZWU="],
    ]


def test_a_picture_never_goes_with_what_the_candidate_said(endpoint: Endpoint, waits):
    async def go() -> None:
        candidate = endpoint.candidate(modalities=["text", "image"])
        async with ModelClient(candidate, sleep=waits) as client:
            await client.answer(LATER, pictures=[PICTURE.model_copy(update={"message": 2})])

    with pytest.raises(ValueError, match="never from it"):
        asyncio.run(go())
    assert endpoint.requests == []


def test_a_picture_is_refused_to_who_does_not_declare_it(endpoint: Endpoint, waits):
    async def go() -> None:
        async with ModelClient(endpoint.candidate(), sleep=waits) as client:
            await client.answer(MESSAGES, pictures=[PICTURE])

    with pytest.raises(PicturesRefused, match="modalities"):
        asyncio.run(go())
    assert endpoint.requests == []


def test_another_picture_is_another_request(endpoint: Endpoint):
    client = ModelClient(endpoint.candidate(modalities=["text", "image"]))
    other = PICTURE.model_copy(update={"sha256": "1" * 64})
    digests = {
        client.request_sha256(MESSAGES, pictures=shown) for shown in ([], [PICTURE], [other])
    }
    assert len(digests) == 3
