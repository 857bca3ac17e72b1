"""Units: exact there and back, order kept, and calculators that read either."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluators.conversions import conversions, in_other_unit, in_recorded_unit
from evaluators.encounter.protocol import Presentation
from evaluators.encounter.tools._readings import Readings
from evaluators.scenario_sets import EvidenceItem


def item(test_id: str, value: str, unit: str, **more: object) -> EvidenceItem:
    made = EvidenceItem(
        test_id=test_id,
        kind="lab",
        label=test_id,
        specimen=None,
        value=value,
        value_num=None,
        unit=unit,
        ref_low=None,
        ref_high=None,
        flag=None,
        taken_hours=0.0,
        available_hours=1.0,
    )
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("test_id", "unit", "value", "converted", "other"),
    [
        ("lab_glucose", "mg/dL", "180.156", "10.0", "mmol/L"),
        ("lab_creat", "mg/dL", "1.0", "88", "umol/L"),
        ("lab_hgb", "g/dL", "13.7", "137", "g/L"),
        ("lab_k", "mEq/L", "4.10", "4.10", "mmol/L"),
        ("lab_bg_pco2", "mm Hg", "40", "5.3", "kPa"),
        ("vital_temp", "C", "37", "98.6", "F"),
        ("vital_weight", "kg", "45.359237", "100.0", "lb"),
        ("lab_bun", "mg/dL", "28", "10.0", "mmol/L"),
    ],
)
def test_known_quantities_are_converted(
    test_id: str, unit: str, value: str, converted: str, other: str
) -> None:
    found = in_other_unit(item(test_id, value, unit, value_num=float(value)))
    assert found is not None
    assert (found.value, found.unit) == (converted, other)


@pytest.mark.parametrize("test_id", conversions())
@settings(deadline=None, max_examples=20)
@given(number=st.floats(0.01, 5000))
def test_there_and_back_is_the_same_number(test_id: str, number: float) -> None:
    unit = conversions()[test_id].unit
    before = item(test_id, f"{number:.4f}", unit, value_num=number, ref_low=1.0, ref_high=5.0)
    there = in_other_unit(before)
    assert there is not None
    back = in_recorded_unit(there)
    assert back.unit == unit
    assert back.value_num == pytest.approx(number, rel=1e-8, abs=1e-8)


@settings(deadline=None)
@given(
    number=st.integers(1, 9999).map(lambda one: one / 10),
    low=st.integers(1, 5000).map(lambda one: one / 10),
)
def test_value_and_range_keep_their_order(number: float, low: float) -> None:
    found = in_other_unit(
        item("lab_glucose", f"{number}", "mg/dL", ref_low=low, ref_high=low * 2, flag="abnormal")
    )
    assert found is not None
    assert found.ref_low is not None
    value = float(found.value)
    assert (value > found.ref_low, value < found.ref_low) == (number > low, number < low)
    assert found.flag == "abnormal"


def test_a_value_below_a_limit_keeps_its_sign() -> None:
    found = in_other_unit(item("lab_tnt", "<0.01", "ng/mL"))
    assert found is not None
    assert (found.value, found.unit, found.value_num) == ("<10", "ng/L", None)


@pytest.mark.parametrize(
    "before",
    [
        item("lab_glucose", "NEG", "mg/dL"),
        item("lab_glucose", "5.1", "mmol/L"),
        item("lab_lipase", "40", "IU/L"),
    ],
)
def test_what_the_table_does_not_know_is_not_converted(before: EvidenceItem) -> None:
    assert in_other_unit(before) is None


def test_calculators_read_converted_results_as_the_recorded_ones() -> None:
    recorded = [
        item("lab_creat", "2.1", "mg/dL", value_num=2.1),
        item("vital_temp", "38.5", "C", value_num=38.5),
    ]
    converted = [found for one in recorded if (found := in_other_unit(one))]
    told = Presentation(age_years=60, sex="F")

    def numbers(items: list[EvidenceItem]) -> list[float | None]:
        found = [Readings(items, 2.0, told).newest(test) for test in ("lab_creat", "vital_temp")]
        return [reading.number if reading else None for reading in found]

    assert numbers(converted) == pytest.approx(numbers(recorded))
    assert numbers(recorded) == [2.1, 38.5]
