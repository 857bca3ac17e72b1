"""One order, read by its words: which test it names, and what was left out to find it.

Belongs here: the rules for a single order, from exact to fuzzy, and the honest "ambiguous". Does
not belong here: dividing a wording into orders (`orders`, which states the rules), the indexes
(`_order_index`), the words (`_order_words`, `_order_names`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import product

from rapidfuzz import fuzz

from evaluators.catalogue import Catalogue, CatalogueTest
from evaluators.encounter._order_index import SHORT, OrderNames
from evaluators.encounter._order_names import DETAILS
from evaluators.encounter._order_parts import Resolution, divided
from evaluators.encounter._order_sentences import begun, is_treatment, seeks_disease, sought
from evaluators.encounter._order_words import (
    BEGUN_KINDS,
    BLOOD,
    CONTRAST,
    DIVIDING,
    FLUIDS,
    LEADING,
    NO_ORDER,
    PARENTHESES,
    QUALIFIERS,
    REASON,
    REPETITION,
    TELLING,
    TELLING_REASON,
    WITH,
)
from evaluators.encounter._wording import singular, spelled, tokens

MOST_CHOICES = 8
_MOST_SPELLINGS = 12
"""Ways to spell a wording right that are tried; with more of them it is not read."""
_WORD = re.compile(r"[a-z]+")
_PIECES = re.compile(r"[a-z]+|[^a-z]+")


class OrderReader:
    """Reads single orders. Build once; immutable afterwards."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Index the names of `catalogue`."""
        self._tests = catalogue.tests
        self.names = OrderNames(catalogue)

    def single(self, text: str, *, any_order: bool = True) -> Resolution | None:
        """Rules 1 to 3; None when none holds."""
        wording = text.strip(" .,:!?")
        if seeks_disease(wording):
            return None
        for number, (words, ignored) in enumerate(self._variants(wording)):
            if number == 1 and any_order:  # before a word is left out, all of them together
                ids = self.names.look_up_expanded(tokens(wording))
                if ids:
                    return self._one_of(wording, ids, "")
                if is_treatment(REASON.split(wording, maxsplit=1)[0]):
                    return None
            ids = self.names.look_up(words, any_order=any_order)
            ids = ids | self._rivals(words, ignored, ids) if ids and ignored else ids
            if ids:
                return self._one_of(wording, ids, ignored)
        bare = REPETITION.sub(" ", PARENTHESES.sub(" ", spelled(wording)))
        for text in dict.fromkeys((wording, bare, REASON.split(bare, maxsplit=1)[0])):
            found = self._without_detail(wording, text, any_order=any_order)
            if found is not None:
                return found
        return self._widely(wording) if any_order else None

    def _one_of(self, wording: str, ids: set[str], ignored: str) -> Resolution:
        if len(ids) > 1:
            return self.ambiguous(wording, ids)
        return Resolution(wording, next(iter(ids)), 100.0, ignored=ignored)

    def is_refused(self, text: str) -> bool:
        """Whether the words ask for no test: `hold troponins`, `start digoxin`."""
        rest = begun(text)
        if rest:
            one = self.single(rest)
            if one is None or one.test_id is None:
                return bool(NO_ORDER.match(text))
            is_level = "level" in tokens(rest)
            return not (is_level or self._tests[one.test_id].kind in BEGUN_KINDS)
        return bool(NO_ORDER.match(text))

    def names_a_test(self, text: str) -> bool:
        """Whether the words are one test."""
        one = self.single(text) if text else None
        return one is not None and one.test_id is not None

    def members(self, test_ids: Iterable[str]) -> set[str]:
        """The tests and all that belongs to them, panels within panels included."""
        tests = set(test_ids)
        for test_id in list(tests):
            tests |= set(self._tests[test_id].member_test_ids)
        return tests | {
            test.test_id
            for test in self._tests.values()
            if test.member_test_ids and tests.issuperset(test.member_test_ids)
        }

    def is_name(self, text: str) -> bool:
        """Whether the words, qualifiers aside, are a name; with a comma, to the letter."""
        if "," in text:
            return spelled(text).strip() in self.names.with_commas
        words = tokens(REPETITION.sub(" ", PARENTHESES.sub(" ", spelled(text))))
        bare = tuple(word for word in words if word not in QUALIFIERS)
        return self.names.is_written_so(words) or self.names.is_written_so(bare)

    def mostly_within(self, tests: set[str]) -> set[str]:
        """Panels of which at least half of the members are among `tests`: LFTs within a CMP."""
        return {
            panel.test_id
            for panel in self._tests.values()
            if panel.member_test_ids
            and 2 * len(tests.intersection(panel.member_test_ids)) >= len(panel.member_test_ids)
        }

    def sought(self, text: str) -> Resolution | None:
        """`check for edema`: what is looked for, by its name."""
        rest = sought(text)
        one = (self.single(rest) or self.single(f"{rest} exam")) if rest else None
        return replace(one, wording=text) if one is not None and one.test_id else None

    def named(self, text: str) -> Resolution | None:
        """Exactly one test that clinicians call so, nothing left out."""
        ids = self.names.look_up_expanded(tokens(text))
        return Resolution(text, next(iter(ids)), 100.0) if len(ids) == 1 else None

    def fallback(self, text: str) -> Resolution:
        """Rules 5 and 7, or unrecognised."""
        wording = text.strip(" .,:!?")
        plain = REPETITION.sub(" ", PARENTHESES.sub(" ", spelled(wording)))
        reason = REASON.search(plain)
        if reason and plain[: reason.start()].strip():
            plain = plain[: reason.start()]
        words = plain_words(plain)
        if is_treatment(plain):
            return Resolution(wording, None, 0.0)
        if not words or len(words) > 2 * self.names.longest:
            return Resolution(wording, None, 0.0)
        every = plain_words(wording)
        found = self.corrected(wording) or self.fuzzy(wording, every)
        if found is None and every != words:
            found = self.fuzzy(wording, words)
            if found and found.test_id:  # misspelled, and with words left out: asked, not guessed
                found = self.ambiguous(wording, {found.test_id})
        return found or self._related(wording, words)

    def corrected(self, wording: str) -> Resolution | None:
        """Rule 5: every word that nobody knows is replaced by one that it is nearly spelled as.

        A word may be near several: the words around it decide, and where they do not, it is asked.
        """
        text = spelled(wording)
        near = {
            word: self.names.near(word, is_alone=" " not in text.strip())
            for word in dict.fromkeys(_WORD.findall(text))
            if not self.names.is_known(word)
        }
        near = {word: ways for word, ways in near.items() if ways}
        if not near or math.prod(map(len, near.values())) > _MOST_SPELLINGS:
            return None
        found: dict[str, tuple[Resolution, str]] = {}
        for ways in product(*near.values()):
            right = dict(zip(near, ways, strict=True))
            spelling = "".join(right.get(piece, piece) for piece in _PIECES.findall(text))
            one = self.single(spelling)
            if one is not None and one.test_id:
                found.setdefault(one.test_id, (one, spelling))
        if len(found) > 1:
            return self.ambiguous(wording, found)
        for one, spelling in found.values():
            ratio = min(99.0, max(90.0, round(fuzz.ratio(text, spelling), 1)))
            return replace(one, wording=wording, confidence=ratio)
        return None

    def fuzzy(self, wording: str, words: tuple[str, ...]) -> Resolution | None:
        ids, ratio = self.names.fuzzy(words)
        if len(ids) > 1:
            return self.ambiguous(wording, ids)
        return Resolution(wording, ids.pop(), round(ratio, 1)) if ids else None

    def ambiguous(self, wording: str, ids: Iterable[str]) -> Resolution:
        names = sorted({self._tests[test_id].canonical_name for test_id in ids})
        return Resolution(wording, None, 0.0, choices=tuple(names[:MOST_CHOICES]))

    def _variants(self, wording: str) -> Iterable[tuple[tuple[str, ...], str]]:
        """Tokens of the wording with more and more left out, and what was left out."""
        yield tokens(wording), ""
        yield tokens(wording), ""  # the second time with what clinicians call it
        text, ignored = spelled(wording), []
        for pattern in (PARENTHESES, REPETITION):
            removed = [match.group(0) for match in pattern.finditer(text)]
            if removed:
                text = pattern.sub(" ", text)
                ignored += removed
        words = tokens(text)
        if ignored:
            yield words, " ".join(ignored)
        yield from _unqualified(words, ignored)
        reason = REASON.search(text)
        if reason and reason.start() > 0 and not self._has_order(text[reason.start() :]):
            head = tokens(text[: reason.start()])
            left_out = [*ignored, text[reason.start() :].strip()]
            yield head, " ".join(left_out)
            yield from _unqualified(head, left_out)
        heading, colon, rest = text.partition(":")
        if colon:
            yield tokens(rest), heading + colon
            yield from _unqualified(tokens(rest), [heading + colon])

    def _has_order(self, text: str) -> bool:
        """Whether a later part of a list, after a reason, is an order of its own."""
        for part in divided(text)[1:]:
            words = tuple(word for word in tokens(part.text) if word not in QUALIFIERS)
            if self.names.look_up(words, any_order=True):
                return True
        return False

    def _rivals(self, words: tuple[str, ...], ignored: str, ids: set[str]) -> set[str]:
        """Other tests that the ignored words may tell apart: `creatinine (urine, random)`."""
        left_out = {word for word in singular(tokens(ignored)) if word not in QUALIFIERS}
        if not left_out:
            return set()
        rivals = (self.names.named_with((*singular(words), word)) for word in left_out)
        return set().union(*rivals) - ids

    def _without_detail(self, wording: str, text: str, *, any_order: bool) -> Resolution | None:
        """Leave out `serum` and contrast, where the catalogue makes nothing of them."""
        text = spelled(text)
        words = [word for word in tokens(text) if word not in QUALIFIERS]
        rest = tuple(word for word in words if word not in BLOOD)
        if rest and len(rest) < len(words) and not FLUIDS.intersection(words):
            ids = self.names.look_up(rest, any_order=any_order)
            ids = ids or (self.names.look_up_expanded(rest) if any_order else set())
            if len(ids) == 1 and all(self._is_blood(self._tests[test]) for test in ids):
                left_out = " ".join(word for word in words if word in BLOOD)
                return Resolution(wording, next(iter(ids)), 100.0, ignored=left_out)
        contrast = CONTRAST.search(text)
        if contrast:
            rest = tokens(CONTRAST.sub(" ", text))
            rest = tuple(word for word in rest if word not in QUALIFIERS) or rest
            ids = self.names.look_up(rest, any_order=any_order)
            ids = ids or (self.names.look_up_expanded(rest) if any_order else set())
            ids = ids or (self.names.look_up_bare(rest)[0] if any_order else set())
            stated = {"any", "none"} if contrast.group(0).startswith("without") else {"any", "iv"}
            if "and" in contrast.group(0) or "oral" in contrast.group(0):
                stated = {"any"}
            if len(ids) == 1 and all(self._tests[test].contrast in stated for test in ids):
                return Resolution(wording, next(iter(ids)), 100.0, ignored=contrast.group(0))
        return None

    def _widely(self, wording: str) -> Resolution | None:
        """Rule 3: abbreviations written out, words left out that change nothing for the kind."""
        text = spelled(wording)
        if NO_ORDER.match(text):
            return None
        bare = REPETITION.sub(" ", PARENTHESES.sub(" ", text))
        heads = [(bare, "")]
        reason = REASON.search(bare)
        if (
            reason
            and bare[: reason.start()].strip()
            and not self._has_order(bare[reason.start() :])
        ):
            tail = bare[reason.start() :].strip()
            if not (TELLING_REASON.match(tail) and self._is_telling(tail)):
                heads.append((bare[: reason.start()], tail))
        joined = WITH.search(bare)
        if joined and bare[: joined.start()].strip():
            heads.append((bare[: joined.start()], bare[joined.end() :].strip()))
        for head, tail in heads:
            words = tokens(head)
            ids = self.names.look_up_expanded(words)
            left_out: tuple[str, ...] = ()
            if not ids:
                ids, left_out = self.names.look_up_bare(words)
                ids = ids | self._rivals(words, " ".join(left_out), ids) if ids else ids
            if len(ids) > 1:
                return self.ambiguous(wording, ids)
            if ids and (not joined or head is not heads[-1][0] or self._is_detail(ids, tail)):
                ignored = " ".join([*left_out, *tail.split()])
                return Resolution(wording, next(iter(ids)), 100.0, ignored=ignored)
        return None

    def _is_telling(self, tail: str) -> bool:
        """Whether words after an order may make it another test."""
        return any(word in DIVIDING or word in FLUIDS or word in TELLING for word in tokens(tail))

    def _is_detail(self, ids: set[str], tail: str) -> bool:
        """Whether what follows "with" is done with the order, or is part of its panel."""
        (test_id,) = ids
        core = " ".join(word for word in tail.split() if word not in QUALIFIERS)
        if not tail or not DETAILS.get(test_id, frozenset()).isdisjoint({tail, core}):
            return True
        if self._is_telling(tail) or any(map(self.names.is_misspelled, tokens(tail))):
            return False  # a misspelled tail may be telling too: `with diferential`
        inner = [self.single(part.text) for part in divided(tail)]
        members = self._tests[test_id].member_test_ids
        if inner and all(one and one.test_id for one in inner):
            return all(one is not None and one.test_id in members for one in inner)
        return not any(one for one in inner) and not self.names.named_with(
            (*singular(tokens(tail)),)
        )

    @staticmethod
    def _is_blood(test: CatalogueTest) -> bool:
        return test.kind in {"lab", "panel"} and test.fluid == "Blood"

    def _related(self, wording: str, words: tuple[str, ...]) -> Resolution:
        """Names that have all of the words, or else names that lie within the words."""
        wider = self.names.named_with(words)
        if wider:
            return self.ambiguous(wording, wider)
        within: set[str] = set()
        for length in range(len(words) - 1, 0, -1):
            for start in range(len(words) - length + 1):
                piece = words[start : start + length]
                if length > 1 or len(piece[0]) >= SHORT:
                    within |= self.names.plural.get(piece, set())
            if within:
                return self.ambiguous(wording, within)
        return Resolution(wording, None, 0.0)


def _unqualified(
    words: tuple[str, ...], ignored: list[str]
) -> Iterable[tuple[tuple[str, ...], str]]:
    """The words without qualifiers: first those at the ends, then those inside too."""
    low, high = 0, len(words)
    while low < high and words[low] in LEADING:
        low += 1
    while high > low and words[high - 1] in QUALIFIERS:
        high -= 1
    # Each shorter head first: `troponin level` is a name, so `repeat troponin level` finds it.
    for start in range(low + 1):
        if start and words[start:]:
            yield words[start:], " ".join([*ignored, *words[:start]])
    if high < len(words) and low < high:
        yield words[low:high], " ".join([*ignored, *words[:low], *words[high:]])
    inner = tuple(word for word in words[low:high] if word not in QUALIFIERS)
    if inner and inner != words[low:high]:
        left_out = [word for word in words if word in QUALIFIERS]
        yield inner, " ".join([*ignored, *left_out])


def plain_words(text: str) -> tuple[str, ...]:
    return singular(tuple(word for word in tokens(text) if word not in QUALIFIERS))
