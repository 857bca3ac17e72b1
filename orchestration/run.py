"""The whole pipeline: the same jobs that the UI starts, one after the other.

Belongs here: the order of the jobs. Does not belong here: how a job is executed (`execution`,
`fanout`), what it does.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from orchestration.execution import Jobs, failed_checks, prepare, reason
from orchestration.fanout import audit_grader_ahead, examined, examiners
from orchestration.progress import Reporter
from orchestration.settings import Settings
from orchestration.warehouse import manifest_path
from orchestration.workspace import enclave


class JobFailedError(Exception):
    """A step of a job, or a check that blocks, has failed."""


@dataclass(frozen=True)
class Run:
    """What a run did."""

    examined: int
    """Partitions examined."""
    failed: tuple[str, ...] = ()
    """Partitions that did not come to an end, as `candidate in category`."""
    checks_failed: tuple[str, ...] = field(default=())
    """Asset checks that did not pass, as `asset: check`."""


def run_pipeline(settings: Settings, reporter: Reporter) -> Run:
    """Refresh, examine every candidate in every category that has a case, publish.

    Raises:
        JobFailedError: when the refresh or the publication fails. An examination that fails does
            not stop the others; it is named in the result and goes on where it stopped next time.
    """
    prepare(settings)
    with (
        reporter.stage("Read the pipeline's definition", 1),
        ThreadPoolExecutor(max_workers=1) as ahead,
    ):
        # dbt parses while Dagster is imported. The definitions wait for it, and meet its error.
        ahead.submit(manifest_path, enclave(settings))
        from evaluators.candidates.config import load_candidates
        from orchestration.defs.automation.sensors import waiting
        from orchestration.defs.examination.partitions import CANDIDATE, CATEGORIES

        candidates = load_candidates(settings.candidates)
        jobs = Jobs(settings, reporter)
    with (
        jobs.instance,
        examiners(settings, len(candidates) * len(CATEGORIES)) as pool,
    ):
        audit_grader_ahead(settings, pool)
        refreshed = jobs.execute("refresh")
        checks = failed_checks(refreshed)
        if not refreshed.success:
            raise JobFailedError(reason("refresh", refreshed, checks))
        jobs.instance.add_dynamic_partitions(str(CANDIDATE.name), [c.id for c in candidates])
        todo = [(one.id, category) for one, category, _ in waiting(settings, candidates)]
        failed = []
        with reporter.stage("Examine and score", len(todo)) as stage:
            for done, ((candidate, category), why) in enumerate(examined(jobs, pool, todo), 1):
                stage.update(done, detail=f"{candidate} in {category}")
                if why is not None:
                    failed.append(f"{candidate} in {category}: {why}")
        published = jobs.execute("publish")
        if not published.success:
            raise JobFailedError(reason("publish", published, failed_checks(published)))
    return Run(
        examined=len(todo),
        failed=tuple(failed),
        checks_failed=(*checks, *failed_checks(published)),
    )
