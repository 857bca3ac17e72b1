"""`medcred encounter`: a person sits the examination, or one encounter is watched live.

Belongs here: the command, its options, whose turn it is, scoring what is done. Does not belong
here: the conversation (`evaluators.human`), the examination (`evaluators.examine`).

Both write the journal of the examination itself: what was answered is never asked or paid for
again, and `medcred run` goes on from it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from orchestration.settings import Settings
from orchestration.terminal import console, fail

if TYPE_CHECKING:
    from evaluators.examine import Progress
    from orchestration.examinations import Examination


HUMAN = "human"
NEXT = "next"


def encounter(
    candidate: Annotated[
        str, typer.Option(help="human, or a candidate to watch, for example bedside.")
    ],
    category: Annotated[str, typer.Option(help="For example: cardiology, infectious_disease.")],
    rater: Annotated[
        str | None,
        typer.Option(help="With human: the person's code, such as r07. Never a name."),
    ] = None,
    scenario: Annotated[str, typer.Option(help="A scenario's number or id, or: next.")] = NEXT,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="Encounters in a row; a person goes on until `quit` otherwise."),
    ] = None,
    has_access: Annotated[
        bool,
        typer.Option(
            "--has-access",
            help="With human: I have signed the agreement of these releases and done its training.",
        ),
    ] = False,
) -> None:
    """Sit the examination yourself (--candidate human), or watch a candidate live. Private."""
    from evaluators.candidates.config import CandidateConfigError
    from evaluators.candidates.egress import EgressRefused
    from evaluators.candidates.errors import ModelChanged, PicturesRefused
    from evaluators.encounter.session import EncounterOverError
    from evaluators.human.rater import RaterRefused
    from evaluators.journal import JournalError
    from evaluators.scenario_sets import ScenarioSetError
    from evaluators.scoring.score import ScoreError
    from orchestration.examinations import NotFoundError, examination
    from orchestration.workspace import NoActiveSourceError
    from sources.releases import SourceError

    provider, _, code = candidate.partition("/")
    is_person = provider == HUMAN
    codes = [given for given in (rater, code if is_person else None) if given]
    if len(codes) != is_person:
        raise fail("A person needs a code: --candidate human --rater r07. Others take no --rater.")
    name = f"{HUMAN}/{codes[0]}" if is_person else candidate
    try:
        examined = examination(Settings(), category, name)
        todo = _todo(examined, scenario, limit if limit or is_person else 1)
        if is_person:
            _sit(examined, todo, has_access=has_access)
        else:
            _watch(examined, todo)
    except EncounterOverError:
        raise fail(
            "The journal was written under another methodology: move its folder away to begin anew."
        ) from None
    except (
        CandidateConfigError,
        EgressRefused,
        JournalError,
        ModelChanged,
        NoActiveSourceError,
        NotFoundError,
        PicturesRefused,
        RaterRefused,
        ScenarioSetError,
        ScoreError,
        SourceError,
    ) as error:
        raise fail(error) from None


def _todo(examined: Examination, asked: str, limit: int | None) -> list[str]:
    """Whom to meet: the scenario asked for; or those under way first, then the others by id."""
    from orchestration.examinations import NotFoundError, the_scenario

    scenarios = sorted(examined.scenario_set.scenarios)
    if asked != NEXT:
        return [the_scenario(scenarios, asked)]
    done, begun = _done(examined), examined.replies()
    left = [one for one in scenarios if one not in done]
    if not left:
        raise NotFoundError(
            "Every scenario of this set is done: `medcred transcript --list` shows the encounters."
        )
    return sorted(left, key=lambda one: (one not in begun, one))[:limit]


def _done(examined: Examination) -> set[str]:
    from evaluators.catalogue import load_catalogue
    from evaluators.examine import replay_encounters

    records = replay_encounters(examined.scenario_set, examined.replies(), load_catalogue())
    return {record.scenario_id for record in records}


# --- a person


def _sit(examined: Examination, todo: Sequence[str], *, has_access: bool) -> None:
    from evaluators.catalogue import load_catalogue
    from evaluators.examine import examine
    from evaluators.human.desk import Desk, EncounterLeft
    from orchestration.examinations import NotFoundError

    done = _done(examined)
    if len(todo) == 1 and todo[0] in done:
        raise NotFoundError(
            "This patient was met already, and nobody is met twice: take another scenario, or next."
        )
    desk = partial(
        Desk,
        console=console,
        read_line=_read_line,
        folder=examined.folder / "pictures",
        may_read_credentialed=has_access,
    )
    total = len(examined.scenario_set.scenarios)
    place = f"{examined.candidate.id} in {examined.category.replace('_', ' ')}"
    console.print(
        Text(
            f"{place}: {len(done)} of {total} patients met. `help` lists what can be said, `quit` "
            "leaves at any time.",
            style="cyan",
        )
    )
    has_left = False
    try:
        asyncio.run(
            examine(
                examined.scenario_set,
                examined.category,
                examined.candidate,
                examined.folder,
                load_catalogue(),
                only=todo,
                concurrency=1,
                on_progress=_tell_over,
                open_client=desk,
            )
        )
    except (EncounterLeft, KeyboardInterrupt):
        has_left = True
    _declare(examined, has_access=has_access)
    _score(examined)
    if has_left:
        console.print("Left. Start again in the same way to go on at this turn.")
    _tell_standing(examined, total)


def _read_line(prompt: str) -> str:
    """One line from the terminal, or from whatever stands in its place."""
    if sys.stdin.isatty():
        import readline  # noqa: F401  # gives `input` history and editing
    return input(prompt)


def _tell_over(progress: Progress) -> None:
    console.print(
        Text("This encounter is over; nothing is said of right or wrong until all are done.",
             style="cyan")
    )  # fmt: skip


def _tell_standing(examined: Examination, total: int) -> None:
    done = len(_done(examined))
    console.print(
        f"{done} of {total} patients met. `medcred standings` shows the baseline beside the "
        f"candidates; `medcred transcript --list --candidate {examined.candidate.id}` lists the "
        "encounters (reading them before the end spoils the baseline).",
        highlight=False,
        soft_wrap=True,
    )


def _declare(examined: Examination, *, has_access: bool) -> None:
    """Write down that the person declared access, beside the journal, once."""
    from evaluators.candidates.egress import Tier
    from evaluators.transcript.files import write_private

    place = examined.folder / "access.json"
    is_open = Tier(examined.scenario_set.manifest.tier) is Tier.OPEN
    if is_open or not has_access or place.exists():
        return
    declared = {
        "candidate": examined.candidate.id,
        "releases": list(examined.scenario_set.manifest.releases),
        "declared": "agreement signed and training done",
        "on": datetime.now(UTC).date().isoformat(),
    }
    write_private(place, json.dumps(declared, indent=2, sort_keys=True).encode() + b"\n")


def _score(examined: Examination) -> None:
    """Score what the journal holds, and write it beside the journal."""
    from evaluators.catalogue import load_catalogue
    from evaluators.scoring.score import score_examination, write_scores
    from evaluators.scoring.unmatched import UNMATCHED_FILE
    from orchestration.workspace import SCORES_FILE

    scores = score_examination(
        examined.scenario_set,
        examined.category,
        examined.candidate.id,
        examined.candidate.sha256,
        examined.journal,
        load_catalogue(),
        unmatched_path=examined.folder / UNMATCHED_FILE,
    )
    write_scores(scores, examined.folder / SCORES_FILE)


# --- a candidate, watched


def _watch(examined: Examination, todo: Sequence[str]) -> None:
    from evaluators.catalogue import load_catalogue
    from evaluators.examine import examine
    from evaluators.transcript.terminal import result_view
    from orchestration.transcript_commands import page_of, show
    from orchestration.watching import Watched

    for scenario_id in todo:
        done = asyncio.run(
            examine(
                examined.scenario_set,
                examined.category,
                examined.candidate,
                examined.folder,
                load_catalogue(),
                only=[scenario_id],
                concurrency=1,
                open_client=partial(Watched, console=console),
            )
        )
        if not done.encounters:
            kinds = ", ".join(done.error_kinds) or "none"
            raise fail(
                f"The encounter has no end yet (stopped by: {done.stopped or 'no stop'}; errors: "
                f"{kinds}): run the command again, what was answered is not asked again."
            )
        page = page_of(examined, scenario_id)
        if not done.calls_made:  # all of it stood in the journal: nothing was shown live
            show(page)
            continue
        for piece in result_view(page):
            console.print(piece)
