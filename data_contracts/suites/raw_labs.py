"""The suite over the landed laboratory results, joined with their dictionary.

Belongs here: what is usual of `hosp.labevents`: that it is neither empty nor doubled, that the main
analytes are there under their items, in their units and possible ranges, that results are stored
after they were drawn. Does not belong here: columns and types (the landing holds them).

What is exact and what is sampled: rows, patients, duplicates, items and coverage are counted over
the whole table; order of times, nulls, units and ranges are judged on samples (40,000 rows; 5,000
rows of each analyte), chosen by an arithmetic hash of `labevent_id`. Memory stays bounded at the
full size of 158 million rows: duplicates are counted in slices of the id, about 4 million ids each.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from data_contracts.suites._analytes import ANALYTES, Analyte
from data_contracts.suites._report import SuiteInputError, SuiteReport
from data_contracts.suites._runner import (
    Expectation,
    Part,
    between,
    median_between,
    not_null,
    run_parts,
)
from data_contracts.suites._tables import reading

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

ROW_SAMPLE: Final = 40_000
ANALYTE_SAMPLE: Final = 5_000
SLICE_IDS: Final = 4_000_000

MIN_ROWS: Final = 1_000
MIN_ROWS_PER_PATIENT: Final = 5
MIN_CORE_COVERAGE: Final = 0.5
"""Share of the patients with any result who have each core analyte."""

_HASH: Final = "((abs(labevent_id) % 1000003) * 2654435761) % 4294967296"
"""Knuth's multiplicative hash, 0 to 2**32 - 1: plain arithmetic, the same in every version."""


def check_raw_labs(landed: Path) -> SuiteReport:
    """Run the suite over `landed/hosp/labevents.parquet` and `landed/hosp/d_labitems.parquet`.

    Where the landing record `landed/hosp/labevents.json` lies beside the table, its row count must
    be that of the table.

    Args:
        landed: The folder `landed` of a workspace.

    Returns:
        Results in names, counts and shares. `rows` counts the whole table.

    Raises:
        SuiteInputError: A table or the record cannot be read.
    """
    labs = landed / "hosp" / "labevents.parquet"
    items = landed / "hosp" / "d_labitems.parquet"
    with reading(labs, items) as connection:
        totals = _totals(
            connection, labs, items, _recorded_rows(landed / "hosp" / "labevents.json")
        )
        rows = int(totals["rows"].iloc[0])
        counts = _analyte_counts(connection, labs)
        parts = (
            Part("raw_labs.totals", totals, _of_totals(totals), is_aggregate=True),
            Part(
                "raw_labs.coverage",
                _coverage(counts, int(totals["patients"].iloc[0])),
                tuple(_of_coverage(analyte) for analyte in ANALYTES),
                is_aggregate=True,
            ),
            Part(
                "raw_labs.dictionary",
                _labels(connection, items),
                tuple(_of_label(analyte) for analyte in ANALYTES),
            ),
            Part("raw_labs.rows", _row_sample(connection, labs, rows), _OF_ROWS),
            Part(
                "raw_labs.analytes",
                _analyte_sample(connection, labs, counts),
                tuple(stated for analyte in ANALYTES for stated in _of_values(analyte)),
            ),
        )
        return run_parts("raw_labs", rows, parts)


def _recorded_rows(record: Path) -> int | None:
    """Rows that the landing record promises, null without a record."""
    if not record.is_file():
        return None
    try:
        return int(json.loads(record.read_text(encoding="utf-8"))["rows"])
    except (ValueError, KeyError, TypeError):
        raise SuiteInputError(
            f"{record.name} is not a landing record: land the table again"
        ) from None


def _totals(
    connection: duckdb.DuckDBPyConnection, labs: Path, items: Path, recorded: int | None
) -> pd.DataFrame:
    """One row: exact counts over the whole table."""
    totals = connection.execute(
        """
        select
            count(*) as rows,
            count(distinct subject_id) as patients,
            count(*) / greatest(count(distinct subject_id), 1) as rows_per_patient,
            count(*) filter (itemid not in (select itemid from read_parquet($items)))
                as rows_without_dictionary,
        from read_parquet($labs)
        """,
        {"labs": str(labs), "items": str(items)},
    ).df()
    rows = int(totals["rows"].iloc[0])
    totals["duplicate_labevent_id"] = _duplicates(connection, labs, rows)
    if recorded is not None:
        totals["rows_beyond_record"] = rows - recorded
    return totals


