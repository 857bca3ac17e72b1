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

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from rapidfuzz import fuzz

from evaluators.catalogue import Catalogue, CatalogueTest
from evaluators.encounter._order_index import SHORT, OrderNames
from evaluators.encounter._order_names import DETAILS
from evaluators.encounter._order_words import (
    BLOOD,
    CONTRAST,
    DIVIDING,
    FLUIDS,
    LEAD,
    IMPLIED_FLUIDS,
    LEADING,
    NO_ORDER,
    PARENTHESES,
    QUALIFIERS,
    REASON,
    REPETITION,
    RUN_KINDS,
    STRONG,
    TELLING,
    TELLING_REASON,
    WEAK,
    WITH,
    spelled_out,
)
from evaluators.encounter._wording import LONGEST, cut, singular, spelled, tokens
from evaluators.encounter.tools.registry import tool_of

RULES_VERSION = "orders/3"

MOST_CHOICES = 8
MOST_PARTS = 60
"""Parts of one wording that are read; a longer list is one unrecognised order."""
_LONGEST_JOIN = 6
_WORD = re.compile(r"[a-z]+")
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
        self._names = OrderNames(catalogue)
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
        found = self._resolve_spelled_out(spelled_out(line))
        return (replace(found[0], wording=line.strip(" .,:!?")),) if len(found) == 1 else found

    def _resolve_spelled_out(self, line: str) -> tuple[Resolution, ...]:
        if NO_ORDER.match(line) and "," not in line:
            return (Resolution(line, None, 0.0),)
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
        if len(parts) > 1 or WITH.search(line):
            misspelled = self._fuzzy(line, _plain_words(line)) or self._corrected(line)  # `cacium, ionized` is one name
            if misspelled and misspelled.test_id:
                return (misspelled,)
            found = self._divide(parts)
            if any(resolution.test_id or resolution.tool_id for resolution in found):
                return tuple(found)
        inside = self._in_parentheses(line) or self._run_of_names(line)
        return inside or (self._fallback(line),)

    def _divide(self, parts: list[_Part]) -> list[Resolution]:
        found: list[Resolution] = []
        at = 0
        fluid, fluid_kind = "", ""
        is_refused = False
        while at < len(parts):
            text = parts[at].text
            is_refused = bool(NO_ORDER.match(text)) or (is_refused and parts[at].before != ",")
            if is_refused:  # `replete K and Mg` asks for nothing
                found.append(Resolution(text, None, 0.0))
                at += 1
                continue
            length, resolution = self._longest_at(parts, at)
            if resolution is None:
                several = self._joined_by_with(text) or self._run_of_names(text)
                if several:
                    found.extend(several)
                    at += 1
                    continue
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
            last = at + 1
            while last + 1 < len(parts) and parts[last + 1].before in joined:
                last += 1
            attempts.append(f"{text} {parts[last].text.split()[-1]}")
        if at > 0 and parts[at].before in joined and parts[at - 1].text.split():
            attempts.append(f"{parts[at - 1].text.split()[0]} {text}")
        for attempt in attempts:
            resolution = self._single(attempt, any_order=False) or self._named(attempt)
            if resolution:
                return replace(resolution, wording=text)
        return None

    def _named(self, text: str) -> Resolution | None:
        """Exactly one test that clinicians call so, nothing left out."""
        ids = self._names.look_up_expanded(tokens(text))
        return Resolution(text, next(iter(ids)), 100.0) if len(ids) == 1 else None

    def _maybe_of_fluid(self, fluid: str, resolution: Resolution) -> Resolution:
        """`urine sodium and creatinine`: the second may be urine's or blood's, so it is asked."""
        if resolution.test_id is None or self._tests[resolution.test_id].kind != "lab":
            return resolution
        words = (fluid, *_plain_words(resolution.wording))
        of_fluid = self._names.look_up(words, any_order=True)
        if not of_fluid:
            of_fluid = self._names.named_with(words)
        if not of_fluid or resolution.test_id in of_fluid:
            return resolution
        return self._ambiguous(resolution.wording, {resolution.test_id, *of_fluid})

    # --- one order

    def _single(self, text: str, *, any_order: bool = True) -> Resolution | None:
        """Rules 1 and 2; None when neither holds."""
        wording = text.strip(" .,:!?")
        for words, ignored in self._variants(wording):
            ids = self._names.look_up(words, any_order=any_order)
            ids = ids | self._rivals(words, ignored, ids) if ids and ignored else ids
            if len(ids) == 1:
                return Resolution(wording, next(iter(ids)), 100.0, ignored=ignored)
            if ids:
                return self._ambiguous(wording, ids)
        found = self._without_detail(wording, any_order=any_order)
        return found or (self._widely(wording) if any_order else None)

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
            if self._names.look_up(words, any_order=True):
                return True
        return False

    def _rivals(self, words: tuple[str, ...], ignored: str, ids: set[str]) -> set[str]:
        """Other tests that the ignored words may tell apart: `creatinine (urine, random)`."""
        left_out = {word for word in singular(tokens(ignored)) if word not in QUALIFIERS}
        if not left_out:
            return set()
        rivals = (self._names.named_with((*singular(words), word)) for word in left_out)
        return set().union(*rivals) - ids

    def _without_detail(self, wording: str, *, any_order: bool) -> Resolution | None:
        """Leave out `serum` and contrast, where the catalogue makes nothing of them."""
        text = spelled(wording)
        words = [word for word in tokens(text) if word not in QUALIFIERS]
        rest = tuple(word for word in words if word not in BLOOD)
        if rest and len(rest) < len(words) and not FLUIDS.intersection(words):
            ids = self._names.look_up(rest, any_order=any_order)
            ids = ids or (self._names.look_up_expanded(rest) if any_order else set())
            if len(ids) == 1 and all(self._is_blood(self._tests[test]) for test in ids):
                left_out = " ".join(word for word in words if word in BLOOD)
                return Resolution(wording, next(iter(ids)), 100.0, ignored=left_out)
        contrast = CONTRAST.search(text)
        if contrast:
            rest = tokens(CONTRAST.sub(" ", text))
            rest = tuple(word for word in rest if word not in QUALIFIERS) or rest
            ids = self._names.look_up(rest, any_order=any_order)
            ids = ids or (self._names.look_up_expanded(rest) if any_order else set())
            ids = ids or (self._names.look_up_bare(rest)[0] if any_order else set())
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
        if reason and bare[: reason.start()].strip() and not self._has_order(bare[reason.start():]):
            tail = bare[reason.start() :].strip()
            if not (TELLING_REASON.match(tail) and self._is_telling(tail)):
                heads.append((bare[: reason.start()], tail))
        joined = WITH.search(bare)
        if joined and bare[: joined.start()].strip():
            heads.append((bare[: joined.start()], bare[joined.end() :].strip()))
        for head, tail in heads:
            words = tokens(head)
            ids, left_out = self._names.look_up_expanded(words), ()
            if not ids:
                ids, left_out = self._names.look_up_bare(words)
                ids = ids | self._rivals(words, " ".join(left_out), ids) if ids else ids
            if len(ids) > 1:
                return self._ambiguous(wording, ids)
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
        if self._is_telling(tail) or any(map(self._names.spelled_right, tokens(tail))):
            return False  # a misspelled tail may be telling too: `with diferential`
        inner = [self._single(part.text) for part in _parts(tail)]
        members = self._tests[test_id].member_test_ids
        if inner and all(one and one.test_id for one in inner):
            return all(one is not None and one.test_id in members for one in inner)
        return not any(one for one in inner) and not self._names.named_with(
            (*singular(tokens(tail)),)
        )

    def _joined_by_with(self, text: str) -> tuple[Resolution, ...]:
        """`BMP with Mg`: two orders, where what follows is an order of its own."""
        joined = WITH.search(text)
        if joined is None:
            return ()
        first = self._single(text[: joined.start()])
        if first is None or first.test_id is None:
            return ()
        tail = re.sub(r"^ *reflex (?:to )?", "", text[joined.end() :])
        fluid = IMPLIED_FLUIDS.get(first.test_id, "")
        second = (self._single(f"{fluid} {tail}") if fluid else None) or self._single(tail)
        if second is None or second.test_id is None or self._tests[second.test_id].kind == "vital":
            return ()
        return first, replace(second, wording=tail.strip())

    def _run_of_names(self, text: str) -> tuple[Resolution, ...]:
        """`CBC BMP lipase`: names with nothing between them, and nothing else."""
        words = tokens(REPETITION.sub(" ", spelled(text)))
        words = tuple(word for word in words if word not in QUALIFIERS)
        found: list[Resolution] = []
        at = 0
        while at < len(words):
            for length in range(min(self._names.longest, len(words) - at), 0, -1):
                piece = words[at : at + length]
                ids = self._names.look_up(piece, any_order=False)
                if len(ids) == 1:
                    found.append(Resolution(" ".join(piece), next(iter(ids)), 100.0))
                    at += length
                    break
            else:
                return ()
        kinds = {self._tests[one.test_id].kind for one in found if one.test_id}
        # Two laboratory names side by side may be one thing: `sodium chloride`.
        if len(found) < 2 or not kinds <= RUN_KINDS or (len(found) == 2 and kinds == {"lab"}):
            return ()
        return tuple(found)

    @staticmethod
    def _is_blood(test: CatalogueTest) -> bool:
        return test.kind in {"lab", "panel"} and test.fluid == "Blood"

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
        if not words or len(words) > 2 * self._names.longest:
            return Resolution(wording, None, 0.0)
        every = _plain_words(wording)
        found = self._fuzzy(wording, every) or self._corrected(wording)
        if found is None and every != words:
            found = self._fuzzy(wording, words)
            if found and found.test_id:  # misspelled, and with words left out: asked, not guessed
                found = self._ambiguous(wording, {found.test_id})
        return found or self._related(wording, words)

    def _corrected(self, wording: str) -> Resolution | None:
        """Rule 5: every word that nobody knows is replaced by the one it is nearly spelled as."""
        text = spelled(wording)
        right = _WORD.sub(lambda one: self._names.spelled_right(one.group()) or one.group(), text)
        if right == text:
            return None
        found = self._single(right)
        if found is None or found.test_id is None:
            return None
        ratio = min(99.0, max(90.0, round(fuzz.ratio(text, right), 1)))
        return replace(found, wording=wording, confidence=ratio)

    def _fuzzy(self, wording: str, words: tuple[str, ...]) -> Resolution | None:
        ids, ratio = self._names.fuzzy(words)
        if len(ids) > 1:
            return self._ambiguous(wording, ids)
        return Resolution(wording, ids.pop(), round(ratio, 1)) if ids else None

    def _related(self, wording: str, words: tuple[str, ...]) -> Resolution:
        """Names that have all of the words, or else names that lie within the words."""
        wider = self._names.named_with(words)
        if wider:
            return self._ambiguous(wording, wider)
        within: set[str] = set()
        for length in range(len(words) - 1, 0, -1):
            for start in range(len(words) - length + 1):
                piece = words[start : start + length]
                if length > 1 or len(piece[0]) >= SHORT:
                    within |= self._names.plural.get(piece, set())
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
