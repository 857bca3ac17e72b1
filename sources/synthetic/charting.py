"""Routine nursing charts of intensive care: rounds that are made whatever the illness is.

Belongs here: typed access to `catalogue/charting.yml` and drawing a stay's rounds from it. Does not
belong here: vital signs, ventilation and whatever an illness decides (`icu_course`), rows (`icu`).

Nearly all of what an ICU charts is such routine, and answers seldom change within a stay. A stay
therefore draws a few variants of each round and repeats them: rows become cheap, and the rounds
cannot tell one condition from another, since they know nothing but who is sedated.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from operator import attrgetter
from typing import Any

from sources.synthetic.draws import Draws
from sources.synthetic.stories import read_yaml
from sources.synthetic.timeline import HOUR, Round

Entry = tuple[str, str, float | None]
_VARIANTS = 3
"""Variants of a round in one stay: the usual answers, and two with some others."""
_MISSED = 0.04
"""Share of rounds that nobody charted."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What may be charted for one item, by weight."""

    entries: tuple[Entry, ...]
    upto: tuple[float, ...]
    """Running sum of the weights, ending at 1."""

    def draw(self, draws: Draws) -> Entry:
        """One of the answers."""
        if len(self.entries) == 1:
            return self.entries[0]
        return self.entries[min(bisect(self.upto, draws.uniform()), len(self.entries) - 1)]


@dataclass(frozen=True, slots=True)
class Item:
    """One charted item."""

    key: str
    itemid: int
    label: str
    abbreviation: str
    category: str
    unit: str
    kind: str
    awake: Answers
    sedated: Answers


@dataclass(frozen=True, slots=True)
class Routine:
    """One kind of round."""

    every: int
    """Minutes between two rounds."""
    share: float
    """Share of stays that have it."""
    ventilated: bool
    """Only while the patient is ventilated."""
    items: tuple[Item, ...]


def _answers(key: str, listed: list[list[Any]]) -> Answers:
    total = sum(weight for _, _, weight in listed)
    return Answers(
        tuple((key, text, None if number is None else float(number)) for text, number, _ in listed),
        tuple(accumulate(weight / total for _, _, weight in listed)),
    )


def _item(key: str, row: list[Any]) -> Item:
    itemid, label, abbreviation, category, unit, kind, awake, sedated = row
    return Item(
        key,
        itemid,
        label,
        abbreviation,
        category,
        unit,
        kind,
        _answers(key, awake),
        _answers(key, sedated or awake),
    )


@cache
def routines() -> dict[str, Routine]:
    """All kinds of rounds by name, in the order of the file."""
    return {
        name: Routine(
            row["every"] * HOUR,
            row["share"],
            row["ventilated"],
            tuple(_item(key, item) for key, item in row["items"].items()),
        )
        for name, row in read_yaml("catalogue", "charting").items()
    }


def charted_items() -> Iterator[Item]:
    """Every item of every round."""
    for routine in routines().values():
        yield from routine.items


def draw_rounds(
    draws: Draws, start: int, end: int, sedated: tuple[int, int] | None
) -> tuple[Round, ...]:
    """The rounds of one stay, by time; all lie within it.

    Args:
        draws: The patient's stream.
        start: Start of the stay, in minutes.
        end: End of the stay.
        sedated: Start and end of ventilation, if any.
    """
    rounds: list[Round] = []
    for routine in routines().values():
        if not draws.chance(routine.share) or (routine.ventilated and sedated is None):
            continue
        first, last = sedated if routine.ventilated and sedated else (start, end)
        awake = _variants(draws, [item.awake for item in routine.items])
        under = awake
        if sedated is not None:
            under = _variants(draws, [item.sedated for item in routine.items])
        for due in range(first + draws.whole(3, 25), last - 15, routine.every):
            if draws.chance(_MISSED):
                continue
            asleep = sedated is not None and sedated[0] <= due < sedated[1]
            entries = (under if asleep else awake)[int(_VARIANTS * draws.uniform())]
            rounds.append(Round(due + draws.whole(0, 12), entries))
    rounds.sort(key=attrgetter("at"))
    return tuple(rounds)


def _variants(draws: Draws, items: list[Answers]) -> list[tuple[Entry, ...]]:
    """The usual answers of a stay, and variants in which some are others."""
    usual = [answers.draw(draws) for answers in items]
    variants = [tuple(usual)]
    for _ in range(_VARIANTS - 1):
        other = list(usual)
        for _ in range(1 + len(items) // 8):
            place = int(len(items) * draws.uniform())
            other[place] = items[place].draw(draws)
        variants.append(tuple(other))
    return variants
