"""What commands print to: standard output, standard error, and one form for what went wrong.

Belongs here: the two consoles and how a command fails. Does not belong here: what is printed.
"""

from __future__ import annotations

import typer
from rich.console import Console
from rich.markup import escape

console = Console()
complaints = Console(stderr=True)


def fail(error: Exception | str, code: int = 1) -> typer.Exit:
    """Print one sentence on standard error; raise what is returned."""
    complaints.print(f"[red]medcred:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
    return typer.Exit(code)
