"""Asking single questions: by the road of every call, journalled, resumable, capped.

Belongs here: putting questions to a candidate and keeping its replies. Does not belong here: what
is asked (`questions`), encounters (`evaluators.examine`), whose client, journal, egress rule and
caps these are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from evaluators.candidates.client import ModelClient
from evaluators.candidates.config import Candidate
from evaluators.examine import JOURNAL_FILE
from evaluators.journal import Journal
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
        replies: dict[str, str] = {}
        waiting = iter(questions)
        failure: BaseException | None = None
        async with client:
            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(candidate.max_concurrency, max(1, len(questions)))):
                        group.create_task(_work(waiting, client, journal, replies, on_answer))
            except BaseExceptionGroup as failures:
                failure = failures.exceptions[0]
        if failure is not None:
            raise failure
    return replies


async def _work(
    waiting: Iterator[Question],
    client: ModelClient,
    journal: Journal,
    replies: dict[str, str],
    on_answer: Callable[[int], None] | None,
) -> None:
    for question in waiting:
        request = client.request_sha256(question.messages)
        reply = journal.reply_for(request)
        if reply is None:
            _check_caps(client.candidate, journal)
            reply = await client.ask(question.messages)
        journal.append(
            scenario_id=question.id, turn=1, attempt=0, request_sha256=request, reply=reply
        )
        replies[question.id] = reply.text
        if on_answer is not None:
            on_answer(len(replies))


def _check_caps(candidate: Candidate, journal: Journal) -> None:
    """Stop at a cap. Calls in flight may still end beyond it."""
    caps = candidate.spending
    spent = journal.spent_usd
    if caps.max_calls is not None and journal.answered >= caps.max_calls:
        raise AskingStoppedError(
            f"Candidate {candidate.id} has reached its cap of calls: raise spending.max_calls, and "
            "run again; what was answered is kept."
        )
    if caps.max_cost_usd is not None and (spent is None or spent >= caps.max_cost_usd):
        raise AskingStoppedError(
            f"Candidate {candidate.id} has reached its cap of money, or its price is unknown: "
            "change spending.max_cost_usd or price, and run again; what was answered is kept."
        )
