"""What one model call costs this house: over HTTP as the client is built, and in this process.

Run as `python benchmarks/model_calls.py [--calls N] [--conversations N] [--provider P]` from the
checkout. A server in a process of its own answers every chat completion after 50 ms; 64
conversations ask it through one `ModelClient`. Then the reference candidates are asked, and
examined with everything that belongs to it (encounter, lookup, journal). CPU is that of this
process. Measured figures and what they are compared with are printed, nothing is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "evaluators")]

from small_examination import completion, reference, small_set  # noqa: E402

from evaluators.candidates.briefings import briefings  # noqa: E402
from evaluators.candidates.client import ModelClient  # noqa: E402
from evaluators.candidates.config import Candidate  # noqa: E402
from evaluators.catalogue import load_catalogue  # noqa: E402
from evaluators.encounter.session import Encounter  # noqa: E402
from evaluators.examine import examine  # noqa: E402

DELAY_SECONDS = 0.05
REFERENCES = ("commonest", "random", "oracle", "bedside", "order-everything")


def serve(ready: Connection) -> None:
    """Answer chat completions on a free port of loopback until killed; tell the port."""
    from aiohttp import web

    body = json.dumps(completion('{"final":{"diagnosis":"Acute pancreatitis"}}')).encode()

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        await asyncio.sleep(DELAY_SECONDS)
        return web.Response(body=body, content_type="application/json")

    async def start() -> None:
        application = web.Application()
        application.router.add_post("/v1/chat/completions", answer)
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        ready.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(start())


async def over_http(port: int, provider: str, conversations: int, calls: int) -> None:
    """Print calls a second and CPU milliseconds a call of one client."""
    candidate = Candidate.model_validate(
        {
            "id": "bench",
            "model": f"{provider}/bench",
            "api_base": f"http://127.0.0.1:{port}/v1",
            "max_concurrency": conversations,
        }
    )
    scenario_set = small_set(1)
    messages = Encounter.of(scenario_set, next(iter(scenario_set.scenarios)), load_catalogue())
    asked = messages.messages()

    async def converse(client: ModelClient, times: int) -> None:
        for _ in range(times):
            await client.ask(asked)

    async with ModelClient(candidate) as client:
        await asyncio.gather(*(converse(client, 2) for _ in range(conversations)))  # warm
        each = max(1, calls // conversations)
        wall, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(converse(client, each) for _ in range(conversations)))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    made = each * conversations
    print(f"{provider + '/':<18}{made / wall:8.0f} calls/s {cpu / made * 1e3:7.2f} CPU ms/call")


async def in_process(name: str, calls: int) -> None:
    """Print CPU milliseconds a call of one reference candidate, bare and in an examination."""
    catalogue = load_catalogue()
    candidate = reference(name)
    scenario_set = small_set(max(8, calls // 8))
    first = next(iter(scenario_set.scenarios))
    asked = Encounter.of(scenario_set, first, catalogue).messages()
    briefing = briefings(candidate, scenario_set, catalogue)(first)
    async with ModelClient(candidate) as client:
        for _ in range(20):
            await client.ask(asked, briefing=briefing)
        cpu = time.process_time()
        for _ in range(calls):
            await client.ask(asked, briefing=briefing)
        bare = (time.process_time() - cpu) / calls
    with tempfile.TemporaryDirectory() as folder:
        cpu = time.process_time()
        found = await examine(scenario_set, "gastroenterology", candidate, Path(folder), catalogue)
        whole = (time.process_time() - cpu) / found.calls_made
    print(
        f"{'reference/' + name:<28}{bare * 1e3:7.2f} CPU ms/call "
        f"{whole * 1e3:7.2f} with encounter and journal"
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=2048)
    parser.add_argument("--conversations", type=int, default=64)
    parser.add_argument("--provider", action="append")
    options = parser.parse_args()
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    server.start()
    try:
        port = here.recv()
        for provider in options.provider or ["openai", "hosted_vllm"]:
            asyncio.run(over_http(port, provider, options.conversations, options.calls))
    finally:
        server.terminate()
        server.join()
    for name in REFERENCES:
        asyncio.run(in_process(name, max(64, options.calls // 4)))


if __name__ == "__main__":
    main()
