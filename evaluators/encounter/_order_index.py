"""The names of a catalogue, indexed so that an order is found by look-up alone.

Belongs here: the indexes over names, exact to abbreviated, fuzzy matching, the correction of
spelling. Does not belong here: how a wording is divided and what is left out (`orders`).

No index decides between two tests: a look-up gives every test that has the name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from evaluators.catalogue import Action, Catalogue
from evaluators.encounter._order_names import EXTRA_NAMES, HARMLESS, SAME_WORDS
from evaluators.encounter._order_words import DIVIDING, FLUIDS, OTHER_WORDS, QUALIFIERS
from evaluators.encounter._wording import singular, spelled, spellings, tokens

THRESHOLD = 90.0
MARGIN = 3.0
_WORD_THRESHOLD = 85.0
SHORT = 5
"""Letters from which a word may be misspelled."""
_LONG = 10
"""Letters from which two mistakes in a word are corrected, not one."""
_SHORTEST = 3
"""Letters from which a word beside others may be misspelled."""
_SQUASHED = 4
"""Letters from which names are compared without blanks."""
_REMEMBERED = 8192
_LONGEST_SAME = max(map(len, SAME_WORDS))

_NOUNS = frozenset(
    [
        "level",
        "test",
        "panel",
        "study",
        "exam",
        "count",
        "screen",
        "profile",
        "assay",
        "measurement",
    ]
)

Words = tuple[str, ...]
Found = dict[Words, set[str]]


class OrderNames:
    """Names of tests. Build once; immutable afterwards."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Index every canonical name, synonym and clinicians' name of `catalogue`."""
        self._tests = catalogue.tests
        exact: Found = defaultdict(set)
        plural: Found = defaultdict(set)
        bag: Found = defaultdict(set)
        expanded: Found = defaultdict(set)
        squashed: dict[str, set[str]] = defaultdict(set)
        added = [
            (test_id, tokens(name))
            for test_id, names in EXTRA_NAMES.items()
            if test_id in catalogue.tests
            for name in names
        ]
        own = [
            (test.test_id, tokens(phrase))
            for test in catalogue.tests.values()
            for phrase in (test.canonical_name, *test.synonyms)
        ]
        for test_id, found in own:
            exact[found].add(test_id)
            plural[singular(found)].add(test_id)
            bag[tuple(sorted(singular(found)))].add(test_id)
        for test_id, found in [*own, *added]:
            # A name of one word is kept: `LE` is leukocyte esterase, not "lower extremity".
            full = expand(found) if len(found) > 1 else singular(found)
            expanded[tuple(sorted(full))].add(test_id)
            squashed["".join(found)].add(test_id)
        self.exact, self.plural, self.bag = dict(exact), dict(plural), dict(bag)
        self._expanded, self._squashed = dict(expanded), dict(squashed)
        self._phrases = [" ".join(found) for found in plural]
        self.phrase_ids = [tuple(sorted(ids)) for ids in plural.values()]
        with_token: dict[str, set[int]] = defaultdict(set)
        for number, found in enumerate(plural):
            for token in found:
                with_token[token].add(number)
        self.with_token = dict(with_token)
        self._as_written = frozenset(found for _, found in (*own, *added))
        self.with_commas = frozenset(
            spelled(phrase)
            for test in catalogue.tests.values()
            for phrase in (test.canonical_name, *test.synonyms)
            if "," in phrase
        )
        self.longest = max(map(len, exact))
        known = set(spellings()) | {word for found in (*plural, *expanded) for word in found}
        self._targets = sorted(word for word in known if len(word) > _SHORTEST and word.isalpha())
        known |= {word for one in catalogue.actions.values() for word in _words_of_action(one)}
        self.known = frozenset(known | QUALIFIERS | OTHER_WORDS | _words_of_tables())
        self.near = lru_cache(maxsize=_REMEMBERED)(self._near)

    def look_up(self, words: Words, *, any_order: bool) -> set[str]:
        """Tests that have these words as a name.

        As they stand, then without plurals, then in any order.
        """
        if not words or len(words) > self.longest:
            return set()
        found = self.exact.get(words)
        if not found:
            words = singular(words)
            found = self.plural.get(words)
        if not found and any_order:
            found = self.bag.get(tuple(sorted(words)))
        return found or set()

    def is_written_so(self, words: Words) -> bool:
        """Whether a name has these words in this order, plurals aside."""
        return words in self._as_written or words in self.plural or singular(words) in self.plural

    def look_up_expanded(self, words: Words) -> set[str]:
        """The same with abbreviations written out on both sides, or without blanks."""
        if not words or len(words) > 2 * self.longest:
            return set()
        found = self._expanded.get(singular(words)) if len(words) == 1 else None
        found = found or self._expanded.get(tuple(sorted(expand(words))))
        if not found:
            run = "".join(words)
            found = self._squashed.get(run) if len(run) >= _SQUASHED else None
        return found or set()

    def look_up_bare(self, words: Words) -> tuple[set[str], Words]:
        """Tests that are meant when words that change nothing for their kind are left out.

        Returns the tests, of all kinds, and the words left out. Words such as *level* are kept at
        first: `vancomycin level` is a test and `vancomycin` a drug.
        """
        if not words or len(words) > 3 * self.longest:
            return set(), ()
        full = expand(words)
        for keep in (_NOUNS, frozenset[str]()):
            found: set[str] = set()
            kept: set[str] = set()
            for kind, harmless in HARMLESS.items():
                for bare in _without(full, (harmless | QUALIFIERS) - keep):
                    ids = {
                        test_id
                        for test_id in self._expanded.get(tuple(sorted(bare)), ())
                        if self._tests[test_id].kind == kind
                    }
                    if ids:
                        found |= ids
                        kept |= set(bare)
                        break
            if found:
                return found, tuple(word for word in full if word not in kept)
        return set(), ()

    def run(self, words: Words) -> list[tuple[Words, str]]:
        """The names that the words are from end to end, longest first; empty when they are not."""
        found: list[tuple[Words, str]] = []
        at = 0
        while at < len(words):
            for length in range(min(self.longest, len(words) - at), 0, -1):
                piece = words[at : at + length]
                ids = self.look_up(piece, any_order=False)
                ids = ids or (self.look_up_expanded(piece) if length == 1 else set())
                if len(ids) == 1:
                    found.append((piece, next(iter(ids))))
                    at += length
                    break
            else:
                return []
        return found

    def named_with(self, words: Iterable[str]) -> set[str]:
        """Tests of which one name has all of the words."""
        numbers = [self.with_token.get(word, set()) for word in words]
        if not numbers:
            return set()
        return {test for number in set.intersection(*numbers) for test in self.phrase_ids[number]}

    def fuzzy(self, words: Words) -> tuple[set[str], float]:
        """Tests whose name is nearly these words, and the ratio of the nearest."""
        if not any(len(word) >= SHORT for word in words):
            return set(), 0.0
        best: dict[str, float] = {}
        near = process.extract(
            " ".join(words),
            self._phrases,
            scorer=fuzz.ratio,
            score_cutoff=THRESHOLD - MARGIN,
            limit=12,
        )
        for phrase, score, number in near:
            if _alike(words, tuple(phrase.split())):
                for test_id in self.phrase_ids[number]:
                    best[test_id] = max(score, best.get(test_id, 0.0))
        if not best or max(best.values()) < THRESHOLD:
            return set(), 0.0
        top = max(best.values())
        return {test_id for test_id, score in best.items() if top - score <= MARGIN}, top

    def is_known(self, word: str) -> bool:
        """Whether a word is spelled as one that somebody knows, plural or not."""
        return word in self.known or singular((word,))[0] in self.known or word in FLUIDS

    def is_misspelled(self, word: str) -> bool:
        """Whether nobody knows the word, and it is near one that is known."""
        return len(word) >= SHORT and not self.is_known(word) and bool(self.near(word))

    def _near(self, word: str, is_alone: bool = True) -> tuple[str, ...]:
        """Known words that an unknown one may be a misspelling of, the nearest alone.

        Short words are read only beside others (`chest xry`): alone they may be anything.
        """
        if len(word) < (SHORT if is_alone else _SHORTEST) or not word.isalpha():
            return ()
        most = 2 if len(word) >= _LONG else 1
        distances: dict[str, float] = {}
        for form in dict.fromkeys((word, singular((word,))[0])):
            if distances:  # `hepatits` is hepatitis, not the plural of a word near "hepatic"
                break
            for target, distance, _ in process.extract(
                form, self._targets, scorer=OSA.distance, score_cutoff=most, limit=12
            ):
                if target[0] == word[0]:
                    distances[target] = min(distance, distances.get(target, distance))
        least = min(distances.values(), default=0)
        return tuple(sorted(target for target, one in distances.items() if one == least))


