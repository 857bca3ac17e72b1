"""The folder in which a release grows, so that a stopped run can go on where it was.

Belongs here: appending chunks to files, remembering how far it got, cutting off what a kill left
half-written, archives and checksums at the end. Does not belong here: what is written (`chunks`),
whether anything must be written (`release`).

Beside the target `X` stands `.X.partial` while it is written. `progress.json` in it names the
arguments and, after each chunk, the length of every file: whatever lies beyond was not finished.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from sources.synthetic.sheets import gzipped

_PROGRESS = "progress.json"
_LOCK = "lock"
_SUMS = "sums.txt"
_TEXTS = "texts.jsonl"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


class SyntheticRunBusy(RuntimeError):
    """Another run is writing the same target."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What was written for some patients."""

    number: int
    """Chunks count from 0 and are appended in this order."""
    tables: Mapping[str, bytes]
    """Path below the target to the bytes to append, compressed where the name says so."""
    rows: Mapping[str, int]
    """`<module>/<table>` to rows."""
    raw_bytes: int
    """Length of the tables before compression."""
    sums: tuple[tuple[str, str], ...]
    """Path and SHA-256 of each file that is no table, already written."""
    texts: tuple[tuple[str, str, str], ...]
    """Archive, name and text."""


@dataclass(slots=True)
class _Progress:
    arguments: dict[str, Any]
    chunks: int = 0
    raw_bytes: int = 0
    lengths: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)


