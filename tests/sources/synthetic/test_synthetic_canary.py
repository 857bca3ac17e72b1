"""Every synthetic document bears the canary, where no section takes it in."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from pathlib import Path

import pytest

from data_contracts.canary import CANARY, CANARY_GUID, holds_canary
from sources.synthetic import generate
from sources.synthetic.canary import noted, reported


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("canary") / "release"
    generate(root, 12, 3, ("hosp", "icu", "ed", "note", "cxr", "mimiciii"), threads=1)
    return root


def texts(root: Path, name: str) -> list[str]:
    (path,) = root.rglob(name)
    content = gzip.decompress(path.read_bytes()).decode()
    rows = csv.DictReader(io.StringIO(content, newline=""), strict=True)
    return [row.get("text") or row["TEXT"] for row in rows]


@pytest.mark.parametrize("name", ["discharge.csv.gz", "radiology.csv.gz", "NOTEEVENTS.csv.gz"])
def test_every_note_ends_with_the_canary(release: Path, name: str) -> None:
    found = texts(release, name)
    assert len(found) > 10
    assert all(text.rstrip().endswith(CANARY) for text in found)
    assert all(text.count(CANARY_GUID) == 1 for text in found)


def test_every_report_file_of_the_films_bears_the_canary(release: Path) -> None:
    (archive,) = release.rglob("*reports.zip")
    with zipfile.ZipFile(archive) as reports:
        names = [name for name in reports.namelist() if name.endswith(".txt")]
        assert names
        assert all(CANARY in reports.read(name).decode() for name in names)


def test_in_a_report_the_canary_stands_under_a_header_of_its_own() -> None:
    report = reported("FINDINGS:  Clear lungs.\n \nIMPRESSION:  Normal.\n")
    assert report.split("\n \n")[-1] == f"NOTIFICATION:  {CANARY}\n"
    assert noted("Followup Instructions:\n___\n").split("\n")[-2:] == [CANARY, ""]


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        (CANARY, True),
        (CANARY_GUID.upper().replace("-", " "), True),
        (f"I believe that it is {{{CANARY_GUID}}}.", True),
        (CANARY_GUID[:-1], False),
        ("", False),
    ],
)
def test_the_canary_is_found_however_it_is_written(text: str, holds: bool) -> None:
    assert holds_canary(text) is holds
