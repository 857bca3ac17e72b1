"""`medcred judge`: let the declared judge read one candidate's answers, and show the agreement.

Belongs here: the command, where views lie, and the table of them that `medcred standings --judge`
shows too. Does not belong here: the judge (`evaluators.judge`). No figure of a judge is printed
without its agreement with the deterministic scorer beside it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from orchestration.table_cells import bare_table, in_words, range_cell, say
from orchestration.terminal import complaints, console, fail

if TYPE_CHECKING:
    from evaluators.candidates.config import Candidate
    from evaluators.judge.config import Judge
    from orchestration.settings import Settings
    from orchestration.workspace import Workspace


_LEGEND = (
    "scorer and judge: mean credit of the answers that both have read; points are the scorer's "
    "alone. unread: answers on which no reply of the judge could be read, in neither figure. "
    "alpha: Krippendorff's, ordinal, 1 perfect and 0 chance, with a bootstrap over distinct "
    "questions; under 0.667 the judge says little (Krippendorff 2004)."
)


class JudgeRefusedError(Exception):
    """Nobody can be judged as asked; the text says why and what to do."""


def judge(
    candidate: Annotated[str, typer.Option(help="Whose answers, such as reference/bedside.")],
    category: Annotated[str, typer.Option(help="In which category, such as cardiology.")],
    limit: Annotated[
        int | None, typer.Option(min=1, help="So many encounters at most; all without it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False,
) -> None:
    """Let the judge of judge.yaml read final answers a second time. Changes no point."""
    from evaluators.candidates.config import CandidateConfigError
    from evaluators.candidates.egress import EgressRefused
    from evaluators.candidates.errors import InfrastructureError, ModelChanged
    from evaluators.journal import JournalError
    from evaluators.judge.independence import JudgeIsExaminee
    from evaluators.scenario_sets import ScenarioSetError
    from evaluators.scoring.score import ScoreError
    from orchestration.statistics_commands import NothingToShowError
    from orchestration.workspace import NoActiveSourceError
    from sources.releases import SourceError

    try:
        view, run = _judge(candidate, category, limit)
    except (
        CandidateConfigError,
        EgressRefused,
        InfrastructureError,
        JournalError,
        JudgeIsExaminee,
        JudgeRefusedError,
        ModelChanged,
        NoActiveSourceError,
        NothingToShowError,
        ScenarioSetError,
        ScoreError,
        SourceError,
    ) as error:
        raise fail(error) from None
    if as_json:
        typer.echo(json.dumps({**_without_cases(view), "run": run}, indent=2, sort_keys=True))
    else:
        show_views(console, [view])
        _show_cross_table(console, view)
        _say_run(console, run)
    if not view["complete"]:
        raise fail(
            "Some answers have no reading yet, so nothing is added up: run the same command again, "
            "only these are asked."
        )


def _judge(
    candidate_id: str, category: str, limit: int | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The view, written beside the journal, and what the run took."""
    from evaluators.candidates.config import load_candidates
    from evaluators.catalogue import load_catalogue
    from evaluators.journal import JOURNAL_FILE
    from evaluators.judge.view import judge_examination, write_view
    from evaluators.scenario_sets import load
    from orchestration.settings import Settings
    from orchestration.statistics_commands import frozen_folders
    from orchestration.workspace import open_source

    settings = Settings()
    who = declared_judge(settings)
    found = [one for one in load_candidates(settings.candidates) if one.id == candidate_id]
    if not found:
        raise JudgeRefusedError(
            f"There is no candidate {candidate_id!r}: `medcred candidates` lists them."
        )
    _, workspace = open_source(settings)
    (set_folder,) = frozen_folders(workspace, category)
    chosen = load(set_folder)
    slug = chosen.manifest.category
    folder = workspace.judge(slug, who.sha256, chosen.digest)
    partition = workspace.examination(slug, found[0].id, found[0].sha256, chosen.digest)
    what = f"{who.id} reads {candidate_id} in {slug}"
    with complaints.status(what) as status:
        view, judged = asyncio.run(
            judge_examination(
                chosen,
                found[0],
                who,
                partition / JOURNAL_FILE,
                folder,
                load_catalogue(),
                limit=limit,
                on_progress=lambda done: status.update(f"{what}: {done} questions"),
            )
        )
    write_view(view, _view_path(folder, found[0]))
    return view, {
        "calls_made": judged.calls_made,
        "calls_replayed": judged.calls_replayed,
        "spent_usd": judged.spent_usd,
        "error_kinds": dict(judged.error_kinds),
        "stopped": None if judged.stopped is None else judged.stopped.value,
    }


