"""Waveforms are read when the operator asks for them, and only then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.progress import LogReporter
from orchestration.settings import Settings
from orchestration.workspace import open_source
from sources.landing import land_table
from sources.synthetic import generate


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("asked") / "raw"
    generate(root, 4, 20, ("hosp", "ecg"))
    return root


def materialized(settings: Settings) -> dict[str, Any]:
    """Metadata of the asset after its record list has landed."""
    from orchestration.defs.source.assets import waveform_measurements

    source, workspace = open_source(settings)
    land_table(source, "ecg", "record_list", workspace.home, workspace.folder)
    result = dg.materialize(
        [waveform_measurements],
        instance=dg.DagsterInstance.ephemeral(),
        resources={"settings": settings, "reporter": LogReporter()},
    )
    (made,) = result.asset_materializations_for_node(waveform_measurements.node_def.name)
    return {name: value.value for name, value in made.metadata.items()}


@pytest.mark.usefixtures("definitions")
def test_they_are_off_by_default(raw: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.delenv("MEDCRED_WAVEFORMS", raising=False)
    told = materialized(Settings(home=tmp_path / "home", source=raw))
    assert (told["origin"], told["dagster/row_count"]) == ("absent", 0)
    assert "measured_records" not in told


@pytest.mark.usefixtures("definitions")
def test_the_environment_asks_for_them(raw: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("MEDCRED_WAVEFORMS", "true")
    told = materialized(Settings(home=tmp_path / "home", source=raw))
    records = len(list(raw.rglob("*.hea")))
    assert records
    assert told["origin"] == "derived"
    assert told["dagster/row_count"] == told["measured_records"] == records
