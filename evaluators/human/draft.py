"""Lines that a person types, made into the JSON step that a model would have to send.

Belongs here: reading one line, the step under way, undoing. Does not belong here: reading the step
(`evaluators.encounter.replies` reads it like anybody's), printing (`desk`).

Entries are parted by semicolons (and by commas in diagnoses, where each stands with its
probability). Commas in orders are left to the order reader, which knows that one name may hold
them. What a line cannot mean is said, and changes nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final

from evaluators.encounter._wording import clean_text

DISPOSITIONS: Final = ("home", "admitted", "transferred", "left", "died")
_YES: Final = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
_SUPPORTS: Final = {
    "vasopressor": "vasopressor",
    "pressor": "vasopressor",
    "ventilation": "ventilation",
    "vent": "ventilation",
    "renal_replacement": "renal_replacement",
    "dialysis": "renal_replacement",
    "rrt": "renal_replacement",
}
_CERTAINTIES: Final = ("present", "uncertain", "absent")
_CHANCE: Final = re.compile(
    r"^(?P<words>.*?)[\s:=(]+(?P<number>[0-9]*\.?[0-9]+)\s*(?P<mark>%?)\)?$"
)
_CODE: Final = re.compile(r"^(?P<words>.*?)\s*[\[(](?P<code>[A-Za-z][0-9][0-9A-Za-z.]{1,6})[\])]")


class LineRefused(ValueError):
    """A line that cannot be taken; the text says what would be."""


@dataclass
class Draft:
    """The step under way. Every change can be undone, one line at a time."""

    orders: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    differential: list[dict[str, Any]] = field(default_factory=list)
    final: dict[str, Any] = field(default_factory=dict)
    """Empty until a diagnosis or another answer is given."""
    _past: list[tuple[list[str], list[str], list[dict[str, Any]], dict[str, Any]]] = field(
        default_factory=list
    )

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be sent."""
        return not (self.orders or self.actions or self.differential or self.final)

    @property
    def commits(self) -> bool:
        """Whether sending it ends the encounter."""
        return bool(self.final)

    def take(self, command: str, words: str) -> None:
        """Take one line.

        Args:
            command: One of `COMMANDS`.
            words: What followed it.

        Raises:
            LineRefused: when it cannot be taken; the draft is as it was.
            KeyError: for another command.
        """
        change = COMMANDS[command]
        words = clean_text(words).strip()
        if not words and command not in _WORDLESS:
            raise LineRefused(f"Say what: {HINTS[command]}.")
        with self._remembered():
            change(self, words)

    def undo(self) -> bool:
        """Take the last line back; False when there is none."""
        if not self._past:
            return False
        self.orders, self.actions, self.differential, self.final = self._past.pop()
        return True

    def as_json(self) -> str:
        """The step as a model would send it; `{"orders": []}` when it is empty."""
        step: dict[str, Any] = {}
        for name in ("orders", "actions", "differential", "final"):
            value = getattr(self, name)
            if value:
                step[name] = value
        return json.dumps(step or {"orders": []}, ensure_ascii=False)

    def lines(self) -> Iterator[str]:
        """What would be sent, in words."""
        if self.orders:
            yield f"order: {'; '.join(self.orders)}"
        if self.actions:
            yield f"do: {'; '.join(self.actions)}"
        if self.differential:
            yield "think of: " + "; ".join(map(_ranked_words, self.differential))
        for name, value in self.final.items():
            yield f"final {name.replace('_', ' ')}: {_answer_words(value)}"

    @contextmanager
    def _remembered(self) -> Iterator[None]:
        """Remember the state before a change; a change that fails leaves no trace."""
        before = deepcopy((self.orders, self.actions, self.differential, self.final))
        try:
            yield
        except LineRefused:
            self.orders, self.actions, self.differential, self.final = before
            raise
        self._past.append(before)


def commands_of(line: str) -> list[tuple[str, str]]:
    """The commands of one line with what follows each, the first word in small letters.

    `exam heart; order cbc, bmp` is two: a part after a semicolon that begins with a command of the
    draft and goes on is a command of its own.
    """
    found: list[tuple[str, str]] = []
    for part in line.split(";"):
        head, _, words = part.strip().partition(" ")
        name = ABBREVIATED.get(head.lower(), head.lower())
        if not found or (name in COMMANDS and (words.strip() or name in _WORDLESS)):
            found.append((name, words))
        else:
            command, before = found[-1]
            found[-1] = (command, f"{before};{part}")
    return found


def split(words: str) -> list[str]:
    """Entries of a line, parted by semicolons; blanks are left out."""
    return [entry for part in words.split(";") if (entry := part.strip())]


def _order(draft: Draft, words: str) -> None:
    draft.orders.extend(split(words))


def _exam(draft: Draft, words: str) -> None:
    if not words:
        draft.orders.append("physical examination")
        return
    for part in split(words.replace(",", ";")):
        draft.orders.append(part if "exam" in part.lower() else f"{part} examination")


def _tool(draft: Draft, words: str) -> None:
    for part in split(words):
        is_said = re.search(r"\b(score|criteria|index|stage)\b", part.lower()) is not None
        draft.orders.append(part if is_said or " with " in part or ":" in part else f"{part} score")


def _do(draft: Draft, words: str) -> None:
    draft.actions.extend(split(words))


def _think(draft: Draft, words: str) -> None:
    draft.differential = _ranked(words)


def _diagnose(draft: Draft, words: str) -> None:
    ranked = _ranked(words)
    draft.differential = ranked
    first = ranked[0]
    draft.final["diagnosis"] = first["diagnosis"]
    draft.final.pop("icd10", None)
    if "icd10" in first:
        draft.final["icd10"] = first["icd10"]


