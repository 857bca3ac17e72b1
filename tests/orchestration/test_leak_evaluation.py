"""Measuring the leak rule on planted leaks, and the command that prints it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from evaluators.leak_audit import LeakAudit, Tally
from orchestration.leak_commands import show_audits, show_evaluation
from orchestration.leak_evaluation import (
    LeakEvaluation,
    LeakEvaluationError,
    Planted,
    evaluate,
)
from sources.synthetic.tables import LEAKS_FILE

HEADER = "subject_id,hadm_id,note_id,section,channel,condition_id\n"
LISTED = HEADER + "".join(
    f"{number},{number},{number}-DS-1,{row}\n"
    for number, row in enumerate(
        (
            "history,outside_hospital,pe",  # 0: found
            "past_history,past_history,pe",  # 1: found elsewhere, not there
            "triage,complaint,pe",  # 2: found
            "history,known_disease,seizure",  # 3: kept by policy
            "history,known_disease,pe",  # 4: at no eligible position
            "history,none,pe",  # 5: near miss, passes
            "family_history,none,pe",  # 6: near miss, dropped
        )
    )
)


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """A warehouse of ten admissions: 0 to 6 are listed, 7 to 9 are clean and not listed."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("""
            create schema intermediate;
            create table intermediate.int_targets__matched as
                select i as hadm_id, if(i = 3, 'seizure', 'pe') as condition_id,
                    i != 4 as is_eligible_position
                from range(10) as hadm(i);
            create table intermediate.int_leak_terms__known as
                select * from (values ('pe', 'strict'), ('seizure', 'presenting'))
                    as terms(condition_id, leak_policy);
            create table intermediate.int_leaks__named as
                select * from (values (0, 'pe', 'history'), (1, 'pe', 'history'),
                    (2, 'pe', 'chief_complaint'), (6, 'pe', 'history'), (8, 'pe', 'history'))
                    as named(hadm_id, condition_id, shown_in);
            create table intermediate.int_cohorts__matched as
                select hadm_id, condition_id, case
                    when hadm_id in (0, 1, 2, 6, 8) then 'leak'
                    when hadm_id = 9 then 'adult'
                end as failed_rule
                from intermediate.int_targets__matched where is_eligible_position;
        """)
    (tmp_path / LEAKS_FILE).write_text(LISTED, encoding="utf-8")
    return path


def test_a_leak_counts_where_it_stands_and_by_its_policy(warehouse: Path) -> None:
    done = evaluate(warehouse, warehouse.parent)
    assert done.planted == (
        Planted("presenting", "history", "known_disease", 1, 0),
        Planted("strict", "chief_complaint", "complaint", 1, 1),
        Planted("strict", "history", "outside_hospital", 1, 1),
        Planted("strict", "past_history", "past_history", 1, 0),
    )
    assert (done.leaks, done.found) == (3, 2)
    assert done.recall == pytest.approx(2 / 3)


def test_loss_is_what_the_leak_rule_alone_drops_of_the_clean(warehouse: Path) -> None:
    """Clean are 5 to 8; 9 fails an earlier rule; of them 6 and 8 are dropped."""
    done = evaluate(warehouse, warehouse.parent)
    assert (done.clean, done.clean_dropped) == (4, 2)
    assert (done.near_misses, done.near_misses_dropped) == (2, 1)
    assert done.loss == 0.5
    assert not done.meets_targets


@pytest.mark.parametrize(
    ("found", "dropped", "meets"),
    [(100, 0, True), (99, 2, True), (98, 0, False), (100, 3, False)],
)
def test_targets_are_recall_of_99_and_loss_under_3_percent(
    found: int, dropped: int, meets: bool
) -> None:
    planted = (Planted("strict", "history", "known_disease", 100, found),)
    assert LeakEvaluation(planted, 100, dropped, 0, 0).meets_targets is meets


def test_without_leaks_or_cases_nothing_is_known() -> None:
    done = LeakEvaluation((), 0, 0, 0, 0)
    assert done.recall is None
    assert done.loss is None
    assert not done.meets_targets


def test_a_source_without_the_list_is_refused(warehouse: Path, tmp_path: Path) -> None:
    (tmp_path / LEAKS_FILE).unlink()
    with pytest.raises(LeakEvaluationError, match="only a synthetic release with module note"):
        evaluate(warehouse, tmp_path)


def test_a_source_without_a_warehouse_says_what_to_do(warehouse: Path) -> None:
    warehouse.unlink()
    with pytest.raises(LeakEvaluationError, match="run `medcred run`"):
        evaluate(warehouse, warehouse.parent)


def test_a_broken_list_is_refused_without_quoting_it(warehouse: Path) -> None:
    (warehouse.parent / LEAKS_FILE).write_text("secret 4711\n", encoding="utf-8")
    with pytest.raises(LeakEvaluationError) as refused:
        evaluate(warehouse, warehouse.parent)
    assert "4711" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_both_figures_are_printed_with_their_targets(warehouse: Path) -> None:
    out = Console(width=100, record=True, quiet=False, file=(warehouse.parent / "out").open("w"))
    show_evaluation(out, evaluate(warehouse, warehouse.parent))
    text = out.export_text()
    assert "recall 0.6667  (2 of 3; target: at least 0.99)" in text
    assert "loss   0.5000  (2 of 4; target: under 0.03)" in text
    assert "near misses dropped: 1 of 2" in text
    assert "kept" in text


def test_an_audit_is_printed_with_its_decision(tmp_path: Path) -> None:
    audits = [
        LeakAudit("cardiology", 8, 100, {"strict": Tally(90, 100)}, chance=0.2),
        LeakAudit("neurology", 7, 100, {"strict": Tally(20, 100)}, chance=0.2),
        LeakAudit("radiology", 6, 100, {"report_label": Tally(90, 100)}, chance=0.2),
    ]
    out = Console(width=120, record=True, file=(tmp_path / "out").open("w"))
    show_audits(out, audits)
    lines = [line.split() for line in out.export_text().splitlines()]
    decisions = {line[0]: line[8:] for line in lines if len(line) > 8}
    assert decisions["cardiology"] == ["leaks"]
    assert decisions["neurology"] == ["clean"]
    assert decisions["radiology"] == ["not", "judged"]
