"""One encounter, without input or output: replies go in, messages and a record come out.

Belongs here: turns, caps, repair of malformed replies, what ends an encounter, the record, replay.
Does not belong here: carrying out orders (`_ledger`), what messages say (`_messages`), what its
outcome depends on (`methodology`), calling a candidate (`evaluators.candidates`), the journal,
points. The same scenario and the same replies
give the same messages and the same record, byte for byte; nothing here looks at a clock on the
wall.

How an encounter ends: `completed` by a `final` and by nothing else; `turn_limit` after the last
turn without one; `output_limit` when a reply is longer than allowed and its allowed part is no
readable step, or its body was so long that nobody read it; `format_failure` after several failed
steps in a row; `refused` when the endpoint reports a refusal or a content filter, or all of those
failed steps declined in words; `empty` when a reply and its repair are both empty; `budget` when
the tokens or the money of the encounter are used up; `wall_time` when the driver says so
(`Encounter.stop`). In a reply with a `final`, orders are not carried out and actions count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from evaluators.catalogue import Catalogue
from evaluators.encounter import _messages, lookup, replies, tasks
from evaluators.encounter._album import Album, ShownPicture
from evaluators.encounter._conduct import Conduct, Mark
from evaluators.encounter._ledger import Ledger, Placement
from evaluators.encounter._messages import system_prompt
from evaluators.encounter._state import State
from evaluators.encounter._wording import clean_text
from evaluators.encounter.limits import Limits
from evaluators.encounter.protocol import (
    OUTPUT_LIMIT_MARK,
    PROTOCOL_VERSION,
    TEXT_PROTOCOL_VERSION,
    EndReason,
    Reply,
    Step,
)
from evaluators.encounter.record import EncounterRecord
from evaluators.scenario_sets import Scenario, ScenarioSet, TruthTest

__all__ = [
    "Encounter",
    "EncounterError",
    "EncounterNotOverError",
    "EncounterOverError",
    "Limits",
    "replay",
    "system_prompt",
]

_REFUSALS = frozenset({"content_filter", "refusal", "safety"})


class EncounterError(RuntimeError):
    """The encounter was driven wrongly; never the candidate's fault."""


class EncounterOverError(EncounterError):
    """A reply was offered after the end."""


class EncounterNotOverError(EncounterError):
    """A record was asked for before the end."""


