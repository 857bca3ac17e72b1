"""The conversation with a person at a terminal, in the place of a model's endpoint.

Belongs here: showing what the encounter says, reading lines until a step is sent, leaving. Does not
belong here: what a line means (`draft`), the encounter and its journal (`evaluators.examine`).

The person sees what a model sees and nothing else: no preview of what an order will resolve to, no
word on right or wrong. Every step goes through the same parser; one that could not be read is never
sent. Leaving at any turn is safe: what was sent is journalled, the draft alone is lost.
"""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evaluators.candidates.client import Answer, Messages, ModelClient
from evaluators.candidates.config import Candidate
from evaluators.candidates.egress import EgressRefused, Tier
from evaluators.candidates.reference.briefing import Briefing
from evaluators.encounter import replies
from evaluators.encounter.limits import Limits
from evaluators.encounter.protocol import Picture, Reply
from evaluators.encounter.tasks import kind_of
from evaluators.human.draft import ABBREVIATED, COMMANDS, HINTS, Draft, LineRefused, commands_of
from evaluators.transcript.files import write_private
from evaluators.transcript.messages import (
    Evidence,
    OpeningView,
    RepairView,
    TurnView,
    read_answer,
    read_opening,
)
from evaluators.transcript.terminal import (
    answer_view,
    opening_view,
    report_text,
)

ReadLine = Callable[[str], str]
"""Gives the next line for a prompt; raises EOFError when there is none."""

_OTHERS: Final = {
    "send": "send the step: orders are carried out and the clock moves",
    "wait": "send a step without orders or actions",
    "undo": "take the last line back",
    "draft": "what would be sent",
    "show": "all results so far; show sodium: those whose name has it",
    "case": "the presentation again",
    "film": "film 1 writes picture 1 into the private folder and says where",
    "help": "this list",
    "quit": "leave; the next start goes on at this turn",
}
_SAID_BY: Final = {
    "intensive_care": "`diagnose ...`, then `support vasopressor yes; ventilation no; dialysis no`",
    "radiology": "`finding pleural effusion; edema uncertain`, then `send`; `film 1` for a picture",
    "emergency": "`diagnose ...`, then `acuity 2` and `disposition admitted`",
}
"""By kind of scenario: the lines that say what its task asks for in words of JSON."""


class EncounterLeft(Exception):
    """The person has left; what was sent stays in the journal."""


