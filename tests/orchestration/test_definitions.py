"""What Dagster is told: assets, checks, partitions, jobs, the schedule, the code location."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from medcred_runs import PROJECT, Enclave

from data_contracts.marts import MARTS

JOBS = ("refresh", "examine", "publish", "probe")


@pytest.fixture(scope="module")
def graph(definitions: Any) -> Any:
    return definitions.resolve_asset_graph()


@pytest.fixture(scope="module")
def keys(graph: Any) -> list[dg.AssetKey]:
    """Every asset that something here makes."""
    return sorted(graph.materializable_asset_keys)


@pytest.fixture(scope="module")
def job_keys(definitions: Any) -> dict[str, set[dg.AssetKey]]:
    return {
        name: set(definitions.resolve_job_def(name).asset_layer.executable_asset_keys)
        for name in JOBS
    }


def test_every_asset_is_explained_grouped_and_owned(graph: Any, keys: list[dg.AssetKey]) -> None:
    assert len(keys) > 100
    lacking = {
        key.to_user_string(): name
        for key in keys
        for name, value in {
            "description": graph.get(key).description,
            "group": graph.get(key).group_name.replace("default", ""),
            "kinds": graph.get(key).kinds,
            "owners": graph.get(key).owners,
        }.items()
        if not value
    }
    assert lacking == {}


def test_every_key_has_two_levels(graph: Any) -> None:
    assert {len(key.path) for key in graph.get_all_asset_keys()} == {2}


def test_landed_tables_have_the_keys_of_the_dbt_sources(keys: list[dg.AssetKey]) -> None:
    sources = {
        (source["name"], table["name"])
        for path in (PROJECT / "dbt_project" / "models").glob("staging/*/*__sources.yml")
        for source in yaml.safe_load(path.read_text())["sources"]
        for table in source["tables"]
    }
    assert sources
    landed = ("mimiciv_", "mimiciii")
    assert {tuple(key.path) for key in keys if key.path[0].startswith(landed)} == sources


def test_models_have_the_key_layer_and_model(keys: list[dg.AssetKey]) -> None:
    models = PROJECT / "dbt_project" / "models"
    files = {(path.relative_to(models).parts[0], path.stem) for path in models.rglob("*.sql")}
    layers = {layer for layer, _ in files}
    assert layers == {"staging", "intermediate", "cohorts", "marts"}
    assert {tuple(key.path) for key in keys if key.path[0] in layers} == files


def test_seeds_have_the_key_catalogue_and_seed(keys: list[dg.AssetKey]) -> None:
    seeds = {path.stem for path in (PROJECT / "dbt_project" / "seeds").rglob("*.csv")}
    assert {key.path[1] for key in keys if key.path[0] == "catalogue"} == seeds


def test_every_mart_has_a_pandera_check_that_blocks(graph: Any) -> None:
    assert len(MARTS) == 10
    for mart in MARTS:
        check = dg.AssetCheckKey(dg.AssetKey(["marts", mart]), f"pandera_{mart}")
        assert graph.get_check_spec(check).blocking, mart


@pytest.mark.parametrize(
    ("asset", "check"),
    [
        (["mimiciv_hosp", "labevents"], "great_expectations_raw_labs"),
        (["marts", "scenarios"], "great_expectations_scenarios"),
    ],
)
def test_distribution_suites_warn(graph: Any, asset: list[str], check: str) -> None:
    assert not graph.get_check_spec(dg.AssetCheckKey(dg.AssetKey(asset), check)).blocking


def test_the_publication_is_checked(graph: Any) -> None:
    published = dg.AssetKey(["credential", "registry"])
    assert graph.get_check_spec(dg.AssetCheckKey(published, "registry_verifies"))


def test_examinations_are_partitioned_by_candidate_and_category(graph: Any) -> None:
    folders = {p.name for p in (PROJECT / "dbt_project/models/cohorts").iterdir() if p.is_dir()}
    for name in ("encounters", "scores", "probes"):
        partitions = graph.get(dg.AssetKey(["examination", name])).partitions_def
        parts = {part.name: part.partitions_def for part in partitions.partitions_defs}
        assert set(parts) == {"candidate", "category"}
        assert isinstance(parts["candidate"], dg.DynamicPartitionsDefinition)
        asked = set(parts["category"].get_partition_keys()) - folders
        assert asked == {
            "intensive_care_24h",
            "emergency_triage",
            "chest_film_image",
            "chest_film_findings",
            "chest_film_both",
        }


def test_only_examinations_are_partitioned(graph: Any, keys: list[dg.AssetKey]) -> None:
    partitioned = {key.to_user_string() for key in keys if graph.get(key).is_partitioned}
    assert partitioned == {f"examination/{name}" for name in ("encounters", "scores", "probes")}


def test_the_warehouse_has_one_writer(definitions: Any) -> None:
    warehouse = definitions.resolve_assets_def(dg.AssetKey(["marts", "scenarios"]))
    assert warehouse.op.pool == "duckdb_writer"
    configured = yaml.safe_load((PROJECT / "deploy" / "dagster.yaml").read_text())
    assert configured["concurrency"]["pools"]["default_limit"] == 1


def test_jobs_divide_the_assets_among_them(
    job_keys: dict[str, set[dg.AssetKey]], keys: list[dg.AssetKey]
) -> None:
    assert {key.path[1] for key in job_keys["examine"]} == {"encounters", "scores"}
    assert {key.path[1] for key in job_keys["publish"]} == {
        *("difficulty", "item_response", "standings", "registry")
    }
    assert {key.path[1] for key in job_keys["probe"]} == {"probes"}
    assert dg.AssetKey(["examination", "scenario_sets"]) in job_keys["refresh"]
    assert sum(map(len, job_keys.values())) == len(keys)
    assert set().union(*job_keys.values()) == set(keys)


def test_jobs_run_every_check(
    graph: Any, job_keys: dict[str, set[dg.AssetKey]], definitions: Any
) -> None:
    for name in JOBS:
        checks = definitions.resolve_job_def(name).asset_layer.asset_graph.asset_check_keys
        expected = {key for key in graph.asset_check_keys if key.asset_key in job_keys[name]}
        assert checks == expected, name
    assert {key.asset_key for key in graph.asset_check_keys} <= set().union(*job_keys.values())


def test_every_night_the_source_is_refreshed(definitions: Any) -> None:
    schedule = definitions.resolve_schedule_def("nightly")
    assert schedule.job_name == "refresh"
    assert schedule.execution_timezone == "UTC"
    # Dagster refuses a cron expression that it cannot read.
    assert dg.ScheduleDefinition(job=schedule.job, cron_schedule=schedule.cron_schedule)
    minute, hour, *days = str(schedule.cron_schedule).split()
    assert minute.isdigit()
    assert hour.isdigit()
    assert days == ["*", "*", "*"]
    tick = schedule.evaluate_tick(dg.build_schedule_context())
    assert len(tick.run_requests) == 1
    assert tick.skip_message is None


def test_telemetry_is_off_and_output_of_steps_is_not_kept() -> None:
    configured = yaml.safe_load((PROJECT / "deploy" / "dagster.yaml").read_text())
    assert configured["telemetry"] == {"enabled": False}
    assert configured["compute_logs"]["class"] == "NoOpComputeLogManager"


def test_the_workspace_file_loads(fresh: Enclave) -> None:
    dagster_home = fresh.home / "dagster"
    dagster_home.mkdir()
    command = [
        str(Path(sys.executable).with_name("dagster")),
        *("definitions", "validate", "-w", "workspace.yaml"),
    ]
    done = subprocess.run(
        command,
        cwd=PROJECT,
        env=fresh.environment(DAGSTER_HOME=str(dagster_home), DAGSTER_DISABLE_TELEMETRY="1"),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3_000:]
    assert "medcred" in done.stdout + done.stderr


def test_definitions_load_neither_litellm_nor_great_expectations(fresh: Enclave) -> None:
    program = (
        "import sys, orchestration.definitions\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        env=fresh.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    loaded = set(done.stdout.split())
    assert "dagster" in loaded
    assert loaded.isdisjoint({"litellm", "great_expectations"})
