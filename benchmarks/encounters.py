"""How many encounters a second the evaluator holds: scripted replies of 4 turns, no candidate.

Run `python benchmarks/encounters.py [encounters]`. Invented patients of 400 results each; the time
covers opening, order resolution, lookup, messages and record, and nothing over the wire.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time

from evaluators.catalogue import Catalogue, load_catalogue
from evaluators.encounter.orders import OrderResolver
from evaluators.encounter.protocol import Presentation, Reply
from evaluators.encounter.session import replay
from evaluators.scenario_sets import EvidenceItem, Scenario

RESULTS = 400
STEPS = (
    {
        "orders": ["CBC, BMP and lipase", "blood cultures x2", "12-lead ECG", "troponin"],
        "actions": ["IV fluids 30 mL/kg", "aspirin 325 mg PO"],
        "differential": [{"diagnosis": "NSTEMI", "probability": 0.5}],
    },
    {"orders": ["repeat troponin", "CT abdomen and pelvis with contrast", "LFTs"]},
    {"orders": ["lactate", "PT/INR", "creatnine", "arterial blood gas", "vital signs"]},
    {"final": {"diagnosis": "NSTEMI", "icd10": "I21.4", "plan": ["heparin drip", "cardiology"]}},
)


def patients(count: int, catalogue: Catalogue) -> list[Scenario]:
    """Invented scenarios, the same for the same count."""
    chance = random.Random(20)
    tests = [test.test_id for test in catalogue.tests.values() if test.kind in {"lab", "vital"}]
    made = []
    for number in range(count):
        evidence = []
        for _ in range(RESULTS):
            taken = round(chance.uniform(0, 70), 4)
            evidence.append(
                EvidenceItem(
                    test_id=chance.choice(tests[:80]),
                    kind="lab",
                    label="label",
                    specimen="Blood",
                    value=f"{chance.uniform(1, 100):.1f}",
                    value_num=None,
                    unit="u",
                    ref_low=1.0,
                    ref_high=50.0,
                    flag=None,
                    taken_hours=taken,
                    available_hours=round(taken + chance.uniform(0.3, 2), 4),
                )
            )
        evidence.sort(key=lambda item: item.available_hours)
        made.append(
            Scenario(
                scenario_id=f"{number:016x}",
                patient_key=f"{number:016x}",
                decision_hours=72.0,
                presentation=Presentation(age_years=60, sex="F", chief_complaint="Chest pain"),
                evidence=tuple(evidence),
            )
        )
    return made


def main(count: int) -> None:
    """Measure and print."""
    catalogue = load_catalogue()
    scenarios = patients(count, catalogue)
    replies = [Reply(text=json.dumps(step)) for step in STEPS]
    modules = ("hosp", "icu", "ed")
    replay(scenarios[0], (), modules, "cardiology", catalogue, replies)  # builds the indexes
    started = time.perf_counter()
    for scenario in scenarios:
        replay(scenario, (), modules, "cardiology", catalogue, replies)
    seconds = time.perf_counter() - started
    print(f"{count / seconds:,.0f} encounters/s ({len(STEPS)} turns, {RESULTS} results each)")

    resolver = OrderResolver(catalogue)  # nothing remembered
    costs = []
    for test in catalogue.tests.values():
        for wording in (f"repeat {test.canonical_name} x2", f"{test.canonical_name}q"):
            began = time.perf_counter()
            resolver.resolve(wording)
            costs.append((time.perf_counter() - began) * 1e3)
    costs.sort()
    print(
        f"order resolution, never seen before: median {statistics.median(costs):.2f} ms, "
        f"95th percentile {costs[int(len(costs) * 0.95)]:.2f} ms ({len(costs)} wordings)"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
