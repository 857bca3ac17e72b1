"""The benchmark that lays a synthetic release beside the open demo."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sources.synthetic import SyntheticRelease

BENCHMARK = Path(__file__).resolve().parents[3] / "benchmarks" / "marginals.py"


def run(*arguments: Path | str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(BENCHMARK), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.demo
def test_every_part_is_printed(release: SyntheticRelease, demo_root: Path) -> None:
    done = run(release.root, "--demo", demo_root)
    assert done.returncode == 0, done.stderr
    tables = done.stdout.strip().split("\n\n")
    assert len(tables) == 5
    assert all(len(table.splitlines()) > 10 for table in tables)
    labs = next(
        line.split("|") for line in tables[0].splitlines() if line.startswith("| hosp.labevents ")
    )
    expected = release.rows["hosp/labevents"] / release.rows["hosp/admissions"]
    assert float(labs[2]) == pytest.approx(expected, rel=0.01)
    assert [float(cell) for cell in labs[3:5]] == [392.0, 290.0]
    assert any(line.startswith("| Potassium | 1 |") for line in tables[3].splitlines())


def test_a_folder_without_a_release_is_refused(tmp_path: Path) -> None:
    done = run(tmp_path, "--demo", tmp_path)
    assert done.returncode == 1
    assert "name the release's folder" in done.stderr
