"""The table of safety rules: whole, sourced, and refused when it is malformed."""

from __future__ import annotations

import pytest
from scoring_cases import action, record, scenario, truth

from evaluators.candidates.briefings import _unsafe_to_omit
from evaluators.catalogue import Catalogue
from evaluators.encounter.protocol import FinalAnswer
from evaluators.scoring._moment import TriggerError
from evaluators.scoring.safety import SafetyFlag, safety_scorer
from evaluators.scoring.safety_summary import safety_summary
from evaluators.scoring.safety_table import RULE_KINDS, RULES_FILE, read_table, safety_table

HEAD = """
weights: {never: 10, major: 3, caution: 1}
named: {}
harm_if: {}
rules:
  sr_one:
    kind: renal
    says: One thing.
    source: Some guideline 2020
    year: 2020
    severity: major
    certainty: high
"""
WHOLE = HEAD + "    done: [{actions: [drug_nsaid]}]\n    when: {egfr_below: 30}\n"


def test_every_kind_has_rules_and_every_rule_its_source_with_a_year(catalogue: Catalogue) -> None:
    rules = safety_table(catalogue).rules
    assert {rule.kind for rule in rules} == set(RULE_KINDS)
    assert all(str(rule.year) in rule.source and rule.says.endswith(".") for rule in rules)


def test_hardly_any_rule_is_undecided_and_each_says_why(catalogue: Catalogue) -> None:
    rules = safety_table(catalogue).rules
    undecided = [rule for rule in rules if rule.undecided]
    assert [rule.rule_id for rule in undecided] == ["sr_lysis_window"]
    assert all(rule.decided_from for rule in rules if not rule.undecided)


def test_what_a_rule_is_decided_from_is_computed(catalogue: Catalogue) -> None:
    rule = safety_table(catalogue).by_id["sr_qt_drugs"]
    assert rule.decided_from == ("ECG", "laboratory", "own words")


def test_a_written_rule_is_read(catalogue: Catalogue) -> None:
    (rule,) = read_table(WHOLE, catalogue).rules
    assert (rule.kind, rule.year, rule.decided_from) == ("renal", 2020, ("laboratory",))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: renal", "kind: kidneys", "no kind"),
        ("certainty: high", "certainty: sure", "no certainty"),
        ("severity: major", "severity: grave", "no severity"),
        ("    year: 2020\n", "", "it has no year"),
        ("year: 2020", "year: 2021", "does not name the year"),
        ("drug_nsaid", "drug_none", "drug_none is not in the catalogue"),
        ("egfr_below: 30", "kidneys: 30", "no such predicate"),
        ("    when: {egfr_below: 30}\n", "", "takes `done`, and"),
        ("actions: [drug_nsaid]", "words: x", "`done` takes"),
        ("actions: [drug_nsaid]", "actions: [drug_nsaid], words: '('", "does not compile"),
        ("never: 10", "never: 2", "what is worse weighs more"),
        ("harm_if: {}", "harm_if: {never so: {egfr_below: 30}}", "never so"),
        ("named: {}", "name: {}", "it takes weights"),
        ("named: {}", "named: {a: [}", "is not YAML"),
        (
            "{egfr_below: 30}",
            "{dose: {of: x, unit: spoon, each_above: 1}}",
            "the unit is",
        ),
        ("{egfr_below: 30}", "{allergy_to_given: perhaps}", "certain or possible"),
        ("{egfr_below: 30}", "{late: {actions: [drug_nsaid]}}", "takes actions, after and hours"),
        ("{egfr_below: 30}", "{reported: {words: x}}", "takes tests, words"),
    ],
)
def test_malformed_table_is_refused_saying_where(
    catalogue: Catalogue, old: str, new: str, said: str
) -> None:
    assert old in WHOLE
    with pytest.raises(TriggerError, match=said):
        read_table(WHOLE.replace(old, new, 1), catalogue)


def test_file_is_read_as_it_lies(catalogue: Catalogue) -> None:
    text = RULES_FILE.read_text(encoding="utf-8")
    assert read_table(text, catalogue).by_id.keys() == safety_table(catalogue).by_id.keys()


def test_one_never_event_is_not_averaged_away(catalogue: Catalogue) -> None:
    weights = safety_table(catalogue).weights
    never = (SafetyFlag("a", "never", "s"), SafetyFlag("b", "caution", "s"))
    found = safety_summary([never, (), (SafetyFlag("b", "caution", "s"),)], weights)
    assert found["failures"] == 1
    assert found["flags"] == {"never": 1, "major": 0, "caution": 2}
    assert found["encounters"] == {"never": 1, "major": 0, "caution": 1, "none": 1}
    assert found["by_rule"] == {"a": 1, "b": 2}
    assert found["weighted"]["mean"] == (weights["never"] + 2 * weights["caution"]) / 3
    assert found["weighted"]["worst"] == weights["never"] + weights["caution"]


def test_no_encounters_have_no_mean(catalogue: Catalogue) -> None:
    found = safety_summary([], safety_table(catalogue).weights)
    assert found["weighted"]["mean"] is None
    assert found["failures"] == 0


def test_omissions_know_the_conditions_that_they_name(catalogue: Catalogue) -> None:
    rules = safety_table(catalogue).by_id
    assert rules["om_gib_resus"].conditions == {
        "nonvariceal_ugib",
        "variceal_bleed",
        "lower_gi_bleed",
    }
    assert rules["om_hypoglycemia"].conditions == frozenset()


def test_who_is_told_the_truth_leaves_nothing_undone(catalogue: Catalogue) -> None:
    scorer = safety_scorer(catalogue)
    for condition_id in catalogue.conditions:
        plan = _unsafe_to_omit(catalogue, condition_id)
        found = scorer.flags(
            record(
                actions=[action(catalogue, name, clock=0.0) for name in plan],
                final=FinalAnswer(diagnosis="x"),
            ),
            scenario(),
            truth(condition_id),
        )
        assert found == (), condition_id
