"""Reports read back: from the words of `rendering` to the fields of a `Result`.

Belongs here: the inverse of `templates/report.txt.j2`, for programs that sit the examination, and
for the test that no value is changed on its way. Does not belong here: the types (`protocol`).

A number comes back exactly. A text comes back exactly unless it ends in what looks like a sign, a
range or an earlier value.
"""

from __future__ import annotations

import re
from typing import Any, Final

EARLIER: Final = "earlier reports: "
"""Begins the last line of a result whose earlier reports were told before."""

_BLOCK = re.compile(r"\[(?:taken .+, reported )?(?P<hours>\d+\.\d) h(?P<early> before hour 0)?\]")
_NAMED = re.compile(r"(?P<test>.+?)(?: \[(?P<detail>[^\]]*)\])?: (?P<told>.*)", re.DOTALL)
_TOLD = re.compile(
    r"(?P<value>.*?)"
    r"(?: (?P<flag>HIGH|LOW|ABNORMAL))?"
    r"(?: \(ref (?P<reference>(?:[<>]= )?[-+.\de]+)\))?"
    r"(?:; before: (?P<previous>.+?))?"
    r"(?:; (?:up [\d.]+|down [\d.]+|unchanged))?",
    re.DOTALL,
)
_MEASURED = re.compile(r"(?P<value>[<>]=?\s*[\d.]+|[-+]?[\d.]+) (?P<unit>\S{1,20}(?: \S{1,12})?)")
_IMAGE = re.compile(r"(?:.*; )?(?P<image>image \d+)")


def read_report(text: str) -> list[dict[str, Any]]:
    """The results of a report, as fields of `evaluators.encounter.protocol.Result`.

    Words before the first time are of no report and are passed over.
    """
    found: list[dict[str, Any]] = []
    hours: float | None = None
    entry: list[str] = []
    for line in text.split("\n"):
        if line.startswith("  ") and entry:
            entry.append(line.strip())
            continue
        _end(entry, hours, found)
        entry = []
        block = _BLOCK.fullmatch(line)
        if block:
            hours = float(block["hours"]) * (-1 if block["early"] else 1)
        else:
            entry = [line]
    _end(entry, hours, found)
    return found


def _end(entry: list[str], hours: float | None, found: list[dict[str, Any]]) -> None:
    earlier = (
        entry.pop()[len(EARLIER) :] if len(entry) > 1 and entry[-1].startswith(EARLIER) else ""
    )
    named = _NAMED.fullmatch(" ".join(entry)) if entry and hours is not None else None
    if named is None:
        return
    told = _TOLD.fullmatch(named["told"])
    assert told is not None  # every part but the value is optional, and that takes anything
    measured = _MEASURED.fullmatch(told["value"])
    image = _IMAGE.fullmatch(named["detail"]) if named["detail"] else None
    previous = told["previous"] or earlier
    found.append(
        {
            "test": named["test"],
            "value": measured["value"] if measured else told["value"],
            "unit": measured["unit"] if measured else None,
            "reference": told["reference"],
            "flag": told["flag"].lower() if told["flag"] else None,
            "hours": hours,
            "previous": tuple(previous.split(", ")) if previous else (),
            "image": image["image"] if image else None,
        }
    )
