"""Long texts of the record laid out in lines: cultures, imaging reports, ECGs.

Belongs here: where a line ends. Does not belong here: any word; the words are the record's, in
their order, but for susceptibilities, which are put together by result as a laboratory prints them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SUSCEPTIBILITIES = "; susceptibilities: "
_DRUG = re.compile(r"(?P<drug>.+) (?P<result>S|I|R)")
_HEADER = re.compile(r"(?<![A-Z0-9()/,&-]) (?=[A-Z][A-Z0-9 ()/,&-]{2,40}: )")
_MEASURES = re.compile(r"; (?=(?:measured|waveform): )")


def culture(value: str) -> tuple[str, tuple[str, ...]]:
    """First line and further lines of a culture's text (`dbt: int_cultures__resulted`)."""
    parts: list[str] = []
    first = ""
    for number, grown in enumerate(value.split(" | ")):
        organism, _, drugs = grown.partition(_SUSCEPTIBILITIES)
        if number:
            parts.append(organism)
        else:
            first = organism
        if drugs:
            parts.extend(_by_result(drugs.split(", ")))
    return first, tuple(parts)


def _by_result(drugs: Sequence[str]) -> list[str]:
    """`susceptible: ...`, `intermediate: ...`, `resistant: ...`; what is neither stays as it is."""
    named = {"S": "susceptible", "I": "intermediate", "R": "resistant"}
    by_result: dict[str, list[str]] = {}
    for drug in drugs:
        read = _DRUG.fullmatch(drug)
        name = named[read["result"]] if read else "susceptibility"
        by_result.setdefault(name, []).append(read["drug"] if read else drug)
    order = (*named.values(), "susceptibility")
    return [f"{name}: {', '.join(by_result[name])}" for name in order if name in by_result]


def imaging(value: str) -> tuple[str, tuple[str, ...]]:
    """A report, a line a section (`LUNGS: ...`)."""
    first, *rest = _HEADER.split(value)
    return first, tuple(rest)


def ecg(value: str) -> tuple[str, tuple[str, ...]]:
    """The machine's statements, then what it measured, then what the waveform gave."""
    first, *rest = _MEASURES.split(value)
    return first, tuple(rest)
