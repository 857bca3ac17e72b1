"""The variant `units_converted`: the same quantities in other units.

Belongs here: which results of a scenario are converted. Does not belong here: factors and rounding
(`evaluators.conversions`), by which the calculators read such results back.
"""

from __future__ import annotations

from dataclasses import replace

from evaluators.conversions import in_other_unit
from evaluators.scenario_sets import Scenario


def units_converted(scenario: Scenario) -> Scenario | None:
    """The scenario with every result converted that can be; None when none can."""
    converted = [in_other_unit(item) for item in scenario.evidence]
    if all(item is None for item in converted):
        return None
    return replace(
        scenario,
        evidence=tuple(
            item if changed is None else changed
            for item, changed in zip(scenario.evidence, converted, strict=True)
        ),
    )
