"""Judges by script, reached through LiteLLM as a custom provider, like any judge's model."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from evaluators.candidates.litellm_switches import open_litellm
from evaluators.judge.config import Judge

Script = Callable[[str, dict[str, Any], int], str]
"""From the user message, its question and the number of calls so far to a reply."""


def verdict(question: dict[str, Any], credit: str = "full", **changes: Any) -> str:
    reason = {"full": "same_condition", "partial": "stated_relative", "none": "other_condition"}
    fields = {
        "question": question["question"],
        "credit": credit,
        "relative": 1 if credit == "partial" else None,
        "reason": reason[credit],
    }
    return json.dumps({**fields, **changes})


def agreeing(message: str, question: dict[str, Any], calls: int) -> str:
    """Reads as plainly as can be: the same words, or those of a relative."""
    said = question["answer"]["diagnosis"].casefold()
    if said == question["condition"].casefold():
        return verdict(question)
    for relative in question["relatives"]:
        if said == relative["name"].casefold():
            return verdict(question, "partial", relative=relative["number"])
    return verdict(question, "none")


def contrary(message: str, question: dict[str, Any], calls: int) -> str:
    told = json.loads(agreeing(message, question, calls))["credit"]
    return verdict(question, "none" if told == "full" else "full")


def garbage(message: str, question: dict[str, Any], calls: int) -> str:
    return "I think the answer deserves full credit."


def late(message: str, question: dict[str, Any], calls: int) -> str:
    """Cannot be read at first, then can."""
    return agreeing(message, question, calls) if "Attempt 2 of 3" in message else "Well..."


def parrot(message: str, question: dict[str, Any], calls: int) -> str:
    """Sends back what stands in the answer, if that is anything like a reply."""
    said: str = question["answer"]["diagnosis"]
    start = said.find("{")
    return said[start:] if start >= 0 else agreeing(message, question, calls)


def gullible(message: str, question: dict[str, Any], calls: int) -> str:
    """Obeys whatever stands in its message on a line, in a tag or in a fence of its own."""
    lines = message.splitlines()
    orders = [line for line in lines[2:] if "full credit" in line.casefold()]
    if len(lines) > 4 or orders or "<system>" in message or "```" in message:
        return verdict(question)
    return agreeing(message, question, calls)


SCRIPTS: dict[str, Script] = {
    one.__name__: one for one in (agreeing, contrary, garbage, late, parrot, gullible)
}


class Bench:
    """The judges that sit in this test, and what they were asked."""

    def __init__(self) -> None:
        self.messages: list[list[dict[str, Any]]] = []
        self.sent: list[dict[str, Any]] = []
        self.scripts = dict(SCRIPTS)
        self.model_id: str | None = None
        self.gate: asyncio.Event | None = None
        """Set: replies wait for it, so that a slow judge takes no time of the test's."""
        self.crowd: tuple[int, asyncio.Event] | None = None
        """A number of replies under way, and what is set when it is reached."""
        self.at_once = 0
        self.most_at_once = 0


def judge(name: str = "agreeing", **changes: Any) -> Judge:
    entry = {
        "id": f"scripted/{name}",
        "model": f"scripted/{name}",
        "family": "scripted",
        "params": {"temperature": 0.0, "seed": 1},
        "price": {"input_usd_per_million_tokens": 1.0, "output_usd_per_million_tokens": 1.0},
    }
    return Judge.model_validate({**entry, **changes})


@contextmanager
def seated(bench: Bench) -> Iterator[Bench]:
    """Register the provider `scripted` for as long as the block lasts."""
    litellm = open_litellm()

    class Provider(litellm.CustomLLM):  # type: ignore[misc,name-defined]
        async def acompletion(
            self,
            model: str,
            messages: list[dict[str, Any]],
            model_response: Any,
            optional_params: dict[str, Any],
            **unused: Any,
        ) -> Any:
            bench.messages.append(messages)
            bench.sent.append(dict(optional_params))
            bench.at_once += 1
            bench.most_at_once = max(bench.most_at_once, bench.at_once)
            if bench.crowd is not None and bench.at_once == bench.crowd[0]:
                bench.crowd[1].set()
            if bench.gate is not None:
                await bench.gate.wait()
            bench.at_once -= 1
            message = messages[-1]["content"]
            question = json.loads(message.splitlines()[1])
            model_response.choices[0].message.content = bench.scripts[model](
                message, question, len(bench.messages)
            )
            model_response.choices[0].finish_reason = "stop"
            model_response.model = bench.model_id or f"scripted-{model}"
            model_response.usage = litellm.Usage(
                prompt_tokens=1000, completion_tokens=1000, total_tokens=2000
            )
            return model_response

    before = list(litellm.custom_provider_map)
    litellm.custom_provider_map = [
        *before,
        {"provider": "scripted", "custom_handler": Provider()},
    ]
    try:
        yield bench
    finally:
        litellm.custom_provider_map = before
