"""How a tool counts: inputs with their points, what is missing, the total and its range.

Belongs here: the types that all tools share. Does not belong here: where inputs come from
(`_readings`), the rules of a tool.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from evaluators.encounter.tools._readings import Reading


@dataclass(frozen=True, slots=True)
class ToolInput:
    """One input of a tool as it was used."""

    name: str
    value: str
    """Value with its unit."""
    hours: float | None
    """When it became available, in hours; None for what the presentation tells."""
    points: float | None
    """What it adds; None where the tool is a formula."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gives."""

    tool: str
    total: float | None
    """None when nothing could be computed."""
    unit: str | None
    lowest: float | None
    """The total if every missing input added least."""
    highest: float | None
    """The total if every missing input added most."""
    meaning: str | None
    """The published reading of the total, where one is."""
    inputs: tuple[ToolInput, ...]
    missing: tuple[str, ...]
    test_ids: tuple[str, ...]
    """Tests whose results were read."""

    @property
    def is_partial(self) -> bool:
        """Whether an input is missing."""
        return bool(self.missing)


@dataclass
class Tally:
    """Adds up a score."""

    tool: str
    unit: str | None = "points"
    inputs: list[ToolInput] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    test_ids: set[str] = field(default_factory=set)
    least: float = 0.0
    most: float = 0.0
    total: float = 0.0

    def add(
        self,
        name: str,
        reading: Reading | None,
        points: float | None,
        *,
        most: float,
        least: float = 0,
    ) -> None:
        """Count one input.

        Args:
            name: What it is called in the publication.
            reading: What was read; None when nothing is known.
            points: What it adds; ignored without a reading.
            most: Most that it can add.
            least: Least that it can add.
        """
        if reading is None or points is None:
            self.missing.append(name)
            self.most += most
            self.least += least
            return
        self.inputs.append(ToolInput(name, reading.text, reading.hours, points))
        self.test_ids.update(reading.test_ids)
        self.total += points

    def use(self, name: str, reading: Reading | None) -> float | None:
        """Take an input of a formula; its number, None when it is missing."""
        if reading is None:
            self.missing.append(name)
            return None
        self.inputs.append(ToolInput(name, reading.text, reading.hours, None))
        self.test_ids.update(reading.test_ids)
        return reading.number

    def score(self, meanings: Sequence[tuple[float, str]] = ()) -> ToolResult:
        """The sum, with its range.

        Args:
            meanings: Highest total of each published class, ascending, and its reading. A total
                whose range reaches into another class has none.
        """
        low, high = self.total + self.least, self.total + self.most
        classes = {_class_of(value, meanings) for value in (low, high)}
        return self._result(
            self.total if self.inputs else None,
            low,
            high,
            classes.pop() if len(classes) == 1 else None,
        )

    def formula(self, value: float | None, meaning: str | None = None) -> ToolResult:
        """A computed value; None when an input is missing."""
        return self._result(value, value, value, meaning if value is not None else None)

    def _result(
        self, total: float | None, low: float | None, high: float | None, meaning: str | None
    ) -> ToolResult:
        known = total is not None
        return ToolResult(
            self.tool,
            total,
            self.unit,
            low if known else None,
            high if known else None,
            meaning if known else None,
            tuple(self.inputs),
            tuple(self.missing),
            tuple(sorted(self.test_ids)),
        )


def _class_of(total: float, meanings: Sequence[tuple[float, str]]) -> str | None:
    return next((meaning for highest, meaning in meanings if total <= highest), None)
