"""The rules of the bedside clinician, read and checked.

Belongs here: the types of `bedside_rules/*.yml` and reading them once. Does not belong here:
reasoning with the rules (`bedside`).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import Field, model_validator

from evaluators.catalogue import category_slug
from evaluators.encounter.protocol import Border

RULES = Path(__file__).with_name("bedside_rules")
_GENERAL = "_general"

VitalField = Literal[
    "age_years",
    "temperature_c",
    "heart_rate_bpm",
    "resp_rate_per_min",
    "spo2_pct",
    "sbp_mmhg",
    "dbp_mmhg",
]


class Sign(Border):
    """Something that is present, absent or not known in one patient."""

    complaint: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    drug: tuple[str, ...] = ()
    vital: VitalField | None = None
    test: str | None = None
    above: float | None = None
    below: float | None = None
    text: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_one_question(self) -> Self:
        words = [name for name in ("complaint", "past", "drug") if getattr(self, name)]
        measured = [name for name in ("vital", "test") if getattr(self, name) is not None]
        if len(words) + len(measured) != 1:
            raise ValueError("a sign asks for exactly one of complaint, past, drug, vital, test")
        criteria = (self.above is not None) + (self.below is not None) + bool(self.text)
        if criteria != len(measured):
            raise ValueError("a vital or test needs exactly one of above, below, text")
        if self.text and self.vital is not None:
            raise ValueError("a vital is compared with above or below")
        return self


class Finding(Sign):
    """A sign with what it does to the odds of its condition."""

    lr: float = Field(gt=0.0)
    """Likelihood ratio when present."""
    otherwise: float = Field(default=1.0, gt=0.0)
    """Likelihood ratio when known to be absent."""


class Withhold(Border):
    """An action that is not taken while a sign is present."""

    action: str
    when: Sign


class ConditionRule(Border):
    """All that the clinician knows of one condition."""

    id: str
    name: str
    icd10: str
    findings: tuple[Finding, ...]
    orders: tuple[str, ...]
    actions: tuple[str, ...]
    withhold: tuple[Withhold, ...] = ()

    @model_validator(mode="after")
    def _withholds_its_own_actions(self) -> Self:
        if {rule.action for rule in self.withhold} - set(self.actions):
            raise ValueError("withhold names an action that the condition does not take")
        return self


class CategoryRules(Border):
    """The file of one category."""

    panel: tuple[str, ...]
    """Ordered first, beside what everyone gets."""
    conditions: tuple[ConditionRule, ...]


class GeneralRules(Border):
    """What does not depend on the category."""

    version: int
    planned_turns: int = Field(ge=2)
    commit_at: float = Field(gt=0.0, le=1.0)
    act_at: float = Field(gt=0.0, le=1.0)
    follow_up: int = Field(ge=1)
    first_panel: tuple[str, ...]


class BedsideRules(GeneralRules):
    """All files."""

    categories: dict[str, CategoryRules]
    """By slug of the category."""

    def of_category(self, category: str) -> CategoryRules:
        """The rules of one category, slug or text; empty if there are none."""
        return self.categories.get(category_slug(category), CategoryRules(panel=(), conditions=()))

    def everything(self) -> CategoryRules:
        """The conditions of all categories but those that films alone tell, without a panel."""
        return CategoryRules(
            panel=(),
            conditions=tuple(
                rule
                for name, known in sorted(self.categories.items())
                if name != "radiology"
                for rule in known.conditions
            ),
        )


@cache
def load_rules() -> BedsideRules:
    """Read all files; they are part of the candidate's digest, so once per process suffices."""
    general = yaml.safe_load((RULES / f"{_GENERAL}.yml").read_text(encoding="utf-8"))
    categories = {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted(RULES.glob("*.yml"))
        if path.stem != _GENERAL
    }
    return BedsideRules.model_validate({**general, "categories": categories})
