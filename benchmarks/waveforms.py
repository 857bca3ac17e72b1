"""How long reading the waveforms of electrocardiograms takes, and how far it is from the machine.

Belongs here: the measurement and what it prints. Does not belong here: assertions (tests/sources/
waveforms). Generates the patients whose waveforms are written, and measures them in one process.

    python benchmarks/waveforms.py
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import polars as pl

from sources.landing import land_table
from sources.releases import find_source
from sources.synthetic import generate
from sources.synthetic.ecg.writer import WITH_WAVEFORM
from sources.waveforms import land_waveforms

SEED = 20
RECORDS_OF_MIMIC_IV_ECG = 800_035


def main() -> None:
    """Generate, land, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        root, home = Path(folder) / "raw", Path(folder) / "home"
        generate(root, WITH_WAVEFORM, SEED, ("hosp", "ecg"))
        for path in root.rglob("*"):
            os.utime(path, (0, 0))  # what was written just now would not be remembered
        source, workspace = find_source(root), home / "sources" / "benchmark"
        for table in ("record_list", "machine_measurements"):
            land_table(source, "ecg", table, home, workspace)
        began = time.perf_counter()
        landed = land_waveforms(source, home, workspace, measure=True)
        first = time.perf_counter() - began
        began = time.perf_counter()
        land_waveforms(source, home, workspace, measure=True)
        second = time.perf_counter() - began
        machine = pl.read_parquet(workspace / "landed" / "ecg" / "machine_measurements.parquet")
        both = pl.read_parquet(landed.table.link).join(machine, on="study_id")
    apart = (both["rate_per_min"] - 60_000 / both["rr_interval"]).abs()
    each = first / both.height
    print(f"{both.height} records of {WITH_WAVEFORM} patients: {dict(landed.outcomes)}")
    print(f"rate apart from the machine's: median {apart.median():.2f}/min, most {apart.max():.2f}")
    print(f"{1000 * each:.0f} ms a record; again, nothing changed: {second:.2f} s in all")
    hours = each * RECORDS_OF_MIMIC_IV_ECG / 3600
    print(f"all of MIMIC-IV-ECG: about {hours:.0f} hours by the number of processes")


if __name__ == "__main__":
    main()
