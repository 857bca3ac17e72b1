"""First pass over a raw file: everything that can be told from its bytes alone.

Belongs here: SHA-256, gzip integrity, encoding, the header line, and the counts of separators and
line ends by which the converter's work is proved. Does not belong here: parsing of values
(`_conversion`), and what the header should be (`_landing_checks`).

The file is read once, in pieces, so that its size does not matter. Hashing and counting hide behind
ISA-L's decompression, which is several times as fast as zlib's.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from isal import igzip_lib, isal_zlib

from sources.errors import (
    BadValueError,
    ChecksumMismatchError,
    DamagedGzipError,
    HeaderMismatchError,
    LandingError,
    NotGzipError,
)

READ_BYTES = 1 << 20
PIECE_BYTES = 1 << 22
"""At most this much is decompressed at once, so that no archive can fill the memory."""
LONGEST_LINE_BYTES = 1 << 22
"""No table of the contracts has a line near this; a longer one is a file of another kind."""
_GZIP_MAGIC = b"\x1f\x8b"
_BEFORE_OPENING = np.frombuffer(b',\n"', dtype=np.uint8)
_AFTER_CLOSING = np.frombuffer(b',\r\n"', dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class FirstPass:
    """What one look at every byte of a raw file told."""

    sha256: str
    """Of the file as it lies on the disk."""
    size: int
    """Bytes on the disk."""
    header: tuple[str, ...]
    """Fields of the first line as written, without byte-order mark."""
    has_sound_quotes: bool
    """False when a quotation mark is never closed, or stands inside a field (RFC 4180)."""
    commas: int
    """Commas after the header line, those within quoted fields included."""
    line_ends: int
    """Line ends after the header line, a missing last one counted."""


class _Bytes:
    """Checks and counts the decompressed bytes, piece by piece."""

    def __init__(self, module: str, table: str, path: Path) -> None:
        self._where = (module, table, path)
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._has_pending = False
        self._has_begun = False
        self._first_line = b""
        self._header: tuple[str, ...] | None = None
        self._since_line_end = 0
        self._last = b"\n"
        self._quotes = 0
        self._quotes_are_placed = True
        self.commas = 0
        self.line_ends = 0

    def take(self, piece: bytes) -> None:
        """Take the next piece of the content.

        Raises:
            BadValueError: for a NUL, a byte that is not UTF-8, or a line of absurd length.
        """
        if not piece:
            return
        self._check_text(piece)
        if not self._has_begun:
            self._has_begun = True
            piece = piece.removeprefix(codecs.BOM_UTF8)
        self._check_length(piece)
        if self._header is None:
            self._first_line += piece.partition(b"\n")[0]
            if b"\n" in piece:
                self._read_header()
        octets = np.frombuffer(piece, dtype=np.uint8)
        self.commas += int(np.count_nonzero(octets == ord(",")))
        self._check_quotes(piece, octets)
        self.line_ends += int(np.count_nonzero(octets == ord("\n")))
        self._last = piece[-1:]

    def finish(self) -> tuple[str, ...]:
        """The header's fields, once all has been taken; the counts then leave the header out."""
        if self._has_pending:
            raise self._bad("a byte is not UTF-8: the file was saved in another encoding")
        if self._last != b"\n":
            self.line_ends += 1
        if self._header is None:
            self._read_header()
        assert self._header is not None
        self.commas -= self._first_line.count(b",")
        self.line_ends -= 1
        return self._header

    @property
    def has_sound_quotes(self) -> bool:
        """True when every quotation mark opens, closes or stands doubled within a field."""
        return self._quotes_are_placed and self._quotes % 2 == 0

    def _check_quotes(
        self, piece: bytes, octets: np.ndarray[tuple[int], np.dtype[np.uint8]]
    ) -> None:
        # Counted from the start, even marks open and odd ones close; of a doubled mark within a
        # field the first closes and the second opens again. So an opening mark follows a
        # separator or a mark, and a closing one is followed by a separator or a mark.
        if self._quotes and self._quotes % 2 == 0 and self._last == b'"':
            self._quotes_are_placed &= piece[:1] in (b",", b"\r", b"\n", b'"')
        places = np.flatnonzero(octets == ord('"'))
        if not places.size:
            return
        opening, closing = places[self._quotes % 2 :: 2], places[1 - self._quotes % 2 :: 2]
        before = octets[opening[opening > 0] - 1]
        after = octets[closing[closing < len(piece) - 1] + 1]
        self._quotes_are_placed &= bool(np.isin(before, _BEFORE_OPENING).all())
        self._quotes_are_placed &= bool(np.isin(after, _AFTER_CLOSING).all())
        if opening.size and opening[0] == 0:
            self._quotes_are_placed &= self._last in (b",", b"\n", b'"')
        self._quotes += places.size

    def _read_header(self) -> None:
        self._header = _fields(self._first_line)

    def _check_text(self, piece: bytes) -> None:
        nul = piece.find(b"\0")
        if nul >= 0:
            raise self._bad("a NUL byte", piece[:nul])
        if not self._has_pending and piece.isascii():
            return
        try:
            self._decoder.decode(piece)
        except UnicodeDecodeError as error:
            before = error.object[: error.start]
            raise self._bad(
                "a byte is not UTF-8: the file was saved in another encoding", before
            ) from None
        self._has_pending = bool(self._decoder.getstate()[0])

    def _check_length(self, piece: bytes) -> None:
        first, last = piece.find(b"\n"), piece.rfind(b"\n")
        longest = self._since_line_end + (len(piece) if first < 0 else first)
        if longest > LONGEST_LINE_BYTES:
            raise self._bad(f"a line of more than {LONGEST_LINE_BYTES} bytes")
        self._since_line_end = longest if first < 0 else len(piece) - last - 1

    def _bad(self, reason: str, before: bytes = b"") -> BadValueError:
        line = self.line_ends + before.count(b"\n") + 1
        return BadValueError(*self._where, line=line, column=None, reason=reason)