class Desk(ModelClient):
    """Asks a person instead of an endpoint. One conversation at a time.

    Args:
        candidate: From `human_candidate`.
        tier: Of the data that will be shown.
        console: Where to show it.
        read_line: Where lines come from.
        folder: The private folder for pictures.
        may_read_credentialed: The person declares to be credentialed for the releases shown.

    Raises:
        EgressRefused: for credentialed data without that declaration.
    """

    def __init__(
        self,
        candidate: Candidate,
        *,
        tier: Tier | str,
        console: Console,
        read_line: ReadLine,
        folder: Path,
        may_read_credentialed: bool = False,
    ) -> None:
        if Tier(tier) is not Tier.OPEN and not may_read_credentialed:
            raise EgressRefused(
                "These are patients of a credentialed release: a person may see them only with "
                "access of their own (agreement signed, training done); say so with --has-access."
            )
        # The rule for endpoints does not apply: what is shown stays on this screen.
        super().__init__(candidate, tier=Tier.OPEN)
        self._console = console
        self._read_line = read_line
        self._folder = folder
        self._shown: list[dict[str, str]] = []
        self._opening: OpeningView | None = None
        self._evidence = Evidence()
        self._turns_left = 0
        self._used_seconds = 0.0
        self._asked_at = 0.0

    async def __aenter__(self) -> Self:
        """Nothing to open: nobody is called."""
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Nothing to close."""

    async def answer(
        self,
        messages: Messages,
        *,
        briefing: Briefing | None = None,
        pictures: Sequence[Picture] = (),
    ) -> Answer:
        """Show what is new and read lines until a step is sent.

        Raises:
            EncounterLeft: at the end of the lines, at Ctrl-C, or when the person quits.
        """
        if briefing is not None:
            raise ValueError("a person is never briefed: only reference candidates are")
        self._show_new([dict(message) for message in messages])
        self._asked_at = time.monotonic()
        with _interruptible():
            text = self._step(pictures)
        seconds = time.monotonic() - self._asked_at
        self._used_seconds += seconds
        reply = Reply(text=text, finish_reason="stop", model=self.candidate.model, cost_usd=0.0)
        return Answer(reply, 1, seconds)

    # --- showing

    def _show_new(self, messages: list[dict[str, str]]) -> None:
        goes_on = bool(self._shown) and messages[: len(self._shown)] == self._shown
        new = messages[len(self._shown) :] if goes_on else messages
        if not goes_on:
            self._opening, self._evidence, self._used_seconds = None, Evidence(), 0.0
        for message in new:
            if message["role"] == "user":
                self._show(message["content"])
        self._shown = messages

    def _show(self, content: str) -> None:
        if self._opening is None:
            self._opening = read_opening(content)
            self._turns_left = self._opening.turns_left
            self._show_opening(self._opening)
            return
        answer = read_answer(content)
        if isinstance(answer, RepairView):
            self._say(answer.reason)
            return
        self._turns_left = answer.turns_left
        self._evidence.add(answer)
        self._print_answer(answer)

    def _show_opening(self, opening: OpeningView) -> None:
        self._console.print(opening_view(opening))
        lines = _SAID_BY.get(kind_of(opening.task))
        if lines is not None:
            self._console.print(Text(f"Here this is said by: {lines}", style="cyan"))

    def _print_answer(self, answer: TurnView) -> None:
        for piece in answer_view(answer):
            self._console.print(piece)

    def _say(self, text: str) -> None:
        self._console.print(Text(text, style="yellow"))

    # --- reading

    def _step(self, pictures: Sequence[Picture]) -> str:
        draft = Draft()
        for command, words in self._commands():
            if command in COMMANDS:
                self._change(draft, command, words)
            elif command in ("send", "wait"):
                text = self._sendable(draft, is_wait=command == "wait")
                if text is not None:
                    return text
            elif command == "quit":
                raise EncounterLeft
            elif command:
                self._other(command, words, draft, pictures)
        raise EncounterLeft  # there are no more lines

    def _commands(self) -> Iterator[tuple[str, str]]:
        while True:
            try:
                line = self._read_line(self._prompt())
            except (EOFError, KeyboardInterrupt):
                return
            yield from commands_of(line)

    def _prompt(self) -> str:
        """Turns and minutes that are left; the examination ends an encounter when either is up."""
        used = self._used_seconds + time.monotonic() - self._asked_at
        minutes = max(0, math.ceil((Limits().wall_seconds - used) / 60))
        plural = "" if self._turns_left == 1 else "s"
        return f"{self._turns_left} turn{plural}, {minutes} min left> "

    def _change(self, draft: Draft, command: str, words: str) -> None:
        try:
            draft.take(command, words)
        except LineRefused as error:
            self._say(str(error))
            return
        self._show_draft(draft)

    def _sendable(self, draft: Draft, *, is_wait: bool) -> str | None:
        """The step as JSON, or None when it is not sent."""
        if is_wait and not draft.is_empty:
            self._say("There is a draft: `send` it, or `undo` it first.")
            return None
        if not is_wait and draft.is_empty:
            self._say("There is nothing to send: `wait` passes a turn without an order.")
            return None
        if self._turns_left == 1 and not (is_wait or draft.commits):
            self._say(
                "This is the last turn: only a final answer counts now (`diagnose`). `wait` ends "
                "the encounter without one."
            )
            return None
        text = draft.as_json()
        try:
            replies.parse_step(text)
        except replies.ReplyError as error:
            self._say(f"This could not be read as a step ({error}): change it and send again.")
            return None
        return text

    def _other(self, command: str, words: str, draft: Draft, pictures: Sequence[Picture]) -> None:
        if command == "undo":
            if draft.undo():
                self._show_draft(draft)
            else:
                self._say("There is nothing to take back: what was sent was sent.")
        elif command == "draft":
            self._show_draft(draft)
        elif command == "show":
            self._show_evidence(words)
        elif command == "case":
            if self._opening is not None:
                self._show_opening(self._opening)
        elif command == "film":
            self._write_picture(words, pictures)
        elif command == "help":
            self._console.print(help_table())
        else:
            self._say("That is no command. An order is `order ...`; `help` lists all.")

    def _show_draft(self, draft: Draft) -> None:
        if draft.is_empty:
            self._console.print(Text("draft: empty", style="dim"))
        for line in draft.lines():
            self._console.print(Text(f"draft  {line}", style="dim"))
        if draft.commits:
            self._console.print(
                Text("`send` commits to this and ends the encounter; orders are not carried out.",
                     style="cyan")
            )  # fmt: skip

    def _show_evidence(self, words: str) -> None:
        wanted = words.strip()
        reports = self._evidence.reports_with(wanted)
        for report in reports:
            self._console.print(report_text(report))
        if not reports:
            self._say("No result has that name." if wanted else "There is no result yet.")

    def _write_picture(self, words: str, pictures: Sequence[Picture]) -> None:
        asked = words.strip().lower().removeprefix("image").strip() or "1"
        known = {picture.handle.removeprefix("image").strip(): picture for picture in pictures}
        picture = known.get(asked)
        if picture is None:
            there = ", ".join(sorted(known)) or "none"
            self._say(f"There is no such picture; those shown so far: {there}.")
            return
        kind = "png" if picture.content.startswith(b"\x89PNG") else "jpg"
        place = self._folder / f"{picture.sha256[:12]}.{kind}"
        write_private(place, picture.content)
        self._console.print(Text(f"{picture.handle}: {place}"), soft_wrap=True)


def help_table() -> Table:
    """All commands, each with its short form and an example or a meaning."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(style="cyan", no_wrap=True)
    table.add_column()
    short: dict[str, str] = {}
    for name, command in ABBREVIATED.items():
        if len(name) < len(short.get(command, command)):
            short[command] = name
    for command, example in HINTS.items():
        table.add_row(command, short.get(command, ""), Text(example))
    for command, meaning in _OTHERS.items():
        table.add_row(command, short.get(command, ""), Text(meaning, style="dim"))
    return table


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end a read at once: asyncio's own handler would wait for the line to end."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
