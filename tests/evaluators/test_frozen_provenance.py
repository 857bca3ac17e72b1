"""What every frozen scenario carries beside the question: its release, the patient's groups."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from evaluators.scenario_sets import MartError, ScenarioSet, freeze

GROUPS = {"sex", "age_band", "race", "race_group", "insurance", "language"}


def test_every_scenario_names_its_release(
    small_set: ScenarioSet, mart_rows: dict[str, list[dict[str, Any]]]
) -> None:
    released = {row["scenario_id"]: row["release"] for row in mart_rows["scenarios"]}
    assert small_set.scenarios
    for key, scenario in small_set.scenarios.items():
        assert scenario.release == released[key] != ""


def test_groups_lie_on_the_private_side_alone(small_set: ScenarioSet) -> None:
    for key, truth in small_set.truths.items():
        assert truth.race_group == "Other"
        shown = json.dumps(small_set.scenarios[key].presentation.model_dump())
        assert not {name for name in GROUPS - {"sex"} if f'"{name}"' in shown}


def test_a_mart_without_groups_is_not_frozen(
    mart_rows: dict[str, list[dict[str, Any]]],
    write_marts: Callable[..., Path],
    tmp_path: Path,
) -> None:
    marts = write_marts(mart_rows)
    path = marts / "ground_truth.parquet"
    pl.read_parquet(path).drop("race_group").write_parquet(path)
    with pytest.raises(MartError, match="lacks race_group"):
        freeze(
            marts, "cardiology", tmp_path / "set", releases=("r 1",), tier="open", modules=("hosp",)
        )
    assert not (tmp_path / "set").exists()
