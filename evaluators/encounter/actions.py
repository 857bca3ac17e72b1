"""What a candidate means by an action: free wording to every catalogue action that it can mean.

Belongs here: whole-phrase and drug-name matching, and what is said *not* to be done. Does not
belong here: what an action is worth (`evaluators.scoring`).

One drug can be several actions (ceftriaxone is ten), so the answer is a set and the scorer takes
the best. A wording matches an action when a canonical name or synonym stands in it as a whole
phrase, or when the action's drug pattern matches and its exclusion does not. Doses, routes and
reasons may stand around it. Matches behind a negation (*hold*, *avoid*, *do not give*) in the same
clause are dropped: `hold metformin, start insulin` is insulin.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache, lru_cache

from evaluators.catalogue import Catalogue
from evaluators.encounter._wording import cut, singular, spelled, tokens

RULES_VERSION = "actions/1"

_REMEMBERED = 8192

# Verbs that begin a new clause even without a comma.
_CLAUSE = re.compile(
    r"[,;](?!\d)|(?<=[a-z0-9)]{2})\.(?=\s)|\b(?:and|then|but|while|instead)\b\s+(?=(?:start|give|begin|initiat|administ|add|"
    r"continue|place|consult|admit|order|perform|use|switch|hold|avoid|stop|withhold|discontinu)\w*)"
    r"|\bbut\b|\binstead\b"
)
_NEGATION = re.compile(
    r"\b(?:no|not|dont|without|hold(?:ing)?|held|avoid(?:ing|ance)?|withh(?:old|olding|eld)|"
    r"stop(?:ping)?|discontinu(?:e|ing|ed)|defer(?:ring)?|never|contraindicated|against|"
    r"rather than|instead of)\b"
)
# Catalogue synonyms that are also everyday words: they count in capitals only.
_EVERYDAY = frozenset({"OR", "AKA", "LA", "ID", "HD"})


class ActionResolver:
    """Finds the catalogue actions that a wording can mean. Build once; immutable afterwards."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Index every phrase and compile every drug pattern of `catalogue`."""
        phrases: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._capitals: list[tuple[re.Pattern[str], str]] = []
        self._drugs: list[tuple[re.Pattern[str], re.Pattern[str] | None, str]] = []
        for action in catalogue.actions.values():
            for phrase in (action.canonical_name, *action.synonyms):
                if phrase in _EVERYDAY:
                    self._capitals.append((re.compile(rf"\b{phrase}\b"), action.action_id))
                    continue
                phrases[singular(tokens(phrase))].add(action.action_id)
            if action.drug_regex:
                exclude = action.drug_exclude_regex
                self._drugs.append(
                    (
                        re.compile(action.drug_regex, re.IGNORECASE),
                        re.compile(exclude, re.IGNORECASE) if exclude else None,
                        action.action_id,
                    )
                )
        phrases.pop((), None)
        self._phrases = {phrase: tuple(sorted(ids)) for phrase, ids in phrases.items()}
        self._longest = max(map(len, self._phrases))
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._resolve)

    def resolve(self, wording: str) -> tuple[str, ...]:
        """Ids of every action that `wording` can mean, sorted; empty when there is none."""
        return self._remembered(cut(wording))

    def _resolve(self, wording: str) -> tuple[str, ...]:
        found: set[str] = set()
        for clause in _affirmed(wording):
            words = singular(tokens(clause))
            for start in range(len(words)):
                for length in range(1, min(self._longest, len(words) - start) + 1):
                    found.update(self._phrases.get(words[start : start + length], ()))
            text = spelled(clause)
            for pattern, exclude, action_id in self._drugs:
                if pattern.search(text) and not (exclude and exclude.search(text)):
                    found.add(action_id)
            for capital, action_id in self._capitals:
                if capital.search(clause):
                    found.add(action_id)
        return tuple(sorted(found))


@cache
def action_resolver(catalogue: Catalogue) -> ActionResolver:
    """The resolver of a catalogue, indexed once a process."""
    return ActionResolver(catalogue)


def affirmed(wording: str) -> str:
    """The wording without what stands behind a negation, its clauses parted by semicolons."""
    return "; ".join(_affirmed(cut(wording)))


def _affirmed(wording: str) -> list[str]:
    """Clauses of the wording, each without what stands behind a negation."""
    # The apostrophe of "don't" goes, so that the word is found; lengths need not stay.
    plain = wording.replace("'", "").replace("’", "")
    clauses = []
    start = 0
    lowered = plain.lower()
    if len(lowered) != len(plain):  # a few letters change length in lower case
        plain = lowered
    for match in [*_CLAUSE.finditer(lowered), None]:
        end = match.start() if match else len(plain)
        negated = _NEGATION.search(lowered, start, end)
        clauses.append(plain[start : negated.start() if negated else end])
        start = match.end() if match else end
    return [clause for clause in clauses if clause.strip()]
