"""How fast a table of labevents' shape lands, and in how much memory.

    python benchmarks/landing.py --rows 5000000

Belongs here: making such a file with realistic entropy, landing it from cold, and again. Does not
belong here: tests of the result. The rate depends on the machine; the peak memory hardly on rows.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from isal import igzip

from data_contracts.raw_contracts import load_contracts
from sources.landing import land_table
from sources.releases import MARKER, find_source

BLOCK = 100_000


def main() -> None:
    """Generate, land twice, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--folder", type=Path, help="where to write (default: a temporary folder)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        measure(Path(folder), arguments.rows)


def measure(folder: Path, rows: int) -> None:
    """Land `rows` generated rows below `folder` and print the figures."""
    root = folder / "raw"
    path = root / "mimiciv" / "3.1" / "hosp" / "labevents.csv.gz"
    path.parent.mkdir(parents=True)
    (root / MARKER).write_text(json.dumps({"generator": "benchmark", "patients": 0, "seed": 0}))
    began = time.perf_counter()
    # In a process of its own, so that the peak memory below is that of landing alone.
    generator = multiprocessing.get_context("spawn").Process(target=generate, args=(path, rows))
    generator.start()
    generator.join()
    if generator.exitcode != 0:
        raise SystemExit("the file could not be generated")
    print(f"generated {rows:,} rows, {path.stat().st_size / 1e6:.0f} MB: {_since(began):.1f} s")

    source, home = find_source(root), folder / "home"
    began, began_cpu = time.perf_counter(), time.process_time()
    landed = land_table(source, "hosp", "labevents", home, home / "sources" / source.slug)
    spent, spent_cpu = _since(began), time.process_time() - began_cpu
    size = landed.link.stat().st_size / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"landed    {landed.rows:,} rows to {size:.0f} MB of Parquet: {spent:.1f} s")
    print(
        f"          {landed.rows / spent:,.0f} rows/s, {spent_cpu:.1f} s of CPU, peak {peak:.0f} MB"
    )
    began = time.perf_counter()
    land_table(source, "hosp", "labevents", home, home / "sources" / source.slug, rehash=True)
    print(f"again     with every byte verified, nothing converted: {_since(began):.1f} s")


def generate(path: Path, rows: int) -> None:
    """Write the csv.gz."""
    with igzip.open(path, "wb", compresslevel=2) as out:
        for block in labevents(rows):
            out.write(block)


def labevents(rows: int) -> Iterator[bytes]:
    """CSV of labevents in blocks: identifiers ascend, values and times vary, some text is long."""
    draw = random.Random(0)
    yield (",".join(load_contracts()["hosp"].table("labevents").header) + "\n").encode()
    for start in range(0, rows, BLOCK):
        lines = []
        for number in range(start, min(start + BLOCK, rows)):
            subject = 10_000_000 + number // 400
            admission = "" if number % 3 == 0 else str(20_000_000 + number // 150)
            hour, minute = draw.randrange(24), draw.randrange(60)
            day = (
                f"2{draw.randrange(110, 200)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}"
            )
            value = round(draw.gauss(100, 40), 1)
            comment = '"HEMOLYZED, PLEASE INTERPRET WITH CAUTION."' if number % 9 == 0 else ""
            flag = "abnormal" if value > 105 else ""
            lines.append(
                f"{number + 1},{subject},{admission},{draw.randrange(10**8)},"
                f"{draw.randrange(50_801, 53_200)},P{draw.randrange(10**5):05}X,"
                f"{day} {hour:02}:{minute:02}:00,{day} 23:{draw.randrange(60):02}:00,"
                f"{value},{value},mg/dL,70,105,{flag},ROUTINE,{comment}"
            )
        yield ("\n".join(lines) + "\n").encode()


def _since(began: float) -> float:
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
