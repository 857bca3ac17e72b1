"""The variant `values_moved`: a twin whose numbers differ and mean the same.

Belongs here: moving a number within its clinical meaning. Does not belong here: the bounds
(`twin_bounds.yml`), what follows from an answer that is kept on the original only
(`evaluators.probes.paired`).

All values of one test move by one factor, so that a course stays a course. A value that would
cross a bound moves by less, or stays. Words, and values written with a bound of their own (`<5`),
stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
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


def values_moved(scenario: Scenario, lots: Lots) -> Scenario | None:
    """The twin of a scenario; None when no number can move."""
    rules = _rules()
    told = scenario.presentation
    fields = {}
    for name, vital in rules["same_bounds"].items():
        number = getattr(told, name)
        if number is not None:
            decimals = 1 if name == "temperature_c" else 0
            bounds = rules["bounds"][vital]
            fields[name] = _moved(float(number), decimals, bounds, _distance(name, number, lots))
    evidence = tuple(_moved_item(item, lots) for item in scenario.evidence)
    twin = replace(with_presentation(scenario, **fields), evidence=evidence)
    return None if twin == scenario else twin


def _moved_item(item: EvidenceItem, lots: Lots) -> EvidenceItem:
    rules = _rules()
    written = _PLAIN.match(item.value)
    if (
        item.kind not in _KINDS
        or item.test_id in rules["tied"]
        or item.value_num is None
        or written is None
        or float(item.value) != item.value_num
    ):
        return item
    bounds = [*rules["bounds"].get(item.test_id, ())]
    bounds += [bound for bound in (item.ref_low, item.ref_high) if bound is not None]
    decimals = len(written["decimals"] or "")
    distance = _distance(item.test_id, item.value_num, lots)
    number = _moved(item.value_num, decimals, bounds, distance)
    if number == item.value_num:
        return item
    return replace(item, value=f"{number:.{decimals}f}", value_num=number)


def _distance(name: str, number: float, lots: Lots) -> float:
    """How far a value may move, by lot; the same share for all values of one test."""
    rules = _rules()
    turn = 2 * lots.share(f"move {name}") - 1
    # At least half of what is allowed, so that a twin is not its original.
    turn = (0.5 + abs(turn) / 2) * (1 if turn >= 0 else -1)
    allowed = rules["steps"].get(name, rules["share"] * abs(number))
    return turn * float(allowed)


def _moved(number: float, decimals: int, bounds: Sequence[float], distance: float) -> float:
    for part in _PARTS:
        for way in (distance, -distance):
            moved = round(number + part * way, decimals) + 0.0
            if moved != number and _sides(moved, bounds) == _sides(number, bounds):
                return moved
    return number


def _sides(number: float, bounds: Sequence[float]) -> list[int]:
    """On which side of each bound a number stands; on a bound is a side of its own."""
    return [(number > bound) - (number < bound) for bound in bounds]
