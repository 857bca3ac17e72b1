"""Standings over all candidates, and the publication.

Belongs here: the two final assets. Does not belong here: statistics (`evaluators.scoring`), policy
and pages (`registry`).
"""

import json
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from evaluators.candidates.config import load_candidates
from evaluators.catalogue import load_catalogue
from evaluators.scenario_sets import verify_files
from orchestration.defs.examination.assets import SCENARIO_SETS, SCORES, frozen_set
from orchestration.defs.examination.partitions import CATEGORIES
from orchestration.defs.failures import spoken_errors
from orchestration.defs.ownership import EXAMINATION, REGISTRY
from orchestration.defs.source.assets import unverified_tables
from orchestration.progress import Reporter
from orchestration.settings import Settings
from orchestration.workspace import SCORES_FILE, open_source, write_json
from registry.policy import apply_policy, load_policy
from registry.publish import publish

STANDINGS = dg.AssetKey(["credential", "standings"])
PUBLISHED = dg.AssetKey(["credential", "registry"])


@dg.asset(
    key=STANDINGS,
    deps=[SCENARIO_SETS, SCORES],
    group_name="credential",
    kinds={"python", "json"},
    owners=EXAMINATION,
    description=(
        "Who stands where in each category: mean credit with a patient-clustered lower bound, rank "
        "intervals, and what the policy makes of them. Few cases give no figure."
    ),
)
def standings(
    settings: dg.ResourceParam[Settings], reporter: dg.ResourceParam[Reporter]
) -> dg.MaterializeResult[None]:
    """Compute the standings of all candidates whose scores exist for the present sets."""
    with spoken_errors():
        from evaluators.scoring.score import score_examination
        from evaluators.scoring.standings import compute_standings

        catalogue = load_catalogue()

        source, workspace = open_source(settings)
        candidates = load_candidates(settings.candidates)
        scored: list[dict[str, Any]] = []
        manifests = {}
        missing = 0
        with reporter.stage("Compute standings", len(CATEGORIES)) as stage:
            for done, category in enumerate(CATEGORIES):
                stage.update(done, detail=category)
                manifest = verify_files(workspace.scenario_set(category))
                manifests[category] = manifest
                for candidate in candidates:
                    if manifest.images and not candidate.takes_pictures:
                        continue
                    folder = workspace.examination(
                        category, candidate.id, candidate.sha256, manifest.digest
                    )
                    path = folder / SCORES_FILE
                    if path.is_file():
                        scored.append(json.loads(path.read_text()))
                    elif not manifest.scenarios:
                        empty = frozen_set(workspace, category)
                        scored.append(
                            score_examination(
                                empty, category, candidate.id, candidate.sha256, path, catalogue
                            )
                        )
                    else:
                        missing += 1
            raw = compute_standings(scored, manifests, candidates)
        record = apply_policy(
            raw,
            load_policy(),
            source=source,
            unverified_tables=unverified_tables(workspace),
        )
        write_json(workspace.standings, record)
        tiers = [entry["tier"] for entry in record["standings"]]
        return dg.MaterializeResult(
            metadata={
                "entries": len(tiers),
                "credentialed": sum(tier in {"credentialed", "with_distinction"} for tier in tiers),
                "insufficient_cases": tiers.count(None),
                "partitions_without_scores": missing,
            }
        )


@dg.asset(
    key=PUBLISHED,
    deps=[STANDINGS],
    group_name="credential",
    kinds={"python", "html"},
    owners=REGISTRY,
    description=(
        "The public registry: statements, index with SHA-256 digests, one readable page. Closed "
        "schemas and a scan of every byte decide what may leave the enclave."
    ),
)
def registry(
    settings: dg.ResourceParam[Settings], reporter: dg.ResourceParam[Reporter]
) -> dg.MaterializeResult[None]:
    """Publish the standings."""
    with spoken_errors():
        source, workspace = open_source(settings)
        with reporter.stage("Publish the registry", 1):
            published = publish(
                json.loads(workspace.standings.read_text()),
                settings.public.resolve() / source.slug,
                issued_on=datetime.now(UTC).date(),
                policy=load_policy(),
            )
        return dg.MaterializeResult(
            metadata={
                "page": dg.MetadataValue.path(str(published.folder / "index.html")),
                "index_sha256": published.index_sha256,
                "statements": published.statements,
            }
        )
