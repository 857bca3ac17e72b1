"""Shuffling the beginning of a list: nothing is lost, and everything can come first."""

from __future__ import annotations

from collections import Counter

import pytest

from sources.synthetic.draws import Draws
from sources.synthetic.notes.history import begin_shuffled


@pytest.mark.parametrize("most", [0, 1, 3, 8, 20])
def test_items_are_kept(most: int) -> None:
    items = list(range(8))
    begin_shuffled(Draws(1, most + 1), items, most)
    assert sorted(items) == list(range(8))


def test_every_item_comes_first_as_often() -> None:
    draws = Draws(1, 1)
    firsts: Counter[tuple[int, int]] = Counter()
    for _ in range(6000):
        items = list(range(6))
        begin_shuffled(draws, items, 2)
        firsts[items[0], items[1]] += 1
    assert len(firsts) == 30
    assert all(130 < count < 270 for count in firsts.values())
