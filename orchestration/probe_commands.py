"""`medcred probe`: what a candidate's answers hang on besides the patient.

Belongs here: the command, its options and what it prints. Does not belong here: the probes
(`evaluators.probes`). It reads the frozen sets of the last run; journals and figures lie in the
enclave, and what is printed are figures only.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from orchestration.settings import Settings

if TYPE_CHECKING:
    from evaluators.candidates.config import Candidate
    from evaluators.probes.examining import ProbeReport
    from evaluators.probes.paired import PairedResult
    from orchestration.progress import Reporter
    from orchestration.workspace import Workspace

console = Console()
complaints = Console(stderr=True)


def _fail(error: Exception | str) -> typer.Exit:
    complaints.print(f"[red]medcred:[/] {error}", highlight=False, soft_wrap=True)
    return typer.Exit(1)


def probe(
    candidate: Annotated[str, typer.Option(help="Its id in candidates.yaml.")],
    category: Annotated[str, typer.Option(help="For example: cardiology, infectious_disease.")],
    variant: Annotated[
        list[str] | None, typer.Option(help="A declared variant; may be repeated. Default: all.")
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="At most so many scenarios, drawn by lot. Default: all."),
    ] = None,
) -> None:
    """Examine a candidate on variants of a category's scenarios, and compare pair by pair."""
    from evaluators.candidates.config import CandidateConfigError, load_candidates
    from evaluators.candidates.egress import EgressRefused
    from evaluators.candidates.errors import InfrastructureError, ModelChanged, PicturesRefused
    from evaluators.journal import JournalError
    from evaluators.probes.examining import ProbeIncompleteError
    from evaluators.probes.variants import UnknownVariantError
    from evaluators.scenario_sets import ScenarioSetError
    from evaluators.scoring.score import ScoreError
    from orchestration.progress import LiveReporter
    from orchestration.workspace import NoActiveSourceError, open_source
    from sources.releases import SourceError

    settings = Settings()
    try:
        _, workspace = open_source(settings)
        known = {one.id: one for one in load_candidates(settings.candidates)}
        if candidate not in known:
            raise _fail(f"There is no candidate {candidate!r} in {settings.candidates.name}.")
        with LiveReporter() as reporter:
            report, path = run_probe(
                workspace, known[candidate], category, variant or (), limit, reporter
            )
    except (
        CandidateConfigError,
        EgressRefused,
        InfrastructureError,
        JournalError,
        ModelChanged,
        NoActiveSourceError,
        PicturesRefused,
        ProbeIncompleteError,
        ScenarioSetError,
        ScoreError,
        SourceError,
        UnknownVariantError,
    ) as error:
        raise _fail(error) from None
    show_report(console, report)
    console.print(f"figures  {path}", soft_wrap=True, highlight=False)


def run_probe(
    workspace: Workspace,
    candidate: Candidate,
    category: str,
    names: list[str] | tuple[str, ...],
    limit: int | None,
    reporter: Reporter,
) -> tuple[ProbeReport, Path]:
    """Probe one candidate in one category; returns the report and where its figures lie.

    Raises:
        UnknownVariantError: a variant is not declared; nothing was asked.
        ScenarioSetError: there is no frozen set of the category, or it was changed.
    """
    from evaluators.catalogue import category_slug, load_catalogue
    from evaluators.probes.examining import Probe, write_report
    from evaluators.probes.variants import variant_named, variants
    from evaluators.scenario_sets import load

    chosen = [variant_named(name) for name in dict.fromkeys(names)] or list(variants().values())
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

        report = asyncio.run(
            Probe(
                base=base,
                candidate=candidate,
                catalogue=load_catalogue(),
                folder=folder,
                examination=workspace.examination(
                    slug, candidate.id, candidate.sha256, base.digest
                ),
            ).run(chosen, limit, lambda name, progress: tell(name, progress.finished))
        )
    return report, write_report(report, folder)


def show_report(out: Console, report: ProbeReport) -> None:
    """A table with one line a variant, then who was left out and why."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("variant", no_wrap=True)
    for name in ("pairs", "credit", "difference", "95 %", "p (Holm)", "changed", "95 %", "decoy"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("flags", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for found in report.results:
        table.add_row(found.variant, *_cells(found))
    out.print(f"{report.candidate} in {report.category}: {report.scenarios} scenarios")
    out.print(table)
    for found in report.results:
        if found.not_applicable:
            told = ", ".join(
                f"{reason} {'under 11' if number is None else number}"
                for reason, number in found.not_applicable.items()
            )
            out.print(f"{found.variant}: left out: {told}", highlight=False, soft_wrap=True)


def _cells(found: PairedResult) -> tuple[str, ...]:
    if (
        found.pairs is None
        or found.interval is None
        or found.changed is None
        or found.followed is None
    ):
        return ("under 11", *("-" for _ in range(8)), "withheld")
    return (
        str(found.pairs),
        f"{found.base_credit:.3f}",
        f"{found.difference:+.3f}",
        f"{found.interval.low:+.3f} to {found.interval.high:+.3f}",
        f"{found.p_holm:.4f}",
        f"{found.changed.share:.3f}",
        f"{found.changed.interval.low:.3f} to {found.changed.interval.high:.3f}",
        f"{found.followed.share:.3f}",
        f"+{found.flags_gained} -{found.flags_lost}",
        "[red]flagged[/]" if found.is_flagged else "",
    )
