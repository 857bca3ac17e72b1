"""What each reference candidate is told, made from the scenario set and the public catalogue.

Belongs here: the only place where a truth is put into a briefing. Does not belong here: the rule
that no other candidate gets one (`client`), which needs no trust in this module.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evaluators.candidates.config import Candidate
from evaluators.candidates.reference.briefing import Briefing, NamedDiagnosis
from evaluators.candidates.reference.swayed import SWAYED
from evaluators.candidates.reference.task_answers import commonest_answers
from evaluators.catalogue import Catalogue
from evaluators.leak_audit import probed_conditions
from evaluators.scenario_sets import ScenarioSet
from evaluators.scoring.safety_table import safety_table


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

        def told_the_truth(scenario_id: str) -> Briefing:
            truth = truths[scenario_id]
            known = told_of[truth.condition_id]
            if truth.answers is None:
                return known
            return known.model_copy(update={"answers": dict(truth.answers)})

        return told_the_truth
    told: Briefing | None = None
    if model == "reference/commonest" or model.removeprefix("reference/") in SWAYED:
        told = Briefing(
            commonest=_commonest(scenario_set, catalogue), answers=_answers(scenario_set)
        )
    elif model == "reference/order-everything":
        told = Briefing(
            commonest=_commonest(scenario_set, catalogue),
            answers=_answers(scenario_set),
            tests=tuple(test.canonical_name for test in catalogue.tests.values()),
        )
    elif model == "reference/random":
        known = catalogue.in_category(scenario_set.manifest.category) or tuple(
            catalogue.conditions.values()
        )
        told = Briefing(
            conditions=tuple(
                _named(catalogue, found.condition_id)
                for found in sorted(known, key=lambda condition: condition.name)
            ),
            answers=_answers(scenario_set),
        )
    elif model == "reference/leak-probe":
        known_ids = {
            condition.condition_id
            for condition in catalogue.in_category(scenario_set.manifest.category)
        }
        told = Briefing(
            probed=probed_conditions(
                catalogue, sorted(known_ids | set(scenario_set.manifest.conditions))
            ),
            answers=_answers(scenario_set),
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


def _answers(scenario_set: ScenarioSet) -> dict[str, Any] | None:
    """The commonest of what is asked besides the diagnosis."""
    known = [truth.answers for truth in scenario_set.truths.values() if truth.answers is not None]
    found = commonest_answers(known)
    return None if found is None else dict(found)


def _unsafe_to_omit(catalogue: Catalogue, condition_id: str) -> tuple[str, ...]:
    """Actions of the condition that an omission rule asks for.

    Those that are expected; of a group of which none is, the first that is expected if it was done.
    """
    rows = catalogue.actions_for(condition_id)
    expected = [row.action_id for row in rows if row.scoring == "expected"]
    perhaps = [row.action_id for row in rows if row.scoring == "expected_if_done"]
    table = safety_table(catalogue)
    chosen = {one for one in expected if one in table.watched()}
    asked = (rule for rule in table.rules if condition_id in rule.conditions)
    for group in (group for rule in asked for group in rule.needs):
        if not group & chosen:
            chosen.update([one for one in perhaps if one in group][:1])
    listed = dict.fromkeys(one for one in (*expected, *perhaps) if one in chosen)
    return tuple(catalogue.actions[one].canonical_name for one in listed)


def _named(catalogue: Catalogue, condition_id: str) -> NamedDiagnosis:
    condition = catalogue.conditions.get(condition_id) or catalogue.diagnoses.get(condition_id)
    if condition is None:  # the stratum of a film
        return NamedDiagnosis(diagnosis=condition_id.replace("_", " "))
    code = condition.icd10_prefixes[0] if condition.icd10_prefixes else None
    return NamedDiagnosis(diagnosis=condition.name, icd10=code)
