"""Landing of notes, chest films, ECGs and echoes: long texts, gzip members, columns by name."""

from __future__ import annotations

import gzip
import logging
import random
from itertools import pairwise

import polars as pl
import pytest
from raw_folders import Folder

from data_contracts.raw_contracts import load_contracts
from sources.errors import BadValueError, HeaderMismatchError

NOTE = "note_id,subject_id,hadm_id,note_type,note_seq,charttime,storetime,text"
WORDS = ("pain,", "\n", '"blurred"', "___", "no", "fever.", "\n\n", " 37 °C", "FINDINGS:", ",")


def _text(draw: random.Random, words: int) -> str:
    return " ".join(draw.choice(WORDS) for _ in range(words))


def _line(number: int, text: str) -> str:
    quoted = '"' + text.replace('"', '""') + '"'
    return f"{number}-DS-1,{number},{number},DS,1,2150-01-02 00:00:00,,{quoted}\n"


def test_long_texts_over_many_lines_land_as_they_are(synthetic: Folder) -> None:
    draw = random.Random(4)
    texts = [_text(draw, draw.randint(1, 3000)) for _ in range(800)]
    rows = "".join(_line(number, text) for number, text in enumerate(texts))
    synthetic.file("note", "discharge", f"{NOTE}\n{rows}")
    landed = synthetic.land("note", "discharge")
    assert pl.read_parquet(landed.link).get_column("text").to_list() == texts
    assert landed.rows == len(texts)


@pytest.mark.parametrize("members", [2, 60])
def test_file_of_several_gzip_members_lands_whole(synthetic: Folder, members: int) -> None:
    draw = random.Random(members)
    texts = [_text(draw, draw.randint(1, 900)) for _ in range(600)]
    content = (NOTE + "\n" + "".join(_line(n, text) for n, text in enumerate(texts))).encode()
    # Members end anywhere: within a line, a quoted field, a character of two bytes.
    cuts = [0, *sorted(draw.sample(range(1, len(content)), members - 1)), len(content)]
    zipped = b"".join(gzip.compress(content[start:end], mtime=0) for start, end in pairwise(cuts))
    synthetic.put("note", "discharge.csv.gz", zipped)
    synthetic.list_sums("note")
    landed = synthetic.land("note", "discharge")
    assert (landed.rows, landed.verified, landed.raw_bytes) == (600, True, len(zipped))
    assert pl.read_parquet(landed.link).get_column("text").to_list() == texts


def test_fault_behind_the_first_gzip_member_is_named_by_its_line(synthetic: Folder) -> None:
    head = (NOTE + "\n" + _line(1, "one\ntwo")).encode()
    bad = _line(2, "x").replace("2150-01-02", "2150-13-02").encode()
    synthetic.put("note", "discharge.csv.gz", gzip.compress(head) + gzip.compress(bad))
    with pytest.raises(BadValueError) as caught:
        synthetic.land("note", "discharge")
    assert (caught.value.line, caught.value.column) == (4, "charttime")


def test_labels_of_films_land_under_names_without_blanks(synthetic: Folder) -> None:
    contract = load_contracts()["cxr"].table("chexpert")
    row = "10,50," + ",".join(["1.0", "0.0", "-1.0", *[""] * 11])
    synthetic.file("cxr", "chexpert", f"{contract.file_header}\n{row}\n")
    frame = pl.read_parquet(synthetic.land("cxr", "chexpert").link)
    assert frame.columns == list(contract.header)
    assert frame.row(0)[:6] == (10, 50, 1.0, 0.0, -1.0, None)


def test_columns_are_found_by_name_where_their_order_is_not_settled(synthetic: Folder) -> None:
    synthetic.file(
        "echo",
        "study_list",
        "study_id,subject_id,note_charttime,study_datetime,note_seq,note_id\n"
        "7,10,,2150-01-01 10:00:00,,\n",
    )
    frame = pl.read_parquet(synthetic.land("echo", "study_list").link)
    assert frame.columns == list(load_contracts()["echo"].table("study_list").header)
    assert frame.row(0, named=True)["subject_id"] == 10


def test_a_column_that_need_not_be_there_is_null_where_the_file_lacks_it(synthetic: Folder) -> None:
    labels = load_contracts()["cxr"].table("test_set_labeled").file_header.split(",")
    labels.remove("No Finding")
    row = ["50", *["1.0"] * (len(labels) - 1)]
    synthetic.file("cxr", "test_set_labeled", f"{','.join(labels)}\n{','.join(row)}\n")
    frame = pl.read_parquet(synthetic.land("cxr", "test_set_labeled").link)
    assert frame.get_column("no_finding").to_list() == [None]
    assert frame.get_column("airspace_opacity").to_list() == [1.0]


def test_fault_in_a_file_of_another_order_is_named_by_its_own_column(synthetic: Folder) -> None:
    synthetic.file("echo", "record_list", "dicom_filepath,study_id,subject_id\na.dcm,x,10\n")
    with pytest.raises(BadValueError) as caught:
        synthetic.land("echo", "record_list")
    assert (caught.value.line, caught.value.column) == (2, "study_id")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("study_id,study_datetime", "missing subject_id"),
        ("subject_id,study_id,study_datetime,extra", "extra extra"),
        ("subject_id,study_id,study_datetime,study_id", "twice study_id"),
    ],
)
def test_header_that_is_read_by_name_must_still_be_this_tables(
    synthetic: Folder, header: str, words: str
) -> None:
    synthetic.file("echo", "study_list", f"{header}\n")
    with pytest.raises(HeaderMismatchError, match=words):
        synthetic.land("echo", "study_list")


def test_table_of_an_unconfirmed_layout_counts_as_absent_when_it_has_another(
    synthetic: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    synthetic.file("ecg", "machine_measurements_data_dictionary", "variable,meaning\nrr,ms\n")
    with caplog.at_level(logging.WARNING, logger="sources.landing"):
        landed = synthetic.land("ecg", "machine_measurements_data_dictionary")
    assert (landed.origin, landed.rows, landed.raw_sha256) == ("absent", 0, None)
    assert "another header" in caplog.text or "no header of this table" in caplog.text
    assert "layout is not confirmed" in caplog.text


def test_table_of_an_unconfirmed_layout_lands_when_it_is_as_expected(synthetic: Folder) -> None:
    synthetic.file(
        "ecg", "machine_measurements_data_dictionary", "column_name,description\nrr,in ms\n"
    )
    landed = synthetic.land("ecg", "machine_measurements_data_dictionary")
    assert (landed.origin, landed.rows) == ("official", 1)


def test_header_of_a_confirmed_table_is_an_error(synthetic: Folder) -> None:
    synthetic.file("ecg", "record_list", "subject_id,study_id\n1,2\n")
    with pytest.raises(HeaderMismatchError, match="missing file_name, ecg_time, path"):
        synthetic.land("ecg", "record_list")
