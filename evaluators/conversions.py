"""Units of results: exact conversion between the unit of the catalogue's tables and another.

Belongs here: reading `unit_conversions.csv`, a result in the other unit or back. Does not belong
here: plausibility of values (`dbt_project`), what a value means (scoring, calculators).

A converted quantity is `recorded * factor + offset`. The table has the one unit in which a test is
recorded and the one into which it may be converted; its sources are molar masses (IUPAC atomic
weights 2021) and definitions of units (BIPM, The International System of Units, 2019).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from evaluators._scenario_types import EvidenceItem

TABLE: Final = Path(__file__).with_name("unit_conversions.csv")
_NUMBER: Final = re.compile(r"^(?P<bound>[<>]=?\s*)?(?P<number>-?\d+(?:\.\d+)?)$")
_MOST_DECIMALS: Final = 6
_UNIT_IN_LABEL: Final = re.compile(r"\s*(?:\([^)]*\)|Fahrenheit, in C|Celsius|Fahrenheit)")


@dataclass(frozen=True, slots=True)
class Conversion:
    """How the results of one test are stated in another unit."""

    unit: str
    converted_unit: str
    factor: float
    offset: float
    decimals: int | None
    """With which a converted value is written; None: the number stays, its unit is renamed."""

    def to(self, number: float) -> float:
        """The number in the other unit."""
        return number * self.factor + self.offset

    def back(self, number: float) -> float:
        """The number in the recorded unit, to ten digits."""
        return float(f"{(number - self.offset) / self.factor:.10g}")


@cache
def conversions() -> Mapping[str, Conversion]:
    """The conversions by test id."""
    with TABLE.open(encoding="utf-8", newline="") as stream:
        return {
            row["test_id"]: Conversion(
                unit=row["unit"],
                converted_unit=row["converted_unit"],
                factor=float(row["factor"]),
                offset=float(row["offset"]),
                decimals=int(row["decimals"]) if row["decimals"] else None,
            )
            for row in csv.DictReader(stream)
        }


def in_other_unit(item: EvidenceItem) -> EvidenceItem | None:
    """The result with value, unit and reference range in the other unit; the flag stays.

    Value and bounds are written with as many decimals as keep their order.

    Returns:
        None when the table does not know the test in this unit, or the value is no number.
    """
    known = conversions().get(item.test_id)
    written = _NUMBER.match(item.value.strip())
    if known is None or item.unit != known.unit or written is None:
        return None
    label = _UNIT_IN_LABEL.sub("", item.label)
    if known.decimals is None:
        return replace(item, unit=known.converted_unit, label=label)
    numbers = (float(written["number"]), item.ref_low, item.ref_high)
    texts = _in_order(numbers, known)
    value, low, high = texts
    return replace(
        item,
        value=f"{written['bound'] or ''}{value}",
        value_num=None if item.value_num is None else known.to(item.value_num),
        unit=known.converted_unit,
        ref_low=None if low is None else float(low),
        ref_high=None if high is None else float(high),
        label=label,
    )


def in_recorded_unit(item: EvidenceItem) -> EvidenceItem:
    """The result in the unit in which its test is recorded; itself where it is so already."""
    known = conversions().get(item.test_id)
    if known is None or item.unit != known.converted_unit or item.unit == known.unit:
        return item
    if item.value_num is None:
        return replace(item, unit=known.unit) if known.decimals is None else item
    number = known.back(item.value_num)
    return replace(
        item,
        value=f"{number:.6g}" if known.decimals is not None else item.value,
        value_num=number,
        unit=known.unit,
        ref_low=None if item.ref_low is None else known.back(item.ref_low),
        ref_high=None if item.ref_high is None else known.back(item.ref_high),
    )


def _in_order(
    numbers: tuple[float, float | None, float | None], known: Conversion
) -> list[str | None]:
    """The converted numbers as texts that compare as the recorded ones do."""
    converted = [None if number is None else known.to(number) for number in numbers]
    texts: list[str | None] = []
    for decimals in range(known.decimals or 0, _MOST_DECIMALS + 1):
        texts = [None if one is None else f"{one:.{decimals}f}" for one in converted]
        if _signs([None if text is None else float(text) for text in texts]) == _signs(numbers):
            break
    return texts


def _signs(numbers: list[float | None] | tuple[float | None, ...]) -> list[int]:
    value, *bounds = numbers
    assert value is not None
    return [(value > bound) - (value < bound) for bound in bounds if bound is not None]
