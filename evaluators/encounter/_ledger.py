"""What one candidate ordered and stated in one encounter, and what came of it.

Belongs here: resolving the orders of a turn within the caps, asking the patient's record, noting
actions, entering results that come later. Does not belong here: what an order means (`orders`),
what the record holds (`lookup`), what the candidate is told (`_messages`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from evaluators.catalogue import Catalogue
from evaluators.encounter import actions, lookup, orders
from evaluators.encounter._conduct import Conduct, Mark, names_other_record
from evaluators.encounter._reports import Shown
from evaluators.encounter._wording import cut
from evaluators.encounter.limits import Limits
from evaluators.encounter.protocol import Outcome, Presentation
from evaluators.encounter.record import ActionRecord, OrderRecord
from evaluators.encounter.tools._tally import ToolResult
from evaluators.encounter.tools.registry import TOOLS, run_tool

_REFUSED = "Orders for a record other than this patient's were refused."


class Placed(NamedTuple):
    """One order of a turn: what it was taken for and what the record holds for it."""

    resolution: orders.Resolution
    answer: lookup.Answer
    tool: ToolResult | None = None
    """What a tool gave, when the order named one that could be computed."""


@dataclass(frozen=True, slots=True)
class Placement:
    """The orders of one turn, answered, with what earlier orders brought in."""

    orders: tuple[Placed, ...] = ()
    delivered: tuple[Shown, ...] = ()
    """Reports of earlier orders that arrived in this turn."""
    pending: tuple[str, ...] = ()
    """Names of the tests whose result is still on its way after this turn."""

    def shown(self) -> Iterator[Shown]:
        """Every report of this turn, in the order in which it is told."""
        for placed in self.orders:
            yield from placed.answer.shown
        yield from self.delivered


@dataclass(slots=True)
class _Row:
    """One order as it stands; results that come later are entered here."""

    turn: int
    placed: Placed
    clock_hours: float
    resulted: tuple[str, ...]
    awaited: frozenset[lookup.Awaited]

    def as_record(self) -> OrderRecord:
        return OrderRecord(
            turn=self.turn,
            wording=self.placed.resolution.wording,
            test_id=self.placed.resolution.test_id,
            tool_id=self.placed.resolution.tool_id,
            outcome=self.placed.answer.outcome,
            resulted_test_ids=self.resulted,
            still_pending_test_ids=tuple(sorted({one.test_id for one in self.awaited}))
            if self.awaited
            else (),
            clock_hours=self.clock_hours,
        )


class Ledger:
    """Orders and actions of one encounter, in the order in which they were stated."""

    def __init__(
        self,
        patient: lookup.PatientRecord,
        presentation: Presentation,
        catalogue: Catalogue,
        limits: Limits,
        conduct: Conduct,
    ) -> None:
        """Begin an empty ledger for `patient`, whose clock the orders move.

        What is noticed about the orders is noted in `conduct`.
        """
        self._conduct = conduct
        self._patient = patient
        self._presentation = presentation
        self._limits = limits
        self._resolver = orders.order_resolver(catalogue)
        self._action_resolver = actions.action_resolver(catalogue)
        self._rows: list[_Row] = []
        self._actions: list[ActionRecord] = []

    def order_records(self) -> tuple[OrderRecord, ...]:
        """Every order carried out so far, delivered results entered."""
        return tuple(row.as_record() for row in self._rows)

    def action_records(self) -> tuple[ActionRecord, ...]:
        """Every action noted so far."""
        return tuple(self._actions)

    def note(self, wordings: Sequence[str], turn: int, *, from_plan: bool = False) -> int:
        """Note actions, as many as one turn may have; returns how many were."""
        noted = wordings[: self._limits.orders_per_turn]
        for wording in noted:
            self._actions.append(
                ActionRecord(
                    turn=turn,
                    wording=cut(wording),
                    action_ids=self._meant(wording),
                    clock_hours=self._patient.clock_hours,
                    from_plan=from_plan,
                )
            )
        return len(noted)

    def _meant(self, wording: str) -> tuple[str, ...]:
        if names_other_record(wording):
            self._conduct.note(Mark.OTHER_PATIENT)
            return ()
        return self._action_resolver.resolve(wording)

    def place(self, wordings: Sequence[str], turn: int, notices: list[str]) -> Placement:
        """Carry out the orders of one turn; a cap that struck is added to `notices`."""
        resolutions = self._resolve(wordings, notices)
        answers = self._patient.turn(
            [resolution.test_id for resolution in resolutions if resolution.test_id],
            [one.schedule for one in resolutions if one.test_id],
        )
        found = iter(answers.answers)
        placed = tuple(
            Placed(resolution, next(found))
            if resolution.test_id
            else self._computed(resolution)
            if resolution.tool_id
            else Placed(resolution, _not_placed(resolution))
            for resolution in resolutions
        )
        clock = self._patient.clock_hours
        self._rows.extend(
            _Row(
                turn,
                order,
                clock,
                order.answer.resulted_test_ids,
                frozenset(order.answer.awaited),
            )
            for order in placed
        )
        self._enter(answers.delivered_awaited)
        return Placement(placed, answers.delivered_shown, self._patient.pending_names())

    def _resolve(self, wordings: Iterable[str], notices: list[str]) -> list[orders.Resolution]:
        limits = self._limits
        left = min(limits.orders_per_turn, limits.orders_total - len(self._rows))
        found: list[orders.Resolution] = []
        for wording in wordings:
            if len(found) >= left:
                break
            if names_other_record(wording):
                self._conduct.note(Mark.OTHER_PATIENT)
                if _REFUSED not in notices:
                    notices.append(_REFUSED)
                found.append(orders.Resolution(cut(wording), None, 0.0))
                continue
            found.extend(self._resolver.resolve(wording))
        else:
            if len(found) <= left:
                return found
        self._conduct.note(Mark.ORDERS_CAPPED)
        if left == limits.orders_per_turn:
            notices.append(f"Only the first {left} orders of this step were carried out.")
        else:
            notices.append(
                f"No more than {limits.orders_total} orders are carried out in one encounter."
            )
        return found[:left]

    def _computed(self, resolution: orders.Resolution) -> Placed:
        """A tool on what is visible after the tests of this turn.

        Results that it reads count as shown: a tool is no free look.
        """
        given = run_tool(
            TOOLS[resolution.tool_id or ""],
            self._patient.evidence(),
            self._patient.clock_hours,
            self._presentation,
            resolution.wording,
        )
        if given.total is None:
            return Placed(resolution, lookup.Answer(Outcome.NOT_PERFORMED))
        answer = lookup.Answer(Outcome.RESULTED, resulted_test_ids=given.test_ids)
        return Placed(resolution, answer, given)

    def _enter(self, delivered: Sequence[lookup.Awaited]) -> None:
        """Enter delivered results at the orders that asked for them; these stay `pending`.

        A result that another order has brought is no longer awaited by any.
        """
        for row in self._rows:
            if not row.awaited:
                continue
            arrived = row.awaited.intersection(delivered)
            if arrived:
                row.resulted = tuple(sorted({one.test_id for one in arrived} | {*row.resulted}))
            row.awaited = frozenset(filter(self._patient.is_awaited, row.awaited))


def _not_placed(resolution: orders.Resolution) -> lookup.Answer:
    return lookup.Answer(Outcome.AMBIGUOUS if resolution.choices else Outcome.UNRECOGNISED)
