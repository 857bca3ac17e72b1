"""Requests that may cost money: from the journal where it has the answer, else asked, within caps.

Belongs here: what examinations, judges and probes have in common: one journal, no request sent
twice, many under way at once, caps of spending, and when a run stops for want of answers. Does not
belong here: what is asked (`evaluators.examine`, `.judge`, `.probes`), the road itself
(`evaluators.candidates.client`).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from evaluators.candidates.client import Messages, ModelClient
from evaluators.candidates.errors import FaultKind, InfrastructureError
from evaluators.candidates.reference.briefing import Briefing
from evaluators.encounter.protocol import Picture, Reply
from evaluators.journal import Journal

ERRORS_IN_A_ROW = 5
"""Requests ended by infrastructure errors, with no answer between, after which a run stops."""
_LASTING = frozenset({FaultKind.AUTHENTICATION, FaultKind.QUOTA, FaultKind.CONFIGURATION})

Recall = Callable[[str, str], Reply | None]
"""From scenario and digest of a request to the reply that the journal has for it."""


class StopReason(StrEnum):
    """Why a run stopped before everything was asked."""

    BUDGET = "budget"
    PRICE_UNKNOWN = "price_unknown"
    INFRASTRUCTURE = "infrastructure"


class RunStopped(Exception):
    """The run ends here; what was being asked stays without an answer."""


@dataclass(frozen=True)
class Place:
    """Where an answer stands in the journal."""

    scenario_id: str
    turn: int
    """1-based."""
    attempt: int
    """0 for the first request of a turn."""


async def at_once(workers: int, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run `work` so many times at once. The first that fails ends all, and its error is raised."""
    failure: BaseException | None = None
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(work())
    except BaseExceptionGroup as failures:
        failure = failures.exceptions[0]
    if failure is not None:
        raise failure


class PaidRequests:
    """The requests of one run. Many tasks may ask at once."""

    def __init__(
        self, client: ModelClient, journal: Journal, *, recall: Recall | None = None
    ) -> None:
        """Prepare a run.

        Args:
            client: Whom to ask; the caps are those of its `candidate.spending`.
            journal: Open for writing; what stands in it counts against the caps.
            recall: How an answer is looked up; by the request's digest alone without it.
        """
        self._client = client
        self._journal = journal
        self._recall = recall or (lambda _, digest: journal.reply_for(digest))
        self._caps = client.candidate.spending
        self._asked: dict[str, asyncio.Event] = {}
        self._spent_usd = journal.spent_usd
        self._errors_in_a_row = 0
        self.errors: Counter[str] = Counter()
        """Requests without an answer in this run, by kind."""
        self.made = 0
        """Requests answered by the endpoint in this run."""
        self.replayed = 0
        """Requests answered from the journal."""
        self.stopped: StopReason | None = None

    async def reply(
        self,
        messages: Messages,
        place: Place,
        *,
        briefing: Briefing | None = None,
        pictures: Sequence[Picture] = (),
    ) -> tuple[Reply, float]:
        """The reply and the seconds it took: 0 from the journal, else paid for and journalled.

        Raises:
            RunStopped: when a cap is reached or the run has stopped.
            InfrastructureError: when no answer was to be had.
            JournalError: when the journal refuses.
            ModelChanged: when another model answers than before.
        """
        digest = self._client.request_sha256(messages, briefing, pictures)
        while digest in self._asked:  # another task is asking the very same
            await self._asked[digest].wait()
        known = self._recall(place.scenario_id, digest)
        if known is not None:
            self.replayed += 1
            self._write(place, digest, known)
            return known, 0.0
        self._check_caps()
        event = self._asked[digest] = asyncio.Event()
        try:
            answer = await self._client.answer(messages, briefing=briefing, pictures=pictures)
            self._write(place, digest, answer.reply)
        finally:
            del self._asked[digest]
            event.set()
        self._note_answer(answer.reply)
        return answer.reply, answer.seconds

    def note_error(self, error: InfrastructureError) -> None:
        """Count a request without an answer; lasting faults, and several in a row, stop the run."""
        self.errors[error.kind.value] += 1
        self._errors_in_a_row += 1
        if error.kind in _LASTING or self._errors_in_a_row >= ERRORS_IN_A_ROW:
            self.stopped = self.stopped or StopReason.INFRASTRUCTURE

    def _write(self, place: Place, digest: str, reply: Reply) -> None:
        self._journal.append(
            scenario_id=place.scenario_id,
            turn=place.turn,
            attempt=place.attempt,
            request_sha256=digest,
            reply=reply,
        )

    def _check_caps(self) -> None:
        """Stop the run when a cap is reached. Calls in flight may still end beyond it."""
        caps = self._caps
        if (
            caps.max_calls is not None
            and self._journal.answered + len(self._asked) >= caps.max_calls
        ):
            self.stopped = self.stopped or StopReason.BUDGET
        if caps.max_cost_usd is not None:
            if self._spent_usd is None:
                self.stopped = self.stopped or StopReason.PRICE_UNKNOWN
            elif self._spent_usd >= caps.max_cost_usd:
                self.stopped = self.stopped or StopReason.BUDGET
        if self.stopped is not None:
            raise RunStopped

    def _note_answer(self, reply: Reply) -> None:
        self.made += 1
        self._errors_in_a_row = 0
        if self._spent_usd is not None and reply.cost_usd is not None:
            self._spent_usd += reply.cost_usd
        else:
            self._spent_usd = None
