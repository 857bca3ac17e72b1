"""Random numbers: independent streams for each patient.

Belongs here: the seeding and the few draws that stories need. A patient's streams depend only on
the seed and the patient's number, so that a story never depends on how many patients there are or
on which process tells it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import NDArray

T = TypeVar("T")
_BLOCK = 64
"""Numbers in a stream's first block; each further one is four times as long, up to `_MOST`."""
_MOST = 4096


class _Digest(ISeedSequence):
    """The seed of a stream: a hash; numpy's own mixing would take 8 times as long."""

    __slots__ = ("_digest",)

    def __init__(self, text: str) -> None:
        self._digest = hashlib.sha256(text.encode()).digest()

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> NDArray[Any]:
        """The hash as whole numbers, the same on every machine.

        Raises:
            ValueError: More numbers are asked for than a hash has: not by PCG64.
        """
        words = np.frombuffer(self._digest, np.dtype(dtype).newbyteorder("<"))
        if n_words > len(words):
            raise ValueError(
                "a stream's seed has 32 bytes; open it with a generator that needs no more"
            )
        return words[:n_words].astype(dtype)


class Draws:
    """Draws of one patient; numbers are taken from numpy in blocks, since single calls are slow."""

    def __init__(self, seed: int, patient: int, kind: str = "life") -> None:
        """Open a stream of one patient.

        Args:
            seed: Seed of the release.
            patient: The patient's number, from 1.
            kind: What is drawn from it (`life`, `imaging`, ...): each kind has a stream of its own,
                so that one module's draws never change another's.
        """
        # The stubs of numpy know only its own seed sequence; the class takes any.
        digest = _Digest(f"medcred synthetic 3|{seed}|{patient}|{kind}")
        self._generator = np.random.Generator(np.random.PCG64(digest))  # type: ignore[arg-type]
        self._uniforms: list[float] = []
        self._normals: list[float] = []
        self._uniform_block = self._normal_block = _BLOCK

    def _more_uniforms(self) -> list[float]:
        self._uniforms = self._generator.random(self._uniform_block).tolist()
        self._uniform_block = min(_MOST, 4 * self._uniform_block)
        return self._uniforms

    def _more_normals(self) -> list[float]:
        self._normals = self._generator.standard_normal(self._normal_block).tolist()
        self._normal_block = min(_MOST, 4 * self._normal_block)
        return self._normals

    def uniform(self) -> float:
        """A number in [0, 1)."""
        return (self._uniforms or self._more_uniforms()).pop()

    def normal(self) -> float:
        """A standard normal number."""
        return (self._normals or self._more_normals()).pop()

    def normals(self, count: int) -> list[float]:
        """`count` standard normal numbers, the same as by as many single draws."""
        taken: list[float] = []
        while len(taken) < count:
            stock = self._normals or self._more_normals()
            part = stock[: -(count - len(taken)) - 1 : -1]
            del stock[len(stock) - len(part) :]
            taken += part
        return taken

    def chance(self, share: float) -> bool:
        """True with probability `share`."""
        return (self._uniforms or self._more_uniforms()).pop() < share

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * (self._uniforms or self._more_uniforms()).pop()

    def whole(self, low: int, high: int) -> int:
        """A whole number in [low, high]."""
        return low + int((high - low + 1) * (self._uniforms or self._more_uniforms()).pop())

    def around(self, mean: float, sd: float) -> float:
        """A normal number, cut at 2.6 standard deviations."""
        normal = (self._normals or self._more_normals()).pop()
        return mean + sd * (2.6 if normal > 2.6 else -2.6 if normal < -2.6 else normal)

    def times(self, spread: float) -> float:
        """A log-normal factor around 1, cut at 2.4 standard deviations."""
        normal = (self._normals or self._more_normals()).pop()
        return math.exp(spread * (2.4 if normal > 2.4 else -2.4 if normal < -2.4 else normal))

    def one(self, choices: Sequence[T]) -> T:
        """One of the choices, each equally likely."""
        return choices[int(len(choices) * (self._uniforms or self._more_uniforms()).pop())]

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
