"""The small laws that values keep: blood gases, coma scale, quoting, ids, calendar."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.synthetic.body import blood_ph, measured_osmolality
from sources.synthetic.calendar import day, midnight, moment, year_of, year_start
from sources.synthetic.draws import Draws
from sources.synthetic.icu_course import coma_scale
from sources.synthetic.ids import Ids, IdsExhausted
from sources.synthetic.sheets import Sheet, field, number


def test_normal_blood_is_neither_acid_nor_alkaline() -> None:
    assert blood_ph(24.0, 40.0) == pytest.approx(7.39, abs=0.02)
    assert blood_ph(8.0, 25.0) < 7.2


def test_osmolality_of_normal_serum() -> None:
    assert measured_osmolality(140, 90, 14) == pytest.approx(298)


@given(st.integers(-5, 30))
def test_coma_scale_adds_up(total: int) -> None:
    eye, verbal, motor = coma_scale(total)
    assert eye + verbal + motor == max(3, min(15, total))
    assert 1 <= eye <= 4
    assert 1 <= verbal <= 5
    assert 1 <= motor <= 6


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=2)
)
def test_quoted_fields_come_back(values: list[str]) -> None:
    line = ",".join(field(value) for value in values)
    assert next(csv.reader(io.StringIO(line, newline=""), strict=True)) == values


@pytest.mark.parametrize("text", ["plain", "CSF;SPINAL FLUID", "a b", "<0.01."])
def test_fields_are_not_quoted_without_need(text: str) -> None:
    assert field(text) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (4.0, "4"), (4.25, "4.25"), (0.1, "0.1"), (-3.0, "-3")]
)
def test_numbers_are_printed_without_trailing_zeros(value: float | None, text: str) -> None:
    assert number(value) == text


def test_ids_never_run_into_the_next_patient() -> None:
    ids = Ids("things", 4, 3, base=100)
    assert [ids.take() for _ in range(3)] == [112, 113, 114]
    with pytest.raises(IdsExhausted):
        ids.take()
    assert Ids("things", 5, 3, base=100).take() == 115


def test_a_sheet_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "table.csv.gz").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        Sheet(tmp_path / "table.csv.gz", "a,b")


def test_minutes_become_text() -> None:
    at = year_start(2150) + 31 * 1440 + 7 * 60 + 5
    assert moment(at) == "2150-02-01 07:05:00"
    assert day(at) == "2150-02-01"
    assert midnight(at) == "2150-02-01 00:00:00"
    assert year_of(at) == 2150


@given(st.integers(0, 2**63), st.integers(1, 1_000_000))
def test_streams_are_repeatable_and_in_range(seed: int, patient: int) -> None:
    one, two = Draws(seed, patient), Draws(seed, patient)
    for _ in range(20):
        value = one.uniform()
        assert value == two.uniform()
        assert 0 <= value < 1
    assert one.whole(3, 5) in {3, 4, 5}
    assert one.weighted({"a": 0.0, "b": 1.0}) == "b"
