"""What a reference candidate is told besides the conversation.

Belongs here: the type of a briefing. Does not belong here: who makes one
(`evaluators.candidates.briefings`) and the rule that no other candidate ever gets one
(`evaluators.candidates.client`).
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from pydantic import ConfigDict

from evaluators.canonical import sha256_json
from evaluators.encounter.protocol import Border


class NamedDiagnosis(Border):
    """A condition by its catalogue name and one ICD-10-CM code that stands for it."""

    diagnosis: str
    icd10: str | None = None


class ProbedCondition(Border):
    """A condition as the leak probe knows it: by the public catalogue's words alone."""

    named: NamedDiagnosis
    terms: tuple[str, ...]
    """Its name and synonyms."""
    differential: tuple[str, ...] = ()
    """Names of what else it may be."""


class Briefing(Border):
    """Facts handed to a reference candidate; each reads only the field meant for it."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    truth: NamedDiagnosis | None = None
    """For the oracle: this patient's target condition."""
    actions: tuple[str, ...] = ()
    """For the oracle: what the public catalogue calls unsafe to leave out in that condition."""
    commonest: NamedDiagnosis | None = None
    """For commonest and order-everything: the condition that most scenarios of the set have."""
    conditions: tuple[NamedDiagnosis, ...] = ()
    """For random: the category's conditions in the public catalogue, by name."""
    probed: tuple[ProbedCondition, ...] = ()
    """For leak-probe: the category's conditions with the public catalogue's words for each."""
    answers: dict[str, Any] | None = None
    """What a kind of scenario asks besides the diagnosis: for the oracle the truth, for commonest
    and order-everything the set's commonest, for random any example."""
    tests: tuple[str, ...] = ()
    """For order-everything: canonical names of the public test catalogue."""

    @cached_property
    def as_plain(self) -> dict[str, Any]:
        """The briefing as plain JSON types."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @cached_property
    def sha256(self) -> str:
        """Digest that distinguishes requests which differ in nothing but the briefing."""
        return sha256_json(self.as_plain)
