"""How hard the scenarios are, by what the reference candidates earned.

Belongs here: the asset. Does not belong here: the estimate (`evaluators.scoring.difficulty`).
"""

import dagster as dg

from evaluators.candidates.config import load_candidates
from orchestration.defs.examination.assets import SCENARIO_SETS, SCORES
from orchestration.defs.examination.over_all import scored_categories
from orchestration.defs.failures import spoken_errors
from orchestration.defs.ownership import EXAMINATION as EXAMINERS
from orchestration.progress import Reporter
from orchestration.settings import Settings
from orchestration.workspace import open_source

DIFFICULTY = dg.AssetKey(["examination", "difficulty"])


@dg.asset(
    key=DIFFICULTY,
    deps=[SCENARIO_SETS, SCORES],
    group_name="examination",
    kinds={"python", "json"},
    owners=EXAMINERS,
    description=(
        "How hard each scenario is: 1 minus the mean credit of the reference candidates, the "
        "oracle left out. Private; the metadata has counts only."
    ),
)
def difficulty(
    settings: dg.ResourceParam[Settings], reporter: dg.ResourceParam[Reporter]
) -> dg.MaterializeResult[None]:
    """Estimate difficulty from the references' scores for the present sets."""
    with spoken_errors():
        from evaluators.scoring.difficulty import counts, estimate_difficulty, write_difficulty

        _, workspace = open_source(settings)
        references = [one for one in load_candidates(settings.candidates) if counts(one.model)]
        distribution: dict[str, dict[str, int]] = {}
        estimated = 0
        for category, chosen, scored in scored_categories(
            workspace, references, reporter, "Estimate difficulty"
        ):
            found = estimate_difficulty(chosen, scored)
            write_difficulty(found, workspace.difficulty(category))
            distribution[category] = {
                f"{part['low']}-{part['high']}": part["scenarios"] for part in found["distribution"]
            }
            estimated += sum(distribution[category].values())
        return dg.MaterializeResult(
            metadata={
                "references": len(references),
                "scenarios_estimated": estimated,
                "distribution": dg.MetadataValue.json(distribution),
            }
        )
