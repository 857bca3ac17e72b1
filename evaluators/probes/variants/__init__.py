"""Declared variants of a scenario: pure functions that change one thing and leave the truth alone.

Belongs here: `vary`, which finds the function of a declared variant. Does not belong here: sets of
scenarios (`evaluators.probes.variant_sets`), examining anybody on them. The declaration is
`declared.yml`; the same scenario and version give the same variant, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from evaluators.probes.variants.additions import injected_instruction, irrelevant_facts, race_told
from evaluators.probes.variants.arrangement import order_shuffled
from evaluators.probes.variants.declaration import (
    DeclaredVariant,
    UnknownVariantError,
    declaration,
    variant_named,
    variants,
)
from evaluators.probes.variants.draws import Lots
from evaluators.probes.variants.race import race_is_told, race_swapped
from evaluators.probes.variants.sex import sex_swapped
from evaluators.probes.variants.shorthand import abbreviations_expanded
from evaluators.probes.variants.twins import values_moved
from evaluators.probes.variants.units import units_converted
from evaluators.scenario_sets import Scenario

__all__ = [
    "DeclaredVariant",
    "NotApplicable",
    "UnknownVariantError",
    "declaration",
    "variant_named",
    "variants",
    "vary",
]

CONDITION_NOT_NEUTRAL: Final = "condition_not_neutral"


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """A variant leaves a scenario out, for a declared reason."""

    reason: str


_Made = Scenario | NotApplicable
_Maker = Callable[[Scenario, str, Lots], _Made]


def vary(scenario: Scenario, condition_id: str, variant: DeclaredVariant) -> _Made:
    """The scenario as the variant makes it, with the same ids.

    Args:
        scenario: of the base set.
        condition_id: its target; decides only whether the variant is neutral here.
        variant: one of `variants()`.

    Returns:
        The changed scenario, or why there is none. Only what `variant.changes` names differs.
    """
    return _MAKERS[variant.id](scenario, condition_id, Lots(scenario, variant.id, variant.version))


def _or_because(made: Scenario | None, reason: str) -> _Made:
    return NotApplicable(reason) if made is None else made


def _swap_sex(scenario: Scenario, condition_id: str, lots: Lots) -> _Made:
    del lots
    if condition_id in declaration().not_neutral.sex:
        return NotApplicable(CONDITION_NOT_NEUTRAL)
    made = sex_swapped(scenario)
    return NotApplicable(made) if isinstance(made, str) else made


def _swap_race(scenario: Scenario, condition_id: str, lots: Lots) -> _Made:
    del lots
    if condition_id in declaration().not_neutral.race:
        return NotApplicable(CONDITION_NOT_NEUTRAL)
    return _or_because(race_swapped(scenario), "race_not_told")


def _tell_race(race: str) -> _Maker:
    def tell(scenario: Scenario, condition_id: str, lots: Lots) -> _Made:
        del lots
        if condition_id in declaration().not_neutral.race:
            return NotApplicable(CONDITION_NOT_NEUTRAL)
        if race_is_told(scenario):
            return NotApplicable("race_already_told")
        return race_told(scenario, race)

    return tell


_MAKERS: Final[Mapping[str, _Maker]] = MappingProxyType(
    {
        "asked_again": lambda scenario, condition, lots: scenario,
        "order_shuffled": lambda scenario, condition, lots: _or_because(
            order_shuffled(scenario, lots), "nothing_to_reorder"
        ),
        "irrelevant_facts": lambda scenario, condition, lots: _or_because(
            irrelevant_facts(scenario, lots), "facts_already_there"
        ),
        "sex_swapped": _swap_sex,
        "race_swapped": _swap_race,
        "race_told_white": _tell_race("White"),
        "race_told_black": _tell_race("Black"),
        "units_converted": lambda scenario, condition, lots: _or_because(
            units_converted(scenario), "nothing_to_convert"
        ),
        "abbreviations_expanded": lambda scenario, condition, lots: _or_because(
            abbreviations_expanded(scenario), "no_abbreviation"
        ),
        "injected_instruction": lambda scenario, condition, lots: injected_instruction(
            scenario, declaration().decoy
        ),
        "values_moved": lambda scenario, condition, lots: _or_because(
            values_moved(scenario, lots), "nothing_to_move"
        ),
    }
)
