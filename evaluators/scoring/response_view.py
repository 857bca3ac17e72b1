"""The item-response view of one category: from scores to `item_response.json`.

Belongs here: which candidates and scenarios enter, when no fit is shown and why, and the file. Does
not belong here: the fit (`item_response`), the test of one-dimensionality (`dimensionality`).

It is a second view beside the standings and decides nothing. Right means at least half of the
points. The oracle, which is told the answer, does not count. Under 5 candidates no fit is shown:
each scenario then has at most 4 answers for its 2 parameters, and the result would be the priors'.
With few more it still leans on them; `learned` says how much the answers said. Private, like
everything that speaks of one scenario.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from evaluators.scenario_sets import TruthSet
from evaluators.scoring.difficulty import refuse_strangers
from evaluators.scoring.dimensionality import one_dimension, sets_apart
from evaluators.scoring.item_response import (
    SLOPE_SD,
    TOLERANCE,
    ItemFit,
    fit_items,
    slope_sds,
)
from evaluators.scoring.score import ScoreError, rounded, statistics_seed, write_scores
from evaluators.scoring.statistics import Floats

FORMAT: Final = "medcred-item-response/1"
RIGHT_AT: Final = 0.5
"""Least credit that counts as right."""
MINIMUM_CANDIDATES: Final = 5
MINIMUM_SCENARIOS: Final = 11
FLAT_SLOPE: Final = 0.2
"""Below this slope, in size, a difficulty has no meaning and none is given."""


def view_responses(scenario_set: TruthSet, scored: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The item-response view of a category.

    Args:
        scenario_set: The frozen set.
        scored: `scores.json` of every candidate that is not told the answer (`difficulty.is_told`),
            in any order. Those that are not complete are left out.

    Returns:
        What `item_response.json` holds (docs/formats.md). `fit` and `dimension` are None, with the
        reason, when there are too few candidates or scenarios, or nothing that sets them apart.

    Raises:
        ScoreError: when scores are of another set, of different methodologies, or two are of one
            candidate.
    """
    manifest = scenario_set.manifest
    refuse_strangers(scenario_set, scored)
    if len({one["methodology_sha256"] for one in scored}) > 1:
        raise ScoreError(
            f"Scores in {manifest.category} are of different methodologies: score them anew."
        )
    complete = sorted(
        (one for one in scored if one["complete"]), key=lambda one: str(one["candidate"])
    )
    names = [str(one["candidate"]) for one in complete]
    keys = sorted(scenario_set.truths)
    right = np.array(
        [[_right(case) for case in _by_scenario(one, keys)] for one in complete],
        dtype=np.float64,
    ).reshape(len(complete), len(keys))
    varied = int(sets_apart(right).sum())
    reason = _why_not(len(names), len(keys), varied)
    seed = statistics_seed(scenario_set.digest, manifest.category)
    fit = fit_items(right) if reason is None else None
    dimension = one_dimension(right, fit, seed) if fit is not None else None
    view: dict[str, Any] = rounded(
        {
            "format": FORMAT,
            "category": manifest.category,
            "scenario_set_sha256": scenario_set.digest,
            "right_at": RIGHT_AT,
            "candidates": names,
            "scenarios": len(keys),
            "scenarios_that_vary": varied,
            "reason": reason,
            "fit": None if fit is None else _fit_json(fit, right, names, keys),
            "dimension": None if dimension is None else dimension.as_json(),
        }
    )
    return view


def write_view(view: dict[str, Any], path: Path) -> str:
    """Write `item_response.json` in canonical form, replacing it whole; returns its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_scores(view, path)


def _by_scenario(one: Mapping[str, Any], keys: Sequence[str]) -> list[Mapping[str, Any]]:
    cases = {case["scenario_id"]: case for case in one["cases"]}
    if sorted(cases) != list(keys):
        raise ScoreError(
            f"Scores of {one['candidate']} have other scenarios than the set of "
            f"{one['category']}: score again."
        )
    return [cases[key] for key in keys]


def _right(case: Mapping[str, Any]) -> bool:
    return float(case["credit"]) >= RIGHT_AT


def _why_not(candidates: int, scenarios: int, varied: int) -> str | None:
    """Why no fit is shown, in one sentence without a count of patients."""
    if candidates < MINIMUM_CANDIDATES:
        return (
            f"{candidates} candidates are complete, and a fit needs {MINIMUM_CANDIDATES}: with "
            "fewer the two parameters of a scenario would be those of the prior."
        )
    if scenarios < MINIMUM_SCENARIOS:
        return f"There are fewer than {MINIMUM_SCENARIOS} scenarios."
    if varied < 3:
        return "Nearly all candidates answered alike, so nothing sets them apart."
    return None


def _fit_json(
    fit: ItemFit, right: Floats, names: Sequence[str], keys: Sequence[str]
) -> dict[str, Any]:
    # What the answers would teach at best, were the abilities known: 0 nothing, 1 all.
    learned = 1 - float(np.mean(slope_sds(fit) ** 2)) / SLOPE_SD**2
    return {
        "converged": fit.converged,
        "rounds": fit.rounds,
        "tolerance": TOLERANCE,
        "log_likelihood": fit.log_likelihood,
        "reliability": fit.reliability,
        "learned": learned,
        "negative_slopes": int((fit.slopes < 0).sum()),
        "abilities": [
            {
                "candidate": name,
                "ability": float(fit.abilities[place]),
                "sd": float(fit.ability_sds[place]),
                "share_right": float(right[place].mean()),
            }
            for place, name in enumerate(names)
        ],
        "items": [
            {
                "scenario_id": key,
                "slope": float(slope),
                "intercept": float(intercept),
                "difficulty": float(-intercept / slope) if abs(slope) >= FLAT_SLOPE else None,
            }
            for key, slope, intercept in zip(keys, fit.slopes, fit.intercepts, strict=True)
        ],
    }
