"""Fixtures: an empty tree of generated data, and one of the full releases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from raw_folders import Folder

from sources.releases import MARKER


@pytest.fixture
def synthetic(tmp_path: Path) -> Folder:
    """A tree marked as generated: no row count is expected of it."""
    root = tmp_path / "raw"
    root.mkdir()
    (root / MARKER).write_text(json.dumps({"generator": "test", "patients": 1, "seed": 7}))
    return Folder(root, tmp_path / "home")


@pytest.fixture
def official(tmp_path: Path) -> Folder:
    """A tree that claims to be the full MIMIC-IV 3.1 and MIMIC-IV-ED 2.2."""
    root = tmp_path / "raw"
    root.mkdir()
    return Folder(root, tmp_path / "home")