class Encounter:
    """One candidate meeting one scenario. Not shared between threads."""

    def __init__(
        self,
        scenario: Scenario,
        truth_tests: Iterable[TruthTest],
        modules: Iterable[str],
        category_name: str,
        catalogue: Catalogue,
        limits: Limits | None = None,
        *,
        shows_pictures: bool = False,
    ) -> None:
        """Open the encounter: system prompt and presentation are the first messages.

        Args:
            scenario: who has come; its ids never enter a message.
            truth_tests: `GroundTruth.tests` of the scenario; decides `after_decision` only.
            modules: modules of the source that were landed (`Manifest.modules`).
            category_name: the category in text, such as `infectious disease`.
            catalogue: what can be ordered and done.
            limits: caps; the defaults are those of the methodology.
            shows_pictures: whether results come with pictures where the record has them. It
                changes messages only: the record of the same replies is the same.
        """
        self.limits = limits or Limits()
        self._scenario_id = scenario.scenario_id
        self._patient = lookup.PatientRecord(
            scenario.evidence,
            scenario.decision_hours,
            truth_tests,
            modules,
            catalogue,
            start_hours=scenario.start_hours,
        )
        self._state = State()
        self._transcript = _messages.Transcript()
        self._conduct = Conduct((item.value for item in scenario.evidence), self._transcript.told)
        self._ledger = Ledger(
            self._patient, scenario.presentation, catalogue, self.limits, self._conduct
        )
        self._album = Album(self.limits.images, shows_results=shows_pictures)
        turns = self.limits.turns  # not `self`: a cycle would keep the encounter until collected
        self._say("system", system_prompt)
        self._say(
            "user",
            lambda: _messages.opening(
                category_name,
                scenario.presentation,
                turns,
                task=tasks.task_of(scenario.kind),
                film=scenario.film,
                clock_hours=scenario.start_hours,
                protocol=PROTOCOL_VERSION if shows_pictures else TEXT_PROTOCOL_VERSION,
            ),
        )
        if scenario.film and scenario.film.image and scenario.image_sha256:
            self._album.put(scenario.film.image, scenario.image_sha256, len(self._transcript) - 1)

    @classmethod
    def of(
        cls,
        scenario_set: ScenarioSet,
        scenario_id: str,
        catalogue: Catalogue,
        limits: Limits | None = None,
        *,
        shows_pictures: bool = False,
    ) -> Encounter:
        """The encounter with one scenario of a frozen set."""
        manifest = scenario_set.manifest
        return cls(
            scenario_set.scenarios[scenario_id],
            scenario_set.truths[scenario_id].tests,
            manifest.modules,
            catalogue.category_name(manifest.category),
            catalogue,
            limits,
            shows_pictures=shows_pictures,
        )

    def messages(self) -> list[dict[str, str]]:
        """All messages so far (`role`, `content`), the next request as it is to be sent."""
        return self._transcript.messages()

    def pictures(self) -> tuple[ShownPicture, ...]:
        """The pictures that go with these messages, by the number of their handle."""
        return self._album.pictures()

    @property
    def is_over(self) -> bool:
        """Whether the encounter has ended."""
        return self._state.end is not None

    @property
    def turn(self) -> int:
        """1-based turn that the next reply answers."""
        return self._state.turn

    @property
    def attempt(self) -> int:
        """0 for the first reply of this turn, 1 for its repair."""
        return self._state.attempt

    @property
    def clock_hours(self) -> float:
        """The clinical clock: hours since arrival."""
        return self._patient.clock_hours

    def stop(self, reason: EndReason) -> None:
        """End the encounter from outside (wall time, budget of the run).

        Raises:
            EncounterOverError: it has ended already.
        """
        self._must_go_on()
        self._state.end = reason

    def take_reply(self, reply: Reply) -> None:
        """Take the candidate's next reply and answer it.

        Raises:
            EncounterOverError: the encounter has ended.
        """
        self._must_go_on()
        state = self._state
        state.usage.add(reply)
        text, is_cut = self._allowed(reply.text)
        if reply.finish_reason in _REFUSALS:
            state.end = EndReason.REFUSED
            return
        if is_cut or reply.finish_reason == OUTPUT_LIMIT_MARK:
            self._conduct.note(Mark.CUT)
        if reply.finish_reason == OUTPUT_LIMIT_MARK:
            state.format_failures += 1
            state.end = EndReason.OUTPUT_LIMIT
        elif replies.is_blank(text):
            self._take_empty()
        else:
            self._conduct.watch(text)
            self._say("assistant", lambda: clean_text(text, keep_lines=True))
            self._take_text(text, is_cut=is_cut)
        if not self.is_over and self._is_spent():
            state.end = EndReason.BUDGET

    def record(self) -> EncounterRecord:
        """What scoring needs of the finished encounter.

        Raises:
            EncounterNotOverError: it has not ended.
        """
        state = self._state
        if state.end is None:
            raise EncounterNotOverError("The encounter has not ended: it has no record yet.")
        return EncounterRecord(
            scenario_id=self._scenario_id,
            end=state.end,
            final=state.final,
            differential=state.differential,
            orders=self._ledger.order_records(),
            actions=self._ledger.action_records(),
            turns=state.turn,
            format_failures=state.format_failures,
            conduct=self._conduct.marks(),
            prompt_tokens=state.usage.prompt_tokens,
            completion_tokens=state.usage.completion_tokens,
            cost_usd=state.usage.cost_usd,
        )

    # --- what a reply can be

    def _must_go_on(self) -> None:
        if self.is_over:
            raise EncounterOverError("The encounter has ended: it takes no more replies.")

    def _allowed(self, text: str) -> tuple[str, bool]:
        """The part of a reply within the cap, and whether it was cut."""
        limit = self.limits.reply_bytes
        if len(text) <= limit // 4:
            return text, False
        # A character is at least one byte, so nothing beyond `limit` characters can matter.
        head = text[:limit].encode("utf-8", "replace")
        if len(head) <= limit and len(text) <= limit:
            return text, False
        return head[:limit].decode("utf-8", "ignore"), True

    def _is_spent(self) -> bool:
        usage, limits = self._state.usage, self.limits
        tokens = usage.completion_tokens
        if tokens is not None and tokens >= limits.completion_tokens:
            return True
        if usage.cost_usd is None or limits.cost_usd is None:
            return False
        return usage.cost_usd >= limits.cost_usd

    def _take_empty(self) -> None:
        self._say("assistant", lambda: "(empty)")
        if self._state.was_empty:
            self._state.format_failures += 1
            self._state.end = EndReason.EMPTY
            return
        self._state.was_empty = True
        self._state.has_only_refused = False
        self._take_malformed("the reply is empty")

    def _take_text(self, text: str, *, is_cut: bool) -> None:
        self._state.was_empty = False
        try:
            step = replies.parse_step(text)
        except replies.ReplyError as error:
            if is_cut:
                self._state.format_failures += 1
                self._state.end = EndReason.OUTPUT_LIMIT
            else:
                self._state.has_only_refused &= replies.is_refusal(text)
                self._take_malformed(str(error))
            return
        self._state.failed_in_a_row = 0
        self._state.has_only_refused = True
        notices = ["The reply was longer than allowed and was cut."] if is_cut else []
        self._take_step(step, notices)

    def _take_malformed(self, reason: str) -> None:
        state = self._state
        state.format_failures += 1
        if state.attempt < self.limits.repairs_per_step:
            state.attempt += 1
            self._say("user", lambda: _messages.repair_request(reason))
            return
        state.failed_in_a_row += 1
        if state.failed_in_a_row >= self.limits.failed_steps_in_a_row:
            refused = state.has_only_refused
            state.end = EndReason.REFUSED if refused else EndReason.FORMAT_FAILURE
            return
        self._end_turn(Placement(), 0, [f"This step failed, since it could not be read: {reason}."])

    # --- a readable step

    def _take_step(self, step: Step, notices: list[str]) -> None:
        state = self._state
        state.differential = step.differential or state.differential
        noted = self._ledger.note(step.actions, state.turn)
        if len(step.actions) > noted:
            notices.append(f"Only the first {noted} actions of this step were noted.")
        if step.final:
            final = step.final
            self._ledger.note(final.plan, state.turn, from_plan=True)
            if final.disposition:
                self._ledger.note([final.disposition], state.turn, from_plan=True)
            state.final = final
            state.end = EndReason.COMPLETED
            return
        if state.turn >= self.limits.turns:
            state.end = EndReason.TURN_LIMIT
            return
        self._end_turn(self._ledger.place(step.orders, state.turn, notices), noted, notices)

    def _end_turn(self, placement: Placement, noted: int, notices: list[str]) -> None:
        state = self._state
        left = self.limits.turns - state.turn
        if left == 0:
            state.end = EndReason.TURN_LIMIT
            return
        state.turn += 1
        state.attempt = 0
        state.was_empty = False
        handles = self._album.show(placement.shown(), len(self._transcript), notices)
        if left == 1:
            notices.append(_messages.LAST_TURN)
        self._say(
            "user",
            _messages.TurnAnswer(self.clock_hours, placement, noted, tuple(notices), left, handles),
        )

    def _say(self, role: str, write: Callable[[], str]) -> None:
        self._transcript.say(role, write)


def replay(
    scenario: Scenario,
    truth_tests: Iterable[TruthTest],
    modules: Iterable[str],
    category_name: str,
    catalogue: Catalogue,
    given: Iterable[Reply],
    *,
    limits: Limits | None = None,
    stopped: EndReason | None = None,
) -> EncounterRecord:
    """The record that these replies give: a pure function, so a journal can be scored anew.

    Args:
        scenario: as for `Encounter`, like the following four.
        truth_tests: what the admission really had.
        modules: modules that were landed.
        category_name: the category in text.
        catalogue: what can be ordered and done.
        given: the candidate's replies, in order.
        limits: the caps under which they were given.
        stopped: why the driver stopped it after the last reply, if it did.

    Raises:
        EncounterOverError: there are more replies than the encounter takes.
        EncounterNotOverError: the replies do not end it and `stopped` is not given.
    """
    encounter = Encounter(scenario, truth_tests, modules, category_name, catalogue, limits)
    for reply in given:
        encounter.take_reply(reply)
    if stopped and not encounter.is_over:
        encounter.stop(stopped)
    return encounter.record()
