"""`medcred score`: how well the grader agrees with people, and who notices when it breaks.

Belongs here: the command, its options and what it prints. Does not belong here: the measurements
(`evaluators.grader_audit`).
"""

from __future__ import annotations

from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from evaluators.catalogue import load_catalogue
from orchestration.terminal import console, fail


def score(
    is_evaluation: Annotated[
        bool,
        typer.Option(
            "--evaluate",
            help="Agreement of the diagnosis scorer with labelled answers. Fails when the blind "
            "split misses its target, or when there is none to judge by.",
        ),
    ] = False,
    is_audit: Annotated[
        bool,
        typer.Option(
            "--audit", help="Break each rule of the scorer and see whether it is noticed."
        ),
    ] = False,
) -> None:
    """Examine the grader itself: --evaluate, --audit, or both."""
    if not (is_evaluation or is_audit):
        raise fail("Say what to do: --evaluate, --audit, or both.", 2)
    passed = [
        run(console) for run, wanted in ((_evaluate, is_evaluation), (_audit, is_audit)) if wanted
    ]
    if not all(passed):
        raise typer.Exit(1)


def _evaluate(out: Console) -> bool:
    from evaluators.grader_audit.agreement import TARGET, is_here, measure, meets_target

    measured = measure(load_catalogue())
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("split", "kind of phrasing"):
        table.add_column(name, no_wrap=True)
    for name in ("answers", "credit agrees", "share", "read alike"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in measured:
        table.add_row(
            row.split,
            row.kind or "all",
            *(str(row.answers), str(row.agreed), f"{row.share:.3f}", str(row.read_alike)),
            end_section=row.kind is None,
        )
    out.print(table)
    out.print(
        "The rules were written with every tuned answer in sight: its figures show that nothing "
        "was lost, not how well new answers are read. The blind answers were written by somebody "
        "else, and no rule was written for them.",
        highlight=False,
        soft_wrap=True,
    )
    passed = meets_target(measured)
    if not is_here("blind"):
        out.print("[red]target not judged:[/] this copy has no blind answers (blind_answers.csv)")
        return passed
    verdict = "reached" if passed else "missed"
    out.print(f"target {TARGET:.2f} on the blind split: {verdict}", highlight=False)
    return passed


def _audit(out: Console) -> bool:
    from evaluators.grader_audit.audit import audit_grader

    done = audit_grader(load_catalogue())
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("checked", "passed", "by"):
        table.add_column(name)
    for found in (*done.mutations, *done.laws):
        table.add_row(found.name, "yes" if found.passed else "NO", found.detail)
    out.print(table)
    caught = sum(found.passed for found in done.mutations)
    out.print(
        f"{caught} of {len(done.mutations)} broken rules noticed; "
        f"{sum(found.passed for found in done.laws)} of {len(done.laws)} laws hold",
        highlight=False,
    )
    return not done.failures
