"""Recall and precision of stated actions."""

from __future__ import annotations

from scoring_cases import action, record

from evaluators.catalogue import Catalogue
from evaluators.scenario_sets import ActionTaken
from evaluators.scoring.actions_scored import ActionScore, score_actions


def taken(action_id: str, *, is_given: bool = True) -> ActionTaken:
    return ActionTaken(action_id, "emar", 3.0, is_given=is_given, by_decision=True)


def scored(
    catalogue: Catalogue, condition: str, *wordings: str, done: tuple[ActionTaken, ...] = ()
) -> ActionScore:
    stated = [action(catalogue, wording) for wording in wordings]
    return score_actions(record(actions=stated), done, catalogue, condition)


def expected_always(catalogue: Catalogue, condition: str) -> set[str]:
    return {r.action_id for r in catalogue.actions_for(condition) if r.scoring == "expected"}


def expected_if_done(catalogue: Catalogue, condition: str) -> set[str]:
    return {
        r.action_id for r in catalogue.actions_for(condition) if r.scoring == "expected_if_done"
    }


def test_expected_actions_are_expected_of_everybody(catalogue: Catalogue) -> None:
    assert set(scored(catalogue, "nstemi").expected) == expected_always(catalogue, "nstemi")
    assert scored(catalogue, "nstemi").recall == 0.0


def test_expected_if_done_needs_the_record_to_show_it(catalogue: Catalogue) -> None:
    done_only = sorted(expected_if_done(catalogue, "nstemi"))[0]
    assert done_only not in scored(catalogue, "nstemi").expected
    assert done_only in scored(catalogue, "nstemi", done=(taken(done_only),)).expected


def test_order_that_was_not_given_is_not_expected(catalogue: Catalogue) -> None:
    done_only = sorted(expected_if_done(catalogue, "nstemi"))[0]
    found = scored(catalogue, "nstemi", done=(taken(done_only, is_given=False),))
    assert done_only not in found.expected


def test_drug_by_its_own_name_counts_for_each_of_its_classes(catalogue: Catalogue) -> None:
    by_drug = scored(catalogue, "sepsis", "ceftriaxone 2 g IV")
    by_class = scored(catalogue, "sepsis", "broad-spectrum antibiotics")
    assert by_drug.recall is not None
    assert by_drug.recall > 0
    assert by_class.recall is not None
    assert by_class.recall > 0


def test_what_is_withheld_is_not_stated(catalogue: Catalogue) -> None:
    assert scored(catalogue, "nstemi", "hold aspirin", "avoid heparin").recall == 0.0


def test_precision_ignores_neutral_and_counts_the_unneeded(catalogue: Catalogue) -> None:
    neutral = {r.action_id for r in catalogue.actions_for("nstemi") if r.scoring == "neutral"}
    assert "drug_acetaminophen" not in neutral
    assert scored(catalogue, "nstemi", "aspirin 325 mg").precision == 1.0
    assert scored(catalogue, "nstemi", "aspirin 325 mg", "lactulose").precision == 0.5
    assert scored(catalogue, "nstemi", "palliative care").precision is None
    assert scored(catalogue, "nstemi", "aspirin", "ketorolac 15 mg").precision == 0.5


def test_same_wording_twice_counts_once(catalogue: Catalogue) -> None:
    found = scored(catalogue, "nstemi", "aspirin", "aspirin", "lactulose")
    assert found.precision == 0.5


def test_unrecognised_wording_counts_nowhere(catalogue: Catalogue) -> None:
    assert scored(catalogue, "nstemi", "xyzzy").precision is None
