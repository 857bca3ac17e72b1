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
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from evaluators.scenario_sets import Scenario, ScenarioSet, load

FOLDS = 5


def fold_of(scenario_id: str) -> int:
    """A fold that does not depend on the order of the scenarios."""
    return int(hashlib.sha256(scenario_id.encode()).hexdigest(), 16) % FOLDS


def first_day(scenario: Scenario) -> dict[str, float]:
    """First number of each lab and vital taken by 24 h, by test id."""
    seen: dict[str, tuple[float, float]] = {}
    for item in scenario.evidence:
        if item.kind == "micro" or item.value_num is None or item.taken_hours > 24:
            continue
        if item.test_id not in seen or item.taken_hours < seen[item.test_id][0]:
            seen[item.test_id] = (item.taken_hours, item.value_num)
    return {test: number for test, (_, number) in seen.items()}


def words(scenario: Scenario) -> set[str]:
    """What the presentation says, as a bag of words."""
    shown = scenario.presentation
    texts = [shown.chief_complaint or "", *shown.home_drugs, *shown.past_diagnoses]
    found = {word for text in texts for word in text.lower().replace("/", " ").split()}
    return found | {f"sex:{shown.sex}", f"decade:{shown.age_years // 10}", f"by:{shown.arrival}"}


def gaussian(chosen: ScenarioSet) -> float:
    """Share that the reader of labs and vitals names rightly."""
    ids = sorted(chosen.scenarios)
    values = {i: first_day(chosen.scenarios[i]) for i in ids}
    right = 0
    for fold in range(FOLDS):
        learnt: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        counts: dict[str, int] = defaultdict(int)
        spread: dict[str, list[float]] = defaultdict(list)
        for i in ids:
            if fold_of(i) != fold:
                condition = chosen.truths[i].condition_id
                counts[condition] += 1
                for test, number in values[i].items():
                    learnt[condition][test].append(number)
                    spread[test].append(number)
        floor = {test: max(float(np.std(all_)) * 0.1, 1e-6) for test, all_ in spread.items()}
        for i in ids:
            if fold_of(i) != fold:
                continue
            best = max(
                sorted(counts),
                key=lambda c: (
                    float(np.log(counts[c]))
                    + sum(
                        _log_density(learnt[c][test], number, floor[test])
                        for test, number in values[i].items()
                        if all(len(learnt[other][test]) >= 5 for other in counts)
                    )
                ),
            )
            right += best == chosen.truths[i].condition_id
    return right / len(ids)


def _log_density(seen: list[float], number: float, floor: float) -> float:
    deviation = max(float(np.std(seen)), floor)
    distance = (number - float(np.mean(seen))) / deviation
    # One far value must not decide alone: beyond four deviations all are equally strange.
    return -0.5 * min(distance**2, 16.0) - float(np.log(deviation))


def bag(chosen: ScenarioSet) -> float:
    """Share that the reader of the presentation names rightly."""
    ids = sorted(chosen.scenarios)
    said = {i: words(chosen.scenarios[i]) for i in ids}
    right = 0
    for fold in range(FOLDS):
        counts: dict[str, int] = defaultdict(int)
        with_word: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for i in ids:
            if fold_of(i) != fold:
                condition = chosen.truths[i].condition_id
                counts[condition] += 1
                for word in said[i]:
                    with_word[condition][word] += 1
        for i in ids:
            if fold_of(i) == fold:
                best = max(
                    sorted(counts),
                    key=lambda c: (
                        float(np.log(counts[c]))
                        + sum(
                            float(np.log((with_word[c][word] + 0.5) / (counts[c] + 1)))
                            for word in said[i]
                        )
                    ),
                )
                right += best == chosen.truths[i].condition_id
    return right / len(ids)


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
        counts: dict[str, int] = defaultdict(int)
        for truth in chosen.truths.values():
            counts[truth.condition_id] += 1
        share = max(counts.values()) / len(chosen.truths)
        bedside = reached(workspace, folder.name, "reference--bedside", chosen.digest)
        print(
            f"{folder.name:<20}{len(chosen.scenarios):>5}{share:>9.2f}{bag(chosen):>14.2f}"
            f"{gaussian(chosen):>13.2f}{bedside if bedside is None else f'{bedside:.2f}':>9}"
        )


if __name__ == "__main__":
    main()
