"""What a candidate means by an order: free wording to catalogue ids, or an honest "not understood".

Belongs here: the rules, and taking lines and sentences apart. Does not belong here: several orders
in one line (`_order_lists`), reading a single order (`_order_reading`), what the record holds
(`lookup`). A wording is data: it is compared, never compiled into a pattern, a query or a path.

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
   What is looked for may be a finding or an analyte, never a disease (`check for PE`). A disease or
   sign that goes on after a reason belongs to the reason (`CXR for pneumonia and edema`).

Anything else is unrecognised. A wrong test is never returned silently.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache, lru_cache

from evaluators.catalogue import Catalogue
from evaluators.encounter._order_lists import OrderLists, tool_named
from evaluators.encounter._order_parts import Resolution, divided
from evaluators.encounter._order_reading import MOST_CHOICES, OrderReader, plain_words
from evaluators.encounter._order_sentences import (
    begun,
    exam_of,
    leading_reason,
    parted_at_including,
    puncture,
)
from evaluators.encounter._order_ways import spelled_out
from evaluators.encounter._order_words import IMPLIED_FLUIDS, LEAD, STRONG, WITH
from evaluators.encounter._wording import LONGEST, cut, tokens

__all__ = [
    "MOST_CHOICES",
    "MOST_PARTS",
    "RULES_VERSION",
    "OrderResolver",
    "Resolution",
    "order_resolver",
]

RULES_VERSION = "orders/6"

MOST_PARTS = 60
"""Parts of one wording that are read; a longer list is one unrecognised order."""
_REMEMBERED = 8192


class OrderResolver:
    """Finds the catalogue tests that a wording means. Build once; immutable afterwards."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Index every canonical name and synonym of `catalogue`."""
        self.tests = catalogue.tests
        """The tests of the catalogue, by id."""
        self._reader = OrderReader(catalogue)
        self._lists = OrderLists(catalogue, self._reader)
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
            length, one = self._lists.longest_at(parts, at, fluid)
            if one is None or one.test_id is None:
                length, one = self._lists.longest_at(parts, at)
            if one is not None and one.test_id not in {None, first.test_id}:
                sent.append(one)
            at += length
        return (first, *sent) if sent else ()

    def _read_line(self, line: str) -> tuple[Resolution, ...]:
        parts = divided(line)
        whole = self._reader.single(line)
        is_list = self._lists.are_orders(parts) and not self._reader.is_name(line)
        tool = tool_named(line)
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
            found = self._lists.divide(parts)
            if any(resolution.test_id or resolution.tool_id for resolution in found):
                return tuple(found)
        inside = self._lists.in_parentheses(line) or self._lists.run_of_names(line)
        return inside or (self._reader.sought(line) or self._reader.fallback(line),)


@cache
def order_resolver(catalogue: Catalogue) -> OrderResolver:
    """The resolver of a catalogue, indexed once a process."""
    return OrderResolver(catalogue)


def _once(found: Iterable[Resolution]) -> tuple[Resolution, ...]:
    """The resolutions without repeats of a test or tool: a line that names one twice wants one.

    A repeat that is for later stays in the words of the first: `CBC, repeat CBC in 6 h`.
    """
    kept: dict[object, Resolution] = {}
    for one in found:
        first = kept.setdefault(one.test_id or one.tool_id or len(kept), one)
        if first is not one and one.schedule and not first.schedule:
            joined = f"{first.wording}, then {one.wording}"
            kept[one.test_id or one.tool_id] = replace(first, wording=joined)
    return tuple(kept.values())
