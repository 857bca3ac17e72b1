"""All statistics of one category in one report, to be looked at: `medcred statistics`.

Belongs here: putting together what scores, repeats and the item-response view say, with the paired
tests, and what is withheld and why. Does not belong here: the statistics themselves
(`evaluators.scoring`), tables (`orchestration.show_statistics`), what may be published (the
registry's schemas). Everything in it is private.

What rests on fewer than 11 patients has no figure (the cell-size rule of the US Centers for
Medicare & Medicaid Services, 2020), neither has a group or a bin from which such a one could be
worked out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from evaluators.scenario_sets import Manifest
from evaluators.scoring.groups import SMALLEST_GROUP, shown_groups
from evaluators.scoring.score import rounded, statistics_seed
from evaluators.scoring.standings import Identified, compute_standings
from evaluators.scoring.statistics import CaseCredit, Comparison, compare_all

FORMAT: Final = "medcred-statistics/1"

NO_SCENARIO: Final = "no scenario in this source"
FEW_PATIENTS: Final = f"fewer than {SMALLEST_GROUP} patients: no figure"
INCOMPLETE: Final = "examination incomplete: no figure"
FEW_ENTRIES: Final = (
    f"fewer than {SMALLEST_GROUP}, or kept back so that fewer cannot be worked out from the rest"
)
FEW_PROBABILITIES: Final = f"fewer than {SMALLEST_GROUP} encounters with a probability"
EXAMINED_ONCE: Final = "examined once: MEDCRED_REPEATS=5 medcred run examines five times"
NO_VIEW: Final = "no item-response view yet: run `medcred run`"


def category_statistics(
    manifest: Manifest,
    scored: Iterable[Mapping[str, Any]],
    candidates: Sequence[Identified],
    *,
    repeats: Mapping[str, Mapping[str, Any]],
    item_response: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """The statistics of one category over all candidates (docs/formats.md, "Statistics").

    Args:
        manifest: Of the present scenario set.
        scored: `scores.json` of each candidate, in any order.
        candidates: Who may stand in `scored`.
        repeats: `repeats.json` by candidate, of those that were examined more than once.
        item_response: `item_response.json` of the category, None where there is none.

    Raises:
        StandingsError: when scores are of another set, format or methodology, of an unknown
            candidate, or stand twice.
    """
    listed = list(scored)
    by_candidate = {str(one["candidate"]): one for one in listed}
    standings = compute_standings(listed, {manifest.category: manifest}, candidates)
    withheld = _why_not(manifest)
    view = _of_this_set(item_response, manifest)
    report: dict[str, Any] = rounded(
        {
            "category": manifest.category,
            "scenario_set_sha256": manifest.digest,
            "patients": manifest.scenarios if manifest.scenarios >= SMALLEST_GROUP else None,
            "withheld": withheld,
            "candidates": []
            if withheld
            else [
                _candidate(one, by_candidate[one["candidate"]], repeats.get(one["candidate"]), view)
                for one in sorted(standings, key=_by_rank)
            ],
            "comparisons": [] if withheld else _comparisons(by_candidate, manifest),
            "item_response": _fit(view, withheld),
        }
    )
    return report


def _why_not(manifest: Manifest) -> str | None:
    if not manifest.scenarios:
        return NO_SCENARIO
    return FEW_PATIENTS if manifest.scenarios < SMALLEST_GROUP else None


def _by_rank(standing: Mapping[str, Any]) -> tuple[Any, ...]:
    """The best first; who has no rank last."""
    rank = standing["rank"]
    if rank is None:
        return (1, standing["candidate"])
    return (0, rank["low"], rank["high"], -standing["mean_credit"], standing["candidate"])


def _of_this_set(
    item_response: Mapping[str, Any] | None, manifest: Manifest
) -> Mapping[str, Any] | None:
    """The view, unless it is of an older scenario set."""
    if item_response is None or item_response["scenario_set_sha256"] != manifest.digest:
        return None
    return item_response


def _candidate(
    standing: Mapping[str, Any],
    scores: Mapping[str, Any],
    repeats: Mapping[str, Any] | None,
    view: Mapping[str, Any] | None,
) -> dict[str, Any]:
    name = standing["candidate"]
    entry: dict[str, Any] = {"candidate": name, "withheld": None}
    if not standing["complete"]:
        return {**entry, "withheld": INCOMPLETE}
    aggregate = scores["aggregate"]
    shown = ("patients", "mean_credit", "lower_bound", "interval", "rank")
    return {
        **entry,
        **{field: standing[field] for field in shown},
        "exact": aggregate["exact"],
        "calibration": _calibration(aggregate["calibration"]),
        "groups": [_groups(attribute) for attribute in aggregate["groups"]],
        "repeats": _repeats(repeats, standing),
        "ability": _ability(name, view),
    }


def _calibration(found: Mapping[str, Any]) -> dict[str, Any]:
    """Brier score and reliability; the curve is over the most probable diagnosis of each."""
    if found["cases"] < SMALLEST_GROUP:
        return {"withheld": FEW_PROBABILITIES}
    leading = found["leading"]
    sizes = {str(place): one["count"] for place, one in enumerate(leading["curve"])}
    shown = shown_groups(sizes)
    return {
        "withheld": None,
        "brier": found["brier"],
        "interval": found["interval"],
        "encounters": found["cases"],
        "brier_parts": leading["brier_parts"],
        "expected_error": leading["expected_error"],
        "p_calibrated": leading["p_calibrated"],
        "curve": [
            _bin(one, is_shown=str(place) in shown) for place, one in enumerate(leading["curve"])
        ],
    }


def _bin(one: Mapping[str, Any], *, is_shown: bool) -> dict[str, Any]:
    """A bin with its figures, or with the reason why it has none."""
    names = ("count", "mean_probability", "observed_share", "interval")
    edges = {"low": one["low"], "high": one["high"]}
    if is_shown:
        return {**edges, **{name: one[name] for name in names}, "withheld": None}
    empty: dict[str, Any] = dict.fromkeys(names)
    if not one["count"]:
        return {**edges, **empty, "count": 0, "withheld": None}
    return {**edges, **empty, "withheld": FEW_ENTRIES}


def _groups(attribute: Mapping[str, Any]) -> dict[str, Any]:
    return {**attribute, "withheld": FEW_ENTRIES if attribute["withheld_patients"] else None}


def _repeats(repeats: Mapping[str, Any] | None, standing: Mapping[str, Any]) -> dict[str, Any]:
    """The repeats' aggregate, when they are of the same candidate, set and methodology."""
    fields = ("candidate_sha256", "scenario_set_sha256", "methodology_sha256")
    if repeats is None or any(repeats[field] != standing[field] for field in fields):
        return {"withheld": EXAMINED_ONCE}
    if repeats["aggregate"] is None:
        return {"withheld": INCOMPLETE}
    return {"withheld": None, "repeats": repeats["repeats"], **repeats["aggregate"]}


