"""Fixtures of the judge's tests: an examination that was sat, and a bench of scripted judges."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripted_judges import Bench, seated


@pytest.fixture
def bench() -> Iterator[Bench]:
    with seated(Bench()) as sitting:
        yield sitting
