"""The points of an intensive care stay: what made it necessary, and the support of the next day.

Belongs here: the kind `intensive_care`. Does not belong here: how truth is found (`dbt_project`:
`int_organ_support__asked`).

Half of the points are the strict credit of the diagnosis. The other half is earned when all three
kinds of support were foretold rightly: single supports are rare, so that always denying one is
mostly right and tells little. Support that the candidate did not speak of counts as denied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from evaluators.encounter.protocol import FinalAnswer, OrganSupport
from evaluators.scenario_sets import GroundTruth
from evaluators.scoring.credit import DiagnosisScore
from evaluators.scoring.kinds._binary import Confusion
from evaluators.scoring.kinds._types import KindScore, answers_of

SUPPORTS: Final = tuple(OrganSupport.model_fields)


class OrganSupportKind:
    """Scores the kind `intensive_care`.

    Truth has `vasopressor`, `ventilation` and `renal_replacement`, each true or false.
    """

    asks_for_treatment = False

    def score(
        self, final: FinalAnswer | None, truth: GroundTruth, diagnosis: DiagnosisScore
    ) -> KindScore:
        """Half for the cause, half for all three supports."""
        if final is None:
            return KindScore(0.0, {"cause": 0.0, "support": 0.0})
        real = answers_of(truth)
        foretold = _foretold(final)
        support = float(all(foretold[name] == real[name] for name in SUPPORTS))
        cause = diagnosis.credit.strict
        return KindScore((cause + support) / 2, {"cause": cause, "support": support})

    def aggregate(
        self, answered: Sequence[tuple[FinalAnswer | None, GroundTruth]]
    ) -> dict[str, Any]:
        """Each support's confusion over all encounters, and what the commonest triple would earn.

        An encounter without a final answer foretold nothing: it counts as denying all.
        """
        triples = Counter(
            tuple(bool(answers_of(truth)[name]) for name in SUPPORTS) for _, truth in answered
        )
        return {
            "supports": {
                name: Confusion.of(
                    (_foretold(final)[name], bool(answers_of(truth)[name]))
                    for final, truth in answered
                ).as_json()
                for name in SUPPORTS
            },
            "commonest_support_share": (
                max(triples.values()) / len(answered) if answered else None
            ),
        }


def _foretold(final: FinalAnswer | None) -> Mapping[str, bool]:
    said = final.organ_support if final is not None else None
    return {name: bool(said is not None and getattr(said, name)) for name in SUPPORTS}
