"""What is measured in a release's waveforms is landed once, whatever is missing or damaged."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from data_contracts.raw_contracts import DERIVED_CONTRACTS, load_contracts
from sources.errors import LandingError
from sources.landing import land_table
from sources.releases import Source, find_source
from sources.synthetic import generate
from sources.waveforms import LandedWaveforms, land_waveforms, measuring

PATIENTS = 50
"""As many as the generator writes waveforms for."""
SETTLED = 1_700_000_000
CONTRACT = load_contracts(DERIVED_CONTRACTS)["ecg"].table("waveform_measurements")


@dataclass(frozen=True)
class Place:
    """A source with its enclave."""

    root: Path
    home: Path

    @property
    def source(self) -> Source:
        return find_source(self.root)

    @property
    def workspace(self) -> Path:
        return self.home / "sources" / "x"

    @property
    def headers(self) -> list[Path]:
        return sorted(self.root.rglob("*.hea"))

    def land(self, *, measure: bool = True, threads: int = 1) -> LandedWaveforms:
        for table in ("record_list", "machine_measurements"):
            land_table(self.source, "ecg", table, self.home, self.workspace)
        return land_waveforms(
            self.source, self.home, self.workspace, measure=measure, threads=threads
        )


def rows(landed: LandedWaveforms) -> pl.DataFrame:
    return pl.read_parquet(landed.table.link)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("waveforms") / "raw"
    generate(root, PATIENTS, 20, ("hosp", "ecg"))
    for path in root.rglob("*"):
        os.utime(path, (SETTLED, SETTLED))  # what was written just now is not remembered
    return root


@pytest.fixture
def few(generated: Path, tmp_path: Path) -> Place:
    """The release with the waveforms of four records; the others are missing."""
    place = Place(tmp_path / "raw", tmp_path / "home")
    shutil.copytree(generated, place.root, ignore=shutil.ignore_patterns("files"))
    for header in sorted(generated.rglob("*.hea"))[:4]:
        target = place.root / header.relative_to(generated)
        target.parent.mkdir(parents=True)
        shutil.copy2(header, target)
        shutil.copy2(header.with_suffix(".dat"), target.with_suffix(".dat"))
    return place


def test_the_rate_agrees_with_the_machine_in_every_record(
    generated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(generated, tmp_path / "home")
    landed = place.land()
    machine = pl.read_parquet(place.workspace / "landed" / "ecg" / "machine_measurements.parquet")
    both = rows(landed).join(machine, on="study_id", validate="1:1")
    apart = (both["rate_per_min"] - 60_000 / both["rr_interval"]).abs()
    with capsys.disabled():
        sys.stdout.write(
            f"\nwaveforms: {dict(landed.outcomes)}; rate apart from the machine's: median "
            f"{apart.median():.2f}/min, most {apart.max():.2f}/min\n"
        )
    assert both.height == len(place.headers) >= 50
    assert landed.outcomes["measured"] >= 0.99 * both.height
    assert set(landed.outcomes) <= {"measured", "unclear"}
    assert apart.max() <= 1.0


def test_waveforms_are_not_read_unless_asked_for(few: Place) -> None:
    landed = few.land(measure=False)
    assert (landed.table.origin, landed.table.rows, landed.outcomes) == ("absent", 0, {})
    assert rows(landed).columns == list(CONTRACT.header)
    assert not (few.home / "landing" / ".waveforms").exists()


def test_missing_and_damaged_records_are_counted_and_stop_nothing(few: Place) -> None:
    first, second, third, _ = few.headers
    first.with_suffix(".dat").unlink()
    second.with_suffix(".dat").write_bytes(b"cut")
    third.write_text("no header")
    landed = few.land()
    found = rows(landed)
    assert landed.outcomes["measured"] == 1
    assert landed.outcomes["damaged"] == 2
    assert landed.outcomes["missing"] == found.height - 3
    assert landed.table.origin == "derived"
    told = found.group_by("outcome").agg(pl.col("rate_per_min").count()).rows()
    assert dict(told) == {"measured": 1, "damaged": 0, "missing": 0}


def test_paths_that_lead_out_of_the_release_are_not_followed(few: Place) -> None:
    header = few.headers[0]
    for suffix in (".hea", ".dat"):
        shutil.copy2(header.with_suffix(suffix), few.root / f"{header.stem}{suffix}")
    root = few.root / "mimic-iv-ecg" / "1.0"
    for path in (f"../../{header.stem}", str(few.root / header.stem), ""):
        record = measuring.Record(1, 1, path)
        assert measuring.measure_batch(root, [record], few.home)[0].outcome == "missing"


def test_the_same_files_give_the_same_bytes_in_another_enclave(few: Place, tmp_path: Path) -> None:
    landed = few.land()
    again = Place(few.root, tmp_path / "other").land()
    assert again.table.record() == landed.table.record()
    assert again.table.link.read_bytes() == landed.table.link.read_bytes()
    assert again.table.converted


def test_processes_and_batches_change_nothing(
    few: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    landed = few.land()
    half = rows(landed).height // 2 + 1
    monkeypatch.setattr(measuring, "BATCH_RECORDS", half)
    again = Place(few.root, tmp_path / "other").land(threads=2)
    assert again.table.record() == landed.table.record()


def test_what_was_measured_is_not_read_again(few: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    before = few.land()
    reads: list[Path] = []
    real = measuring.read_leads
    monkeypatch.setattr(measuring, "read_leads", lambda path: reads.append(path) or real(path))
    assert few.land().table.record() == before.table.record()
    assert reads == []
    few.headers[0].with_suffix(".dat").write_bytes(b"changed")
    after = few.land()
    assert after.outcomes["damaged"] == 1
    assert after.table.raw_sha256 != before.table.raw_sha256
    assert reads


def test_a_spoiled_memory_of_a_batch_is_measured_anew(few: Place) -> None:
    before = few.land()
    (entry,) = (few.home / "landing" / ".waveforms").iterdir()
    entry.write_text("[{}]")
    assert few.land().table.record() == before.table.record()


def test_without_the_record_list_it_says_what_to_land(few: Place) -> None:
    with pytest.raises(LandingError, match="land ecg/record_list before it"):
        land_waveforms(few.source, few.home, few.workspace, measure=True)


def test_a_source_without_the_module_has_an_empty_table(few: Place) -> None:
    shutil.rmtree(few.root / "mimic-iv-ecg")
    landed = few.land()
    assert (landed.table.origin, landed.table.rows) == ("absent", 0)
