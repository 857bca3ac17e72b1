"""What carries a benchmark run from one job to the next, and new candidates into partitions.

Belongs here: sensors. Does not belong here: the jobs.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from evaluators.candidates.config import Candidate, load_candidates
from evaluators.canonical import sha256_file
from evaluators.scenario_sets import read_manifest
from orchestration.defs.automation.jobs import examine, publish, refresh
from orchestration.defs.examination.partitions import CANDIDATE, CATEGORIES, examination_key
from orchestration.settings import Settings
from orchestration.workspace import REPEATS_FILE, SCORES_FILE, NoActiveSourceError, open_source


def waiting(
    settings: Settings, candidates: tuple[Candidate, ...]
) -> list[tuple[Candidate, str, str]]:
    """Candidate, category and set digest of every examination that has no scores yet.

    Categories without a frozen set or without a case have nothing to examine.
    """
    try:
        _, workspace = open_source(settings)
    except NoActiveSourceError:
        return []
    found = []
    for category in CATEGORIES:
        folder = workspace.scenario_set(category)
        if not (folder / "manifest.json").is_file():
            continue
        manifest = read_manifest(folder)
        if manifest.scenarios == 0:
            continue
        for candidate in candidates:
            if manifest.images and not candidate.takes_pictures:
                continue  # not applicable: it cannot be shown what is asked about
            done = workspace.examination(category, candidate.id, candidate.sha256, manifest.digest)
            if not _is_scored(done, settings.repeats):
                found.append((candidate, category, manifest.digest))
    return found


def _is_scored(folder: Path, repeats: int) -> bool:
    """Whether the scores are there, of this version's methodology, and of every repeat asked for.

    Other scores are made anew from the journal; the candidate is asked only what is not in it.
    """
    from evaluators.methodology import methodology_sha256
    from evaluators.scoring.score import FORMAT

    scores, summary = folder / SCORES_FILE, folder / REPEATS_FILE
    if not scores.is_file():
        return False
    found = json.loads(scores.read_text())
    if (found["format"], found["methodology_sha256"]) != (FORMAT, methodology_sha256()):
        return False
    if repeats == 1:
        return True
    return summary.is_file() and int(json.loads(summary.read_text())["repeats"]) >= repeats


def examination_requests(settings: Settings) -> Iterator[dg.RunRequest]:
    """One run request for each examination that waits; its key is the content that is examined."""
    from evaluators.methodology import methodology_sha256

    methodology = methodology_sha256()[:16]
    for candidate, category, digest in waiting(settings, load_candidates(settings.candidates)):
        again = f"|{settings.repeats}" if settings.repeats > 1 else ""
        yield dg.RunRequest(
            run_key=f"{candidate.id}|{candidate.sha256[:16]}|{category}|{digest[:16]}|{methodology}{again}",
            partition_key=examination_key(candidate.id, category),
        )


@dg.sensor(
    name="new_candidates",
    job=examine,
    minimum_interval_seconds=30,
    description=(
        "Watches candidates.yaml: a new entry becomes a partition and is examined in every "
        "category; an entry whose model, prompt or parameters changed is examined anew."
    ),
)
def new_candidates(
    context: dg.SensorEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.SensorResult | dg.SkipReason:
    """Turn the entries of candidates.yaml into partitions and examinations."""
    digest = sha256_file(settings.candidates)
    if context.cursor == digest:
        return dg.SkipReason("candidates.yaml has not changed.")
    known = set(context.instance.get_dynamic_partitions(str(CANDIDATE.name)))
    new = [
        candidate.id
        for candidate in load_candidates(settings.candidates)
        if candidate.id not in known
    ]
    return dg.SensorResult(
        run_requests=list(examination_requests(settings)),
        dynamic_partitions_requests=[CANDIDATE.build_add_request(new)] if new else [],
        cursor=digest,
    )


@dg.run_status_sensor(
    name="examine_after_refresh",
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[refresh],
    request_job=examine,
    description="After a refresh: examine whatever has no scores for the sets as they are now.",
)
def examine_after_refresh(
    context: dg.RunStatusSensorContext, settings: dg.ResourceParam[Settings]
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Request the examinations that a refresh made necessary."""
    known = set(context.instance.get_dynamic_partitions(str(CANDIDATE.name)))
    new = [c.id for c in load_candidates(settings.candidates) if c.id not in known]
    context.instance.add_dynamic_partitions(str(CANDIDATE.name), new)
    requests = list(examination_requests(settings))
    if not requests:
        yield dg.SkipReason("Every examination of the present sets has its scores.")
    yield from requests


@dg.run_status_sensor(
    name="publish_after_examinations",
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[examine],
    request_job=publish,
    description="After an examination: publish, once no examination of the present sets waits.",
)
def publish_after_examinations(
    context: dg.RunStatusSensorContext, settings: dg.ResourceParam[Settings]
) -> dg.RunRequest | dg.SkipReason:
    """Request the publication when the last examination is scored."""
    left = waiting(settings, load_candidates(settings.candidates))
    if left:
        return dg.SkipReason(f"{len(left)} examinations have no scores yet.")
    return dg.RunRequest(run_key=context.dagster_run.run_id)


sensors = [new_candidates, examine_after_refresh, publish_after_examinations]
