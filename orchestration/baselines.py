"""Human baselines beside the standings: one table for each person and category.

Belongs here: finding the scores, printing. Does not belong here: the comparison
(`evaluators.human.baseline`). Nothing of this is written anywhere, so none of it can be published.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.examinations import Examination, categories, people
from orchestration.settings import Settings
from orchestration.workspace import Workspace

if TYPE_CHECKING:
    from evaluators.human.baseline import Baseline

NOTE = (
    "Persons are baselines: compared on the patients that they met (difference: person minus "
    "candidate), never ranked, never credentialed, never published."
)


class BaselineError(RuntimeError):
    """Baselines cannot be shown; the text says why. Standings do not depend on them."""


def baselines(
    settings: Settings, workspace: Workspace, category: str | None = None
) -> Iterator[Baseline]:
    """The baselines of all persons with scores, or of those in one category."""
    from evaluators.candidates.config import load_candidates
    from evaluators.human.baseline import baseline_of
    from evaluators.scoring.score import statistics_seed

    for slug in categories(workspace) if category is None else (category,):
        persons = [Examination(workspace, slug, one) for one in people(workspace, slug)]
        scored = [(one, scores) for one in persons if (scores := _scores(one))]
        if not scored:
            continue
        candidates = load_candidates(settings.candidates)
        models = [
            scores
            for candidate in candidates
            if (scores := _scores(Examination(workspace, slug, candidate)))
        ]
        for person, scores in scored:
            manifest = person.scenario_set.manifest
            seed = statistics_seed(manifest.digest, slug)
            yield baseline_of(scores, models, manifest.scenarios, seed)


def _scores(examined: Examination) -> dict[str, Any] | None:
    """Scores under this version's methodology: those on the disk, or made anew from the journal."""
    from evaluators.catalogue import load_catalogue
    from evaluators.methodology import methodology_sha256
    from evaluators.scoring.score import score_examination

    scores = examined.scores()
    if scores is not None and scores["methodology_sha256"] == methodology_sha256(load_catalogue()):
        return scores
    if not examined.journal.is_file():
        return None
    return score_examination(
        examined.scenario_set,
        examined.category,
        examined.candidate.id,
        examined.candidate.sha256,
        examined.journal,
        load_catalogue(),
    )


def show_baselines(console: Console, settings: Settings, workspace: Workspace) -> None:
    """Print all baselines, and what they are; nothing when nobody sat the examination.

    Raises:
        BaselineError: when a journal, a set or `candidates.yaml` cannot be used.
    """
    from evaluators.candidates.config import CandidateConfigError
    from evaluators.human.rater import RaterRefused
    from evaluators.journal import JournalError
    from evaluators.scenario_sets import ScenarioSetError
    from evaluators.scoring.score import ScoreError

    try:
        found = list(baselines(settings, workspace))
    except (
        CandidateConfigError,
        JournalError,
        RaterRefused,
        ScenarioSetError,
        ScoreError,
    ) as error:
        raise BaselineError(f"Persons cannot be shown beside the standings. {error}") from None
    for baseline in found:
        show_baseline(console, baseline)
    if found:
        console.print(NOTE, style="dim", highlight=False)


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
        padding=0,
    )
    for name in ("", "credit", "95 %", "difference", "unsafe"):
        table.add_column(name, justify="left" if not name else "right", no_wrap=True)
    mean = "" if found.mean is None else f"{found.mean:.3f}"
    low, high = found.interval.low, found.interval.high
    table.add_row(
        baseline.candidate, mean, f"{low:.2f}-{high:.2f}", "", str(baseline.safety_failures)
    )
    for one in baseline.beside:
        spread = one.interval
        told = "too few" if spread is None else f"{spread.low:+.2f} to {spread.high:+.2f}"
        difference = f"{one.difference:+.3f} ({told})"
        table.add_row(one.candidate, f"{one.mean:.3f}", "", difference, str(one.safety_failures))
    console.print(table)
