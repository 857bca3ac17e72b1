"""The contracts of the marts as files: wrong shapes, unreadable ones, and what a report says."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data_contracts.marts import (
    MARTS,
    Failure,
    UnknownMartError,
    UnreadableMartError,
    _check,
    check_mart,
    mart_columns,
    mart_schema,
    nullable_columns,
)

Rows = dict[str, list[dict[str, Any]]]
Write = Callable[[Rows], Path]


def found(folder: Path, mart: str) -> set[tuple[str, str]]:
    return {(failure.column, failure.check) for failure in check_mart(folder, mart).failures}


@pytest.mark.parametrize("mart", MARTS)
def test_schema_is_strict_and_ordered_and_of_the_stated_shape(mart: str) -> None:
    schema = mart_schema(mart)
    assert schema.strict is True
    assert schema.ordered is True
    assert schema.coerce is False
    assert [(n, c.dtype.type) for n, c in schema.columns.items()] == list(
        mart_columns(mart).items()
    )
    assert {n for n, c in schema.columns.items() if c.nullable} == nullable_columns(mart)


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        (lambda f: f.drop("pain"), ("pain", "column is there")),
        (lambda f: f.with_columns(extra=1), ("extra", "no column beyond the contract")),
        (
            lambda f: f.with_columns(pl.lit(1).alias("10000032")),
            ("*", "no column beyond the contract"),
        ),
        (lambda f: f.with_columns(pl.col("age_years").cast(pl.Int64)), ("age_years", "type Int32")),
        (
            lambda f: f.with_columns(pl.lit("a").alias("home_drugs")),
            ("home_drugs", "type List(String)"),
        ),
        (lambda f: f.select(reversed(f.columns)), ("*", "columns in the contract's order")),
    ],
)
def test_wrong_shape_is_found_by_column(
    rows: Rows,
    write: Write,
    change: Callable[[pl.DataFrame], pl.DataFrame],
    failure: tuple[str, str],
) -> None:
    folder = write(rows)
    path = folder / "scenarios.parquet"
    change(pl.read_parquet(path)).write_parquet(path)
    assert found(folder, "scenarios") == {failure}


def test_struct_with_another_field_is_a_wrong_type(rows: Rows, write: Write) -> None:
    folder = write(rows)
    path = folder / "ground_truth.parquet"
    frame = pl.read_parquet(path).with_columns(
        pl.col("diagnoses").list.eval(pl.struct(pl.element().struct.field("seq")))
    )
    frame.write_parquet(path)
    assert {column for column, _ in found(folder, "ground_truth")} == {"diagnoses"}


def test_mart_beside_one_of_another_shape_fails_and_names_it(rows: Rows, write: Write) -> None:
    folder = write(rows)
    path = folder / "scenarios.parquet"
    pl.read_parquet(path).drop("decision_hours").write_parquet(path)
    assert found(folder, "evidence") == {("*", "scenarios has the columns of its contract")}


def test_faults_in_several_batches_are_added_up(
    rows: Rows, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    for row in rows["evidence"]:
        row["unit"] = " "
    monkeypatch.setattr(_check, "BATCH_ROWS", 7)
    report = check_mart(write(rows), "evidence")
    assert report.failures == (Failure("unit", "not blank", len(rows["evidence"])),)


def test_unknown_mart_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownMartError, match="choose one of scenarios"):
        check_mart(tmp_path, "patients")


@pytest.mark.parametrize("content", [None, b"", b"PAR1 not really", b"<html>"])
def test_unreadable_file_is_named_and_not_quoted(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "evidence.parquet").write_bytes(content)
    with pytest.raises(UnreadableMartError, match=r"^evidence\.parquet is absent") as raised:
        check_mart(tmp_path, "evidence")
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


CANARY = "CANARYpatient7731"


def test_no_value_leaves_with_a_report(
    rows: Rows, write: Write, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    planted = 77_310_077
    rows["scenarios"][0].update(category=CANARY, sex=CANARY, scenario_id=CANARY)
    rows["scenarios"][1].update(age_years=planted, home_drugs=[CANARY, "a"])
    rows["evidence"][0].update(test_id=CANARY, kind=CANARY, scenario_id=CANARY)
    rows["ground_truth"][0].update(
        target_code=CANARY, subject_id=-planted, t0=dt.datetime(1977, 3, 10)
    )
    rows["actions_taken"][0].update(source=CANARY)
    rows["cohort_attrition"][0].update(rule_id=CANARY)
    rows["task_scenarios"][0].update(category=CANARY, film_findings=" ")
    rows["task_evidence"][0].update(test_id=CANARY)
    rows["task_truth"][0].update(answers=CANARY)
    rows["task_attrition"][0].update(rule_id=CANARY)
    rows["icu_severity"][0].update(stay_id=-planted)
    folder = write(rows)
    with caplog.at_level(logging.DEBUG):
        reports = [check_mart(folder, mart) for mart in MARTS]
    said = repr(reports) + caplog.text + "".join(capfd.readouterr())
    assert all(not report.passed for report in reports)
    assert CANARY not in said
    assert str(planted) not in said
