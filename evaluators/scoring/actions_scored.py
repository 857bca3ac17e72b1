"""Recall and precision of the actions that a candidate stated.

Belongs here: what was expected of this patient and what of it was stated. Does not belong here:
resolving wording (`evaluators.encounter.actions`), harm (`safety`).

Definitions (rows of `condition_actions.csv` for the scenario's condition):

* Expected are the rows `expected`, and those `expected_if_done` that this patient's record shows as
  given or done (an order alone is not). Actions of the whole stay count, since treatment begins at
  the decision time, where the encounter ends.
* A wording may mean several actions (ceftriaxone: ten); each of them counts as stated. Actions of
  `actions` and of the final plan count alike. What a wording withholds (`hold metformin`) is not
  among its actions.
* Precision is expected / (expected + unneeded) over distinct wordings, each taken at its best
  reading. Unneeded is a contraindicated action, or an unlisted drug or procedure. Listed neutral
  actions, `expected_if_done` that was not done, and unlisted consults, monitoring and dispositions
  are neutral.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from evaluators.catalogue import Catalogue
from evaluators.encounter.record import EncounterRecord
from evaluators.scenario_sets import ActionTaken

_INTERVENTIONS: Final = frozenset({"drug", "procedure"})


@dataclass(frozen=True)
class ActionScore:
    """Action axis of one encounter; shares in [0, 1] or None where undefined."""

    recall: float | None
    precision: float | None
    expected: tuple[str, ...]
    """Actions that were expected of this patient, sorted."""
    met: tuple[str, ...] = ()
    """Those of `expected` that were stated."""
    readings: tuple[tuple[str, str], ...] = ()
    """Each distinct wording that named an action: expected, neutral or unneeded."""


def score_actions(
    record: EncounterRecord,
    taken: Iterable[ActionTaken],
    catalogue: Catalogue,
    condition_id: str,
) -> ActionScore:
    """Score the actions of one encounter."""
    done = {action.action_id for action in taken if action.is_given}
    expected: set[str] = set()
    neutral: set[str] = set()
    for row in catalogue.actions_for(condition_id):
        if row.scoring == "expected" or (
            row.scoring == "expected_if_done" and row.action_id in done
        ):
            expected.add(row.action_id)
        elif row.scoring in ("expected_if_done", "neutral"):
            neutral.add(row.action_id)
    stated = {action.wording: action for action in record.actions if action.action_ids}
    meant = {action_id for action in stated.values() for action_id in action.action_ids}
    readings = tuple(
        (wording, _best(action.action_ids, expected, neutral, catalogue))
        for wording, action in stated.items()
    )
    best = [reading for _, reading in readings]
    good, unneeded = best.count("expected"), best.count("unneeded")
    met = expected & meant
    return ActionScore(
        recall=len(met) / len(expected) if expected else None,
        precision=good / (good + unneeded) if good + unneeded else None,
        expected=tuple(sorted(expected)),
        met=tuple(sorted(met)),
        readings=readings,
    )


def _best(
    action_ids: Collection[str],
    expected: Collection[str],
    neutral: Collection[str],
    catalogue: Catalogue,
) -> str:
    if any(action_id in expected for action_id in action_ids):
        return "expected"
    if any(action_id in neutral for action_id in action_ids):
        return "neutral"
    is_harmless = all(
        catalogue.actions[action_id].kind not in _INTERVENTIONS for action_id in action_ids
    )
    return "neutral" if is_harmless else "unneeded"
