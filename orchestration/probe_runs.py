"""Probing on the frozen sets of the last run: what the command and the asset share.

Belongs here: where a probe's files lie, the dates that a source has shifted, progress. Does not
belong here: the probes (`evaluators.probes`), what is printed (`probe_commands`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from evaluators.candidates.config import Candidate
from evaluators.catalogue import category_slug, load_catalogue
from evaluators.journal import JOURNAL_FILE
from evaluators.probes.contamination import (
    CONTAMINATION_PROBES,
    RecallResult,
    canary_in_journals,
    probe_memory,
)
from evaluators.probes.examining import Probe, ProbeReport, write_report
from evaluators.probes.variants import DeclaredVariant, variant_named, variants
from evaluators.scenario_sets import load
from orchestration.progress import Reporter
from orchestration.workspace import Workspace, write_json

MEMORY_FORMAT: Final = "medcred-memory/1"
MEMORY_FILE: Final = "memory.json"
_TRUTHS: Final = ("ground_truth", "task_truth")


@dataclass(frozen=True)
class MemoryReport:
    """What one candidate recalled, of one category."""

    category: str
    candidate: str
    results: tuple[RecallResult, ...]
    canary_replies: int
    """Replies that hold the canary, of all its journals in this category."""

    def as_json(self) -> dict[str, Any]:
        """The report in plain JSON types."""
        return {
            "format": MEMORY_FORMAT,
            "category": self.category,
            "candidate": self.candidate,
            "probes": [result.as_json() for result in self.results],
            "canary_replies": self.canary_replies,
        }


def declared(names: Sequence[str]) -> tuple[DeclaredVariant, ...]:
    """The variants of these names, all of them when none is named.

    Raises:
        UnknownVariantError: a name is not declared.
    """
    return tuple(variant_named(name) for name in dict.fromkeys(names)) or tuple(variants().values())


def run_variants(
    workspace: Workspace,
    candidate: Candidate,
    category: str,
    chosen: Sequence[DeclaredVariant],
    limit: int | None,
    reporter: Reporter,
) -> tuple[ProbeReport, Path]:
    """Probe one candidate in one category; returns the report and where its figures lie.

    Raises:
        ScenarioSetError: there is no frozen set of the category, or it was changed.
        ProbeIncompleteError, EgressRefused: as `evaluators.probes.examining.Probe.run`.
    """
    slug = category_slug(category)
    base = load(workspace.scenario_set(slug))
    folder = workspace.probe(slug, candidate.id)
    total = len(base.scenarios) if limit is None else min(limit, len(base.scenarios))
    whole = total * (1 + len(chosen))
    with reporter.stage(f"Probe {candidate.id} in {slug}", whole) as stage:
        seen: dict[str, int] = {}

        def tell(name: str, finished: int) -> None:
            seen[name] = finished
            stage.update(sum(seen.values()), whole, name)

        probe = Probe(
            base=base,
            candidate=candidate,
            catalogue=load_catalogue(),
            folder=folder,
            examination=workspace.examination(slug, candidate.id, candidate.sha256, base.digest),
        )
        report = asyncio.run(
            probe.run(chosen, limit, lambda name, progress: tell(name, progress.finished))
        )
    return report, write_report(report, folder)


def run_memory(
    workspace: Workspace,
    candidate: Candidate,
    category: str,
    limit: int | None,
    reporter: Reporter,
) -> tuple[MemoryReport, Path]:
    """Ask one candidate for the texts, the dates and the canary; returns report and its file.

    Raises:
        ScenarioSetError: there is no frozen set of the category, or it was changed.
        NotAskableError, AskingStoppedError, EgressRefused: as `evaluators.probes.asking.ask_all`.
    """
    slug = category_slug(category)
    base = load(workspace.scenario_set(slug))
    folder = workspace.probe(slug, candidate.id)
    total = len(base.scenarios) if limit is None else min(limit, len(base.scenarios))
    whole = total * len(CONTAMINATION_PROBES)
    with reporter.stage(f"Ask {candidate.id} for {slug}", whole) as stage:
        seen: dict[str, int] = {}

        def tell(name: str, answered: int) -> None:
            seen[name] = answered
            stage.update(sum(seen.values()), whole, name)

        results = asyncio.run(
            probe_memory(
                base,
                candidate,
                folder / "memory",
                admitted=admission_dates(workspace, set(base.scenarios)),
                limit=limit,
                on_answer=tell,
            )
        )
    journals = [*folder.rglob(JOURNAL_FILE)]
    examination = workspace.examination(slug, candidate.id, candidate.sha256, base.digest)
    journals += examination.rglob(JOURNAL_FILE)
    report = MemoryReport(slug, candidate.id, results, canary_in_journals(sorted(journals)))
    path = folder / MEMORY_FILE
    write_json(path, report.as_json())
    return report, path


def admission_dates(workspace: Workspace, wanted: set[str]) -> dict[str, str]:
    """The date (YYYY-MM-DD) of each scenario's arrival as the source records it, shifted."""
    dates: dict[str, str] = {}
    for mart in _TRUTHS:
        path = workspace.marts / f"{mart}.parquet"
        if path.is_file():
            rows = pl.read_parquet(path, columns=["scenario_id", "t0"]).filter(
                pl.col("scenario_id").is_in(wanted) & pl.col("t0").is_not_null()
            )
            dates.update(zip(rows["scenario_id"], rows["t0"].dt.strftime("%Y-%m-%d"), strict=True))
    return dates
