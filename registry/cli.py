"""Commands for readers of a publication: `medcred registry ...`, or `python -m registry ...`.

Belongs here: reading arguments and printing. Does not belong here: checks (`verify`), and
commands that need anything private (`orchestration.cli`).
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from registry.policy import policy_from_document
from registry.statements import status_words
from registry.verify import POLICY, Report, examine

app = typer.Typer(
    name="registry",
    help="Verify and read a publication, offline.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Folder = Annotated[Path, typer.Argument(help="Folder of the publication.", show_default=False)]
Digest = Annotated[
    str | None,
    typer.Option("--index-sha256", help="SHA-256 of index.json that you have from elsewhere."),
]
Day = Annotated[
    str | None,
    typer.Option("--on", help="Day (YYYY-MM-DD) on which it must be valid. Default: today."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


@app.command("verify")
def verify_command(
    folder: Folder, index_sha256: Digest = None, on: Day = None, as_json: AsJson = False
) -> None:
    """Check every file, digest, schema and statement; exit code 0 only if all is sound.

    Each kind of problem has its own exit code: docs/registry.md lists them.
    """
    report = examine(folder, index_sha256=index_sha256, on=_day(on))
    if as_json:
        record = {
            "is_sound": report.is_sound,
            "files": report.files,
            "statements": len(report.statements),
            "index_sha256": report.index_sha256,
            "problems": [
                {
                    "kind": type(problem).__name__,
                    "path": problem.path,
                    "exit_code": problem.exit_code,
                }
                for problem in report.problems
            ],
        }
        typer.echo(json.dumps(record, indent=2, sort_keys=True))
    elif report.is_sound:
        typer.echo(
            f"sound: {report.files} files, {len(report.statements)} statements\n"
            f"SHA-256 of index.json: {report.index_sha256}\n"
            "Not signed in this version: compare this digest with one that you got elsewhere."
        )
    _stop_if_unsound(report, quiet=as_json)


@app.command("show")
def show_command(
    folder: Folder,
    category: Annotated[str | None, typer.Option(help="Only this category.")] = None,
    on: Day = None,
    as_json: AsJson = False,
) -> None:
    """List who stands where; first verifies, and shows nothing of an unsound publication."""
    report = examine(folder, on=_day(on))
    _stop_if_unsound(report, quiet=False)
    policy = policy_from_document(json.loads((folder / POLICY).read_bytes()))
    lines: list[dict[str, Any]] = []
    for statement in report.statements:
        if category is not None and statement.category != category:
            continue
        stated = statement.predicate
        lines.append(
            {
                "category": statement.category,
                "candidate": statement.candidate,
                "candidate_sha256": statement.candidate_sha256,
                "statement_sha256": statement.sha256,
                "standing": status_words(stated, policy),
                "reference": stated["reference"],
                "demonstration": stated["demonstration"],
                "expires_on": stated["expires_on"],
            }
        )
    if category is not None and not lines:
        raise typer.BadParameter("the publication has no such category", param_hint="--category")
    if as_json:
        typer.echo(json.dumps(lines, indent=2, sort_keys=True))
        return
    for line in lines:
        marks = [mark for mark in ("reference", "demonstration") if line[mark]]
        typer.echo(
            f"{line['category']:<20} {line['candidate']:<40} {line['standing']}"
            + (f" ({', '.join(marks)})" if marks else "")
        )


def _stop_if_unsound(report: Report, *, quiet: bool) -> None:
    if report.is_sound:
        return
    if not quiet:
        for problem in report.problems:
            typer.echo(f"{type(problem).__name__}: {problem}", err=True)
    raise typer.Exit(report.problems[0].exit_code)


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("give a day as YYYY-MM-DD", param_hint="--on") from None
