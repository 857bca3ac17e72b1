"""Bad raw files: each stops its table, says where and why, and leaves the old landing alone."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import textwrap
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from raw_folders import GOOD_ROW, VITALS, Folder

from sources.errors import (
    BadValueError,
    ChecksumMismatchError,
    DamagedGzipError,
    DuplicateKeyError,
    HeaderMismatchError,
    LandingError,
    NotGzipError,
    RowCountError,
)

GOOD = f"{VITALS}\n{GOOD_ROW}\n".encode()
SECRET = "98765432"


def _gz(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def _flip(content: bytes, position: int) -> bytes:
    changed = bytearray(content)
    changed[position] ^= 0xFF
    return bytes(changed)


def _row(**fields: str) -> str:
    names = VITALS.split(",")
    values = dict(zip(names, GOOD_ROW.split(","), strict=True)) | fields
    return ",".join(values[name] for name in names)


MANY = f"{VITALS}\n".encode() + b"".join(
    f"1,{stay},2180-01-01 10:00:00,98.6,70,16,99,120,80,,{stay * 7919 % 11}\n".encode()
    for stay in range(5000)
)

BAD_FILES: dict[str, tuple[bytes, type[LandingError], str]] = {
    "cut at half": (_gz(MANY)[: len(_gz(MANY)) // 2], DamagedGzipError, "cut off"),
    "cut by 8 bytes": (_gz(MANY)[:-8], DamagedGzipError, "cut off"),
    "cut by 1 byte": (_gz(MANY)[:-1], DamagedGzipError, "cut off"),
    "gzip checksum flipped": (_flip(_gz(MANY), -7), DamagedGzipError, "checksum"),
    "gzip length flipped": (_flip(_gz(MANY), -2), DamagedGzipError, "checksum"),
    "bytes after gzip": (_gz(MANY) + b"<html>", DamagedGzipError, "other bytes"),
    "web page": (b"\n<!DOCTYPE html><html>sign in", NotGzipError, "web page; sign in"),
    "web page in gzip": (_gz(b"<html>sign in</html>"), HeaderMismatchError, "no header"),
    "not gzip": (GOOD, NotGzipError, "not gzip"),
    "empty file": (b"", NotGzipError, "not gzip"),
    "empty content": (_gz(b""), HeaderMismatchError, "empty"),
    "Latin-1": (_gz(GOOD + _row(rhythm="caf\xe9").encode("latin-1")), BadValueError, "line 3"),
    "Latin-1 at the end": (_gz(GOOD + _row(pain="\xe9").encode("latin-1")), BadValueError, "UTF-8"),
    "NUL": (_gz(GOOD + _row(rhythm="a\0b").encode()), BadValueError, "line 3: a NUL"),
    "unclosed quote": (
        _gz(GOOD + _row(stay_id="3", rhythm='"open').encode() + b"\n" + MANY[len(VITALS) + 1 :]),
        BadValueError,
        "line 3: a quotation mark is never closed",
    ),
    "quote inside a field": (
        _gz(GOOD + _row(stay_id="3", rhythm='"a"b"c"').encode()),
        BadValueError,
        "line 3: a quotation mark stands inside",
    ),
    "field of 3 MB": (
        _gz(GOOD + _row(stay_id="3", rhythm="x" * 3_000_000).encode()),
        BadValueError,
        "line 3, column rhythm: longer than 131072 bytes",
    ),
    "line of 5 MB": (
        _gz(GOOD + _row(stay_id="3", rhythm="x" * 5_000_000).encode()),
        BadValueError,
        "line 3: a line of more than",
    ),
    "short line": (_gz(GOOD + b"1,3,2180-01-01 10:00:00\n"), BadValueError, "line 3: 3 fields"),
    "short first line": (_gz(VITALS.encode() + b"\n1,3\n"), BadValueError, "line 2: 2 fields"),
    "long line": (_gz(GOOD + _row(pain="1,2").encode()), BadValueError, "line 3: 12 fields"),
    "blank line": (_gz(GOOD + b"\n" + GOOD_ROW.encode()), BadValueError, "line 3: 1 fields"),
    "line after a field of two lines": (
        _gz(GOOD + _row(stay_id="3", rhythm='"a\nb"').encode() + b"\n" + b"x,y\n"),
        BadValueError,
        "line 5: 2 fields",
    ),
    "key on two different rows": (
        _gz(GOOD + _row(pain="9").encode()),
        DuplicateKeyError,
        "1 rows that differ",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_file_stops_the_table_and_leaves_the_previous_landing(
    synthetic: Folder, name: str
) -> None:
    content, kind, words = BAD_FILES[name]
    synthetic.vitals(GOOD_ROW)
    synthetic.land("ed", "vitalsign")
    before = synthetic.state()
    synthetic.put("ed", "vitalsign.csv.gz", content)
    with pytest.raises(kind) as caught:
        synthetic.land("ed", "vitalsign")
    assert words in str(caught.value)
    assert "vitalsign.csv.gz" in str(caught.value)
    assert synthetic.state() == before


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("subject_id", "", "is empty but required"),
        ("subject_id", '""', "is empty but required"),
        ("subject_id", f"{SECRET}.0", "not a whole number"),
        ("subject_id", f"{SECRET} ", "not a whole number"),
        ("subject_id", f"{SECRET}{SECRET}{SECRET}", "out of the range of 64 bits"),
        ("sbp", "abc", "not a whole number"),
        ("heartrate", f"{SECRET}x", "not a number"),
        ("heartrate", "NaN", "not a finite number"),
        ("heartrate", "-inf", "not a finite number"),
        ("heartrate", "1e400", "not a finite number"),
        ("charttime", "2180-02-30 10:00:00", "no such date and time exists"),
        ("charttime", "2180-01-01", "not a time of the form YYYY-MM-DD HH:MM:SS"),
        ("charttime", "01/02/2180 10:00:00", "not a time of the form YYYY-MM-DD HH:MM:SS"),
        ("charttime", "2180-01-01 24:00:00", "no such date and time exists"),
        ("charttime", "2180-01-01 10:00:60", "not a time of the form YYYY-MM-DD HH:MM:SS"),
        ("charttime", "2180-1-1 10:00:00", "not a time of the form YYYY-MM-DD HH:MM:SS"),
    ],
)
def test_bad_value_is_named_by_line_column_and_reason_and_never_shown(
    synthetic: Folder, column: str, value: str, reason: str
) -> None:
    synthetic.vitals(GOOD_ROW, _row(stay_id="3", **{column: value}), _row(stay_id="4"))
    with pytest.raises(BadValueError) as caught:
        synthetic.land("ed", "vitalsign")
    error = caught.value
    assert (error.line, error.column) == (3, column)
    assert reason in error.reason
    told = "".join(traceback.format_exception(error))
    assert SECRET not in told
    assert value in ("", '""') or f" {value}" not in str(error)


@pytest.mark.parametrize(
    ("dod", "reason"),
    [
        ("2180-02-30", "no such date exists"),
        ("2180-02-28 00:00:00", "not a date of the form YYYY-MM-DD"),
        ("28/02/2180", "not a date of the form YYYY-MM-DD"),
    ],
)
def test_date_only_column_is_strict(synthetic: Folder, dod: str, reason: str) -> None:
    synthetic.table("hosp", "patients", [f"1,F,60,2150,2011 - 2013,{dod}"])
    with pytest.raises(BadValueError, match=reason):
        synthetic.land("hosp", "patients")


def test_small_integer_out_of_range_is_refused(synthetic: Folder) -> None:
    synthetic.table("hosp", "patients", ["1,F,40000,2150,2011 - 2013,"])
    with pytest.raises(BadValueError, match=r"line 2, column anchor_age: .* 16 bits"):
        synthetic.land("hosp", "patients")


def test_file_that_differs_from_the_checksum_list_is_refused_before_parsing(
    synthetic: Folder,
) -> None:
    synthetic.vitals(GOOD_ROW)
    synthetic.list_sums("ed")
    synthetic.vitals(_row(subject_id=SECRET, charttime="nonsense"))
    with pytest.raises(ChecksumMismatchError, match=r"vitalsign\.csv\.gz") as caught:
        synthetic.land("ed", "vitalsign")
    assert SECRET not in str(caught.value)
    assert not (synthetic.workspace / "landed").exists()


def test_checksum_wins_over_a_damaged_stream(synthetic: Folder) -> None:
    path = synthetic.vitals(GOOD_ROW)
    synthetic.list_sums("ed")
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ChecksumMismatchError):
        synthetic.land("ed", "vitalsign")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (VITALS.replace(",pain", ""), "missing pain"),
        (VITALS + ",mood", "extra mood"),
        (VITALS.replace("sbp,dbp", "dbp,sbp"), "other order"),
        (VITALS.replace("dbp", "sbp"), "twice sbp"),
    ],
)
def test_wrong_header_is_refused_and_both_are_shown(
    synthetic: Folder, header: str, words: str
) -> None:
    synthetic.vitals(GOOD_ROW, header=header)
    with pytest.raises(HeaderMismatchError) as caught:
        synthetic.land("ed", "vitalsign")
    assert words in str(caught.value)
    assert f"Expected: {VITALS}." in str(caught.value)
    assert f"Found: {header}" in str(caught.value)


def test_first_line_of_data_is_not_shown_as_a_header(synthetic: Folder) -> None:
    synthetic.vitals(_row(rhythm="Atrial fibrillation"), header=_row(subject_id=SECRET))
    with pytest.raises(HeaderMismatchError) as caught:
        synthetic.land("ed", "vitalsign")
    assert SECRET not in str(caught.value)
    assert "no header of this table" in str(caught.value)


def test_gzip_under_a_plain_name_is_refused(synthetic: Folder) -> None:
    synthetic.put("ed", "vitalsign.csv", _gz(GOOD))
    with pytest.raises(NotGzipError, match=r"name it \.csv\.gz"):
        synthetic.land("ed", "vitalsign")


def test_web_page_under_a_plain_name_is_refused(synthetic: Folder) -> None:
    synthetic.put("ed", "vitalsign.csv", b"<html>sign in</html>")
    with pytest.raises(NotGzipError, match="web page"):
        synthetic.land("ed", "vitalsign")


@pytest.mark.parametrize(
    ("table", "rows"), [("vitalsign", []), ("vitalsign", [GOOD_ROW]), ("triage", [])]
)
def test_release_with_another_number_of_rows_is_refused(
    official: Folder, table: str, rows: list[str]
) -> None:
    official.table("ed", table, rows)
    with pytest.raises(RowCountError, match=rf"has {len(rows)} rows where mimic-iv-ed 2.2 has"):
        official.land("ed", table)


def test_table_without_a_known_count_must_have_rows(official: Folder) -> None:
    official.table("icu", "caregiver")
    with pytest.raises(RowCountError, match="no rows"):
        official.land("icu", "caregiver")
    official.table("icu", "caregiver", ["17"])
    assert official.land("icu", "caregiver").rows == 1


def test_marker_beside_other_patients_is_refused(synthetic: Folder) -> None:
    synthetic.table("hosp", "patients", [f"{n},F,60,2150,2011 - 2013," for n in (1, 2)])
    with pytest.raises(RowCountError, match="has 2 rows where synthetic 3 has 1"):
        synthetic.land("hosp", "patients")


def test_file_that_changes_while_it_is_read_is_refused(
    synthetic: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sources.landing as landing

    path = synthetic.vitals(GOOD_ROW)

    def touched(*arguments: object) -> object:
        made = original(*arguments)  # type: ignore[arg-type]
        os.utime(path, (1, 1))
        return made

    original: Callable[..., object] = landing.convert
    monkeypatch.setattr(landing, "convert", touched)
    with pytest.raises(LandingError, match="changed or went away"):
        synthetic.land("ed", "vitalsign")
    assert not list((synthetic.home / "landing").glob("*.parquet"))


def test_full_disk_leaves_the_old_landing_and_no_debris(synthetic: Folder) -> None:
    synthetic.vitals(GOOD_ROW)
    synthetic.land("ed", "vitalsign")
    before = synthetic.state()
    synthetic.put("ed", "vitalsign.csv.gz", _gz(MANY))
    # A limit on the size of files stands for the full disk: the kernel refuses the write.
    script = f"""
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        from pathlib import Path
        from sources.errors import DiskFullError
        from sources.landing import land_table
        from sources.releases import find_source
        try:
            land_table(find_source(Path({str(synthetic.root)!r})), "ed", "vitalsign",
                       Path({str(synthetic.home)!r}), Path({str(synthetic.workspace)!r}))
        except DiskFullError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "the disk of MEDCRED_HOME is full" in done.stdout, done.stderr
    assert synthetic.state() == before


def test_part_of_a_dead_process_is_removed_and_of_a_living_one_kept(synthetic: Folder) -> None:
    synthetic.vitals(GOOD_ROW)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    folder = synthetic.home / "landing"
    folder.mkdir(parents=True)
    stale = folder / f".part-{dead.pid}-x.parquet"
    fresh = folder / f".part-{os.getppid()}-x.parquet"
    for path in (stale, fresh):
        path.write_bytes(b"half")
    synthetic.land("ed", "vitalsign")
    assert not stale.exists()
    assert fresh.exists()
