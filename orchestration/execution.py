"""Dagster's jobs, executed in this process, and what a failed one says to people.

Belongs here: the definitions with the command line's settings, one call a job. Does not belong
here: the order of the jobs (`run`), how many processes do it (`fanout`).
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.progress import Reporter
from orchestration.settings import PROJECT, Settings
from orchestration.workspace import enclave

if TYPE_CHECKING:
    import dagster as dg

_YOUNG_OBJECTS = 50_000
"""Objects made between two collections of cyclic garbage. Dagster and LiteLLM are a million objects
that never go: with Python's 700, looking through them takes an eighth of an examination's time."""
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def prepare(settings: Settings) -> Path:
    """Make DAGSTER_HOME in the enclave and set the environment that keeps telemetry off."""
    home = enclave(settings) / "dagster"
    home.mkdir(exist_ok=True)
    shutil.copyfile(PROJECT / "deploy" / "dagster.yaml", home / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ.setdefault("DAGSTER_REDACT_USER_CODE_ERRORS", "1")
    return home


class Jobs:
    """The jobs of the definitions, for one process; `prepare` comes first."""

    def __init__(self, settings: Settings, reporter: Reporter) -> None:
        """Read the definitions; the command line hands its settings on to their defaults."""
        import dagster as dg

        from orchestration.defs import build_defs

        logging.getLogger("dagster").setLevel(logging.CRITICAL)
        self._defs = build_defs(resource_overrides={"settings": settings, "reporter": reporter})
        gc.set_threshold(_YOUNG_OBJECTS, *gc.get_threshold()[1:])
        self.instance = dg.DagsterInstance.get()

    def execute(
        self, job: str, key: dg.MultiPartitionKey | None = None
    ) -> dg.ExecuteInProcessResult:
        """Execute a job, for one partition where it has partitions."""
        return self._defs.resolve_job_def(job).execute_in_process(
            instance=self.instance, run_config=_QUIET, partition_key=key, raise_on_error=False
        )

    def examine(self, candidate: str, category: str) -> str | None:
        """Examine one candidate in one category; returns why it failed, None if it did not."""
        from orchestration.defs.examination.partitions import examination_key

        result = self.execute("examine", examination_key(candidate, category))
        return None if result.success else reason("examine", result, ())


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
