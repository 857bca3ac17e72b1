"""Which diagnosis an answer names: by ICD code, name, synonym or code title.

Belongs here: the deterministic reading of one answer. Does not belong here: what the reading earns
(`credit`), how words are compared (`wording`), the words themselves (`diagnosis_terms.yml`).

Rules, in the order in which they decide:

1. The text decides, the code only where the text names nothing. The words are what a colleague
   would act on, and codes are the easier thing to get wrong or to hedge with. A code that names
   something else is counted as a conflict.
2. A whole answer equal to a phrase of the catalogue, then to a code title of the scenario set (the
   same words in any order), is that.
3. Otherwise the first statement counts: a list (lines, numbers, `;`, `vs`, `or`) is read up to its
   first entry that is not denied. Inside it the first recognised phrase is the principal diagnosis
   (`A due to B`, `A with B` name A), except that a symptom gives way to its stated cause, and
   findings to what they are said to show (`so this is`, `consistent with`).
   A general name gives way to the special one that explains it (`acute coronary syndrome: NSTEMI`).
4. Of overlapping phrases the longest wins, so that a general one inside a special one never
   counts (`sepsis` in a phrase on septic shock, `ST elevation MI` in `non-ST elevation MI`).
5. Where the words name nothing, they are read again with ICD codes among them taken for words,
   then with their spelling corrected (`_spelling`).
6. Denied (`no evidence of`, `ruled out`, `unlikely`) and past (`history of`) diagnoses do not
   count; doubt (`probable`, `suspected`) does not matter.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Final, Literal

from evaluators.catalogue import Catalogue
from evaluators.scoring._assertion import CUE_WORDS, denied_positions
from evaluators.scoring._diagnosis_codes import CodeIndex, word_of
from evaluators.scoring._diagnosis_terms import TERMS_FILE, diagnosis_terms
from evaluators.scoring._past import PAST_WORDS, past_positions
from evaluators.scoring._spelling import spelling
from evaluators.scoring.wording import Mark, Token

MAX_FILLERS: Final = 3
"""Words of `fillers` that may stand inside one phrase."""

Via = Literal["name", "synonym", "title", "code", "none"]


@dataclass(frozen=True)
class DiagnosisMatch:
    """What an answer was taken for. At most one of the two ids is set."""

    condition_id: str | None = None
    """A target condition of `conditions.csv`."""
    diagnosis_id: str | None = None
    """Another diagnosis of `diagnoses_other.csv`."""
    via: Via = "none"
    """How it was recognised."""
    conflict: bool = False
    """True when text and code name different things; the text has decided."""

    @property
    def matched_id(self) -> str | None:
        """The condition or the other diagnosis, whichever it is."""
        return self.condition_id or self.diagnosis_id


@dataclass(frozen=True)
class CodedTitle:
    """A code with its title, as the ground truth lists them."""

    code: str
    version: int
    title: str


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    words: int
    entry_id: str | None
    """None for a phrase that means something outside the catalogues."""
    via: Via


@dataclass(frozen=True)
class _Bags:
    """Phrases as sets of words."""

    meant: Mapping[frozenset[str], tuple[str | None, Via]]
    by_word: Mapping[str, Sequence[frozenset[str]]]
    """By their first word in the alphabet."""


ELSEWHERE: Final = None
_SMALL: Final = frozenset("of the a an in from with to due on at and".split())
_BEGINS_CAUSE: Final = frozenset(
    "with due from secondary after in complicated on following".split()
)
_MOST_REORDERED: Final = 8
"""Words that a name in another order may have."""
_APART: Final = 8
"""Tokens between a general name and the special one that it gives way to, at most."""
_LINKS: Final = frozenset("with and complicated by causing leading to acute ascending".split())
_CAUSES: Final = frozenset("due to from secondary caused by of a an the acute".split())
_CAPITALS: Final = re.compile(r"\b[A-Z]{2,4}\b")


class DiagnosisMatcher:
    """Reads answers in one category against the catalogues and the titles of one scenario set."""

    def __init__(
        self, catalogue: Catalogue, category: str, titles: Iterable[CodedTitle] = ()
    ) -> None:
        """Prepare the phrases.

        Args:
            catalogue: Conditions and other diagnoses.
            category: Slug; of conditions that share a phrase, its own come first.
            titles: Coded titles of the scenario set, in any order.

        Raises:
            ValueError: when `diagnosis_terms.yml` names an entry that no catalogue has.
        """
        self._terms = diagnosis_terms()
        self._conditions = frozenset(catalogue.conditions)
        self._own = {c.condition_id for c in catalogue.in_category(category)}
        self._codes = CodeIndex(catalogue, category)
        self.by_code = self._codes.by_code
        self._phrases = self._read_phrases(catalogue, category)
        self._by_first: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for phrase in sorted(self._phrases):
            self._by_first[phrase[0]].append(phrase)
        titles = tuple(titles)
        self._titles = self._read_titles(titles)
        known = {*CUE_WORDS, *PAST_WORDS, *self._terms.known, *self._spoken}
        known.update(title.title for title in titles)
        self._spelling = spelling(tuple(sorted(known)), self._terms.vocabulary.words)
        self.match = lru_cache(maxsize=65536)(self._match)

    def _match(self, text: str, code: str | None = None) -> DiagnosisMatch:
        """The diagnosis that `text`, or failing that `code`, names."""
        by_code = self.by_code(code) if code else None
        spelled = self._spelling.corrected(text) or text
        capitals = frozenset(word.lower() for word in _CAPITALS.findall(text))
        found = self._by_text(spelled, capitals)
        if found is None and (named := self._codes.named(spelled)) is not None:
            found = self._by_text(named, capitals)
        if found is None:
            return self._result(by_code, "code") if by_code else DiagnosisMatch()
        entry_id, via = found
        return self._result(entry_id, via, conflict=by_code is not None and by_code != entry_id)

    def _result(self, entry_id: str | None, via: Via, conflict: bool = False) -> DiagnosisMatch:
        is_condition = entry_id in self._conditions
        return DiagnosisMatch(
            condition_id=entry_id if is_condition else None,
            diagnosis_id=None if is_condition else entry_id,
            via=via if entry_id else "none",
            conflict=conflict,
        )

    def _by_text(self, text: str, capitals: frozenset[str]) -> tuple[str | None, Via] | None:
        """The entry that the words name; None when they name nothing, so that a code may speak.

        `capitals` are the words that were written in capitals: only these are abbreviations, where
        a common word is spelled the same (`as`, `hit`).

        A pair with the entry None means: the words do name or deny something, and no entry is it.
        """
        tokens = self._terms.vocabulary.tokens(text)
        whole = self._whole(tokens)
        if whole is not None:
            return whole
        spans = [
            replace(span, entry_id=ELSEWHERE) if self._is_turned_away(tokens, span) else span
            for span in self._spans(tokens)
            if span.end - span.start > 1
            or tokens[span.start].text not in self._terms.common_words - capitals
        ]
        places = [(span.start, span.end) for span in spans]
        symptoms = frozenset(s.start for s in spans if s.entry_id in self._terms.symptoms)
        denied = denied_positions(tokens, places) | past_positions(tokens, places, symptoms)
        was_denied = False
        for start, end, ends_sentence in _statements(tokens):
            inside = [span for span in spans if start <= span.start < end]
            affirmed = [span for span in inside if span.start not in denied]
            if affirmed:
                chosen = self._principal(tokens, affirmed)
                if chosen.entry_id not in self._own:
                    chosen = self._announced(tokens, spans, denied, end) or chosen
                return chosen.entry_id, chosen.via
            if inside:
                was_denied = True
                continue
            content = {
                at
                for at in range(start, end)
                if tokens[at].mark is Mark.WORD and tokens[at].text not in self._terms.void
            }
            if content and content <= denied:
                was_denied = True
                continue
            if not content or ends_sentence:
                continue
            whole = self._whole(tokens[start:end]) or self._reordered(tokens, start, end, denied)
            if whole is not None:
                return whole
            # First-listed rule: an entry that nobody recognises is still the answer, and only its
            # code can say what it is; unless it was the grounds of what follows.
            announced = self._announced(tokens, spans, denied, end)
            if announced is not None:
                return announced.entry_id, announced.via
            break
        return (ELSEWHERE, "none") if was_denied else None

    def _reordered(
        self, tokens: Sequence[Token], start: int, end: int, denied: frozenset[int]
    ) -> tuple[str | None, Via] | None:
        """The phrase whose words begin a statement in another order: `bleed in the left thalamus`.

        Nothing else may stand there up to a mark or a word that begins a cause, but words that
        change no name.
        """
        words: set[str] = set()
        found = None
        for at in range(start, end):
            token = tokens[at]
            if at in denied or len(words) > _MOST_REORDERED:
                break
            if token.mark is not Mark.WORD or token.text in _BEGINS_CAUSE:
                found = self._of_bag(frozenset(words)) or found
            if token.mark is Mark.WORD and token.text not in _SMALL:
                words.add(token.text)
        else:
            found = self._of_bag(frozenset(words)) or found
        return found

    # Most answers are read without it.
    @cached_property
    def _bags(self) -> _Bags:
        meant: dict[frozenset[str], tuple[str | None, Via]] = {}
        by_word: dict[str, list[frozenset[str]]] = defaultdict(list)
        for phrase, entry in self._phrases.items():
            bag = frozenset(phrase) - _SMALL
            if len(bag) > 1 and bag not in meant:
                meant[bag] = entry
                by_word[min(bag)].append(bag)
        return _Bags(meant, by_word)

    def _of_bag(self, words: frozenset[str]) -> tuple[str | None, Via] | None:
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

    def _announced(
        self, tokens: Sequence[Token], spans: Sequence[_Span], denied: frozenset[int], after: int
    ) -> _Span | None:
        """What a later statement says is the diagnosis: `hives and stridor; this was anaphylaxis`."""
        for start, end, _ in _statements(tokens):
            if start < after:
                continue
            words = tuple(token.text for token in tokens[start:end])
            cue = max((len(c) for c in self._terms.announces if words[: len(c)] == c), default=0)
            at = start + cue
            while at < end and (
                tokens[at].mark is not Mark.WORD
                or tokens[at].text in self._terms.void | self._terms.fillers
            ):
                at += 1
            for span in spans:
                if cue and span.start == at and at not in denied:
                    return span
        return None

    def _whole(self, tokens: Sequence[Token]) -> tuple[str | None, Via] | None:
        """The phrase or title that these tokens are from end to end."""
        listed = [token for token in tokens if token.mark in (Mark.LIST, Mark.SENTENCE)]
        if listed and tokens[-1].mark is Mark.SENTENCE:
            listed.pop()
        if any(token.text != "or" for token in listed):
            return None
        # `or` parts a list, but titles hold it too: chronic or unspecified ulcer.
        words = tuple(t.text for t in tokens if t.mark is Mark.WORD or t.text == "or")
        if not words:
            return None
        return self._phrases.get(words) or self._titles.get(self._bag(words))

    def _principal(self, tokens: Sequence[Token], affirmed: Sequence[_Span]) -> _Span:
        first = affirmed[0]
        for later in affirmed[1:]:
            if later.start - first.end > _APART:
                break
            marks = [token.mark for token in tokens[first.end : later.start]]
            is_special = later.entry_id in self._terms.gives_way.get(first.entry_id or "", ())
            if is_special and Mark.WORD not in marks:
                return later  # `acute coronary syndrome: NSTEMI`
            between = {
                token.text for token in tokens[first.end : later.start] if token.mark is Mark.WORD
            }
            linked = self._terms.gives_way_linked.get(first.entry_id or "", ())
            caused = self._terms.gives_way_caused.get(first.entry_id or "", ())
            if (later.entry_id in linked and between <= _LINKS) or (
                later.entry_id in caused and between and between <= _CAUSES
            ):
                return later  # `choledocholithiasis complicated by cholangitis`
        concluded = self._concluded(tokens, affirmed)
        if concluded is not None:
            return concluded
        if first.entry_id in self._terms.symptoms:
            for later in affirmed[1:]:
                between = tuple(token.text for token in tokens[first.end : later.start])
                if any(_contains(between, cause) for cause in self._terms.cause_words):
                    return later
        return first

    def _concluded(self, tokens: Sequence[Token], affirmed: Sequence[_Span]) -> _Span | None:
        """What a sentence ends in: `infiltrates indicate ARDS`, `fever, so this is a cellulitis`.

        What only shows something (`consistent with`) concludes from findings alone, not from a
        condition that is examined.
        """
        is_finding = affirmed[0].entry_id not in self._own
        for before, later in pairwise(affirmed):
            words = tuple(token.text for token in tokens[before.end : later.start])
            if any(_contains(words, cue) for cue in self._terms.conclusions):
                return later
            if is_finding and any(_contains(words, cue) for cue in self._terms.shows):
                return later
            if is_finding and later.entry_id in self._own and self._sums_up(tokens, later.start):
                return later
        return None

    def _sums_up(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a colon or dash after several findings leads to what stands at `at`."""
        while at > 0 and tokens[at - 1].text in self._terms.fillers:
            at -= 1
        return (
            at > 0
            and tokens[at - 1].text in (":", "-", "–", "—", "=")
            and sum(t.mark is Mark.COMMA or t.text in ("and", "with") for t in tokens[:at]) > 0
        )

    def _spans(self, tokens: Sequence[Token]) -> list[_Span]:
        """Recognised phrases, longest first where they overlap, in the order of the text."""
        found = [span for start in range(len(tokens)) for span in self._starting(tokens, start)]
        found.extend(self._inverted(tokens))
        found.sort(key=lambda span: (-span.words, span.end - span.start, span.start))
        taken: list[_Span] = []
        for span in found:
            if all(span.end <= other.start or other.end <= span.start for other in taken):
                taken.append(span)
        return sorted(taken, key=lambda span: span.start)

    def _starting(self, tokens: Sequence[Token], start: int) -> Iterator[_Span]:
        if tokens[start].mark is not Mark.WORD or (start and tokens[start - 1].text == "non"):
            return
        for phrase in self._by_first.get(tokens[start].text, ()):
            end = self._end_of(tokens, start, phrase)
            if end is not None:
                entry_id, via = self._phrases[phrase]
                yield _Span(start, end, len(phrase), entry_id, via)

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

    def _is_turned_away(self, tokens: Sequence[Token], span: _Span) -> bool:
        """Whether a word before makes another disease of it: `chronic`, but not `acute on chronic`."""
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

    def _inverted(self, tokens: Sequence[Token]) -> Iterator[_Span]:
        """Phrases written as an index does: `heart failure, acute on chronic`."""
        for comma in (i for i, token in enumerate(tokens) if token.mark is Mark.COMMA):
            before, after = _clause_start(tokens, comma), _clause_end(tokens, comma)
            turned = [*tokens[comma + 1 : after], *tokens[before:comma]]
            join = after - comma - 1
            for start in range(join):
                for span in self._starting(turned, start):
                    outside = [*turned[:start], *turned[span.end :]]
                    if span.end > join and self._says_nothing(outside):
                        yield _Span(before, after, span.words, span.entry_id, span.via)

    def _says_nothing(self, tokens: Sequence[Token]) -> bool:
        """Whether there are only words that change no name, or none."""
        known = self._terms.fillers | self._terms.void | {"now", "with"}
        return all(token.mark is not Mark.WORD or token.text in known for token in tokens)

    def _bag(self, words: Iterable[str]) -> frozenset[str]:
        return frozenset(words) - self._terms.title_stopwords

    def _read_phrases(
        self, catalogue: Catalogue, category: str
    ) -> dict[tuple[str, ...], tuple[str | None, Via]]:
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
        self._spoken = tuple(
            phrase for _, name, synonyms in entries for phrase in (name, *synonyms)
        )
        phrases: dict[tuple[str, ...], tuple[str | None, Via]] = {}
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

    def _read_titles(
        self, titles: Iterable[CodedTitle]
    ) -> dict[frozenset[str], tuple[str | None, Via]]:
        """Title words to entry; a title that stands for several entries is left out."""
        found: dict[frozenset[str], set[str | None]] = defaultdict(set)
        for title in titles:
            bag = self._bag(self._terms.vocabulary.words(title.title))
            if bag:
                found[bag].add(self.by_code(title.code, title.version))
        return {bag: (ids.pop(), "title") for bag, ids in found.items() if len(ids) == 1}


def _contains(words: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return any(words[i : i + len(part)] == part for i in range(len(words) - len(part) + 1))


def _statements(tokens: Sequence[Token]) -> Iterator[tuple[int, int, bool]]:
    """Start, end and whether a full stop ends it, of each entry of a list or sentence."""
    start = 0
    for at, token in enumerate(tokens):
        if token.mark in (Mark.LIST, Mark.SENTENCE):
            if at > start:
                yield start, at, token.mark is Mark.SENTENCE and at + 1 < len(tokens)
            start = at + 1
    if start < len(tokens):
        yield start, len(tokens), False


_CLAUSE: Final = (Mark.LIST, Mark.SENTENCE, Mark.COMMA)


def _clause_start(tokens: Sequence[Token], at: int) -> int:
    while at > 0 and tokens[at - 1].mark not in _CLAUSE:
        at -= 1
    return at


def _clause_end(tokens: Sequence[Token], at: int) -> int:
    at += 1
    while at < len(tokens) and tokens[at].mark not in _CLAUSE:
        at += 1
    return at
