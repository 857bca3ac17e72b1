"""CSV in memory: rows of one chunk of patients, and how they are compressed.

Belongs here: quoting, the sheets that writers fill, gzip members. Does not belong here: what the
rows say (one writer a module), files on the disk (`drafting`).
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

_LEVEL = 2
"""Compression: half the time of level 4 for a tenth more bytes."""


def field(value: str | None) -> str:
    """One field by RFC 4180: quoted only where needed, null is empty."""
    if value is None:
        return ""
    if "," in value or '"' in value or "\n" in value or "\r" in value:
        return '"' + value.replace('"', '""') + '"'
    return value


def number(value: float | None) -> str:
    """A number as MIMIC prints it: no trailing zero, null is empty."""
    if value is None:
        return ""
    text = repr(value)
    return text[:-2] if text.endswith(".0") else text


class Sheet:
    """The rows of one table in one chunk of patients; lines are given without a line end."""

    def __init__(self, header: str | None) -> None:
        """Open the sheet; `header` is its first line, if the chunk begins the file."""
        self._lines: list[str] = [] if header is None else [header]
        self._rows_beyond_lines = -len(self._lines)

    @property
    def rows(self) -> int:
        """Rows so far, without the header."""
        return len(self._lines) + self._rows_beyond_lines

    def add(self, line: str) -> None:
        """Add one row."""
        self._lines.append(line)

    def extend(self, lines: Iterable[str]) -> None:
        """Add some rows."""
        self._lines.extend(lines)

    def block(self, start: str, ends: Sequence[str]) -> None:
        """Add rows that begin alike, much faster than one by one; nothing if there are no ends."""
        if ends:
            self._lines.append(start + f"\n{start}".join(ends))
            self._rows_beyond_lines += len(ends) - 1

    def text(self) -> bytes:
        """All lines, each with its end."""
        # An empty last line ends the one before it, without a copy of the whole text.
        return "\n".join([*self._lines, ""]).encode() if self._lines else b""


class Book:
    """The sheets of one module in one chunk of patients."""

    def __init__(self, headers: Mapping[str, str | None]) -> None:
        """Open a sheet for each table."""
        self._sheets = {table: Sheet(header) for table, header in headers.items()}

    def __getitem__(self, table: str) -> Sheet:
        return self._sheets[table]

    def items(self) -> Iterator[tuple[str, Sheet]]:
        """Tables and their sheets."""
        yield from self._sheets.items()


class Files(Protocol):
    """Where a writer puts what is no table: images, waveforms, texts of an archive."""

    def add(self, path: str, data: bytes) -> None:
        """Write a file; `path` is relative to the target."""

    def zipped(self, archive: str, name: str, text: str) -> None:
        """Put a text into a zip archive, whose path is relative to the target."""


def gzipped(data: bytes) -> bytes:
    """One gzip member without name or time: the same bytes whenever it is made.

    Members follow each other in a file, as parallel compressors write them.
    """
    return gzip.compress(data, compresslevel=_LEVEL, mtime=0)
