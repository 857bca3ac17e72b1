"""The probe of leaked answers: it reads how the patient presented, and knows no medicine.

Belongs here: the match of a presentation's words with the catalogue's words for each condition, and
the answer of `reference/leak-probe`. Does not belong here: what its success says of a scenario set
(`evaluators.leak_audit`), the words of the catalogue (they come in the briefing).

A condition is worth, of the words that the presentation shares with it, the sum of their inverse
document frequencies among the category's conditions (Sparck Jones 1972), so that a word of every
condition counts for nothing; words of the condition's differential count a quarter. A name or
synonym that stands in the presentation as a whole counts twice. Nothing is learnt from truths.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluators.candidates.reference.briefing import Briefing, NamedDiagnosis, ProbedCondition
from evaluators.candidates.reference.conversation import Conversation
from evaluators.candidates.reference.task_answers import drawn_answers, with_answers
from evaluators.encounter.protocol import FinalAnswer, Presentation, RankedDiagnosis, Step

DIFFERENTIAL_WEIGHT = 0.25
"""What a word of a condition's differential counts, a word of its own being 1: the differential of
a condition is the others of its category, so that a full weight would blur them."""
_TEXTS = (
    "chief_complaint",
    "home_drugs",
    "past_diagnoses",
    "history",
    "past_history",
    "social_history",
    "allergies",
)
"""What tells of this patient. The family's diseases are others' diseases."""
_FILLING = frozenset({
    "a", "an", "and", "any", "as", "at", "by", "due", "for", "from", "in", "into", "is", "not",
    "of", "on", "or", "other", "than", "the", "to", "type", "un", "unspecified", "with", "without",
})  # fmt: skip


@dataclass(frozen=True)
class Match:
    """Which of the conditions fits best, and how well (0: no word in common)."""

    index: int
    score: float


@dataclass(frozen=True)
class Lexicon:
    """The words of a category's conditions, weighed; made once, used for every presentation."""

    weights: tuple[Mapping[str, float], ...]
    """Of each condition: word to weight."""
    phrases: tuple[tuple[tuple[str, float], ...], ...]
    """Of each condition: names of words parted by single spaces, each with its weight."""

    @classmethod
    def of(cls, conditions: Sequence[ProbedCondition]) -> Lexicon:
        """The lexicon of `conditions`, in their order.

        Raises:
            ValueError: if there is none.
        """
        if not conditions:
            raise ValueError("A probe needs at least one condition to choose from.")
        own = [_words_of(condition.terms) for condition in conditions]
        found = Counter(word for words in own for word in words)
        rarity = {word: math.log(1 + len(own) / count) for word, count in found.items()}
        common = math.log(2.0)  # a word that stands in every condition
        weights = []
        phrases = []
        for condition, words in zip(conditions, own, strict=True):
            others = _words_of(condition.differential)
            weights.append(
                {word: rarity[word] - common for word in words}
                | {
                    word: DIFFERENTIAL_WEIGHT * (rarity[word] - common)
                    for word in others
                    if word in rarity and word not in words
                }
            )
            spelled = dict.fromkeys(" ".join(_words(term)) for term in condition.terms)
            phrases.append(
                tuple(
                    (phrase, sum(rarity.get(word, 0.0) for word in phrase.split()))
                    for phrase in spelled
                    if phrase
                )
            )
        return cls(tuple(weights), tuple(phrases))

    def best(self, presentation: Presentation) -> Match:
        """The condition with the highest score; of equals, one drawn by the words' SHA-256."""
        words = [word for text in _texts(presentation) for word in (*_words(text), "|")]
        shown = set(words)
        joined = f" {' '.join(words)} "
        scores = [
            sum(sorted(weight for word, weight in of_it.items() if word in shown))
            + sum(weight for phrase, weight in names if f" {phrase} " in joined)
            for of_it, names in zip(self.weights, self.phrases, strict=True)
        ]
        highest = max(scores)
        equals = [index for index, score in enumerate(scores) if math.isclose(score, highest)]
        lot = int.from_bytes(hashlib.sha256(joined.encode()).digest(), "big")
        return Match(equals[lot % len(equals)], highest)


def answer(conversation: Conversation, briefing: Briefing) -> Step:
    """Commit at once to the condition whose words fit the presentation best.

    Raises:
        ValueError: if the briefing holds no condition to choose from.
    """
    lexicon = Lexicon.of(briefing.probed)
    presentation = conversation.opening.presentation
    named: NamedDiagnosis = briefing.probed[lexicon.best(presentation).index].named
    final = FinalAnswer(diagnosis=named.diagnosis, icd10=named.icd10)
    answers: dict[str, Any] | None = briefing.answers
    if answers is not None:
        lot = int.from_bytes(hashlib.sha256(conversation.opening_text.encode()).digest(), "big")
        final = with_answers(final, drawn_answers(answers, lot))
    ranked = RankedDiagnosis(diagnosis=named.diagnosis, icd10=named.icd10, probability=1.0)
    return Step(differential=(ranked,), final=final)


def _texts(presentation: Presentation) -> list[str]:
    texts: list[str] = []
    for field in _TEXTS:
        value = getattr(presentation, field)
        texts.extend([value] if isinstance(value, str) else value or ())
    return texts


def _words(text: str) -> list[str]:
    """Small words of letters and digits, without plural s and without filling words."""
    found = re.findall(r"[a-z0-9]+", text.lower().replace("aem", "em").replace("oed", "ed"))
    return [
        word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word
        for word in found
        if word not in _FILLING
    ]


def _words_of(terms: Iterable[str]) -> set[str]:
    return {word for term in terms for word in _words(term)}
