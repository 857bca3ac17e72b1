"""Asking single questions: by the road of every call, journalled, resumable, capped.

Belongs here: putting questions to a candidate and keeping its replies. Does not belong here: what
is asked (`questions`), encounters (`evaluators.examine`), caps and journal (`paid_requests`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from evaluators.candidates.client import ModelClient
from evaluators.candidates.config import Candidate
from evaluators.journal import JOURNAL_FILE, Journal
from evaluators.paid_requests import PaidRequests, Place, RunStopped, at_once
from evaluators.probes.errors import AskingStoppedError, NotAskableError
from evaluators.probes.questions import Question, questions_sha256
from evaluators.scenario_sets import ScenarioSet


async def ask_all(
    questions: Sequence[Question],
    candidate: Candidate,
    base: ScenarioSet,
    folder: Path,
    *,
    on_answer: Callable[[int], None] | None = None,
    open_client: Callable[..., ModelClient] = ModelClient,
) -> dict[str, str]:
    """The reply to each question, by its id; what is journalled is not asked again.

    Args:
        questions: with ids of their own each.
        candidate: whom to ask.
        base: the set that the questions are about: its tier decides whom they may reach.
        folder: private; holds the journal.
        on_answer: told how many are answered.
        open_client: makes the client from candidate and `tier`.

    Raises:
        NotAskableError: a reference candidate, which reads the protocol of encounters alone.
        EgressRefused: before anything is opened, if the candidate may not receive the set's tier.
        AskingStoppedError: at a cap of the candidate's spending.
        InfrastructureError, ModelChanged, JournalError: as in an examination.
    """
    if candidate.is_reference:
        raise NotAskableError(
            f"Candidate {candidate.id} reads the protocol of encounters alone: questions for "
            "memory are for models."
        )
    client = open_client(candidate, tier=base.manifest.tier)
    digest = questions_sha256(questions, base.digest)
    with Journal.open(folder / JOURNAL_FILE, candidate.sha256, digest) as journal:
        for model in journal.models:
            client.expect_model(model)
        requests = PaidRequests(client, journal)
        replies: dict[str, str] = {}
        waiting = iter(questions)
        workers = min(candidate.max_concurrency, max(1, len(questions)))
        try:
            async with client:
                await at_once(workers, lambda: _work(waiting, requests, replies, on_answer))
        except RunStopped:
            raise AskingStoppedError(
                f"Candidate {candidate.id} has reached a cap of its spending, or its price is "
                "unknown: change spending.max_calls, spending.max_cost_usd or price, and run "
                "again; what was answered is kept."
            ) from None
    return replies


async def _work(
    waiting: Iterator[Question],
    requests: PaidRequests,
    replies: dict[str, str],
    on_answer: Callable[[int], None] | None,
) -> None:
    for question in waiting:
        reply, _ = await requests.reply(question.messages, Place(question.id, 1, 0))
        replies[question.id] = reply.text
        if on_answer is not None:
            on_answer(len(replies))
