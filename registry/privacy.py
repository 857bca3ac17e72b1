"""The last look at every byte before it is published.

Belongs here: patterns of what patients' records hold, and the scan. Does not belong here: the
closed schemas, which are the first door (`schemas`); this one is for what nobody thought of.

Refused are: integers of eight digits (subject, admission and stay ids of MIMIC-IV, with or without
the letter of a file name), sixteen hex digits (the project's own private keys of scenarios and
patients), times of day, dates other than those of issue, expiry and policy, marks of
de-identified notes, and planted canary strings. Digests are longer words and never match.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Final

from registry.errors import PrivacyError

_PATTERNS: Final[Mapping[str, re.Pattern[str]]] = {
    "an integer of eight digits": re.compile(r"(?<![0-9A-Za-z])[psPS]?[0-9]{8}(?![0-9A-Za-z])"),
    "a private key of a scenario or patient": re.compile(
        r"(?<![0-9A-Za-z])[0-9a-fA-F]{16}(?![0-9A-Za-z])"
    ),
    # Model tags such as `qwen2:14b` are no times: hours and minutes must stand alone.
    "a time of day": re.compile(
        r"(?<![0-9])[0-2]?[0-9]:[0-5][0-9]:[0-5][0-9](?![0-9])"
        r"|(?<![0-9A-Za-z])[0-2]?[0-9]:[0-5][0-9](?![0-9A-Za-z])"
    ),
    "a mark of a de-identified note": re.compile(r"\[\*\*|(?<!_)_{3}(?!_)"),
}
_DATE: Final = re.compile(r"(?<![0-9])([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})(?![0-9])")
_SNAPSHOT: Final = re.compile(
    r"(?<![0-9A-Za-z])(20[1-4][0-9])-?([0-9]{2})-?([0-9]{2})(?![0-9A-Za-z])"
)
_MASK: Final = " snapshot "


def scan(
    files: Mapping[str, bytes],
    *,
    dates: Collection[date],
    names: Iterable[str] = (),
    canaries: Iterable[str] = (),
) -> None:
    """Refuse a publication that holds something of a patient.

    Args:
        files: Relative path to content. Paths are scanned too.
        dates: The only dates that may appear.
        names: Candidate ids and model strings of the operator. Providers put a release day into
            them (`20241022`), which looks like an admission id: a name is exempt, as a whole and
            nowhere else, if every such number in it is a calendar day of 2010 to 2049.
        canaries: Planted strings that must not appear, in any case and with any blanks, plain or
            escaped as JSON or HTML.

    Raises:
        PrivacyError: naming the file and what kind of thing was found, never the thing.
        ValueError: when a canary is blank, since it would be found everywhere or nowhere.
    """
    planted = [_folded(canary) for canary in canaries]
    if not all(planted):
        raise ValueError("A canary is blank: give strings that occur nowhere by chance.")
    exempt = sorted({name for name in names if _is_dated(name)}, key=len, reverse=True)
    allowed = {day.isoformat() for day in dates}
    for position, (path, content) in enumerate(sorted(files.items()), start=1):
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            raise PrivacyError(
                f"File {position} of the publication is not UTF-8 text and cannot be scanned."
            ) from None
        found = _found(f"{path}\n{text}", exempt, allowed, planted)
        if found is not None:
            # A path may itself be the thing that was found.
            shown = path if _found(path, exempt, allowed, planted) is None else "a file's name"
            raise PrivacyError(
                f"Nothing was published: {shown} holds what looks like {found}. Find out how it "
                "came there; the registry may hold nothing of a patient."
            )


def _found(
    text: str, exempt: Iterable[str], allowed: Collection[str], planted: Iterable[str]
) -> str | None:
    # The page allows breaks inside long names; a reader does not see them.
    seen = text.replace("<wbr>", "")
    readings = {seen, html.unescape(seen)}
    folded = {_folded(reading) for reading in readings}
    for canary in planted:
        escaped = _folded(json.dumps(canary, ensure_ascii=False)[1:-1])
        if any(canary in reading or escaped in reading for reading in folded):
            return "a planted canary"
    for reading in readings:
        for name in exempt:
            for spelling in (name, name.replace("/", "--")):
                reading = re.sub(
                    rf"(?<![0-9A-Za-z]){re.escape(spelling)}(?![0-9A-Za-z])", _MASK, reading
                )
        for kind, pattern in _PATTERNS.items():
            if pattern.search(reading):
                return kind
        if any(match.group() not in allowed for match in _DATE.finditer(reading)):
            return "a date"
    return None


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _is_dated(name: str) -> bool:
    """Whether all that looks private in an operator's name is the day of a provider's snapshot."""
    days = list(_SNAPSHOT.finditer(name))
    rest = _SNAPSHOT.sub(_MASK, name)
    is_clean = not any(pattern.search(rest) for pattern in _PATTERNS.values())
    return bool(days) and is_clean and all(_is_day(*match.groups()) for match in days)


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True
