"""An encounter in the terminal.

Belongs here: how a page, an opening, reports and points look with rich. Does not belong here: what
they say (`page`, `points`, `messages`).

Texts of patients and candidates are put into `Text`, never into markup, and come cleaned from
`messages`: they can neither colour nor command a terminal.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from evaluators.transcript.html import BANNER, MARKS, hours, is_flagged, money
from evaluators.transcript.messages import OpeningView, OrderView, TurnView
from evaluators.transcript.page import ActionShown, FlagShown, OrderShown, Page, Turn
from evaluators.transcript.points import Section

_COLOURS = {"gain": "green", "loss": "yellow", "neutral": "dim", "danger": "bold red"}
_WORTH = {"essential": "green", "useful": "green", "low-value": "yellow"}
_READING = {"expected": "green", "unneeded": "yellow"}


def page_view(page: Page) -> Iterator[RenderableType]:
    """The whole page, piece by piece from top to bottom."""
    yield Text(BANNER, style="bold red")
    yield opening_view(page.opening)
    for turn in page.turns:
        yield from turn_view(turn)
    yield from result_view(page)


def result_view(page: Page) -> Iterator[RenderableType]:
    """What the encounter came to: truth, end, and points axis by axis."""
    yield Rule(Text("what it came to"), style="dim")
    head = Text()
    head.append(f"{page.truth} ")
    head.append(page.condition, style="bold")
    head.append(f". Encounter: {page.end}; cost {money(page.cost_usd)}.")
    yield head
    for section in page.sections:
        yield _section(section)


def opening_view(opening: OpeningView) -> RenderableType:
    """Who has come."""
    title = opening.who + (f": {opening.complaint}" if opening.complaint else "")
    parts: list[RenderableType] = []
    if opening.vitals:
        parts.append(Text(" · ".join(opening.vitals), style="bold"))
    for heading, text in (*opening.texts, *((f"Film, {name}", t) for name, t in opening.film)):
        parts.append(_under(heading, text))
    if opening.image:
        parts.append(Text(f"There is a picture: {opening.image}.", style="cyan"))
    if opening.task:
        parts.append(_under("Asked besides diagnosis and plan", opening.task))
    clock = f"clock {hours(opening.clock_hours)}, {opening.turns_left} turns"
    subtitle = Text(f"{opening.category}, {clock}")
    return Panel(Group(*parts), title=Text(title, style="bold"), subtitle=subtitle)


def answer_view(answer: TurnView) -> Iterator[RenderableType]:
    """What came back in one turn, as the candidate sees it."""
    for order in answer.orders:
        yield from _order_answer(order)
    yield from _delivered(answer.delivered, answer.pending)
    if answer.actions_noted:
        plural = "" if answer.actions_noted == 1 else "s"
        yield Text(f"{answer.actions_noted} action{plural} noted.", style="dim")
    for notice in answer.notices:
        yield Text(notice, style="yellow")
    left = f"{answer.turns_left} turn{'' if answer.turns_left == 1 else 's'} left"
    yield Text(f"Clock: {hours(answer.clock_hours)}. {left}.", style="cyan")


def turn_view(turn: Turn) -> Iterator[RenderableType]:
    """One turn of a page."""
    clock = hours(turn.clock_before)
    if turn.clock_after != turn.clock_before:
        clock += f" to {hours(turn.clock_after)}"
    yield Rule(Text(f"turn {turn.number}, clock {clock}"), style="dim")
    for flag in turn.flags:
        yield _flag(flag)
    for said in turn.said:
        if said.error:
            yield Text(f"A reply could not be read: {said.error}.", style="yellow")
    step = turn.step
    if step is not None and step.differential:
        thinks = Text("Thinks of: ", style="dim")
        for place, entry in enumerate(step.differential):
            chance = "" if entry.probability is None else f" {entry.probability:.0%}"
            thinks.append(f"{'; ' if place else ''}{entry.diagnosis}{chance}", style="default")
        yield thinks
    for action in turn.actions:
        if not action.from_plan:
            yield _action("Does: ", action)
    for order in turn.orders:
        yield from _order(order)
    yield from _delivered(turn.delivered, turn.pending)
    for notice in turn.notices:
        yield Text(f"Told: {notice}", style="dim")
    if step is not None and step.final is not None:
        yield Text(f"Final answer: {step.final.diagnosis or 'findings'}", style="bold cyan")
        for finding in step.final.findings:
            yield Text(f"  {finding.finding}: {finding.certainty}")
        for action in turn.actions:
            if action.from_plan:
                yield _action("  Plan: ", action)


def _order(order: OrderShown) -> Iterator[RenderableType]:
    line = Text("Orders: ", style="dim")
    line.append(order.wording, style="bold not dim")
    if order.taken_for and order.taken_for != order.wording:
        line.append(f" -> {order.taken_for}", style="not dim")
    if order.worth:
        line.append(f"  [{order.worth}]", style=_WORTH.get(order.worth, "dim"))
    if order.outcome != "resulted":
        line.append(f"  {order.outcome_words}", style="yellow")
    yield line
    if order.choices:
        yield Text("  choices: " + "; ".join(order.choices), style="dim")
    yield from _report(order.report)


def _order_answer(order: OrderView) -> Iterator[RenderableType]:
    line = Text(order.order, style="bold")
    if order.status != "resulted":
        line.append(f": {order.status}", style="yellow")
    yield line
    if order.choices:
        yield Text("  did you mean: " + "; ".join(order.choices), style="cyan")
    yield from _report(order.report)


def _report(report: str) -> Iterator[RenderableType]:
    if report:
        yield Padding(report_text(report), (0, 0, 0, 2))


def _delivered(report: str, pending: tuple[str, ...]) -> Iterator[RenderableType]:
    if report:
        yield Text("Came in from earlier orders:", style="bold")
        yield from _report(report)
    if pending:
        yield Text(f"Still on its way: {'; '.join(pending)}.", style="dim")


def report_text(report: str) -> Text:
    """A report as it was told, what is out of range in red."""
    text = Text()
    for line in report.splitlines():
        style = "bold red" if is_flagged(line) else "dim" if line.startswith("[") else ""
        text.append(f"{line}\n", style=style)
    text.rstrip()
    return text


def _action(head: str, action: ActionShown) -> Text:
    line = Text(head, style="dim")
    line.append(action.wording, style="bold not dim")
    taken = ", ".join(action.taken_for) or "no action of the catalogue"
    line.append(f" -> {taken}", style="dim")
    if action.reading:
        line.append(f"  [{action.reading}]", style=_READING.get(action.reading, "dim"))
    return line


def _flag(flag: FlagShown) -> Text:
    is_failure = flag.severity == "never"
    head = "SAFETY FAILURE" if is_failure else f"Safety, {flag.severity}"
    text = f"{head}: {flag.words}" + (f" ({flag.wording})" if flag.wording else "")
    return Text(text, style="bold red" if is_failure else "yellow")


def _section(section: Section) -> RenderableType:
    head = Text()
    head.append(section.title, style="bold")
    head.append(f"  {section.figure}", style="cyan")
    parts: list[RenderableType] = [Text(), head, Text(section.note, style="dim")]
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
    table.add_column(width=1)
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    for line in section.lines:
        text = Text(line.text, style="bold red" if line.mark == "danger" else "")
        if line.why:
            text.append(f"  {line.why}", style="dim not bold")
        colour = _COLOURS[line.mark]
        table.add_row(Text(MARKS[line.mark], style=colour), text, Text(line.figure, style=colour))
    if section.lines:
        parts.append(table)
    return Group(*parts)


def _under(heading: str, text: str) -> RenderableType:
    return Group(Text(heading, style="dim"), Padding(Text(text), (0, 0, 0, 2)))
