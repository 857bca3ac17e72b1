"""Streams of random numbers: independent, repeatable, the same on every machine."""

from __future__ import annotations

import numpy as np
import pytest

from sources.synthetic.draws import Draws, _Digest


def some(draws: Draws, count: int = 400) -> list[float]:
    return [draws.uniform() for _ in range(count)]


def test_stream_follows_from_seed_patient_and_kind_alone() -> None:
    assert some(Draws(1, 2, "life")) == some(Draws(1, 2, "life"))
    others = [Draws(2, 2, "life"), Draws(1, 3, "life"), Draws(1, 2, "notes")]
    firsts = {Draws(1, 2, "life").uniform(), *(draws.uniform() for draws in others)}
    assert len(firsts) == 4


def test_first_numbers_never_change() -> None:
    """Whatever numpy does to its own seeding: the digest is the generator's state."""
    draws = Draws(20, 1, "life")
    assert [draws.uniform(), draws.normal()] == pytest.approx(GOLDEN, rel=1e-15)


def test_many_normals_are_as_many_single_ones() -> None:
    at_once, singly = Draws(3, 4), Draws(3, 4)
    taken = at_once.normals(50) + at_once.normals(700)
    assert taken == [singly.normal() for _ in range(750)]


def test_uniform_and_normal_numbers_do_not_disturb_each_other() -> None:
    """Both come in blocks: how many of one kind are drawn moves the other by whole blocks only."""
    mixed, plain = Draws(3, 5), Draws(3, 5)
    expected = [plain.uniform() for _ in range(60)]
    drawn = []
    for _ in range(60):
        drawn.append(mixed.uniform())
        mixed.normal()
    assert drawn == expected


def test_numbers_are_uniform_and_normal_over_many_streams() -> None:
    """A stream is short: its first numbers must be random over patients."""
    uniforms = np.array([Draws(7, patient).uniform() for patient in range(1, 2001)])
    normals = np.array([Draws(7, patient).normal() for patient in range(1, 2001)])
    assert uniforms.mean() == pytest.approx(0.5, abs=0.025)
    assert np.histogram(uniforms, 10, (0, 1))[0].min() > 140
    assert normals.mean() == pytest.approx(0, abs=0.08)
    assert normals.std() == pytest.approx(1, abs=0.06)


def test_choices_are_taken_alike() -> None:
    draws = Draws(9, 1)
    taken = [draws.one("abcd") for _ in range(4000)]
    assert all(850 < taken.count(letter) < 1150 for letter in "abcd")


def test_digest_refuses_to_seed_what_needs_more_than_it_has() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        _Digest("stream").generate_state(9, np.uint32)


GOLDEN = [0.7360081427348614, -0.6066457454666535]
"""From `Draws(20, 1, "life")`."""
