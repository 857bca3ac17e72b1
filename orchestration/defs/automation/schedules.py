"""The nightly re-benchmark.

Belongs here: schedules. Does not belong here: what follows a finished job (`sensors`).
"""

from __future__ import annotations

import dagster as dg

from orchestration.defs.automation.jobs import refresh
from orchestration.settings import Settings

nightly = dg.ScheduleDefinition(
    name="nightly",
    job=refresh,
    cron_schedule=Settings().nightly,
    execution_timezone="UTC",
    description=(
        "Every night: read the source anew and freeze the scenario sets. The sensors "
        "`examine_after_refresh` and `publish_after_examinations` carry on from there."
    ),
)
schedules = [nightly]
