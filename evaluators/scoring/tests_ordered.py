"""Recall and precision of the tests that a candidate ordered.

Belongs here: what counts as ordered, which essential tests were there to be asked for, panel rules.
Does not belong here: resolving wording (`evaluators.encounter.orders`), money.

Definitions (relations are those of `condition_tests.csv` for the scenario's condition):

* An order counts when it resolved to a catalogue test, whatever the record then held. Repeats of a
  test count once. Orders that were not recognised, or ambiguous, are left out of both figures.
* A panel covers its members. A listed panel counts as ordered when it was asked for by name, or
  when at least 60 % of its members were covered by other orders.
* To be recalled are the essential tests that this patient really had by the decision time: a single
  test that stands in the ground truth, a panel of which at least half of the members do (real
  panels seldom come with every member). Nothing to recall: null.
* Precision is useful / (useful + wasted) over distinct tests ordered. Useful is essential or useful
  by the catalogue, for the test itself, or else for a listed panel that it belongs to or a listed
  member that it covers. Wasted is listed as low-value, and every unlisted test beyond the
  tenth. The first ten unlisted tests are neutral: the catalogue lists what matters, not everything
  that is reasonable. No order counts either way: null.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from evaluators.catalogue import Catalogue
from evaluators.encounter.protocol import Outcome
from evaluators.encounter.record import EncounterRecord
from evaluators.scenario_sets import GroundTruth

PANEL_ORDERED_PERCENT: Final = 60
"""Proposal of the clinical catalogue."""
PANEL_HAD_PERCENT: Final = 50
NEUTRAL_BUDGET: Final = 10
"""Distinct unlisted tests that cost nothing; a proposal."""

_UNRESOLVED: Final = frozenset({Outcome.UNRECOGNISED, Outcome.AMBIGUOUS})
_GOOD: Final = frozenset({"essential", "useful"})
_LOW_VALUE: Final = "low-value"


@dataclass(frozen=True)
class TestScore:
    """Test axis of one encounter; shares in [0, 1] or None where undefined."""

    __test__ = False  # not a test case, whatever pytest makes of the name

    recall: float | None
    precision: float | None
    to_recall: tuple[str, ...]
    """Essential tests that this patient had, sorted."""
    wasted: int
    """Distinct tests of low value or beyond the budget."""
    recalled: tuple[str, ...] = ()
    """Those of `to_recall` that were asked for."""
    worths: tuple[tuple[str, str | None], ...] = ()
    """Each distinct test asked for, sorted, with its relation; None where it is not listed."""


@dataclass(frozen=True)
class TestRelations:
    """What one condition makes of each test."""

    __test__ = False

    relations: Mapping[str, str]
    """Test id to essential, useful or low-value; a row that depends on something unknown is out."""
    members: Mapping[str, tuple[str, ...]]
    """Panel id to its members."""
    panels: Mapping[str, tuple[str, ...]]
    """Test id to the panels that it belongs to."""

    @classmethod
    def of(cls, catalogue: Catalogue, condition_id: str) -> TestRelations:
        """The relations of a condition.

        A low-value row with a condition (`unless PE suspected`) cannot be judged here: it is left
        out, so that its test is neutral.
        """
        relations: dict[str, str] = {}
        for row in catalogue.tests_for(condition_id):
            if row.relation == _LOW_VALUE and (row.condition_when or row.low_value_when):
                continue
            relations[row.test_id] = row.relation
        members = {
            test.test_id: test.member_test_ids
            for test in catalogue.tests.values()
            if test.member_test_ids
        }
        panels: dict[str, list[str]] = {}
        for panel, of_panel in members.items():
            for member in of_panel:
                panels.setdefault(member, []).append(panel)
        return cls(
            relations=relations,
            members=members,
            panels={member: tuple(found) for member, found in panels.items()},
        )

    def worth(self, test_id: str) -> str | None:
        """Relation of an ordered test: its own, else the best that it inherits, else None."""
        own = self.relations.get(test_id)
        if own is not None:
            return own
        members = self.members.get(test_id, ())
        panels = {panel for test in (test_id, *members) for panel in self.panels.get(test, ())}
        inherited = {self.relations.get(other) for other in (*members, *panels)}
        return next(
            (relation for relation in ("essential", "useful") if relation in inherited), None
        )


def score_tests(record: EncounterRecord, truth: GroundTruth, relations: TestRelations) -> TestScore:
    """Score the orders of one encounter."""
    ordered = {
        order.test_id
        for order in record.orders
        if order.test_id is not None and order.outcome not in _UNRESOLVED
    }
    # What a tool has read was asked for through it.
    ordered |= {
        test_id
        for order in record.orders
        if order.tool_id is not None
        for test_id in order.resulted_test_ids
    }
    covered = ordered | {m for test_id in ordered for m in relations.members.get(test_id, ())}
    had = {test.test_id for test in truth.tests if test.by_decision}
    to_recall = tuple(
        sorted(
            test_id
            for test_id, relation in relations.relations.items()
            if relation == "essential" and _has(test_id, had, relations, PANEL_HAD_PERCENT)
        )
    )
    recalled = tuple(t for t in to_recall if _has(t, covered, relations, PANEL_ORDERED_PERCENT))
    judged = tuple((test_id, relations.worth(test_id)) for test_id in sorted(ordered))
    worths = [worth for _, worth in judged]
    useful = sum(worth in _GOOD for worth in worths)
    wasted = worths.count(_LOW_VALUE) + max(0, worths.count(None) - NEUTRAL_BUDGET)
    return TestScore(
        recall=len(recalled) / len(to_recall) if to_recall else None,
        precision=useful / (useful + wasted) if useful + wasted else None,
        to_recall=to_recall,
        wasted=wasted,
        recalled=recalled,
        worths=judged,
    )


def _has(test_id: str, present: Collection[str], relations: TestRelations, percent: int) -> bool:
    """Whether a test is present itself, or enough members of it are when it is a panel."""
    if test_id in present:
        return True
    members = relations.members.get(test_id, ())
    found = sum(member in present for member in members)
    return bool(members) and 100 * found >= percent * len(members)
