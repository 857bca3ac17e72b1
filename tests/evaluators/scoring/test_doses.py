"""Doses in words: amounts, frequencies, rates, and whose dose it is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluators.scoring.doses import doses_of

APAP = re.compile("acetaminophen|tylenol|apap")


@pytest.mark.parametrize(
    ("wording", "each", "per_day"),
    [
        ("Tylenol 1,000 mg PO q4h", 1000, 6000),
        ("acetaminophen 650 mg every 6 hours as needed", 650, 2600),
        ("acetaminophen 500-1000 mg q6h", 1000, 4000),
        ("1 g APAP TID", 1000, 3000),
        ("acetaminophen 1 gram once daily", 1000, 1000),
        ("acetaminophen 3 g/day", None, 3000),
        ("acetaminophen 975 mg", 975, None),
        ("acetaminophen 2 g twice daily", 2000, 4000),
        ("acetaminophen 1 g three times a day", 1000, 3000),
        ("acetaminophen 1 g 3 times per day", 1000, 3000),
        ("acetaminophen 1 g 4x/day", 1000, 4000),
        ("acetaminophen four times daily 1 g", 1000, 4000),
        ("acetaminophen 1 g once a day", 1000, 1000),
        ("acetaminophen 3 g a day", None, 3000),
    ],
)
def test_daily_dose_is_amount_times_frequency(
    wording: str, each: float | None, per_day: float | None
) -> None:
    (dose,) = doses_of(wording, APAP)
    assert dose.unit == "mg"
    assert dose.each == each
    assert dose.per_day == pytest.approx(per_day) if per_day else dose.per_day is None


@pytest.mark.parametrize(
    ("wording", "per_day"),
    [
        ("acetaminophen 1 g q6h, max 4 g a day", [4000, 4000]),
        ("acetaminophen 1 g TID, not more than 3 g/day", [3000, 3000]),
        ("acetaminophen 2 g load, then 1 g q8h", [None, 3000]),
    ],
)
def test_frequency_belongs_to_the_amount_before_it(
    wording: str, per_day: list[float | None]
) -> None:
    assert [dose.per_day for dose in doses_of(wording, APAP)] == per_day


def test_rate_is_that_of_the_drug_and_not_of_what_it_is_dissolved_in() -> None:
    (dose, water) = doses_of("KCl 40 mEq in 100 mL over 1 hour", re.compile("kcl"))
    assert (dose.unit, dose.per_hour) == ("meq", 40)
    assert water.unit == "ml"


@pytest.mark.parametrize(
    ("wording", "per_hour"),
    [
        ("KCl 40 mEq IV over 1 hour", 40),
        ("KCl 40 mEq IV over 30 min", 80),
        ("KCl 10 mEq/hr", 10),
        ("KCl 20 mmol over an hour", 20),
        ("KCl 40 mEq PO", None),
    ],
)
def test_hourly_rate(wording: str, per_hour: float | None) -> None:
    (dose,) = doses_of(wording, re.compile("kcl"))
    assert dose.unit == "meq"
    assert dose.per_hour == (pytest.approx(per_hour) if per_hour else None)


def test_dose_belongs_to_the_nearest_drug() -> None:
    wording = "ketorolac 30 mg q6h, acetaminophen 650 mg q8h"
    assert [dose.per_day for dose in doses_of(wording, APAP)] == [pytest.approx(1950)]
    assert [d.per_day for d in doses_of(wording, re.compile("ketorolac"))] == [pytest.approx(120)]


def test_dose_for_each_kilogram_is_marked() -> None:
    (dose,) = doses_of("alteplase 0.9 mg/kg", re.compile("alteplase"))
    assert dose.is_per_kg
    assert dose.each == 0.9


def test_drug_without_a_dose_has_none() -> None:
    assert doses_of("acetaminophen prn", APAP) == ()
    assert doses_of("aspirin 325 mg", APAP) == ()


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for dose in doses_of(f"acetaminophen {text}", APAP):
        assert dose.each is None or dose.each >= 0