def declared_judge(settings: Settings) -> Judge:
    """The judge of `judge.yaml`.

    Raises:
        JudgeRefusedError: when none is declared.
        CandidateConfigError: when the file cannot be used.
    """
    from evaluators.judge.config import load_judge

    found = load_judge(settings.judge)
    if found is None:
        raise JudgeRefusedError(
            "No judge is declared, which is the default: copy judge.example.yaml to judge.yaml and "
            "name your own."
        )
    return found


def judge_views(settings: Settings, workspace: Workspace) -> list[dict[str, Any]]:
    """The views that the declared judge has of the present examinations, without their cases.

    Raises:
        JudgeRefusedError: when no judge is declared, or it has read nothing that is current.
        CandidateConfigError: when a file cannot be used.
    """
    from evaluators.candidates.config import load_candidates
    from evaluators.methodology import methodology_sha256
    from evaluators.scenario_sets import read_manifest
    from orchestration.statistics_commands import frozen_folders

    who = declared_judge(settings)
    candidates = load_candidates(settings.candidates)
    found = []
    for set_folder in frozen_folders(workspace, None):
        manifest = read_manifest(set_folder)
        folder = workspace.judge(manifest.category, who.sha256, manifest.digest)
        for candidate in candidates:
            path = _view_path(folder, candidate)
            if path.is_file():
                view = json.loads(path.read_bytes())
                if view["methodology_sha256"] == methodology_sha256():
                    found.append(_without_cases(view))
    if not found:
        raise JudgeRefusedError(
            f"Judge '{who.id}' has read nothing of the present examinations: run `medcred judge "
            "--candidate ... --category ...` (what was read before is not paid for again)."
        )
    return found


def show_views(out: Console, views: Sequence[Mapping[str, Any]]) -> None:
    """One line an examination: both means, and the agreement beside them."""
    table = bare_table(
        ("candidate", "left"),
        ("category", "left"),
        ("read", "right"),
        ("unread", "right"),
        ("scorer", "right"),
        ("judge", "right"),
        ("equal", "right"),
        ("alpha", "right"),
        ("95 %", "center"),
    )
    notes = []
    for view in views:
        name, category = view["candidate"], in_words(view["category"])
        found = view["aggregate"]
        if found is None:
            table.add_row(name, category, "-", *[""] * 6)
            notes.append(f"{name} in {category}: not every answer was read yet")
            continue
        agreed = found["agreement"]
        table.add_row(
            name,
            category,
            str(found["judged"]),
            str(found["unscored"]),
            _mean(found["scorer"]),
            _mean(found["judge"]),
            f"{agreed['equal'] / agreed['answers']:.3f}" if agreed["answers"] else "-",
            "-" if agreed["alpha"] is None else f"{agreed['alpha']:.3f}",
            range_cell(agreed["interval"], is_signed=True),
        )
        if agreed["reason"]:
            notes.append(f"{name} in {category}: {agreed['reason']}")
        if view["limit"] is not None and view["limit"] < view["scenarios"]:
            notes.append(f"{name} in {category}: {found['encounters']} of {view['scenarios']} read")
        if found["no_answer"]:
            notes.append(
                f"{name} in {category}: {found['no_answer']} encounters without a diagnosis"
            )
    out.print(table)
    for note in notes:
        out.print(f"[yellow]{note}[/]", highlight=False)
    judges = {(view["judge"]["id"], view["judge"]["model"]) for view in views}
    for judge_id, model in sorted(judges):
        say(out, f"Judge {judge_id} ({model}), prompt {views[0]['judge']['prompt']}.")
    say(out, _LEGEND)


def _show_cross_table(out: Console, view: Mapping[str, Any]) -> None:
    """Where the two differ: the scorer's levels down, the judge's across."""
    found = view["aggregate"]
    if found is None or not found["agreement"]["answers"]:
        return
    agreed = found["agreement"]
    table = bare_table(
        ("scorer \\ judge", "left"), *((level, "right") for level in agreed["levels"])
    )
    for level, row in zip(agreed["levels"], agreed["table"], strict=True):
        table.add_row(level, *map(str, row))
    out.print(table)


def _say_run(out: Console, run: Mapping[str, Any]) -> None:
    spent = "unknown" if run["spent_usd"] is None else f"{run['spent_usd']:.4f}"
    errors = ", ".join(f"{kind} {number}" for kind, number in run["error_kinds"].items())
    say(
        out,
        f"{run['calls_made']} calls made, {run['calls_replayed']} from the journal, US$ {spent} in "
        f"all; stopped by {run['stopped'] or 'nothing'}; errors: {errors or 'none'}.",
    )


def _mean(found: Mapping[str, Any]) -> str:
    return "-" if found["mean_credit"] is None else f"{found['mean_credit']:.3f}"


def _view_path(folder: Path, candidate: Candidate) -> Path:
    return folder / f"{candidate.id.replace('/', '--')}-{candidate.sha256[:12]}.json"


def _without_cases(view: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in view.items() if name != "cases"}
