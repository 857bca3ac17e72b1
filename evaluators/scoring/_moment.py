"""The patient at one clock of an encounter, and what the candidate has said by then.

Belongs here: what every predicate is asked about. Does not belong here: predicates (`_predicates`,
`_predicates_told`), facts (`patient`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from evaluators.encounter.drugs import Drug
from evaluators.scoring.patient import PatientFacts


class TriggerError(ValueError):
    """`safety_rules.yml` is malformed; the text says where and what to correct."""


@dataclass(frozen=True)
class Moment:
    """The patient at a clock, and what the candidate has stated and ordered by then."""

    facts: PatientFacts
    clock_hours: float
    actions: Collection[str] = field(default_factory=frozenset)
    """Actions stated in this turn or before."""
    tests: Collection[str] = field(default_factory=frozenset)
    """Tests ordered in this turn or before, members of panels included."""
    wording: str = ""
    """What the action or order under judgement says, without what it withholds (`plain`)."""
    given: frozenset[Drug] = frozenset()
    """Ingredients that the action under judgement names."""
    first: Mapping[str, float] = field(default_factory=dict)
    """Clock at which each action was first stated, and each test first ordered."""


Predicate = Callable[[Moment], bool]
