"""How hard each scenario is, estimated from what the reference candidates earned in it.

Belongs here: the estimate, its distribution, `difficulty.json`. Does not belong here: scores
(`score`), comparison of candidates (`standings`), who the references are
(`evaluators.candidates.reference`).

Difficulty is 1 minus the mean credit of the reference candidates: 0 was earned in full by all of
them, 1 by none. The oracle does not count, since it is told the answer. With four or five of them
this is a coarse order of scenarios, not a measurement: `n` stands beside each. It is private, like
everything that speaks of one scenario.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from evaluators.scenario_sets import TruthSet
from evaluators.scoring.score import ScoreError, mean, rounded, write_scores

FORMAT: Final = "medcred-difficulty/1"
BINS: Final = 5
"""The distribution counts scenarios in this many bins of equal width; the last one includes 1."""

_PREFIX: Final = "reference/"
_TOLD: Final = "reference/oracle"


def is_told(model: str) -> bool:
    """Whether a candidate of this model is told the answer, so that it shows nothing of a case."""
    return model == _TOLD


def counts(model: str) -> bool:
    """Whether a candidate of this model says something about difficulty."""
    return model.startswith(_PREFIX) and not is_told(model)


def refuse_strangers(scenario_set: TruthSet, scored: Sequence[Mapping[str, Any]]) -> None:
    """Refuse scores that cannot stand beside each other on one set.

    Raises:
        ScoreError: when scores are of another set or category, or two are of one candidate.
    """
    category = scenario_set.manifest.category
    names = [str(one["candidate"]) for one in scored]
    if len(set(names)) != len(names):
        raise ScoreError(f"Scores of one candidate are given twice in {category}: keep one.")
    for one in scored:
        if (one["category"], one["scenario_set_sha256"]) != (category, scenario_set.digest):
            raise ScoreError(
                f"Scores of {one['candidate']} are of another scenario set than that of "
                f"{category}: score again."
            )


def estimate_difficulty(
    scenario_set: TruthSet, scored: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The difficulty of every scenario of a set.

    Args:
        scenario_set: The frozen set.
        scored: `scores.json` of each reference candidate that counts (`counts`), in any order. One
            that is not complete counts for the scenarios that it has.

    Returns:
        What `difficulty.json` holds: `scenarios` in the order of the set, each with `difficulty` in
        0 to 1 (None where nobody has an answer) and `n`, the references behind it; `distribution`,
        the scenarios in each of `BINS` bins; `by_condition`, means of the estimated scenarios.

    Raises:
        ScoreError: when scores are of another set or category, or two are of one candidate.
    """
    manifest = scenario_set.manifest
    refuse_strangers(scenario_set, scored)
    credits_: dict[str, list[float]] = defaultdict(list)
    for one in scored:
        for case in one["cases"]:
            credits_[case["scenario_id"]].append(float(case["credit"]))
    unknown = credits_.keys() - scenario_set.truths.keys()
    if unknown:
        raise ScoreError(
            f"Scores in {manifest.category} have {len(unknown)} scenarios that the set has not."
        )
    estimates = {key: _estimate(credits_.get(key, ())) for key in scenario_set.truths}
    by_condition: dict[str, list[float | None]] = defaultdict(list)
    for key, estimate in estimates.items():
        by_condition[scenario_set.truths[key].condition_id].append(estimate)
    result: dict[str, Any] = rounded(
        {
            "format": FORMAT,
            "category": manifest.category,
            "scenario_set_sha256": scenario_set.digest,
            "references": sorted(str(one["candidate"]) for one in scored),
            "scenarios": [
                {"scenario_id": key, "difficulty": estimate, "n": len(credits_.get(key, ()))}
                for key, estimate in estimates.items()
            ],
            "distribution": _distribution(estimates.values()),
            "by_condition": {
                condition: mean(found) for condition, found in sorted(by_condition.items())
            },
        }
    )
    return result


def write_difficulty(estimated: dict[str, Any], path: Path) -> str:
    """Write `difficulty.json` in canonical form, replacing it whole; returns its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_scores(estimated, path)


def _estimate(credits_: Sequence[float]) -> float | None:
    earned = mean(credits_)
    return None if earned is None else 1.0 - earned


def _distribution(estimates: Any) -> list[dict[str, Any]]:
    found = [estimate for estimate in estimates if estimate is not None]
    places = [min(BINS - 1, math.floor(round(estimate, 9) * BINS)) for estimate in found]
    return [
        {"low": place / BINS, "high": (place + 1) / BINS, "scenarios": places.count(place)}
        for place in range(BINS)
    ]
