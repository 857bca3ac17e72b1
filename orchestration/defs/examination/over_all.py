"""What assets over all candidates read: each category's truths with the scores of the present set.

Belongs here: going through the categories. Does not belong here: what is made of the scores
(`difficulty`, `item_response`).
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from evaluators.candidates.config import Candidate
from evaluators.scenario_sets import TruthSet, load_truths
from orchestration.defs.examination.partitions import CATEGORIES
from orchestration.progress import Reporter
from orchestration.workspace import SCORES_FILE, Workspace


def scored_categories(
    workspace: Workspace, candidates: Sequence[Candidate], reporter: Reporter, title: str
) -> Iterator[tuple[str, TruthSet, list[dict[str, Any]]]]:
    """Each category, its truths, and `scores.json` of those candidates who have one, in order.

    Args:
        workspace: Of the active source.
        candidates: Whose scores count.
        reporter: Shows how far it is.
        title: Of the stage that is shown.
    """
    with reporter.stage(title, len(CATEGORIES)) as stage:
        for done, category in enumerate(CATEGORIES):
            stage.update(done, detail=category)
            chosen = load_truths(workspace.scenario_set(category))
            paths = (
                workspace.examination(category, one.id, one.sha256, chosen.digest) / SCORES_FILE
                for one in candidates
            )
            yield category, chosen, [json.loads(p.read_text()) for p in paths if p.is_file()]
