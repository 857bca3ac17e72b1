"""Landing of what was measured in the waveforms: one derived table, named by what was read.

Belongs here: the table `ecg/waveform_measurements`, its copy, link and record. Does not belong
here: measuring (`measuring`), raw tables (`sources.landing`).

The copy is named as that of a raw table: by a SHA-256, here over method, record list and the
digests of all files, and by the contract. Same files, same bytes. Where nothing was asked for, or
no record list is there, the table is landed without rows, as that of an absent module is.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from data_contracts.raw_contracts import DERIVED_CONTRACTS, TableContract, load_contracts
from sources import _store as store
from sources._conversion import disk_full, is_out_of_space, write_rows
from sources.errors import LandingError
from sources.landing import LandedTable, absent_copy
from sources.releases import Source
from sources.waveforms.measuring import Measured, Outcome, Record, measure_all, method

MODULE, TABLE = "ecg", "waveform_measurements"


@dataclass(frozen=True, slots=True)
class LandedWaveforms:
    """The landed table, and what came of the records."""

    table: LandedTable
    outcomes: Mapping[Outcome, int]
    """How many records were measured, unclear, damaged, missing; empty when none was asked for."""


def land_waveforms(
    source: Source,
    home: Path,
    workspace: Path,
    *,
    measure: bool,
    threads: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
) -> LandedWaveforms:
    """Land `ecg/waveform_measurements`, after `ecg/record_list`.

    A record that is missing, damaged or unclear has a row that says so, and no numbers; it stops
    nothing.

    Args:
        source: from `find_source`.
        home: `MEDCRED_HOME`.
        workspace: folder of the source's workspace.
        measure: read the waveforms. `benchmarks/waveforms.py` prints how long that takes.
        threads: processes.
        on_progress: called with records done and records in all.

    Returns:
        The landed table; its landing record has the origin `derived`, or `absent` without rows.

    Raises:
        LandingError: the record list has not landed, or there is no space for the copy.
    """
    contract = load_contracts(DERIVED_CONTRACTS)[MODULE].table(TABLE)
    listed = source.tables[MODULE, "record_list"]
    link = workspace / "landed" / MODULE / f"{TABLE}.parquet"
    store.sweep(store.landing_folder(home))
    try:
        if not measure or listed.path is None:
            copy, converted = absent_copy(contract, home)
            results: list[Measured] = []
            sha256 = None
        else:
            records = _listed_records(link.with_name("record_list.parquet"))
            results = measure_all(
                listed.path.parent, records, home, threads=threads, on_progress=on_progress
            )
            sha256 = _digest(records, results)
            copy, converted = _copy(contract, home, sha256, results)
        landed = LandedTable(
            module=MODULE,
            table=TABLE,
            release=listed.release,
            origin="absent" if sha256 is None else "derived",
            verified=False,
            raw_sha256=sha256,
            raw_bytes=sum(one.raw_bytes for one in results),
            contract_sha256=contract.sha256,
            rows=copy.rows,
            parquet=copy.path.relative_to(home).as_posix(),
            link=link,
            converted=converted,
            duplicate_rows=0,
        )
        store.write_link(link, copy.path)
        store.write_record(link.with_suffix(".json"), landed.record())
    except OSError as error:
        if is_out_of_space(error):
            raise disk_full(contract, link) from None
        raise
    return LandedWaveforms(landed, Counter(one.outcome for one in results))


def _listed_records(record_list: Path) -> list[Record]:
    """The landed record list, by study."""
    if not record_list.is_file():
        raise LandingError(
            MODULE, TABLE, record_list, "has not landed: land ecg/record_list before it."
        )
    rows = pl.read_parquet(record_list, columns=["subject_id", "study_id", "path"])
    return [Record(*row) for row in rows.sort("study_id").iter_rows()]


def _digest(records: Sequence[Record], results: Sequence[Measured]) -> str:
    """SHA-256 of everything that decides the rows, but the contract."""
    digest = hashlib.sha256(f"{method()}\n".encode())
    for record, one in zip(records, results, strict=True):
        line = f"{record.subject_id}|{record.study_id}|{record.path}|{one.outcome}|{one.digest}\n"
        digest.update(line.encode())
    return digest.hexdigest()


def _copy(
    contract: TableContract, home: Path, sha256: str, results: Sequence[Measured]
) -> tuple[store.Copy, bool]:
    path = store.copy_path(home, sha256, contract)
    copy = store.read_copy(path, contract)
    if copy is not None:
        return copy, False
    columns = {
        column: pl.Series(column, [getattr(one, column) for one in results])
        for column in contract.header
    }
    with store.written_whole(path) as part:
        made = write_rows(contract, pl.DataFrame(columns), part)
    return store.Copy(path, made.rows, 0), True
