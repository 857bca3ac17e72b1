"""`medcred transcript`: any encounter of the last run as a page that a person can read.

Belongs here: the command, its options, finding the encounter. Does not belong here: what is on the
page (`evaluators.transcript`), which never leaves the enclave.
"""

from __future__ import annotations

import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from orchestration.settings import Settings
from orchestration.terminal import console, fail

if TYPE_CHECKING:
    from evaluators.transcript.page import Page
    from orchestration.examinations import Examination


def transcript(
    encounter: Annotated[
        str | None,
        typer.Argument(
            help="CATEGORY:CANDIDATE:SCENARIO as --list prints it; or, with --candidate and "
            "--category, a scenario alone: its number, its id, or the beginning of its id."
        ),
    ] = None,
    candidate: Annotated[
        str | None, typer.Option(help="For example: bedside, local/my-model, human/r07.")
    ] = None,
    category: Annotated[str | None, typer.Option(help="For example: cardiology.")] = None,
    repeat: Annotated[
        int, typer.Option(min=1, help="Which of repeated examinations (MEDCRED_REPEATS).")
    ] = 1,
    is_list: Annotated[
        bool, typer.Option("--list", help="List the encounters of the last run.")
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(help="Write one HTML file within the enclave; a bare name lies with others."),
    ] = None,
    is_opened: Annotated[
        bool, typer.Option("--open", help="Write the HTML file and open it in the browser.")
    ] = False,
) -> None:
    """Show any encounter turn by turn, with points gained and lost and why. Private."""
    from evaluators.candidates.config import CandidateConfigError
    from evaluators.encounter.session import EncounterOverError
    from evaluators.human.rater import RaterRefused
    from evaluators.journal import JournalError
    from evaluators.scenario_sets import ScenarioSetError
    from evaluators.scoring.score import ScoreError
    from evaluators.transcript.files import PlaceRefused
    from orchestration.examinations import NotFoundError
    from orchestration.workspace import NoActiveSourceError
    from sources.releases import SourceError

    settings = Settings()
    if is_list == (encounter is not None):
        raise fail("Name an encounter, or ask for --list.")
    try:
        if is_list:
            _list(settings, candidate, category, repeat)
            return
        examined, scenario_id = _found(settings, encounter or "", candidate, category, repeat)
        page = page_of(examined, scenario_id)
        if html is None and not is_opened:
            show(page)
            return
        of = "" if repeat == 1 else f"-repeat-{repeat}"
        name = html or Path(f"{examined.encounter_id(scenario_id).replace('/', '--')}{of}.html")
        place = write_html(examined, page, name)
    except EncounterOverError:
        raise fail(
            "The journal was written under another methodology: run `medcred run` again."
        ) from None
    except (
        CandidateConfigError,
        JournalError,
        NoActiveSourceError,
        NotFoundError,
        PlaceRefused,
        RaterRefused,
        ScenarioSetError,
        ScoreError,
        SourceError,
    ) as error:
        raise fail(error) from None
    console.print(str(place), soft_wrap=True, highlight=False, markup=False)
    if is_opened and not webbrowser.open(place.as_uri()):
        raise fail("No browser could be started: open the file yourself.")


def show(page: Page) -> None:
    """Print a page in the terminal."""
    from evaluators.transcript.terminal import page_view

    for piece in page_view(page):
        console.print(piece)


def page_of(examined: Examination, scenario_id: str) -> Page:
    """The page of one encounter.

    Raises:
        NotFoundError: when the journal has nothing of it.
    """
    from evaluators.catalogue import load_catalogue
    from evaluators.transcript.page import make_page
    from orchestration.examinations import NotFoundError

    given = examined.replies().get(scenario_id)
    if not given:
        raise NotFoundError(
            "That candidate has no journal of this encounter: `medcred transcript --list` says "
            "which there are."
        )
    return make_page(
        examined.scenario_set,
        scenario_id,
        given,
        examined.candidate.id,
        load_catalogue(),
        shows_pictures=examined.candidate.reads_pictures,
    )


def write_html(examined: Examination, page: Page, name: Path) -> Path:
    """Write a page as HTML within the enclave; returns where it lies.

    Raises:
        PlaceRefused: when it would lie outside.
    """
    from evaluators.transcript.files import private_path, write_private
    from evaluators.transcript.html import page_html

    workspace = examined.workspace
    place = private_path(name, workspace.folder / "transcripts", workspace.home)
    write_private(place, page_html(page, examined.scenario_set).encode())
    return place


def _found(
    settings: Settings,
    encounter: str,
    candidate: str | None,
    category: str | None,
    repeat: int,
) -> tuple[Examination, str]:
    from orchestration.examinations import NotFoundError, examination, the_scenario

    parts = encounter.split(":")
    if len(parts) == 3:
        category, candidate, encounter = parts
    elif len(parts) != 1:
        raise NotFoundError("An encounter is named CATEGORY:CANDIDATE:SCENARIO.")
    if candidate is None or category is None:
        raise NotFoundError(
            "A scenario alone is not enough: say CATEGORY:CANDIDATE:SCENARIO, or add --candidate "
            "and --category."
        )
    examined = examination(settings, category, candidate, repeat)
    return examined, the_scenario(sorted(examined.scenario_set.scenarios), encounter)


def _list(settings: Settings, candidate: str | None, category: str | None, repeat: int) -> None:
    from orchestration.examinations import NotFoundError

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("#", justify="right")
    table.add_column("encounter", no_wrap=True)
    table.add_column("end", overflow="fold")
    for name in ("points", "turns", "orders"):
        table.add_column(name, justify="right")
    table.add_column("safety")
    count = 0
    for examined in _examinations(settings, candidate, category, repeat):
        scored = {case["scenario_id"]: case for case in (examined.scores() or {}).get("cases", ())}
        numbers = {
            one: place for place, one in enumerate(sorted(examined.scenario_set.scenarios), 1)
        }
        for scenario_id in examined.replies():
            count += 1
            table.add_row(
                str(numbers.get(scenario_id, "")),
                examined.encounter_id(scenario_id),
                *_row(scored.get(scenario_id)),
            )
    if not count:
        raise NotFoundError("There is no encounter: run `medcred run`, or name another candidate.")
    wide = Console(width=max(console.width, 140)) if not console.is_terminal else console
    wide.print(table)


def _row(case: dict[str, Any] | None) -> tuple[str, ...]:
    if case is None:
        return ("not over, or not scored", "", "", "", "")
    severities = [flag["severity"] for flag in case["safety_flags"]]
    counts = ((severities.count(name), name) for name in ("never", "major", "caution"))
    flags = ", ".join(f"{count} {name}" for count, name in counts if count)
    credit = f"{case['credit']:.2f}"
    return (case["end"], credit, str(case["turns"]), str(case["orders"]), flags)


def _examinations(
    settings: Settings, candidate: str | None, category: str | None, repeat: int
) -> Iterator[Examination]:
    """Examinations with a journal that fit, by category and candidate."""
    from evaluators.candidates.config import load_candidates
    from orchestration.examinations import active_workspace, categories, examination, people

    if candidate is not None and category is not None:
        yield examination(settings, category, candidate, repeat)
        return
    workspace = active_workspace(settings)
    named = None if candidate is None else [candidate]
    for one in [category] if category is not None else categories(workspace):
        ids = named or [c.id for c in load_candidates(settings.candidates)]
        if named is None:
            ids += [person.id for person in people(workspace, one)]
        for name in ids:
            found: Examination = examination(settings, one, name, repeat)
            if found.journal.is_file():
                yield found
