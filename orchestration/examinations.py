"""Finding examinations of the last run: by category, candidate and scenario.

Belongs here: names given on the command line to sets, candidates, folders and journals. Does not
belong here: what is done with them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluators.candidates.config import Candidate, load_candidates
from evaluators.catalogue import category_slug
from evaluators.human.rater import PROVIDER, human_candidate, is_human
from evaluators.journal import JOURNAL_FILE, read_journal
from orchestration.settings import Settings
from orchestration.workspace import SCORES_FILE, Workspace, open_source, repeat_folder

if TYPE_CHECKING:
    from evaluators.encounter.protocol import Reply
    from evaluators.scenario_sets import ScenarioSet


class NotFoundError(ValueError):
    """What was named on the command line does not exist; the text says what there is."""


@dataclass(frozen=True)
class Examination:
    """One candidate in one category of the last run."""

    workspace: Workspace
    category: str
    candidate: Candidate
    repeat: int = 1
    """Which of repeated examinations; the first alone counts for the standings."""

    @cached_property
    def scenario_set(self) -> ScenarioSet:
        """The frozen set, every digest checked.

        Raises:
            ScenarioSetError: when a file is not what its manifest says.
        """
        from evaluators.scenario_sets import load

        return load(self.workspace.scenario_set(self.category))

    @cached_property
    def folder(self) -> Path:
        """Where journal and scores lie."""
        from evaluators.scenario_sets import read_manifest

        digest = read_manifest(self.workspace.scenario_set(self.category)).digest
        first = self.workspace.examination(
            self.category, self.candidate.id, self.candidate.sha256, digest
        )
        return repeat_folder(first, self.repeat)

    @property
    def journal(self) -> Path:
        """The journal; it may not exist yet."""
        return self.folder / JOURNAL_FILE

    def replies(self) -> dict[str, tuple[Reply, ...]]:
        """What the journal holds, by scenario; nothing when there is none.

        Raises:
            JournalError: when it is corrupt.
        """
        return dict(read_journal(self.journal)[1]) if self.journal.is_file() else {}

    def scores(self) -> dict[str, Any] | None:
        """Contents of `scores.json`, if there is one."""
        path = self.folder / SCORES_FILE
        return json.loads(path.read_text()) if path.is_file() else None

    def encounter_id(self, scenario_id: str) -> str:
        """What names one encounter on the command line."""
        return f"{self.category}:{self.candidate.id}:{scenario_id}"


def examination(settings: Settings, category: str, candidate: str, repeat: int = 1) -> Examination:
    """The examination of a candidate in a category.

    Args:
        settings: Name the enclave and `candidates.yaml`.
        category: Slug or text.
        candidate: An id; `bedside` stands for `reference/bedside`.
        repeat: Which of repeated examinations, from 1.

    Raises:
        NotFoundError: when there is no such category or candidate.
        NoActiveSourceError, SourceError: when nothing has been run.
        CandidateConfigError: when `candidates.yaml` cannot be used.
        RaterRefused: when a person's code is none.
    """
    workspace = active_workspace(settings)
    known = categories(workspace)
    slug = category_slug(category)
    if slug not in known:
        there_is = f"categories are {', '.join(known)}" if known else "run `medcred run`"
        raise NotFoundError(f"There is no scenario set of that category: {there_is}.")
    return Examination(workspace, slug, the_candidate(settings, candidate), repeat)


def active_workspace(settings: Settings) -> Workspace:
    """The workspace of the source that was run last.

    Raises:
        NoActiveSourceError, SourceError: when nothing has been run.
    """
    return open_source(settings)[1]


def categories(workspace: Workspace) -> tuple[str, ...]:
    """Categories with a frozen set, sorted."""
    found = workspace.scenario_sets.glob("*/manifest.json")
    return tuple(sorted(path.parent.name for path in found))


def the_candidate(settings: Settings, name: str) -> Candidate:
    """The candidate of that id, of that id behind `reference/`, or the person `human/<code>`."""
    if is_human(name):
        return human_candidate(name.partition("/")[2])
    candidates = load_candidates(settings.candidates)
    for wanted in (name, f"reference/{name}"):
        for candidate in candidates:
            if candidate.id == wanted:
                return candidate
    ids = ", ".join(candidate.id for candidate in candidates)
    raise NotFoundError(
        f"There is no such candidate in {settings.candidates.name}: there are {ids}."
    )


def people(workspace: Workspace, category: str) -> Iterator[Candidate]:
    """Persons who have a journal or scores in a category."""
    folder = workspace.folder / "examinations" / category
    for path in sorted(folder.glob(f"{PROVIDER}--*")):
        yield human_candidate(path.name.removeprefix(f"{PROVIDER}--"))


def the_scenario(scenarios: Sequence[str], asked: str) -> str:
    """The scenario of a number (1 is the first by id), an id, or the beginning of one.

    Args:
        scenarios: Ids, sorted.
        asked: What was typed.

    Raises:
        NotFoundError: when none or several fit.
    """
    wanted = asked.strip().lower()
    if wanted in scenarios:
        return wanted
    if wanted.isdigit() and len(wanted) < 6 and 1 <= int(wanted) <= len(scenarios):
        return scenarios[int(wanted) - 1]
    found = [one for one in scenarios if len(wanted) >= 4 and one.startswith(wanted)]
    if len(found) != 1:
        raise NotFoundError(
            f"{'Several scenarios begin' if found else 'No scenario begins'} like that: give a "
            f"number from 1 to {len(scenarios)}, or more of the id (four characters at least)."
        )
    return found[0]
