"""A request as it leaves: what every call passes to LiteLLM, and the messages with their pictures.

Belongs here: a candidate's parameters and schema as arguments, pictures as data URIs. Does not
belong here: sending it (`client`), reading what comes back (`_response`).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from evaluators.candidates.config import Candidate
from evaluators.encounter.protocol import Picture

Messages = Sequence[Mapping[str, str]]


def as_sent(messages: Messages, pictures: Sequence[Picture]) -> list[dict[str, Any]]:
    """The messages, each with the pictures that name it.

    Raises:
        ValueError: when a picture names a message of the candidate's own.
    """
    sent: list[dict[str, Any]] = [dict(message) for message in messages]
    for picture in pictures:
        message = sent[picture.message]
        if message["role"] != "user":
            raise ValueError("a picture goes with a message to the candidate, never from it")
        if isinstance(message["content"], str):
            message["content"] = [{"type": "text", "text": message["content"]}]
        data = base64.b64encode(picture.content).decode()
        uri = f"data:{picture.media_type};base64,{data}"
        message["content"].append({"type": "image_url", "image_url": {"url": uri}})
    return sent


def call_arguments(candidate: Candidate, schema: tuple[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What every call of this candidate passes to LiteLLM besides its messages."""
    params = candidate.params
    given: dict[str, Any] = {
        "temperature": params.temperature,
        "top_p": params.top_p,
        "max_tokens": params.max_tokens,
        "seed": params.seed,
        "stop": list(params.stop) or None,
        "reasoning_effort": params.reasoning_effort,
        "api_base": candidate.api_base,
        "extra_body": dict(params.extra_body) or None,
    }
    if params.structured_output == "json_object":
        given["response_format"] = {"type": "json_object"}
    elif params.structured_output == "json_schema":
        given["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": schema[0], "schema": dict(schema[1])},
        }
    arguments = {name: value for name, value in given.items() if value is not None}
    arguments |= {
        "model": candidate.model,
        "timeout": candidate.retry.timeout_seconds,
        "num_retries": 0,
        "max_retries": 0,
        "stream": False,
        "no-log": True,
    }
    return arguments
