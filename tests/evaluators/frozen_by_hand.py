"""A scenario set made by hand, written to the disk as a frozen one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

from evaluators.catalogue import load_catalogue
from evaluators.probes.variants.draws import evidence_line, line_bytes, scenario_line
from evaluators.scenario_sets import ScenarioSet, SetFile


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
        "scenarios.jsonl": [scenario_line(chosen.scenarios[key]) for key in keys],
        "evidence.jsonl": [evidence_line(chosen.scenarios[key]) for key in keys],
        "ground_truth.jsonl": [asdict(chosen.truths[key]) for key in keys],
        "actions_taken.jsonl": [
            {"scenario_id": key, "actions": [asdict(a) for a in chosen.actions_taken[key]]}
            for key in keys
        ],
    }
    listed = {}
    for name, lines in files.items():
        content = b"".join(map(line_bytes, lines))
        (folder / name).write_bytes(content)
        listed[name] = SetFile(hashlib.sha256(content).hexdigest(), len(content), len(lines))
    for name, content in (more or {}).items():
        (folder / name).write_bytes(content)
    manifest = replace(chosen.manifest, files=listed, catalogue_sha256=load_catalogue().sha256)
    (folder / "manifest.json").write_bytes(manifest.as_bytes())
