"""One checked raw file to one typed Parquet file.

Belongs here: the fast streaming conversion, the proof that it read every line as its contract says,
and duplicate keys. Does not belong here: bytes and checksums (`_first_pass`), where files lie
(`_store`).

Polars' messages quote the offending text, so none of them is passed on: a refusal is followed by
`_diagnosis.first_fault`, which names line, column and reason. Polars alone is too kind in three
ways, each closed here. It fills short lines with nulls: commas and line ends are counted over the
bytes and must equal those of the rows made. It reads times of several forms: times are read as text
and must have one form. It takes NaN and infinity for numbers: every number must be finite.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from data_contracts.raw_contracts import Column, TableContract
from sources._diagnosis import DATE_SHAPE, LONGEST_FIELD_BYTES, TIMESTAMP_SHAPE, first_fault
from sources._first_pass import FirstPass
from sources.errors import (
    BadValueError,
    DiskFullError,
    DuplicateKeyError,
    LandingError,
    UnreadableTableError,
)

ROW_GROUP_ROWS = 131_072
ZSTD_LEVEL = 3
KEY_BUCKET_ROWS = 8_000_000
"""Keys are compared in buckets of about so many, which bounds the memory (about 200 MB)."""
MOST_DUPLICATES = 1_000_000
"""More duplicated rows than this are not a slip but another file."""

DUPLICATES_KEY = "medcred.duplicate_rows"
CONTRACT_KEY = "medcred.contract_sha256"

_DTYPES: dict[str, pl.DataType] = {
    "integer": pl.Int64(),
    "smallint": pl.Int16(),
    "double": pl.Float64(),
    "timestamp": pl.Datetime("us"),
    "date": pl.Date(),
    "text": pl.String(),
}
_OUT_OF_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class Conversion:
    """What was written."""

    rows: int
    duplicate_rows: int
    """Rows left out because an identical row with the same key stands before them."""


def landed_schema(contract: TableContract) -> pl.Schema:
    """Column names and types of the landed table, in order."""
    return pl.Schema({column.name: _DTYPES[column.kind] for column in contract.columns})


def write_empty(contract: TableContract, out: Path) -> Conversion:
    """Write the landing of a table that no folder has: no rows, the contract's shape."""
    pl.DataFrame(schema=landed_schema(contract)).write_parquet(
        out, compression="zstd", compression_level=ZSTD_LEVEL, metadata=_metadata(contract, 0)
    )
    return Conversion(0, 0)


def write_rows(contract: TableContract, rows: pl.DataFrame, out: Path) -> Conversion:
    """Write a table that was computed, in the contract's shape; same rows, same bytes.

    Raises:
        polars.exceptions.PolarsError: the columns are not those of the contract.
    """
    schema = landed_schema(contract)
    rows.select(schema.names()).cast(schema).write_parquet(
        out, compression="zstd", compression_level=ZSTD_LEVEL, metadata=_metadata(contract, 0)
    )
    return Conversion(rows.height, 0)


def convert(contract: TableContract, path: Path, look: FirstPass, out: Path) -> Conversion:
    """Convert `path` to Parquet at `out`, in bounded memory, rows in the order of the file.

    Args:
        contract: what the table must be; its header has been compared already.
        path: the raw file.
        look: the first pass over the same file; its header gives the order of the columns of a
            table whose columns are found by name.
        out: written anew; the caller removes it when this raises.

    Raises:
        BadValueError: a line breaks the contract.
        DuplicateKeyError: rows with one key differ.
        DiskFullError: there is no space for `out`.
        UnreadableTableError: the reader refused the file and no line could be named.
    """
    # What the file has, in its order: its lines are read and proved as this contract says.
    in_file = _as_in_file(contract, look.header)
    if not look.has_sound_quotes:
        raise _diagnosed(in_file, path)
    with _reader_errors(in_file, path):
        _sink(_arranged(_typed(in_file, path), contract), contract, out, duplicates=0)
        faultless = _is_proved(in_file, out, look)
    if not faultless:
        raise _diagnosed(in_file, path)
    with _reader_errors(contract, path):
        rows = _row_count(out)
        surplus = _surplus_rows(contract, path, out, rows)
        if not surplus.size:
            return Conversion(rows, 0)
        _drop_rows(contract, out, surplus)
    return Conversion(rows - surplus.size, int(surplus.size))


