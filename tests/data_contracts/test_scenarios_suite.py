"""The scenarios suite: good marts pass, each expectation fails on marts broken for it, no leak."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data_contracts.suites import SuiteInputError, SuiteReport, check_scenarios
from data_contracts.suites.scenarios import CATEGORY_MINIMA

Rows = dict[str, list[dict[str, Any]]]
Failed = Callable[[SuiteReport], set[tuple[str, str | None]]]
CANARY = "CANARYpatient7731"
BETWEEN = "expect_column_values_to_be_between"
MEDIAN = "expect_column_median_to_be_between"
IN_SET = "expect_column_values_to_be_in_set"


def test_good_scenarios_pass(failed: Failed, rows: Rows, write: Callable[[Rows], Path]) -> None:
    report = check_scenarios(write(rows))
    assert failed(report) == set()
    assert report.rows == len(rows["scenarios"])
    told = {item.column: item.observed for item in report.results}
    assert told["share_with_vitals_of_cardiology"] == 1.0
    assert told["is_female"] == 0.5
    assert told["decision_hours"] is None


def _scenarios(**changes: Any) -> Callable[[Rows], None]:
    return lambda rows: [row.update(changes) for row in rows["scenarios"]] and None


def _one_category(category: str, **changes: Any) -> Callable[[Rows], None]:
    def spoil(rows: Rows) -> None:
        for row in rows["scenarios"]:
            if row["category"] == category:
                row.update(changes)

    return spoil


def _without_evidence(category: str, kind: str | None = None) -> Callable[[Rows], None]:
    def spoil(rows: Rows) -> None:
        bare = {r["scenario_id"] for r in rows["scenarios"] if r["category"] == category}
        for row in rows["evidence"]:
            if row["scenario_id"] in bare and kind is not None:
                row["kind"] = kind
        if kind is None:
            rows["evidence"] = [row for row in rows["evidence"] if row["scenario_id"] not in bare]

    return spoil


def _spread_ages(rows: Rows) -> None:
    for number, row in enumerate(rows["scenarios"]):
        row["age_years"] = 18 if number % 2 else 99


def _thin_evidence(rows: Rows) -> None:
    rows["evidence"] = [row for row in rows["evidence"] if row["evidence_no"] in (1, 2)]


VITALS = dict.fromkeys(("temperature_c", "heart_rate_bpm", "resp_rate_per_min"))
MEAN = "expect_column_mean_to_be_between"
STDEV = "expect_column_stdev_to_be_between"

SCENARIOS: list[tuple[Callable[[Rows], None], set[tuple[str, str | None]]]] = [
    (_scenarios(age_years=17), {(BETWEEN, "age_years"), (MEAN, "age_years"), (STDEV, "age_years")}),
    (_scenarios(age_years=60), {(STDEV, "age_years")}),
    (_spread_ages, {(STDEV, "age_years")}),
    (_scenarios(sex="F"), {(MEAN, "is_female")}),
    (_one_category("nephrology", sex="U"), {(IN_SET, "sex")}),
    (_scenarios(decision_hours=0.5), {(MEDIAN, "decision_hours")}),
    (_scenarios(decision_hours=0.0), {(BETWEEN, "decision_hours"), (MEDIAN, "decision_hours")}),
    (_scenarios(decision_hours=73.0), {(BETWEEN, "decision_hours"), (MEDIAN, "decision_hours")}),
    (_one_category("cardiology", **VITALS), {(BETWEEN, "share_with_vitals_of_cardiology")}),
    (
        _one_category("nephrology", chief_complaint=None),
        {(BETWEEN, "share_with_complaint_of_nephrology")},
    ),
    (
        _one_category("nephrology", chief_complaint="  "),
        {(BETWEEN, "share_with_complaint_of_nephrology")},
    ),
    (
        _without_evidence("cardiology"),
        {
            (BETWEEN, "share_with_evidence_of_cardiology"),
            (BETWEEN, "share_with_labs_of_cardiology"),
            (BETWEEN, "evidence_rows"),
            (MEDIAN, "evidence_rows"),
        },
    ),
    (
        _without_evidence("cardiology", kind="vital"),
        {(BETWEEN, "share_with_labs_of_cardiology")},
    ),
    (_thin_evidence, {(MEDIAN, "evidence_rows")}),
]


@pytest.mark.parametrize(("spoil", "expected"), SCENARIOS)
def test_scenarios_broken_in_one_way_fail_in_that_way(
    failed: Failed,
    rows: Rows,
    write: Callable[[Rows], Path],
    spoil: Callable[[Rows], None],
    expected: set[tuple[str, str | None]],
) -> None:
    spoil(rows)
    assert failed(check_scenarios(write(rows))) == expected


def test_no_scenarios_fail_and_do_not_crash(write: Callable[[Rows], Path]) -> None:
    report = check_scenarios(write({"scenarios": [], "evidence": []}))
    assert report.rows == 0
    assert all(not item.passed for item in report.results)


def test_small_categories_are_judged_together_and_their_shares_not_told(
    failed: Failed, rows: Rows, write: Callable[[Rows], Path]
) -> None:
    for row in rows["scenarios"][:3]:
        row.update(category="neurology", chief_complaint=None)
    for row in rows["scenarios"][3:6]:
        row.update(category="canary_category", chief_complaint=None)
    report = check_scenarios(write(rows))
    assert failed(report) == {(BETWEEN, "share_with_complaint_of_small_categories")}
    told = {item.column: item.observed for item in report.results}
    assert {told[f"{share}_of_small_categories"] for share in CATEGORY_MINIMA} == {None}
    assert "canary_category" not in repr(report)
    assert "neurology" not in repr(report)


def test_no_planted_value_leaves_with_a_report(
    rows: Rows,
    write: Callable[[Rows], Path],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    planted = 77_310_077
    for row in rows["scenarios"]:
        row.update(sex=CANARY, age_years=planted, decision_hours=float(planted))
    rows["scenarios"][0].update(category="canary_category", chief_complaint=CANARY)
    marts = write(rows)
    with caplog.at_level(logging.DEBUG):
        report = check_scenarios(marts)
    said = repr(report) + caplog.text + "".join(capfd.readouterr())
    assert not report.passed
    assert "canary" not in said.lower()
    assert str(planted) not in said


@pytest.mark.parametrize("lost", ["scenarios", "evidence"])
def test_absent_mart_is_named(rows: Rows, write: Callable[[Rows], Path], lost: str) -> None:
    marts = write(rows)
    (marts / f"{lost}.parquet").unlink()
    with pytest.raises(SuiteInputError, match=rf"^{lost}\.parquet is absent"):
        check_scenarios(marts)
