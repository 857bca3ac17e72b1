"""The three jobs of a benchmark run, and the one on demand.

Belongs here: job definitions. Does not belong here: when they start (`schedules`, `sensors`).
"""

from __future__ import annotations

import dagster as dg

from orchestration.defs.examination.assets import ENCOUNTERS, SCENARIO_SETS, SCORES
from orchestration.defs.examination.difficulty import DIFFICULTY
from orchestration.defs.examination.item_response import ITEM_RESPONSE
from orchestration.defs.examination.probes import PROBES

_after_sets = dg.AssetSelection.assets(ENCOUNTERS, SCORES)
_on_demand = dg.AssetSelection.assets(PROBES)
# Over all candidates: known when everybody has been examined.
_over_all = dg.AssetSelection.groups("credential") | dg.AssetSelection.assets(
    DIFFICULTY, ITEM_RESPONSE
)

refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all() - _after_sets - _over_all - _on_demand,
    description="Raw data to frozen scenario sets: release, landing, dbt, checks, freeze.",
)
examine = dg.define_asset_job(
    "examine",
    selection=_after_sets,
    description="One candidate in one category: encounters, then scores. Resumes from the journal.",
)
publish = dg.define_asset_job(
    "publish",
    selection=_over_all,
    description=(
        "Difficulty and item response of the scenarios, standings over all candidates, credentials "
        "by policy, the published registry."
    ),
)
probe = dg.define_asset_job(
    "probe",
    selection=_on_demand,
    description=(
        "On demand, never at night: one candidate in one category on every declared variant of "
        "the scenarios (docs/probes.md)."
    ),
)
jobs = [refresh, examine, publish, probe]

__all__ = ["SCENARIO_SETS", "examine", "jobs", "probe", "publish", "refresh"]
