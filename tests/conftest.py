"""What all rooms share: where the open MIMIC demo lies, and how examples are drawn."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long one example takes says how busy the machine is, and nothing of the code.
settings.register_profile("medcred", deadline=None)
settings.load_profile("medcred")

PROJECT = Path(__file__).resolve().parents[1]


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
