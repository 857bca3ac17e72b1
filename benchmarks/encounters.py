"""How many encounters a second and core the evaluator holds, and what it costs to score them.

Run `python benchmarks/encounters.py [encounters]`: scripted replies of 4 turns, no candidate,
invented patients of 400 results each, evidence in memory. Held as a replayed journal is (opening,
order resolution, lookup, record), with every message written as well, and with the digest of every
request as an examination takes it.

Run `python benchmarks/encounters.py --source FOLDER [--candidate ID]` on `sources/<slug>` of a
finished MEDCRED_HOME: every partition of the candidate is scored anew from its journal. With
`--examine` its candidate, which must be a reference one, is asked again too, into a folder that is
thrown away.

Run `python benchmarks/encounters.py --memory`: peak memory of a process of its own that holds every
encounter of 250, 500, 1,000 and 2,000 scenarios of one category, and the line through the four.

Figures are CPU seconds of this process, so that a busy machine changes little.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))
os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")

from evaluators.canonical import sha256_json  # noqa: E402
from evaluators.catalogue import Catalogue, load_catalogue  # noqa: E402
from evaluators.encounter.orders import OrderResolver  # noqa: E402
from evaluators.encounter.protocol import Presentation, Reply  # noqa: E402
from evaluators.encounter.session import Encounter, replay  # noqa: E402
from evaluators.scenario_sets import EvidenceItem, Scenario, load  # noqa: E402

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


def rate(hold: Callable[[Scenario], object], scenarios: list[Scenario]) -> str:
    """Encounters a CPU second, the best of three rounds; the first builds the indexes."""
    seconds = []
    for _ in range(3):
        started = time.process_time()
        for scenario in scenarios:
            hold(scenario)
        seconds.append(time.process_time() - started)
    return f"{len(scenarios) / min(seconds):,.0f} encounters/s"


def of_scripts(count: int) -> None:
    """Print how many scripted encounters a second are held, and what resolving an order costs."""
    catalogue = load_catalogue()
    scenarios = patients(count, catalogue)
    replies = [Reply(text=json.dumps(step)) for step in STEPS]
    setting = ((), ("hosp", "icu", "ed"), "cardiology", catalogue)

    def held(scenario: Scenario, note: Callable[[list[dict[str, str]]], object]) -> None:
        encounter = Encounter(scenario, *setting)
        for reply in replies:
            note(encounter.messages())
            encounter.take_reply(reply)
        encounter.record()

    def digested(messages: list[dict[str, str]]) -> None:
        sha256_json({"model": "m", "messages": messages, "params": {}})

    print(f"{len(STEPS)} turns, {RESULTS} results a patient, 1 core:")
    print(f"  replayed  {rate(lambda scenario: replay(scenario, *setting, replies), scenarios)}")
    print(f"  written   {rate(lambda scenario: held(scenario, len), scenarios)}")
    print(f"  digested  {rate(lambda scenario: held(scenario, digested), scenarios)}")

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


SIZES = (250, 500, 1000, 2000)


def peak_mb(count: int) -> float:
    """Peak memory of this process after it has held `count` encounters, messages written."""
    catalogue = load_catalogue()
    replies = [Reply(text=json.dumps(step)) for step in STEPS]
    records = []
    for scenario in patients(count, catalogue):
        encounter = Encounter(scenario, (), ("hosp", "icu", "ed"), "cardiology", catalogue)
        for reply in replies:
            encounter.messages()
            encounter.take_reply(reply)
        records.append((scenario, encounter.record()))
    assert len(records) == count
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def of_memory() -> None:
    """Print the peak for each size, and how well a straight line tells it."""
    peaks = []
    for size in SIZES:
        command = [sys.executable, __file__, "--peak-of", str(size)]
        found = subprocess.run(command, capture_output=True, text=True, check=True)
        peaks.append(float(found.stdout))
        print(f"{size:5,} scenarios of {RESULTS} results: peak {peaks[-1]:,.0f} MB")
    slope, start = statistics.linear_regression(SIZES, peaks)
    fit = statistics.correlation(SIZES, peaks) ** 2
    print(f"line: {start:,.0f} MB + {slope * 1000:,.1f} MB per 1,000 scenarios, r^2 = {fit:.5f}")


def of_source(source: Path, candidate_id: str, *, is_asked: bool) -> None:
    """Print what loading, examining and scoring cost in every category of a finished source."""
    from evaluators.candidates.config import load_candidates
    from evaluators.examine import examine
    from evaluators.scoring.score import score_examination

    catalogue = load_catalogue()
    candidate = {c.id: c for c in load_candidates(PROJECT / "candidates.yaml")}[candidate_id]
    if is_asked and not candidate.is_reference:
        sys.exit("--examine is for reference candidates only: others cost money.")
    spent = {"load": 0.0, "examine": 0.0, "score": 0.0}
    encounters = 0

    def timed(part: str, started: float) -> None:
        spent[part] += time.process_time() - started

    with tempfile.TemporaryDirectory() as aside:
        for folder in sorted((source / "scenario_sets").iterdir()):
            if not folder.is_dir():
                continue
            started = time.process_time()
            chosen = load(folder)
            timed("load", started)
            name = f"{candidate.sha256[:12]}-{chosen.digest[:12]}"
            kept = source / "examinations" / folder.name / candidate_id.replace("/", "--") / name
            if is_asked:
                kept = Path(aside) / folder.name
                started = time.process_time()
                asyncio.run(examine(chosen, folder.name, candidate, kept, catalogue))
                timed("examine", started)
            if not (kept / "journal.jsonl").exists():
                continue
            started = time.process_time()
            found = score_examination(
                chosen,
                folder.name,
                candidate.id,
                candidate.sha256,
                kept / "journal.jsonl",
                catalogue,
            )
            timed("score", started)
            encounters += len(found["cases"])
    told = ", ".join(f"{part} {seconds:.2f} s" for part, seconds in spent.items() if seconds)
    print(f"{candidate_id}, {encounters} encounters: {told} (CPU)")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encounters", type=int, nargs="?", default=1000)
    parser.add_argument("--source", type=Path)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--peak-of", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--candidate", default="reference/order-everything")
    parser.add_argument("--examine", action="store_true")
    options = parser.parse_args()
    if options.peak_of:
        print(peak_mb(options.peak_of))
    elif options.memory:
        of_memory()
    elif options.source is None:
        of_scripts(options.encounters)
    else:
        of_source(options.source, options.candidate, is_asked=options.examine)


if __name__ == "__main__":
    main()
