"""One candidate examined on one scenario set: every encounter, journalled, resumable.

Belongs here: driving encounters with bounded concurrency, the journal before every use of a reply,
the caps of a partition, and replaying a journal into records. Does not belong here: the rules of
an encounter (`evaluators.encounter`), the road to a candidate (`evaluators.candidates`), points
(`evaluators.scoring`).

Records are a pure function of scenario set and journal (`replay_encounters`), so neither order,
concurrency nor an interruption can change them. The one thing that depends on the wall clock, the
wall-time cap, is written into the journal when it strikes: as the answer to the request that was
not sent, with the finish reason `WALL_TIME_MARK`. An encounter whose next answer could not be had
is left out of the records; running again continues it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evaluators.candidates.briefings import briefings
from evaluators.candidates.client import ModelClient
from evaluators.candidates.config import Candidate
from evaluators.candidates.errors import InfrastructureError
from evaluators.candidates.reference.briefing import Briefing
from evaluators.catalogue import Catalogue, category_slug
from evaluators.encounter.protocol import EndReason, Picture, Reply
from evaluators.encounter.record import EncounterRecord
from evaluators.encounter.session import Encounter, Limits
from evaluators.journal import JOURNAL_FILE, Journal
from evaluators.paid_requests import PaidRequests, Place, RunStopped, StopReason, at_once
from evaluators.scenario_sets import ScenarioSet, read_image

WALL_TIME_MARK = "medcred:wall_time"
"""Finish reason of a journal line that says: here the wall-time cap ended the encounter."""


@dataclass(frozen=True)
class Progress:
    """How far a run is."""

    finished: int
    """Encounters with a record."""
    total: int
    calls_made: int
    calls_replayed: int
    infrastructure_errors: int


@dataclass(frozen=True)
class Examination:
    """What a run leaves behind."""

    encounters: tuple[EncounterRecord, ...] = field(repr=False)
    """Finished encounters, by scenario id. Not in the repr, which asyncio makes of every result."""
    complete: bool
    """Whether every scenario of the set has its record. If not: no aggregate, no credential."""
    calls_made: int
    """Requests answered by the candidate in this run."""
    calls_replayed: int
    """Requests answered from the journal."""
    infrastructure_errors: int
    """Encounters of this run that ended unscored for want of an answer."""
    spent_usd: float | None
    """Cost of all answers in the journal, each once; None if the price of any is unknown."""
    error_kinds: Mapping[str, int] = field(default_factory=dict)
    """The errors by kind."""
    stopped: StopReason | None = None
    cut_bytes: int = 0
    """Bytes of a torn last journal line that were cut off."""


async def examine(
    scenario_set: ScenarioSet,
    category: str,
    candidate: Candidate,
    folder: Path,
    catalogue: Catalogue,
    *,
    concurrency: int | None = None,
    limits: Limits | None = None,
    only: Sequence[str] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    open_client: Callable[..., ModelClient] = ModelClient,
) -> Examination:
    """Examine `candidate` on every scenario of the set; what is journalled is not paid for again.

    Args:
        scenario_set: the frozen set.
        category: its category, slug or text; must be the set's own.
        candidate: who sits the examination.
        folder: the partition's folder; the journal lies in it.
        catalogue: what can be ordered and done.
        concurrency: encounters at one time; the candidate's `max_concurrency` by default.
        limits: caps of one encounter; those of the methodology by default.
        only: the scenarios to go through, in this order; all of the set by default.
        on_progress: told after every encounter.
        open_client: makes the client from candidate and `tier`.

    Returns:
        The records of all finished encounters. Infrastructure errors, a run of them, and the caps
        of `candidate.spending` leave it incomplete; they do not raise.

    Raises:
        EgressRefused: before anything is opened, if the candidate may not receive the set's tier.
        JournalError: if the journal is locked, corrupt, of another candidate or set, or the disk
            refuses.
        ModelChanged: if another model answers than before; the run is invalid.
    """
    if category_slug(category) != scenario_set.manifest.category:
        raise ValueError("the scenario set is of another category: name its own")
    client = open_client(candidate, tier=scenario_set.manifest.tier)
    with Journal.open(folder / JOURNAL_FILE, candidate.sha256, scenario_set.digest) as journal:
        for model in journal.models:
            client.expect_model(model)
        run = _Run(scenario_set, candidate, catalogue, limits or Limits(), journal, client)
        run.on_progress = on_progress
        run.only = only
        async with client:
            await run.all_scenarios(concurrency or candidate.max_concurrency)
        return run.examination()


def replay_encounters(
    scenario_set: ScenarioSet,
    replies: Mapping[str, Sequence[Reply]],
    catalogue: Catalogue,
    limits: Limits | None = None,
) -> tuple[EncounterRecord, ...]:
    """The records that a journal gives: what scoring anew rests on.

    Args:
        scenario_set: the frozen set.
        replies: by scenario, in order (`evaluators.journal.read_replies`).
        catalogue: what can be ordered and done.
        limits: the caps under which they were given.

    Returns:
        Records by scenario id; encounters that the replies do not end are left out.
    """
    return tuple(
        encounter.record()
        for scenario_id in sorted(scenario_set.scenarios)
        if (encounter := _replayed(scenario_set, scenario_id, replies, catalogue, limits)).is_over
    )


def _replayed(
    scenario_set: ScenarioSet,
    scenario_id: str,
    replies: Mapping[str, Sequence[Reply]],
    catalogue: Catalogue,
    limits: Limits | None,
) -> Encounter:
    encounter = Encounter.of(scenario_set, scenario_id, catalogue, limits)
    for reply in replies.get(scenario_id, ()):
        _take(encounter, reply)
    return encounter


def _take(encounter: Encounter, reply: Reply) -> None:
    if reply.finish_reason == WALL_TIME_MARK:
        encounter.stop(EndReason.WALL_TIME)
    else:
        encounter.take_reply(reply)


class _Run:
    """The moving parts of one run."""

    def __init__(
        self,
        scenario_set: ScenarioSet,
        candidate: Candidate,
        catalogue: Catalogue,
        limits: Limits,
        journal: Journal,
        client: ModelClient,
    ) -> None:
        self.on_progress: Callable[[Progress], None] | None = None
        self.only: Sequence[str] | None = None
        self._set = scenario_set
        self._candidate = candidate
        self._catalogue = catalogue
        self._limits = limits
        self._journal = journal
        self._client = client
        self._briefing_for = briefings(candidate, scenario_set, catalogue)
        self._records: dict[str, EncounterRecord] = {}
        self._requests = PaidRequests(client, journal, recall=self._known)

    async def all_scenarios(self, concurrency: int) -> None:
        waiting = iter(sorted(self._set.scenarios) if self.only is None else self.only)
        workers = min(concurrency, max(1, len(self._set.scenarios)))
        await at_once(workers, lambda: self._work(waiting))

    def examination(self) -> Examination:
        return Examination(
            encounters=tuple(self._records[key] for key in sorted(self._records)),
            complete=len(self._records) == len(self._set.scenarios),
            calls_made=self._requests.made,
            calls_replayed=self._requests.replayed,
            infrastructure_errors=self._requests.errors.total(),
            spent_usd=self._journal.spent_usd,
            error_kinds=dict(sorted(self._requests.errors.items())),
            stopped=self._requests.stopped,
            cut_bytes=self._journal.cut_bytes,
        )

    async def _work(self, waiting: Iterator[str]) -> None:
        for scenario_id in waiting:
            try:
                self._records[scenario_id] = await self._encounter(scenario_id)
            except InfrastructureError as error:
                self._requests.note_error(error)
            except RunStopped:
                pass
            self._tell()
            if self._requests.stopped is not None:
                return

    async def _encounter(self, scenario_id: str) -> EncounterRecord:
        encounter = Encounter.of(
            self._set,
            scenario_id,
            self._catalogue,
            self._limits,
            shows_pictures=self._candidate.reads_pictures,
        )
        briefing = self._briefing_for(scenario_id)
        seconds = 0.0
        while not encounter.is_over:
            if seconds > self._limits.wall_seconds:
                self._mark_wall_time(encounter, scenario_id, briefing)
            reply, took = await self._requests.reply(
                encounter.messages(),
                Place(scenario_id, encounter.turn, encounter.attempt),
                briefing=briefing,
                pictures=self._pictures(encounter),
            )
            seconds += took
            _take(encounter, reply)
        return encounter.record()

    def _pictures(self, encounter: Encounter) -> tuple[Picture, ...]:
        """What the messages show; a reference candidate is not given the bytes."""
        return tuple(
            Picture(
                handle=shown.handle,
                sha256=shown.sha256,
                message=shown.message,
                content=b""
                if self._candidate.is_reference
                else read_image(self._set, shown.sha256),
            )
            for shown in encounter.pictures()
        )

    def _known(self, scenario_id: str, digest: str) -> Reply | None:
        reply = self._journal.reply_for(digest)
        if reply is None or reply.finish_reason != WALL_TIME_MARK:
            return reply
        # The cap struck one encounter; it says nothing of another that asks the same.
        return reply if self._journal.has(scenario_id, digest) else None

    def _mark_wall_time(
        self, encounter: Encounter, scenario_id: str, briefing: Briefing | None
    ) -> None:
        digest = self._client.request_sha256(
            encounter.messages(), briefing, self._pictures(encounter)
        )
        if self._known(scenario_id, digest) is None:
            self._journal.append(
                scenario_id=scenario_id,
                turn=encounter.turn,
                attempt=encounter.attempt,
                request_sha256=digest,
                reply=Reply(text="", finish_reason=WALL_TIME_MARK, cost_usd=0.0),
            )

    def _tell(self) -> None:
        if self.on_progress is not None:
            self.on_progress(
                Progress(
                    finished=len(self._records),
                    total=len(self._set.scenarios),
                    calls_made=self._requests.made,
                    calls_replayed=self._requests.replayed,
                    infrastructure_errors=self._requests.errors.total(),
                )
            )
