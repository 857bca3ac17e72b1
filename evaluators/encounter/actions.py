"""What a candidate means by an action: free wording to every catalogue action that it can mean.

Belongs here: whole-phrase and drug-name matching, part by part. Does not belong here: clauses and
what is withheld (`_action_clauses`), names (`actions.csv`, `action_names.csv`, `drug_names.csv`),
routes and doses that tell two actions of one drug apart (`_action_routes`), what an action is worth
(`evaluators.scoring`).

One drug can be several actions (ceftriaxone is ten), so the answer is a set and the scorer takes
the best. A wording is read clause by clause, a clause part by part (`vancomycin and Zosyn` has
two), and a part means an action when a name of it stands there as a whole phrase, no longer name
around it, or when the action's drug pattern matches and its exclusion does not. Brands and
combinations are read as each of their ingredients (`Percocet` is oxycodone and acetaminophen).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import pairwise

from evaluators.catalogue import Catalogue
from evaluators.encounter._action_clauses import affirmed_clauses
from evaluators.encounter._action_names import read_action_names
from evaluators.encounter._action_routes import by_route, is_only_watched
from evaluators.encounter._wording import cut, singular, spelled, tokens
from evaluators.encounter.drugs import DrugSpan, drug_spans

RULES_VERSION = "actions/3"

_REMEMBERED = 8192

# Catalogue synonyms that are also everyday words: they count in capitals only.
_EVERYDAY = frozenset({"OR", "AKA", "LA", "ID", "HD", "TMA"})
MISLEADING = frozenset({"AC", "ACS", "ICD", "shock", "window"})
"""Synonyms of `actions.csv` that mean something else more often: they alone mean no action."""
_JOINT = re.compile(r"\s*(?:\+|&|\band\b|\bplus\b|\bwith\b|\bthen\b|\bor\b)\s*")
_BETWEEN_DRUGS = re.compile(r"\s*[/+-]\s*")


class ActionResolver:
    """Finds the catalogue actions that a wording can mean. Build once; immutable afterwards."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Index every phrase and compile every drug pattern of `catalogue`.

        Raises:
            ActionNamesError: when `action_names.csv` is malformed.
        """
        phrases: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._capitals: list[tuple[re.Pattern[str], str]] = []
        self._drugs: list[tuple[re.Pattern[str], re.Pattern[str] | None, str]] = []
        names = read_action_names(catalogue.actions)
        self._names = names
        self._patterns = names.patterns
        self._kinds = {action.action_id: action.kind for action in catalogue.actions.values()}
        for phrase, action_id in names.phrases:
            phrases[singular(tokens(phrase))].update({action_id} if action_id else ())
        for action in catalogue.actions.values():
            for phrase in (action.canonical_name, *action.synonyms):
                if phrase in _EVERYDAY:
                    self._capitals.append((re.compile(rf"\b{phrase}\b"), action.action_id))
                elif phrase not in MISLEADING:
                    phrases[singular(tokens(phrase))].add(action.action_id)
            if action.drug_regex:
                exclude = action.drug_exclude_regex
                self._drugs.append(
                    (
                        re.compile(action.drug_regex, re.IGNORECASE),
                        # The catalogue's exclusions are parts of product names: `ear` must not
                        # exclude what is given `early`.
                        re.compile(rf"(?<![a-z0-9.])(?:{exclude})", re.I) if exclude else None,
                        action.action_id,
                    )
                )
        phrases.pop((), None)
        self._phrases = {phrase: tuple(sorted(ids)) for phrase, ids in phrases.items()}
        self._longest = max(map(len, self._phrases))
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._resolve)
        self._by_part = lru_cache(maxsize=_REMEMBERED)(self._resolve_by_part)

    def resolve(self, wording: str) -> tuple[str, ...]:
        """Ids of every action that `wording` can mean, sorted; empty when there is none."""
        return self._remembered(cut(wording))

    def resolve_by_part(self, wording: str) -> tuple[tuple[str, ...], ...]:
        """The same part by part: `metoprolol, albuterol` has two, each with its own readings."""
        return self._by_part(cut(wording))

    def _resolve(self, wording: str) -> tuple[str, ...]:
        return tuple(sorted({one for part in self._by_part(wording) for one in part}))

    def _resolve_by_part(self, wording: str) -> tuple[tuple[str, ...], ...]:
        found: list[tuple[str, ...]] = []
        for clause in affirmed_clauses(wording):
            whole = self._of_words(clause)
            rest = set(whole)
            is_watched = False
            for part in _parts(clause):
                is_watched = is_only_watched(part, is_watched)
                own = whole if part == clause else self._of_words(part)
                # A phrase of the clause counts in a part when it stands there too.
                ids = (own & whole) | self._of_drugs(part)
                ids = by_route(part, ids)
                if is_watched:
                    ids = {one for one in ids if self._kinds[one] != "drug"}
                rest -= own
                if ids:
                    found.append(tuple(sorted(ids)))
            rest = by_route(clause, rest)
            if rest and not is_watched:
                found.append(tuple(sorted(rest)))
        return tuple(found)

    def _of_words(self, text: str) -> set[str]:
        """Actions by whole phrases, no longer phrase around them, and by patterns."""
        words = singular(tokens(text))
        matches: list[tuple[int, int]] = []
        for start in range(len(words)):
            for length in range(min(self._longest, len(words) - start), 0, -1):
                if words[start : start + length] in self._phrases:
                    matches.append((start, start + length))
        found: set[str] = set()
        for start, end in matches:
            if not any(a <= start and end <= b and b - a > end - start for a, b in matches):
                found.update(self._phrases[words[start:end]])
        plain = spelled(text)
        found.update(action_id for pattern, action_id in self._patterns if pattern.search(plain))
        found.update(self._names.consults_in(plain))
        found.update(action_id for capital, action_id in self._capitals if capital.search(text))
        return found

    def _of_drugs(self, part: str) -> set[str]:
        """Actions by drug names: the part as it stands, and with each ingredient of a brand."""
        text = spelled(part)
        found: set[str] = set()
        for written in _by_ingredient(text):
            for pattern, exclude, action_id in self._drugs:
                if pattern.search(written) and not (exclude and exclude.search(written)):
                    found.add(action_id)
        return found


@cache
def action_resolver(catalogue: Catalogue) -> ActionResolver:
    """The resolver of a catalogue, indexed once a process."""
    return ActionResolver(catalogue)


def affirmed(wording: str) -> str:
    """The wording without what is withheld or only considered, clauses parted by semicolons."""
    return "; ".join(affirmed_clauses(cut(wording)))


def _by_ingredient(text: str) -> Iterator[str]:
    """The text with brands and combinations written as each ingredient; first as it stands."""
    spans = drug_spans(text)
    if not any(_is_compound(span) for span in spans):
        yield text
    for span in spans:
        if span.is_class or span.ingredients == (text[span.start : span.end],):
            continue
        for ingredient in span.ingredients:
            yield f"{text[: span.start]}{ingredient}{text[span.end :]}"


def _is_compound(span: DrugSpan) -> bool:
    return len(span.ingredients) > 1 and not span.is_class


def _parts(clause: str) -> Iterable[str]:
    """Parts of a clause that stand for themselves: several drugs, several procedures."""
    lowered = clause.lower()
    spans = drug_spans(spelled(clause)) if spelled(clause) == lowered else ()
    cuts = [
        (joint.start(), joint.end())
        for joint in _JOINT.finditer(lowered)
        if not any(span.start < joint.start() < span.end for span in spans)
    ]
    for before, after in pairwise(spans):
        if _BETWEEN_DRUGS.fullmatch(lowered[before.end : after.start]):
            cuts.append((before.end, after.start))
    start = 0
    for begin, end in sorted(cuts):
        if begin >= start:
            if clause[start:begin].strip():
                yield clause[start:begin]
            start = end
    if clause[start:].strip():
        yield clause[start:]
