"""The item-response view of each category.

Belongs here: the asset. Does not belong here: the fit and its test (`evaluators.scoring`).
"""

import dagster as dg

from evaluators.candidates.config import load_candidates
from orchestration.defs.examination.assets import SCENARIO_SETS, SCORES
from orchestration.defs.examination.over_all import scored_categories
from orchestration.defs.examination.partitions import CATEGORIES
from orchestration.defs.failures import spoken_errors
from orchestration.defs.ownership import EXAMINATION as EXAMINERS
from orchestration.progress import Reporter
from orchestration.settings import Settings
from orchestration.workspace import open_source

ITEM_RESPONSE = dg.AssetKey(["examination", "item_response"])


@dg.asset(
    key=ITEM_RESPONSE,
    deps=[SCENARIO_SETS, SCORES],
    group_name="examination",
    kinds={"python", "json"},
    owners=EXAMINERS,
    description=(
        "A two-parameter item-response fit of each category, with a test of one-dimensionality: a "
        "second view beside the standings that decides nothing. Private; the metadata has counts "
        "only. Without enough candidates there is no fit, and the file says why."
    ),
)
def item_response(
    settings: dg.ResourceParam[Settings], reporter: dg.ResourceParam[Reporter]
) -> dg.MaterializeResult[None]:
    """Fit every category from the scores of the present sets; the oracle does not count."""
    with spoken_errors():
        from evaluators.scoring.difficulty import is_told
        from evaluators.scoring.response_view import view_responses, write_view

        _, workspace = open_source(settings)
        candidates = [one for one in load_candidates(settings.candidates) if not is_told(one.model)]
        shown: dict[str, dict[str, int | float | bool]] = {}
        for category, chosen, scored in scored_categories(
            workspace, candidates, reporter, "Fit item responses"
        ):
            view = view_responses(chosen, scored)
            write_view(view, workspace.item_response(category))
            if view["fit"] is not None:
                dimension = view["dimension"]
                shown[category] = {
                    "candidates": len(view["candidates"]),
                    "converged": view["fit"]["converged"],
                    "reliability": view["fit"]["reliability"],
                    "one_dimension_rejected": dimension["one_dimension_rejected"],
                    "p": dimension["p"],
                }
        return dg.MaterializeResult(
            metadata={
                "categories_fitted": len(shown),
                "categories_without_fit": len(CATEGORIES) - len(shown),
                "fits": dg.MetadataValue.json(shown),
            }
        )
