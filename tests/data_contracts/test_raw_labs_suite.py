"""The raw-labs suite: good labs pass, each expectation fails on labs broken for it, no leak."""

from __future__ import annotations

import datetime as dt
import json
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from data_contracts.suites import SuiteInputError, SuiteReport, check_raw_labs
from data_contracts.suites import raw_labs as labs_module
from data_contracts.suites._analytes import ANALYTES

Failed = Callable[[SuiteReport], set[tuple[str, str | None]]]
Line = dict[str, Any]
PATIENTS = 40
PER_PATIENT = 2
CANARY = "CANARYpatient7731"

LAB_TYPES = {
    "labevent_id": pl.Int64,
    "subject_id": pl.Int64,
    "itemid": pl.Int64,
    "charttime": pl.Datetime("us"),
    "storetime": pl.Datetime("us"),
    "value": pl.String,
    "valuenum": pl.Float64,
    "valueuom": pl.String,
}
ITEM_TYPES = {"itemid": pl.Int64, "label": pl.String, "fluid": pl.String, "category": pl.String}
LABELS = {
    "wbc_k_ul": "White Blood Cells",
    "inr": "INR(PT)",
    "ph": "pH",
    "bilirubin_total_mg_dl": "Bilirubin, Total",
    "alt_iu_l": "Alanine Aminotransferase (ALT)",
    "ast_iu_l": "Asparate Aminotransferase (AST)",
}


FEW = tuple(
    analyte
    for analyte in ANALYTES
    if analyte.name
    in {"sodium_meq_l", "potassium_meq_l", "creatinine_mg_dl", "glucose_mg_dl", "lactate_mmol_l"}
)


def good_labs() -> tuple[list[Line], list[Line]]:
    """Results of 40 patients, every analyte twice each, and their dictionary."""
    events: list[Line] = []
    for patient in range(PATIENTS):
        for analyte in ANALYTES:
            for turn in range(PER_PATIENT):
                drawn = dt.datetime(2150, 1, 1) + dt.timedelta(hours=patient + turn)
                share = (patient % 5) / 4
                value = analyte.median_low + share * (analyte.median_high - analyte.median_low)
                events.append(
                    {
                        "labevent_id": len(events) + 1,
                        "subject_id": 10_000_000 + patient,
                        "itemid": analyte.itemid,
                        "charttime": drawn,
                        "storetime": drawn + dt.timedelta(minutes=50),
                        "value": f"{value:.2f}",
                        "valuenum": value,
                        "valueuom": analyte.units[0] or None,
                    }
                )
    items = [
        {
            "itemid": analyte.itemid,
            "label": LABELS.get(analyte.name, analyte.label.title()),
            "fluid": "Blood",
            "category": "Chemistry",
        }
        for analyte in ANALYTES
    ]
    return events, items


def land(folder: Path, events: list[Line], items: list[Line], recorded: int | None = None) -> Path:
    hosp = folder / "landed" / "hosp"
    hosp.mkdir(parents=True)
    pl.DataFrame(events, schema=LAB_TYPES).write_parquet(hosp / "labevents.parquet")
    pl.DataFrame(items, schema=ITEM_TYPES).write_parquet(hosp / "d_labitems.parquet")
    if recorded is not None:
        (hosp / "labevents.json").write_text(json.dumps({"rows": recorded}))
    return folder / "landed"


BETWEEN = "expect_column_values_to_be_between"
MEDIAN = "expect_column_median_to_be_between"
IN_SET = "expect_column_values_to_be_in_set"
NOT_NULL = "expect_column_values_to_not_be_null"
REGEX = "expect_column_values_to_match_regex"
PAIR = "expect_column_pair_values_a_to_be_greater_than_b"


def test_good_labs_pass(failed: Failed, tmp_path: Path) -> None:
    events, items = good_labs()
    report = check_raw_labs(land(tmp_path, events, items, recorded=len(events)))
    assert failed(report) == set()
    assert report.rows == len(events)
    assert len(report.results) == 5 + 5 * len(ANALYTES) + 6
    told = {item.column: item.observed for item in report.results if item.expectation == BETWEEN}
    assert told["rows"] == len(events)
    assert told["patients_with_sodium_meq_l"] == 1.0
    assert told["duplicate_labevent_id"] == 0


