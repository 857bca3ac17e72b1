"""Every hostile candidate through the whole road, with its honest twin, in one table.

Belongs here: the table of faults 31 to 43. Does not belong here: the candidates and their road
(`tests/evaluators/hostile`), whose tests hold what must hold.

    .venv/bin/python benchmarks/hostile.py [--json]

Prints for each its fault, how its encounters ended, its mean credit beside that of the candidate
that gives the same answer plainly, orders carried out, what was flagged, and seconds. Exits 1 when
one earns more than its twin, or is flagged for less.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "evaluators" / "hostile")]

from hostile_candidates import HOSTILE  # noqa: E402
from hostile_road import Sat, sit, sit_reference  # noqa: E402

FLOORS = ("commonest", "random", "order-everything", "bedside", "oracle")


def line(fault: int, name: str, sat: Sat, twin: Sat | None, seconds: float) -> dict[str, object]:
    """One line of the table."""
    ends = Counter(record.end.value for record in sat.records)
    return {
        "fault": fault,
        "name": name,
        "ends": dict(sorted(ends.items())),
        "credit": sat.credit,
        "twin": None if twin is None else twin.credit,
        "orders": sum(len(record.orders) for record in sat.records),
        "wasted": sat.scores["aggregate"]["tests"]["wasted"],
        "flags": sorted(sat.conduct | sat.rules),
        "lost_flags": [] if twin is None else sorted(twin.rules - sat.rules),
        "seconds": round(seconds, 2),
    }


def table() -> list[dict[str, object]]:
    """All lines, hostile candidates first, then the floors and the ceiling of fault 43."""
    lines = []
    with tempfile.TemporaryDirectory() as aside:
        for one in HOSTILE:
            began = time.perf_counter()
            sat = sit(one.script, Path(aside) / one.name)
            seconds = time.perf_counter() - began
            twin = sit(one.twin, Path(aside) / f"{one.name}-twin")
            lines.append(line(one.fault, one.name, sat, twin, seconds))
        for name in FLOORS:
            began = time.perf_counter()
            sat = sit_reference(name, Path(aside) / name)
            seconds = time.perf_counter() - began
            lines.append(line(43, f"reference/{name}", sat, None, seconds))
    return lines


def main() -> None:
    """Print the table; exit 1 when a hostile candidate gains by what it does."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print JSON lines")
    asked = parser.parse_args()
    lines = table()
    if asked.json:
        for one in lines:
            print(json.dumps(one))
    else:
        print(
            f"{'':5} {'candidate':26} {'credit':>6} {'twin':>5} {'orders':>6} {'s':>5}  ends; flags"
        )
        for one in lines:
            ends = ", ".join(f"{end} {count}" for end, count in one["ends"].items())  # type: ignore[attr-defined]
            twin = "" if one["twin"] is None else f"{one['twin']:.2f}"
            print(
                f"{one['fault']:>5} {one['name']:26} {one['credit']:>6.2f} {twin:>5} "
                f"{one['orders']:>6} {one['seconds']:>5}  {ends}; "
                f"{', '.join(one['flags'])}"  # type: ignore[arg-type]
            )
    gains = [
        one["name"]
        for one in lines
        if one["lost_flags"] or (one["twin"] is not None and one["credit"] > one["twin"])  # type: ignore[operator]
    ]
    print(
        f"{len(lines)} candidates; {len(gains)} gain by what they do: {', '.join(gains) or 'none'}"
    )  # type: ignore[arg-type]
    sys.exit(bool(gains))


if __name__ == "__main__":
    main()
