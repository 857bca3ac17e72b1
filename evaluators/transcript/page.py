"""One encounter made into a page: every turn, and what the scorer says of it.

Belongs here: replaying an encounter and putting replies, answers, records and reasons side by side.
Does not belong here: the words for points (`points`), how it looks (`terminal`, `html`).

The page holds the truth and results of a patient: it is private like the journal that it is made
of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evaluators.catalogue import Catalogue
from evaluators.encounter import replies as reading
from evaluators.encounter.protocol import EndReason, Outcome, Reply, Step
from evaluators.encounter.record import EncounterRecord, OrderRecord
from evaluators.encounter.session import Encounter
from evaluators.encounter.tools.registry import TOOLS
from evaluators.examine import WALL_TIME_MARK
from evaluators.scenario_sets import ScenarioSet
from evaluators.scoring.safety import SafetyFlag
from evaluators.scoring.safety_table import SEVERITIES
from evaluators.scoring.score import CaseScore, ExaminationScorer
from evaluators.transcript.messages import (
    OpeningView,
    OrderView,
    TurnView,
    read_answer,
    read_opening,
    shown_text,
)
from evaluators.transcript.points import Section, flag_words, score_sections, worth_words

MOST_TEXT = 6_000
"""Characters of one reply that a page shows; the journal has all of it."""

END_WORDS = {
    EndReason.COMPLETED: "a final answer was given",
    EndReason.TURN_LIMIT: "the turns were used up without a final answer",
    EndReason.OUTPUT_LIMIT: "a reply was longer than allowed and could not be read",
    EndReason.FORMAT_FAILURE: "several steps in a row could not be read",
    EndReason.REFUSED: "the candidate declined, or its endpoint reported a refusal",
    EndReason.EMPTY: "the reply and its repair were empty",
    EndReason.BUDGET: "the tokens or the money of the encounter were used up",
    EndReason.WALL_TIME: "the time on the wall was used up",
}

OUTCOME_WORDS = {
    Outcome.RESULTED: "resulted",
    Outcome.PENDING: "pending when the turn ended",
    Outcome.NOT_PERFORMED: "never done in this patient",
    Outcome.AFTER_DECISION: "done, but too late to be shown",
    Outcome.NOT_IN_SOURCE: "not in this source: nobody knows",
    Outcome.AMBIGUOUS: "ambiguous: choices were offered",
    Outcome.UNRECOGNISED: "not understood",
}
"""What the record held; the candidate was told less (`unavailable`)."""


@dataclass(frozen=True)
class FlagShown:
    """A safety flag in words."""

    severity: str
    words: str
    why: str
    source: str
    turn: int | None
    wording: str


@dataclass(frozen=True)
class OrderShown:
    """One order, what it was taken for, what the record held, what came back."""

    wording: str
    taken_for: str
    """Name of the test or tool; empty when it was not understood."""
    outcome: str
    outcome_words: str
    worth: str
    """Essential, useful, low-value or empty, by the scorer."""
    choices: tuple[str, ...]
    report: str
    """Its results, one text; lines are kept."""


@dataclass(frozen=True)
class ActionShown:
    """One action or line of the plan, and what it was taken for."""

    wording: str
    taken_for: tuple[str, ...]
    from_plan: bool
    reading: str
    """Expected, neutral, unneeded, or empty when it was taken for nothing."""


@dataclass(frozen=True)
class Said:
    """One reply as it was sent."""

    text: str
    error: str
    """Why it could not be read; empty when it could."""


@dataclass(frozen=True)
class Turn:
    """One turn."""

    number: int
    said: tuple[Said, ...]
    """The reply, and its repair before or after."""
    step: Step | None
    """What was understood; None when nothing was."""
    clock_before: float
    clock_after: float
    orders: tuple[OrderShown, ...]
    actions: tuple[ActionShown, ...]
    delivered: str
    """The report on results of earlier orders."""
    pending: tuple[str, ...]
    notices: tuple[str, ...]
    flags: tuple[FlagShown, ...]
    tokens: int | None
    cost_usd: float | None


@dataclass(frozen=True)
class Page:
    """A whole encounter."""

    scenario_id: str
    candidate: str
    category: str
    releases: tuple[str, ...]
    opening: OpeningView
    turns: tuple[Turn, ...]
    end: str
    """How it ended, in words; that it has not, when the journal stops before."""
    is_over: bool
    truth: str
    """What is about to be named: that the patient had, or that a film was drawn for."""
    condition: str
    """What the patient had."""
    case: CaseScore | None
    """The score; None while the encounter is not over."""
    sections: tuple[Section, ...]
    flags: tuple[FlagShown, ...]
    cost_usd: float | None
    pictures: Mapping[str, str]
    """Digest of each picture shown, by handle."""

    @property
    def is_unsafe(self) -> bool:
        """Whether a never event was flagged."""
        return any(flag.severity == "never" for flag in self.flags)


def make_page(
    scenario_set: ScenarioSet,
    scenario_id: str,
    given: Sequence[Reply],
    candidate: str,
    catalogue: Catalogue,
    *,
    scorer: ExaminationScorer | None = None,
    shows_pictures: bool = False,
) -> Page:
    """The page of one encounter.

    Args:
        scenario_set: The set that was examined.
        scenario_id: Whose encounter.
        given: The candidate's replies in order, as the journal holds them.
        candidate: Its id.
        catalogue: The catalogue under which the set was frozen.
        scorer: That of the set, if it is at hand; else it is made.
        shows_pictures: Whether the candidate takes pictures with results.

    Raises:
        KeyError: when the set has no such scenario.
        ScoreError: when the set was frozen under another catalogue.
        EncounterOverError: when there are replies after the end.
    """
    manifest = scenario_set.manifest
    encounter = Encounter.of(
        scenario_set, scenario_id, catalogue, None, shows_pictures=shows_pictures
    )
    opening = read_opening(encounter.messages()[1]["content"])
    drafts = _replayed(encounter, given, opening)
    is_over = encounter.is_over
    pictures = {shown.handle: shown.sha256 for shown in encounter.pictures()}
    if not is_over:
        encounter.stop(EndReason.WALL_TIME)  # only to read what was ordered; it is not scored
    record = encounter.record()
    scorer = scorer or ExaminationScorer(scenario_set, manifest.category, catalogue)
    case = scorer.score(record) if is_over else None
    truth = scenario_set.truths[scenario_id]
    worst_first = sorted(case.flags, key=lambda f: SEVERITIES.index(f.severity)) if case else []
    flags = tuple(_flag(flag, catalogue) for flag in worst_first)
    costs = [reply.cost_usd for reply in given]
    return Page(
        scenario_id=scenario_id,
        candidate=candidate,
        category=manifest.category.replace("_", " "),
        releases=manifest.releases,
        opening=opening,
        turns=tuple(_turn(draft, record, case, flags, catalogue) for draft in drafts),
        end=END_WORDS[record.end] if is_over else "it has not ended: the journal stops here",
        is_over=is_over,
        truth="The film was drawn for" if opening.film else "The patient had",
        condition=_condition(truth.condition_id, catalogue),
        case=case,
        sections=score_sections(case, truth, catalogue) if case else (),
        flags=flags,
        cost_usd=None if None in costs else sum(cost or 0.0 for cost in costs),
        pictures=pictures,
    )


@dataclass
class _Draft:
    """One turn before the record is known."""

    number: int
    clock_before: float
    said: list[Said]
    replies: list[Reply]
    step: Step | None = None
    answer: TurnView | None = None


def _replayed(encounter: Encounter, given: Iterable[Reply], opening: OpeningView) -> list[_Draft]:
    drafts: list[_Draft] = []
    clock = opening.clock_hours
    for reply in given:
        if reply.finish_reason == WALL_TIME_MARK:
            encounter.stop(EndReason.WALL_TIME)
            continue
        if not drafts or drafts[-1].number != encounter.turn:
            drafts.append(_Draft(encounter.turn, clock, [], []))
        draft = drafts[-1]
        step, error = _understood(reply.text)
        draft.said.append(Said(_cut(reply.text), error))
        draft.replies.append(reply)
        draft.step = step or draft.step
        before = len(encounter.messages())
        encounter.take_reply(reply)
        for message in encounter.messages()[before:]:
            if message["role"] != "user":
                continue
            answer = read_answer(message["content"])
            if isinstance(answer, TurnView):
                draft.answer = answer
                clock = answer.clock_hours
    return drafts


def _understood(text: str) -> tuple[Step | None, str]:
    try:
        return reading.parse_step(text), ""
    except reading.ReplyError as error:
        return None, str(error)


def _cut(text: str) -> str:
    shown = shown_text(text[:MOST_TEXT], keep_lines=True)
    return shown if len(text) <= MOST_TEXT else f"{shown} [... cut, the journal has all of it]"


def _turn(
    draft: _Draft,
    record: EncounterRecord,
    case: CaseScore | None,
    flags: Sequence[FlagShown],
    catalogue: Catalogue,
) -> Turn:
    answer = draft.answer or TurnView(draft.clock_before)
    ordered = [order for order in record.orders if order.turn == draft.number]
    worths = dict(case.tests.worths) if case else {}
    views = list(answer.orders)
    readings = dict(case.actions.readings) if case else {}
    tokens = [reply.completion_tokens for reply in draft.replies]
    costs = [reply.cost_usd for reply in draft.replies]
    return Turn(
        number=draft.number,
        said=tuple(draft.said),
        step=draft.step,
        clock_before=draft.clock_before,
        clock_after=answer.clock_hours,
        orders=tuple(_order(order, _view_of(order, views), worths, catalogue) for order in ordered),
        actions=tuple(
            ActionShown(
                wording=shown_text(action.wording),
                taken_for=tuple(catalogue.actions[a].canonical_name for a in action.action_ids),
                from_plan=action.from_plan,
                reading=readings.get(action.wording, ""),
            )
            for action in record.actions
            if action.turn == draft.number
        ),
        delivered=answer.delivered,
        pending=answer.pending,
        notices=answer.notices,
        flags=tuple(flag for flag in flags if flag.turn == draft.number),
        tokens=None if None in tokens else sum(count or 0 for count in tokens),
        cost_usd=None if None in costs else sum(cost or 0.0 for cost in costs),
    )


def _view_of(order: OrderRecord, left: list[OrderView]) -> OrderView:
    """The answer to an order, taken from those that are left; a blank one when there is none.

    Answers stand in the order of the records, so that the first with its words is its own.
    """
    wording = shown_text(order.wording)
    place = next((n for n, view in enumerate(left) if view.order == wording), None)
    return OrderView(wording, "") if place is None else left.pop(place)


def _order(
    order: OrderRecord, view: OrderView, worths: Mapping[str, str | None], catalogue: Catalogue
) -> OrderShown:
    if order.tool_id is not None:
        taken_for = TOOLS[order.tool_id].name
    else:
        taken_for = catalogue.tests[order.test_id].canonical_name if order.test_id else ""
    known = order.test_id in worths
    return OrderShown(
        wording=shown_text(order.wording),
        taken_for=taken_for,
        outcome=order.outcome.value,
        outcome_words=OUTCOME_WORDS[order.outcome],
        worth=worth_words(worths[order.test_id or ""]) if known else "",
        choices=view.choices,
        report=view.report,
    )


def _flag(flag: SafetyFlag, catalogue: Catalogue) -> FlagShown:
    words, why = flag_words(flag, catalogue)
    return FlagShown(
        severity=flag.severity,
        words=words,
        why=why,
        source=flag.source,
        turn=flag.turn,
        wording=shown_text(flag.wording),
    )


def _condition(condition_id: str, catalogue: Catalogue) -> str:
    known = catalogue.conditions.get(condition_id)
    return known.name if known else condition_id.replace("_", " ")
