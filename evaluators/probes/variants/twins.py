"""The variant `values_moved`: a twin whose numbers differ and mean the same.

Belongs here: moving a number within its clinical meaning. Does not belong here: the bounds
(`twin_bounds.yml`), what follows from an answer that is kept on the original only
(`evaluators.probes.paired`).

All values of one test that lie between the same two bounds move by one factor, those of triage with
those charted later, so that a course stays a course. Where one of them would cross a bound, all
move by less, the other way, or stay. Words, and values written with a bound of their own (`<5`),
stay.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from evaluators.probes.variants.draws import Lots
from evaluators.probes.variants.texts import with_presentation
from evaluators.scenario_sets import EvidenceItem, Scenario

_PLAIN: Final = re.compile(r"^-?\d+(?:\.(?P<decimals>\d+))?$")
_KINDS: Final = frozenset({"lab", "vital"})
_PARTS: Final = (1.0, 0.5, 0.25)
"""Parts of the drawn distance that are tried in turn."""


@cache
def _rules() -> Mapping[str, Any]:
    path = Path(__file__).with_name("twin_bounds.yml")
    found: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True, slots=True)
class _Number:
    """One number that may move."""

    test_id: str
    value: float
    decimals: int
    own_bounds: tuple[float, ...] = ()
    """Its reference range."""

    def moved(self, turn: float) -> float:
        """The number after a turn in [-1, 1] of the distance that is allowed."""
        rules = _rules()
        allowed = float(rules["steps"].get(self.test_id, rules["share"] * abs(self.value)))
        return round(self.value + turn * allowed, self.decimals) + 0.0


def values_moved(scenario: Scenario, lots: Lots) -> Scenario | None:
    """The twin of a scenario; None when no number can move."""
    told = scenario.presentation
    triage = {
        field: _Number(vital, float(value), 1 if vital == "vital_temp" else 0)
        for field, vital in _rules()["same_bounds"].items()
        if (value := getattr(told, field)) is not None
    }
    charted = [_number(item) for item in scenario.evidence]
    moved = _all_moved([*triage.values(), *(one for one in charted if one is not None)], lots)
    evidence = tuple(
        item if number is None else _restated(item, number, moved[number])
        for item, number in zip(scenario.evidence, charted, strict=True)
    )
    fields = {field: moved[number] for field, number in triage.items()}
    twin = replace(with_presentation(scenario, **fields), evidence=evidence)
    return None if twin == scenario else twin


def _number(item: EvidenceItem) -> _Number | None:
    """The number of a result that may move; None for what stays."""
    written = _PLAIN.match(item.value)
    if (
        item.kind not in _KINDS
        or item.test_id in _rules()["tied"]
        or item.value_num is None
        or written is None
        or float(item.value) != item.value_num
    ):
        return None
    bounds = tuple(bound for bound in (item.ref_low, item.ref_high) if bound is not None)
    return _Number(item.test_id, item.value_num, len(written["decimals"] or ""), bounds)


def _restated(item: EvidenceItem, number: _Number, moved: float) -> EvidenceItem:
    if moved == number.value:
        return item
    return replace(item, value=f"{moved:.{number.decimals}f}", value_num=moved)


def _all_moved(numbers: Sequence[_Number], lots: Lots) -> dict[_Number, float]:
    """Each number with what becomes of it."""
    bounds: dict[str, set[float]] = {}
    for one in numbers:
        of_test = bounds.setdefault(one.test_id, set(_rules()["bounds"].get(one.test_id, ())))
        of_test.update(one.own_bounds)
    courses: dict[tuple[str, tuple[int, ...]], list[_Number]] = {}
    for one in numbers:
        sides = _sides(one.value, bounds[one.test_id])
        courses.setdefault((one.test_id, sides), []).append(one)
    moved: dict[_Number, float] = {}
    for (test_id, _), course in courses.items():
        moved |= _course_moved(course, bounds[test_id], _turn(test_id, lots))
    return moved


def _turn(test_id: str, lots: Lots) -> float:
    """By lot which part of the allowed distance, and which way; the same for all of one test."""
    turn = 2 * lots.share(f"move {test_id}") - 1
    # At least half of what is allowed, so that a twin is not its original.
    return (0.5 + abs(turn) / 2) * (1 if turn >= 0 else -1)


def _course_moved(
    course: Sequence[_Number], bounds: Collection[float], turn: float
) -> dict[_Number, float]:
    """Numbers between the same bounds, moved alike as far as none crosses one."""
    for part in _PARTS:
        for way in (part, -part):
            moved = {one: one.moved(way * turn) for one in course}
            if any(moved[one] != one.value for one in course) and all(
                _sides(moved[one], bounds) == _sides(one.value, bounds) for one in course
            ):
                return moved
    return {one: one.value for one in course}


def _sides(number: float, bounds: Collection[float]) -> tuple[int, ...]:
    """On which side of each bound a number stands; on a bound is a side of its own."""
    return tuple((number > bound) - (number < bound) for bound in sorted(bounds))
