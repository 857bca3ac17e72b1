"""What a landed table is: types, nulls, text, names, records, and that nothing is made twice."""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import json
import os
import stat
import subprocess
import sys
import textwrap
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from raw_folders import GOOD_ROW, VITALS, Folder

from data_contracts.raw_contracts import Column, TableContract, load_contracts
from sources import landing
from sources._conversion import convert, landed_schema
from sources._diagnosis import first_fault, reason_against
from sources._first_pass import first_pass
from sources.errors import (
    BadValueError,
    ChecksumMismatchError,
    LandingIncompleteError,
)
from sources.landing import LandingProgress, land_all

OLD = 1_600_000_000


def _read(folder: Folder, module: str, table: str) -> pl.DataFrame:
    return pl.read_parquet(folder.workspace / "landed" / module / f"{table}.parquet")


def test_values_become_typed_and_empty_fields_null(synthetic: Folder) -> None:
    synthetic.vitals(
        '1,2,2180-01-01 10:00:00,98.6,70,16.5,99,120,80,"Sinus, ""regular""",',
        '1,2,2180-01-01 11:00:00.250,,,,,,,"",  7 ',
    )
    synthetic.land("ed", "vitalsign")
    landed = _read(synthetic, "ed", "vitalsign")
    assert landed.schema == landed_schema(load_contracts()["ed"].table("vitalsign"))
    assert landed.schema["charttime"] == pl.Datetime("us")
    assert landed.row(0)[2:] == (
        datetime(2180, 1, 1, 10), 98.6, 70.0, 16.5, 99.0, 120, 80, 'Sinus, "regular"', None,
    )  # fmt: skip
    assert landed.row(1)[2] == datetime(2180, 1, 1, 11, 0, 0, 250_000)
    assert landed.row(1)[3:] == (None,) * 7 + ("  7 ",)


def test_codes_stay_text_and_dates_become_dates(synthetic: Folder) -> None:
    synthetic.table("hosp", "diagnoses_icd", ["1,2,1,0039,9", "1,2,2,E119   ,10"])
    synthetic.table("hosp", "patients", ["1,F,60,2150,2011 - 2013,2180-02-29"])
    synthetic.land("hosp", "diagnoses_icd")
    synthetic.land("hosp", "patients")
    assert _read(synthetic, "hosp", "diagnoses_icd")["icd_code"].to_list() == ["0039", "E119   "]
    patients = _read(synthetic, "hosp", "patients")
    assert patients["dod"].to_list() == [date(2180, 2, 29)]
    assert patients.schema["anchor_age"] == pl.Int16


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + f"{VITALS}\n{GOOD_ROW}\n".encode(),
        f"{VITALS}\n{GOOD_ROW}".encode(),
        f"{VITALS}\r\n{GOOD_ROW}\r\n".encode(),
        f"{VITALS.upper()}\n{GOOD_ROW}\n".encode(),
        codecs.BOM_UTF8 + ('"' + VITALS.replace(",", '","') + f'"\n{GOOD_ROW}\n').encode(),
    ],
    ids=["byte-order mark", "no last line end", "CRLF", "upper-case header", "quoted header"],
)
@pytest.mark.parametrize("zipped", [True, False])
def test_harmless_differences_of_form_give_the_same_table(
    synthetic: Folder, content: bytes, zipped: bool
) -> None:
    name = "VITALSIGN.CSV.GZ" if zipped else "vitalsign.csv"
    synthetic.put("ed", name, gzip.compress(content) if zipped else content)
    assert synthetic.land("ed", "vitalsign").rows == 1
    assert _read(synthetic, "ed", "vitalsign").row(0) == (
        1, 2, datetime(2180, 1, 1, 10), 98.6, 70.0, 16.0, 99.0, 120, 80, None, "3",
    )  # fmt: skip


def test_gzip_of_several_members_is_read_whole(synthetic: Folder) -> None:
    parts = [f"{VITALS}\n{GOOD_ROW}\n", GOOD_ROW.replace("1,2,", "1,3,") + "\n"]
    synthetic.put(
        "ed", "vitalsign.csv.gz", b"".join(gzip.compress(part.encode()) for part in parts)
    )
    assert synthetic.land("ed", "vitalsign").rows == 2


def test_record_and_link_are_those_of_the_format(synthetic: Folder) -> None:
    path = synthetic.vitals(GOOD_ROW)
    synthetic.list_sums("ed")
    landed = synthetic.land("ed", "vitalsign")
    raw_sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    contract = load_contracts()["ed"].table("vitalsign")
    folder = synthetic.workspace / "landed" / "ed"
    record = json.loads((folder / "vitalsign.json").read_text())
    assert (
        record
        == landed.record()
        == {
            "module": "ed",
            "table": "vitalsign",
            "release": "synthetic 3",
            "origin": "official",
            "verified": True,
            "raw_sha256": raw_sha256,
            "raw_bytes": path.stat().st_size,
            "contract_sha256": contract.sha256,
            "rows": 1,
            "parquet": f"landing/{raw_sha256}-{contract.sha256[:12]}.parquet",
        }
    )
    link = folder / "vitalsign.parquet"
    assert link.is_symlink()
    assert not link.readlink().is_absolute()
    assert link.resolve() == (synthetic.home / record["parquet"]).resolve()


