"""The figures of the examination itself, as the commands print them.

Run `python benchmarks/examination.py > docs/examination.md` after `make demo`: every block of the
page is the output of the command above it, on the synthetic patients of the last run. Commands that
say a goal was missed exit with 1, and the page shows that; any other failure ends the report.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parents[1]
WIDTH: Final = 100


@dataclass(frozen=True)
class Section:
    """One heading of the page, what it says, and the commands whose output it shows."""

    title: str
    text: str
    commands: tuple[str, ...]


SECTIONS: Final = (
    Section(
        "Orders",
        "What a candidate writes, read into tests. `tuned` rows were in sight when the rules were "
        "written; `blind` rows were labelled by somebody who had not seen the rules, and none of "
        "them was read by those who wrote the rules. How far that goes, and the first reading of "
        "all blind rows, stands in [order-resolution.md](decisions/order-resolution.md). Goals: "
        "precision 0.99, recall 0.95, under 1 ms an order.",
        ("medcred order --evaluate", "python benchmarks/orders.py"),
    ),
    Section(
        "Diagnoses, and the grader itself",
        "Labelled answers with the credit that they should earn (goal: agreement 0.98), and every "
        "rule of the scorer broken once, to see who notices.",
        ("medcred score --evaluate --audit",),
    ),
    Section(
        "Actions and safety",
        "Wordings of actions, read into the catalogue; the table of rules is in "
        "[safety.md](safety.md).",
        ("medcred safety --evaluate",),
    ),
    Section(
        "Robustness and contamination",
        "Variants of a scenario set, paired with the originals ([probes.md](probes.md)). The "
        "bedside reference reads findings by rules: most variants must not move it. Scripted "
        "candidates that are moved are in `tests/evaluators/probes/`.",
        ("medcred probe --candidate reference/bedside --category cardiology --limit 60",),
    ),
    Section(
        "Hostile candidates",
        "Faults 31 to 43, each a scripted candidate that goes the whole way through LiteLLM, "
        "beside its honest twin; then mutated and random bytes for the readers of replies.",
        ("python benchmarks/hostile.py", "python benchmarks/fuzz_replies.py"),
    ),
    Section(
        "Statistics",
        "What stands behind the standings of one category ([statistics.md](statistics.md)).",
        ("medcred statistics --category cardiology",),
    ),
    Section(
        "Speed and memory",
        "Encounters held with evidence in memory and no model. Goal: 2,000 a second and core, "
        "memory linear in the scenarios of one category.",
        ("python benchmarks/encounters.py", "python benchmarks/encounters.py --memory"),
    ),
)


def printed(command: str) -> str:
    """What a command prints on standard output.

    Raises:
        SystemExit: when it fails otherwise than by a goal that was missed.
    """
    program, *arguments = shlex.split(command)
    folder = Path(sys.executable).parent
    done = subprocess.run(
        [str(folder / program), *arguments],
        cwd=PROJECT,
        env={**os.environ, "COLUMNS": str(WIDTH), "NO_COLOR": "1", "TERM": "dumb"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1) or not done.stdout.strip():
        sys.exit(f"`{command}` ended with {done.returncode}: {done.stderr.strip()[-400:]}")
    missed = "" if done.returncode == 0 else f"\n(exit code {done.returncode})"
    home = os.environ.get("MEDCRED_HOME", str(PROJECT / ".medcred"))
    lines = [line.rstrip().replace(home, "MEDCRED_HOME") for line in done.stdout.splitlines()]
    return "\n".join(lines).strip("\n") + missed


def main() -> None:
    """Print the page."""
    print("# The examination in figures\n")
    print("Written by `python benchmarks/examination.py > docs/examination.md` after `make demo`;")
    print("every block is what the command above it printed, on 2 cores and synthetic patients.")
    print("No clinician has reviewed labels or rules.")
    for section in SECTIONS:
        print(f"\n## {section.title}\n\n{section.text}")
        for command in section.commands:
            print(f"\n`{command}`\n\n```\n{printed(command)}\n```", flush=True)


if __name__ == "__main__":
    main()
