"""Tables in the terminal.

Belongs here: how standings, attrition and scenario sets are shown to a person. Does not belong
here: how they come about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

_TIERS = {
    "with_distinction": "[bold green]with distinction[/]",
    "credentialed": "[green]credentialed[/]",
    "not_credentialed": "[red]not credentialed[/]",
}


def show_standings(console: Console, record: Mapping[str, Any]) -> None:
    """One table a category: rank interval, candidate, figures, decision.

    A category in which nobody has enough cases is one line of text, without a figure.
    """
    by_category: dict[str, list[Mapping[str, Any]]] = {}
    for entry in record["standings"]:
        by_category.setdefault(entry["category"], []).append(entry)
    few = []
    for category, entries in sorted(by_category.items()):
        if not any(entry["status"] == "ranked" for entry in entries):
            few.append((category, sorted({entry["summary"] for entry in entries})))
            continue
        table = Table(title=category.replace("_", " "), title_justify="left", title_style="bold")
        for name, justify in (
            ("rank", "right"),
            ("candidate", "left"),
            ("patients", "right"),
            ("mean credit", "right"),
            ("95 % interval", "center"),
            ("lower bound", "right"),
            ("decision", "left"),
        ):
            table.add_column(name, justify=justify)  # type: ignore[arg-type]
        for entry in sorted(entries, key=_order):
            if entry["status"] != "ranked":
                table.add_row("", entry["candidate"], "", "", "", "", entry["summary"])
                continue
            rank, (low, high) = entry["rank"], entry["interval"]
            table.add_row(
                str(rank["low"])
                if rank["low"] == rank["high"]
                else f"{rank['low']}-{rank['high']}",
                entry["candidate"],
                str(entry["patients"]),
                f"{entry['mean_credit']:.3f}",
                f"{low:.3f} to {high:.3f}",
                f"{entry['lower_bound']:.3f}",
                _TIERS[entry["tier"]]
                + (f" [dim]({'; '.join(entry['reasons'])})[/]" if entry["reasons"] else ""),
            )
        console.print(table)
    for category, summaries in few:
        console.print(f"[bold]{category.replace('_', ' ')}[/]: {'; '.join(summaries)}")
    if record["unverified_tables"]:
        console.print(
            "[yellow]Unverified tables from the supplement: "
            + ", ".join(record["unverified_tables"])
        )


def _order(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    rank = entry["rank"] or {"low": 999, "high": 999}
    return rank["low"], rank["high"], -(entry["mean_credit"] or 0.0), entry["candidate"]


def show_attrition(console: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """Per condition: admissions, those excluded by each rule, those selected."""
    by_condition: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        by_condition.setdefault((row["category"], row["condition_id"]), []).append(row)
    table = Table(title="Attrition: first rule that excluded an admission", title_justify="left")
    for name in ("category", "condition", "admissions", "selected", "excluded by"):
        table.add_column(name, justify="right" if name in {"admissions", "selected"} else "left")
    for (category, condition), entries in sorted(by_condition.items()):
        selected = sum(e["admissions"] for e in entries if e["rule_id"] == "selected")
        excluded = [
            f"{e['rule_id']} {e['admissions']}"
            for e in sorted(entries, key=lambda e: e["rule_order"])
            if e["rule_id"] not in {"selected", "principal_dx"} and e["admissions"]
        ]
        total = sum(e["admissions"] for e in entries)
        table.add_row(category, condition, str(total), str(selected), ", ".join(excluded))
    console.print(table)