def _also(draft: Draft, words: str) -> None:
    _needs_answer(draft)
    draft.final.setdefault("further_diagnoses", []).extend(split(words))


def _plan(draft: Draft, words: str) -> None:
    _needs_answer(draft)
    draft.final.setdefault("plan", []).extend(split(words))


def _disposition(draft: Draft, words: str) -> None:
    _needs_answer(draft)
    draft.final["disposition"] = words


def _acuity(draft: Draft, words: str) -> None:
    _needs_answer(draft)
    if words not in ("1", "2", "3", "4", "5"):
        raise LineRefused("Acuity is a level from 1 (most urgent) to 5.")
    draft.final["acuity"] = int(words)


def _support(draft: Draft, words: str) -> None:
    _needs_answer(draft)
    stated: dict[str, bool] = {}
    for part in split(words.replace(",", ";")):
        name, _, said = part.lower().rpartition(" ")
        known = _SUPPORTS.get(name.strip().replace(" ", "_"))
        if known is None or said not in _YES:
            raise LineRefused(f"Say for each yes or no: {HINTS['support']}.")
        stated[known] = _YES[said]
    draft.final["organ_support"] = {**draft.final.get("organ_support", {}), **stated}


def _finding(draft: Draft, words: str) -> None:
    found = []
    for part in split(words.replace(",", ";")):
        head, _, last = part.rpartition(" ")
        if head and last.lower() in _CERTAINTIES:
            found.append({"finding": head.strip(), "certainty": last.lower()})
        else:
            found.append({"finding": part, "certainty": "present"})
    draft.final.setdefault("findings", []).extend(found)


def _needs_answer(draft: Draft) -> None:
    if not draft.final:
        raise LineRefused("That belongs to a final answer: `diagnose` first.")


def _ranked(words: str) -> list[dict[str, Any]]:
    """Diagnoses with their probabilities, in the order given: `PE 60%; pneumonia 0.2 [J18.9]`.

    A comma parts two only where a probability stands before it, since names may hold commas.
    """
    parted = re.sub(r"(%|\b0?\.[0-9]+|\])\s*,", r"\1;", words)
    ranked = [_one(part) for part in split(parted)]
    total = sum(entry.get("probability", 0.0) for entry in ranked)
    if total > 1.0001:
        raise LineRefused(
            f"The probabilities add up to {total:.0%}: together they are 100% at most."
        )
    if not ranked:
        raise LineRefused(f"Say what: {HINTS['diagnose']}.")
    return ranked


def _one(part: str) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    code = _CODE.match(part)
    if code:
        entry["icd10"] = code["code"]
        part = code["words"] + part[code.end() :]
    chance = _CHANCE.match(part)
    words = part
    if chance:
        number = float(chance["number"])
        # A bare whole number belongs to the name: `diabetes type 1`.
        if chance["mark"] or ("." in chance["number"] and number <= 1):
            if number > 100:
                raise LineRefused("A probability is at most 100%.")
            entry["probability"] = round(number / 100 if chance["mark"] else number, 6)
            words = chance["words"]
    words = words.strip(" ,:")
    if not any(character.isalpha() for character in words):
        raise LineRefused("A diagnosis has a name before its probability.")
    return {"diagnosis": words, **entry}


def _ranked_words(entry: Mapping[str, Any]) -> str:
    code = f" [{entry['icd10']}]" if "icd10" in entry else ""
    chance = f" {entry['probability']:.0%}" if "probability" in entry else ""
    return f"{entry['diagnosis']}{code}{chance}"


def _answer_words(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(
            f"{name.replace('_', ' ')} {'yes' if v else 'no'}" for name, v in value.items()
        )
    if isinstance(value, list):
        return "; ".join(
            f"{v['finding']} {v['certainty']}" if isinstance(v, dict) else str(v) for v in value
        )
    return str(value)


ABBREVIATED: Final[Mapping[str, str]] = {
    "o": "order",
    "e": "exam",
    "t": "tool",
    "d": "do",
    "ddx": "think",
    "dx": "diagnose",
    "findings": "finding",
    "s": "send",
    "u": "undo",
    "h": "help",
    "?": "help",
    "q": "quit",
    "exit": "quit",
}
"""Short forms of commands, those of the desk included."""
COMMANDS: Final[Mapping[str, Callable[[Draft, str], None]]] = {
    "order": _order,
    "exam": _exam,
    "tool": _tool,
    "do": _do,
    "think": _think,
    "diagnose": _diagnose,
    "also": _also,
    "plan": _plan,
    "disposition": _disposition,
    "support": _support,
    "finding": _finding,
    "acuity": _acuity,
}
"""What changes the draft."""
_WORDLESS: Final = frozenset({"exam"})

HINTS: Final[Mapping[str, str]] = {
    "order": "order cbc, troponin; ct head without contrast",
    "exam": "exam, or exam abdomen, heart",
    "tool": "tool curb-65; sofa",
    "do": "do ceftriaxone 1 g iv; consult cardiology",
    "think": "think pulmonary embolism 50%; pneumonia 30%",
    "diagnose": "diagnose pulmonary embolism [I26.99] 70%; pneumonia 20%",
    "also": "also atrial fibrillation; chronic kidney disease",
    "plan": "plan heparin drip; admit to telemetry",
    "disposition": "disposition admitted",
    "support": "support vasopressor yes; ventilation no; dialysis no",
    "finding": "finding pleural effusion; edema uncertain",
    "acuity": "acuity 2",
}
"""An example of each."""
