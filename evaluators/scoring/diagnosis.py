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
5. Words that nobody knows are put right first, where only one word can be meant (`_spelling`).
   Where the words name nothing, they are read again with ICD codes among them taken for words; an
   entry that nobody recognises is read in another order of its words.
6. Denied (`no evidence of`, `ruled out`, `unlikely`; `_assertion`) and past (`history of`, `known
   X, now Y`; `_past`) diagnoses do not count; doubt (`probable`, `suspected`) does not matter.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from evaluators.catalogue import Catalogue
from evaluators.scoring._assertion import CUE_WORDS, denied_positions
from evaluators.scoring._diagnosis_codes import code_index
from evaluators.scoring._diagnosis_terms import diagnosis_terms
from evaluators.scoring._past import PAST_WORDS, past_positions
from evaluators.scoring._phrases import ELSEWHERE, Meant, Via, phrase_book
from evaluators.scoring._principal import announced, principal, statements
from evaluators.scoring._spelling import spelling
from evaluators.scoring.wording import Mark, Token


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


_BEGINS_CAUSE: Final = frozenset(
    ["with", "due", "from", "secondary", "after", "in", "complicated", "on", "following"]
)
_MOST_REORDERED: Final = 10
"""Words that a name in another order may have."""
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
        self._codes = code_index(catalogue, category)
        self.by_code = self._codes.by_code
        self._book = phrase_book(catalogue, category)
        titles = tuple(titles)
        self._titles = self._read_titles(titles)
        known = {*CUE_WORDS, *PAST_WORDS, *self._terms.known, *self._book.spoken}
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

    def _by_text(self, text: str, capitals: frozenset[str]) -> Meant | None:
        """The entry that the words name; None when they name nothing, so that a code may speak.

        `capitals` are the words that were written in capitals: only these are abbreviations, where
        a common word is spelled the same (`as`, `hit`).

        A pair with the entry None means: the words do name or deny something, and no entry is it.
        """
        tokens = self._terms.vocabulary.tokens(text)
        whole = self._whole(tokens)
        if whole is not None:
            return whole
        spans = self._book.spans(tokens, capitals)
        places = [(span.start, span.end) for span in spans]
        symptoms = frozenset(s.start for s in spans if s.entry_id in self._terms.symptoms)
        denied = denied_positions(tokens, places) | past_positions(tokens, places, symptoms)
        was_denied = False
        for start, end, ends_sentence in statements(tokens):
            inside = [span for span in spans if start <= span.start < end]
            affirmed = [span for span in inside if span.start not in denied]
            if affirmed:
                chosen = principal(tokens, affirmed, self._terms, self._own)
                if chosen.entry_id not in self._own:
                    chosen = announced(tokens, spans, denied, end, self._terms) or chosen
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
            later = announced(tokens, spans, denied, end, self._terms)
            if later is not None:
                return later.entry_id, later.via
            break
        return (ELSEWHERE, "none") if was_denied else None

    def _reordered(
        self, tokens: Sequence[Token], start: int, end: int, denied: frozenset[int]
    ) -> Meant | None:
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
                found = self._book.in_any_order(frozenset(words)) or found
            if token.mark is Mark.WORD:
                words.add(token.text)
        else:
            found = self._book.in_any_order(frozenset(words)) or found
        return found

    def _whole(self, tokens: Sequence[Token]) -> Meant | None:
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
        return self._book.phrases.get(words) or self._titles.get(self._bag(words))

    def _bag(self, words: Iterable[str]) -> frozenset[str]:
        return frozenset(words) - self._terms.title_stopwords

    def _read_titles(self, titles: Iterable[CodedTitle]) -> dict[frozenset[str], Meant]:
        """Title words to entry; a title that stands for several entries is left out."""
        found: dict[frozenset[str], set[str | None]] = defaultdict(set)
        for title in titles:
            bag = self._bag(self._terms.vocabulary.words(title.title))
            if bag:
                found[bag].add(self.by_code(title.code, title.version))
        return {bag: (ids.pop(), "title") for bag, ids in found.items() if len(ids) == 1}
