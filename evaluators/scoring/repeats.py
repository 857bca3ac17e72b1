"""One candidate examined several times on the same scenarios: mean, worst and pass^k.

Belongs here: what the repeats of one examination say together, and `repeats.json`. Does not belong
here: one examination (`score`), how it is repeated (`orchestration`).

A candidate that is right on average may be right by turns. *Mean* is over all repeats. *Worst*
takes each scenario at its lowest credit. pass^k (Yao et al. 2024, tau-bench) is the share of
scenarios that k independent attempts would all pass, with its unbiased estimate C(c, k) / C(n, k)
from c of n passed. It is given for full credit and for half of the points. The standings keep to
the first examination: it is the one that every candidate has.

Patients, not repeats, are the clusters: asking again never narrows a bound as a new patient does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from evaluators.canonical import sha256_json
from evaluators.scoring.exact_bounds import exact_share
from evaluators.scoring.score import ScoreError, is_unsafe, mean, rounded, write_scores
from evaluators.scoring.statistics import CaseCredit, Estimate, estimate

FORMAT: Final = "medcred-repeats/1"
PASSED_AT: Final = (0.5, 1.0)
"""Least credit of a passed attempt: half of the points, and all."""

_SAME: Final = ("category", "candidate", "candidate_sha256", "scenario_set_sha256")


def pass_hat_k(passed: int, attempts: int, k: int) -> float:
    """Unbiased estimate that `k` independent attempts all pass, from `passed` of `attempts`.

    Raises:
        ValueError: when the numbers are impossible.
    """
    if not 0 <= passed <= attempts or not 1 <= k <= attempts:
        raise ValueError("pass^k needs 0 <= passed <= attempts and 1 <= k <= attempts.")
    return math.comb(passed, k) / math.comb(attempts, k)


def summarise_repeats(scored: Sequence[Mapping[str, Any]], seed: int) -> dict[str, Any]:
    """What several examinations of one candidate say together.

    Args:
        scored: `scores.json` of each repeat, the first one first.
        seed: Of the category's draws (`score.statistics_seed`).

    Returns:
        What `repeats.json` holds; `aggregate` and `cases` are None when a repeat is not complete.

    Raises:
        ScoreError: when there is none, or they are not of one candidate, scenario set and
            methodology.
    """
    if not scored:
        raise ScoreError("There are no repeats to summarise: examine first.")
    first = scored[0]
    for one in scored:
        if any(one[name] != first[name] for name in (*_SAME, "methodology_sha256")):
            raise ScoreError(
                f"The repeats of {first['candidate']} in {first['category']} are of different "
                "candidates, scenario sets or methodologies: score them anew."
            )
    is_complete = all(one["complete"] for one in scored)
    cases = _cases(scored) if is_complete else None
    summary: dict[str, Any] = rounded(
        {
            "format": FORMAT,
            **{name: first[name] for name in _SAME},
            "methodology_sha256": first["methodology_sha256"],
            "repeats": len(scored),
            "results_sha256": [sha256_json(one) for one in scored],
            "complete": is_complete,
            "cases": cases,
            "aggregate": None if cases is None else _aggregate(scored, cases, seed),
        }
    )
    return summary


def write_repeats(summary: dict[str, Any], path: Path) -> str:
    """Write `repeats.json` in canonical form, replacing it whole; returns its SHA-256."""
    return write_scores(summary, path)


def _cases(scored: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each scenario with its credit in every repeat, by scenario id."""
    tables = [{case["scenario_id"]: case for case in one["cases"]} for one in scored]
    if any(table.keys() != tables[0].keys() for table in tables):
        raise ScoreError(
            f"The repeats of {scored[0]['candidate']} in {scored[0]['category']} have different "
            "scenarios: score them anew."
        )
    return [
        {
            "scenario_id": key,
            "patient_key": tables[0][key]["patient_key"],
            "credits": [table[key]["credit"] for table in tables],
            "safety_failures": sum(is_unsafe(table[key]) for table in tables),
        }
        for key in sorted(tables[0])
    ]


def _aggregate(
    scored: Sequence[Mapping[str, Any]], cases: Sequence[Mapping[str, Any]], seed: int
) -> dict[str, Any]:
    attempts = len(scored)

    def over(values: Sequence[float]) -> dict[str, Any]:
        return _as_json(
            estimate(
                [
                    CaseCredit(case["patient_key"], value)
                    for case, value in zip(cases, values, strict=True)
                ],
                seed,
            )
        )

    return {
        "mean": over([math.fsum(case["credits"]) / attempts for case in cases]),
        "worst": over([min(case["credits"]) for case in cases]),
        "best": over([max(case["credits"]) for case in cases]),
        "by_repeat": [mean(case["credits"][place] for case in cases) for place in range(attempts)],
        "same_credit_share": mean(float(len(set(case["credits"])) == 1) for case in cases),
        "pass_hat_k": [
            {
                "passed_at": at,
                "k": k,
                **over([pass_hat_k(_passed(case, at), attempts, k) for case in cases]),
            }
            for at in PASSED_AT
            for k in range(1, attempts + 1)
        ],
        "safety_failure_in_any": exact_share(
            (case["patient_key"], case["safety_failures"] > 0) for case in cases
        ).as_json(),
    }


def _as_json(found: Estimate) -> dict[str, Any]:
    return {
        "mean": found.mean,
        "lower_bound": found.lower_bound,
        "interval": found.interval.as_json(),
    }


def _passed(case: Mapping[str, Any], at: float) -> int:
    return sum(credit >= at for credit in case["credits"])
