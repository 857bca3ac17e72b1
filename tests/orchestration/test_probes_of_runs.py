"""Probes on a run of the pipeline: the asset on demand, and where the canary may not be."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import dagster as dg
from conftest import Ran
from medcred_runs import only_environment

from data_contracts.canary import CANARY_GUID
from orchestration.progress import LogReporter

CATEGORY = "pulmonology"


def test_the_asset_tells_figures_only(ran: Ran, definitions: Any, tmp_path: Path) -> None:
    enclave = ran.enclave.copy(tmp_path / "copy", candidates=ran.enclave.candidates)
    workspace = enclave.workspace()
    with only_environment(enclave.environment()), dg.DagsterInstance.ephemeral() as instance:
        from orchestration.defs import build_defs
        from orchestration.defs.examination.partitions import CANDIDATE, examination_key
        from orchestration.settings import Settings

        defs = build_defs(resource_overrides={"settings": Settings(), "reporter": LogReporter()})
        instance.add_dynamic_partitions(str(CANDIDATE.name), ["reference/commonest"])
        done = defs.resolve_job_def("probe").execute_in_process(
            instance=instance, partition_key=examination_key("reference/commonest", CATEGORY)
        )
    (event,) = done.get_asset_materialization_events()
    metadata = event.materialization.metadata
    assert metadata["flagged"].value == "none"
    told = str({name: value.value for name, value in metadata.items()})
    scenarios = (workspace.scenario_set(CATEGORY) / "scenarios.jsonl").read_text()
    assert scenarios
    keys = [line.split('"scenario_id":"')[1][:16] for line in scenarios.splitlines()]
    assert not any(key in told for key in keys)
    assert (workspace.probe(CATEGORY, "reference/commonest") / "probes.json").is_file()


def test_the_canary_stands_in_raw_notes_and_in_nothing_shown_or_published(ran: Ran) -> None:
    (notes,) = ran.raw.rglob("discharge.csv.gz")
    assert CANARY_GUID in gzip.decompress(notes.read_bytes()).decode()
    sets = ran.enclave.workspace().scenario_set("x").parent
    read = [path for folder in (sets, ran.enclave.public) for path in folder.rglob("*")]
    files = [path for path in read if path.is_file()]
    assert len(files) > 50
    assert not [path.name for path in files if CANARY_GUID.encode() in path.read_bytes()]
