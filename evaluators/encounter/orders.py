"""What a candidate means by an order: free wording to catalogue ids, or an honest "not understood".

Belongs here: the rules, and dividing a wording into single orders. Does not belong here: reading a
single order (`_order_reading`), what the record holds (`lookup`). A wording is data: it is
compared, never compiled into a pattern, a query or a path.

The rules, in order, for every part of a wording:

1. Exact: all of it equals a canonical name or synonym (case, punctuation, US spelling and joining
   words aside; then plurals aside; then word order aside).
2. The same after words that change nothing are left out: *stat*, *repeat*, *x2*, *please*, a reason
   (*to rule out ...*), remarks in parentheses, *serum* before a blood test, contrast that agrees
   with the study's. Words left out that would make it another test (`creatinine (urine)`) make it
   ambiguous.
3. The same with abbreviations written out on both sides (`XR`, `bili`, `bx`), with names of
   clinicians' use (`order_names.csv`), and without words that change nothing for tests of that kind
   (*clean catch*, *bilateral*), or what follows "with" where it is done with the order.
4. A list is divided (`,` `;` `and` `/` `+`) where its parts are orders; the longest parts win, so
   `CT abdomen and pelvis with contrast` stays one. `BMP with Mg` and `CBC BMP lipase` are lists.
   What is cancelled, held or replaced (`replete K and Mg`) asks for no test.
5. Fuzzy: indel ratio of 90 or more (the threshold of Hager et al., Nature Medicine 2024), and every
   word under five letters, every number and every word that divides tests (urine, direct, without,
   ...) the same. A second, different test within 3 points makes it ambiguous. Or else: every word
   that nobody knows is within one slip (two from ten letters) of exactly one that is known, and
   rules 1 to 3 hold for the corrected wording; its confidence is 99 at most.
6. A tool (a clinical calculator) by its own name, where the name is no test's: `anion gap` is the
   laboratory's, `corrected anion gap` the tool. Tools are never guessed.
7. A wording that is only a part of catalogue names, or that has one inside, is ambiguous, with the
   names as choices. The choices come from the catalogue alone: they are the same for each patient.

8. A sentence is taken apart first (`_order_sentences`): what leads up to an order, "including" and
   what belongs to the order before it, a dose or a drip (then no test is meant). What is sent from
   a puncture, or listed after `CSF`, is of that fluid. A test named twice in a line is one order.

Anything else is unrecognised. A wrong test is never returned silently.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache, lru_cache

from evaluators.catalogue import Catalogue
from evaluators.encounter._order_reading import (
    MOST_CHOICES,
    OrderReader,
    Part,
    Resolution,
    divided,
    plain_words,
)
from evaluators.encounter._order_sentences import (
    begun,
    exam_of,
    is_treatment,
    leading_reason,
    parted_at_including,
    puncture,
)
from evaluators.encounter._order_words import (
    COMPOUNDS,
    FLUIDS,
    IMPLIED_FLUIDS,
    LEAD,
    PARENTHESES,
    QUALIFIERS,
    REASON,
    REPETITION,
    RUN_KINDS,
    SAMPLED,
    STRONG,
    WITH,
    spelled_out,
)
from evaluators.encounter._wording import LONGEST, cut, spelled, tokens
from evaluators.encounter.tools.registry import tool_of

__all__ = [
    "MOST_CHOICES",
    "MOST_PARTS",
    "RULES_VERSION",
    "OrderResolver",
    "Resolution",
    "order_resolver",
]

RULES_VERSION = "orders/5"

MOST_PARTS = 60
"""Parts of one wording that are read; a longer list is one unrecognised order."""
_LONGEST_JOIN = 6
_REMEMBERED = 8192


class OrderResolver:
    """Finds the catalogue tests that a wording means. Build once; immutable afterwards."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Index every canonical name and synonym of `catalogue`."""
        self.tests = catalogue.tests
        """The tests of the catalogue, by id."""
        self._reader = OrderReader(catalogue)
        self._names = self._reader.names
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
        if line.lstrip().startswith("- "):
            line = line.replace(" - ", ", ")  # a list on one line: `- CMP - ammonia`
        line = LEAD.sub("", line)
        found = _once(self._resolve_spelled_out(spelled_out(line)))
        return (replace(found[0], wording=line.strip(" .,:!?")),) if len(found) == 1 else found

    def _resolve_spelled_out(self, line: str) -> tuple[Resolution, ...]:
        if self._reader.is_refused(line) and "," not in line:
            return (Resolution(line, None, 0.0),)
        clause, rest = leading_reason(line)
        if rest.strip() and rest != line and not self._reader.names_a_test(clause):
            return self._resolve_spelled_out(rest)
        parted = parted_at_including(line)
        if parted is not None:
            return self._including(*parted)
        found = self._examined(line) or self._punctured(line)
        return found or self._read_line(begun(line) or line)

    def _including(self, head: str, tail: str) -> tuple[Resolution, ...]:
        """`LFTs including bilirubin`: what belongs to the order before it is not ordered again."""
        first = self._resolve_spelled_out(head)
        known = {one.test_id for one in first if one.test_id}
        inside = self._reader.members(known)
        inside |= self._reader.mostly_within(inside)
        if any(self.tests[test_id].kind == "exam" for test_id in known):
            inside |= {test.test_id for test in self.tests.values() if test.kind == "exam"}
        more = [one for one in self._read_line(tail) if one.test_id or one.tool_id or not known]
        return (
            *(one for one in first if known or one.choices),
            *(one for one in more if one.test_id not in inside),
        )

    def _examined(self, line: str) -> tuple[Resolution, ...]:
        """`physical exam: heart, lungs`: the systems, where all of them are known."""
        found = []
        for part in divided(exam_of(line)):
            one = self._reader.single(f"{part.text} exam")
            if one is None or one.test_id is None or self.tests[one.test_id].kind != "exam":
                return ()
            found.append(replace(one, wording=part.text))
        return tuple(found)

    def _punctured(self, line: str) -> tuple[Resolution, ...]:
        """`LP for cell count and culture`: the procedure, and what is sent is of its fluid."""
        halves = puncture(line)
        first = self._reader.single(halves[0]) if halves else None
        if halves is None or first is None or first.test_id is None:
            return ()
        fluid = IMPLIED_FLUIDS.get(first.test_id, "")
        if not fluid or self.tests[first.test_id].kind != "procedure":
            return ()
        sent: list[Resolution] = []
        parts = divided(halves[1])
        at = 0
        while at < len(parts):
            length, one = self._longest_at(parts, at, fluid)
            if one is None or one.test_id is None:
                length, one = self._longest_at(parts, at)
            if one is not None and one.test_id not in {None, first.test_id}:
                sent.append(one)
            at += length
        return (first, *sent) if sent else ()

    def _read_line(self, line: str) -> tuple[Resolution, ...]:
        parts = divided(line)
        whole = self._reader.single(line)
        is_list = self._are_orders(parts) and not self._reader.is_name(line)
        tool = _tool(line)
        named_tool = tool is not None and "(" in line  # `eGFR (CKD-EPI)`
        if whole is not None and whole.test_id and not (is_list or named_tool):
            return (whole,)
        if tool is not None:
            return (tool,)
        if whole is not None and not is_list:
            return (whole,)
        if len(parts) > MOST_PARTS:
            return (Resolution(line, None, 0.0),)
        if len(parts) > 1 or WITH.search(line):
            # `cacium, ionized` is one name; a list of orders, each spelled well, is none.
            misspelled = self._reader.fuzzy(line, plain_words(line)) or self._reader.corrected(line)
            if misspelled and misspelled.test_id and not is_list:
                return (misspelled,)
            found = self._divide(parts)
            if any(resolution.test_id or resolution.tool_id for resolution in found):
                return tuple(found)
        inside = self._in_parentheses(line) or self._run_of_names(line)
        return inside or (self._reader.sought(line) or self._reader.fallback(line),)

    def _divide(self, parts: list[Part]) -> list[Resolution]:
        found: list[Resolution] = []
        at = 0
        fluid, fluid_kind = "", ""
        is_refused = False
        sampled = ""  # `CSF cell count, glucose, protein`: a list of one fluid, until it breaks
        named: set[str] = set()  # what belongs to a panel with a reason: `VBG to see pH and pCO2`
        while at < len(parts):
            text = parts[at].text
            is_refused = self._reader.is_refused(text) or (is_refused and parts[at].before != ",")
            if is_refused:  # `replete K and Mg` asks for nothing
                found.append(Resolution(text, None, 0.0))
                at += 1
                continue
            length, resolution = self._longest_at(parts, at, sampled) if sampled else (1, None)
            if resolution is None or resolution.test_id is None:
                sampled = ""
                length, resolution = self._longest_at(parts, at)
            if resolution is not None and resolution.test_id in named:
                at += length
                continue
            if resolution is not None and resolution.test_id and REASON.search(text):
                named = self._reader.members({resolution.test_id}) - {resolution.test_id}
                named |= self._reader.mostly_within(named) - {resolution.test_id}
            if resolution is None:
                several = self._joined_by_with(text) or self._run_of_names(text)
                if several:
                    found.extend(several)
                    at += 1
                    continue
                resolution = (
                    _tool(text)
                    or self._shared(parts, at)
                    or self._reader.sought(text)
                    or self._reader.fallback(text)
                )
            words = tokens(parts[at].text)
            if words and words[0] in FLUIDS:
                fluid = words[0]
                sampled = fluid if fluid in SAMPLED else ""
                fluid_kind = self.tests[resolution.test_id].kind if resolution.test_id else ""
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
            found[-1] = self._reader.ambiguous(first.wording, {first.test_id})
        elif second.test_id and not first.test_id:
            second = self._reader.ambiguous(second.wording, {second.test_id})
        found.append(second)

    def _longest_at(
        self, parts: list[Part], at: int, fluid: str = ""
    ) -> tuple[int, Resolution | None]:
        """The longest run of parts from `at` that is one order, of `fluid` where that is given."""
        for length in range(min(_LONGEST_JOIN, len(parts) - at), 0, -1):
            text = f"{fluid} {parts[at].text}".lstrip()
            for part in parts[at + 1 : at + length]:
                text += f"{'' if part.before == ',' else ' '}{part.before} {part.text}"
            over_comma = any(part.before == "," for part in parts[at + 1 : at + length])
            resolution = self._reader.single(text, any_order=not over_comma)
            if resolution is None:
                continue
            is_list = self._are_orders(parts[at : at + length])
            if not is_list or self._reader.is_name(text):
                return length, resolution
        return 1, None

    def _are_orders(self, parts: list[Part]) -> bool:
        """Whether each part is an order by itself: `BUN, creatinine` is a list, not one name."""
        return len(parts) > 1 and all(self._reader.names_a_test(part.text) for part in parts)

    def _shared(self, parts: list[Part], at: int) -> Resolution | None:
        """A part that shares a word with its neighbour: `blood and urine cultures`."""
        joined = {"and", "&", "/", ","}
        text = parts[at].text
        attempts: list[str] = []
        if at + 1 < len(parts) and parts[at + 1].before in joined and parts[at + 1].text.split():
            last = at + 1
            while last + 1 < len(parts) and parts[last + 1].before in joined:
                last += 1
            attempts.append(f"{text} {parts[last].text.split()[-1]}")
            attempts.append(f"{text} {parts[at + 1].text.split()[-1]}")
        if at > 0 and parts[at].before in joined and parts[at - 1].text.split():
            attempts.append(f"{parts[at - 1].text.split()[0]} {text}")
        for attempt in attempts:
            resolution = self._reader.single(attempt, any_order=False) or self._reader.named(
                attempt
            )
            if resolution:
                return replace(resolution, wording=text)
        return None

    def _maybe_of_fluid(self, fluid: str, resolution: Resolution) -> Resolution:
        """`urine sodium and creatinine`: the second may be urine's or blood's, so it is asked."""
        if resolution.test_id is None or self.tests[resolution.test_id].kind != "lab":
            return resolution
        words = (fluid, *plain_words(REASON.split(spelled(resolution.wording), maxsplit=1)[0]))
        of_fluid = self._names.look_up(words, any_order=True)
        if not of_fluid:
            of_fluid = self._names.named_with(words)
        if not of_fluid or resolution.test_id in of_fluid:
            return resolution
        return self._reader.ambiguous(resolution.wording, {resolution.test_id, *of_fluid})

    # --- one order

    def _joined_by_with(self, text: str) -> tuple[Resolution, ...]:
        """`BMP with Mg`: two orders, where what follows is an order of its own."""
        joined = WITH.search(text)
        if joined is None:
            return ()
        first = self._reader.single(text[: joined.start()])
        if first is None or first.test_id is None:
            return ()
        tail = re.sub(r"^ *reflex (?:to )?", "", text[joined.end() :])
        fluid = IMPLIED_FLUIDS.get(first.test_id, "")
        second = (self._reader.single(f"{fluid} {tail}") if fluid else None) or self._reader.single(
            tail
        )
        if second is None or second.test_id is None or self.tests[second.test_id].kind == "vital":
            return ()
        if second.test_id in self._reader.members({first.test_id}):
            return (first,)
        return first, replace(second, wording=tail.strip())

    def _run_of_names(self, text: str) -> tuple[Resolution, ...]:
        """`CBC BMP lipase`: names with nothing between them, and nothing else."""
        words = tokens(REPETITION.sub(" ", spelled(text)))
        words = tuple(word for word in words if word not in QUALIFIERS)
        found = [Resolution(" ".join(piece), one, 100.0) for piece, one in self._names.run(words)]
        kinds = {self.tests[one.test_id].kind for one in found if one.test_id}
        if len(found) < 2 or not kinds <= RUN_KINDS or is_treatment(text):
            return ()
        # Two laboratory names side by side may be one thing: `sodium chloride`.
        if len(found) == 2 and kinds == {"lab"} and not COMPOUNDS.isdisjoint(words):
            return ()
        return tuple(found)

    # --- what is not exact

    def _in_parentheses(self, line: str) -> tuple[Resolution, ...]:
        """`infection labs (CBC, CRP)`: the list is inside."""
        for match in PARENTHESES.finditer(line):
            inside = match.group(1) or match.group(2) or ""
            if not inside.strip() or PARENTHESES.search(inside):
                continue
            outside = plain_words(PARENTHESES.sub(" ", line))
            found = tuple(self._divide(divided(inside)))
            if len(found) == 1 and outside:
                continue  # a remark on something not understood
            if found and all(resolution.test_id for resolution in found):
                return found
        return ()


@cache
def order_resolver(catalogue: Catalogue) -> OrderResolver:
    """The resolver of a catalogue, indexed once a process."""
    return OrderResolver(catalogue)


def _once(found: Iterable[Resolution]) -> tuple[Resolution, ...]:
    """The resolutions without repeats of a test or tool: a line that names one twice wants one."""
    kept: dict[object, Resolution] = {}
    for one in found:
        kept.setdefault(one.test_id or one.tool_id or len(kept), one)
    return tuple(kept.values())


def _tool(text: str) -> Resolution | None:
    tool = tool_of(text)
    return None if tool is None else Resolution(text, None, 100.0, tool_id=tool.tool_id)
