"""What rooms share: where the open MIMIC demo lies, how examples are drawn, which files begin.

Belongs here: fixtures and hooks for all rooms. Does not belong here: anything of one room.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long one example takes says how busy the machine is, and nothing of the code.
settings.register_profile("medcred", deadline=None)
settings.load_profile("medcred")

PROJECT = Path(__file__).resolve().parents[1]

# Two processes take file after file in this order. What runs dbt or the pipeline for long comes
# first, so that neither is left alone with it at the end, and neighbours need different runs, so
# that neither waits for the other. All other files follow as they are found.
LONGEST_FIRST = (
    "orchestration/test_pipeline_synthetic.py",
    "dbt_project/test_project.py",
    "orchestration/test_mimiciii_demo.py",
    "orchestration/test_runs_repeated.py",
    "orchestration/test_pipeline_demo.py",
    "dbt_project/test_marts.py",
    "orchestration/test_cohort_trial.py",
    "dbt_project/test_modules_absent.py",
    "orchestration/test_refusals.py",
    "dbt_project/test_icu_severity.py",
    "orchestration/test_privacy_of_runs.py",
    "dbt_project/test_waveforms_shown.py",
    "dbt_project/test_mimiciii_staged.py",
    "evaluators/grader_audit/test_grader_audit.py",
    "sources/synthetic/test_synthetic_release.py",
    "data_contracts/test_raw_labs_suite.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; the order of everything else is kept."""
    ranks = {PROJECT / "tests" / name: rank for rank, name in enumerate(LONGEST_FIRST)}
    lost = [str(path) for path in ranks if not path.is_file()]
    if lost:
        raise pytest.UsageError(f"tests/conftest.py names files that are gone: {', '.join(lost)}")
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))


def _demo_root() -> Path | None:
    named = os.environ.get("MIMIC_DEMO_ROOT")
    for folder in [Path(named)] if named else [PROJECT.parent / "shared" / "mimic-demo"]:
        if (folder / "MANIFEST.tsv").is_file():
            return folder
    return None


@pytest.fixture(scope="session")
def demo_root() -> Path:
    """The folder of the open demos; skips with the reason, or fails where it is required."""
    root = _demo_root()
    if root is None:
        reason = "the open MIMIC demo is not here: set MIMIC_DEMO_ROOT to its folder"
        if os.environ.get("MEDCRED_REQUIRE_DEMO") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return root
