"""An answer with its misspelled words put right, where only one word can be meant.

Belongs here: which words are spelled well, and the correction. Words of other diagnoses (in the
terms file) are known too, so that a slip in `hypocalcemia` is never hypercalcemia. Does not belong
here: what the corrected words name (`diagnosis`), words that are united on purpose (`wording`).

A word that nobody knows is taken for a known one when it is near in letters, or sounds alike. A
neighbour that stands beside the known word in some phrase lets it be shorter and further away
(`thyroid strom`, `guillan bare`). Of two that are equally near, none is taken.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from evaluators.scoring.wording import plain

_SHORTEST: Final = 4
"""Letters from which a word may be misspelled at all."""
_ALONE: Final = 6
"""Letters from which it is corrected without a neighbour; shorter ones are near too many others."""
_SURE: Final = 7
"""Letters from which the second may be the slip."""
_LONG: Final = 9
"""Letters from which two slips are corrected, not one."""
_LONGEST_SPLIT: Final = 8
_WORD: Final = re.compile(r"[a-z]+")
_PIECE: Final = re.compile(r"(?<![a-z0-9.])[a-z]+(?![a-z0-9])")
_WEAK: Final = frozenset(
    [
        "of",
        "in",
        "with",
        "the",
        "a",
        "an",
        "and",
        "to",
        "due",
        "from",
        "on",
        "by",
        "for",
        "or",
        "at",
        "as",
        "is",
        "no",
        "not",
        "non",
        "without",
        "other",
    ]
)
"""Neighbours that stand beside anything."""
_SOUNDS: Final = (
    (re.compile(r"^(?:pn|kn|gn)"), "n"),
    (re.compile(r"^(?:ps|x)"), "s"),
    (re.compile("ph"), "f"),
    (re.compile("sch|sh"), "s"),
    (re.compile("r+h"), "r"),
    (re.compile("th"), "t"),
    (re.compile("ch|ck|q"), "k"),
    (re.compile("s?c(?=[eiy])|z"), "s"),
    (re.compile("c"), "k"),
    (re.compile("x"), "ks"),
    (re.compile("[aeiouy]+"), "a"),
    (re.compile(r"(.)\1+"), r"\1"),
)


@dataclass(frozen=True)
class _Near:
    word: str
    slips: int
    is_sure: bool
    """Whether it may be taken without a neighbour that speaks for it."""


class Spelling:
    """Words that are spelled well. Build once; immutable afterwards."""

    def __init__(self, known: Iterable[str], comparable: Callable[[str], tuple[str, ...]]) -> None:
        """Take every word of `known`, phrases of the catalogues and of the terms file.

        Words of one `comparable` form are the same word.
        """
        self._texts = tuple(known)
        self._comparable = comparable
        self._near = lru_cache(maxsize=8192)(self._near_words)

    # Most matchers never meet a word that is spelled badly, so the words are read when asked for.
    @cached_property
    def _phrases(self) -> list[list[str]]:
        return [_WORD.findall(plain(text)) for text in self._texts]

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(word for words in self._phrases for word in words)

    @cached_property
    def _beside(self) -> frozenset[tuple[str, str]]:
        """Words that follow each other in a phrase."""
        return frozenset(
            (self._form(first), self._form(second))
            for words in self._phrases
            for first, second in pairwise(words)
            if first not in _WEAK and second not in _WEAK
        )

    @cached_property
    def _by_letter(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._known):
            if len(word) >= _SHORTEST:
                found[word[0]].append(word)
        return found

    @cached_property
    def _by_sound(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._known):
            if len(word) >= _ALONE - 1:
                found[_sound(word)].append(word)
        return found

    def _form(self, word: str) -> str:
        return " ".join(self._comparable(word))

    def corrected(self, text: str) -> str | None:
        """The text with every unknown word replaced by the one that it is near; None if none is."""
        lowered = plain(text)
        found = list(_PIECE.finditer(lowered))
        words = [match.group() for match in found]
        right = list(words)
        for at, word in enumerate(words):
            if len(word) >= _SHORTEST and not self._is_known(word):
                right[at] = self._right(
                    word,
                    right[at - 1] if at else "",
                    words[at + 1] if at + 1 < len(words) else "",
                )
        pieces: list[str] = []
        end = 0
        for at, match in enumerate(found):
            gap = lowered[end : match.start()]
            joined = None
            if at and gap in (" ", "-"):
                joined = self._joined(words[at - 1], words[at], right[at], gap == "-")
            if joined is not None:
                pieces[-1] = joined
            else:
                pieces += [gap, right[at]]
            end = match.end()
        spelled = "".join([*pieces, lowered[end:]])
        return None if spelled == lowered else spelled

    def _is_known(self, word: str) -> bool:
        if word.endswith("ss"):
            return word in self._known
        return word in self._known or word.removesuffix("s") in self._known

    def _right(self, word: str, before: str, after: str) -> str:
        near = self._near(word)
        beside = [one for one in near if self._stands_beside(before, one.word, after)]
        choice = [*beside, *(one for one in near if one.is_sure)]
        least = min((one.slips for one in choice), default=0)
        for nearest in (beside, choice):
            forms = {self._form(one.word): one.word for one in nearest if one.slips == least}
            if forms:
                return forms.popitem()[1] if len(forms) == 1 else word
        return self._parted(word) or word

    def _joined(self, first: str, second: str, right: str, is_hyphened: bool) -> str | None:
        """One word written as two: `peri carditis`, `sub-arachniod`, `pre-renal`."""
        joined = first + second
        if len(first) < _SHORTEST - 1 or len(joined) < _LONGEST_SPLIT:
            return None
        if is_hyphened and joined in self._known:
            return None if self._stands_beside("", first, second) else joined
        if self._is_known(first) and self._is_known(second):
            return None
        if joined in self._known:
            return joined
        if right != second or len(second) < _ALONE:
            return None
        whole = self._right(joined, "", "")
        return whole if whole in self._known else None

    def _stands_beside(self, before: str, word: str, after: str) -> bool:
        form = self._form(word)
        beside = self._beside
        return (self._form(before), form) in beside or (form, self._form(after)) in beside

    def _parted(self, word: str) -> str | None:
        """Two words of a phrase written as one: `heartfailure`."""
        if len(word) < _LONGEST_SPLIT:
            return None
        for at in range(3, len(word) - 2):
            first, second = word[:at], word[at:]
            if (self._form(first), self._form(second)) in self._beside:
                return f"{first} {second}"
        return None

    def _near_words(self, word: str) -> tuple[_Near, ...]:
        sound = _sound(word)
        alike = self._by_sound.get(sound, ()) if len(word) >= _ALONE - 1 else ()
        most = 1 if len(word) < _ALONE else 2 if len(word) < _LONG else 3
        pool = [*self._by_letter.get(word[0], ()), *self._by_letter.get(word[1], ())]
        found = process.extract(word, pool, scorer=OSA.distance, score_cutoff=most, limit=None)
        slips = {target: int(distance) for target, distance, _ in found}
        slips = {
            target: distance
            for target, distance in slips.items()
            if target[0] == word[0] or sorted(target[:2]) == sorted(word[:2])
        }
        for target in alike:
            slips.setdefault(target, OSA.distance(word, target))
        return tuple(
            _Near(target, distance, _is_sure(word, target, distance, target in alike))
            for target, distance in slips.items()
            if distance <= max(most, len(word) // 3)
        )


@lru_cache(maxsize=8)
def spelling(known: tuple[str, ...], comparable: Callable[[str], tuple[str, ...]]) -> Spelling:
    """The words of `known`; matchers of the categories that share them read them once."""
    return Spelling(known, comparable)


def _is_sure(word: str, target: str, slips: int, is_alike: bool) -> bool:
    """Whether a word that stands alone is taken for `target`."""
    # Letters that changed places, or one that was left out: `stmei`, `stoke`, `sepis`.
    is_turned = sorted(word) == sorted(target)
    if len(word) < _ALONE:
        return (
            len(word) == _ALONE - 1
            and target[:2] == word[:2]
            and slips == 1
            and (is_turned or len(target) > len(word))
        )
    if len(target) < _ALONE - 1:
        return False
    if is_alike and slips <= 3:
        return True
    if slips > (2 if len(word) >= _LONG else 1):
        return False
    return target[:2] == word[:2] or is_turned or (slips == 1 and len(word) >= _SURE)


@lru_cache(maxsize=65536)
def _sound(word: str) -> str:
    for pattern, written in _SOUNDS:
        word = pattern.sub(written, word)
    return word
