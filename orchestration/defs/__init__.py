"""All Dagster definitions, one folder an area.

Belongs here: `build_defs`, which puts the areas together and lets a caller swap resources. Does not
belong here: any single asset.
"""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg

from orchestration.defs.automation.jobs import jobs
from orchestration.defs.automation.schedules import schedules
from orchestration.defs.automation.sensors import sensors
from orchestration.defs.credential.assets import registry, standings
from orchestration.defs.credential.checks import registry_verifies
from orchestration.defs.examination.assets import encounters, scenario_sets, scores
from orchestration.defs.examination.checks import grader_audit, leak_audit
from orchestration.defs.examination.difficulty import difficulty
from orchestration.defs.examination.item_response import item_response
from orchestration.defs.examination.probes import probes
from orchestration.defs.source.assets import landing_assets, release
from orchestration.defs.source.checks import raw_labs_suite
from orchestration.defs.warehouse.assets import warehouse
from orchestration.defs.warehouse.checks import mart_checks, scenarios_suite
from orchestration.masking import mask_unexpected_errors
from orchestration.progress import LogReporter
from orchestration.settings import Settings


def build_defs(*, resource_overrides: Mapping[str, object] | None = None) -> dg.Definitions:
    """Put all areas together.

    Args:
        resource_overrides: resources by name (`settings`, `reporter`) that replace the defaults.
    """
    mask_unexpected_errors()
    resources: dict[str, object] = {"settings": Settings(), "reporter": LogReporter()}
    return dg.Definitions(
        assets=[
            release,
            *landing_assets,
            warehouse,
            scenario_sets,
            encounters,
            scores,
            difficulty,
            item_response,
            probes,
            standings,
            registry,
        ],
        asset_checks=[
            raw_labs_suite,
            *mart_checks,
            scenarios_suite,
            leak_audit,
            grader_audit,
            registry_verifies,
        ],
        jobs=jobs,
        schedules=schedules,
        sensors=sensors,
        resources={**resources, **(resource_overrides or {})},
        executor=dg.in_process_executor,
    )