def _as_in_file(contract: TableContract, header: tuple[str, ...]) -> TableContract:
    """The contract with the columns that the file has, in its order."""
    if not contract.has_named_columns:
        return contract
    by_header = {column.written.lower(): column for column in contract.columns}
    return replace(contract, columns=tuple(by_header[name.strip().lower()] for name in header))


def _arranged(frame: pl.LazyFrame, contract: TableContract) -> pl.LazyFrame:
    """The columns of `frame` in the contract's order, those that it lacks as nulls."""
    if not contract.has_named_columns:
        return frame
    there = frame.collect_schema().names()
    return frame.select(
        pl.col(name) if name in there else pl.lit(None, dtype).alias(name)
        for name, dtype in landed_schema(contract).items()
    )


def _typed(contract: TableContract, path: Path) -> pl.LazyFrame:
    read_as = {
        column.name: pl.String() if column.kind in ("timestamp", "date") else _DTYPES[column.kind]
        for column in contract.columns
    }
    return pl.scan_csv(
        path,
        has_header=False,
        skip_lines=1,
        schema=read_as,
        encoding="utf8",
        try_parse_dates=False,
        extra_columns="raise",
        missing_columns="raise",
        glob=False,
    ).with_columns(
        _cleaned(column)
        for column in contract.columns
        if column.kind in ("timestamp", "date", "text")
    )


def _cleaned(column: Column) -> pl.Expr:
    """The column with empty text as null, and times read strictly in their one form."""
    text = pl.col(column.name)
    if column.kind == "text":
        return pl.when(text != "").then(text).alias(column.name)
    shape = TIMESTAMP_SHAPE if column.kind == "timestamp" else DATE_SHAPE
    # Text of another form becomes one that the strict parser refuses for certain.
    formed = pl.when(text.str.contains(shape)).then(text).when(text != "").then(pl.lit("?"))
    if column.kind == "timestamp":
        parsed = formed.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=True)
    else:
        parsed = formed.str.to_date("%Y-%m-%d", strict=True)
    return parsed.alias(column.name)


def _sink(frame: pl.LazyFrame, contract: TableContract, out: Path, duplicates: int) -> None:
    frame.sink_parquet(
        out,
        compression="zstd",
        compression_level=ZSTD_LEVEL,
        row_group_size=ROW_GROUP_ROWS,
        maintain_order=True,
        metadata=_metadata(contract, duplicates),
        engine="streaming",
    )


def _metadata(contract: TableContract, duplicates: int) -> dict[str, str]:
    return {CONTRACT_KEY: contract.sha256, DUPLICATES_KEY: str(duplicates)}


def _is_proved(contract: TableContract, out: Path, look: FirstPass) -> bool:
    """True when the rows made account for every byte counted and break no rule of the contract."""
    texts = [pl.col(name) for name in contract.names("text")]
    required = [pl.col(column.name) for column in contract.columns if column.required]
    zero = pl.lit(0, dtype=pl.UInt64)

    def total(expressions: list[pl.Expr]) -> pl.Expr:
        return pl.sum_horizontal(zero, *(e.sum().cast(pl.UInt64) for e in expressions))

    measured = (
        pl.scan_parquet(out, glob=False)
        .select(
            rows=pl.len(),
            commas=total([text.str.count_matches(",", literal=True) for text in texts]),
            line_ends=total([text.str.count_matches("\n", literal=True) for text in texts]),
            too_long=total([text.str.len_bytes() > LONGEST_FIELD_BYTES for text in texts]),
            missing=total([column.is_null() for column in required]),
            not_finite=total([~pl.col(name).is_finite() for name in contract.names("double")]),
        )
        .collect(engine="streaming")
        .row(0, named=True)
    )
    separators = measured["rows"] * (len(contract.columns) - 1)
    return (
        look.commas == separators + measured["commas"]
        and look.line_ends == measured["rows"] + measured["line_ends"]
        and not (measured["too_long"] or measured["missing"] or measured["not_finite"])
    )


