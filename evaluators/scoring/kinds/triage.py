"""The points of an emergency visit: its urgency, how it ended, and its first diagnosis.

Belongs here: the kind `emergency`. Does not belong here: how truth is found (`dbt_project`:
`int_triage__asked`).

A third of the points each: acuity (1 when it is triage's own level, half when one level off: nurses
themselves differ by one), disposition (right or not), diagnosis (strict credit).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from evaluators.encounter.protocol import FinalAnswer
from evaluators.scenario_sets import GroundTruth
from evaluators.scoring.credit import DiagnosisScore
from evaluators.scoring.kinds._types import KindScore, answers_of

LEVELS: Final = 5
DISPOSITIONS: Final = ("home", "admitted", "transferred", "left", "died")
_WORDS: Final = (
    ("left", re.compile(r"\b(left|leave|leaves|elope[ds]?|lwbs|ama|against medical advice)\b")),
    ("died", re.compile(r"\b(died|dead|death|deceased|expired)\b")),
    ("transferred", re.compile(r"\b(transfer(red)?)\b(?! to (the )?(floor|ward|icu|unit))")),
    (
        "admitted",
        re.compile(
            r"\b(admit(ted|s)?|admission|inpatient|icu|ward|floor|observation|hospitali[sz]ed"
            r"|operating room)\b"
        ),
    ),
    ("home", re.compile(r"\b(home|discharged?)\b")),
)
"""How a disposition is told in free words; the first that fits counts."""


class TriageKind:
    """Scores the kind `emergency`; truth has `acuity` (1 to 5) and `disposition`."""

    asks_for_treatment = False

    def score(
        self, final: FinalAnswer | None, truth: GroundTruth, diagnosis: DiagnosisScore
    ) -> KindScore:
        """The mean of three parts."""
        if final is None:
            return KindScore(0.0, {"acuity": 0.0, "disposition": 0.0, "diagnosis": 0.0})
        real = answers_of(truth)
        off = LEVELS if final.acuity is None else abs(final.acuity - int(real["acuity"]))
        parts: dict[str, float | None] = {
            "acuity": {0: 1.0, 1: 0.5}.get(off, 0.0),
            "disposition": float(disposition_of(final.disposition) == real["disposition"]),
            "diagnosis": diagnosis.credit.strict,
        }
        return KindScore(sum(part or 0.0 for part in parts.values()) / len(parts), parts)

    def aggregate(
        self, answered: Sequence[tuple[FinalAnswer | None, GroundTruth]]
    ) -> dict[str, Any]:
        """Agreement on acuity, right dispositions by real one, and what the commonest earn."""
        levels = [
            (final.acuity, int(answers_of(truth)["acuity"]))
            for final, truth in answered
            if final is not None and final.acuity is not None
        ]
        real = Counter(str(answers_of(truth)["disposition"]) for _, truth in answered)
        right = Counter(
            str(answers_of(truth)["disposition"])
            for final, truth in answered
            if final is not None
            and disposition_of(final.disposition) == answers_of(truth)["disposition"]
        )
        recalls = {name: right[name] / real[name] for name in DISPOSITIONS if real[name]}
        urgency = Counter(int(answers_of(truth)["acuity"]) for _, truth in answered)
        return {
            "acuity": {
                "answered": len(levels),
                "quadratic_weighted_kappa": quadratic_weighted_kappa(levels),
                "commonest_share": max(urgency.values()) / len(answered) if answered else None,
            },
            "disposition": {
                "recall": recalls,
                "balanced_accuracy": sum(recalls.values()) / len(recalls) if recalls else None,
                "commonest_share": max(real.values()) / len(answered) if answered else None,
            },
        }


def disposition_of(words: str | None) -> str | None:
    """The disposition that free words mean, None when they mean none."""
    if words is None:
        return None
    text = words.casefold()
    return next((name for name, pattern in _WORDS if pattern.search(text)), None)


def quadratic_weighted_kappa(pairs: Sequence[tuple[int, int]]) -> float | None:
    """Cohen's kappa of ordered levels, disagreement weighed by its square (Cohen 1968).

    Args:
        pairs: Level said and level given, each 1 to 5.

    Returns:
        At most 1; None without pairs, or when both sides know one level only.
    """
    if not pairs:
        return None
    said = Counter(level for level, _ in pairs)
    given = Counter(level for _, level in pairs)
    observed = sum((a - b) ** 2 for a, b in pairs) / len(pairs)
    expected = (
        sum(
            said[a] * given[b] * (a - b) ** 2
            for a in range(1, LEVELS + 1)
            for b in range(1, LEVELS + 1)
        )
        / len(pairs) ** 2
    )
    return 1 - observed / expected if expected else None
