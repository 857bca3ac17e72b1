"""How hard the scenarios of a workspace are: what simple readers reach in each category.

    python benchmarks/hardness.py .medcred/sources/synthetic-1000-20

Belongs here: readers that see only what a candidate could see, cross-validated over five folds,
beside the scores of the reference candidates. Does not belong here: a pass mark.

- `labs+vitals`: Gaussian naive Bayes over the first value of each laboratory test and vital sign
  taken in the first 24 hours; a missing value says nothing.
- `presentation`: naive Bayes over the words of the complaint, home drugs, past diagnoses, arrival,
  sex and decade of age; no test is ordered.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evaluators.scenario_sets import Scenario, load

FOLDS = 5


@dataclass(frozen=True)
class Case:
    """One admission as a reader meets it."""

    case_id: str
    condition: str
    words: frozenset[str]
    values: dict[str, float]
    """First number of each lab and vital of the first day, by test."""


def fold_of(case_id: str) -> int:
    """A fold that does not depend on the order of the cases."""
    return int(hashlib.sha256(case_id.encode()).hexdigest(), 16) % FOLDS


def first_day(taken: Iterable[tuple[str, float, float]]) -> dict[str, float]:
    """First number of each test taken by 24 h; `taken` is test, hours since arrival, number."""
    seen: dict[str, tuple[float, float]] = {}
    for test, hours, number in taken:
        if hours <= 24 and (test not in seen or hours < seen[test][0]):
            seen[test] = (hours, number)
    return {test: number for test, (_, number) in seen.items()}


def words(texts: Iterable[str], sex: str, age: int, arrival: str) -> frozenset[str]:
    """A presentation as a bag of words."""
    found = {word for text in texts for word in text.lower().replace("/", " ").split()}
    return frozenset(found | {f"sex:{sex}", f"decade:{age // 10}", f"by:{arrival}"})


def case_of(scenario: Scenario, condition: str) -> Case:
    """What the readers see of a frozen scenario."""
    shown = scenario.presentation
    return Case(
        scenario.scenario_id,
        condition,
        words(
            (shown.chief_complaint or "", *shown.home_drugs, *shown.past_diagnoses),
            shown.sex,
            shown.age_years,
            shown.arrival or "unknown",
        ),
        first_day(
            (item.test_id, item.taken_hours, item.value_num)
            for item in scenario.evidence
            if item.kind in ("lab", "vital") and item.value_num is not None
        ),
    )


def gaussian(cases: Sequence[Case]) -> float:
    """Share that the reader of labs and vitals names rightly."""
    right = 0
    for fold in range(FOLDS):
        learnt: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        counts: dict[str, int] = defaultdict(int)
        for case in cases:
            if fold_of(case.case_id) != fold:
                counts[case.condition] += 1
                for test, number in case.values.items():
                    learnt[case.condition][test].append(number)
        tests = sorted({test for found in learnt.values() for test in found})
        kept = [test for test in tests if all(len(learnt[c][test]) >= 5 for c in counts)]
        moments: dict[str, dict[str, tuple[float, float]]] = {c: {} for c in counts}
        for test in kept:
            everyone = [number for c in counts for number in learnt[c][test]]
            floor = max(float(np.std(everyone)) * 0.1, 1e-6)
            for c in counts:
                seen = learnt[c][test]
                moments[c][test] = float(np.mean(seen)), max(float(np.std(seen)), floor)
        for case in cases:
            if fold_of(case.case_id) == fold:
                score = {
                    c: math.log(counts[c])
                    + sum(
                        _log_density(*moments[c][test], number)
                        for test, number in case.values.items()
                        if test in moments[c]
                    )
                    for c in sorted(counts)
                }
                right += max(score, key=lambda c: score[c]) == case.condition
    return right / len(cases)


def _log_density(mean: float, deviation: float, number: float) -> float:
    distance = (number - mean) / deviation
    # One far value must not decide alone: beyond four deviations all are equally strange.
    return -0.5 * min(distance**2, 16.0) - math.log(deviation)


def bag(cases: Sequence[Case]) -> float:
    """Share that the reader of the presentation names rightly."""
    right = 0
    for fold in range(FOLDS):
        counts: dict[str, int] = defaultdict(int)
        with_word: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for case in cases:
            if fold_of(case.case_id) != fold:
                counts[case.condition] += 1
                for word in case.words:
                    with_word[case.condition][word] += 1
        for case in cases:
            if fold_of(case.case_id) == fold:
                score = {
                    c: math.log(counts[c])
                    + math.fsum(
                        math.log((with_word[c][word] + 0.5) / (counts[c] + 1))
                        for word in case.words
                    )
                    for c in sorted(counts)
                }
                right += max(score, key=lambda c: score[c]) == case.condition
    return right / len(cases)


def reached(workspace: Path, category: str, candidate: str, digest: str) -> float | None:
    """Mean credit of a reference candidate on this very set, if it was examined."""
    folder = workspace / "examinations" / category / candidate
    for path in sorted(folder.glob(f"*-{digest[:12]}/scores.json")):
        cases = json.loads(path.read_text())["cases"]
        return float(np.mean([case["credit"] for case in cases]))
    return None


def main() -> None:
    """Print one line a category."""
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "scenario_sets").is_dir():
        sys.exit("usage: python benchmarks/hardness.py WORKSPACE (a folder under sources/)")
    workspace = Path(sys.argv[1])
    print(
        f"{'category':<20}{'n':>5}{'chance':>9}{'presentation':>14}{'labs+vitals':>13}{'bedside':>9}"
    )
    for manifest in sorted((workspace / "scenario_sets").glob("*/manifest.json")):
        folder = manifest.parent
        chosen = load(folder)
        if len(chosen.scenarios) < 50:
            print(f"{folder.name:<20}{len(chosen.scenarios):>5}  too few for five folds")
            continue
        cases = [
            case_of(chosen.scenarios[i], chosen.truths[i].condition_id)
            for i in sorted(chosen.scenarios)
        ]
        counts = Counter(case.condition for case in cases)
        share = max(counts.values()) / len(cases)
        bedside = reached(workspace, folder.name, "reference--bedside", chosen.digest)
        print(
            f"{folder.name:<20}{len(chosen.scenarios):>5}{share:>9.2f}{bag(cases):>14.2f}"
            f"{gaussian(cases):>13.2f}{bedside if bedside is None else f'{bedside:.2f}':>9}"
        )


if __name__ == "__main__":
    main()