def _surplus_rows(
    contract: TableContract, path: Path, out: Path, rows: int
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Sorted positions of rows that repeat an earlier row, key and all."""
    key = list(contract.primary_key)
    none = np.empty(0, dtype=np.int64)
    if not key or (len(key) == 1 and key[0] in contract.names("integer") and _ascends(out, key[0])):
        return none
    suspects = _repeated_hashes(out, key, rows)
    if not suspects.len():
        return none
    where = (contract.module, contract.name, path)
    if suspects.len() > MOST_DUPLICATES:
        raise DuplicateKeyError(
            *where,
            f"repeats more than {MOST_DUPLICATES} values of its key ({', '.join(key)}): download "
            "it again.",
        )
    repeated = (
        pl.scan_parquet(out, glob=False)
        .with_row_index("_row")
        .filter(pl.struct(key).hash(0).is_in(suspects.implode()))
        .collect(engine="streaming")
        .filter(pl.struct(key).is_duplicated())
        .sort("_row")
    )
    distinct = repeated.unique(subset=list(contract.header), keep="first", maintain_order=True)
    conflicts = distinct.height - distinct.n_unique(key)
    if conflicts:
        raise DuplicateKeyError(
            *where,
            f"has {conflicts} rows that differ from an earlier row with the same key "
            f"({', '.join(key)}): download it again.",
        )
    kept = distinct.get_column("_row")
    surplus = repeated.filter(~pl.col("_row").is_in(kept.implode())).get_column("_row")
    return surplus.cast(pl.Int64).to_numpy()


def _ascends(out: Path, name: str) -> bool:
    """True when the column strictly ascends, which proves it unique at once and is the rule."""
    last: int | None = None
    with pq.ParquetFile(out) as parquet:
        for batch in parquet.iter_batches(batch_size=1 << 20, columns=[name]):
            values = batch.column(0).to_numpy(zero_copy_only=False)
            if not values.size:
                continue
            if (last is not None and values[0] <= last) or bool(np.any(values[1:] <= values[:-1])):
                return False
            last = int(values[-1])
    return True


def _repeated_hashes(out: Path, key: list[str], rows: int) -> pl.Series:
    """Hashes that more than one key has; the keys themselves are compared later."""
    buckets = max(1, -(-rows // KEY_BUCKET_ROWS))
    hashed = pl.scan_parquet(out, glob=False).select(hash=pl.struct(key).hash(0))
    found = [
        hashed.filter(pl.col("hash") % buckets == bucket)
        .collect(engine="streaming")
        .filter(pl.col("hash").is_duplicated())
        .get_column("hash")
        .unique()
        for bucket in range(buckets)
    ]
    return pl.concat(found)


def _drop_rows(
    contract: TableContract, out: Path, surplus: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> None:
    thinned = out.with_name(f"{out.name}.thinned")
    try:
        frame = (
            pl.scan_parquet(out, glob=False)
            .with_row_index("_row")
            .filter(~pl.col("_row").is_in(pl.Series(surplus, dtype=pl.UInt32).implode()))
            .drop("_row")
        )
        _sink(frame, contract, thinned, int(surplus.size))
        thinned.replace(out)
    finally:
        thinned.unlink(missing_ok=True)


def _row_count(out: Path) -> int:
    return int(pq.read_metadata(out).num_rows)


def _diagnosed(contract: TableContract, path: Path) -> LandingError:
    finding = first_fault(path, contract)
    where = (contract.module, contract.name, path)
    if finding is None:
        return UnreadableTableError(
            *where, "was refused by the CSV reader, and no line breaks the contract: report this."
        )
    return BadValueError(*where, finding.line, finding.column, finding.reason)


@contextmanager
def _reader_errors(contract: TableContract, path: Path) -> Iterator[None]:
    """Turn what Polars raises into our errors, none of which quotes the data."""
    try:
        yield
    except LandingError:
        raise
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        out_of_space = is_out_of_space(error)
        if isinstance(error, OSError) and not out_of_space:
            raise
        failure = disk_full(contract, path) if out_of_space else _diagnosed(contract, path)
        raise failure from None


def disk_full(contract: TableContract, path: Path) -> DiskFullError:
    """The error to raise when the copy has no space."""
    return DiskFullError(
        contract.module,
        contract.name,
        path,
        "could not be copied: the disk of MEDCRED_HOME is full. Free space and run again.",
    )


def is_out_of_space(error: BaseException) -> bool:
    """True when the file system, and not the data, refused a write."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in _OUT_OF_SPACE
    text = str(error)
    return any(f"(os error {number})" in text for number in _OUT_OF_SPACE)
