"""Freeze, examine, score.

Belongs here: the assets around `evaluators`. Does not belong here: anything they compute.
"""

import asyncio
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import dagster as dg

from evaluators.candidates.config import Candidate, load_candidates
from evaluators.candidates.egress import admit
from evaluators.catalogue import load_catalogue
from evaluators.journal import JOURNAL_FILE
from evaluators.scenario_sets import LeakingSetError, ScenarioSet, freeze, load
from orchestration.defs.examination.partitions import (
    CATEGORIES,
    EXAMINATION,
    KINDS,
    who_and_what,
)
from orchestration.defs.failures import spoken_errors
from orchestration.defs.ownership import EXAMINATION as EXAMINERS
from orchestration.defs.source.assets import unverified_tables
from orchestration.defs.warehouse.checks import mart_key
from orchestration.progress import Reporter, Stage
from orchestration.settings import Settings
from orchestration.workspace import (
    REPEATS_FILE,
    SCORES_FILE,
    Workspace,
    landed_modules,
    open_source,
    picture_folders,
    repeat_folder,
)

if TYPE_CHECKING:
    from evaluators.examine import Progress

SCENARIO_SETS = dg.AssetKey(["examination", "scenario_sets"])
ENCOUNTERS = dg.AssetKey(["examination", "encounters"])
SCORES = dg.AssetKey(["examination", "scores"])


@dg.asset(
    key=SCENARIO_SETS,
    deps=[
        mart_key(mart)
        for mart in (
            "scenarios",
            "evidence",
            "ground_truth",
            "actions_taken",
            "task_scenarios",
            "task_evidence",
            "task_truth",
        )
    ],
    group_name="examination",
    kinds={"python", "json"},
    owners=EXAMINERS,
    description=(
        "One frozen, content-addressed scenario set for each category: scenarios, evidence, ground "
        "truth, actions taken, and a manifest whose SHA-256 names the set."
    ),
)
def scenario_sets(
    settings: dg.ResourceParam[Settings], reporter: dg.ResourceParam[Reporter]
) -> dg.MaterializeResult[None]:
    """Freeze every category; fail in the end when the leak audit refused one."""
    with spoken_errors():
        source, workspace = open_source(settings)
        unverified = unverified_tables(workspace)
        metadata: dict[str, int | str] = {}
        leaking: list[str] = []
        with reporter.stage("Freeze scenario sets", len(CATEGORIES)) as stage:
            for done, category in enumerate(CATEGORIES):
                stage.update(done, detail=category)
                try:
                    manifest = freeze(
                        workspace.marts,
                        category,
                        workspace.scenario_set(category),
                        releases=source.releases,
                        tier=source.tier,
                        modules=landed_modules(source),
                        unverified_tables=unverified,
                        kind=KINDS[category],
                        image_roots=picture_folders(source),
                    )
                except LeakingSetError as error:
                    leaking.append(str(error))
                    continue
                metadata[f"{category}_scenarios"] = manifest.scenarios
                metadata[f"{category}_sha256"] = manifest.digest
                if manifest.images or manifest.images_missing:
                    metadata[f"{category}_pictures"] = manifest.images
                    metadata[f"{category}_pictures_missing"] = manifest.images_missing
                if manifest.evidence_images or manifest.evidence_images_missing:
                    metadata[f"{category}_result_pictures"] = manifest.evidence_images
                    metadata[f"{category}_result_pictures_missing"] = (
                        manifest.evidence_images_missing
                    )
        if leaking:  # what stood there before stays; the other categories are frozen
            raise dg.Failure(" ".join(leaking), allow_retries=False)
        return dg.MaterializeResult(metadata=metadata)


def examined(settings: Settings, candidate_id: str) -> Candidate:
    """The candidate of that id.

    Raises:
        dg.Failure: when `candidates.yaml` no longer has it.
    """
    for candidate in load_candidates(settings.candidates):
        if candidate.id == candidate_id:
            return candidate
    raise dg.Failure(
        f"Candidate {candidate_id} is not in {settings.candidates.name}: add it there, or delete "
        "its partition.",
        allow_retries=False,
    )


def frozen_set(workspace: Workspace, category: str) -> ScenarioSet:
    """The category's scenario set, every digest checked."""
    return load(workspace.scenario_set(category))


def _shown_on(stage: Stage) -> Callable[["Progress"], None]:
    """What shows the progress of one examination on its own stage."""
    return lambda seen: stage.update(seen.finished, seen.total, f"{seen.calls_made} calls")


