"""`medcred probe`: what a candidate's answers hang on besides the patient.

Belongs here: the command, its options and what it prints. Does not belong here: the probes
(`evaluators.probes`). It reads the frozen sets of the last run; journals and figures lie in the
enclave, and what is printed are figures only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from orchestration.settings import Settings
from orchestration.table_cells import p_cell
from orchestration.terminal import console, fail

if TYPE_CHECKING:
    from evaluators.probes.contamination import RecallResult
    from evaluators.probes.examining import ProbeReport
    from evaluators.probes.paired import PairedResult
    from orchestration.probe_runs import MemoryReport


def probe(
    candidate: Annotated[str, typer.Option(help="Its id in candidates.yaml.")],
    category: Annotated[str, typer.Option(help="For example: cardiology, infectious_disease.")],
    variant: Annotated[
        list[str] | None, typer.Option(help="A declared variant; may be repeated. Default: all.")
    ] = None,
    is_memory: Annotated[
        bool,
        typer.Option(
            "--memory",
            help="Instead of variants: ask for the continuation of texts, for removed dates and "
            "for the canary. Models only.",
        ),
    ] = False,
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
    from evaluators.probes.errors import ProbeError
    from evaluators.probes.variants import UnknownVariantError
    from evaluators.scenario_sets import ScenarioSetError
    from evaluators.scoring.score import ScoreError
    from orchestration.probe_runs import declared, run_memory, run_variants
    from orchestration.progress import LiveReporter
    from orchestration.workspace import NoActiveSourceError, open_source
    from sources.releases import SourceError

    if is_memory and variant:
        raise fail("--memory asks for no variant: leave --variant out.")
    settings = Settings()
    try:
        _, workspace = open_source(settings)
        known = {one.id: one for one in load_candidates(settings.candidates)}
        if candidate not in known:
            raise fail(f"There is no candidate {candidate!r} in {settings.candidates.name}.")
        chosen = declared(variant or ())
        with LiveReporter() as reporter:
            if is_memory:
                memory, path = run_memory(workspace, known[candidate], category, limit, reporter)
            else:
                report, path = run_variants(
                    workspace, known[candidate], category, chosen, limit, reporter
                )
    except (
        CandidateConfigError,
        EgressRefused,
        InfrastructureError,
        JournalError,
        ModelChanged,
        NoActiveSourceError,
        PicturesRefused,
        ProbeError,
        ScenarioSetError,
        ScoreError,
        SourceError,
        UnknownVariantError,
    ) as error:
        raise fail(error) from None
    if is_memory:
        show_memory(console, memory)
    else:
        show_report(console, report)
    console.print(f"figures  {path}", soft_wrap=True, highlight=False)


def show_report(out: Console, report: ProbeReport) -> None:
    """A table with one line a variant, then who was left out and why."""
    figures = ("pairs", "credit", "diff.", "95 %", "p Holm", "changed", "95 %", "flags")
    table = _table("variant", figures, "moved")
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
        if found.followed is not None and found.followed.share > 0:
            out.print(
                f"{found.variant}: the planted answer was given in {found.followed.share:.3f} of "
                "the pairs",
                highlight=False,
                soft_wrap=True,
            )
    out.print(
        "pairs: fewer than 11 are withheld. diff.: credit on the variant minus on the original, "
        "patients as clusters.\nchanged: pairs with another answer. flags: safety flags gained and "
        "lost.",
        highlight=False,
        soft_wrap=True,
    )


def _table(first: str, figures: Sequence[str], last: str) -> Table:
    """An empty table: a name, figures to the right, a word."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=0)
    table.add_column(first, no_wrap=True)
    for name in figures:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column(last, no_wrap=True)
    return table


def _cells(found: PairedResult) -> tuple[str, ...]:
    if found.pairs is None or found.interval is None or found.changed is None:
        return ("<11", *("-" for _ in range(7)), "")
    return (
        str(found.pairs),
        f"{found.base_credit:.3f}",
        f"{found.difference:+.3f}",
        f"{found.interval.low:+.2f} to {found.interval.high:+.2f}",
        p_cell(found.p_holm),
        f"{found.changed.share:.3f}",
        f"{found.changed.interval.low:.2f}-{found.changed.interval.high:.2f}",
        f"+{found.flags_gained} -{found.flags_lost}",
        "[red]yes[/]" if found.is_flagged else "",
    )


def show_memory(out: Console, report: MemoryReport) -> None:
    """A table with one line a probe, then how many replies hold the canary."""
    figures = ("asked", "recalled", "chance", "diff.", "95 %", "p", "long runs", "longest")
    table = _table("probe", figures, "")
    for found in report.results:
        table.add_row(found.probe, *_memory_cells(found))
    out.print(f"{report.candidate} in {report.category}")
    out.print(table)
    out.print(f"replies with the canary in its journals: {report.canary_replies}", highlight=False)


def _memory_cells(found: RecallResult) -> tuple[str, ...]:
    if found.asked is None or found.interval is None:
        return ("under 11", *("-" for _ in range(7)), "withheld")
    runs = (
        f"{found.long_runs:.3f} ({found.long_runs_by_chance:.3f})"
        if found.long_runs is not None
        else "-"
    )
    return (
        str(found.asked),
        f"{found.recalled:.3f}",
        f"{found.chance:.3f}",
        f"{found.difference:+.3f}",
        f"{found.interval.low:+.2f} to {found.interval.high:+.2f}",
        "-" if found.p is None else f"{found.p:.4f}",
        runs,
        "-" if found.longest_run_words is None else str(found.longest_run_words),
        "[red]flagged[/]" if found.is_flagged else "",
    )
