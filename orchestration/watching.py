"""A candidate's client that shows the conversation while it is held.

Belongs here: printing what is asked and answered, as it happens. Does not belong here: asking
(`evaluators.candidates.client`, which does all of that).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console, RenderableType
from rich.rule import Rule
from rich.text import Text

from evaluators.candidates.client import Answer, Messages, ModelClient
from evaluators.candidates.config import Candidate
from evaluators.candidates.reference.briefing import Briefing
from evaluators.encounter import replies
from evaluators.encounter.protocol import Picture
from evaluators.transcript.messages import RepairView, read_answer, read_opening, shown_text
from evaluators.transcript.terminal import answer_view, opening_view


class Watched(ModelClient):
    """`ModelClient` with a window. For one conversation at a time.

    Args:
        candidate: Whom to ask.
        console: Where to show it.
        more: What `ModelClient` takes besides.
    """

    def __init__(self, candidate: Candidate, *, console: Console, **more: Any) -> None:
        super().__init__(candidate, **more)
        self._console = console
        self._shown = 0

    async def answer(
        self,
        messages: Messages,
        *,
        briefing: Briefing | None = None,
        pictures: Sequence[Picture] = (),
    ) -> Answer:
        """Like `ModelClient.answer`, shown."""
        for place, message in enumerate(messages[self._shown :], start=self._shown):
            if message["role"] == "user":
                self._print(_asked(message["content"], is_opening=place == 1))
        self._shown = len(messages)
        answered = await super().answer(messages, briefing=briefing, pictures=pictures)
        self._print(_said(answered.reply.text))
        return answered

    def _print(self, pieces: Iterator[RenderableType]) -> None:
        for piece in pieces:
            self._console.print(piece)


def _asked(content: str, *, is_opening: bool) -> Iterator[RenderableType]:
    if is_opening:
        yield opening_view(read_opening(content))
        return
    answer = read_answer(content)
    if isinstance(answer, RepairView):
        yield Text(answer.reason, style="yellow")
    else:
        yield from answer_view(answer)


def _said(text: str) -> Iterator[RenderableType]:
    yield Rule(style="dim")
    try:
        step = replies.parse_step(text)
    except replies.ReplyError as error:
        yield Text(f"A reply that cannot be read: {error}.", style="yellow")
        yield Text(shown_text(text[:2_000], keep_lines=True), style="dim")
        return
    for entry in step.differential:
        chance = "" if entry.probability is None else f" {entry.probability:.0%}"
        yield Text(f"thinks of  {entry.diagnosis}{chance}", style="dim")
    for action in step.actions:
        yield Text(f"does       {action}", style="bold")
    for order in step.orders:
        yield Text(f"orders     {order}", style="bold")
    if step.final is not None:
        yield Text(f"commits to {step.final.diagnosis or 'its findings'}", style="bold cyan")
        for line in step.final.plan:
            yield Text(f"  plan     {line}")
