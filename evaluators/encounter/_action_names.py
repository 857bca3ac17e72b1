"""Names of actions beyond those of `actions.csv`: phrases, patterns and specialties.

Belongs here: reading `action_names.csv` and checking it. Does not belong here: matching
(`actions`). A row without an action is a phrase that means none, and shadows a shorter one inside
it (`fluid restriction`, `shock index`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

NAMES_FILE: Final = Path(__file__).parent / "action_names.csv"
_KINDS: Final = ("phrase", "pattern", "specialty")
_ASKED: Final = (
    r"consult(?:ation)?(?: with| to)?|call|page|c/s|notify|involve|discuss with|contact|"
    r"refer(?:ral)? to|evaluation by"
)
_ANSWERS: Final = (
    r"consult\w*|c/s|team|service|evaluation|eval|recs|recommendations|on call|input|involvement|"
    r"referral|aware"
)


class ActionNamesError(ValueError):
    """`action_names.csv` is malformed; the text says where and what to correct."""


@dataclass(frozen=True)
class ActionNames:
    """The names by kind."""

    phrases: tuple[tuple[str, str], ...]
    """Phrase and action; the action is empty where the phrase means none."""
    patterns: tuple[tuple[re.Pattern[str], str], ...]
    """On text as `spelled` gives it."""
    specialties: Mapping[str, str]
    """Name to the consult that it means."""
    asked: tuple[re.Pattern[str], ...]
    """Each finds a specialty, as its group 1, where it is asked for or stands alone."""

    def consults_in(self, text: str) -> set[str]:
        """Consults that `text` (as `spelled` gives it) asks for."""
        return {
            self.specialties[match.group(1)]
            for pattern in self.asked
            for match in pattern.finditer(text)
        }


def read_action_names(known: Collection[str], path: Path = NAMES_FILE) -> ActionNames:
    """Read the names; a specialty counts when it is asked for, or stands alone.

    Raises:
        ActionNamesError: for an unknown action or kind, or a pattern that does not compile.
    """
    phrases, patterns = [], []
    specialties: dict[str, str] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream, strict=True), start=1):
            where = f"{path.name}, record {number}"
            action_id, kind, name = row["action_id"], row["kind"], row["name"]
            if kind not in _KINDS or not name:
                raise ActionNamesError(f"{where}: it needs a kind and a name.")
            if (action_id or kind != "phrase") and action_id not in known:
                raise ActionNamesError(f"{where}: {action_id} is not in actions.csv.")
            if kind == "phrase":
                phrases.append((name, action_id))
                continue
            if kind == "specialty":
                specialties[name] = action_id
                continue
            try:
                patterns.append((re.compile(name), action_id))
            except re.error as error:
                raise ActionNamesError(f"{where}: the pattern fails ({error}).") from None
    return ActionNames(tuple(phrases), tuple(patterns), specialties, _asked_for(specialties))


def _asked_for(specialties: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    words = "|".join(re.escape(name) for name in sorted(specialties, key=len, reverse=True))
    return (
        re.compile(rf"\b(?:{_ASKED})\s+(?:the\s+|stat\s+)?({words})\b"),
        re.compile(rf"\b({words})\s+(?:{_ANSWERS})\b"),
        re.compile(rf"^\W*({words})\W*$"),
    )
