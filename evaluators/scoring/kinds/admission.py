"""The points of an admission: the strict credit of its diagnosis.

Belongs here: the kind `admission`. Does not belong here: how the credit is found
(`evaluators.scoring.credit`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evaluators.encounter.protocol import FinalAnswer
from evaluators.scenario_sets import GroundTruth
from evaluators.scoring.credit import DiagnosisScore
from evaluators.scoring.kinds._types import KindScore


class Admission:
    """Scores the kind `admission`."""

    asks_for_treatment = True

    def score(
        self, final: FinalAnswer | None, truth: GroundTruth, diagnosis: DiagnosisScore
    ) -> KindScore:
        """The diagnosis is all."""
        del final, truth
        return KindScore(diagnosis.credit.strict)

    def aggregate(
        self, answered: Sequence[tuple[FinalAnswer | None, GroundTruth]]
    ) -> dict[str, Any]:
        """Nothing beyond what all kinds share."""
        del answered
        return {}
