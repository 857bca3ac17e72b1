"""Measuring many records: in processes, in batches, each batch remembered.

Belongs here: which files belong to a record, what came of it, the digest of what was read. Does not
belong here: one record's format (`wfdb_files`) and beats (`beats`), the landed table (`landing`).

A batch that is done is remembered under `landing/.waveforms/`, named by the method and by path,
size, time of change, inode and device of its files: a run that was stopped goes on where it was,
and the next night reads only what has changed. The folder is a cache; it may be removed.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Literal

from sources import _store as store
from sources.waveforms.beats import find_beats
from sources.waveforms.wfdb_files import DamagedWaveformError, read_leads

METHOD = 1
"""Changes when the same files would give other numbers."""
BATCH_RECORDS = 500
_SETTLED_NS = 2_000_000_000
"""A file that was changed this short a time ago may change again within one clock tick."""

Outcome = Literal["measured", "unclear", "damaged", "missing"]
"""Two leads agree on the beats; they do not; the record cannot be read; it is not there."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the record list."""

    subject_id: int
    study_id: int
    path: str
    """Of the record below its release, without suffix."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of one record; the numbers are None unless it was measured."""

    subject_id: int
    study_id: int
    outcome: Outcome
    digest: str | None
    """SHA-256 over the digests of header and signal file; None where one could not be read."""
    raw_bytes: int
    lead: str | None = None
    beats: int | None = None
    rr_mean_ms: float | None = None
    rr_sd_ms: float | None = None
    rate_per_min: float | None = None


@cache
def method() -> str:
    """What, besides the files, decides the numbers."""
    return f"medcred waveforms {METHOD}, wfdb {version('wfdb')}"


def measure_all(
    root: Path,
    records: Sequence[Record],
    home: Path,
    *,
    threads: int,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[Measured]:
    """Measure records; the result depends neither on `threads` nor on what was remembered.

    Args:
        root: folder of the release, below which the records' paths lie.
        records: in the order of the result.
        home: `MEDCRED_HOME`.
        threads: processes.
        on_progress: called with records done and records in all, after each batch.

    Returns:
        One result a record, in the order of `records`.
    """
    batches = [
        records[start : start + BATCH_RECORDS] for start in range(0, len(records), BATCH_RECORDS)
    ]
    results: dict[int, list[Measured]] = {}
    done = 0
    for place, result in _in_processes(root, batches, home, threads):
        results[place] = result
        done += len(result)
        if on_progress is not None:
            on_progress(done, len(records))
    return [one for place in range(len(batches)) for one in results[place]]


def _in_processes(
    root: Path, batches: Sequence[Sequence[Record]], home: Path, threads: int
) -> Iterator[tuple[int, list[Measured]]]:
    """Number and result of each batch, as they are done."""
    if threads == 1 or len(batches) < 2:
        for place, batch in enumerate(batches):
            yield place, measure_batch(root, batch, home)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(threads, len(batches)), mp_context=context) as pool:
        waiting = {
            pool.submit(measure_batch, root, batch, home): place
            for place, batch in enumerate(batches)
        }
        try:
            for future in as_completed(waiting):
                yield waiting[future], future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def measure_batch(root: Path, batch: Sequence[Record], home: Path) -> list[Measured]:
    """Measure the records of one batch, or take what is remembered of them; see `measure_all`."""
    began = store.now_ns()
    stamps = [_stamps(root, record) for record in batch]
    entry = _entry(root, batch, stamps, home)
    remembered = _remembered(entry)
    if remembered is not None:
        return remembered
    result = [
        _measure(root, record, is_there=None not in both)
        for record, both in zip(batch, stamps, strict=True)
    ]
    known = [stamp for both in stamps for stamp in both if stamp is not None]
    is_settled = all(began - stamp.mtime_ns >= _SETTLED_NS for stamp in known)
    is_read = all(one.digest is not None or one.outcome == "missing" for one in result)
    if is_settled and is_read and stamps == [_stamps(root, record) for record in batch]:
        store.write_record(entry, [asdict(one) for one in result])
    return result


def _measure(root: Path, record: Record, *, is_there: bool) -> Measured:
    ids = (record.subject_id, record.study_id)
    if not is_there:
        return Measured(*ids, "missing", None, 0)
    both = [_file(root, record, suffix) for suffix in (".hea", ".dat")]
    digest = hashlib.sha256()
    size = 0
    try:
        for path in both:
            with path.open("rb") as handle:
                digest.update(hashlib.file_digest(handle, "sha256").digest())
            size += path.stat().st_size
        leads = read_leads(both[0].with_suffix(""))
    except FileNotFoundError:
        return Measured(*ids, "missing", None, 0)  # it went away meanwhile
    except OSError:
        return Measured(*ids, "damaged", None, 0)  # its text would name the record
    except DamagedWaveformError:
        return Measured(*ids, "damaged", digest.hexdigest(), size)
    beats = find_beats(leads.signals, leads.hertz)
    if beats is None:
        return Measured(*ids, "unclear", digest.hexdigest(), size)
    return Measured(
        *ids,
        "measured",
        digest.hexdigest(),
        size,
        lead=beats.lead,
        beats=beats.count,
        # One decimal is more than ten seconds can tell, and the same on every machine.
        rr_mean_ms=round(beats.rr_mean_ms, 1),
        rr_sd_ms=round(beats.rr_sd_ms, 1),
        rate_per_min=round(beats.rate_per_min, 1),
    )


def _file(root: Path, record: Record, suffix: str) -> Path:
    return root / f"{record.path}{suffix}"


def _stamps(root: Path, record: Record) -> tuple[store.FileStamp | None, store.FileStamp | None]:
    """Stamps of header and signal file; None for one that is not there, or not below `root`."""
    path = PurePosixPath(record.path)
    if path.is_absolute() or ".." in path.parts or not path.name:
        return None, None
    header, signals = (_stamp(_file(root, record, suffix)) for suffix in (".hea", ".dat"))
    return header, signals


def _stamp(path: Path) -> store.FileStamp | None:
    try:
        return store.FileStamp.of(path) if path.is_file() else None
    except FileNotFoundError:
        return None


def _entry(
    root: Path,
    batch: Sequence[Record],
    stamps: Sequence[tuple[store.FileStamp | None, store.FileStamp | None]],
    home: Path,
) -> Path:
    """Where the result of a batch is remembered."""
    told = [method(), str(root.resolve())]
    for record, both in zip(batch, stamps, strict=True):
        told.append(f"{record.subject_id} {record.study_id} {record.path} {both}")
    name = hashlib.sha256("\n".join(told).encode()).hexdigest()
    return store.landing_folder(home) / ".waveforms" / f"{name}.json"


def _remembered(entry: Path) -> list[Measured] | None:
    if not entry.is_file():
        return None
    try:
        return [Measured(**fields) for fields in json.loads(entry.read_text(encoding="utf-8"))]
    except (ValueError, TypeError):
        return None  # a cache: the files are simply read again
