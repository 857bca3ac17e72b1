"""What can go wrong with raw data, one class per kind.

Belongs here: the errors of finding a source and of landing a table. Does not belong here: the code
that raises them.

No message holds a value, an id or a text of a patient: it names the file, and where it helps the
line, the column and the reason. Every message says what to do.
"""

from __future__ import annotations

from pathlib import Path


class SourceError(Exception):
    """A folder cannot be read as a source; the base of every error of `sources.releases`."""


class ReleaseNotFoundError(SourceError):
    """The folder holds no release that this version lands."""


class ReleaseRefusedError(SourceError):
    """The folder holds a release that must not be used; the message says why."""


class AmbiguousSourceError(SourceError):
    """The folder says two things at once: two versions, two files of one table, mixed tiers."""


class ChecksumListError(SourceError):
    """SHA256SUMS.txt is damaged or is not the one that was published."""


class SupplementError(SourceError):
    """The supplement provides what it must not."""


class LandingError(Exception):
    """A table was not landed; its previous landing is untouched.

    Attributes:
        module: module of the table.
        table: the table.
        path: the raw file.
    """

    def __init__(self, module: str, table: str, path: Path, message: str) -> None:
        super().__init__(f"{module}/{table} was not landed: {path.name} {message}")
        self.module = module
        self.table = table
        self.path = path


class ChecksumMismatchError(LandingError):
    """The raw file is not the one that SHA256SUMS.txt names."""


class NotGzipError(LandingError):
    """The file's name says gzip and its content does not, or the other way round."""


class DamagedGzipError(LandingError):
    """The gzip stream is cut, has a wrong checksum, or is followed by other bytes."""


class HeaderMismatchError(LandingError):
    """The first line is not the table's header."""


class BadValueError(LandingError):
    """A line breaks the contract.

    Attributes:
        line: physical line of the file, 1 is the header.
        column: the column's name, or None when the line as a whole is at fault.
        reason: what is wrong, without the value.
    """

    def __init__(
        self, module: str, table: str, path: Path, line: int, column: str | None, reason: str
    ) -> None:
        where = f"line {line}" + (f", column {column}" if column else "")
        super().__init__(module, table, path, f"breaks its contract at {where}: {reason}.")
        self.line = line
        self.column = column
        self.reason = reason


class UnreadableTableError(LandingError):
    """The reader refused the file and no single line could be named."""


class RowCountError(LandingError):
    """The table has another number of rows than the release."""


class DuplicateKeyError(LandingError):
    """Rows with the same primary key differ."""


class UnstableFileError(LandingError):
    """The raw file changed, or went away, while it was read."""


class DiskFullError(LandingError):
    """The copy could not be written for want of space; nothing was left behind."""


class LandingIncompleteError(Exception):
    """Some tables of a source were not landed.

    Attributes:
        errors: one error for each of them, in the order of the tables.
    """

    def __init__(self, errors: tuple[LandingError, ...]) -> None:
        tables = ", ".join(f"{error.module}/{error.table}" for error in errors)
        super().__init__(f"{len(errors)} tables were not landed ({tables}); the first: {errors[0]}")
        self.errors = errors
