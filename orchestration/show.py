"""Tables in the terminal.

Belongs here: how standings, attrition and cohorts are shown to a person. Does not belong
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
    safety = []
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
        safety.append(_safety_note(entry))
    return Group(
        table,
        *(Text(note, style="yellow") for note in notes),
        *(Text(note, style="dim") for note in safety),
    )


def _safety_note(entry: Mapping[str, Any]) -> str:
    """Encounters by their worst safety flag, and the weighted figure beside them."""
    found = entry["axes"]["safety"]
    counts = ", ".join(
        f"{found['encounters'][severity]} {severity}" for severity in ("never", "major", "caution")
    )
    return f"{entry['candidate']}: safety {counts}; weighted {found['weighted']['mean']:.2f}"


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


def show_attrition(
    console: Console, rows: Sequence[Mapping[str, Any]], modules: Sequence[str]
) -> None:
    """Per condition: admissions with its codes, those selected, those excluded by each rule.

    Below it: whether the rows of every condition add up to all admissions, and what is smaller for
    the want of a module.

    Args:
        console: Where to print.
        rows: The mart `cohort_attrition`.
        modules: Modules that are landed.
    """
    by_condition = _by_condition(rows)
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
        excluded = [
            f"{entry['rule_id']} {entry['admissions']}"
            for entry in sorted(_coded(entries), key=lambda entry: int(entry["rule_order"]))
            if entry["rule_id"] != "selected" and entry["admissions"]
        ]
        excluded += [
            f"{entry['rule_id']} [yellow](module_missing: {entry['missing_modules']})[/]"
            for entry in sorted(entries, key=lambda entry: int(entry["rule_order"]))
            if entry["missing_modules"]
        ]
        total, selected = _sums(entries)
        table.add_row(f"  {condition}", str(total), str(selected), ", ".join(excluded))
    console.print(table)
    for line in _attrition_words(by_condition, modules):
        console.print(line, highlight=False, soft_wrap=True)


def _attrition_words(
    by_condition: Mapping[tuple[str, str], Sequence[Mapping[str, Any]]], modules: Sequence[str]
) -> list[str]:
    """What stands below the table."""
    sums = {sum(int(entry["admissions"]) for entry in of) for of in by_condition.values()}
    selected = sum(_sums(entries)[1] for entries in by_condition.values())
    words = []
    if len(sums) == 1:
        words.append(
            f"Selected and excluded add up to {sums.pop()} admissions for each of "
            f"{len(by_condition)} conditions; those not counted as coded lack its codes. "
            f"{selected} are selected in all."
        )
    elif sums:
        words.append(
            "[red]The rows of the conditions do not add up to one number of admissions[/] "
            f"({min(sums)} to {max(sums)}): run `medcred dbt build` again."
        )
    absent = [module for module in _MODULES if module not in modules]
    if absent:
        words.append(
            f"Not in this source: {', '.join(absent)}. Their evidence is `not_in_source`, and a "
            "rule that only they could tell is marked module_missing: a required test is then not "
            "asked for, a film's label not known."
        )
    return words


_MODULES = ("hosp", "icu", "ed", "note", "cxr", "ecg", "echo", "pulseox")


def cohort_rows(
    cohorts: Sequence[str], attrition: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """One entry a cohort: category, condition, name, admissions with its codes, scenarios.

    Args:
        cohorts: Files as `category/condition`.
        attrition: The mart `cohort_attrition`; empty when nothing was built.
        names: Names of conditions by id.

    Returns:
        In the order of `cohorts`; `admissions` and `scenarios` are None for a cohort that the last
        run did not have.
    """
    by_condition = _by_condition(attrition)
    found = []
    for cohort in cohorts:
        category, condition = cohort.split("/")
        entries = by_condition.get((category, condition))
        admissions, scenarios = _sums(entries) if entries else (None, None)
        found.append(
            {
                "category": category,
                "condition": condition,
                "name": names.get(condition, condition),
                "admissions": admissions,
                "scenarios": scenarios,
            }
        )
    return found


def show_cohorts(console: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """One line a cohort, by category; a cohort that was not built yet has no figures."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("condition", no_wrap=True)
    table.add_column("name")
    table.add_column("admissions", justify="right", no_wrap=True)
    table.add_column("scenarios", justify="right", no_wrap=True)
    category = None
    for row in rows:
        if row["category"] != category:
            category = row["category"]
            table.add_row(f"[bold]{_text(category)}[/]")
        figures = ["not built" if row[k] is None else str(row[k]) for k in _FIGURES]
        table.add_row(f"  {row['condition']}", row["name"], *figures)
    console.print(table)
    if any(row["admissions"] is None for row in rows):
        console.print("Not built: `medcred run` builds and examines it.", highlight=False)


_FIGURES = ("admissions", "scenarios")


def _by_condition(
    rows: Sequence[Mapping[str, Any]],
) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault((row["category"], row["condition_id"]), []).append(row)
    return found


def _coded(entries: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [entry for entry in entries if entry["rule_id"] != "principal_dx"]


def _sums(entries: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """Admissions with the codes of a condition, and those selected."""
    coded = _coded(entries)
    selected = sum(int(e["admissions"]) for e in coded if e["rule_id"] == "selected")
    return sum(int(entry["admissions"]) for entry in coded), selected
