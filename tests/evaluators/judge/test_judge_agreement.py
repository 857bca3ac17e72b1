"""Krippendorff's alpha: published worked examples, the definition itself, and its interval."""

from __future__ import annotations

import random
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluators.judge.agreement import (
    FEW,
    RARE,
    UNVARIED,
    Reading,
    _wilson_ends,
    agreement,
    ordinal_alpha,
)
from evaluators.scoring.statistics import Interval

# Krippendorff 2011, "Computing Krippendorff's alpha-reliability", C: four observers, twelve units,
# five ordered values; 0 stands for a missing one. Ordinal alpha: .815.
FOUR_OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3),
    (0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0),
)
# The same, A: two observers, ten units, two values. Alpha: .095.
MEG = (0, 1, 0, 0, 0, 0, 0, 0, 1, 0)
OWEN = (1, 1, 1, 0, 0, 1, 0, 0, 0, 0)

Pairs = list[tuple[int, int]]
levels = st.integers(0, 2)
pairs_of_levels = st.lists(st.tuples(levels, levels), min_size=2, max_size=30)


def counted(pairs: Pairs) -> np.ndarray:
    counts = np.zeros((len(pairs), 3))
    for row, pair in enumerate(pairs):
        for level in pair:
            counts[row, level] += 1
    return counts


def readings(pairs: Pairs) -> list[Reading]:
    return [Reading(f"{place:016x}", *pair) for place, pair in enumerate(pairs)]


def by_definition(pairs: Pairs) -> float | None:
    """Observed over expected disagreement, every pair of values visited one by one."""
    values = [level for pair in pairs for level in pair]
    number = {level: values.count(level) for level in set(values)}

    def distance(a: int, b: int) -> float:
        low, high = sorted((a, b))
        between = sum(number.get(level, 0) for level in range(low, high + 1))
        return (between - (number[a] + number[b]) / 2) ** 2

    observed = sum(distance(a, b) for a, b in pairs) / len(pairs)
    everyone = list(permutations(values, 2))
    expected = sum(distance(a, b) for a, b in everyone) / len(everyone)
    return None if expected == 0 else 1 - observed / expected


def test_published_example_of_four_observers_with_missing_values() -> None:
    counts = np.array(
        [[sum(row[u] == v for row in FOUR_OBSERVERS) for v in range(1, 6)] for u in range(12)]
    )
    assert ordinal_alpha(counts) == pytest.approx(0.815, abs=5e-4)


def test_published_example_of_two_observers() -> None:
    found = agreement(readings([(2 * a, 2 * b) for a, b in zip(MEG, OWEN, strict=True)]), 1)
    assert found.alpha is None  # ten answers are too few to be shown
    assert found.reason == FEW
    pairs = [(2 * a, 2 * b) for a, b in zip(MEG, OWEN, strict=True)]
    assert ordinal_alpha(counted(pairs)) == pytest.approx(0.095, abs=5e-4)


@settings(deadline=None)
@given(pairs_of_levels)
def test_alpha_is_that_of_the_definition(pairs: Pairs) -> None:
    expected = by_definition(pairs)
    found = ordinal_alpha(counted(pairs))
    assert (found is None) is (expected is None)
    if expected is not None:
        assert found == pytest.approx(expected, abs=1e-9)


@settings(deadline=None)
@given(pairs_of_levels, st.randoms(use_true_random=False))
def test_alpha_knows_neither_the_order_of_answers_nor_who_read_first(
    pairs: Pairs, chance: random.Random
) -> None:
    turned = [(b, a) for a, b in pairs]
    chance.shuffle(turned)
    first, second = ordinal_alpha(counted(pairs)), ordinal_alpha(counted(turned))
    assert first == (None if second is None else pytest.approx(second, abs=1e-9))
    assert first is None or first <= 1 + 1e-12


@settings(deadline=None)
@given(st.lists(levels, min_size=2, max_size=30))
def test_alpha_is_one_exactly_where_all_readings_are_equal(values: list[int]) -> None:
    found = ordinal_alpha(counted([(value, value) for value in values]))
    assert found == (1.0 if len(set(values)) > 1 else None)
    if found is not None:
        turned = [(values[0], (values[0] + 1) % 3), *((value, value) for value in values[1:])]
        assert (ordinal_alpha(counted(turned)) or 0.0) < 1.0


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(levels, levels), min_size=11, max_size=30), st.integers(0, 2**32))
def test_the_interval_lies_within_bounds_and_the_order_changes_nothing(
    pairs: Pairs, seed: int
) -> None:
    given_order = readings(pairs)
    found = agreement(given_order, seed)
    assert found == agreement(given_order[::-1], seed)
    if found.interval is not None:
        assert -1.0 <= found.interval.low <= found.interval.high <= 1.0
    assert sum(map(sum, found.table)) == found.answers == len(pairs)
    assert found.equal == sum(a == b for a, b in pairs)


def test_the_interval_covers_alpha_and_narrows_with_more_questions() -> None:
    chance = random.Random(3)
    pairs = [(a := chance.randrange(3), a if chance.random() < 0.8 else 1) for _ in range(400)]
    few, many = agreement(readings(pairs[:60]), 9), agreement(readings(pairs), 9)
    for found in (few, many):
        assert found.interval is not None
        assert found.alpha is not None
        assert found.interval.low < found.alpha < found.interval.high
    assert width(many.interval) < width(few.interval)


def test_perfect_agreement_on_few_questions_is_not_taken_for_certain() -> None:
    few = agreement(readings([(place % 3, place % 3) for place in range(15)]), 1)
    many = agreement(readings([(place % 3, place % 3) for place in range(300)]), 1)
    for found in (few, many):
        assert (found.alpha, found.interval and found.interval.high) == (1.0, 1.0)
    assert 0 < width(many.interval) < 0.1 < width(few.interval)


@settings(deadline=None)
@given(pairs_of_levels)
def test_the_disagreement_behind_the_wilson_ends_is_that_of_alpha(pairs: Pairs) -> None:
    counts = counted(pairs)
    alpha = ordinal_alpha(counts)
    if alpha is not None:
        # With very many trials both ends meet in alpha itself.
        low, high = _wilson_ends(counts, 10**9)
        assert low == pytest.approx(max(-1.0, alpha), abs=2e-3)
        assert high == pytest.approx(alpha, abs=2e-3)


def width(interval: Interval | None) -> float:
    assert interval is not None
    return interval.high - interval.low


def test_many_patients_with_one_question_are_one_reading() -> None:
    chance = random.Random(5)
    pairs = [(a := chance.randrange(3), a if chance.random() < 0.8 else 1) for _ in range(60)]
    apart = agreement(readings(pairs), 9)
    again = agreement([one for one in readings(pairs) for _ in range(5)], 9)
    assert again.answers == 5 * apart.answers
    assert width(again.interval) > 0.8 * width(apart.interval)


def test_no_variation_and_few_questions_are_told_in_words() -> None:
    alike = agreement(readings([(2, 2)] * 20), 1)
    assert (alike.alpha, alike.interval, alike.reason) == (None, None, UNVARIED)
    two = [Reading("a", 2, 2)] * 10 + [Reading("b", 0, 0)] * 10
    found = agreement(two, 1)
    assert (found.alpha, found.interval, found.reason) == (1.0, None, RARE)
