"""The types that every kind of scenario scores by.

Belongs here: the score of one encounter and what a kind must be able to do. Does not belong here:
the rules of any kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from evaluators.encounter.protocol import FinalAnswer
from evaluators.scenario_sets import GroundTruth
from evaluators.scoring.credit import DiagnosisScore


@dataclass(frozen=True)
class KindScore:
    """What one encounter earned."""

    points: float
    """In [0, 1]: the credential points."""
    parts: Mapping[str, float | None] = field(default_factory=dict)
    """What the points are made of, each in [0, 1]; None where it could not be judged."""


class KindScorer(Protocol):
    """The rules of one kind. Pure functions of answers and truths."""

    asks_for_treatment: bool
    """Whether the treatment is the candidate's to state, so that leaving it out is an omission."""

    def score(
        self, final: FinalAnswer | None, truth: GroundTruth, diagnosis: DiagnosisScore
    ) -> KindScore:
        """Score one encounter; without a final answer the points are 0."""
        ...

    def aggregate(
        self, answered: Sequence[tuple[FinalAnswer | None, GroundTruth]]
    ) -> dict[str, Any]:
        """Figures over all encounters of a set that no single one has, in plain JSON types."""
        ...


def answers_of(truth: GroundTruth) -> Mapping[str, Any]:
    """What is true of a scenario besides its diagnosis.

    Raises:
        ValueError: when its set holds no answers: it is of another kind.
    """
    if truth.answers is None:
        raise ValueError("A scenario's truth has no answers: its set is of another kind.")
    return truth.answers
