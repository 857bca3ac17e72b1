"""Landing: a typed Parquet copy of each raw table, made once and named by its content.

Belongs here: the order of the steps, the comparison of the header and of the row count, the landing
record. Does not belong here: finding the files (`releases`), bytes (`_first_pass`), parsing
(`_conversion`), places (`_store`).

A table lands in these steps, and stops at the first that fails, with its previous landing (link and
record) untouched:

1. The raw file is read once: SHA-256 against SHA256SUMS.txt, gzip integrity, encoding, header.
2. Unless the enclave already has the copy for this digest and contract, the file is converted.
3. The number of rows is compared with the release's.
4. Link and record are replaced, in this order.

A file that has not changed since it was read whole (path, size, time of change, inode, device) is
not read again: its digest is taken from `landing/.digests/` and still compared with SHA256SUMS.txt.
Pass `rehash=True` to read it all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from data_contracts.raw_contracts import TableContract, load_contracts
from sources import _store as store
from sources._conversion import convert, disk_full, is_out_of_space, write_empty
from sources._first_pass import FirstPass, first_pass, read_header
from sources.errors import (
    ChecksumMismatchError,
    HeaderMismatchError,
    LandingError,
    LandingIncompleteError,
    RowCountError,
    UnstableFileError,
)
from sources.releases import Origin, RawFile, Source

__all__ = [
    "LandedTable",
    "LandingError",
    "LandingIncompleteError",
    "LandingProgress",
    "absent_copy",
    "land_all",
    "land_table",
]


_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LandedTable:
    """One landed table; the landing record holds the same but for the last three fields."""

    module: str
    table: str
    release: str | None
    origin: Origin | Literal["derived"]
    """`derived`: computed from raw files that are no tables (`sources.waveforms`)."""
    verified: bool
    """The raw file's SHA-256 stands in the release's SHA256SUMS.txt."""
    raw_sha256: str | None
    """None for an absent table."""
    raw_bytes: int
    contract_sha256: str
    rows: int
    parquet: str
    """Path of the copy within `MEDCRED_HOME`."""
    link: Path
    """`landed/<module>/<table>.parquet` of the workspace."""
    converted: bool
    """False when the enclave had the copy already."""
    duplicate_rows: int
    """Identical rows with the same primary key that were left out."""

    def record(self) -> dict[str, object]:
        """The landing record of docs/formats.md."""
        fields = asdict(self)
        for name in ("link", "converted", "duplicate_rows"):
            del fields[name]
        return fields


@dataclass(frozen=True, slots=True)
class LandingProgress:
    """Where `land_all` is."""

    done: int
    """Tables finished, failed ones included."""
    total: int
    module: str
    table: str
    """The table that was just finished."""
    landed: LandedTable | None
    """None when the table failed."""
    error: LandingError | None


def land_all(
    source: Source,
    home: Path,
    workspace: Path,
    on_progress: Callable[[LandingProgress], None] | None = None,
    *,
    rehash: bool = False,
) -> tuple[LandedTable, ...]:
    """Land every table of a source; one bad table does not keep the others from landing.

    Args:
        source: from `find_source`.
        home: `MEDCRED_HOME`; made with mode 0700 if absent.
        workspace: folder of the source's workspace.
        on_progress: called after each table.
        rehash: read every raw file again, even one that seems unchanged.

    Returns:
        The landed tables, in the order of the contracts.

    Raises:
        LandingIncompleteError: some tables failed; all others have landed.
    """
    landed: list[LandedTable] = []
    errors: list[LandingError] = []
    for done, (module, table) in enumerate(source.tables, start=1):
        result: LandedTable | None = None
        failure: LandingError | None = None
        try:
            result = land_table(source, module, table, home, workspace, rehash=rehash)
            landed.append(result)
        except LandingError as error:
            failure = error
            errors.append(error)
        if on_progress is not None:
            on_progress(LandingProgress(done, len(source.tables), module, table, result, failure))
    if errors:
        raise LandingIncompleteError(tuple(errors))
    return tuple(landed)


def land_table(
    source: Source,
    module: str,
    table: str,
    home: Path,
    workspace: Path,
    *,
    rehash: bool = False,
) -> LandedTable:
    """Land one table, and replace its link and record in the workspace.

    Args:
        source: from `find_source`.
        module: module of the table, such as `hosp`.
        table: name of the table, such as `labevents`.
        home: `MEDCRED_HOME`; made with mode 0700 if absent.
        workspace: folder of the source's workspace.
        rehash: read the raw file again, even when it seems unchanged.

    Returns:
        What was landed; the same is in the landing record.

    Raises:
        LandingError: the table did not land, one sub-class a kind (`sources.errors`); the previous
            landing is untouched and nothing half-written is left.
        KeyError: no contract has this table.
    """
    contract = load_contracts()[module].table(table)
    raw = source.tables[module, table]
    link = workspace / "landed" / module / f"{table}.parquet"
    place = raw.path or source.root
    try:
        store.sweep(store.landing_folder(home))
        if raw.path is not None and not _is_of_unknown_layout(contract, raw.path):
            sha256, size, copy, converted = _official_copy(contract, raw, raw.path, home, rehash)
            _check_rows(contract, raw, raw.path, copy.rows + copy.duplicate_rows)
            origin = raw.origin
        else:
            sha256, size, origin = None, 0, "absent"
            copy, converted = absent_copy(contract, home)
        landed = LandedTable(
            module=module,
            table=table,
            release=raw.release,
            origin=origin,
            verified=raw.expected_sha256 is not None and raw.expected_sha256 == sha256,
            raw_sha256=sha256,
            raw_bytes=size,
            contract_sha256=contract.sha256,
            rows=copy.rows,
            parquet=copy.path.relative_to(home).as_posix(),
            link=link,
            converted=converted,
            duplicate_rows=copy.duplicate_rows,
        )
        store.write_link(link, copy.path)
        store.write_record(link.with_suffix(".json"), landed.record())
    except OSError as error:
        if is_out_of_space(error):
            raise disk_full(contract, place) from None
        raise
    return landed


def _is_of_unknown_layout(contract: TableContract, path: Path) -> bool:
    """True when a table whose columns nobody has confirmed turns out to have others.

    Nothing is built on such a table, so it counts as absent, with a warning, and does not keep a
    whole release from being examined.
    """
    if contract.is_confirmed:
        return False
    try:
        check_header(contract, path, read_header(contract.module, contract.name, path))
    except HeaderMismatchError as error:
        _log.warning("%s It is taken as absent: its layout is not confirmed.", error)
        return True
    return False


def absent_copy(contract: TableContract, home: Path) -> tuple[store.Copy, bool]:
    """The empty copy of a table that no folder has, and whether it was made just now."""
    path = store.copy_path(home, None, contract)
    copy = store.read_copy(path, contract)
    if copy is not None:
        return copy, False
    with store.written_whole(path) as part:
        write_empty(contract, part)
    return store.Copy(path, 0, 0), True


def _official_copy(
    contract: TableContract, raw: RawFile, path: Path, home: Path, rehash: bool
) -> tuple[str, int, store.Copy, bool]:
    """Digest and size of the raw file, its copy, and whether the copy was made just now."""
    stamp = _stamp(contract, path)
    if not rehash:
        sha256 = store.known_digest(home, path, stamp)
        if sha256 is not None:
            copy = store.read_copy(store.copy_path(home, sha256, contract), contract)
            if copy is not None:
                if raw.expected_sha256 not in (None, sha256):
                    raise ChecksumMismatchError(
                        contract.module,
                        contract.name,
                        path,
                        "is not the published file: its SHA-256 differs from SHA256SUMS.txt. "
                        "Download it again.",
                    )
                return sha256, stamp.size, copy, False
    began = store.now_ns()
    look = first_pass(contract.module, contract.name, path, raw.expected_sha256)
    check_header(contract, path, look.header)
    target = store.copy_path(home, look.sha256, contract)
    copy = store.read_copy(target, contract)
    converted = copy is None
    if copy is None:
        copy = _convert(contract, path, look, target, stamp)
    elif _stamp(contract, path) != stamp:
        raise _unstable(contract, path)
    store.remember_digest(home, path, stamp, look.sha256, began)
    return look.sha256, look.size, copy, converted


def _convert(
    contract: TableContract, path: Path, look: FirstPass, target: Path, stamp: store.FileStamp
) -> store.Copy:
    with store.written_whole(target) as part:
        made = convert(contract, path, look, part)
        # The file was read twice: the digest must be that of the bytes that were converted.
        if _stamp(contract, path) != stamp:
            raise _unstable(contract, path)
    return store.Copy(target, made.rows, made.duplicate_rows)


def _stamp(contract: TableContract, path: Path) -> store.FileStamp:
    try:
        return store.FileStamp.of(path)
    except FileNotFoundError:
        raise _unstable(contract, path) from None


def _unstable(contract: TableContract, path: Path) -> UnstableFileError:
    return UnstableFileError(
        contract.module,
        contract.name,
        path,
        "changed or went away while it was read: wait until the download has ended, run again.",
    )


def check_header(contract: TableContract, path: Path, found: tuple[str, ...]) -> None:
    """Compare a header with the contract's, without regard to case.

    A table whose columns are found by name may have them in another order, and may lack some that
    are not required.

    Raises:
        HeaderMismatchError: both headers are shown, unless the first line is no header at all: then
            it is data, and is not shown.
    """
    names = tuple(name.strip().lower() for name in found)
    header = tuple(column.written.lower() for column in contract.columns)
    if names == header:
        return
    if contract.has_named_columns:
        required = {column.written.lower() for column in contract.columns if column.required}
        if required <= set(names) <= set(header) and len(set(names)) == len(names):
            return
    where = (contract.module, contract.name, path)
    expected = ",".join(header)
    known = sum(name in header for name in names)
    if known * 2 < len(names):
        raise HeaderMismatchError(
            *where,
            f"has no header of this table: {known} of the {len(names)} fields of its first line "
            f"are names of its columns. Expected: {expected}",
        )
    problems = [
        ("missing", [name for name in header if name not in names]),
        ("extra", [name for name in names if name not in header]),
        ("twice", sorted({name for name in names if names.count(name) > 1})),
    ]
    said = "; ".join(f"{what} {', '.join(which)}" for what, which in problems if which)
    raise HeaderMismatchError(
        *where,
        f"has another header ({said or 'other order'}). Expected: {expected}. "
        f"Found: {','.join(names)}",
    )


def _check_rows(contract: TableContract, raw: RawFile, path: Path, rows: int) -> None:
    where = (contract.module, contract.name, path)
    if raw.expected_rows is not None and rows != raw.expected_rows:
        raise RowCountError(
            *where,
            f"has {rows} rows where {raw.release} has {raw.expected_rows}: it is cut, or of "
            "another release. Download it again.",
        )
    if rows < raw.minimum_rows:
        raise RowCountError(*where, f"has no rows where {raw.release} has some: download it again.")
