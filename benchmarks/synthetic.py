"""Speed, memory and size of the synthetic generator, measured in a process of its own.

    python benchmarks/synthetic.py --patients 2000
    python benchmarks/synthetic.py --patients 100000 --only-all --keep --folder FOLDER

Belongs here: timing `sources.synthetic.generate`, and writing the figures to
`benchmarks/results/synthetic-<patients>.json`. Does not belong here: a pass mark.

- `csv`: the modules that are only tables (hosp, icu, ed, note), on one core, then on all;
- `all`: every default module with chest films and waveforms, on all cores.

MB are 10^6 bytes of CSV before compression. "per core" divides by seconds and processes. Memory is
the largest resident set of the parent plus, for each process, that of the largest child.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

CSV = ("hosp", "icu", "ed", "note")
RESULTS = Path(__file__).with_name("results")


def measure(target: str, patients: int, seed: int, modules: tuple[str, ...], threads: int) -> Any:
    """Generate once; run in a fresh process, so that memory is that of this run alone."""
    from sources.synthetic import generate

    began = time.perf_counter()
    made = generate(Path(target), patients, seed, modules, threads=threads)
    seconds = time.perf_counter() - began
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    sizes = [path.stat().st_size for path in Path(target).rglob("*") if path.is_file()]
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    return {
        "modules": list(modules),
        "patients": patients,
        "threads": threads,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "rows": sum(made.rows.values()),
        "csv_mb": round(made.raw_bytes / 1e6, 1),
        "csv_mb_per_second": round(made.raw_bytes / 1e6 / seconds, 1),
        "csv_mb_per_second_and_core": round(made.raw_bytes / 1e6 / seconds / threads, 1),
        "peak_memory_mb": round((own.ru_maxrss + threads * children.ru_maxrss) / 1024),
        "files": len(sizes),
        "disk_mb": round(sum(sizes) / 1e6, 1),
    }


def _send(pipe: Any, arguments: tuple[Any, ...]) -> None:
    pipe.send(measure(*arguments))
    pipe.close()


def measure_apart(*arguments: Any) -> Any:
    """`measure` in a process that has done nothing before."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(there, arguments))
    process.start()
    there.close()
    try:
        return here.recv()
    except EOFError:
        sys.exit("the run failed; its error stands above")
    finally:
        process.join()


def main() -> None:
    """Measure and write the figures."""
    from sources.synthetic import DEFAULT_MODULES

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patients", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--folder", type=Path, help="where to write; without it a temporary one")
    parser.add_argument("--keep", action="store_true", help="keep the release of all modules")
    parser.add_argument("--only-all", action="store_true", help="leave out the runs of tables only")
    chosen = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    place = Path(tempfile.mkdtemp(dir=chosen.folder))
    runs: dict[str, Any] = {}
    plan = {"all": (DEFAULT_MODULES, cores)}
    if not chosen.only_all:
        plan = {"csv, one core": (CSV, 1), "csv, all cores": (CSV, cores)} | plan
    for name, (modules, threads) in plan.items():
        target = place / name.replace(", ", "-").replace(" ", "-")
        runs[name] = measure_apart(str(target), chosen.patients, chosen.seed, modules, threads)
        print(f"{name}: {json.dumps(runs[name])}", flush=True)
        if not (chosen.keep and name == "all"):
            shutil.rmtree(target)
    if not chosen.keep:
        shutil.rmtree(place)
    RESULTS.mkdir(exist_ok=True)
    report = {
        "benchmark": "synthetic",
        "machine": {"cores": cores, "system": platform.system(), "python": sys.version.split()[0]},
        "runs": runs,
    }
    out = RESULTS / f"synthetic-{chosen.patients}.json"
    out.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"written to {out.relative_to(Path.cwd())}" if out.is_relative_to(Path.cwd()) else out)


if __name__ == "__main__":
    main()
