"""Messages of an encounter read back into plain views, every text cleaned for a screen.

Belongs here: JSON of a message to what a person is shown of it. Does not belong here: how it looks
(`terminal`, `html`), writing messages (`evaluators.encounter`).

The views ask for little: fields that a later protocol adds are left out. Cleaning takes away
escapes, control, bidirectional and zero-width characters, since notes and candidates may hold any.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from evaluators.encounter._wording import clean_text

_VITALS: Final = (
    ("temperature_c", "temperature", "C"),
    ("heart_rate_bpm", "heart rate", "/min"),
    ("resp_rate_per_min", "breathing", "/min"),
    ("spo2_pct", "oxygen saturation", "%"),
)
_TEXTS: Final = (
    ("history", "History of present illness"),
    ("past_history", "Past history"),
    ("past_diagnoses", "Coded in earlier stays"),
    ("home_drugs", "Drugs at home"),
    ("allergies", "Allergies"),
    ("social_history", "Social history"),
    ("family_history", "Family history"),
)


@dataclass(frozen=True, slots=True)
class OpeningView:
    """Who has come."""

    category: str
    who: str
    """Age, sex, how the patient came."""
    complaint: str
    vitals: tuple[str, ...]
    """At arrival, each with its unit."""
    texts: tuple[tuple[str, str], ...]
    """Headings with their texts; lines are kept."""
    task: str
    """What is asked besides diagnosis and plan; empty when nothing is."""
    film: tuple[tuple[str, str], ...]
    """What is shown of a film that is asked about."""
    image: str
    """Handle of its picture; empty without one."""
    clock_hours: float
    turns_left: int


@dataclass(frozen=True, slots=True)
class OrderView:
    """The answer to one order."""

    order: str
    status: str
    choices: tuple[str, ...] = ()
    report: str = ""
    """Its results, one text; lines are kept."""


@dataclass(frozen=True, slots=True)
class TurnView:
    """The answer to one step."""

    clock_hours: float
    orders: tuple[OrderView, ...] = ()
    delivered: str = ""
    """The report on results of earlier orders."""
    pending: tuple[str, ...] = ()
    """Tests whose result is still on its way."""
    notices: tuple[str, ...] = ()
    actions_noted: int = 0
    turns_left: int = 0


@dataclass(frozen=True, slots=True)
class RepairView:
    """The request to send an unreadable reply again."""

    reason: str


@dataclass(slots=True)
class Evidence:
    """All results that an encounter has shown so far."""

    reports: list[str] = field(default_factory=list)
    """What was told, in its order."""

    def add(self, answer: TurnView) -> None:
        """Take in what one answer shows; what was shown before is not taken twice."""
        for report in (*(order.report for order in answer.orders), answer.delivered):
            if report and report not in self.reports:
                self.reports.append(report)

    def reports_with(self, words: str) -> list[str]:
        """Reports cut down to the results that have `words`, under the time of each; all without.

        A line that begins with a bracket states a time; a line that is set in belongs to the one
        before it.
        """
        if not words:
            return list(self.reports)
        found = []
        for report in self.reports:
            kept: list[str] = []
            time, is_kept = "", False
            for line in report.splitlines():
                if line.startswith("["):
                    time, is_kept = line, False
                    continue
                if not line.startswith("  "):
                    is_kept = words.lower() in line.lower()
                if is_kept:
                    kept += [time, line] if time else [line]
                    time = ""
            if kept:
                found.append("\n".join(kept))
        return found


def shown_text(text: object, *, keep_lines: bool = False) -> str:
    """Any text made safe for a screen."""
    return clean_text(str(text), keep_lines=keep_lines)


def read_opening(content: str) -> OpeningView:
    """The first message to a candidate.

    Raises:
        ValueError: when it is no opening.
    """
    message = _object(content)
    told = message.get("presentation")
    if not isinstance(told, dict):
        raise ValueError("The first message of an encounter is no opening: examine anew.")
    film = message.get("film") or {}
    sex = {"F": "woman", "M": "man"}.get(str(told.get("sex")), "patient")
    arrival = f", came by {shown_text(told['arrival']).lower()}" if told.get("arrival") else ""
    return OpeningView(
        category=shown_text(message.get("category", "")),
        who=f"{shown_text(told.get('age_years', '?'))}-year-old {sex}{arrival}",
        complaint=shown_text(told.get("chief_complaint") or ""),
        vitals=_vitals(told),
        texts=tuple(
            (title, shown_text(_listed(told[name]), keep_lines=True))
            for name, title in _TEXTS
            if told.get(name)
        ),
        task=shown_text(message.get("task") or ""),
        film=tuple(
            (name, shown_text(film[name]))
            for name in ("view", "indication", "findings")
            if film.get(name)
        ),
        image=shown_text(film.get("image") or ""),
        clock_hours=_hours(message.get("clock_hours")) or 0.0,
        turns_left=int(message.get("turns_left", 0)),
    )


def read_answer(content: str) -> TurnView | RepairView:
    """A later message to a candidate: the answer to a step, or the request for a repair.

    Raises:
        ValueError: when it is neither.
    """
    message = _object(content)
    if "protocol_error" in message:
        return RepairView(shown_text(message["protocol_error"]))
    if "clock_hours" not in message:
        raise ValueError("A message of an encounter is neither answer nor repair: examine anew.")
    return TurnView(
        clock_hours=_hours(message["clock_hours"]) or 0.0,
        orders=tuple(
            OrderView(
                order=shown_text(order.get("order", "")),
                status=shown_text(order.get("status", "")),
                choices=_texts(order.get("choices")),
                report=_report(order.get("results")),
            )
            for order in message.get("orders") or ()
        ),
        delivered=_report(message.get("delivered")),
        pending=_texts(message.get("pending")),
        notices=_texts(message.get("notices")),
        actions_noted=int(message.get("actions_noted", 0)),
        turns_left=int(message.get("turns_left", 0)),
    )


def _object(content: str) -> Mapping[str, Any]:
    try:
        message = json.loads(content)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        raise ValueError("A message of an encounter is no JSON object: examine anew.")
    return message


def _vitals(told: Mapping[str, Any]) -> tuple[str, ...]:
    found = [
        f"{label} {told[name]:g}{unit if unit[0] in '/%' else ' ' + unit}"
        for name, label, unit in _VITALS
        if isinstance(told.get(name), int | float)
    ]
    systolic, diastolic = told.get("sbp_mmhg"), told.get("dbp_mmhg")
    if systolic is not None or diastolic is not None:
        pair = "/".join("?" if value is None else f"{value:g}" for value in (systolic, diastolic))
        found.append(f"blood pressure {pair} mmHg")
    if told.get("pain"):
        found.append(f"pain {shown_text(told['pain'])}")
    if told.get("acuity") is not None:
        found.append(f"triage level {shown_text(told['acuity'])}")
    return tuple(found)


def _listed(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _texts(values: Iterable[object] | None) -> tuple[str, ...]:
    return tuple(shown_text(value) for value in values or ())


def _report(value: object) -> str:
    return shown_text(value, keep_lines=True).rstrip() if isinstance(value, str) else ""


def _hours(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
