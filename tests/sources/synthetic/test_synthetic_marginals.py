"""How many rows a release has, and the benchmark that lays it beside the open demo."""

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


@pytest.mark.parametrize(
    ("unit", "name", "real"),
    [
        ("hosp/admissions", "hosp/labevents", 290),
        ("hosp/admissions", "hosp/diagnoses_icd", 11.7),
        ("hosp/admissions", "hosp/microbiologyevents", 7.3),
        ("hosp/admissions", "hosp/omr", 14.2),
        ("hosp/admissions", "hosp/procedures_icd", 1.57),
        ("hosp/admissions", "hosp/emar", 78.4),
        ("hosp/admissions", "hosp/emar_detail", 160),
        ("hosp/admissions", "hosp/pharmacy", 32.7),
        ("hosp/admissions", "hosp/prescriptions", 37.2),
        ("hosp/admissions", "hosp/poe", 95.6),
        ("hosp/admissions", "hosp/transfers", 4.4),
        ("icu/icustays", "icu/chartevents", 4584),
        ("icu/icustays", "icu/datetimeevents", 106),
        ("icu/icustays", "icu/inputevents", 116),
        ("icu/icustays", "icu/outputevents", 56.7),
        ("icu/icustays", "icu/procedureevents", 8.6),
        ("ed/edstays", "ed/vitalsign", 3.7),
        ("ed/edstays", "ed/diagnosis", 2.1),
        ("ed/edstays", "ed/medrecon", 7.0),
        ("ed/edstays", "ed/pyxis", 3.7),
    ],
)
def test_rows_a_stay_are_near_the_full_releases(
    release: SyntheticRelease, unit: str, name: str, real: float
) -> None:
    ratio = release.rows[name] / release.rows[unit] / real
    assert 0.6 < ratio < 1.6, f"{ratio:.2f} of MIMIC's"
