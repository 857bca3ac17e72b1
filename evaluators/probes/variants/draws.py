"""Choices without chance: lots drawn by SHA-256 from a scenario's digest.

Belongs here: the digest of a scenario, order and choice by lot. Does not belong here: what is
drawn (the variants). The same scenario, variant and version give the same lots on any machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from evaluators.scenario_sets import Scenario

_T = TypeVar("_T")


def scenario_line(scenario: Scenario) -> dict[str, Any]:
    """What `scenarios.jsonl` holds of a scenario, in plain JSON types."""
    return {
        "scenario_id": scenario.scenario_id,
        "patient_key": scenario.patient_key,
        "start_hours": scenario.start_hours,
        "film": None if scenario.film is None else scenario.film.model_dump(mode="json"),
        "image_sha256": scenario.image_sha256,
        "decision_hours": scenario.decision_hours,
        "kind": scenario.kind,
        "release": scenario.release,
        "presentation": scenario.presentation.model_dump(mode="json"),
    }


def evidence_line(scenario: Scenario) -> dict[str, Any]:
    """What `evidence.jsonl` holds of a scenario, in plain JSON types."""
    return {
        "scenario_id": scenario.scenario_id,
        "evidence": [asdict(item) for item in scenario.evidence],
    }


def line_bytes(line: dict[str, Any]) -> bytes:
    """One line of a frozen file: JSON with sorted keys and without blanks."""
    text = json.dumps(
        line, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode() + b"\n"


def scenario_sha256(scenario: Scenario) -> str:
    """Hex SHA-256 over both lines of a scenario."""
    content = line_bytes(scenario_line(scenario)) + line_bytes(evidence_line(scenario))
    return hashlib.sha256(content).hexdigest()


class Lots:
    """Lots of one scenario in one variant."""

    def __init__(self, scenario: Scenario, variant: str, version: int) -> None:
        """Bind what the lots hang on."""
        self._seed = f"{scenario_sha256(scenario)}|{variant}|{version}"

    def number(self, purpose: str) -> int:
        """A whole number below 2**256."""
        return int.from_bytes(hashlib.sha256(f"{self._seed}|{purpose}".encode()).digest(), "big")

    def share(self, purpose: str) -> float:
        """A number in [0, 1)."""
        return (self.number(purpose) >> 203) / float(1 << 53)

    def ordered(self, things: Sequence[_T], purpose: str) -> tuple[_T, ...]:
        """The things in another order by lot; never their own where two of them differ."""
        places = sorted(range(len(things)), key=lambda at: self.number(f"{purpose}|{at}"))
        drawn = tuple(things[at] for at in places)
        if drawn == tuple(things) and len(drawn) > 1:
            drawn = (*drawn[1:], drawn[0])
        return drawn

    def chosen(self, things: Sequence[_T], number: int, purpose: str) -> tuple[_T, ...]:
        """The first `number` things by lot."""
        places = sorted(range(len(things)), key=lambda at: self.number(f"{purpose}|{at}"))
        return tuple(things[at] for at in places[:number])
