"""The names of one category's entries, and where they stand among the words of an answer.

Belongs here: reading names out of the catalogues and the terms file, matching them to words (with
words between, turned as in an index, in another order). Does not belong here: which of several
names is the answer (`_principal`, `diagnosis`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Final, Literal

from evaluators.catalogue import Catalogue
from evaluators.scoring._diagnosis_codes import word_of
from evaluators.scoring._diagnosis_terms import TERMS_FILE, DiagnosisTerms, diagnosis_terms
from evaluators.scoring.wording import Mark, Token

MAX_FILLERS: Final = 3
"""Words of `fillers` that may stand inside one phrase."""
ELSEWHERE: Final = None
"""The entry of a phrase that means something outside the catalogues."""
_SMALL: Final = frozenset(
    ["of", "the", "a", "an", "in", "from", "with", "to", "due", "on", "at", "and"]
)
_CLAUSE: Final = (Mark.LIST, Mark.SENTENCE, Mark.COMMA)

Via = Literal["name", "synonym", "title", "code", "none"]
Meant = tuple[str | None, Via]
"""An entry and how it was recognised."""


@dataclass(frozen=True)
class Span:
    """A name that stands among the words of an answer."""

    start: int
    end: int
    words: int
    entry_id: str | None
    """None for a phrase that means something outside the catalogues."""
    via: Via


@dataclass(frozen=True)
class _Bags:
    """Phrases as sets of words."""

    meant: Mapping[frozenset[str], Meant]
    by_word: Mapping[str, Sequence[frozenset[str]]]
    """By their first word in the alphabet."""


class PhraseBook:
    """The phrases of one category. Build once; immutable afterwards."""

    def __init__(self, catalogue: Catalogue, category: str, terms: DiagnosisTerms) -> None:
        """Read the phrases; `category` is a slug.

        Raises:
            ValueError: when `diagnosis_terms.yml` names an entry that no catalogue has.
        """
        self._terms = terms
        self.spoken: tuple[str, ...] = ()
        """Names and synonyms as the catalogues write them."""
        self.phrases = self._read_phrases(catalogue, category)
        """Words of a phrase to what it means."""
        self._by_first: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for phrase in sorted(self.phrases):
            self._by_first[phrase[0]].append(phrase)

    def spans(self, tokens: Sequence[Token], capitals: frozenset[str]) -> list[Span]:
        """Recognised phrases, the longest where they overlap, in the order of the text.

        `capitals` are the words that were written in capitals: only these are abbreviations, where
        a common word is spelled the same (`as`, `hit`).
        """
        return [
            replace(span, entry_id=ELSEWHERE) if self._is_turned_away(tokens, span) else span
            for span in self._spans(tokens)
            if span.end - span.start > 1
            or tokens[span.start].text not in self._terms.common_words - capitals
        ]

    def in_any_order(self, words: frozenset[str]) -> Meant | None:
        """What the longest phrase of these words means; others may only be such as change no name.

        None where there is none, or several mean different things.
        """
        words -= _SMALL
        spare = self._terms.fillers | self._terms.void
        fitting = [
            bag
            for word in words
            for bag in self._bags.by_word.get(word, ())
            if bag <= words and words - bag <= spare
        ]
        most = max(map(len, fitting), default=0)
        meant = {self._bags.meant[bag] for bag in fitting if len(bag) == most}
        return meant.pop() if len({entry_id for entry_id, _ in meant}) == 1 else None

    # Most answers are read without it.
    @cached_property
    def _bags(self) -> _Bags:
        meant: dict[frozenset[str], Meant] = {}
        by_word: dict[str, list[frozenset[str]]] = defaultdict(list)
        for phrase, entry in self.phrases.items():
            bag = frozenset(phrase) - _SMALL
            if len(bag) > 1 and bag not in meant:
                meant[bag] = entry
                by_word[min(bag)].append(bag)
        return _Bags(meant, by_word)

    def _spans(self, tokens: Sequence[Token]) -> list[Span]:
        """Recognised phrases, longest first where they overlap, in the order of the text."""
        found = [span for start in range(len(tokens)) for span in self._starting(tokens, start)]
        found.extend(self._inverted(tokens))
        found.sort(key=lambda span: (-span.words, span.end - span.start, span.start))
        taken: list[Span] = []
        for span in found:
            if all(span.end <= other.start or other.end <= span.start for other in taken):
                taken.append(span)
        return sorted(taken, key=lambda span: span.start)

    def _starting(self, tokens: Sequence[Token], start: int) -> Iterator[Span]:
        if tokens[start].mark is not Mark.WORD or (start and tokens[start - 1].text == "non"):
            return
        for phrase in self._by_first.get(tokens[start].text, ()):
            end = self._end_of(tokens, start, phrase)
            if end is not None:
                entry_id, via = self.phrases[phrase]
                yield Span(start, end, len(phrase), entry_id, via)

    def _end_of(self, tokens: Sequence[Token], start: int, phrase: Sequence[str]) -> int | None:
        at, skipped = start, 0
        for word in phrase:
            while at < len(tokens) and not (
                tokens[at].mark is Mark.WORD and tokens[at].text == word
            ):
                if tokens[at].mark is Mark.SOFT:
                    at += 1
                    continue
                if tokens[at].mark is not Mark.WORD or tokens[at].text not in self._terms.fillers:
                    return None
                skipped += 1
                if skipped > MAX_FILLERS:
                    return None
                at += 1
            if at >= len(tokens):
                return None
            at += 1
        return at

    def _is_turned_away(self, tokens: Sequence[Token], span: Span) -> bool:
        """Whether a word before makes another disease of it: `chronic`, not `acute on chronic`."""
        at = span.start - 1
        while at >= 0 and tokens[at].mark is Mark.WORD:
            away = self._terms.turns_away.get(tokens[at].text)
            if away is not None:
                return span.entry_id in away and (
                    at == 0 or tokens[at - 1].text not in ("on", "of")
                )
            if tokens[at].text not in self._terms.fillers:
                return False
            at -= 1
        return False

    def _inverted(self, tokens: Sequence[Token]) -> Iterator[Span]:
        """Phrases written as an index does: `heart failure, acute on chronic`."""
        for comma in (i for i, token in enumerate(tokens) if token.mark is Mark.COMMA):
            before, after = _clause_start(tokens, comma), _clause_end(tokens, comma)
            turned = [*tokens[comma + 1 : after], *tokens[before:comma]]
            join = after - comma - 1
            for start in range(join):
                for span in self._starting(turned, start):
                    outside = [*turned[:start], *turned[span.end :]]
                    if span.end > join and self._says_nothing(outside):
                        yield Span(before, after, span.words, span.entry_id, span.via)

    def _says_nothing(self, tokens: Sequence[Token]) -> bool:
        """Whether there are only words that change no name, or none."""
        known = self._terms.fillers | self._terms.void | {"now", "with"}
        return all(token.mark is not Mark.WORD or token.text in known for token in tokens)

    def _read_phrases(self, catalogue: Catalogue, category: str) -> dict[tuple[str, ...], Meant]:
        """Phrase to entry; conditions of the category first, then other conditions, then others."""
        own = [c for c in catalogue.conditions.values() if c.category == category]
        foreign = [c for c in catalogue.conditions.values() if c.category != category]
        entries: list[tuple[str, str, tuple[str, ...]]] = [
            *((c.condition_id, c.name, c.synonyms) for c in own),
            *((c.condition_id, c.name, c.synonyms) for c in foreign),
            *((d.diagnosis_id, d.name, d.synonyms) for d in catalogue.diagnoses.values()),
        ]
        unknown = sorted(set(self._terms.phrases) - {entry_id for entry_id, _, _ in entries})
        if unknown:
            raise ValueError(
                f"{TERMS_FILE.name} has phrases for {', '.join(unknown)}, which no catalogue has: "
                "correct the id."
            )
        self.spoken = tuple(phrase for _, name, synonyms in entries for phrase in (name, *synonyms))
        phrases: dict[tuple[str, ...], Meant] = {}
        words = self._terms.vocabulary.words
        for phrase in self._terms.elsewhere:
            phrases.setdefault(words(phrase), (ELSEWHERE, "none"))
        # All ways to say a condition of the category come before the names of others: in
        # radiology, an effusion is the finding.
        for group in (entries[: len(own)], entries[len(own) :]):
            for entry_id, name, _ in group:
                for spelling in (name, re.sub(r"\([^)]*\)", " ", name)):
                    phrases.setdefault(words(spelling), (entry_id, "name"))
            for entry_id, _, synonyms in group:
                for synonym in (*synonyms, *self._terms.phrases.get(entry_id, ())):
                    phrases.setdefault(words(synonym), (entry_id, "synonym"))
        for entry_id, _, _ in entries:
            phrases.setdefault(words(word_of(entry_id)), (entry_id, "code"))
        for spoken, meant in list(phrases.items()):
            for other in self._turned(spoken):
                phrases.setdefault(other, meant)
        phrases.pop((), None)
        return phrases

    def _turned(self, phrase: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """The same without "of", and with the head first: `flare of ulcerative colitis`."""
        bare = tuple(word for word in phrase if word not in ("of", "the"))
        if len(bare) > 1:
            yield bare
            if bare[-1] in self._terms.heads:
                yield (bare[-1], *bare[:-1])


@lru_cache(maxsize=64)
def phrase_book(catalogue: Catalogue, category: str) -> PhraseBook:
    """The phrases of a category, read once for all matchers of it; raises as `PhraseBook` does."""
    return PhraseBook(catalogue, category, diagnosis_terms())


def _clause_start(tokens: Sequence[Token], at: int) -> int:
    while at > 0 and tokens[at - 1].mark not in _CLAUSE:
        at -= 1
    return at


def _clause_end(tokens: Sequence[Token], at: int) -> int:
    at += 1
    while at < len(tokens) and tokens[at].mark not in _CLAUSE:
        at += 1
    return at