def test_at_least_twelve_analytes_have_ranges() -> None:
    assert len(ANALYTES) >= 12
    assert len({analyte.itemid for analyte in ANALYTES}) == len(ANALYTES)
    assert all(a.low <= a.median_low < a.median_high <= a.high for a in ANALYTES)


@pytest.mark.demo
def test_the_real_demo_passes(failed: Failed, tmp_path: Path, demo_root: Path) -> None:
    source = demo_root / "mimic-iv-clinical-database-demo-2.2" / "hosp"
    hosp = tmp_path / "landed" / "hosp"
    hosp.mkdir(parents=True)
    with duckdb.connect() as connection:
        for table in ("labevents", "d_labitems"):
            connection.read_csv(str(source / f"{table}.csv.gz")).write_parquet(
                str(hosp / f"{table}.parquet")
            )
    report = check_raw_labs(tmp_path / "landed")
    assert failed(report) == set()
    assert report.rows == 107_727


def _every(field: str, value: Any, *, share: float = 1.0) -> Callable[[list[Line]], None]:
    def spoil(events: list[Line]) -> None:
        for event in events[: int(len(events) * share)]:
            event[field] = value

    return spoil


def _of_item(name: str, change: Callable[[Line], Any]) -> Callable[[list[Line]], None]:
    itemid = next(analyte.itemid for analyte in ANALYTES if analyte.name == name)

    def spoil(events: list[Line]) -> None:
        for event in events:
            if event["itemid"] == itemid:
                change(event)

    return spoil


def _fewer(events: list[Line]) -> None:
    del events[900:]


def _one_row_a_patient(events: list[Line]) -> None:
    for number, event in enumerate(events):
        event["subject_id"] = 10_000_000 + number // 4


def _unknown_item(events: list[Line]) -> None:
    events.append({**events[0], "labevent_id": 99_999_999, "itemid": 999})


def _duplicate(events: list[Line]) -> None:
    events.append(dict(events[-1]))


def _stored_first(events: list[Line]) -> None:
    for event in events[::20]:
        event["storetime"] = event["charttime"] - dt.timedelta(minutes=1)


def _without(name: str, keep: int = 0) -> Callable[[list[Line]], None]:
    itemid = next(analyte.itemid for analyte in ANALYTES if analyte.name == name)

    def spoil(events: list[Line]) -> None:
        own = [event for event in events if event["itemid"] == itemid]
        for event in own[keep:]:
            events.remove(event)

    return spoil


def _scaled(factor: float) -> Callable[[Line], Any]:
    return lambda event: event.update(valuenum=event["valuenum"] * factor)


def _one_patient_scaled(events: list[Line]) -> None:
    """Two of eighty values are impossible: the median does not move, the range must notice."""
    itemid = next(analyte.itemid for analyte in ANALYTES if analyte.name == "sodium_meq_l")
    own = [event for event in events if event["itemid"] == itemid]
    for event in own[:2]:
        event["valuenum"] = 1_400.0


def _renamed_units(events: list[Line]) -> None:
    itemid = next(analyte.itemid for analyte in ANALYTES if analyte.name == "glucose_mg_dl")
    own = [event for event in events if event["itemid"] == itemid]
    for event in own[:4]:
        event["valueuom"] = "mmol/L"


