"""Writing CSV: rows to gzip, byte for byte the same wherever and whenever they are written.

Belongs here: quoting, buffering, compression, counting. Does not belong here: what the rows say.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

_LEVEL = 4
_BUFFERED_ROWS = 4096


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
    """One table being written; lines are given without a line end."""

    def __init__(self, path: Path, header: str) -> None:
        """Open the file and write its header."""
        self._raw = path.open("xb")
        # No name and no time in the gzip header: the same rows give the same bytes.
        self._zip = gzip.GzipFile(
            filename="", mode="wb", compresslevel=_LEVEL, fileobj=self._raw, mtime=0
        )
        self._lines: list[str] = [header]
        self.rows = 0
        """Rows written so far, without the header."""

    def add(self, line: str) -> None:
        """Write one row."""
        self._lines.append(line)
        self.rows += 1
        if len(self._lines) >= _BUFFERED_ROWS:
            self._flush()

    def extend(self, lines: Iterable[str]) -> None:
        """Write some rows."""
        before = len(self._lines)
        self._lines.extend(lines)
        self.rows += len(self._lines) - before
        if len(self._lines) >= _BUFFERED_ROWS:
            self._flush()

    def _flush(self) -> None:
        if self._lines:
            self._zip.write(("\n".join(self._lines) + "\n").encode())
            self._lines.clear()

    def close(self) -> None:
        """Write what is left and close the file."""
        try:
            self._flush()
            self._zip.close()
        finally:
            self._raw.close()


class Book:
    """The sheets of one module; closes them whatever happens."""

    def __init__(self, folder: Path, headers: dict[str, str]) -> None:
        """Create the folder and open a sheet for each table."""
        folder.mkdir(parents=True)
        self._sheets = {
            table: Sheet(folder / f"{table}.csv.gz", header) for table, header in headers.items()
        }

    def __getitem__(self, table: str) -> Sheet:
        return self._sheets[table]

    def rows(self) -> dict[str, int]:
        """Rows written so far, by table."""
        return {table: sheet.rows for table, sheet in self._sheets.items()}

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for sheet in self._sheets.values():
            sheet.close()
