"""One order, read by its words: which test it names, and what was left out to find it.

Belongs here: the rules for a single order, from exact to fuzzy, and the honest "ambiguous". Does
not belong here: dividing a wording into orders (`orders`, which states the rules), the indexes
(`_order_index`), the words (`_order_words`, `_order_names`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from evaluators.catalogue import Catalogue, CatalogueTest
from evaluators.encounter._order_index import SHORT, OrderNames
from evaluators.encounter._order_names import DETAILS
from evaluators.encounter._order_words import (
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
    WEAK,
    WITH,
)
from evaluators.encounter._wording import singular, spelled, tokens

MOST_CHOICES = 8
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Resolution:
    """What one part of a wording was taken for."""

    wording: str
    """The part, cleaned."""
    test_id: str | None
    """Catalogue id; None when ambiguous (`choices`) or unrecognised (no choices)."""
    confidence: float
    """100 for an exact match, the ratio for a fuzzy one, 0 without a match."""
    choices: tuple[str, ...] = ()
    """Canonical names to choose from, sorted."""
    ignored: str = ""
    """Words that were left out."""
    tool_id: str | None = None
    """The tool that it names; then there is no `test_id`."""


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    before: str
    """Separator before this part, lower case; empty for the first."""


class OrderReader:
    """Reads single orders. Build once; immutable afterwards."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Index the names of `catalogue`."""
        self._tests = catalogue.tests
        self.names = OrderNames(catalogue)

    def single(self, text: str, *, any_order: bool = True) -> Resolution | None:
        """Rules 1 and 2; None when neither holds."""
        wording = text.strip(" .,:!?")
        for words, ignored in self._variants(wording):
            ids = self.names.look_up(words, any_order=any_order)
            ids = ids | self._rivals(words, ignored, ids) if ids and ignored else ids
            if len(ids) == 1:
                return Resolution(wording, next(iter(ids)), 100.0, ignored=ignored)
            if ids:
                return self.ambiguous(wording, ids)
        found = self._without_detail(wording, any_order=any_order)
        return found or (self._widely(wording) if any_order else None)

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
        if not words or len(words) > 2 * self.names.longest:
            return Resolution(wording, None, 0.0)
        every = plain_words(wording)
        found = self.fuzzy(wording, every) or self.corrected(wording)
        if found is None and every != words:
            found = self.fuzzy(wording, words)
            if found and found.test_id:  # misspelled, and with words left out: asked, not guessed
                found = self.ambiguous(wording, {found.test_id})
        return found or self._related(wording, words)

    def corrected(self, wording: str) -> Resolution | None:
        """Rule 5: every word that nobody knows is replaced by the one it is nearly spelled as."""
        text = spelled(wording)
        right = _WORD.sub(lambda one: self.names.spelled_right(one.group()) or one.group(), text)
        if right == text:
            return None
        found = self.single(right)
        if found is None or found.test_id is None:
            return None
        ratio = min(99.0, max(90.0, round(fuzz.ratio(text, right), 1)))
        return replace(found, wording=wording, confidence=ratio)

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

    def _without_detail(self, wording: str, *, any_order: bool) -> Resolution | None:
        """Leave out `serum` and contrast, where the catalogue makes nothing of them."""
        text = spelled(wording)
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
        if tail in DETAILS.get(test_id, ()) or not tail:
            return True
        if self._is_telling(tail) or any(map(self.names.spelled_right, tokens(tail))):
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


def divided(line: str) -> list[Part]:
    """Divide at weak separators outside parentheses."""
    parts: list[Part] = []
    start, before = 0, ""
    hidden = [match.span() for match in PARENTHESES.finditer(line)]
    for match in WEAK.finditer(line):
        if any(low <= match.start() < high for low, high in hidden):
            continue
        parts.append(Part(line[start : match.start()].strip(), before))
        start, before = match.end(), match.group(1).lower()
    parts.append(Part(line[start:].strip(), before))
    return [part for part in parts if part.text]


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
