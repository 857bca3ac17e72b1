"""Sheets: rows are counted and end in lines, however they were added."""

from __future__ import annotations

import gzip

import pytest

from sources.synthetic.sheets import Sheet, field, gzipped, number


def test_block_is_the_same_as_its_rows_one_by_one() -> None:
    slow, fast = Sheet("a,b,c"), Sheet("a,b,c")
    slow.extend(["1,2,x", "1,2,y", "1,2,z"])
    fast.block("1,2,", ["x", "y", "z"])
    assert fast.text() == slow.text() == b"a,b,c\n1,2,x\n1,2,y\n1,2,z\n"
    assert fast.rows == slow.rows == 3


def test_block_without_ends_adds_nothing() -> None:
    sheet = Sheet(None)
    sheet.block("1,2,", [])
    assert (sheet.rows, sheet.text()) == (0, b"")


@pytest.mark.parametrize("header", [None, "a"])
def test_header_is_no_row(header: str | None) -> None:
    sheet = Sheet(header)
    assert sheet.rows == 0
    sheet.add("1")
    sheet.block("", ["2", "3"])
    assert sheet.rows == 3
    assert sheet.text().decode().splitlines() == ([] if header is None else [header]) + [
        "1", "2", "3",
    ]  # fmt: skip


def test_fields_are_quoted_where_needed_alone() -> None:
    assert [field(text) for text in (None, "a b", "a,b", 'a"b', "a\nb")] == [
        "", "a b", '"a,b"', '"a""b"', '"a\nb"',
    ]  # fmt: skip


def test_numbers_have_no_trailing_zero() -> None:
    assert [number(value) for value in (None, 3.0, 3.5, -0.25, 10)] == [
        "", "3", "3.5", "-0.25", "10",
    ]  # fmt: skip


def test_compressed_bytes_hold_the_text_and_no_time() -> None:
    packed = gzipped(b"text\n" * 100)
    assert gzip.decompress(packed) == b"text\n" * 100
    assert packed[4:8] == bytes(4)
