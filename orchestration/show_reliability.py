"""Whether a candidate may be believed and would say the same again, as tables in the terminal.

Belongs here: calibration, the reliability curve and repeats. Does not belong here: points and
their comparison (`show_statistics`), what is withheld (`evaluators.statistics_report`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestration.table_cells import bare_table, p_cell, range_cell


def show_calibration(
    out: Console, candidates: Sequence[Mapping[str, Any]], *, with_curve: bool
) -> None:
    """Brier score with its parts; the reliability curve of each candidate where asked for."""
    table = bare_table(
        ("calibration", "left"),
        ("Brier", "right"),
        ("95 %", "center"),
        ("reliability", "right"),
        ("resolution", "right"),
        ("uncertainty", "right"),
        ("ECE", "right"),
        ("p cal", "right"),
    )
    for one in candidates:
        found = None if one["withheld"] else one["calibration"]
        if found is None or found["withheld"]:
            table.add_row(one["candidate"], "-", *[""] * 6)
            continue
        parts = found["brier_parts"]
        table.add_row(
            one["candidate"],
            f"{found['brier']:.3f}",
            range_cell(found["interval"]),
            *(f"{parts[name]:.3f}" for name in ("reliability", "resolution", "uncertainty")),
            f"{found['expected_error']:.3f}",
            p_cell(found["p_calibrated"]),
        )
    out.print(table)
    if with_curve:
        for one in candidates:
            if not one["withheld"] and not one["calibration"]["withheld"]:
                out.print(_curve(one["calibration"]["curve"]))


def _curve(curve: Sequence[Mapping[str, Any]]) -> Table:
    """The reliability curve with bars, one line a bin: what was said, and how often it was so."""
    table = bare_table(
        ("said", "center"),
        ("encounters", "right"),
        ("mean said", "right"),
        ("was so", "right"),
        ("95 %", "center"),
        ("", "left"),
    )
    reasons = set()
    for one in curve:
        edges = f"{one['low']:.1f}-{one['high']:.1f}"
        if one["withheld"]:
            reasons.add(one["withheld"])
            table.add_row(edges, "withheld")
        elif not one["count"]:
            table.add_row(edges, "0")
        else:
            table.add_row(
                edges,
                str(one["count"]),
                f"{one['mean_probability']:.2f}",
                f"{one['observed_share']:.2f}",
                range_cell(one["interval"]),
                "█" * round(20 * one["observed_share"]),
            )
    if reasons:
        table.caption = f"withheld: {'; '.join(sorted(reasons))}"
    return table


def show_repeats(out: Console, candidates: Sequence[Mapping[str, Any]]) -> None:
    """Mean, worst and pass^k over the repeats of those who were examined more than once."""
    complete = [one for one in candidates if not one["withheld"]]
    repeated = [one for one in complete if not one["repeats"]["withheld"]]
    if not repeated:
        for reason in sorted({one["repeats"]["withheld"] for one in complete}):
            out.print(f"[bold]repeats[/]\n  {reason}\n", highlight=False)
        return
    table = bare_table(
        ("repeats", "left"),
        ("k", "right"),
        ("mean", "right"),
        ("95 %", "center"),
        ("worst", "right"),
        ("same", "right"),
        ("pass^k half", "right"),
        ("pass^k full", "right"),
        ("unsafe in any", "right"),
    )
    for one in repeated:
        found = one["repeats"]
        last = {of["passed_at"]: of for of in found["pass_hat_k"] if of["k"] == found["repeats"]}
        table.add_row(
            one["candidate"],
            str(found["repeats"]),
            f"{found['mean']['mean']:.3f}",
            range_cell(found["mean"]["interval"]),
            f"{found['worst']['mean']:.3f}",
            f"{found['same_credit_share']:.3f}",
            f"{last[0.5]['mean']:.3f}",
            f"{last[1.0]['mean']:.3f}",
            str(found["safety_failure_in_any"]["count"]),
        )
    once = [one["candidate"] for one in complete if one["repeats"]["withheld"]]
    if once:
        table.caption = f"examined once: {', '.join(once)}"
    out.print(table)