LABS: list[tuple[Callable[[list[Line]], None], set[tuple[str, str | None]]]] = [
    (_fewer, {(BETWEEN, "rows")}),
    (_one_row_a_patient, {(BETWEEN, "rows_per_patient")}),
    (_unknown_item, {(BETWEEN, "rows_without_dictionary")}),
    (_duplicate, {(BETWEEN, "duplicate_labevent_id")}),
    (_every("subject_id", None, share=0.01), {(NOT_NULL, "subject_id")}),
    (_every("charttime", None, share=0.02), {(NOT_NULL, "charttime")}),
    (_every("storetime", None, share=0.1), {(NOT_NULL, "storetime")}),
    (_every("value", None, share=0.6), {(NOT_NULL, "value")}),
    (_every("valuenum", None, share=0.6), {(NOT_NULL, "valuenum")}),
    (_stored_first, {(PAIR, "storetime, charttime")}),
    (_one_patient_scaled, {(BETWEEN, "sodium_meq_l")}),
    (_of_item("sodium_meq_l", _scaled(1.1)), {(MEDIAN, "sodium_meq_l")}),
    (
        _of_item("glucose_mg_dl", _scaled(1 / 18)),
        {(MEDIAN, "glucose_mg_dl"), (BETWEEN, "glucose_mg_dl")},
    ),
    (
        _of_item("creatinine_mg_dl", _scaled(88.4)),
        {(MEDIAN, "creatinine_mg_dl"), (BETWEEN, "creatinine_mg_dl")},
    ),
    (_renamed_units, {(IN_SET, "unit_of_glucose_mg_dl")}),
    (
        _of_item("sodium_meq_l", lambda event: event.update(valueuom=None)),
        {(IN_SET, "unit_of_sodium_meq_l")},
    ),
    (_without("potassium_meq_l", keep=30), {(BETWEEN, "patients_with_potassium_meq_l")}),
    (
        _without("lactate_mmol_l"),
        {
            (BETWEEN, "patients_with_lactate_mmol_l"),
            (BETWEEN, "lactate_mmol_l"),
            (MEDIAN, "lactate_mmol_l"),
            (IN_SET, "unit_of_lactate_mmol_l"),
        },
    ),
]


@pytest.mark.parametrize(("spoil", "expected"), LABS)
def test_labs_broken_in_one_way_fail_in_that_way(
    failed: Failed,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[list[Line]], None],
    expected: set[tuple[str, str | None]],
) -> None:
    # Fewer analytes are quicker to judge; the next test breaks every one.
    monkeypatch.setattr(labs_module, "ANALYTES", FEW)
    events, items = good_labs()
    spoil(events)
    missed = failed(check_raw_labs(land(tmp_path, events, items)))
    if expected & {(BETWEEN, "rows"), (BETWEEN, "rows_per_patient")}:
        # Too few rows cover less, too.
        assert expected <= missed
    else:
        assert missed == expected


def test_every_analyte_is_guarded_by_range_median_unit_and_label(
    failed: Failed, tmp_path: Path
) -> None:
    events, items = good_labs()
    for event in events:
        event["valuenum"] = event["valuenum"] * 1_000 + 70_000
        event["valueuom"] = "furlong"
    for item in items:
        item["label"] = "Something else"
    missed = failed(check_raw_labs(land(tmp_path, events, items)))
    assert missed == {
        entry
        for analyte in ANALYTES
        for entry in (
            (BETWEEN, analyte.name),
            (MEDIAN, analyte.name),
            (IN_SET, f"unit_of_{analyte.name}"),
            (REGEX, f"label_of_{analyte.name}"),
        )
    }


def test_rows_that_the_landing_record_does_not_have_are_found(
    failed: Failed, tmp_path: Path
) -> None:
    events, items = good_labs()
    report = check_raw_labs(land(tmp_path, events, items, recorded=len(events) + 1))
    assert failed(report) == {(BETWEEN, "rows_beyond_record")}


def test_empty_labs_fail_and_do_not_crash(tmp_path: Path) -> None:
    report = check_raw_labs(land(tmp_path, [], [], recorded=0))
    assert report.rows == 0
    held = {item.column for item in report.results if item.passed}
    assert held == {"rows_without_dictionary", "duplicate_labevent_id", "rows_beyond_record"}


def test_duplicates_are_found_across_slices(
    failed: Failed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labs_module, "SLICE_IDS", 100)
    events, items = good_labs()
    events += [dict(events[0]), dict(events[0]), dict(events[70])]
    report = check_raw_labs(land(tmp_path, events, items))
    assert failed(report) == {(BETWEEN, "duplicate_labevent_id")}
    assert report.failures[0].observed == 3


