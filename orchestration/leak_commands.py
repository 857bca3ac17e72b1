"""`medcred leaks`: what the leak audit says of the frozen sets, and how well the leak rule works.

Belongs here: the command, its options and what it prints. Does not belong here: the audit
(`evaluators.leak_audit`), the measurement (`leak_evaluation`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from orchestration.leak_evaluation import (
    LOSS_TARGET,
    RECALL_TARGET,
    LeakEvaluation,
    LeakEvaluationError,
    evaluate,
)
from orchestration.settings import Settings
from orchestration.terminal import console, fail

if TYPE_CHECKING:
    from evaluators.leak_audit import LeakAudit


def leaks(
    is_evaluation: Annotated[
        bool,
        typer.Option(
            "--evaluate",
            help="Measure the leak rule on the planted leaks of a synthetic source: recall, and "
            "loss of clean cases. Fails when a target is missed.",
        ),
    ] = False,
) -> None:
    """Audit every frozen set with the leak probe; or measure the leak rule (--evaluate)."""
    from orchestration.workspace import NoActiveSourceError, open_source
    from sources.releases import SourceError

    try:
        source, workspace = open_source(Settings())
    except (NoActiveSourceError, SourceError) as error:
        raise fail(error) from None
    if is_evaluation:
        try:
            found = evaluate(workspace.folder / "warehouse.duckdb", source.root)
        except LeakEvaluationError as error:
            raise fail(error) from None
        show_evaluation(console, found)
        if not found.meets_targets:
            raise typer.Exit(1)
        return
    from evaluators.catalogue import load_catalogue
    from evaluators.leak_audit import audit_set
    from evaluators.scenario_sets import ScenarioSetError, load_presentations

    folders = sorted(
        path.parent for path in workspace.scenario_set("x").parent.glob("*/manifest.json")
    )
    if not folders:
        raise fail("There is no frozen set yet: run `medcred run`.")
    catalogue = load_catalogue()
    try:
        audits = [audit_set(load_presentations(folder), catalogue) for folder in folders]
    except ScenarioSetError as error:
        raise fail(error) from None
    show_audits(console, audits)
    if any(done.leaks for done in audits):
        raise typer.Exit(1)


def show_evaluation(out: Console, found: LeakEvaluation) -> None:
    """A table of planted leaks by sort, then recall and loss, each with its target."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("policy", "shown in", "channel"):
        table.add_column(name, no_wrap=True)
    for name in ("planted", "found", "recall"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in found.planted:
        share = f"{row.found / row.leaks:.3f}" if row.is_counted else "kept"
        table.add_row(row.policy, row.shown_in, row.channel, str(row.leaks), str(row.found), share)
    out.print(table)
    for figure, value, part, whole, target in (
        ("recall", found.recall, found.found, found.leaks, f"at least {RECALL_TARGET}"),
        ("loss", found.loss, found.clean_dropped, found.clean, f"under {LOSS_TARGET}"),
    ):
        told = "unknown" if value is None else f"{value:.4f}"
        out.print(f"{figure:7s}{told}  ({part} of {whole}; target: {target})", highlight=False)
    out.print(
        f"near misses dropped: {found.near_misses_dropped} of {found.near_misses}", highlight=False
    )


def show_audits(out: Console, audits: list[LeakAudit]) -> None:
    """One line a category: scenarios, those judged, accuracy and bound, chance, decision."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("category", no_wrap=True)
    for name in ("n", "judged", "right", "accuracy", "bound", "chance", "limit"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("decision", no_wrap=True)
    for done in audits:
        table.add_row(
            done.category,
            str(done.scenarios),
            str(done.judged.scenarios),
            str(done.judged.right),
            "-" if done.accuracy is None else f"{done.accuracy:.3f}",
            f"{done.lower_bound:.3f}",
            f"{done.chance:.3f}",
            f"{done.chance + done.margin:.3f}",
            "[red]leaks[/]" if done.leaks else "clean" if done.judged.scenarios else "not judged",
        )
    out.print(table)
