"""One run of a judge over questions: journalled, capped, resumable.

Belongs here: asking each distinct question, asking again where the reply cannot be read, and what
came of it. Does not belong here: which questions there are and what the readings come to (`view`).

A question is asked under its own id: the journal holds no scenario and no patient. One journal
serves all candidates of a category, so that an answer that two of them give is paid for once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from evaluators.candidates.client import ModelClient
from evaluators.candidates.errors import InfrastructureError
from evaluators.journal import JOURNAL_FILE, Journal
from evaluators.judge.config import Judge
from evaluators.judge.independence import refuse_model
from evaluators.judge.prompt import ATTEMPTS, VERDICT_SCHEMA, Question, question_messages
from evaluators.judge.verdict import Verdict, read_verdict
from evaluators.paid_requests import PaidRequests, Place, RunStopped, StopReason, at_once

OpenClient = Callable[..., ModelClient]


@dataclass(frozen=True)
class Judged:
    """What a run leaves behind."""

    verdicts: Mapping[str, Verdict | None]
    """By question id. None: no reply could be read, so the answer stays unscored. A question that
    got no reply at all is not in it."""
    calls_made: int
    calls_replayed: int
    spent_usd: float | None
    """Cost of all replies in the journal, each once; None if the price of any is unknown."""
    error_kinds: Mapping[str, int]
    stopped: StopReason | None


async def ask_judge(
    judge: Judge,
    questions: Iterable[Question],
    folder: Path,
    *,
    tier: str,
    scenario_set_sha256: str,
    examinee_models: Collection[str] = (),
    on_progress: Callable[[int], None] | None = None,
    open_client: OpenClient = ModelClient,
) -> Judged:
    """Ask every distinct question; what is journalled is not paid for again.

    Args:
        judge: Who judges.
        questions: In any order; equal ones are asked once.
        folder: Of the journal of this judge and scenario set.
        tier: Of the scenario set: decides where the questions may go.
        scenario_set_sha256: Whose journal it is.
        examinee_models: Model ids that gave the answers; a judge that turns out to be one of them
            is refused.
        on_progress: Told the number of questions that have an outcome.
        open_client: Makes the client from judge, `tier` and `schema`.

    Raises:
        EgressRefused: before anything is opened, if the judge may not receive data of that tier.
        JudgeIsExaminee: when the endpoint answers with a model id of the examinee's.
        JournalError: if the journal is locked, corrupt, of another judge or set, or the disk
            refuses.
        ModelChanged: if another model answers than before.
    """
    client = open_client(judge, tier=tier, schema=("verdict", VERDICT_SCHEMA))
    distinct = {question.id: question for question in questions}
    with Journal.open(folder / JOURNAL_FILE, judge.sha256, scenario_set_sha256) as journal:
        for model in journal.models:
            client.expect_model(model)
            refuse_model(judge, model, examinee_models)
        run = _Run(judge, PaidRequests(client, journal), examinee_models, on_progress)
        async with client:
            await run.all_questions([distinct[key] for key in sorted(distinct)])
        return Judged(
            verdicts=dict(sorted(run.verdicts.items())),
            calls_made=run.requests.made,
            calls_replayed=run.requests.replayed,
            spent_usd=journal.spent_usd,
            error_kinds=dict(sorted(run.requests.errors.items())),
            stopped=run.requests.stopped,
        )


class _Run:
    """The moving parts of one run."""

    def __init__(
        self,
        judge: Judge,
        requests: PaidRequests,
        examinee_models: Collection[str],
        on_progress: Callable[[int], None] | None,
    ) -> None:
        self.requests = requests
        self.verdicts: dict[str, Verdict | None] = {}
        self._judge = judge
        self._examinee_models = examinee_models
        self._on_progress = on_progress

    async def all_questions(self, questions: list[Question]) -> None:
        waiting = iter(questions)
        workers = min(self._judge.max_concurrency, max(1, len(questions)))
        await at_once(workers, lambda: self._work(waiting))

    async def _work(self, waiting: Iterator[Question]) -> None:
        for question in waiting:
            try:
                self.verdicts[question.id] = await self._verdict(question)
            except InfrastructureError as error:
                self.requests.note_error(error)
            except RunStopped:
                pass
            if self._on_progress is not None:
                self._on_progress(len(self.verdicts))
            if self.requests.stopped is not None:
                return

    async def _verdict(self, question: Question) -> Verdict | None:
        for attempt in range(ATTEMPTS):
            reply, _ = await self.requests.reply(
                question_messages(question, attempt), Place(question.id, 1, attempt)
            )
            refuse_model(self._judge, reply.model, self._examinee_models)
            verdict = read_verdict(reply.text, question)
            if verdict is not None:
                return verdict
        return None
