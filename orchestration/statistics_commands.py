"""`medcred statistics`: bounds, calibration, groups, paired tests, repeats, item response.

Belongs here: the command, its options, and which files it reads. Does not belong here: the figures
(`evaluators.statistics_report`), how they are shown (`show_statistics`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.terminal import console, fail

if TYPE_CHECKING:
    from evaluators.candidates.config import Candidate
    from orchestration.workspace import Workspace


class NothingToShowError(Exception):
    """There are no results for what was asked; the text says what to do."""


def statistics(
    category: Annotated[
        str | None,
        typer.Option(
            help="All figures of one category, such as cardiology. Without it: one table "
            "a category."
        ),
    ] = None,
    candidate: Annotated[
        str | None,
        typer.Option(
            help="One candidate alone, such as reference/bedside; with --category also "
            "its reliability curve and the intervals of its groups."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False,
) -> None:
    """What stands behind the standings, small groups withheld. Private: not for publication."""
    from evaluators.candidates.config import CandidateConfigError
    from evaluators.scenario_sets import ScenarioSetError
    from evaluators.scoring.standings import StandingsError
    from orchestration.show_statistics import show_statistics
    from orchestration.workspace import NoActiveSourceError
    from sources.releases import SourceError

    try:
        report = gather(category, candidate)
    except (
        CandidateConfigError,
        NoActiveSourceError,
        NothingToShowError,
        ScenarioSetError,
        SourceError,
        StandingsError,
    ) as error:
        raise fail(error) from None
    if as_json:
        typer.echo(json.dumps(report, indent=2, sort_keys=True))
    else:
        show_statistics(console, report, category=category, candidate=candidate)


def gather(category: str | None, candidate: str | None) -> dict[str, Any]:
    """The report on the active source (docs/formats.md, "Statistics").

    Args:
        category: Slug or text; None for all.
        candidate: Id; None for all. Paired tests are then those with this candidate.

    Raises:
        NothingToShowError: when there is no such category or candidate, or nothing was examined.
        StandingsError: when the scores cannot be set against each other.
    """
    from evaluators.candidates.config import load_candidates
    from evaluators.statistics_report import FORMAT
    from orchestration.settings import Settings
    from orchestration.workspace import open_source
    from registry.policy import load_policy

    settings = Settings()
    source, workspace = open_source(settings)
    candidates = load_candidates(settings.candidates)
    if candidate is not None and candidate not in {one.id for one in candidates}:
        raise NothingToShowError(
            f"There is no candidate {candidate!r}: `medcred candidates` lists them."
        )
    categories = [
        _of_category(workspace, folder, candidates)
        for folder in frozen_folders(workspace, category)
    ]
    if candidate is not None:
        categories = [_narrowed(one, candidate) for one in categories]
    return {
        "format": FORMAT,
        "source": source.slug,
        "releases": list(source.releases),
        "minimum_patients": load_policy().minimum_patients,
        "categories": categories,
    }


def frozen_folders(workspace: Workspace, category: str | None) -> list[Path]:
    """Folders of the frozen scenario sets: of one category, or of all by name.

    Raises:
        NothingToShowError: when there is none.
    """
    from evaluators.catalogue import category_slug

    sets = workspace.scenario_set("x").parent
    known = {path.parent.name: path.parent for path in sorted(sets.glob("*/manifest.json"))}
    if not known:
        raise NothingToShowError("There is no scenario set yet: run `medcred run`.")
    if category is None:
        return list(known.values())
    slug = category_slug(category)
    if slug not in known:
        raise NothingToShowError(
            f"There is no frozen set of {category!r}: categories are {', '.join(known)}."
        )
    return [known[slug]]


def _of_category(
    workspace: Workspace, folder: Path, candidates: tuple[Candidate, ...]
) -> dict[str, Any]:
    from evaluators.scenario_sets import read_manifest
    from evaluators.statistics_report import category_statistics
    from orchestration.workspace import REPEATS_FILE, SCORES_FILE

    manifest = read_manifest(folder)
    scored, repeats = [], {}
    for one in candidates:
        partition = workspace.examination(manifest.category, one.id, one.sha256, manifest.digest)
        scores = _read(partition / SCORES_FILE)
        if scores is None:
            continue
        scored.append(scores)
        repeated = _read(partition / REPEATS_FILE)
        if repeated is not None:
            repeats[one.id] = repeated
    return category_statistics(
        manifest,
        scored,
        candidates,
        repeats=repeats,
        item_response=_read(workspace.item_response(manifest.category)),
    )


def _read(path: Path) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    content: dict[str, Any] = json.loads(path.read_bytes())
    return content


def _narrowed(report: dict[str, Any], candidate: str) -> dict[str, Any]:
    return {
        **report,
        "candidates": [one for one in report["candidates"] if one["candidate"] == candidate],
        "comparisons": [
            pair for pair in report["comparisons"] if candidate in (pair["first"], pair["second"])
        ],
    }
