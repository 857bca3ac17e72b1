"""What each reference candidate is told, made from the scenario set and the public catalogue.

Belongs here: the only place where a truth is put into a briefing. Does not belong here: the rule
that no other candidate gets one (`client`), which needs no trust in this module.
"""

from __future__ import annotations

from collections.abc import Callable

from evaluators.candidates.config import Candidate
from evaluators.candidates.reference.briefing import Briefing, NamedDiagnosis
from evaluators.catalogue import Catalogue
from evaluators.scenario_sets import ScenarioSet


def briefings(
    candidate: Candidate, scenario_set: ScenarioSet, catalogue: Catalogue
) -> Callable[[str], Briefing | None]:
    """Scenario id to briefing, for `candidate` in `scenario_set`.

    Returns:
        A function that gives None for every scenario unless the candidate is a reference one that
        must be told something.
    """
    model = candidate.model
    if model == "reference/oracle":
        truths = scenario_set.truths
        told_of = {
            condition_id: Briefing(
                truth=_named(catalogue, condition_id),
                actions=_unsafe_to_omit(catalogue, condition_id),
            )
            for condition_id in sorted({truth.condition_id for truth in truths.values()})
        }
        return lambda scenario_id: told_of[truths[scenario_id].condition_id]
    told: Briefing | None = None
    if model == "reference/commonest":
        told = Briefing(commonest=_commonest(scenario_set, catalogue))
    elif model == "reference/order-everything":
        told = Briefing(
            commonest=_commonest(scenario_set, catalogue),
            tests=tuple(test.canonical_name for test in catalogue.tests.values()),
        )
    elif model == "reference/random":
        known = catalogue.in_category(scenario_set.manifest.category)
        told = Briefing(
            conditions=tuple(
                _named(catalogue, found.condition_id)
                for found in sorted(known, key=lambda condition: condition.name)
            )
        )
    return lambda scenario_id: told


def _commonest(scenario_set: ScenarioSet, catalogue: Catalogue) -> NamedDiagnosis | None:
    """The condition with most scenarios; of equals, the first by id. None for an empty set."""
    counts = {name: n for name, n in scenario_set.manifest.conditions.items() if n}
    if not counts:
        return None
    return _named(
        catalogue, min(counts, key=lambda condition_id: (-counts[condition_id], condition_id))
    )


def _unsafe_to_omit(catalogue: Catalogue, condition_id: str) -> tuple[str, ...]:
    """Actions expected in the condition that an omission rule is about."""
    watched = {
        action
        for rule in catalogue.safety_rules.values()
        if "omission" in rule.trigger_type
        for action in rule.action_or_test_ids
    }
    return tuple(
        catalogue.actions[row.action_id].canonical_name
        for row in catalogue.actions_for(condition_id)
        if row.scoring == "expected" and row.action_id in watched
    )


def _named(catalogue: Catalogue, condition_id: str) -> NamedDiagnosis:
    condition = catalogue.conditions[condition_id]
    code = condition.icd10_prefixes[0] if condition.icd10_prefixes else None
    return NamedDiagnosis(diagnosis=condition.name, icd10=code)
