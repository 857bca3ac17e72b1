"""The landing part of the enclave: content-addressed copies, links, records, known digests.

Belongs here: names, atomic writes, links and the digest cache under `MEDCRED_HOME/landing` and a
workspace's `landed` (docs/formats.md). Does not belong here: what is in the copies (`_conversion`).

Every file appears whole or not at all: it is written under a temporary name in its own folder,
flushed to the disk, and renamed. A temporary file of a process that has died is removed by the next
one that lands.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.raw_contracts import TableContract
from sources._conversion import CONTRACT_KEY, DUPLICATES_KEY

_PART = ".part-"
_SETTLED_NS = 2_000_000_000
"""A file changed within this time before it was read may change again within one clock tick."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A finished Parquet copy."""

    path: Path
    rows: int
    duplicate_rows: int


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What tells, short of reading it, that a file is still the same."""

    size: int
    mtime_ns: int
    inode: int
    device: int

    @classmethod
    def of(cls, path: Path) -> FileStamp:
        """The stamp of `path` now."""
        status = path.stat()
        return cls(status.st_size, status.st_mtime_ns, status.st_ino, status.st_dev)


def landing_folder(home: Path) -> Path:
    """`MEDCRED_HOME/landing`, made if absent; the enclave itself gets mode 0700."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = home / "landing"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def copy_path(home: Path, raw_sha256: str | None, contract: TableContract) -> Path:
    """Where the copy of a raw file lies; an absent table is copied from no bytes at all."""
    name = raw_sha256 or hashlib.sha256(b"").hexdigest()
    return landing_folder(home) / f"{name}-{contract.sha256[:12]}.parquet"


def read_copy(path: Path, contract: TableContract) -> Copy | None:
    """The finished copy at `path`, or None when there is none of this contract."""
    if not path.is_file():
        return None
    try:
        footer = pq.read_metadata(path)
    except (pa.ArrowInvalid, OSError):
        return None  # damaged from outside: it is made again and replaced
    entries = footer.metadata or {}
    if entries.get(CONTRACT_KEY.encode()) != contract.sha256.encode():
        return None
    return Copy(path, footer.num_rows, int(entries[DUPLICATES_KEY.encode()]))


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a temporary path to write to; on success it becomes `path`, on failure it is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{_PART}{os.getpid()}-{path.name}")
    try:
        yield part
        with part.open("rb") as handle:
            os.fsync(handle.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(path.parent)


def sweep(folder: Path) -> None:
    """Remove temporary files of processes that no longer live."""
    for part in folder.glob(f"{_PART}*"):
        pid = part.name.removeprefix(_PART).partition("-")[0]
        if pid.isdigit() and not _is_alive(int(pid)):
            part.unlink(missing_ok=True)


def write_link(link: Path, target: Path) -> None:
    """Make `link` a relative link to `target`, replacing an older one in one step."""
    link.parent.mkdir(parents=True, exist_ok=True)
    wanted = os.path.relpath(target.resolve(), link.parent.resolve())
    if link.is_symlink() and str(link.readlink()) == wanted:
        return
    part = link.with_name(f"{_PART}{os.getpid()}-{link.name}")
    part.unlink(missing_ok=True)
    try:
        part.symlink_to(wanted)
        part.replace(link)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(link.parent)


def write_record(path: Path, record: object) -> None:
    """Write `record` as JSON; a file that says the same already is left alone."""
    text = json.dumps(record, indent=2, sort_keys=True) + "\n"
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    with written_whole(path) as part:
        part.write_text(text, encoding="utf-8")


def known_digest(home: Path, path: Path, stamp: FileStamp) -> str | None:
    """SHA-256 of a file that was read whole before and whose stamp has not changed since.

    A stamp is no proof: whoever sets a file's time back by hand can deceive it. It spares a nightly
    run the reading of some 30 GB; `rehash=True` in `sources.landing` ignores it.
    """
    entry = _digest_entry(home, path)
    if not entry.is_file():
        return None
    try:
        content = json.loads(entry.read_text(encoding="utf-8"))
    except ValueError:
        return None  # a cache: the file is simply read again
    if not isinstance(content, dict) or content.get("stamp") != _stamp_fields(path, stamp):
        return None
    digest = content.get("sha256")
    return digest if isinstance(digest, str) else None


def remember_digest(home: Path, path: Path, stamp: FileStamp, sha256: str, began_ns: int) -> None:
    """Note the digest of a file whose stamp was the same before and after it was read."""
    if began_ns - stamp.mtime_ns < _SETTLED_NS:
        return
    write_record(_digest_entry(home, path), {"sha256": sha256, "stamp": _stamp_fields(path, stamp)})


def now_ns() -> int:
    """Wall clock, comparable with a file's time of change."""
    return time.time_ns()


def _digest_entry(home: Path, path: Path) -> Path:
    name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:32]
    return landing_folder(home) / ".digests" / f"{name}.json"


def _stamp_fields(path: Path, stamp: FileStamp) -> list[object]:
    return [str(path.resolve()), stamp.size, stamp.mtime_ns, stamp.inode, stamp.device]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
