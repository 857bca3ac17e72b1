"""Random numbers: one independent stream a patient.

Belongs here: the seeding and the few draws that stories need. A patient's stream depends only on
the seed and the patient's number, so that a story never depends on how many patients there are or
on which process tells it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")
_BLOCK = 512


class Draws:
    """Draws of one patient; numbers are taken from numpy in blocks, since single calls are slow."""

    def __init__(self, seed: int, patient: int) -> None:
        """Open the stream of one patient (`patient` counts from 1)."""
        digest = hashlib.sha256(f"medcred synthetic 1|{seed}|{patient}".encode()).digest()
        self._generator = np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))
        self._uniforms: list[float] = []
        self._normals: list[float] = []

    def uniform(self) -> float:
        """A number in [0, 1)."""
        if not self._uniforms:
            self._uniforms = self._generator.random(_BLOCK).tolist()
        return self._uniforms.pop()

    def normal(self) -> float:
        """A standard normal number."""
        if not self._normals:
            self._normals = self._generator.standard_normal(_BLOCK).tolist()
        return self._normals.pop()

    def chance(self, share: float) -> bool:
        """True with probability `share`."""
        return self.uniform() < share

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self.uniform()

    def whole(self, low: int, high: int) -> int:
        """A whole number in [low, high]."""
        return low + int((high - low + 1) * self.uniform())

    def around(self, mean: float, sd: float) -> float:
        """A normal number, cut at 2.6 standard deviations."""
        return mean + sd * max(-2.6, min(2.6, self.normal()))

    def times(self, spread: float) -> float:
        """A log-normal factor around 1, cut at 2.4 standard deviations."""
        return math.exp(spread * max(-2.4, min(2.4, self.normal())))

    def one(self, choices: Sequence[T]) -> T:
        """One of the choices, each equally likely."""
        return choices[int(len(choices) * self.uniform())]

    def weighted(self, weights: Mapping[str, float]) -> str:
        """One of the keys, by weight."""
        left = self.uniform() * sum(weights.values())
        for key, weight in weights.items():
            left -= weight
            if left < 0:
                return key
        return key

    def grade(self, shares: Sequence[float]) -> int:
        """An index, by share."""
        left = self.uniform() * sum(shares)
        for index, share in enumerate(shares):
            left -= share
            if left < 0:
                return index
        return len(shares) - 1
