"""The whole pipeline in one process: the same jobs that the UI starts, one after the other.

Belongs here: the order of the jobs and Dagster's home. Does not belong here: what the jobs do.
"""

from __future__ import annotations

import logging
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.progress import Reporter
from orchestration.settings import PROJECT, Settings
from orchestration.workspace import enclave

if TYPE_CHECKING:
    import dagster as dg


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


def prepare(settings: Settings) -> Path:
    """Make DAGSTER_HOME in the enclave and set the environment that keeps telemetry off."""
    home = enclave(settings) / "dagster"
    home.mkdir(exist_ok=True)
    shutil.copyfile(PROJECT / "deploy" / "dagster.yaml", home / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ.setdefault("DAGSTER_REDACT_USER_CODE_ERRORS", "1")
    return home


def run_pipeline(settings: Settings, reporter: Reporter) -> Run:
    """Refresh, examine every candidate in every category that has a case, publish.

    Raises:
        JobFailedError: when the refresh or the publication fails. An examination that fails does
            not stop the others; it is named in the result and goes on where it stopped next time.
    """
    prepare(settings)
    with reporter.stage("Read the pipeline's definition", 1):
        import dagster as dg

        from evaluators.candidates.config import load_candidates
        from orchestration.defs import build_defs
        from orchestration.defs.automation.sensors import waiting
        from orchestration.defs.examination.partitions import CANDIDATE, examination_key

        logging.getLogger("dagster").setLevel(logging.CRITICAL)
        candidates = load_candidates(settings.candidates)
        # The command line hands its settings on to the definitions' defaults.
        defs = build_defs(resource_overrides={"settings": settings, "reporter": reporter})
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with dg.DagsterInstance.get() as instance:

        def execute(job: str, key: dg.MultiPartitionKey | None = None) -> dg.ExecuteInProcessResult:
            return defs.resolve_job_def(job).execute_in_process(
                instance=instance, run_config=quiet, partition_key=key, raise_on_error=False
            )

        refreshed = execute("refresh")
        checks = failed_checks(refreshed)
        if not refreshed.success:
            raise JobFailedError(reason("refresh", refreshed, checks))
        instance.add_dynamic_partitions(str(CANDIDATE.name), [c.id for c in candidates])
        failed = []
        todo = waiting(settings, candidates)
        with reporter.stage("Examine and score", len(todo)) as stage:
            for done, (candidate, category, _) in enumerate(todo):
                stage.update(done, detail=f"{candidate.id} in {category}")
                result = execute("examine", examination_key(candidate.id, category))
                if not result.success:
                    failed.append(f"{candidate.id} in {category}: {reason('examine', result, ())}")
        published = execute("publish")
        if not published.success:
            raise JobFailedError(reason("publish", published, failed_checks(published)))
    return Run(
        examined=len(todo),
        failed=tuple(failed),
        checks_failed=(*checks, *failed_checks(published)),
    )


def failed_checks(result: dg.ExecuteInProcessResult) -> tuple[str, ...]:
    """Asset checks of a run that did not pass, as `asset: check`."""
    return tuple(
        f"{evaluation.asset_key.to_user_string()}: {evaluation.check_name}"
        + "".join(
            f" ({evaluation.metadata[name].value})"
            for name in ("failures", "failed_expectations", "reason")
            if name in evaluation.metadata
        )
        for evaluation in result.get_asset_check_evaluations()
        if not evaluation.passed
    )


def reason(job: str, result: dg.ExecuteInProcessResult, checks: tuple[str, ...]) -> str:
    """Why a run failed, in one sentence: the house's own error, else the name of the step."""
    steps = []
    for event in result.all_events:
        if event.is_step_failure:
            told = event.step_failure_data.user_failure_data
            if told or not checks:  # a check that blocks fails its step as well: it is named below
                why = told.description if told else "unexpected error"
                steps.append(f"{event.step_key}: {why}")
    what = "; ".join([*steps, *(f"check did not pass: {name}" for name in checks)])
    return f"The job `{job}` failed: {what or 'see the run in `medcred ui`'}"
