"""Raw standings: where each candidate stands in each category, before any policy.

Belongs here: figures over all candidates of a category. Does not belong here: tiers, least numbers
of cases, cut scores, what may be shown (the registry's policy takes these).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from evaluators.canonical import sha256_json
from evaluators.encounter.protocol import EndReason
from evaluators.scenario_sets import Manifest
from evaluators.scoring.score import FORMAT, is_unsafe, mean, rounded, statistics_seed
from evaluators.scoring.statistics import (
    CaseCredit,
    compare_all,
    estimate_all,
    rank_intervals,
)


class StandingsError(ValueError):
    """Scores that cannot be set against each other; the text says which and why."""


class _Claim(Protocol):
    @property
    def level(self) -> str:
        """W, R, S, A or code."""


class Identified(Protocol):
    """What a standing says of its candidate besides the figures."""

    @property
    def id(self) -> str:
        """Such as `reference/oracle`."""

    @property
    def model(self) -> str:
        """The LiteLLM model string."""

    @property
    def assurance(self) -> _Claim:
        """How surely it is known who was examined."""


def compute_standings(
    scored: Iterable[Mapping[str, Any]],
    manifests: Mapping[str, Manifest],
    candidates: Sequence[Identified],
) -> list[dict[str, Any]]:
    """One raw standing for each scores file, by category and candidate.

    Candidates whose examination is incomplete have no figures and take no place. All others of a
    category are compared on the same patients with the same draws; a rank interval counts only
    differences that stay significant after Holm's correction over the category.

    Args:
        scored: Contents of `scores.json` files, in any order.
        manifests: Manifest of the present scenario set, by category.
        candidates: Who was examined; names model and assurance.

    Raises:
        StandingsError: when scores are of another set, of different methodologies, of an unknown
            candidate, or stand twice.
    """
    identities = {candidate.id: candidate for candidate in candidates}
    by_category: dict[str, dict[str, Mapping[str, Any]]] = {}
    for scores in scored:
        category, candidate = scores["category"], scores["candidate"]
        _check(scores, manifests, identities)
        of_category = by_category.setdefault(category, {})
        if candidate in of_category:
            raise StandingsError(f"{candidate} has two scores in {category}: keep one.")
        of_category[candidate] = scores
    standings: list[dict[str, Any]] = []
    for category in sorted(by_category):
        of_category = by_category[category]
        if len({scores["methodology_sha256"] for scores in of_category.values()}) > 1:
            raise StandingsError(
                f"Scores in {category} are of different methodologies: score them anew."
            )
        standings.extend(_of_category(of_category, manifests[category], identities))
    return standings


def _check(
    scores: Mapping[str, Any],
    manifests: Mapping[str, Manifest],
    identities: Mapping[str, Identified],
) -> None:
    category, candidate = scores["category"], scores["candidate"]
    if candidate not in identities:
        raise StandingsError(
            f"{candidate} is not among the candidates: add it, or drop its scores."
        )
    if scores["format"] != FORMAT:
        raise StandingsError(
            f"Scores of {candidate} in {category} are of another format: run again, which scores "
            "them anew from the journal."
        )
    if category not in manifests or scores["scenario_set_sha256"] != manifests[category].digest:
        raise StandingsError(
            f"Scores of {candidate} in {category} are of another scenario set: examine anew."
        )


def _of_category(
    of_category: Mapping[str, Mapping[str, Any]],
    manifest: Manifest,
    identities: Mapping[str, Identified],
) -> list[dict[str, Any]]:
    seed = statistics_seed(manifest.digest, manifest.category)
    credits = {
        candidate: [CaseCredit(case["patient_key"], case["credit"]) for case in scores["cases"]]
        for candidate, scores in of_category.items()
        if scores["complete"]
    }
    estimates = estimate_all(credits, seed)
    ranks = rank_intervals(credits, compare_all(credits, seed))
    standings = []
    for candidate in sorted(of_category):
        scores = of_category[candidate]
        cases = scores["cases"]
        missing = manifest.scenarios - len(cases)
        identity = identities[candidate]
        standing: dict[str, Any] = {
            "category": manifest.category,
            "candidate": candidate,
            "model": identity.model,
            "assurance": str(identity.assurance.level),
            "candidate_sha256": scores["candidate_sha256"],
            "scenario_set_sha256": scores["scenario_set_sha256"],
            "methodology_sha256": scores["methodology_sha256"],
            "results_sha256": sha256_json(scores),
            "complete": scores["complete"],
            "cases": len(cases),
            "patients": len({case["patient_key"] for case in cases}),
            "commonest_share": _commonest_share(manifest),
            "infrastructure_errors": missing,
            "mean_credit": None,
            "lower_bound": None,
            "interval": None,
            "rank": None,
            "axes": None,
            "safety_failures": None,
            "format_failure_rate": None,
            "infrastructure_error_rate": missing / manifest.scenarios
            if manifest.scenarios
            else 0.0,
        }
        if scores["complete"]:
            found = estimates[candidate]
            standing["mean_credit"] = found.mean
            standing["lower_bound"] = found.lower_bound
            standing["interval"] = found.interval.as_json()
            standing["rank"] = {"low": ranks[candidate].low, "high": ranks[candidate].high}
            standing["axes"] = _axes(scores)
            standing["safety_failures"] = sum(map(is_unsafe, cases))
            standing["format_failure_rate"] = _share(
                case["end"] == EndReason.FORMAT_FAILURE for case in cases
            )
        standings.append(rounded(standing))
    return standings


def _axes(scores: Mapping[str, Any]) -> dict[str, Any]:
    cases = scores["cases"]
    aggregate = scores["aggregate"]
    return {
        "diagnosis": {
            "mean_credit_with_relatives": mean(case["credit_with_relatives"] for case in cases),
            "top3": mean(case["top3"] for case in cases),
            "top5": mean(case["top5"] for case in cases),
        },
        "tests": {
            "recall": mean(case["tests_recall"] for case in cases),
            "precision": mean(case["tests_precision"] for case in cases),
            "with_result": aggregate["tests_with_result"],
            "wasted": aggregate["tests"]["wasted"],
        },
        "actions": aggregate["actions"],
        "safety": {
            "failures": sum(map(is_unsafe, cases)),
            "flags": aggregate["safety"]["flags"],
            "encounters": aggregate["safety"]["encounters"],
            "weighted": aggregate["safety"]["weighted"],
        },
        "calibration": {
            "brier": mean(case["brier"] for case in cases),
            "interval": aggregate["calibration"]["interval"],
            "cases": aggregate["calibration"]["cases"],
            "expected_error": aggregate["calibration"]["leading"]["expected_error"],
            "p_calibrated": aggregate["calibration"]["leading"]["p_calibrated"],
        },
        "exact": aggregate["exact"],
        "groups": aggregate["groups"],
        "process": {
            "turns": mean(case["turns"] for case in cases),
            "orders": mean(case["orders"] for case in cases),
            "prompt_tokens": _total(case["prompt_tokens"] for case in cases),
            "completion_tokens": _total(case["completion_tokens"] for case in cases),
            "cost_usd": _total(case["cost_usd"] for case in cases),
            "unreadable_replies": sum(case["format_failures"] for case in cases),
            "ends": aggregate["process"]["ends"],
        },
    }


def _commonest_share(manifest: Manifest) -> float | None:
    """Share of the commonest condition: what always naming it earns at most."""
    if not manifest.scenarios:
        return None
    return max(manifest.conditions.values()) / manifest.scenarios


def _share(outcomes: Iterable[bool]) -> float:
    listed = list(outcomes)
    return sum(listed) / len(listed) if listed else 0.0


def _total(values: Iterable[float | None]) -> float | None:
    """Sum, or None as soon as one part is unknown: an unknown price is never 0."""
    listed = list(values)
    defined = [value for value in listed if value is not None]
    return math.fsum(defined) if len(defined) == len(listed) else None
