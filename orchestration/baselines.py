"""Human baselines beside the standings: one table for each person and category.

Belongs here: finding the scores, printing. Does not belong here: the comparison
(`evaluators.human.baseline`). Nothing of this is written anywhere, so none of it can be published.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.examinations import Examination, categories, people
from orchestration.settings import Settings
from orchestration.workspace import Workspace

if TYPE_CHECKING:
    from evaluators.human.baseline import Baseline

NOTE = "A baseline: on the patients that this person met; never credentialed, never published."


def baselines(
    settings: Settings, workspace: Workspace, category: str | None = None
) -> Iterator[Baseline]:
    """The baselines of all persons with scores, or of those in one category."""
    from evaluators.candidates.config import load_candidates
    from evaluators.human.baseline import baseline_of
    from evaluators.scoring.score import statistics_seed

    for slug in categories(workspace) if category is None else (category,):
        persons = [Examination(workspace, slug, one) for one in people(workspace, slug)]
        scored = [(one, scores) for one in persons if (scores := one.scores())]
        if not scored:
            continue
        models = [
            scores
            for candidate in load_candidates(settings.candidates)
            if (scores := Examination(workspace, slug, candidate).scores())
        ]
        for person, scores in scored:
            manifest = person.scenario_set.manifest
            seed = statistics_seed(manifest.digest, slug)
            yield baseline_of(scores, models, manifest.scenarios, seed)


def show_baseline(console: Console, baseline: Baseline) -> None:
    """Print one baseline with the candidates beside it."""
    found = baseline.estimate
    table = Table(
        title=Text(
            f"{baseline.candidate} in {baseline.category.replace('_', ' ')}: "
            f"{found.patients} of {baseline.scenarios} patients",
            style="bold",
        ),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    for name in ("", "credit", "95 %", "person minus candidate", "unsafe"):
        table.add_column(name, justify="left" if not name else "right", no_wrap=True)
    mean = "" if found.mean is None else f"{found.mean:.3f}"
    low, high = found.interval.low, found.interval.high
    table.add_row(
        baseline.candidate, mean, f"{low:.2f}-{high:.2f}", "", str(baseline.safety_failures)
    )
    for one in baseline.beside:
        difference = f"{one.difference:+.3f} ({one.interval.low:+.2f} to {one.interval.high:+.2f})"
        table.add_row(one.candidate, f"{one.mean:.3f}", "", difference, str(one.safety_failures))
    console.print(table)
    console.print(NOTE, style="dim", highlight=False)
