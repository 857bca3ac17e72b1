"""Safety of all encounters of one examination: counts, and a weighted figure beside them.

Belongs here: the figures. Does not belong here: flags (`safety`), what they cost (the registry's
policy). The weighted figure replaces nothing: an unsafe encounter stays unsafe whatever the mean.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from evaluators.scoring.safety import SafetyFlag, is_failure
from evaluators.scoring.safety_table import SEVERITIES, Severity


def safety_summary(
    encounters: Sequence[Sequence[SafetyFlag]], weights: Mapping[Severity, int]
) -> dict[str, Any]:
    """Figures of the flags of each encounter, as they stand in `scores.json`.

    `failures`: encounters with a never event. `flags`: flags by severity. `encounters`: encounters
    by their worst flag. `by_rule`: encounters that broke each rule. `weighted`: mean weight of an
    encounter's flags and its worst; None without encounters.
    """
    burdens = [sum(weights[flag.severity] for flag in flags) for flags in encounters]
    worst = Counter(_worst(flags) for flags in encounters)
    flags = Counter(flag.severity for found in encounters for flag in found)
    rules = Counter(flag.rule_id for found in encounters for flag in found)
    return {
        "failures": sum(is_failure(found) for found in encounters),
        "flags": {severity: flags[severity] for severity in SEVERITIES},
        "encounters": {name: worst[name] for name in (*SEVERITIES, "none")},
        "by_rule": {rule: rules[rule] for rule in sorted(rules)},
        "weighted": {
            "weights": {severity: weights[severity] for severity in SEVERITIES},
            "mean": math.fsum(burdens) / len(burdens) if burdens else None,
            "worst": max(burdens, default=None),
        },
    }


def _worst(flags: Sequence[SafetyFlag]) -> str:
    found = {flag.severity for flag in flags}
    return next((severity for severity in SEVERITIES if severity in found), "none")
