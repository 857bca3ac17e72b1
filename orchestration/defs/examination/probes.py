"""Probes of candidates, on demand.

Belongs here: the asset. Does not belong here: the probes (`evaluators.probes`). It is part of no
nightly job: a probe asks as much again for every variant.
"""

import dagster as dg

from evaluators.candidates.egress import admit
from orchestration.defs.examination.assets import ENCOUNTERS, SCENARIO_SETS, examined
from orchestration.defs.examination.partitions import EXAMINATION, who_and_what
from orchestration.defs.failures import spoken_errors
from orchestration.defs.ownership import EXAMINATION as EXAMINERS
from orchestration.progress import Reporter
from orchestration.settings import Settings
from orchestration.workspace import open_source

PROBES = dg.AssetKey(["examination", "probes"])


@dg.asset(
    key=PROBES,
    deps=[SCENARIO_SETS, ENCOUNTERS],
    partitions_def=EXAMINATION,
    group_name="examination",
    kinds={"python", "litellm"},
    owners=EXAMINERS,
    description=(
        "One candidate in one category, examined again on every declared variant of the scenarios "
        "and compared pair by pair. On demand; journals and figures are private, the metadata has "
        "figures only, and none under 11 pairs."
    ),
)
def probes(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    reporter: dg.ResourceParam[Reporter],
) -> dg.MaterializeResult[None]:
    """Probe one candidate in one category; what is journalled is not asked again."""
    with spoken_errors():
        from evaluators.probes.paired import results_as_json
        from orchestration.probe_runs import declared, run_variants

        candidate_id, category = who_and_what(context)
        source, workspace = open_source(settings)
        candidate = examined(settings, candidate_id)
        admit(candidate, source.tier)
        report, _ = run_variants(workspace, candidate, category, declared(()), None, reporter)
        flagged = [found.variant for found in report.results if found.is_flagged]
        return dg.MaterializeResult(
            metadata={
                "scenarios": report.scenarios,
                "calls_made": report.calls_made,
                "flagged": ", ".join(flagged) or "none",
                "variants": dg.MetadataValue.json(results_as_json(report.results)),
                "candidate_sha256": candidate.sha256,
                "scenario_set_sha256": report.scenario_set_sha256,
            }
        )
