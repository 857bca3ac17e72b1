"""Tables in the terminal.

Belongs here: how standings, attrition and scenario sets are shown to a person. Does not belong
here: how they come about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console, Group, JustifyMethod
from rich.table import Table
from rich.text import Text

from registry.policy import REASON_WORDS, Reason

_TIERS = {
    "with_distinction": "[bold green]with distinction[/]",
    "credentialed": "[green]credentialed[/]",
    "not_credentialed": "[red]not credentialed[/]",
}


def show_standings(console: Console, record: Mapping[str, Any]) -> None:
    """One table a category: rank interval, candidate, figures, decision.

    A category in which nobody has enough cases is one line of text, without a figure. A tier that
    the lower bound alone explains stands without a reason; any other reason is named.
    """
    by_category: dict[str, list[Mapping[str, Any]]] = {}
    for entry in record["standings"]:
        by_category.setdefault(entry["category"], []).append(entry)
    few = {}
    for category, entries in sorted(by_category.items()):
        if any(entry["status"] == "ranked" for entry in entries):
            console.print(_ranked(category, entries))
        else:
            few[category] = sorted({entry["summary"] for entry in entries})
    for category, summaries in few.items():
        console.print(f"[bold]{_text(category)}[/]: {'; '.join(summaries)}", highlight=False)
    console.print(
        f"[dim]Source: {', '.join(record['releases'])}. Policy {record['policy']['version']}; "
        "every cut score is provisional.[/]",
        highlight=False,
    )
    if record["unverified_tables"]:
        console.print(
            "[yellow]Unverified tables: " + ", ".join(record["unverified_tables"]), highlight=False
        )


def _ranked(category: str, entries: Sequence[Mapping[str, Any]]) -> Group:
    table = Table(
        title=_text(category),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=0,
    )
    for name, justify in _COLUMNS:
        table.add_column(name, justify=justify, no_wrap=True)
    notes = []
    for entry in sorted(entries, key=_order):
        if entry["status"] != "ranked":
            table.add_row("", entry["candidate"], "", "", "", "", entry["summary"])
            continue
        rank, (low, high) = entry["rank"], entry["interval"]
        tied = rank["low"] != rank["high"]
        table.add_row(
            f"{rank['low']}-{rank['high']}" if tied else str(rank["low"]),
            entry["candidate"],
            str(entry["patients"]),
            f"{entry['mean_credit']:.3f}",
            f"{low:.2f}-{high:.2f}",
            f"{entry['lower_bound']:.3f}",
            _TIERS[entry["tier"]],
        )
        other = [REASON_WORDS[r] for r in entry["reasons"] if r != Reason.LOWER_BOUND]
        if other:
            notes.append(f"{entry['candidate']}: {'; '.join(other)}")
    return Group(table, *(Text(note, style="yellow") for note in notes))


_COLUMNS: tuple[tuple[str, JustifyMethod], ...] = (
    ("rank", "right"),
    ("candidate", "left"),
    ("n", "right"),
    ("credit", "right"),
    ("95 %", "center"),
    ("bound", "right"),
    ("decision", "left"),
)


def _text(category: str) -> str:
    return category.replace("_", " ")


def _order(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    rank = entry["rank"] or {"low": 999, "high": 999}
    return rank["low"], rank["high"], -(entry["mean_credit"] or 0.0), entry["candidate"]


def show_attrition(console: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """Per condition: admissions with its codes, those selected, those excluded by each rule."""
    by_condition: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        by_condition.setdefault((row["category"], row["condition_id"]), []).append(row)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("condition", no_wrap=True)
    table.add_column("coded", justify="right", no_wrap=True)
    table.add_column("selected", justify="right", no_wrap=True)
    table.add_column("excluded, by the first rule that did")
    category = None
    for (of_category, condition), entries in sorted(by_condition.items()):
        if of_category != category:
            category = of_category
            table.add_row(f"[bold]{_text(category)}[/]")
        coded = [entry for entry in entries if entry["rule_id"] != "principal_dx"]
        selected = sum(e["admissions"] for e in coded if e["rule_id"] == "selected")
        excluded = [
            f"{entry['rule_id']} {entry['admissions']}"
            for entry in sorted(coded, key=lambda entry: int(entry["rule_order"]))
            if entry["rule_id"] != "selected" and entry["admissions"]
        ]
        total = sum(entry["admissions"] for entry in coded)
        table.add_row(f"  {condition}", str(total), str(selected), ", ".join(excluded))
    console.print(table)
    admissions = max((sum(e["admissions"] for e in of) for of in by_condition.values()), default=0)
    console.print(f"Of {admissions} admissions; all others lack the condition's codes.")