def test_samples_are_bounded_and_the_same_every_time(tmp_path: Path) -> None:
    events, items = good_labs()
    landed = land(tmp_path, events, items)
    path = landed / "hosp" / "labevents.parquet"
    other = tmp_path / "reversed.parquet"
    pl.read_parquet(path).reverse().write_parquet(other)
    with duckdb.connect() as connection:
        counts = labs_module._analyte_counts(connection, path)
        first = labs_module._analyte_sample(connection, path, counts)
        again = labs_module._analyte_sample(connection, other, counts)
        rows = labs_module._row_sample(connection, path, len(events))
        connection.execute("set threads = 1")
        rows_again = labs_module._row_sample(connection, other, len(events))
    assert first.equals(again)
    assert rows.equals(rows_again)


def test_a_long_table_is_sampled_to_the_stated_sizes(tmp_path: Path) -> None:
    path = tmp_path / "labevents.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"""copy (
                select range as labevent_id, range % 500 as subject_id,
                    {ANALYTES[0].itemid} as itemid, timestamp '2150-01-01' as charttime,
                    timestamp '2150-01-02' as storetime, '138' as value, 138.0 as valuenum,
                    'mEq/L' as valueuom
                from range(300000)
            ) to '{path}' (format parquet)"""
        )
        counts = labs_module._analyte_counts(connection, path)
        analytes = labs_module._analyte_sample(connection, path, counts)
        rows = labs_module._row_sample(connection, path, 300_000)
    assert len(rows) == labs_module.ROW_SAMPLE
    assert len(analytes) == labs_module.ANALYTE_SAMPLE
    assert len(ANALYTES) * labs_module.ANALYTE_SAMPLE + labs_module.ROW_SAMPLE <= 200_000


@pytest.mark.parametrize("lost", ["labevents", "d_labitems"])
def test_absent_table_is_named(tmp_path: Path, lost: str) -> None:
    landed = land(tmp_path, *good_labs())
    (landed / "hosp" / f"{lost}.parquet").unlink()
    with pytest.raises(SuiteInputError, match=rf"^{lost}\.parquet is absent"):
        check_raw_labs(landed)


def test_unreadable_table_is_named_and_not_quoted(tmp_path: Path) -> None:
    landed = land(tmp_path, *good_labs())
    (landed / "hosp" / "labevents.parquet").write_text(CANARY)
    with pytest.raises(SuiteInputError, match="cannot be read") as raised:
        check_raw_labs(landed)
    assert CANARY not in str(raised.value)
    assert raised.value.__suppress_context__


def test_broken_landing_record_is_named(tmp_path: Path) -> None:
    landed = land(tmp_path, *good_labs(), recorded=1)
    (landed / "hosp" / "labevents.json").write_text('{"row": 1}')
    with pytest.raises(SuiteInputError, match=r"^labevents\.json is not a landing record"):
        check_raw_labs(landed)


def test_no_planted_value_leaves_with_a_report(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    planted = 77_310_077
    events, items = good_labs()
    for event in events:
        event.update(value=CANARY, valueuom=CANARY, valuenum=float(planted), subject_id=planted)
        event.update(storetime=dt.datetime(1977, 3, 10))
    for item in items:
        item.update(label=CANARY)
    landed = land(tmp_path, events, items)
    with caplog.at_level(logging.DEBUG):
        report = check_raw_labs(landed)
    said = repr(report) + caplog.text + "".join(capfd.readouterr())
    assert not report.passed
    assert "canary" not in said.lower()
    assert str(planted) not in said
    assert "1977" not in said


def test_suites_write_no_file_print_nothing_and_open_no_socket(tmp_path: Path) -> None:
    landed = land(tmp_path, *good_labs())
    here = tmp_path / "here"
    home = tmp_path / "home"
    here.mkdir()
    home.mkdir()
    program = (
        "import pathlib, socket, sys\n"
        "def refuse(*_, **__): raise AssertionError('a socket was opened')\n"
        "socket.socket.connect = refuse\n"
        "socket.getaddrinfo = refuse\n"
        "from data_contracts.suites import check_raw_labs\n"
        "assert 'great_expectations' not in sys.modules\n"
        f"assert check_raw_labs(pathlib.Path({str(landed)!r})).passed\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=here,
        env={"HOME": str(home), "PATH": "", "TMPDIR": str(here)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert done.stderr == ""
    assert list(here.rglob("*")) == []
    assert [path for path in home.rglob("*") if path.is_file()] == []
