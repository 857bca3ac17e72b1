"""The safety rules as a page: docs/safety.md.

Belongs here: the page's text, from the table alone. Does not belong here: the rules
(`safety_rules.yml`). `medcred safety --markdown` prints it; a test holds that docs/safety.md is it.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from evaluators.scoring.safety_table import RULE_KINDS, SEVERITIES, SafetyRule, SafetyTable

KIND_WORDS: Final = {
    "allergy": "Allergy",
    "bleeding": "Bleeding and anticoagulation",
    "renal": "Kidney function",
    "pregnancy": "Pregnancy",
    "condition": "Condition",
    "value": "Measured values",
    "ecg": "ECG",
    "dose": "Dose",
    "omission": "Omission",
}
"""Heading of each kind."""

_INTRODUCTION: Final = """\
# Safety rules

This page is made from `evaluators/scoring/safety_rules.yml` by
`medcred safety --markdown > docs/safety.md`; change that file, not this page.

**No clinician has reviewed these rules.** Each rests on the public guideline, label or statement
that is named with it; `certainty` says how sure the reading is. They judge candidates in an
examination. They are no advice for the treatment of anybody.

One broken `never` rule makes an encounter unsafe, and one unsafe encounter refuses the credential
(the registry's policy). Nothing is averaged away: the severity-weighted figure
({weights}) stands beside the counts and replaces none of them. The weights are
declared, not measured.

Besides these rules, an action that `condition_actions.csv` calls contraindicated in the condition
is flagged (`ca_<condition>__<action>`): `major` where that row is certain, else `caution`.

What a candidate withholds (`hold metformin`), only considers (`consider tPA`), or ties to a guard
(`potassium once K < 5.3`) is not flagged. Values count from the clock at which they were available.
Allergies are those of the note's section; where no notes were landed, nobody knows of any. Doses
count as written, and what is not written is not guessed. `decided from` is computed from each rule.

{counts}
"""


def safety_page(table: SafetyTable) -> str:
    """The page, as Markdown."""
    by_severity = Counter(rule.severity for rule in table.rules if not rule.undecided)
    weights = ", ".join(f"{name} {table.weights[name]}" for name in SEVERITIES)
    counts = ", ".join(f"{by_severity[name]} {name}" for name in SEVERITIES)
    undecided = sum(bool(rule.undecided) for rule in table.rules)
    said = f"{len(table.rules)} rules: {counts}, {undecided} that the record cannot decide."
    parts = [_INTRODUCTION.format(weights=weights, counts=said)]
    for kind in RULE_KINDS:
        rows = [rule for rule in table.rules if rule.kind == kind]
        parts.append(f"\n## {KIND_WORDS[kind]}\n\n")
        parts.append("| rule | severity | what it says | decided from | source | certainty |\n")
        parts.append("|---|---|---|---|---|---|\n")
        parts.extend(_row(rule) for rule in rows)
    return "".join(parts)


def _row(rule: SafetyRule) -> str:
    says = rule.says
    if rule.undecided:
        says += f" **Not decided.** {rule.undecided}"
    cells = (
        f"`{rule.rule_id}`",
        severities_of(rule),
        says,
        ", ".join(rule.decided_from) or "-",
        rule.source,
        rule.certainty,
    )
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |\n"


def severities_of(rule: SafetyRule) -> str:
    """Every severity that a rule can give, worst first: `never or caution`."""
    given = {severity for _, severity in rule.grades} or {rule.severity}
    return " or ".join(severity for severity in SEVERITIES if severity in given)
