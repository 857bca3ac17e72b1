"""How a run tells what it is doing: counts and names of tables, never values.

Belongs here: the progress interface and its two forms (a log, a live display). Does not belong
here: what is counted.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Column


class Stage(Protocol):
    """One stage under way."""

    def update(self, done: int, total: int | None = None, detail: str = "") -> None:
        """Tell that `done` of `total` pieces are done, and which is at hand."""


class Reporter(Protocol):
    """Receives the stages of a run."""

    def stage(
        self, name: str, total: int | None = None, *, within: bool = False
    ) -> AbstractContextManager[Stage]:
        """A stage of `total` pieces (None: unknown), under way while the block runs.

        Args:
            name: what is being done.
            total: how many pieces it has.
            within: it is part of another stage, and need not be remembered when it ends.
        """


class _LoggedStage:
    def __init__(self, logger: logging.Logger, name: str) -> None:
        self._logger, self._name, self._last = logger, name, 0.0

    def update(self, done: int, total: int | None = None, detail: str = "") -> None:
        now = time.monotonic()
        if now - self._last >= 5.0:
            self._last = now
            self._logger.info("%s: %d of %s %s", self._name, done, total or "?", detail)


class LogReporter:
    """Stages as log lines, at most one in five seconds each."""

    def __init__(self) -> None:
        self._logger = logging.getLogger("medcred")

    @contextmanager
    def stage(
        self, name: str, total: int | None = None, *, within: bool = False
    ) -> Iterator[Stage]:
        """See `Reporter.stage`."""
        yield _LoggedStage(self._logger, name)


class _ShownStage:
    def __init__(self, progress: Progress, task: TaskID, total: int | None) -> None:
        self._progress, self._task, self._total = progress, task, total

    def update(self, done: int, total: int | None = None, detail: str = "") -> None:
        self._progress.update(
            self._task,
            completed=done,
            total=total or self._total,
            detail=detail,
        )


class LiveReporter:
    """Stages as bars in the terminal; in a file or pipe, one line when a stage ends."""

    def __init__(self) -> None:
        # Bound to today's stdout: a stage that silences a library does not silence the bars.
        self._console = console = Console(file=sys.stdout)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<34}"),
            BarColumn(bar_width=14),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn(
                "[dim]{task.fields[detail]}",
                table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1),
            ),
            console=console,
            expand=True,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> LiveReporter:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    @contextmanager
    def stage(
        self, name: str, total: int | None = None, *, within: bool = False
    ) -> Iterator[Stage]:
        """See `Reporter.stage`. A finished stage becomes a line above the bars."""
        started = time.monotonic()
        task = self._progress.add_task(name, total=total, detail="")
        try:
            yield _ShownStage(self._progress, task, total)
        finally:
            self._progress.remove_task(task)
        took = f"{time.monotonic() - started:6.1f} s"
        if not self._console.is_terminal:
            self._console.print(f"{name}: done in {took.strip()}")
        elif not within:
            self._console.print(f"[green]✓[/] {name:<34} [dim]{took}[/]", highlight=False)
