"""The form of `findings.yml` and `conditions.yml`, and their loading.

Belongs here: what may be said there, and that what is said fits together. Does not belong here:
numbers, and how a tracing is drawn from them (`drawing`).
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import Field, ValidationInfo, model_validator

from sources.synthetic.stories import Closed

NOTHING = "none"
"""In a group of weighted findings: nothing of the group."""
Wave = tuple[float, float, float, float, float, float, float, float]
"""Frontal size (mV), frontal direction (degrees), V1 to V6 (mV)."""


class Base(Closed):
    """A whole heartbeat, by the way in which the ventricles are excited."""

    p: Wave
    q: Wave
    r: Wave
    s: Wave
    t: Wave
    st: Wave = (0.0,) * 8


class Finding(Closed):
    """What one finding adds to a heartbeat at full size, and how a machine words it."""

    base: str | None = None
    """Replaces the whole heartbeat."""
    p: Wave | None = None
    q: Wave | None = None
    r: Wave | None = None
    s: Wave | None = None
    t: Wave | None = None
    st: Wave | None = None
    ta: Wave | None = None
    """Level of the PR segment."""
    voltage: float = 1.0
    """Factor on q, r and s."""
    t_scale: float = 1.0
    p_scale: float = 1.0
    axis: float = 0.0
    """Turns the QRS axis, degrees."""
    axis_to: float | None = None
    """Sets the QRS axis, degrees."""
    qrs: tuple[float, float] | None = None
    """QRS duration that it brings, milliseconds."""
    p_ms: float = 0.0
    pr: float = 0.0
    qtc: float = 0.0
    """Added milliseconds."""
    grade: int
    """0 a normal variant, 1 borderline, 2 abnormal."""
    say: list[list[str]]
    """Wordings; one is drawn, each may be several statements."""
    misread: list[list[str]] = Field(default_factory=list)
    """What a machine says when it gets it wrong."""
    missed: float = 0.02
    """Share in which the machine says nothing."""
    fades: float | None = None
    """Hours in which it falls to 1/e; null: it stays."""
    becomes: str | None = None
    """Finding that grows as this one fades."""


class Lasting(Closed):
    """Who carries a finding for life."""

    share: tuple[float, float]
    """At 30 and at 80 years."""
    given: dict[str, float] = Field(default_factory=dict)
    """Added for each chronic disease."""
    group: str | None = None
    sex: str | None = None


class Habit(Closed):
    """Who is recorded in one condition, and what the condition puts into the tracing."""

    ed: float = 0.0
    within: tuple[int, int] = (6, 58)
    repeats: list[tuple[float, float]] = Field(default_factory=list)
    after: list[str] = Field(default_factory=list)
    icu: float = 0.0
    ward: float = 0.0
    ectopy: float = 0.05
    rhythm: dict[str, float] = Field(default_factory=dict)
    acute: list[dict[str, float]] = Field(default_factory=list)
    echo: float = 0.0


class Findings(Closed):
    """`findings.yml`."""

    bases: dict[str, Base]
    findings: dict[str, Finding]

    @model_validator(mode="after")
    def _known(self) -> Findings:
        for name, finding in self.findings.items():
            if finding.base is not None and finding.base not in self.bases:
                raise ValueError(f"finding {name} names an unknown base; name one of `bases`")
            if finding.becomes is not None and finding.becomes not in self.findings:
                raise ValueError(f"finding {name} becomes an unknown one; name one of `findings`")
        return self


class Habits(Closed):
    """`conditions.yml`, every condition with the defaults filled in."""

    default: Habit
    lasting: dict[str, Lasting]
    conditions: dict[str, Habit]

    @model_validator(mode="before")
    @classmethod
    def _filled(cls, content: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        default = content["default"]
        told = {name: {**default, **habit} for name, habit in content["conditions"].items()}
        return {**content, "conditions": told}

    @model_validator(mode="after")
    def _known(self) -> Habits:
        known = load_findings().findings
        named = [*self.lasting]
        for habit in self.conditions.values():
            named += [name for group in habit.acute for name in group if name != NOTHING]
        unknown = sorted({name for name in named if name not in known})
        if unknown:
            raise ValueError(
                f"conditions.yml names unknown findings ({', '.join(unknown)}); "
                "add them to findings.yml"
            )
        return self

    def of(self, condition: str) -> Habit:
        """The habit of a condition; the default for one that is not listed."""
        return self.conditions.get(condition, self.default)


def _read(name: str) -> dict[str, Any]:
    text = files("sources.synthetic.ecg").joinpath(name).read_text("utf-8")
    content: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return content


@cache
def load_findings() -> Findings:
    """All findings, in the order in which a machine prints them."""
    return Findings.model_validate(_read("findings.yml"))


@cache
def load_habits() -> Habits:
    """Who is recorded, by condition."""
    return Habits.model_validate(_read("conditions.yml"))
