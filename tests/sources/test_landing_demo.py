"""The whole open demo, landed: counts, checks, and agreement with a second reader."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

from data_contracts.raw_contracts import load_contracts
from sources.landing import LandedTable, land_all
from sources.releases import Source, find_source

pytestmark = pytest.mark.demo


@pytest.fixture(scope="module")
def source(demo_root: Path) -> Source:
    return find_source(demo_root, demo_root / "derived")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("enclave") / "home"


@pytest.fixture(scope="module")
def landed(source: Source, home: Path) -> dict[tuple[str, str], LandedTable]:
    tables = land_all(source, home, home / "sources" / source.slug)
    return {(table.module, table.table): table for table in tables}


@pytest.fixture(scope="module")
def manifest(demo_root: Path) -> dict[str, tuple[str, int]]:
    """Path to SHA-256 and rows."""
    found: dict[str, tuple[str, int]] = {}
    for line in (demo_root / "MANIFEST.tsv").read_text().splitlines()[1:]:
        path, _, sha256, rows = line.split("\t")
        if rows:
            found[path] = (sha256, int(rows))
    return found


def test_every_table_of_the_demo_lands_with_the_rows_of_the_manifest(
    source: Source,
    landed: dict[tuple[str, str], LandedTable],
    manifest: dict[str, tuple[str, int]],
    demo_root: Path,
) -> None:
    assert len(landed) == 82
    present = {key: table for key, table in landed.items() if table.origin != "absent"}
    assert len(present) == 37 + 26
    for key, table in present.items():
        path = source.tables[key].path
        assert path is not None
        expected = manifest[path.relative_to(demo_root).as_posix()]
        assert (table.raw_sha256, table.rows) == expected, key
        assert table.duplicate_rows == 0, key
        assert pl.scan_parquet(table.link).select(pl.len()).collect().item() == expected[1], key


def test_official_tables_are_verified_and_the_supplement_is_not(
    landed: dict[tuple[str, str], LandedTable],
) -> None:
    unverified = {
        key: table.origin
        for key, table in landed.items()
        if not table.verified and table.origin != "absent"
    }
    assert unverified == {
        ("icu", "chartevents"): "supplement",
        ("mimiciii", "chartevents"): "supplement",
    }


def test_demo_is_open_and_leaves_nothing_alone(source: Source) -> None:
    assert source.tier == "open"
    assert source.releases == ("mimic-iv-ed-demo 2.2", "mimiciii-demo 1.4", "mimiciv-demo 2.2")
    assert source.ignored == ()


def test_without_the_supplement_the_missing_table_is_absent(demo_root: Path) -> None:
    source = find_source(demo_root)
    absent = [
        key
        for key, file in source.tables.items()
        if file.origin == "absent" and file.release is not None
    ]
    assert absent == [("icu", "chartevents"), ("mimiciii", "chartevents")]
    assert any("derived" in line for line in source.ignored)


def test_second_landing_converts_nothing(
    source: Source, home: Path, landed: dict[tuple[str, str], LandedTable]
) -> None:
    before = {path: path.stat().st_mtime_ns for path in (home / "landing").glob("*.parquet")}
    again = land_all(source, home, home / "sources" / source.slug)
    assert not any(table.converted for table in again)
    assert before == {
        path: path.stat().st_mtime_ns for path in (home / "landing").glob("*.parquet")
    }


def test_upper_case_header_names_land_in_lower_case(
    landed: dict[tuple[str, str], LandedTable],
) -> None:
    columns = pl.read_parquet_schema(landed["icu", "procedureevents"].link)
    assert list(columns)[-2:] == ["originalamount", "originalrate"]


@pytest.mark.parametrize(
    ("module", "table"),
    [
        (module, table.name)
        for module, c in load_contracts().items()
        if module in ("hosp", "icu", "ed", "mimiciii")
        for table in c.tables
    ],
)
def test_every_field_agrees_with_a_second_reader(
    source: Source,
    landed: dict[tuple[str, str], LandedTable],
    module: str,
    table: str,
) -> None:
    """DuckDB reads the raw text on its own; each column must hold the same values, row by row."""
    contract = load_contracts()[module].table(table)
    casts = {
        "integer": "BIGINT",
        "smallint": "SMALLINT",
        "double": "DOUBLE",
        "timestamp": "TIMESTAMP",
        "date": "DATE",
        "text": "VARCHAR",
    }
    raw_columns = ", ".join(f"'{name}': 'VARCHAR'" for name in contract.header)
    differs = " OR ".join(
        f"nullif(raw.{c.name}, '')::{casts[c.kind]} IS DISTINCT FROM made.{c.name}"
        for c in contract.columns
    )
    count = (
        duckdb.connect()
        .execute(
            f"""
            WITH raw AS (
                SELECT row_number() OVER () AS n, *
                FROM read_csv(?, header = false, skip = 1, auto_detect = false, parallel = false,
                              columns = {{{raw_columns}}}, quote = '"', escape = '"', delim = ',')
            ), made AS (
                SELECT file_row_number + 1 AS n, * FROM read_parquet(?, file_row_number = true)
            )
            SELECT count(*) FROM raw FULL JOIN made USING (n)
            WHERE raw.n IS NULL OR made.n IS NULL OR {differs}
            """,
            [str(source.tables[module, table].path), str(landed[module, table].link.resolve())],
        )
        .fetchall()
    )
    assert count == [(0,)]
