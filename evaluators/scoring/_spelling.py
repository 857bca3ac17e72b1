"""An answer with its misspelled words put right, where only one word can be meant.

Belongs here: which words are spelled well, and the correction. Words of other diagnoses (in the
terms file) are known too, so that a slip in `hypocalcemia` is never hypercalcemia. Does not belong
here: what the corrected words name (`diagnosis`), words that are united on purpose (`wording`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from evaluators.scoring.wording import plain

_SHORTEST: Final = 6
"""Letters from which a word may be misspelled; shorter ones are near too many others."""
_LONG: Final = 9
"""Letters from which two slips are corrected, not one."""
_SURE: Final = 7
"""Letters from which the second may be the slip."""
_WORD: Final = re.compile(r"[a-z]+")


class Spelling:
    """Words that are spelled well. Build once; immutable afterwards."""

    def __init__(self, known: Iterable[str]) -> None:
        """Take every word of `known`, phrases of the catalogues and of the terms file."""
        self._texts = tuple(known)
        self._right = lru_cache(maxsize=8192)(self._corrected_word)

    # Most matchers never meet a word that is spelled badly, so the words are read when asked for.
    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(word for text in self._texts for word in _WORD.findall(plain(text)))

    @cached_property
    def _targets(self) -> list[str]:
        return sorted(word for word in self._known if len(word) >= _SHORTEST)

    def corrected(self, text: str) -> str | None:
        """The text with every unknown word replaced by the one that it is near; None if none is."""
        lowered = plain(text)
        right = _WORD.sub(lambda found: self._right(found.group()), lowered)
        return None if right == lowered else right

    def _corrected_word(self, word: str) -> str:
        if (
            len(word) < _SHORTEST - 1
            or word in self._known
            or word.removesuffix("s") in self._known
        ):
            return word
        most = 2 if len(word) >= _LONG else 1
        near = [
            (target, distance)
            for target, distance, _ in process.extract(
                word, self._targets, scorer=OSA.distance, score_cutoff=most, limit=8
            )
            if _begins_alike(word, target, int(distance))
        ]
        least = min((distance for _, distance in near), default=0)
        nearest = [target for target, distance in near if distance == least]
        return nearest[0] if len(nearest) == 1 else word


def _begins_alike(word: str, target: str, slips: int) -> bool:
    """Whether the beginning lets the slip stand: one in the second letter only in a long word."""
    if len(word) < _SHORTEST:  # a letter left out, no other slip: `stoke`, `sepis`
        return target[:2] == word[:2] and (
            len(target) > len(word) or sorted(word) == sorted(target)
        )
    if target.startswith("pneumo") and target[1:3] == word[:2]:
        return True  # `neumonia`
    if target[0] != word[0]:
        return False
    # Two letters that changed places: `spetic`.
    is_turned = sorted(word) == sorted(target)
    return target[:2] == word[:2] or is_turned or (slips == 1 and len(word) >= _SURE)