def first_pass(
    module: str, table: str, path: Path, expected_sha256: str | None = None
) -> FirstPass:
    """Read every byte of a raw file once.

    A wrong checksum wins over any other fault but one: a file that is not gzip at all is reported
    as such, since that tells the reader more.

    Args:
        module: module of the table, for errors.
        table: the table, for errors.
        path: a `.csv.gz` or `.csv` file.
        expected_sha256: what SHA256SUMS.txt says, if it lists the file.

    Raises:
        NotGzipError: the name says gzip and the content does not, or the other way round.
        ChecksumMismatchError: the file is not the one that was published.
        DamagedGzipError: the gzip stream is cut, corrupt, or followed by other bytes.
        BadValueError: a NUL, a byte that is not UTF-8, or a line of absurd length.
        HeaderMismatchError: the file is empty.
    """
    where = (module, table, path)
    digest = hashlib.sha256()
    content = _Bytes(module, table, path)
    fault: LandingError | None = None
    header: tuple[str, ...] = ()
    with path.open("rb") as raw:
        start = raw.read(512)
        raw.seek(0)
        is_gzip = _check_kind(where, start)
        pieces = _gunzip(where, raw, digest) if is_gzip else _plain(raw, digest)
        try:
            for piece in pieces:
                content.take(piece)
            header = content.finish()
        except LandingError as error:
            fault = error
            while rest := raw.read(READ_BYTES):
                digest.update(rest)
        size = raw.tell()
    sha256 = digest.hexdigest()
    if expected_sha256 is not None and sha256 != expected_sha256:
        raise ChecksumMismatchError(
            *where,
            "is not the published file: its SHA-256 differs from SHA256SUMS.txt. Download it "
            "again.",
        )
    if fault is not None:
        raise fault
    if not header:
        raise HeaderMismatchError(*where, "is empty: it has no header. Download it again.")
    return FirstPass(
        sha256, size, header, content.has_sound_quotes, content.commas, content.line_ends
    )


def read_header(module: str, table: str, path: Path) -> tuple[str, ...]:
    """Fields of the first line as written; nothing behind it is read or checked.

    Raises:
        NotGzipError, DamagedGzipError: the file cannot be read.
    """
    where = (module, table, path)
    line = b""
    digest = hashlib.sha256()
    with path.open("rb") as raw:
        start = raw.read(512)
        raw.seek(0)
        is_gzip = _check_kind(where, start)
        for piece in _gunzip(where, raw, digest) if is_gzip else _plain(raw, digest):
            line += piece.partition(b"\n")[0]
            if b"\n" in piece or len(line) > LONGEST_LINE_BYTES:
                break
    return _fields(line)


def _fields(line: bytes) -> tuple[str, ...]:
    text = line.decode("utf-8", "replace").removeprefix("\ufeff").rstrip("\r\n")
    return tuple(next(csv.reader([text]), []))


def _check_kind(where: tuple[str, str, Path], start: bytes) -> bool:
    """True for gzip; the name and the first bytes must say the same."""
    path = where[2]
    named_gzip = path.name.lower().endswith(".gz")
    is_gzip = start.startswith(_GZIP_MAGIC)
    opening = start.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if opening.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        prefix = "is not gzip" if named_gzip else "is not CSV"
        raise NotGzipError(
            *where,
            f"{prefix}; this looks like a web page; sign in and download again.",
        )
    if named_gzip and not is_gzip:
        raise NotGzipError(
            *where, "is not gzip although its name says so: download it again, or name it .csv."
        )
    if is_gzip and not named_gzip:
        raise NotGzipError(*where, "is gzip although its name does not say so: name it .csv.gz.")
    return is_gzip


def _plain(raw: BinaryIO, digest: hashlib._Hash) -> Iterator[bytes]:
    while piece := raw.read(READ_BYTES):
        digest.update(piece)
        yield piece


def _gunzip(where: tuple[str, str, Path], raw: BinaryIO, digest: hashlib._Hash) -> Iterator[bytes]:
    """Decompress every member, in bounded pieces, with the checksum of each verified."""
    stream = isal_zlib.decompressobj(wbits=31)
    while block := raw.read(READ_BYTES):
        digest.update(block)
        while block:
            if stream.eof:
                if not block.strip(b"\0"):
                    break  # gzip allows zeros as padding
                if not _GZIP_MAGIC.startswith(block[:2]):
                    raise DamagedGzipError(
                        *where, "has other bytes after its gzip data: download it again."
                    )
                stream = isal_zlib.decompressobj(wbits=31)
            try:
                while True:
                    piece = stream.decompress(block, PIECE_BYTES)
                    block = stream.unconsumed_tail
                    yield piece
                    if stream.eof or (not block and len(piece) < PIECE_BYTES):
                        break
            except igzip_lib.IsalError:  # type: ignore[misc]  # the stub does not say it is one
                raise DamagedGzipError(
                    *where, "is damaged: its gzip checksum or data is wrong. Download it again."
                ) from None
            if stream.eof:
                block = stream.unused_data
    if not stream.eof:
        raise DamagedGzipError(*where, "is cut off: its gzip data has no end. Download it again.")