def _duplicates(connection: duckdb.DuckDBPyConnection, labs: Path, rows: int) -> int:
    """Rows beyond the first of each `labevent_id`, counted slice by slice."""
    slices = max(1, -(-rows // SLICE_IDS))
    found = 0
    for place in range(slices):
        row = connection.execute(
            """
            select count(*) - count(distinct labevent_id)
            from read_parquet($labs)
            where abs(labevent_id) % $slices = $place
            """,
            {"labs": str(labs), "slices": slices, "place": place},
        ).fetchone()
        found += int(row[0]) if row else 0
    return found


def _of_totals(totals: pd.DataFrame) -> tuple[Expectation, ...]:
    stated = [
        between("rows", MIN_ROWS, None),
        between("rows_per_patient", MIN_ROWS_PER_PATIENT, None),
        between("rows_without_dictionary", 0, 0),
        between("duplicate_labevent_id", 0, 0),
    ]
    if "rows_beyond_record" in totals:
        stated.append(between("rows_beyond_record", 0, 0))
    return tuple(stated)


def _analyte_counts(
    connection: duckdb.DuckDBPyConnection, labs: Path
) -> dict[int, tuple[int, int]]:
    """Rows and patients of each analyte's item."""
    found = connection.execute(
        """
        select itemid, count(*), count(distinct subject_id)
        from read_parquet($labs)
        where list_contains($wanted, itemid)
        group by itemid
        """,
        {"labs": str(labs), "wanted": [analyte.itemid for analyte in ANALYTES]},
    ).fetchall()
    return {int(itemid): (int(rows), int(patients)) for itemid, rows, patients in found}


def _coverage(counts: dict[int, tuple[int, int]], patients: int) -> pd.DataFrame:
    """One row: the share of patients who have each analyte."""
    import pandas as pd

    return pd.DataFrame(
        {
            f"patients_with_{analyte.name}": [
                counts.get(analyte.itemid, (0, 0))[1] / max(patients, 1)
            ]
            for analyte in ANALYTES
        }
    )


def _of_coverage(analyte: Analyte) -> Expectation:
    column = f"patients_with_{analyte.name}"
    if analyte.is_core:
        return between(column, MIN_CORE_COVERAGE, 1)
    return between(column, 0, 1, strict_min=True)


def _labels(connection: duckdb.DuckDBPyConnection, items: Path) -> pd.DataFrame:
    """One row: the dictionary's label of each analyte's item, blank where it has none."""
    import pandas as pd

    found = dict(
        connection.execute(
            "select itemid, any_value(label order by label) from read_parquet($items) "
            "where list_contains($wanted, itemid) group by itemid",
            {"items": str(items), "wanted": [analyte.itemid for analyte in ANALYTES]},
        ).fetchall()
    )
    return pd.DataFrame(
        {f"label_of_{analyte.name}": [found.get(analyte.itemid) or ""] for analyte in ANALYTES}
    )


def _of_label(analyte: Analyte) -> Expectation:
    # Release 3.0 had wrong lab items: a label that does not speak of the analyte is how it shows.
    return Expectation(
        "ExpectColumnValuesToMatchRegex",
        {"column": f"label_of_{analyte.name}", "regex": f"(?i){analyte.label}"},
    )


def _row_sample(connection: duckdb.DuckDBPyConnection, labs: Path, rows: int) -> pd.DataFrame:
    """Up to 40,000 rows, the same ones every time."""
    # Half as many again as wanted pass the threshold, and the sort keeps the lowest of them.
    threshold = min(2**32, -(-(2**32) * ROW_SAMPLE * 3 // (2 * max(rows, 1))))
    return connection.execute(
        f"""
        select subject_id, itemid, charttime, storetime, value, valuenum
        from read_parquet($labs)
        where {_HASH} < $threshold
        order by {_HASH}, labevent_id, charttime, storetime, value
        limit {ROW_SAMPLE}
        """,  # noqa: S608 - constants of this module only
        {"labs": str(labs), "threshold": threshold},
    ).df()


_OF_ROWS: Final = (
    not_null("subject_id", 1.0),
    not_null("charttime", 0.999),
    not_null("storetime", 0.95),
    not_null("value", 0.5),
    not_null("valuenum", 0.5),
    Expectation(
        "ExpectColumnPairValuesAToBeGreaterThanB",
        {
            "column_A": "storetime",
            "column_B": "charttime",
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
            "mostly": 0.99,
        },
    ),
)


def _analyte_sample(
    connection: duckdb.DuckDBPyConnection, labs: Path, counts: dict[int, tuple[int, int]]
) -> pd.DataFrame:
    """Up to 5,000 values and units of each analyte, a pair of columns for each.

    Columns are of different length and filled with nulls; a unit that the record leaves out is
    blank text, which is not the same as no row.
    """
    import pandas as pd

    limits = {
        itemid: min(2**32, -(-(2**32) * ANALYTE_SAMPLE * 3 // (2 * rows)))
        for itemid, (rows, _) in counts.items()
    }
    sample = connection.execute(
        f"""
        with thresholds as (
            select unnest($itemids) as itemid, unnest($limits) as threshold
        )
        select
            labs.itemid,
            labs.valuenum,
            coalesce(trim(labs.valueuom), '') as unit
        from read_parquet($labs) as labs
        inner join thresholds on labs.itemid = thresholds.itemid
        where {_HASH} < thresholds.threshold and labs.valuenum is not null
        qualify row_number() over (
            partition by labs.itemid order by {_HASH}, labs.labevent_id, labs.valuenum
        ) <= {ANALYTE_SAMPLE}
        order by labs.itemid, {_HASH}, labs.labevent_id, labs.valuenum
        """,  # noqa: S608 - constants of this module only
        {
            "labs": str(labs),
            "itemids": list(limits) or [-1],
            "limits": list(limits.values()) or [0],
        },
    ).df()
    columns: dict[str, Any] = {}
    for analyte in ANALYTES:
        own = sample[sample["itemid"] == analyte.itemid].reset_index(drop=True)
        columns[analyte.name] = own["valuenum"].astype("float64")
        columns[f"unit_of_{analyte.name}"] = own["unit"].astype("object")
    return pd.DataFrame(columns)


def _of_values(analyte: Analyte) -> tuple[Expectation, ...]:
    return (
        between(analyte.name, analyte.low, analyte.high, mostly=0.99),
        median_between(analyte.name, analyte.median_low, analyte.median_high),
        Expectation(
            "ExpectColumnValuesToBeInSet",
            {
                "column": f"unit_of_{analyte.name}",
                "value_set": list(analyte.units),
                "mostly": 0.98,
            },
        ),
    )
