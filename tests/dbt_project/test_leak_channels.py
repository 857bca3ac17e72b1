"""Which test holds each channel and each rule by which the answer could get into a scenario.

Belongs here: the table from the channels (A) and rules (B) of docs/leaks.md to tests, and the check
that every one of them exists. Does not belong here: the tests themselves.
"""

from __future__ import annotations

import re
from functools import cache

import pytest
from landed_workspace import DBT_PROJECT

PROJECT = DBT_PROJECT.parent

LEAKS = (
    "unit:leaks_follow_the_policy_of_the_condition_and_spare_allowed_terms",
    "unit:a_denial_or_a_relative_is_no_leak_and_a_question_is",
    "unit:short_terms_are_whole_words_and_english_words_are_none",
)
SHOWN = "dbt_project/test_shown_models.py:"
MARTS = "dbt_project/test_marts.py:"
SESSION = "evaluators/encounter/test_session.py:"
SETS = "evaluators/test_scenario_sets.py:"
SHOWN_MODELS = SHOWN + "test_a_shown_model_takes_nothing_that_gives_the_answer_away"
PLANTED = SHOWN + "test_a_planted_leak_is_found_however_deep"
NO_IDS = SETS + "test_ids_and_dates_of_the_source_are_not_frozen"

CHANNELS: dict[str, tuple[str, ...]] = {
    "A1": (
        "unit:sections_up_to_the_arrival_are_kept_and_all_others_are_not",
        MARTS + "test_no_hidden_section_of_a_summary_reaches_a_mart",
        PLANTED,
    ),
    "A2": ("unit:sections_up_to_the_arrival_are_kept_and_all_others_are_not", SHOWN_MODELS),
    "A3": ("unit:the_history_ends_where_findings_begin_and_the_examination_at_discharge",),
    "A4": (*LEAKS, "unit:the_first_failed_rule_is_named"),
    "A5": (MARTS + "test_the_summary_shows_what_was_told_at_arrival",),
    "A6": (
        "unit:past_history_is_judged_entry_by_entry_and_a_complaint_only_where_it_is_shown",
        *LEAKS,
    ),
    "A7": (
        SHOWN_MODELS,
        "unit:home_drugs_are_those_of_the_emergency_department_else_of_the_summary",
    ),
    "A8": ("unit:leaks_follow_the_policy_of_the_condition_and_spare_allowed_terms",),
    "A9": ("unit:only_the_findings_of_a_report_are_shown",),
    "A10": (
        "unit:decision_is_the_earliest_of_72_hours_discharge_death_and_definitive_treatment",
        "unit:evidence_lies_between_a_day_before_arrival_and_the_decision_time",
        "data:no_evidence_after_decision_time",
        "data:no_task_evidence_after_decision_time",
    ),
    "A11": (SESSION + "test_system_prompt_is_bound_to_no_patient_and_shows_a_readable_step",),
    "A12": (SESSION + "test_three_ways_of_having_nothing_are_told_in_the_same_words",),
    "A13": ("unit:lab_text_is_value_number_or_limit_and_rows_without_admission_go_by_time",),
    "A14": ("unit:a_culture_is_told_in_the_steps_in_which_it_was_stored",),
    "A15": ("unit:a_culture_is_told_in_the_steps_in_which_it_was_stored",),
    "A16": (SHOWN_MODELS, PLANTED),
    "A17": (SHOWN_MODELS, SHOWN + "test_a_planted_column_is_found"),
    "A18": (SHOWN_MODELS, NO_IDS),
    "A19": (NO_IDS, SETS + "test_row_order_changes_no_byte"),
    "A20": (),
    "A21": (SETS + "test_patient_with_several_scenarios_gives_one",),
    "A22": ("unit:only_the_findings_of_a_report_are_shown",),
    "A23": (SESSION + "test_first_messages_are_the_prompt_and_the_presentation",),
    "A24": (SESSION + "test_first_messages_are_the_prompt_and_the_presentation",),
    "A25": (),
    "A26": ("unit:the_history_ends_where_findings_begin_and_the_examination_at_discharge",),
    "A27": ("unit:sections_up_to_the_arrival_are_kept_and_all_others_are_not",),
    "A28": (SHOWN_MODELS,),
    "A29": (
        "unit:an_ecg_is_its_machines_statements_measures_and_waveform_five_minutes_later",
    ),
    "A30": ("orchestration/test_privacy_of_runs.py:test_publication_holds_no_canary",),
    "B1": (
        SHOWN_MODELS,
        PLANTED,
        SHOWN + "test_only_the_known_models_lie_in_the_shown_schema",
    ),
    "B2": (
        "data:no_evidence_after_decision_time",
        "data:evidence_is_taken_before_it_is_available",
        "data:no_task_evidence_after_decision_time",
        "data:actions_stand_on_their_side_of_the_decision",
        "data:evidence_and_actions_belong_to_a_scenario",
        SETS + "test_evidence_after_the_decision_time_fails_the_freeze",
    ),
    "B3": (MARTS + "test_the_presentation_shows_what_was_known_at_arrival",),
    "B4": LEAKS,
    "B5": (
        "evaluators/test_leak_audit.py:test_a_leak_in_every_presentation_is_refused",
        "evaluators/test_leak_audit.py:test_a_leaking_set_is_not_frozen_and_what_stood_before_stays",
    ),
    "B6": (
        "data:attrition_adds_up",
        "data:task_attrition_adds_up",
        MARTS + "test_the_summary_shows_what_was_told_at_arrival",
    ),
    "B7": (SESSION + "test_three_ways_of_having_nothing_are_told_in_the_same_words",),
    "B8": (SESSION + "test_system_prompt_is_bound_to_no_patient_and_shows_a_readable_step",),
    "B9": (NO_IDS, SETS + "test_threads_and_hash_seed_change_no_byte"),
}  # fmt: skip

NOT_HELD: dict[str, str] = {
    "A20": "allowed: age and sex are clinically real; no baseline reads them alone",
    "A25": "another condition in a text is kept, as MIMIC-CDM did; no mark says so yet",
}  # fmt: skip
"""Channels that no test holds, with the reason."""


@cache
def existing() -> frozenset[str]:
    """Unit tests and data tests of the dbt project, and test functions, as the table names them."""
    found = {f"data:{path.stem}" for path in (DBT_PROJECT / "tests").glob("*.sql")}
    for path in (DBT_PROJECT / "models").rglob("*.yml"):
        _, _, listed = path.read_text(encoding="utf-8").partition("unit_tests:")
        found |= {f"unit:{name}" for name in re.findall(r"^  - name: (\w+)$", listed, re.M)}
    tests = PROJECT / "tests"
    for path in tests.rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        names = re.findall(r"^(?:async )?def (test_\w+)\(", text, re.M)
        found |= {f"{path.relative_to(tests).as_posix()}:{name}" for name in names}
    return frozenset(found)


def test_the_table_has_every_channel_and_rule() -> None:
    wanted = [*(f"A{n}" for n in range(1, 31)), *(f"B{n}" for n in range(1, 10))]
    assert list(CHANNELS) == wanted


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_channel_is_held_by_tests_that_exist(channel: str) -> None:
    assert [name for name in CHANNELS[channel] if name not in existing()] == []


def test_what_no_test_holds_has_a_reason() -> None:
    assert {name for name, tests in CHANNELS.items() if not tests} == set(NOT_HELD)


def test_the_page_lists_every_channel_and_rule() -> None:
    page = (PROJECT / "docs" / "leaks.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| ([AB]\d+) \|", page, re.M)
    assert listed == list(CHANNELS)
