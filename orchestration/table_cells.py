"""Cells and tables of figures in the terminal: one form for shares, bounds, ranks and p values.

Belongs here: how one figure looks, and the tables that several commands print. Does not belong
here: which figures stand in a table (`show_statistics`, `show_reliability`, the commands).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from rich import box
from rich.console import Console, JustifyMethod
from rich.table import Table


def bare_table(*columns: tuple[str, JustifyMethod]) -> Table:
    """A table of which the first column alone gives way where the terminal is narrow."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=0, caption_justify="left")
    for place, (name, justify) in enumerate(columns):
        table.add_column(name, justify=justify, no_wrap=place > 0, overflow="fold")
    return table


Figures = TypeVar("Figures")


def split_table(
    names: Sequence[str],
    by_split: Mapping[str, Figures],
    by_kind: Mapping[tuple[str, str], Figures],
    cells: Callable[[Figures], Sequence[str]],
) -> Table:
    """Figures of labelled wordings by split and kind, those of the whole split last.

    Args:
        names: Of the figures, in the order of their cells.
        by_split: Figures of each split.
        by_kind: Figures of each kind of each split.
        cells: One cell a name.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("split", "kind"):
        table.add_column(name, no_wrap=True)
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    for split, whole in by_split.items():
        for (of, kind), figures in by_kind.items():
            if of == split:
                table.add_row(split, kind, *cells(figures))
        table.add_row(split, "all", *cells(whole), end_section=True)
    return table


def share_cell(value: float | None) -> str:
    """A share with three decimals; `-` where there is none."""
    return "-" if value is None else f"{value:.3f}"


def rank_cell(rank: Mapping[str, int]) -> str:
    """A rank interval; a single place without a tie."""
    return str(rank["low"]) if rank["low"] == rank["high"] else f"{rank['low']}-{rank['high']}"


def range_cell(interval: Mapping[str, float] | None, *, is_signed: bool = False) -> str:
    """An interval with two decimals; `-` where there is none."""
    if interval is None:
        return "-"
    between = " to " if is_signed else "-"
    return f"{interval['low']:.2f}{between}{interval['high']:.2f}"


def p_cell(value: float | None) -> str:
    """A p value with three decimals; `-` where there is none."""
    if value is None:
        return "-"
    return "<.001" if value < 0.001 else f"{value:.3f}"


def in_words(name: str) -> str:
    """A slug as text."""
    return name.replace("_", " ")


def say(out: Console, text: str) -> None:
    """A line of explanation."""
    out.print(f"[dim]{text}[/]", highlight=False)


def plain(out: Console, text: str) -> None:
    """A line as it is: brackets are no markup, numbers have no colour, nothing is broken."""
    out.print(text, highlight=False, markup=False, soft_wrap=True)
