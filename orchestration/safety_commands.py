"""`medcred safety`: the safety rules, one rule explained, and how well actions are understood.

Belongs here: the command, its options and what it prints. Does not belong here: the rules
(`evaluators/scoring/safety_rules.yml`), the measurement (`evaluators.encounter.action_evaluation`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from orchestration.table_cells import plain, share_cell, split_table
from orchestration.terminal import console, fail

if TYPE_CHECKING:
    from evaluators.encounter.action_evaluation import ActionEvaluation, ActionFigures
    from evaluators.scoring.safety_table import SafetyRule, SafetyTable


_COLOURS = {"never": "red", "major": "yellow", "caution": "cyan"}


def safety(
    rule: Annotated[
        str | None, typer.Argument(help="A rule's id, to explain it: sr_potassium_high.")
    ] = None,
    is_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the page docs/safety.md.")
    ] = False,
    is_evaluation: Annotated[
        bool,
        typer.Option(
            "--evaluate",
            help="Measure precision and recall of actions on the labelled wordings of this "
            "checkout.",
        ),
    ] = False,
    is_listing: Annotated[
        bool,
        typer.Option(
            "--misses",
            help="With --evaluate: list the tuned wordings that are missed. Those of the "
            "held-out part are never listed.",
        ),
    ] = False,
) -> None:
    """Show the safety rules, explain one, or measure how actions are understood (--evaluate)."""
    from evaluators.catalogue import load_catalogue
    from evaluators.scoring.safety_page import safety_page
    from evaluators.scoring.safety_table import safety_table

    if sum((rule is not None, is_markdown, is_evaluation)) > 1:
        raise fail("Give a rule, --markdown or --evaluate, one at a time.")
    if is_listing and not is_evaluation:
        raise fail("--misses belongs to --evaluate.")
    if is_evaluation:
        _evaluate(is_listing)
        return
    table = safety_table(load_catalogue())
    if is_markdown:
        typer.echo(safety_page(table), nl=False)
    elif rule is None:
        show_rules(console, table)
    elif rule in table.by_id:
        show_rule(console, table.by_id[rule], table)
    else:
        raise fail("There is no such rule: `medcred safety` lists them.")


def show_rules(out: Console, table: SafetyTable) -> None:
    """All rules, by kind."""
    from evaluators.scoring.safety_page import KIND_WORDS, severities_of
    from evaluators.scoring.safety_table import RULE_KINDS

    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    shown.add_column("rule", no_wrap=True)
    shown.add_column("severity")
    shown.add_column("what it says", ratio=3)
    shown.add_column("source", ratio=2)
    for kind in RULE_KINDS:
        shown.add_row(f"[bold]{KIND_WORDS[kind]}[/]")
        for one in (rule for rule in table.rules if rule.kind == kind):
            severity = "not decided" if one.undecided else severities_of(one)
            colour = "dim" if one.undecided else _COLOURS[one.severity]
            shown.add_row(one.rule_id, f"[{colour}]{severity}[/]", one.says, one.source)
        shown.add_section()
    out.print(shown)
    undecided = sum(bool(rule.undecided) for rule in table.rules)
    out.print(
        f"{len(table.rules)} rules, {undecided} of them not decided. "
        "No clinician has reviewed them.",
        highlight=False,
    )


def show_rule(out: Console, rule: SafetyRule, table: SafetyTable) -> None:
    """One rule, in full."""
    from evaluators.scoring.safety_page import KIND_WORDS, severities_of

    weight = table.weights[rule.severity]
    lines = {
        "rule": rule.rule_id,
        "kind": KIND_WORDS[rule.kind],
        "says": rule.says,
        "severity": f"{severities_of(rule)} (weight {weight} at its worst)",
        "source": rule.source,
        "year": str(rule.year),
        "certainty": rule.certainty,
        "decided from": ", ".join(rule.decided_from) or "-",
    }
    deeds = sorted({one for deed in rule.deeds for one in deed.actions | deed.tests})
    if any(deed.is_any_drug for deed in rule.deeds):
        deeds.append("any drug")
    if deeds:
        lines["broken by"] = ", ".join(deeds)
    for number, group in enumerate(rule.needs, start=1):
        lines[f"needs {number}"] = "one of " + ", ".join(sorted(group))
    if rule.undecided:
        lines["not decided"] = rule.undecided
    for name, text in lines.items():
        plain(out, f"{name:13s}{text}")
    out.print("No clinician has reviewed this rule.", highlight=False)


def _evaluate(is_listing: bool) -> None:
    from evaluators.catalogue import load_catalogue
    from evaluators.encounter.action_evaluation import (
        LABELLED,
        LabelledActionsError,
        evaluate_actions,
        read_labelled_actions,
    )
    from evaluators.encounter.actions import action_resolver

    catalogue = load_catalogue()
    try:
        labelled = read_labelled_actions(LABELLED, catalogue)
    except LabelledActionsError as error:
        raise fail(error) from None
    found = evaluate_actions(action_resolver(catalogue), labelled)
    show_action_evaluation(console, found)
    if is_listing:
        for row, actions in found.missed:
            must = " ".join(sorted(row.must)) or "nothing"
            found_for = " ".join(actions) or "nothing"
            plain(console, f"{row.kind}: {row.wording!r} must mean {must}, found {found_for}")


def show_action_evaluation(out: Console, found: ActionEvaluation) -> None:
    """A table by split and kind."""
    names = ("n", "meant", "right", "wrong", "precision", "recall")
    out.print(split_table(names, found.by_split, found.by_kind, _cells))
    plain(
        out, "One hand wrote the labels, then the rules: the figures of the held-out part flatter."
    )


def _cells(figures: ActionFigures) -> tuple[str, ...]:
    counts = (figures.wordings, figures.meant, figures.right, figures.wrong)
    return (*map(str, counts), share_cell(figures.precision), share_cell(figures.recall))
