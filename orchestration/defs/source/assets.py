"""The release that is read, and one asset for every landed table.

Belongs here: assets whose keys equal the dbt sources (`mimiciv_hosp/labevents`). Does not belong
here: verification and conversion (`sources.landing`).
"""

import json
from collections.abc import Iterator

import dagster as dg

from data_contracts.raw_contracts import DERIVED_CONTRACTS, ModuleContract, load_contracts
from orchestration.defs.failures import spoken_errors
from orchestration.defs.ownership import DATA_ENGINEERING
from orchestration.progress import Reporter
from orchestration.settings import Settings
from orchestration.workspace import Workspace, choose, enclave, open_source, write_json
from sources.landing import land_table
from sources.waveforms import land_waveforms

RELEASE = dg.AssetKey(["source", "release"])


def landed_key(module: str, table: str) -> dg.AssetKey:
    """Asset key of a landed table, equal to its dbt source."""
    return dg.AssetKey([module if module == "mimiciii" else f"mimiciv_{module}", table])


@dg.asset(
    key=RELEASE,
    group_name="source",
    kinds={"python"},
    owners=DATA_ENGINEERING,
    description=(
        "The releases that are read: a folder of MIMIC, or the synthetic default, which is "
        "generated here when it does not exist yet. Writes `source.json` in the workspace."
    ),
)
def release(
    settings: dg.ResourceParam[Settings], reporter: dg.ResourceParam[Reporter]
) -> dg.MaterializeResult[None]:
    """Find the source, or make it, and record what it is."""
    with spoken_errors():
        choice = choose(settings)
        if choice.is_synthetic and not choice.root.exists():
            from sources.synthetic import generate

            with reporter.stage("Generate synthetic MIMIC", settings.patients) as stage:
                generate(
                    choice.root,
                    settings.patients,
                    settings.seed,
                    on_progress=stage.update,
                    only_changed=True,
                )
        source, workspace = open_source(settings)
        record = {
            "slug": source.slug,
            "root": str(source.root),
            "supplement": str(source.supplement) if source.supplement else None,
            "releases": list(source.releases),
            "tier": source.tier,
            "is_synthetic": choice.is_synthetic,
        }
        write_json(workspace.source_record, record)
        origins = [file.origin for file in source.tables.values()]
        return dg.MaterializeResult(
            metadata={
                "releases": ", ".join(source.releases),
                "tier": source.tier,
                "tables": len(origins),
                "from_supplement": origins.count("supplement"),
                "absent": origins.count("absent"),
                "not_landed": ", ".join(source.ignored) or "none",
            }
        )


def _landing(module: ModuleContract) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=f"land_{module.name}",
        can_subset=True,
        specs=[
            dg.AssetSpec(
                landed_key(module.name, table.name),
                deps=[RELEASE],
                skippable=True,
                group_name=f"landing_{module.name}",
                kinds={"polars", "parquet"},
                owners=DATA_ENGINEERING,
                description=f"{table.description}\n\nGrain: {table.grain}",
            )
            for table in module.tables
        ],
    )
    def land(
        context: dg.AssetExecutionContext,
        settings: dg.ResourceParam[Settings],
        reporter: dg.ResourceParam[Reporter],
    ) -> Iterator[dg.MaterializeResult[None]]:
        with spoken_errors():
            source, workspace = open_source(settings)
            selected = sorted(key.path[1] for key in context.selected_asset_keys)
            with reporter.stage(f"Land {module.name}", len(selected)) as stage:
                for done, table in enumerate(selected):
                    stage.update(done, detail=table)
                    landed = land_table(
                        source, module.name, table, enclave(settings), workspace.folder
                    )
                    yield dg.MaterializeResult(
                        asset_key=landed_key(module.name, table),
                        metadata={
                            "dagster/row_count": landed.rows,
                            "release": landed.release or "none",
                            "origin": landed.origin,
                            "verified": landed.verified,
                            "raw_sha256": landed.raw_sha256 or "none",
                            "raw_bytes": landed.raw_bytes,
                        },
                    )

    return land


_WAVEFORMS = load_contracts(DERIVED_CONTRACTS)["ecg"].table("waveform_measurements")


@dg.asset(
    key=landed_key("ecg", _WAVEFORMS.name),
    deps=[RELEASE, landed_key("ecg", "record_list")],
    group_name="landing_ecg",
    kinds={"python", "parquet"},
    owners=DATA_ENGINEERING,
    description=(
        f"{_WAVEFORMS.description}\n\nGrain: {_WAVEFORMS.grain}. "
        "They are asked for with `medcred run --waveforms` or MEDCRED_WAVEFORMS."
    ),
)
def waveform_measurements(
    settings: dg.ResourceParam[Settings], reporter: dg.ResourceParam[Reporter]
) -> dg.MaterializeResult[None]:
    """Measure the waveforms if they were asked for; else land the table without rows."""
    with spoken_errors():
        source, workspace = open_source(settings)
        home = enclave(settings)
        if settings.waveforms:
            with reporter.stage("Read waveforms") as stage:
                landed = land_waveforms(
                    source,
                    home,
                    workspace.folder,
                    measure=True,
                    threads=settings.threads,
                    on_progress=stage.update,
                )
        else:
            landed = land_waveforms(source, home, workspace.folder, measure=False)
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": landed.table.rows,
                "origin": landed.table.origin,
                "raw_sha256": landed.table.raw_sha256 or "none",
                "raw_bytes": landed.table.raw_bytes,
                **{f"{outcome}_records": count for outcome, count in landed.outcomes.items()},
            }
        )


landing_assets = [_landing(module) for module in load_contracts().values()]
landing_assets.append(waveform_measurements)


def landing_records(workspace: Workspace) -> list[dict[str, object]]:
    """Every landing record of a workspace, by module and table."""
    return [json.loads(path.read_text()) for path in sorted(workspace.landed.glob("*/*.json"))]


def unverified_tables(workspace: Workspace) -> tuple[str, ...]:
    """Landed tables whose raw file no list of checksums vouches for, as `module.table`."""
    return tuple(
        f"{record['module']}.{record['table']}"
        for record in landing_records(workspace)
        if record["origin"] != "absent" and not record["verified"]
    )