def test_enclave_is_made_for_its_owner_only(synthetic: Folder) -> None:
    synthetic.vitals(GOOD_ROW)
    synthetic.land("ed", "vitalsign")
    assert stat.S_IMODE(synthetic.home.stat().st_mode) == 0o700


def test_file_that_no_list_names_is_landed_unverified(synthetic: Folder) -> None:
    synthetic.vitals(GOOD_ROW)
    assert synthetic.land("ed", "vitalsign").verified is False


def test_absent_table_is_landed_empty_in_the_shape_of_its_contract(synthetic: Folder) -> None:
    synthetic.vitals(GOOD_ROW)
    landed = synthetic.land("icu", "chartevents")
    assert (landed.origin, landed.rows, landed.raw_sha256) == ("absent", 0, None)
    empty = _read(synthetic, "icu", "chartevents")
    assert empty.schema == landed_schema(load_contracts()["icu"].table("chartevents"))
    assert empty.height == 0


def test_second_landing_converts_nothing(
    synthetic: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    synthetic.vitals(GOOD_ROW)
    assert synthetic.land("ed", "vitalsign").converted
    before = synthetic.state()

    def refuse(*_: object) -> None:
        raise AssertionError("converted twice")

    monkeypatch.setattr(landing, "convert", refuse)
    again = synthetic.land("ed", "vitalsign")
    assert not again.converted
    assert synthetic.state() == before


def test_unchanged_file_is_not_read_again_unless_asked(
    synthetic: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = synthetic.vitals(GOOD_ROW)
    os.utime(path, (OLD, OLD))
    synthetic.land("ed", "vitalsign")
    reads: list[Path] = []

    def counted(module: str, table: str, path: Path, expected: str | None) -> object:
        reads.append(path)
        return first_pass(module, table, path, expected)

    monkeypatch.setattr(landing, "first_pass", counted)
    synthetic.land("ed", "vitalsign")
    assert reads == []
    synthetic.land("ed", "vitalsign", rehash=True)
    assert reads == [path]
    os.utime(path, (OLD + 1, OLD + 1))
    synthetic.land("ed", "vitalsign")
    assert reads == [path, path]


def test_file_changed_just_before_it_was_read_is_read_again(
    synthetic: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    synthetic.vitals(GOOD_ROW)
    synthetic.land("ed", "vitalsign")

    def refuse(*_: object) -> None:
        raise RuntimeError("read")

    monkeypatch.setattr(landing, "first_pass", refuse)
    with pytest.raises(RuntimeError, match="read"):
        synthetic.land("ed", "vitalsign")


def test_remembered_digest_is_still_held_against_the_checksum_list(synthetic: Folder) -> None:
    path = synthetic.vitals(GOOD_ROW)
    os.utime(path, (OLD, OLD))
    sums = synthetic.list_sums("ed")
    synthetic.land("ed", "vitalsign")
    before = synthetic.state()
    sums.write_text(f"{'0' * 64} ed/vitalsign.csv.gz\n")
    with pytest.raises(ChecksumMismatchError):
        synthetic.land("ed", "vitalsign")
    assert synthetic.state() == before


def test_damaged_copy_is_made_again(synthetic: Folder) -> None:
    synthetic.vitals(GOOD_ROW)
    copy = synthetic.home / synthetic.land("ed", "vitalsign").parquet
    whole = copy.read_bytes()
    copy.write_bytes(whole[:-9])
    assert synthetic.land("ed", "vitalsign").converted
    assert copy.read_bytes() == whole


def test_identical_rows_with_one_key_are_left_out_and_counted(synthetic: Folder) -> None:
    other = GOOD_ROW.replace("1,2,", "1,3,")
    synthetic.vitals(GOOD_ROW, other, GOOD_ROW, GOOD_ROW)
    landed = synthetic.land("ed", "vitalsign")
    assert (landed.rows, landed.duplicate_rows) == (2, 2)
    assert _read(synthetic, "ed", "vitalsign")["stay_id"].to_list() == [2, 3]
    again = synthetic.land("ed", "vitalsign")
    assert (again.rows, again.duplicate_rows, again.converted) == (2, 2, False)


@pytest.mark.parametrize("order", [(1, 2, 3, 2), (3, 1, 2, 2), (2, 2, 1, 3)])
def test_duplicate_of_an_ascending_or_mixed_whole_number_key_is_found(
    synthetic: Folder, order: tuple[int, ...]
) -> None:
    synthetic.table("icu", "caregiver", [str(number) for number in order])
    landed = synthetic.land("icu", "caregiver")
    assert (landed.rows, landed.duplicate_rows) == (3, 1)


def test_table_without_a_key_keeps_equal_rows(synthetic: Folder) -> None:
    row = "1,2,2180-01-01 10:00:00,aspirin,1,2,1,3,NSAID"
    synthetic.table("ed", "medrecon", [row, row])
    assert synthetic.land("ed", "medrecon").rows == 2


def test_land_all_lands_the_rest_when_one_table_is_bad(synthetic: Folder) -> None:
    synthetic.vitals(GOOD_ROW)
    synthetic.table("ed", "triage", ["x" + "," * 10])
    seen: list[LandingProgress] = []
    source = synthetic.find()
    with pytest.raises(LandingIncompleteError) as caught:
        land_all(source, synthetic.home, synthetic.workspace, seen.append)
    assert [(error.module, error.table) for error in caught.value.errors] == [("ed", "triage")]
    assert [step.done for step in seen] == list(range(1, len(source.tables) + 1))
    assert sum(step.landed is not None for step in seen) == len(source.tables) - 1
    links = list((synthetic.workspace / "landed").glob("*/*.parquet"))
    assert len(links) == len(source.tables) - 1
    assert not (synthetic.workspace / "landed" / "ed" / "triage.json").exists()


def test_content_does_not_depend_on_the_number_of_threads(synthetic: Folder) -> None:
    rows = [
        f"1,{stay},2180-01-01 10:00:00,98.{stay % 10},{stay % 97},,99,120,80,r{stay % 1009},"
        for stay in range(300_000)
    ]
    synthetic.vitals(*rows)
    script = f"""
        import hashlib, sys
        from pathlib import Path
        import polars as pl
        from sources.landing import land_table
        from sources.releases import find_source
        home = Path(sys.argv[1])
        landed = land_table(find_source(Path({str(synthetic.root)!r})), "ed", "vitalsign", home,
                            home / "sources" / "test")
        frame = pl.read_parquet(landed.link)
        print(pl.thread_pool_size(), hashlib.sha256(frame.write_ipc(None, compression="uncompressed"
              ).getvalue()).hexdigest())
    """
    told = []
    for threads in ("1", "3"):
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script), str(synthetic.home / threads)],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "POLARS_MAX_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        used, digest = done.stdout.split()
        assert used == threads
        told.append(digest)
    assert told[0] == told[1]


_TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=12
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(_TEXT, min_size=1, max_size=4),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
@example(["\r", "a\r\nb", '"', "\n", " ", "\ufeff", "null", "NaN", "", "x"], csv.QUOTE_MINIMAL)
@example(["\r", "a\r\nb", '"', "\n", " ", "\ufeff", "null", "NaN", "", "x"], csv.QUOTE_ALL)
def test_any_text_survives_the_landing(tmp_path: Path, texts: list[str], quoting: int) -> None:
    contract = load_contracts()["hosp"].table("poe_detail")
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n", quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(contract.header)
    for number, text in enumerate(texts):
        writer.writerow([f"1-{number}", number, 1, "field", text])
    path = tmp_path / "poe_detail.csv.gz"
    path.write_bytes(gzip.compress(buffer.getvalue().encode()))
    look = first_pass("hosp", "poe_detail", path)
    convert(contract, path, look, tmp_path / "out.parquet")
    landed = pl.read_parquet(tmp_path / "out.parquet")["field_value"].to_list()
    assert landed == [text or None for text in texts]


_KINDS = {"INTEGER": 64, "SMALLINT": 16, "DOUBLE": 0, "TIMESTAMP": 0, "DATE": 0}
_NEARLY = st.one_of(
    st.text("0123456789+-. \teE", max_size=8),
    st.sampled_from(["nan", "inf", "-Infinity", "1e400", "1e308", "32768", "-32768", "1_0", "٣"]),
    st.integers(-(2**64), 2**64).map(str),
    st.datetimes().map(str),
    st.dates().map(str),
    st.from_regex(
        r"[0-2][0-9]{3}-[0-3][0-9]-[0-3][0-9]( [0-2][0-9]:[0-6][0-9]:[0-6][0-9])?", fullmatch=True
    ),
)


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(declared=st.sampled_from(sorted(_KINDS)), field=_NEARLY)
@example(declared="INTEGER", field=" ")
@example(declared="DOUBLE", field="\t+.5e3")
@example(declared="TIMESTAMP", field="0000-01-01 00:00:00")
@example(declared="TIMESTAMP", field="1900-02-29 00:00:00")
def test_fast_reader_and_diagnosis_agree_on_every_field(
    tmp_path: Path, declared: str, field: str
) -> None:
    columns = (Column("a", declared, False), Column("b", "TEXT", False))
    contract = TableContract("hosp", "t", "", "", columns, (), "0" * 64)
    path = tmp_path / "t.csv"
    quoted = '"' + field.replace('"', '""') + '"'
    path.write_bytes(f"a,b\n{quoted},x\n".encode())
    look = first_pass("hosp", "t", path)
    reason = reason_against(columns[0], field)
    if reason is None:
        assert convert(contract, path, look, tmp_path / "o.parquet").rows == 1
        assert first_fault(path, contract) is None
    else:
        with pytest.raises(BadValueError) as caught:
            convert(contract, path, look, tmp_path / "o.parquet")
        assert (caught.value.line, caught.value.column) == (2, "a")
        assert caught.value.reason == reason