def _ability(name: str, view: Mapping[str, Any] | None) -> dict[str, Any] | None:
    fit = view["fit"] if view is not None else None
    for found in fit["abilities"] if fit is not None else ():
        if found["candidate"] == name:
            return {"ability": found["ability"], "sd": found["sd"]}
    return None


def _fit(view: Mapping[str, Any] | None, withheld: str | None) -> dict[str, Any]:
    """The fit without its scenarios: how far it can be believed, and whether one ability does."""
    if withheld is None and view is None:
        withheld = NO_VIEW
    if withheld is not None or view is None or view["fit"] is None:
        return {"withheld": withheld or (view or {}).get("reason")}
    names = ("converged", "reliability", "learned", "negative_slopes")
    return {
        "withheld": None,
        "candidates": len(view["candidates"]),
        "scenarios_that_vary": view["scenarios_that_vary"],
        **{name: view["fit"][name] for name in names},
        "dimension": view["dimension"],
    }


def _comparisons(
    by_candidate: Mapping[str, Mapping[str, Any]], manifest: Manifest
) -> list[dict[str, Any]]:
    """Every pair of complete candidates, the largest difference first."""
    credits = {
        name: [CaseCredit(case["patient_key"], case["credit"]) for case in scores["cases"]]
        for name, scores in by_candidate.items()
        if scores["complete"]
    }
    pairs = compare_all(credits, statistics_seed(manifest.digest, manifest.category))
    ordered = sorted(pairs, key=lambda pair: (-abs(pair.difference), pair.first, pair.second))
    return [_pair(pair) for pair in ordered]


def _pair(pair: Comparison) -> dict[str, Any]:
    """A pair with the better candidate first."""
    better, worse, sign = pair.first, pair.second, 1.0
    low, high = pair.interval.low, pair.interval.high
    if pair.difference < 0:
        better, worse, sign = worse, better, -1.0
        low, high = -high, -low
    return {
        "first": better,
        "second": worse,
        "difference": sign * pair.difference,
        "interval": {"low": low, "high": high},
        "p": pair.p,
        "p_holm": pair.p_holm,
        "patients": pair.patients,
        "set_apart": pair.is_significant,
    }
