"""The dbt project as assets.

Belongs here: keys, groups, owners and kinds of dbt nodes, and the one place where Dagster runs dbt.
Does not belong here: dbt's environment (`orchestration.warehouse`).
"""

import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliResource,
    dbt_assets,
)
from dagster_dbt.errors import DagsterDbtCliRuntimeError

from orchestration.defs.ownership import CLINICAL_CONTENT, DATA_ENGINEERING
from orchestration.progress import Reporter
from orchestration.settings import Settings
from orchestration.warehouse import (
    DBT_EXECUTABLE,
    DBT_PROJECT,
    dbt_environment,
    manifest_path,
)
from orchestration.workspace import base_release, enclave, landed_modules, open_source

WRITER_POOL = "duckdb_writer"


class HouseTranslator(DagsterDbtTranslator):
    """Keys of two levels (layer, node), groups by layer, an owner for each."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """`source/table` for sources, `layer/model` for models, `catalogue/seed` for seeds."""
        kind, name = dbt_resource_props["resource_type"], dbt_resource_props["name"]
        if kind == "source":
            return dg.AssetKey([dbt_resource_props["source_name"], name])
        if kind == "seed":
            return dg.AssetKey(["catalogue", name])
        return dg.AssetKey([dbt_resource_props["fqn"][1], name])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The layer; staging by module and cohorts by category."""
        kind, fqn = dbt_resource_props["resource_type"], dbt_resource_props["fqn"]
        if kind == "seed":
            return "catalogue"
        return "_".join(fqn[1:-1]) if fqn[1] in {"staging", "cohorts"} else str(fqn[1])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str] | None:
        """Catalogues and cohorts are clinical content; the rest is data engineering."""
        clinical = (
            dbt_resource_props["resource_type"] == "seed"
            or dbt_resource_props["fqn"][1] == "cohorts"
        )
        return CLINICAL_CONTENT if clinical else DATA_ENGINEERING


@dbt_assets(
    manifest=manifest_path(enclave(Settings())),
    name="warehouse",
    pool=WRITER_POOL,
    dagster_dbt_translator=HouseTranslator(
        settings=DagsterDbtTranslatorSettings(enable_asset_checks=True)
    ),
)
def warehouse(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    reporter: dg.ResourceParam[Reporter],
) -> Iterator[Any]:
    """Build and test the warehouse: staging, intermediates, cohorts, marts. One writer."""
    source, workspace = open_source(settings)
    for folder in (workspace.marts, workspace.dbt):
        folder.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        dbt_environment(
            workspace.folder,
            release=base_release(source),
            modules=landed_modules(source),
            threads=settings.threads,
        )
    )
    dbt = DbtCliResource(
        project_dir=str(DBT_PROJECT),
        profiles_dir=str(DBT_PROJECT),
        dbt_executable=DBT_EXECUTABLE,
        global_config_flags=["--no-use-colors", "--log-level-file", "none"],
    )
    # `build` without unit tests: those test the SQL, not the data, and run in `make test`.
    invocation = dbt.cli(
        ["build", "--exclude-resource-type", "unit_test"],
        context=context,
        target_path=workspace.dbt / "target",
    )
    nodes = len(context.selected_asset_keys) + len(context.selected_asset_check_keys)
    # dbt's own lines go nowhere: the events carry what the UI shows, and a failing test's line
    # may quote SQL of a private model.
    with reporter.stage("Build and test dbt", nodes) as stage, redirect_stdout(io.StringIO()):
        try:
            for done, event in enumerate(invocation.stream(), start=1):
                stage.update(done)
                yield event
        except DagsterDbtCliRuntimeError:
            raise dg.Failure(f"dbt failed in {broken_nodes(workspace.dbt / 'target')}.") from None


def broken_nodes(target: Path) -> str:
    """Names of the nodes that failed in dbt's last run; dbt's own messages may quote a value."""
    results = target / "run_results.json"
    if not results.is_file():
        return "a step before the first node: try `medcred dbt build`"
    broken = [
        ".".join(str(result["unique_id"]).split(".")[::2][:2])
        for result in json.loads(results.read_text())["results"]
        if result["status"] in {"error", "fail"}
    ]
    return ", ".join(broken) or "an unnamed step: try `medcred dbt build`"
