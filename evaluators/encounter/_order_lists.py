"""Several orders in one line: where it is divided, and what its parts share.

Belongs here: lists, runs of names, what is joined by "with", words that neighbours share. Does not
belong here: sentences and the rules as a whole (`orders`), one order by itself (`_order_reading`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from evaluators.catalogue import Catalogue
from evaluators.encounter._order_parts import Part, Resolution, divided
from evaluators.encounter._order_reading import OrderReader, plain_words
from evaluators.encounter._order_sentences import is_treatment
from evaluators.encounter._order_words import (
    COMPOUNDS,
    FLUIDS,
    IMPLIED_FLUIDS,
    PARENTHESES,
    QUALIFIERS,
    REASON,
    REPETITION,
    RUN_KINDS,
    SAMPLED,
    WITH,
)
from evaluators.encounter._wording import spelled, tokens
from evaluators.encounter.tools.registry import tool_of

_LONGEST_JOIN = 6
"""Parts that are tried together as one order."""


class OrderLists:
    """Reads lines that hold several orders. Build once; immutable afterwards."""

    def __init__(self, catalogue: Catalogue, reader: OrderReader) -> None:
        """Divide by what `reader` knows of the names of `catalogue`."""
        self._tests = catalogue.tests
        self._reader = reader
        self._names = reader.names

    def divide(self, parts: list[Part]) -> list[Resolution]:
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
            length, resolution = self.longest_at(parts, at, sampled) if sampled else (1, None)
            if resolution is None or resolution.test_id is None:
                sampled = ""
                length, resolution = self.longest_at(parts, at)
            if resolution is not None and resolution.test_id in named:
                at += length
                continue
            if resolution is not None and resolution.test_id and REASON.search(text):
                named = self._reader.members({resolution.test_id}) - {resolution.test_id}
                named |= self._reader.mostly_within(named) - {resolution.test_id}
            if resolution is None:
                several = self._joined_by_with(text) or self.run_of_names(text)
                if several:
                    found.extend(several)
                    at += 1
                    continue
                resolution = (
                    tool_named(text)
                    or self._shared(parts, at)
                    or self._reader.sought(text)
                    or self._reader.fallback(text)
                )
            words = tokens(parts[at].text)
            if words and words[0] in FLUIDS:
                fluid = words[0]
                sampled = fluid if fluid in SAMPLED else ""
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
            found[-1] = self._reader.ambiguous(first.wording, {first.test_id})
        elif second.test_id and not first.test_id:
            second = self._reader.ambiguous(second.wording, {second.test_id})
        found.append(second)

    def longest_at(
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
            is_list = self.are_orders(parts[at : at + length])
            if not is_list or self._reader.is_name(text):
                return length, resolution
        return 1, None

    def are_orders(self, parts: list[Part]) -> bool:
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
        if resolution.test_id is None or self._tests[resolution.test_id].kind != "lab":
            return resolution
        words = (fluid, *plain_words(REASON.split(spelled(resolution.wording), maxsplit=1)[0]))
        of_fluid = self._names.look_up(words, any_order=True)
        if not of_fluid:
            of_fluid = self._names.named_with(words)
        if not of_fluid or resolution.test_id in of_fluid:
            return resolution
        return self._reader.ambiguous(resolution.wording, {resolution.test_id, *of_fluid})

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
        if second is None or second.test_id is None or self._tests[second.test_id].kind == "vital":
            return ()
        if second.test_id in self._reader.members({first.test_id}):
            return (first,)
        return first, replace(second, wording=tail.strip())

    def run_of_names(self, text: str) -> tuple[Resolution, ...]:
        """`CBC BMP lipase`: names with nothing between them, and nothing else."""
        words = tokens(REPETITION.sub(" ", spelled(text)))
        words = tuple(word for word in words if word not in QUALIFIERS)
        found = [Resolution(" ".join(piece), one, 100.0) for piece, one in self._names.run(words)]
        kinds = {self._tests[one.test_id].kind for one in found if one.test_id}
        if len(found) < 2 or not kinds <= RUN_KINDS or is_treatment(text):
            return ()
        # Two laboratory names side by side may be one thing: `sodium chloride`.
        if len(found) == 2 and kinds == {"lab"} and not COMPOUNDS.isdisjoint(words):
            return ()
        return tuple(found)

    def in_parentheses(self, line: str) -> tuple[Resolution, ...]:
        """`infection labs (CBC, CRP)`: the list is inside."""
        for match in PARENTHESES.finditer(line):
            inside = match.group(1) or match.group(2) or ""
            if not inside.strip() or PARENTHESES.search(inside):
                continue
            outside = plain_words(PARENTHESES.sub(" ", line))
            found = tuple(self.divide(divided(inside)))
            if len(found) == 1 and outside:
                continue  # a remark on something not understood
            if found and all(resolution.test_id for resolution in found):
                return found
        return ()


def tool_named(text: str) -> Resolution | None:
    """The tool that the words name, as an order."""
    tool = tool_of(text)
    return None if tool is None else Resolution(text, None, 100.0, tool_id=tool.tool_id)
