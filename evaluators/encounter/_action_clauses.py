"""An action's wording as clauses, without what is withheld, only considered, or named as a reason.

Belongs here: clause boundaries and the cues of negation, with how far they reach. Does not belong
here: which actions a clause means (`actions`).

After NegEx (Chapman 2001): a cue reaches forward to the end of its clause (`hold metformin`), or
back to its beginning (`metformin on hold`). What is only considered (`consider tPA`) is not done:
it earns no credit and does no harm.
"""

from __future__ import annotations

import re
from typing import Final

_VERBS: Final = (
    r"start|give|begin|initiat|administ|add|continue|place|consult|admit|order|perform|use|switch|"
    r"hold|avoid|stop|withhold|discontinu|obtain|send|check|transfuse|transfer|call|proceed|monitor|"
    r"reverse|treat|keep"
)
_CLAUSE: Final = re.compile(
    r"[,;](?!\d)|\n|(?<=[a-z0-9)]{2})\.(?=\s)|:\s+(?=(?:" + _VERBS + r")\w*)|"
    r"\b(?:and|then|but|while|instead)\b\s+(?=(?:" + _VERBS + r")\w*)|\bbut\b|\binstead\b(?! of\b)"
)
_FORWARD: Final = re.compile(
    r"\b(?:no(?! later)|not|dont|without(?! delay| hesitation)|"
    r"hold(?:ing)?(?! (?:direct |manual )?pressure)|held|avoid(?:ing|ance)?|"
    r"withh(?:old|olding|eld)|stop(?:ping)?(?! (?:the )?bleed)|discontinu(?:e|ing|ed)|"
    r"d/c(?:ed|d)?(?! (?:to )?(?:home|with))|defer(?:ring)?|never|contraindicated|against|"
    r"rather than|instead of|consider(?:ing|ation of)?|possibl[ey]|may need|might need|"
    r"may require|discuss(?:ing)? (?!with\b)|low threshold|outside(?: of)?|ineligible|beyond the|"
    r"allerg(?:y|ies|ic) to|intoleran(?:t|ce) (?:to|of)|evaluate (?:for|candidacy)|"
    r"assess (?:for|candidacy)|candidate for|risks? of|history of|s/p|status post)\b"
)
_BACKWARD: Final = re.compile(
    r"(?:\b(?:should|must|to|will)\s+be\s+|\b(?:is|are|be|being|kept)\s+|\b)"
    r"(?:on hold|held|withheld|stopped|discontinued|avoided|deferred|contraindicated|"
    r"not (?:currently )?(?:indicated|needed|recommended|required|warranted|advised)|unnecessary)\b"
    r"|:\s*(?:hold|stop|avoid)\b|\b(?:hold|held)\s*$"
)
_ASIDE: Final = re.compile(
    r"\b(?:(?:given|due to|because of|despite|with)\s+)?[\w-]+(?:\s+[\w-]+)?\s+allerg(?:y|ies)\b"
    r"|\b(?:reverse|reversal of|reversing)\s+(?:the\s+)?[\w-]+"
    r"|\b(?:before|prior to|until)\s+(?:the\s+)?(?:antibiotics?|abx|anticoagulation|ct|lp)\b"
)
"""Named, but not done: a reason, what is reversed, or what comes later."""
_KEPT_ASIDE: Final = re.compile(
    r"\b(cultures?)\b[\w\s]*?\b(before|prior to)\b"
    r"(?:\s+(?:the|any|first|starting|giving|initiating|administering|iv|empiric)\b)*",
    re.IGNORECASE,
)
"""An action by its order in time: kept, without what stands between (`cultures x2 before`)."""


def affirmed_clauses(wording: str) -> list[str]:
    """Clauses of a cleaned wording, each without what is withheld."""
    # The apostrophe of "don't" goes, so that the word is found; lengths need not stay.
    plain = wording.replace("'", "").replace("’", "")
    lowered = plain.lower()
    if len(lowered) != len(plain):  # a few letters change length in lower case
        plain = lowered
    clauses = []
    start = 0
    for match in [*_CLAUSE.finditer(lowered), None]:
        end = match.start() if match else len(plain)
        clauses.append(_affirmed(plain[start:end], lowered[start:end]))
        start = match.end() if match else end
    return [clause for clause in clauses if clause.strip()]


def _affirmed(clause: str, lowered: str) -> str:
    backward = _BACKWARD.search(lowered)
    if backward and lowered[: backward.start()].strip():
        clause, lowered = clause[backward.end() :], lowered[backward.end() :]
    if _KEPT_ASIDE.search(clause):
        clause = _KEPT_ASIDE.sub(r"\1 \2", clause)
    else:
        for aside in reversed([*_ASIDE.finditer(lowered)]):
            clause = clause[: aside.start()] + " " + clause[aside.end() :]
    lowered = clause.lower()
    forward = _FORWARD.search(lowered)
    return clause[: forward.start()] if forward else clause
