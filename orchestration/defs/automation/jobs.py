"""The three jobs of a benchmark run.

Belongs here: job definitions. Does not belong here: when they start (`schedules`, `sensors`).
"""

from __future__ import annotations

import dagster as dg

from orchestration.defs.examination.assets import ENCOUNTERS, SCENARIO_SETS, SCORES

_after_sets = dg.AssetSelection.assets(ENCOUNTERS, SCORES)
_credential = dg.AssetSelection.groups("credential")

refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all() - _after_sets - _credential,
    description="Raw data to frozen scenario sets: release, landing, dbt, checks, freeze.",
)
examine = dg.define_asset_job(
    "examine",
    selection=_after_sets,
    description="One candidate in one category: encounters, then scores. Resumes from the journal.",
)
publish = dg.define_asset_job(
    "publish",
    selection=_credential,
    description="Standings over all candidates, credentials by policy, the published registry.",
)
jobs = [refresh, examine, publish]

__all__ = ["SCENARIO_SETS", "examine", "jobs", "publish", "refresh"]