@dg.asset(
    key=ENCOUNTERS,
    deps=[SCENARIO_SETS],
    partitions_def=EXAMINATION,
    group_name="examination",
    kinds={"python", "litellm"},
    owners=EXAMINERS,
    description=(
        "Every encounter of one candidate in one category. Each reply is journalled before it is "
        "used: materializing again calls only for what the journal lacks."
    ),
)
def encounters(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    reporter: dg.ResourceParam[Reporter],
) -> dg.MaterializeResult[None]:
    """Examine one candidate in one category."""
    with spoken_errors():
        from evaluators.examine import examine

        candidate_id, category = who_and_what(context)
        source, workspace = open_source(settings)
        candidate = examined(settings, candidate_id)
        admit(candidate, source.tier)
        chosen = frozen_set(workspace, category)
        folder = workspace.examination(category, candidate.id, candidate.sha256, chosen.digest)
        runs = []
        for number in range(1, settings.repeats + 1):
            with reporter.stage(
                f"{candidate.id} in {category}" + (f", repeat {number}" if number > 1 else ""),
                len(chosen.scenarios),
                within=True,
            ) as stage:
                done = asyncio.run(
                    examine(
                        chosen,
                        category,
                        candidate,
                        repeat_folder(folder, number),
                        load_catalogue(),
                        on_progress=_shown_on(stage),
                    )
                )
            if not done.complete:
                kinds = ", ".join(f"{kind} {n}" for kind, n in sorted(done.error_kinds.items()))
                raise dg.Failure(
                    f"{len(chosen.scenarios) - len(done.encounters)} of {len(chosen.scenarios)} "
                    f"encounters have no answer (stopped by: {done.stopped or 'no stop'}; errors: "
                    f"{kinds or 'none'}): materialize this partition again, only these are asked "
                    "anew."
                )
            runs.append(done)
        spent = [done.spent_usd for done in runs]
        unknown = any(usd is None for usd in spent)
        return dg.MaterializeResult(
            metadata={
                "encounters": sum(len(done.encounters) for done in runs),
                "repeats": len(runs),
                "calls_made": sum(done.calls_made for done in runs),
                "calls_replayed": sum(done.calls_replayed for done in runs),
                "spent_usd": "unknown" if unknown else math.fsum(usd or 0.0 for usd in spent),
                "candidate_sha256": candidate.sha256,
                "scenario_set_sha256": chosen.digest,
            }
        )


@dg.asset(
    key=SCORES,
    deps=[ENCOUNTERS],
    partitions_def=EXAMINATION,
    group_name="examination",
    kinds={"python", "json"},
    owners=EXAMINERS,
    description=(
        "Scores of one candidate in one category: a pure function of scenario set and journal."
    ),
)
def scores(
    context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
) -> dg.MaterializeResult[None]:
    """Score one candidate in one category."""
    with spoken_errors():
        from evaluators.scoring.repeats import summarise_repeats, write_repeats
        from evaluators.scoring.score import score_examination, statistics_seed, write_scores
        from evaluators.scoring.unmatched import UNMATCHED_FILE

        candidate_id, category = who_and_what(context)
        _, workspace = open_source(settings)
        candidate = examined(settings, candidate_id)
        chosen = frozen_set(workspace, category)
        folder = workspace.examination(category, candidate.id, candidate.sha256, chosen.digest)
        catalogue = load_catalogue()
        numbered = range(1, settings.repeats + 1)
        repeats = [
            score_examination(
                chosen,
                category,
                candidate.id,
                candidate.sha256,
                repeat_folder(folder, number) / JOURNAL_FILE,
                catalogue,
                unmatched_path=repeat_folder(folder, number) / UNMATCHED_FILE,
            )
            for number in numbered
        ]
        digests = [
            write_scores(scored, repeat_folder(folder, number) / SCORES_FILE)
            for number, scored in zip(numbered, repeats, strict=True)
        ]
        if settings.repeats > 1:
            summary = summarise_repeats(repeats, statistics_seed(chosen.digest, category))
            write_repeats(summary, folder / REPEATS_FILE)
        return dg.MaterializeResult(
            metadata={
                "cases": len(repeats[0]["cases"]),
                "complete": all(scored["complete"] for scored in repeats),
                "repeats": len(repeats),
                "results_sha256": digests[0],
            }
        )
