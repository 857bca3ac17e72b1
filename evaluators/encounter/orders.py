"""What a candidate means by an order: free wording to catalogue ids, or an honest "not understood".

Belongs here: dividing a wording into single orders, exact look-up, the fuzzy fallback. Does not
belong here: what the record holds (`lookup`). A wording is data: it is compared, never compiled
into a pattern, a query or a path.

The rules, in order, for every part of a wording:

1. Exact: all of it equals a canonical name or synonym (case, punctuation, US spelling and joining
   words aside; then plurals aside; then word order aside).
2. The same after words that change nothing are left out: *stat*, *repeat*, *x2*, *please*, a reason
   (*to rule out ...*), remarks in parentheses, *serum* before a blood test, contrast where the
   catalogue does not tell studies apart by contrast. Words left out that would make it another
   test (`creatinine (urine)`) make it ambiguous.
3. A list is divided (`,` `;` `and` `/` `+`) where its parts are orders; the longest parts win, so
   `CT abdomen and pelvis with contrast` stays one.
4. Fuzzy: indel ratio of 90 or more (the threshold of Hager et al., Nature Medicine 2024), and every
   word under five letters, every number and every word that divides tests (urine, direct, without,
   ...) the same. A second, different test within 3 points makes it ambiguous.
5. A tool (a clinical calculator) by its own name, where the name is no test's: `anion gap` is the
   laboratory's, `corrected anion gap` the tool. Tools are never guessed.
6. A wording that is only a part of catalogue names, or that has one inside, is ambiguous, with the
   names as choices. The choices come from the catalogue alone: they are the same for each patient.

Anything else is unrecognised. A wrong test is never returned silently.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from rapidfuzz import fuzz, process

from evaluators.catalogue import Catalogue, CatalogueTest
from evaluators.encounter._order_words import (
    BLOOD,
    CONTRAST,
    DIVIDING,
    FLUIDS,
    LEAD,
    LEADING,
    PARENTHESES,
    QUALIFIERS,
    REASON,
    REPETITION,
    STRONG,
    WEAK,
)
from evaluators.encounter._wording import LONGEST, cut, singular, spelled, tokens
from evaluators.encounter.tools.registry import tool_of

RULES_VERSION = "orders/2"

THRESHOLD = 90.0
MARGIN = 3.0
_WORD_THRESHOLD = 85.0
_SHORT = 5
MOST_CHOICES = 8
MOST_PARTS = 60
"""Parts of one wording that are read; a longer list is one unrecognised order."""
_LONGEST_JOIN = 6
_REMEMBERED = 8192


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
class _Part:
    text: str
    before: str
    """Separator before this part, lower case; empty for the first."""


class OrderResolver:
    """Finds the catalogue tests that a wording means. Build once; immutable afterwards."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Index every canonical name and synonym of `catalogue`."""
        self._tests = catalogue.tests
        exact: dict[tuple[str, ...], set[str]] = defaultdict(set)
        plural: dict[tuple[str, ...], set[str]] = defaultdict(set)
        bag: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for test in catalogue.tests.values():
            for phrase in (test.canonical_name, *test.synonyms):
                found = tokens(phrase)
                exact[found].add(test.test_id)
                plural[singular(found)].add(test.test_id)
                bag[tuple(sorted(singular(found)))].add(test.test_id)
        self._exact, self._plural, self._bag = dict(exact), dict(plural), dict(bag)
        self._phrases = [" ".join(found) for found in plural]
        self._phrase_ids = [tuple(sorted(ids)) for ids in plural.values()]
        self._with_token: dict[str, set[int]] = defaultdict(set)
        for number, found in enumerate(plural):
            for token in found:
                self._with_token[token].add(number)
        self._longest = max(map(len, exact))
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._resolve)
        self._remembered_whole = lru_cache(maxsize=_REMEMBERED)(self._resolve_lines)

    def resolve(self, wording: str) -> tuple[Resolution, ...]:
        """Every single order in `wording`, in its order; never empty, never an exception."""
        if len(wording) <= LONGEST:  # longer ones would fill the memory, and come once
            return self._remembered_whole(wording)
        return self._resolve_lines(wording)

    def _resolve_lines(self, wording: str) -> tuple[Resolution, ...]:
        # Lines divide, so they are kept until the text is cut into lines.
        lines = [cut(line) for line in STRONG.split(wording[:20_000])]
        found = [
            resolution for line in lines if tokens(line) for resolution in self._remembered(line)
        ]
        if not any(one.test_id or one.choices or one.tool_id for one in found):
            return (Resolution(cut(wording), None, 0.0),)
        return tuple(found)

    # --- one line

    def _resolve(self, line: str) -> tuple[Resolution, ...]:
        line = LEAD.sub("", line)
        whole = self._single(line)
        if whole is not None and whole.test_id:
            return (whole,)
        tool = _tool(line)
        if tool is not None:
            return (tool,)
        if whole is not None:
            return (whole,)
        parts = _parts(line)
        if len(parts) > MOST_PARTS:
            return (Resolution(line, None, 0.0),)
        if len(parts) > 1:
            misspelled = self._fuzzy(line, _plain_words(line))  # `cacium, ionized` is one name
            if misspelled and misspelled.test_id:
                return (misspelled,)
            found = self._divide(parts)
            if any(resolution.test_id or resolution.tool_id for resolution in found):
                return tuple(found)
        inside = self._in_parentheses(line)
        return inside or (self._fallback(line),)

    def _divide(self, parts: list[_Part]) -> list[Resolution]:
        found: list[Resolution] = []
        at = 0
        fluid, fluid_kind = "", ""
        while at < len(parts):
            length, resolution = self._longest_at(parts, at)
            if resolution is None:
                text = parts[at].text
                resolution = _tool(text) or self._shared(parts, at) or self._fallback(text)
            words = tokens(parts[at].text)
            if words and words[0] in FLUIDS:
                fluid = words[0]
                fluid_kind = self._tests[resolution.test_id].kind if resolution.test_id else ""
            elif fluid and (fluid_kind == "lab" or parts[at].before in {"and", "&", "/"}):
                resolution = self._maybe_of_fluid(fluid, resolution)
            if found and parts[at].before == "/":
                self._doubt_halves(found, resolution)
            else:
                found.append(resolution)
            at += length
        return found

    def _doubt_halves(self, found: list[Resolution], second: Resolution) -> None:
        """Append the part after a slash; of two halves, one not understood makes both doubtful.

        `throat cuture / strep A` is one name, not a culture and a rapid test.
        """
        first = found[-1]
        if first.test_id and not second.test_id:
            found[-1] = self._ambiguous(first.wording, {first.test_id})
        elif second.test_id and not first.test_id:
            second = self._ambiguous(second.wording, {second.test_id})
        found.append(second)

    def _longest_at(self, parts: list[_Part], at: int) -> tuple[int, Resolution | None]:
        for length in range(min(_LONGEST_JOIN, len(parts) - at), 0, -1):
            text = parts[at].text
            for part in parts[at + 1 : at + length]:
                text += f"{'' if part.before == ',' else ' '}{part.before} {part.text}"
            over_comma = any(part.before == "," for part in parts[at + 1 : at + length])
            resolution = self._single(text, any_order=not over_comma)
            if resolution:
                return length, resolution
        return 1, None

    def _shared(self, parts: list[_Part], at: int) -> Resolution | None:
        """A part that shares a word with its neighbour: `blood and urine cultures`."""
        joined = {"and", "&", "/", ","}
        text = parts[at].text
        attempts = []
        if at + 1 < len(parts) and parts[at + 1].before in joined and parts[at + 1].text.split():
            attempts.append(f"{text} {parts[at + 1].text.split()[-1]}")
        if at > 0 and parts[at].before in joined and parts[at - 1].text.split():
            attempts.append(f"{parts[at - 1].text.split()[0]} {text}")
        for attempt in attempts:
            resolution = self._single(attempt, any_order=False)
            if resolution:
                return replace(resolution, wording=text)
        return None

    def _maybe_of_fluid(self, fluid: str, resolution: Resolution) -> Resolution:
        """`urine sodium and creatinine`: the second may be urine's or blood's, so it is asked."""
        if resolution.test_id is None or self._tests[resolution.test_id].kind != "lab":
            return resolution
        words = (fluid, *_plain_words(resolution.wording))
        of_fluid = self._look_up(words, any_order=True)
        if not of_fluid:
            named = set.intersection(*(self._with_token.get(word, set()) for word in words))
            of_fluid = {test for number in named for test in self._phrase_ids[number]}
        if not of_fluid or resolution.test_id in of_fluid:
            return resolution
        return self._ambiguous(resolution.wording, {resolution.test_id, *of_fluid})

    # --- one order

    def _single(self, text: str, *, any_order: bool = True) -> Resolution | None:
        """Rules 1 and 2; None when neither holds."""
        wording = text.strip(" .,:!?")
        for words, ignored in self._variants(wording):
            ids = self._look_up(words, any_order=any_order)
            ids = ids | self._rivals(words, ignored, ids) if ids and ignored else ids
            if len(ids) == 1:
                return Resolution(wording, next(iter(ids)), 100.0, ignored=ignored)
            if ids:
                return self._ambiguous(wording, ids)
        return self._without_detail(wording, any_order=any_order)

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
        for part in _parts(text)[1:]:
            words = tuple(word for word in tokens(part.text) if word not in QUALIFIERS)
            if self._look_up(words, any_order=True):
                return True
        return False

    def _rivals(self, words: tuple[str, ...], ignored: str, ids: set[str]) -> set[str]:
        """Other tests that the ignored words may tell apart: `creatinine (urine, random)`."""
        left_out = {word for word in singular(tokens(ignored)) if word not in QUALIFIERS}
        if not left_out:
            return set()
        numbers = set.intersection(*(self._with_token.get(w, set()) for w in singular(words)))
        telling = set().union(*(self._with_token.get(word, set()) for word in left_out))
        return {test for number in numbers & telling for test in self._phrase_ids[number]} - ids

    def _without_detail(self, wording: str, *, any_order: bool) -> Resolution | None:
        """Leave out `serum` and contrast, where the catalogue makes nothing of them."""
        text = spelled(wording)
        words = [word for word in tokens(text) if word not in QUALIFIERS]
        if len(words) > 1 and words[0] in BLOOD:
            ids = self._look_up(tuple(words[1:]), any_order=any_order)
            if len(ids) == 1 and all(self._is_blood(self._tests[test]) for test in ids):
                return Resolution(wording, next(iter(ids)), 100.0, ignored=words[0])
        contrast = CONTRAST.search(text)
        if contrast:
            rest = tokens(CONTRAST.sub(" ", text))
            rest = tuple(word for word in rest if word not in QUALIFIERS) or rest
            ids = self._look_up(rest, any_order=any_order)
            if len(ids) == 1 and all(self._tests[test].contrast == "any" for test in ids):
                return Resolution(wording, next(iter(ids)), 100.0, ignored=contrast.group(0))
        return None

    @staticmethod
    def _is_blood(test: CatalogueTest) -> bool:
        return test.kind in {"lab", "panel"} and test.fluid == "Blood"

    def _look_up(self, words: tuple[str, ...], *, any_order: bool) -> set[str]:
        if not words or len(words) > self._longest:
            return set()
        found = self._exact.get(words)
        if not found:
            words = singular(words)
            found = self._plural.get(words)
        if not found and any_order:
            found = self._bag.get(tuple(sorted(words)))
        return found or set()

    # --- what is not exact

    def _in_parentheses(self, line: str) -> tuple[Resolution, ...]:
        """`infection labs (CBC, CRP)`: the list is inside."""
        for match in PARENTHESES.finditer(line):
            inside = match.group(1) or match.group(2) or ""
            if not inside.strip() or PARENTHESES.search(inside):
                continue
            outside = _plain_words(PARENTHESES.sub(" ", line))
            found = tuple(self._divide(_parts(inside)))
            if len(found) == 1 and outside:
                continue  # a remark on something not understood
            if found and all(resolution.test_id for resolution in found):
                return found
        return ()

    def _fallback(self, text: str) -> Resolution:
        """Rules 4 and 5, or unrecognised."""
        wording = text.strip(" .,:!?")
        plain = REPETITION.sub(" ", PARENTHESES.sub(" ", spelled(wording)))
        reason = REASON.search(plain)
        if reason and plain[: reason.start()].strip():
            plain = plain[: reason.start()]
        words = _plain_words(plain)
        if not words or len(words) > 2 * self._longest:
            return Resolution(wording, None, 0.0)
        every = _plain_words(wording)
        found = self._fuzzy(wording, every)
        if found is None and every != words:
            found = self._fuzzy(wording, words)
            if found and found.test_id:  # misspelled, and with words left out: asked, not guessed
                found = self._ambiguous(wording, {found.test_id})
        return found or self._related(wording, words)

    def _fuzzy(self, wording: str, words: tuple[str, ...]) -> Resolution | None:
        if not any(len(word) >= _SHORT for word in words):
            return None
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
                for test_id in self._phrase_ids[number]:
                    best[test_id] = max(score, best.get(test_id, 0.0))
        if not best or max(best.values()) < THRESHOLD:
            return None
        top = max(best.values())
        ids = {test_id for test_id, score in best.items() if top - score <= MARGIN}
        if len(ids) > 1:
            return self._ambiguous(wording, ids)
        return Resolution(wording, ids.pop(), round(top, 1))

    def _related(self, wording: str, words: tuple[str, ...]) -> Resolution:
        """Names that have all of the words, or else names that lie within the words."""
        numbers = set.intersection(*(self._with_token.get(word, set()) for word in words))
        wider = {test for number in numbers for test in self._phrase_ids[number]}
        if wider:
            return self._ambiguous(wording, wider)
        within: set[str] = set()
        for length in range(len(words) - 1, 0, -1):
            for start in range(len(words) - length + 1):
                piece = words[start : start + length]
                if length > 1 or len(piece[0]) >= _SHORT:
                    within |= self._plural.get(piece, set())
            if within:
                return self._ambiguous(wording, within)
        return Resolution(wording, None, 0.0)

    def _ambiguous(self, wording: str, ids: Iterable[str]) -> Resolution:
        names = sorted({self._tests[test_id].canonical_name for test_id in ids})
        return Resolution(wording, None, 0.0, choices=tuple(names[:MOST_CHOICES]))


@cache
def order_resolver(catalogue: Catalogue) -> OrderResolver:
    """The resolver of a catalogue, indexed once a process."""
    return OrderResolver(catalogue)


def _tool(text: str) -> Resolution | None:
    tool = tool_of(text)
    return None if tool is None else Resolution(text, None, 100.0, tool_id=tool.tool_id)


def _parts(line: str) -> list[_Part]:
    """Divide at weak separators outside parentheses."""
    parts: list[_Part] = []
    start, before = 0, ""
    hidden = [match.span() for match in PARENTHESES.finditer(line)]
    for match in WEAK.finditer(line):
        if any(low <= match.start() < high for low, high in hidden):
            continue
        parts.append(_Part(line[start : match.start()].strip(), before))
        start, before = match.end(), match.group(1).lower()
    parts.append(_Part(line[start:].strip(), before))
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


def _plain_words(text: str) -> tuple[str, ...]:
    return singular(tuple(word for word in tokens(text) if word not in QUALIFIERS))


def _alike(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
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
        len(word) < _SHORT or word in DIVIDING or any(letter.isdigit() for letter in word)
        for word in (mine, theirs)
    )
