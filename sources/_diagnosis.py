"""Finding the first line of a raw file that breaks its contract.

Belongs here: the slow, exact reading that is done only after the fast reader, or a check of what it
made, has refused a table. Does not belong here: the fast reader itself (`_conversion`).

The result names line, column and reason, and never holds a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import IO

from isal import igzip

from data_contracts.raw_contracts import Column, TableContract

LONGEST_FIELD_BYTES = 131_072
"""UTF-8 bytes. The longest field of hosp, icu and ed has a few thousand."""

_FIELD = r'(?:"(?:[^"]|"")*"|[^",]*)'
_RECORD = re.compile(rf"{_FIELD}(?:,{_FIELD})*")
_ONE_FIELD = re.compile(rf"({_FIELD})(,|$)")
# The fast reader lets blanks stand before a number; so must this.
_BLANKS = " \t"
_WHOLE = re.compile(r"[ \t]*[+-]?[0-9]+")
_NUMBER = re.compile(r"[ \t]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[ \t]*[+-]?(nan|inf|infinity)", re.IGNORECASE)
# Seconds may have a fraction: icu/procedureevents.storetime has milliseconds on some rows.
# Years before 1000 are left out: readers do not agree on them, and no record has one.
TIMESTAMP_SHAPE = r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-5][0-9](?:\.[0-9]{1,6})?$"
DATE_SHAPE = r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$"


@dataclass(frozen=True, slots=True)
class Finding:
    """The first fault of a file."""

    line: int
    """Physical line, 1 is the header; of a record over several lines, the first."""
    column: str | None
    reason: str


def first_fault(path: Path, contract: TableContract) -> Finding | None:
    """The first record of `path` that breaks `contract`, or None when there is none.

    Memory is bounded by the longest field allowed; time is that of reading every line in Python.
    """
    for line, record in _records(path):
        if isinstance(record, Finding):
            return record
        fault = _fault_of(record, contract)
        if fault is not None:
            return Finding(line, *fault)
    return None


def _records(path: Path) -> Iterator[tuple[int, str | Finding]]:
    """Records after the header with their first physical line, or a fault that ends the reading."""
    with _open(path) as text:
        next(text, None)
        number = 2
        for physical in text:
            record, start = physical, number
            number += 1
            while record.count('"') % 2:
                more = next(text, None)
                if more is None or len(record) > LONGEST_FIELD_BYTES:
                    yield start, Finding(start, None, "a quotation mark is never closed")
                    return
                record += more
                number += 1
            yield start, record.removesuffix("\n").removesuffix("\r")


def _open(path: Path) -> IO[str]:
    if path.name.lower().endswith(".gz"):
        return igzip.open(path, "rt", encoding="utf-8", newline="\n")  # type: ignore[no-any-return]
    return path.open(encoding="utf-8", newline="\n")


def _fault_of(record: str, contract: TableContract) -> tuple[str | None, str] | None:
    if '"' not in record:
        fields = record.split(",")
    elif _RECORD.fullmatch(record) is None:
        return None, "a quotation mark stands inside a field"
    else:
        fields = [_unquoted(match[1]) for match in _matches(record)]
    if len(fields) != len(contract.columns):
        return None, f"{len(fields)} fields instead of {len(contract.columns)}"
    for column, field in zip(contract.columns, fields, strict=True):
        reason = reason_against(column, field)
        if reason is not None:
            return column.name, reason
    return None


def _matches(record: str) -> Iterator[re.Match[str]]:
    position = 0
    while True:
        match = _ONE_FIELD.match(record, position)
        assert match is not None  # the whole record has this form
        yield match
        if not match[2]:
            return
        position = match.end()


def _unquoted(field: str) -> str:
    return field[1:-1].replace('""', '"') if field.startswith('"') else field


def reason_against(column: Column, field: str) -> str | None:
    """Why `field` may not stand in `column`, or None; the reason does not hold the field."""
    is_number = column.kind in ("integer", "smallint", "double")
    # The fast reader takes a number of nothing but blanks for an empty field.
    if field == "" or (is_number and not field.strip(_BLANKS)):
        return "is empty but required" if column.required else None
    match column.kind:
        case "integer":
            return _whole_number(field, 64)
        case "smallint":
            return _whole_number(field, 16)
        case "double":
            return _number(field)
        case "timestamp":
            return _moment(field, TIMESTAMP_SHAPE, "%Y-%m-%d %H:%M:%S", "time", "date and time")
        case "date":
            return _moment(field, DATE_SHAPE, "%Y-%m-%d", "date", "date")
        case "text":
            if len(field.encode()) > LONGEST_FIELD_BYTES:
                return f"longer than {LONGEST_FIELD_BYTES} bytes"
            return None


def _whole_number(field: str, bits: int) -> str | None:
    if _WHOLE.fullmatch(field) is None:
        return "not a whole number"
    bound = 1 << (bits - 1)
    # A number of so many digits is out of range; int() would refuse to read it.
    if len(field) > 100 or not -bound <= int(field) < bound:
        return f"a whole number out of the range of {bits} bits"
    return None


def _number(field: str) -> str | None:
    if _NOT_FINITE.fullmatch(field):
        return "not a finite number"
    if _NUMBER.fullmatch(field) is None:
        return "not a number"
    return None if isfinite(float(field)) else "not a finite number"


def _moment(field: str, shape: str, form: str, noun: str, words: str) -> str | None:
    if re.fullmatch(shape, field) is None:
        wanted = "YYYY-MM-DD HH:MM:SS" if noun == "time" else "YYYY-MM-DD"
        return f"not a {noun} of the form {wanted}"
    try:
        datetime.strptime(field[:19], form)  # up to the fraction
    except ValueError:
        return f"no such {words} exists"
    return None