class Draft:
    """The growing release; open it with `opened`."""

    def __init__(self, folder: Path, progress: _Progress) -> None:
        self._folder = folder
        self._progress = progress
        self._open: dict[str, BinaryIO] = {}

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, arguments: dict[str, Any], *, resume: bool) -> Iterator[Draft]:
        """Open the draft of a release; what an earlier run left is used or thrown away.

        Args:
            folder: `.X.partial`; made if absent.
            arguments: All that decides the bytes; an older draft of others is thrown away.
            resume: Use what is there.

        Raises:
            SyntheticRunBusy: Another run holds the draft.
        """
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / _LOCK).open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise SyntheticRunBusy(
                    "another run writes this synthetic release at the moment; wait until it ends"
                ) from None
            progress = _read(folder, arguments) if resume else None
            if progress is None:
                for entry in folder.iterdir():
                    if entry.name == _LOCK:
                        continue
                    shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
                progress = _Progress(arguments)
            draft = cls(folder, progress)
            draft._cut()
            try:
                yield draft
            finally:
                draft._close()

    @property
    def files(self) -> Path:
        """Where the files of the release grow."""
        return self._folder / "files"

    @property
    def chunks(self) -> int:
        """Chunks that are whole."""
        return self._progress.chunks

    @property
    def rows(self) -> dict[str, int]:
        """Rows so far by `<module>/<table>`."""
        return dict(self._progress.rows)

    @property
    def raw_bytes(self) -> int:
        """Length of the tables before compression."""
        return self._progress.raw_bytes

    def append(self, chunk: Chunk) -> None:
        """Append the next chunk; after a kill it is there wholly or not at all."""
        progress = self._progress
        if chunk.number != progress.chunks:
            raise RuntimeError("chunks of a synthetic release must be appended in order")
        spooled = dict(chunk.tables)
        if chunk.sums:
            spooled[_SUMS] = "".join(f"{digest} {path}\n" for path, digest in chunk.sums).encode()
        if chunk.texts:
            spooled[_TEXTS] = "".join(json.dumps(text) + "\n" for text in chunk.texts).encode()
        for name, data in spooled.items():
            stream = self._stream(name)
            stream.write(data)
            stream.flush()
            progress.lengths[name] = progress.lengths.get(name, 0) + len(data)
        for table, rows in chunk.rows.items():
            progress.rows[table] = progress.rows.get(table, 0) + rows
        progress.raw_bytes += chunk.raw_bytes
        progress.chunks += 1
        self._remember()

    def finish(self, notices: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, str]:
        """Write archives, notices and each release's SHA256SUMS.txt.

        Args:
            notices: Path to text of small files (LICENSE.txt and such).
            kept: Path to digest of tables that stand in the target already.

        Returns:
            The SHA-256 of each table, archive and notice of the draft.
        """
        self._close()
        self._write_archives()
        for name, text in notices.items():
            (self.files / name).write_text(text, "utf-8")
        written = {name for name in self._progress.lengths if name not in (_SUMS, _TEXTS)}
        written |= {*self._archives(), *notices}
        digests = {name: sha256(self.files / name) for name in sorted(written)}
        releases = {release_of(name) for name in digests}
        beside = {name: digest for name, digest in kept.items() if release_of(name) in releases}
        self._write_sums(dict(sorted({**beside, **digests}.items())))
        return digests

    def _archives(self) -> list[str]:
        return sorted({archive for archive, _, _ in self._texts()})

    def _texts(self) -> Iterator[tuple[str, str, str]]:
        path = self._folder / _TEXTS
        if path.is_file():
            with path.open(encoding="utf-8") as stream:
                for line in stream:
                    archive, name, text = json.loads(line)
                    yield archive, name, text

    def _write_archives(self) -> None:
        for wanted in self._archives():
            target = self.files / wanted
            target.parent.mkdir(parents=True, exist_ok=True)
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=2) as archive:
                for owner, name, text in self._texts():
                    if owner == wanted:
                        entry = zipfile.ZipInfo(name, _ZIP_DATE)
                        entry.compress_type = zipfile.ZIP_DEFLATED
                        entry.external_attr = 0o644 << 16
                        archive.writestr(entry, text)

    def _write_sums(self, digests: Mapping[str, str]) -> None:
        """One list a release folder, as PhysioNet has it: tables first, then images."""
        lists: dict[Path, BinaryIO] = {}
        try:
            for path, digest in self._all_sums(digests):
                release = release_of(path)
                if not release:
                    continue
                place = self.files / release / "SHA256SUMS.txt"
                if place not in lists:
                    lists[place] = place.open("wb")
                lists[place].write(f"{digest} {path[len(release) + 1 :]}\n".encode())
        finally:
            for stream in lists.values():
                stream.close()

    def _all_sums(self, digests: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        yield from digests.items()
        path = self._folder / _SUMS
        if path.is_file():
            with path.open(encoding="utf-8") as stream:
                for line in stream:
                    digest, name = line.rstrip("\n").split(" ", 1)
                    yield name, digest

    def _place(self, name: str) -> Path:
        return self._folder / name if name in (_SUMS, _TEXTS) else self.files / name

    def _stream(self, name: str) -> BinaryIO:
        stream = self._open.get(name)
        if stream is None:
            path = self._place(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            stream = self._open[name] = path.open("ab")
        return stream

    def _cut(self) -> None:
        """Cut every file back to what its last whole chunk left."""
        for name, length in self._progress.lengths.items():
            os.truncate(self._place(name), length)

    def _remember(self) -> None:
        path = self._folder / _PROGRESS
        fresh = path.with_suffix(".tmp")
        progress = self._progress
        fresh.write_text(
            json.dumps(
                {
                    "arguments": progress.arguments,
                    "chunks": progress.chunks,
                    "raw_bytes": progress.raw_bytes,
                    "lengths": progress.lengths,
                    "rows": progress.rows,
                }
            ),
            "utf-8",
        )
        fresh.replace(path)

    def _close(self) -> None:
        for stream in self._open.values():
            stream.close()
        self._open.clear()


def _read(folder: Path, arguments: dict[str, Any]) -> _Progress | None:
    """The progress of an earlier run with the same arguments, if its files are all there."""
    path = folder / _PROGRESS
    if not path.is_file():
        return None
    content = json.loads(path.read_text("utf-8"))
    if content["arguments"] != arguments:
        return None
    progress = _Progress(**content)
    for name, length in progress.lengths.items():
        place = folder / name if name in (_SUMS, _TEXTS) else folder / "files" / name
        if not place.is_file() or place.stat().st_size < length:
            return None
    return progress


def release_of(path: str) -> str:
    """Folder of the release of a file; empty for what lies at the root of the target."""
    parts = path.split("/")
    return "/".join(parts[:2]) if len(parts) > 2 else ""


def packed(path: str, text: bytes) -> bytes:
    """What is appended to the file of this name."""
    return gzipped(text) if path.endswith(".gz") else text


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
