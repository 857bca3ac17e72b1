"""`medcred order`: what an order resolves to, and how well orders are understood.

Belongs here: the command, its options and what it prints. Does not belong here: the rules
(`evaluators.encounter.orders`), the measurement (`evaluators.encounter.order_evaluation`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from orchestration.table_cells import plain, share_cell, split_table
from orchestration.terminal import console, fail

if TYPE_CHECKING:
    from evaluators.catalogue import Catalogue
    from evaluators.encounter.order_evaluation import OrderEvaluation, OrderFigures
    from evaluators.encounter.orders import Resolution


def order(
    wording: Annotated[
        str | None, typer.Argument(help='An order in free words: "stat CBC with diff".')
    ] = None,
    is_evaluation: Annotated[
        bool,
        typer.Option(
            "--evaluate",
            help="Measure precision and recall on the labelled wordings of this checkout. Fails "
            "when a goal is missed on the blind set, or when there is none to judge by.",
        ),
    ] = False,
    is_listing: Annotated[
        bool,
        typer.Option(
            "--misses",
            help="With --evaluate: list the tuned wordings that are missed. Those of the "
            "blind set are never listed.",
        ),
    ] = False,
) -> None:
    """Show what an order resolves to; or measure how well orders are understood (--evaluate)."""
    from evaluators.catalogue import load_catalogue
    from evaluators.encounter.order_evaluation import (
        LabelledOrdersError,
        evaluate_orders,
        read_both,
    )
    from evaluators.encounter.orders import order_resolver

    if is_evaluation == (wording is not None):
        raise fail("Give either an order in quotation marks or --evaluate.")
    if is_listing and not is_evaluation:
        raise fail("--misses belongs to --evaluate.")
    catalogue = load_catalogue()
    resolver = order_resolver(catalogue)
    if wording is not None:
        show_resolutions(console, resolver.resolve(wording), catalogue)
        return
    try:
        found = evaluate_orders(resolver, read_both(catalogue))
    except LabelledOrdersError as error:
        raise fail(error) from None
    show_order_evaluation(console, found)
    if is_listing:
        for row, outcomes in found.missed:
            expected, found_for = " ".join(row.expected), " ".join(outcomes)
            plain(console, f"{row.kind}: {row.wording!r} is {expected}, found {found_for}")
    if not found.meets_goals:
        raise typer.Exit(1)


def show_resolutions(
    out: Console, resolutions: tuple[Resolution, ...], catalogue: Catalogue
) -> None:
    """One line an order: test or tool, confidence, when, what was left out; or the choices."""
    from evaluators.encounter.tools.registry import TOOLS

    for one in resolutions:
        if one.test_id:
            told = f"{one.test_id}  {catalogue.tests[one.test_id].canonical_name}"
        elif one.tool_id:
            told = f"{one.tool_id}  {TOOLS[one.tool_id].name}"
        elif one.choices:
            told = "ambiguous; choices: " + "; ".join(one.choices)
        else:
            told = "unrecognised"
        if one.test_id or one.tool_id:
            told += f"  (confidence {one.confidence:g})"
        if one.test_id and one.schedule:
            told += f"  when: {one.schedule}"
        if one.ignored:
            told += f"  ignored: {one.ignored}"
        plain(out, f"{one.wording}: {told}")


def show_order_evaluation(out: Console, found: OrderEvaluation) -> None:
    """A table by split and kind, what the rules were written on, and the goals with the figures."""
    from evaluators.encounter.order_evaluation import BLIND, PRECISION_GOAL, RECALL_GOAL
    from evaluators.encounter.orders import RULES_VERSION

    names = ("n", "meant", "found", "right", "wrong", "precision", "recall")
    out.print(split_table(names, found.by_split, found.by_kind, _cells))
    plain(
        out,
        f"The rules ({RULES_VERSION}) were written with every tuned wording in sight: its figures "
        "show that nothing was lost, not how well new wordings are read. The blind set was "
        "written by somebody else, and no rule was written for it. A panel and a list of all of "
        "its members count as the same order.",
    )
    blind = found.by_split.get(BLIND)
    if blind is None:
        out.print("[red]goals not judged:[/] this checkout has no blind set (blind_orders.csv)")
        return
    for name, value, goal in (
        ("precision", blind.precision, PRECISION_GOAL),
        ("recall", blind.recall, RECALL_GOAL),
    ):
        plain(out, f"{name:10s}{share_cell(value)} on the blind set (goal: at least {goal})")
    out.print("goals met" if found.meets_goals else "[red]goals missed[/]")


def _cells(figures: OrderFigures) -> tuple[str, ...]:
    counts = (figures.wordings, figures.meant, figures.found, figures.right, figures.wrong_wordings)
    return (*map(str, counts), share_cell(figures.precision), share_cell(figures.recall))
