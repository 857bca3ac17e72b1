"""A candidate's words as comparable tokens, with their list marks kept.

Belongs here: case, punctuation, spelling, plural and abbreviation rules, list and clause marks, and
whether an action's wording only foresees it. Does not belong here: which diagnosis the tokens mean
(`diagnosis`), and which actions a wording means or denies (`evaluators.encounter.actions`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

MAX_CHARACTERS: Final = 4000
"""Longer statements are cut: a diagnosis is a phrase, and matching must stay linear in practice."""


class Mark(StrEnum):
    """What stands between words."""

    WORD = "word"
    LIST = "list"
    """Semicolon, line break, `1.`, `vs`, `or`, `|`: what follows is another answer."""
    SENTENCE = "sentence"
    COMMA = "comma"
    SOFT = "soft"
    """Slash, dash, colon, parenthesis, plus: no boundary of a phrase."""


@dataclass(frozen=True)
class Token:
    """A word in comparable form, or a mark."""

    text: str
    mark: Mark = Mark.WORD


_SPELLING: Final = (
    ("aem", "em"),
    ("oedem", "edem"),
    ("oesoph", "esoph"),
    ("rrhoea", "rrhea"),
    ("tumour", "tumor"),
    ("faec", "fec"),
    ("caec", "cec"),
    ("paed", "ped"),
    ("leuc", "leuk"),
    ("haem", "hem"),
    ("ileous", "ileus"),
)
_SHORTHAND: Final = (
    (r"\br\s*/\s*o(?:'?d)?(?=\s*(?:[,;.)]|$|by\b|on\b|with\b|via\b))", " ruled out "),
    (r"\br\s*/\s*o\b", " rule out "),
    (r"\bh\s*/\s*o\b", " history of "),
    (r"\bs\s*/\s*p\b", " status post "),
    (r"\bw\s*/\s*o\b", " without "),
    (r"\bd\s*/\s*t\b", " due to "),
    (r"\bi\s*/\s*s\s*/\s*o\b", " in setting of "),
    (r"\bc\s*/\s*b\b", " complicated by "),
    (r"\bw/d\b", " withdrawal "),
    (r"\bc/w\b", " consistent with "),
    (r"\bc/f\b", " concern for "),
    (r"\bp/w\b", " presenting with "),
    (r"\ba/c(?= )", " acute on chronic "),
    (r"\bchronic obstructive (?:airways?|lung) disease\b", " copd "),
    (r"#\s?(?=nof|hip|ribs?\b|femur|neck)", " fracture of "),
    (r"\b(nof|hip|ribs?|femur)\s?#", r" \1 fracture "),
    (r",\s?ie\b", " "),
    (r"\bw\s*/(?=\s|\w)", " with "),
    (r"(?<![\d/])2\s*/\s*2(?![\d/])", " secondary to "),
    (r"\b(?:can\s*not|can't|couldn't|could not)\b", " cannot "),
    (r"\b(?:isn't|wasn't|doesn't|does not)\b", " not "),
    (r"\bvs\.", " vs "),
    (r"\b(?:e\.g\.|i\.e\.)", " "),
    (r"\bc\.\s*(?=diff)", " c "),
    (r"\ba\.\s*(?=fib|flutter)", " a "),
    (r"\bae-(?=copd)", " ae"),
    (r">(?=\s*[a-z])", "\n"),
    (r"\bst\.\s*(?=elev|seg)", " st "),
    # The urine, not unstable angina; every one, not the leukemia.
    (
        r"\bua(?= (?:is |was )?(?:positive|negative|show|with (?:nitrite|pyuria|bacteri|leuk|wbc)"
        r"|grossly|dirty|reveal|consistent|and (?:urine|fever|flank)))",
        " urinalysis ",
    ),
    (r"\ball(?= (?:of|the|other|previous|prior|three|cell|these|those|labs?|cases)\b)", " every "),
)
_SHORTHAND_MAYBE = re.compile("|".join(pattern for pattern, _ in _SHORTHAND))
"""No pattern makes another's match, so without a match of any of them there is nothing to do."""
_NUMBERING = re.compile(r"(?:(?<=\s)|^)[(#]?\d{1,2}[.)](?=\s+\S)", re.MULTILINE)
_PIECE = re.compile(r"\n|[;|]|\.(?=\s|$)|[!?](?=\s|$)|,|[/()\[\]:+&–—=]|-(?=\s)|[a-z0-9]+")
_LIST_WORDS: Final = frozenset({"vs", "versus", "or", "nor"})
_UNFUSED: Final = frozenset({"st", "q", "stemi"})
"""`non` stays a word of its own before these: the catalogue writes non-ST and non-Q."""


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Lower case without format characters (zero width, bidirectional), US spelling."""
    folded = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS])
    visible = "".join(c for c in folded if c in "\n\t" or unicodedata.category(c)[0] != "C")
    decomposed = unicodedata.normalize("NFKD", visible.lower())
    lowered = "".join(c for c in decomposed if not unicodedata.combining(c))
    for mark in ("\u2018", "\u2019", "`"):
        lowered = lowered.replace(mark, "'")
    for british, american in _SPELLING:
        lowered = lowered.replace(british, american)
    return lowered


class Vocabulary:
    """Turns text into tokens, expanding abbreviations and uniting words that mean the same.

    Both sides of every comparison go through the same vocabulary, so its reductions need not be
    good English, only free of collisions.
    """

    def __init__(self, words: Mapping[str, str]) -> None:
        """Take `words`, which maps one word to the words that replace it."""
        self._words = {key: tuple(value.split()) for key, value in words.items()}
        self.tokens = lru_cache(maxsize=8192)(self._tokens)
        self.words = lru_cache(maxsize=32768)(self._phrase_words)

    def _phrase_words(self, text: str) -> tuple[str, ...]:
        """The words of a catalogue phrase, marks dropped."""
        return tuple(token.text for token in self._tokens(text, is_phrase=True))

    def _tokens(self, text: str, is_phrase: bool = False) -> tuple[Token, ...]:
        lowered = plain(text)
        if _SHORTHAND_MAYBE.search(lowered):
            for pattern, replacement in _SHORTHAND:
                lowered = re.sub(pattern, replacement, lowered)
        lowered = re.sub(r"'s\b", "", lowered).replace("'", "")
        if not is_phrase:
            lowered = _NUMBERING.sub("\n", lowered)
        pieces = [match.group() for match in _PIECE.finditer(lowered)]
        tokens: list[Token] = []
        for word, mark in _fused(pieces):
            if mark is not Mark.WORD:
                if not is_phrase:
                    tokens.append(Token(word, mark))
                continue
            if word in _LIST_WORDS and not is_phrase:
                tokens.append(Token(word, Mark.LIST))
                continue
            for part in self._words.get(word, (word,)):
                stem = _singular(part)
                tokens.extend(Token(unit) for unit in self._words.get(stem, (stem,)))
        return tuple(tokens)


def _fused(pieces: Iterable[str]) -> Iterable[tuple[str, Mark]]:
    """Pieces with their marks; `non` joined with the word that it negates."""
    waiting = False
    for piece in pieces:
        mark = _mark(piece)
        if waiting:
            waiting = False
            if mark is Mark.WORD and piece not in _UNFUSED:
                yield "non" + piece, Mark.WORD
                continue
            yield "non", Mark.WORD
        if piece == "non":
            waiting = True
            continue
        yield piece, mark
    if waiting:
        yield "non", Mark.WORD


def _mark(piece: str) -> Mark:
    if piece in "\n;|":
        return Mark.LIST
    if piece in ".!?":
        return Mark.SENTENCE
    if piece == ",":
        return Mark.COMMA
    return Mark.WORD if piece[0].isalnum() else Mark.SOFT


def _singular(word: str) -> str:
    if len(word) > 3 and word.endswith("s") and word[-2] not in "sui":
        return word[:-1]
    return word


_CONDITIONAL = re.compile(
    r"\bonce\b(?!\s*(?:$|[,;.)]|daily|nightly|weekly|a\b|per\b|every\b|then\b|now\b))|"
    r"\b(?:if|unless|when|after|provided|as long as|depending on|only for|only with)\b"
)

# What says nothing of this patient: a guard of these words alone guards against nothing.
_EMPTY_GUARD = re.compile(
    r"\b(?:(?:contra)?indicat(?:ed|ions?)|appropriate|need(?:ed)?|necessary|possible|available|"
    r"tolerat(?:ed|es?)|safe(?:ly)?|warranted|required|deemed|desired|feasible|applicable|able|"
    r"okay|ok|clinical(?:ly)?|medical(?:ly)?|judged|felt|considered|otherwise|no|not|there|any|so|"
    r"is|are|it|be|then|to|the|an?|and|or|by|of|team|doctor|physician|patient|you|we|"
    r"discussion|review|assessment|evaluation|consideration)\b"
)


def is_conditional(wording: str) -> bool:
    """Whether an action hangs on something to come (`potassium once K < 5.3`).

    Such words are not a harm by themselves: the candidate has named the guard. `if indicated`,
    `when appropriate` and their like name none.
    """
    text = plain(wording)
    return any(
        re.search("[a-z0-9]", _EMPTY_GUARD.sub("", _CONDITIONAL.sub("", text[found.end() :])))
        for found in _CONDITIONAL.finditer(text)
    )
