"""What the answers of each kind of scenario earn: points in [0, 1] for one encounter.

Belongs here: one module a kind, and finding it. Does not belong here: reading a diagnosis
(`evaluators.scoring.diagnosis`), the aggregate that all kinds share (`evaluators.scoring.score`).

Of an admission the points are the strict credit of its diagnosis. The other kinds ask for more
(`evaluators.encounter.tasks`); what their points are made of: docs/decisions/kinds-of-scenario.md.
"""

from __future__ import annotations

from evaluators.scoring.kinds._types import KindScore, KindScorer
from evaluators.scoring.kinds.admission import Admission
from evaluators.scoring.kinds.films import FilmsKind
from evaluators.scoring.kinds.organ_support import OrganSupportKind
from evaluators.scoring.kinds.triage import TriageKind

__all__ = ["KindScore", "KindScorer", "kind_scorer"]

_SCORERS: dict[str, KindScorer] = {
    "admission": Admission(),
    "intensive_care": OrganSupportKind(),
    "radiology": FilmsKind(),
    "emergency": TriageKind(),
}


def kind_scorer(kind: str) -> KindScorer:
    """The scorer of a kind of scenario.

    Raises:
        KeyError: when there is no such kind.
    """
    return _SCORERS[kind]
