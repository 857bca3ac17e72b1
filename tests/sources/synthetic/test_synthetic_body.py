"""The small laws that values keep: blood gases, coma scale, quoting, ids, calendar."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.synthetic.bedside import read_vitals
from sources.synthetic.body import Body, blood_ph, fading, measured_osmolality
from sources.synthetic.calendar import day, midnight, moment, year_of, year_start
from sources.synthetic.draws import Draws
from sources.synthetic.icu_course import coma_scale
from sources.synthetic.ids import Ids, IdsExhausted
from sources.synthetic.sheets import field, number
from sources.synthetic.stories import EARLIER, load_stories


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


def test_a_run_of_ids_is_taken_whole_or_not() -> None:
    ids = Ids("things", 4, 5, base=100)
    assert (ids.run(3), ids.take()) == (120, 123)
    with pytest.raises(IdsExhausted, match="more things than ids"):
        ids.run(2)


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


@given(st.lists(st.integers(1, 900), min_size=1, max_size=6), st.integers(0, 99))
def test_normals_in_a_block_are_those_of_single_draws(counts: list[int], seed: int) -> None:
    block, single = Draws(seed, 1), Draws(seed, 1)
    taken = [value for count in counts for value in block.normals(count)]
    assert taken == [single.normal() for _ in taken]
    assert len(taken) == sum(counts)


def _body(seed: int, **baseline: float) -> Body:
    story = load_stories()[EARLIER]["dehydration"]
    return Body(Draws(seed, 1), story, "F", (), atypical=False, baseline=baseline)


def test_a_value_below_the_limit_is_printed_as_a_comment() -> None:
    low, high = _body(3, tnt=0.001).measure(("tnt",), 5), _body(3, tnt=2.0).measure(("tnt",), 5)
    assert (low[0].text, low[0].number, low[0].abnormal) == (None, None, False)
    assert (low[0].comment or "").startswith("<0.01.")
    assert high[0].abnormal
    assert high[0].comment is None


def test_zero_is_never_negative() -> None:
    printed = [
        result.text
        for seed in range(60)
        for result in _body(seed).measure(("hco3", "bg_pco2", "bg_ph", "bg_be"), 5)
    ]
    assert "0" in printed
    assert "-0" not in printed


def test_masked_results_keep_their_numbers() -> None:
    results = [
        result for seed in range(120) for result in _body(seed).measure(("na", "k", "hgb"), 5)
    ]
    masked = [result for result in results if result.text == "___"]
    assert 0 < len(masked) < len(results) / 5
    assert all(result.number is not None for result in masked)


def test_a_vital_sign_fades_to_what_it_tends_to() -> None:
    body = _body(8)
    first, last = body.settled("hr")
    values = body.vitals("hr", fading([0.0] * 400 + [300.0] * 400))
    assert sum(values[:400]) / 400 == pytest.approx(first, rel=0.02)
    assert sum(values[400:]) / 400 == pytest.approx(last, rel=0.02)


def test_vital_signs_stay_within_what_is_possible() -> None:
    saturation = _body(9).vitals("spo2", fading(range(3000)))
    assert max(saturation) == 100
    assert min(saturation) > 60


def test_a_department_leaves_gaps_and_slips() -> None:
    story, draws = load_stories()[EARLIER]["dehydration"], Draws(4, 1)
    body = _body(4)
    later = [read_vitals(draws, body, story, 0, 3.0) for _ in range(2000)]
    first = [read_vitals(draws, body, story, 0, 0.0) for _ in range(2000)]
    untaken = sum(signs.hr is None for signs in later) / 2000
    assert 0.015 < untaken < 0.05
    warm = [signs.temp for signs in later if signs.temp is not None]
    assert 0.03 < sum(temp < 50 for temp in warm) / len(warm) < 0.1
    assert all(33 < temp < 43 or 91 < temp < 107 for temp in warm)
    assert {"asleep", "unable", ""} <= {signs.pain for signs in later}
    missing = [sum(signs.temp is None for signs in told) for told in (first, later)]
    assert 0 < missing[0] < missing[1] / 2
