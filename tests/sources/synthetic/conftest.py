"""A small synthetic release, written once, and a reader for it."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from sources.synthetic import SyntheticRelease, generate
from sources.synthetic.tables import paths

Rows = list[dict[str, str]]
PATIENTS = 160


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> SyntheticRelease:
    return generate(tmp_path_factory.mktemp("synthetic") / "release", PATIENTS, 11)


def read_table(root: Path, module: str, table: str) -> Rows:
    with gzip.open(root / paths(module)[table], "rt", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


@pytest.fixture(scope="session")
def table(release: SyntheticRelease) -> Callable[[str, str], Rows]:
    known: dict[tuple[str, str], Rows] = {}

    def rows(module: str, name: str) -> Rows:
        if (module, name) not in known:
            known[module, name] = read_table(release.root, module, name)
        return known[module, name]

    return rows