@lru_cache(maxsize=_REMEMBERED)
def expand(words: Words) -> Words:
    """The words without plurals, abbreviations written out."""
    made: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST_SAME, len(words) - at), 0, -1):
            same = SAME_WORDS.get(words[at : at + length])
            if same:
                made.extend(same)
                at += length
                break
        else:
            made.append(words[at])
            at += 1
    again = tuple(made)
    return singular(again) if again == words else expand(again)


def _without(full: Words, left_out: frozenset[str]) -> Iterator[Words]:
    """The words with more and more of `left_out` gone: at the ends first, then everywhere."""
    low = next((at for at, word in enumerate(full) if word not in left_out), len(full))
    high = next((at for at, word in enumerate(full[::-1]) if word not in left_out), len(full))
    for gone in range(1, low + high + 1 if low < len(full) else 1):
        for first in range(max(0, gone - high), min(low, gone) + 1):
            yield full[first : len(full) - (gone - first)]
    bare = tuple(word for word in full if word not in left_out)
    if bare:
        yield bare


def _words_of_action(action: Action) -> Iterator[str]:
    """Words of what is given or done: spelled well, so never a misspelled test."""
    for phrase in (action.canonical_name, *action.synonyms):
        yield from tokens(phrase)


def _words_of_tables() -> set[str]:
    short = {word for words in SAME_WORDS for word in words}
    return short | {word for words in HARMLESS.values() for word in words}


def _alike(words: Words, name: Words) -> bool:
    """Whether a fuzzy match may stand: words that decide are the same, the others nearly so."""
    if len(words) != len(name):
        return False
    return all(
        mine == theirs
        or (_may_differ(mine, theirs) and fuzz.ratio(mine, theirs) >= _WORD_THRESHOLD)
        for mine, theirs in zip(sorted(words), sorted(name), strict=True)
    )


def _may_differ(mine: str, theirs: str) -> bool:
    return not any(
        len(word) < SHORT or word in DIVIDING or any(letter.isdigit() for letter in word)
        for word in (mine, theirs)
    )
