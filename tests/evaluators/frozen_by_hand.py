"""A scenario set made by hand, written to the disk as a frozen one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from evaluators.catalogue import load_catalogue
from evaluators.scenario_sets import Scenario, ScenarioSet, SetFile


def write_set(chosen: ScenarioSet, folder: Path, more: Mapping[str, bytes] | None = None) -> None:
    """Write `chosen` into `folder`, frozen under the catalogue of the house.

    Args:
        chosen: The set.
        folder: Where to; made.
        more: Further files by name: pictures.
    """
    folder.mkdir(parents=True)
    keys = sorted(chosen.scenarios)
    files = {
        "scenarios.jsonl": [shown(chosen.scenarios[key]) for key in keys],
        "evidence.jsonl": [
            {"scenario_id": key, "evidence": [asdict(e) for e in chosen.scenarios[key].evidence]}
            for key in keys
        ],
        "ground_truth.jsonl": [asdict(chosen.truths[key]) for key in keys],
        "actions_taken.jsonl": [
            {"scenario_id": key, "actions": [asdict(a) for a in chosen.actions_taken[key]]}
            for key in keys
        ],
    }
    listed = {}
    for name, lines in files.items():
        content = b"".join(json.dumps(line, sort_keys=True).encode() + b"\n" for line in lines)
        (folder / name).write_bytes(content)
        listed[name] = SetFile(hashlib.sha256(content).hexdigest(), len(content), len(lines))
    for name, content in (more or {}).items():
        (folder / name).write_bytes(content)
    manifest = replace(chosen.manifest, files=listed, catalogue_sha256=load_catalogue().sha256)
    (folder / "manifest.json").write_bytes(manifest.as_bytes())


def shown(scenario: Scenario) -> dict[str, Any]:
    """A line of `scenarios.jsonl`."""
    return {
        "scenario_id": scenario.scenario_id,
        "patient_key": scenario.patient_key,
        "start_hours": scenario.start_hours,
        "film": None if scenario.film is None else scenario.film.model_dump(mode="json"),
        "image_sha256": scenario.image_sha256,
        "decision_hours": scenario.decision_hours,
        "kind": scenario.kind,
        "release": scenario.release,
        "presentation": scenario.presentation.model_dump(mode="json"),
    }
