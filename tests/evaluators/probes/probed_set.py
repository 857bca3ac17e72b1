"""A small set of gastroenterology with histories, for probes that go the whole way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from small_examination import small_set

from evaluators.candidates.config import Candidate
from evaluators.catalogue import load_catalogue
from evaluators.probes.examining import Probe, ProbeReport
from evaluators.probes.paired import PairedResult
from evaluators.probes.variants import variant_named, variants
from evaluators.scenario_sets import ScenarioSet

ALL = tuple(variants())


def probed_set(size: int = 16, **manifest: Any) -> ScenarioSet:
    """`size` men with a history each, all different."""
    base = small_set(size)
    scenarios = {}
    for number, (key, one) in enumerate(base.scenarios.items()):
        told = one.presentation.model_copy(
            update={
                "sex": "M",
                "heart_rate_bpm": 71.0 + number,
                "home_drugs": (f"drug {number}", "aspirin", "insulin", f"pill {number % 5}"),
                "history": f"Mr. ___ is a ___ year old man with N/V. He came on day {number}. "
                "He felt unwell at work. His neighbor drove him in.",
            }
        )
        evidence = tuple(replace(item, ref_low=5.0, ref_high=60.0) for item in one.evidence)
        scenarios[key] = replace(one, presentation=told, evidence=evidence)
    return replace(
        base,
        scenarios=MappingProxyType(scenarios),
        manifest=replace(base.manifest, catalogue_sha256=load_catalogue().sha256, **manifest),
    )


def run_probe(
    base: ScenarioSet,
    candidate: Candidate,
    folder: Path,
    names: tuple[str, ...] = ALL,
    limit: int | None = None,
) -> ProbeReport:
    probe = Probe(
        base=base,
        candidate=candidate,
        catalogue=load_catalogue(),
        folder=folder / "probe",
        examination=folder / "examination",
    )
    return asyncio.run(probe.run([variant_named(name) for name in names], limit))


def by_variant(report: ProbeReport) -> dict[str, PairedResult]:
    return {found.variant: found for found in report.results}
