"""Yes or no, foretold and real: the four counts and what they say.

Belongs here: the confusion of one question over many encounters. Does not belong here: what is
asked (the modules of the kinds).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts of one question."""

    hits: int
    """Said yes, was so."""
    misses: int
    """Said no, was so."""
    false_alarms: int
    """Said yes, was not so."""
    rejections: int
    """Said no, was not so."""

    @classmethod
    def of(cls, pairs: Iterable[tuple[bool, bool]]) -> Confusion:
        """Count pairs of (said, real)."""
        counts = [0, 0, 0, 0]
        for said, real in pairs:
            counts[(0 if real else 2) + (0 if said == real else 1)] += 1
        hits, misses, rejections, false_alarms = counts
        return cls(hits, misses, false_alarms, rejections)

    @property
    def sensitivity(self) -> float | None:
        """Share of what was so that was said; None when nothing was so."""
        real = self.hits + self.misses
        return self.hits / real if real else None

    @property
    def specificity(self) -> float | None:
        """Share of what was not so that was not said; None when everything was so."""
        unreal = self.false_alarms + self.rejections
        return self.rejections / unreal if unreal else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and sensitivity; None when nothing was so and nothing said."""
        weight = 2 * self.hits + self.misses + self.false_alarms
        return 2 * self.hits / weight if weight else None

    @property
    def balanced_accuracy(self) -> float | None:
        """Mean of sensitivity and specificity; None unless both are defined."""
        if self.sensitivity is None or self.specificity is None:
            return None
        return (self.sensitivity + self.specificity) / 2

    def as_json(self) -> dict[str, Any]:
        """Counts and figures in plain JSON types."""
        return {
            "positive": self.hits + self.misses,
            "negative": self.false_alarms + self.rejections,
            "sensitivity": self.sensitivity,
            "specificity": self.specificity,
            "f1": self.f1,
            "balanced_accuracy": self.balanced_accuracy,
        }
