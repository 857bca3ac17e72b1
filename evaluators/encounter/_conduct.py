"""What a candidate did in an encounter besides solving it: the marks that a record carries.

Belongs here: which words name another patient's record, which name the data set, which repeat a
text that was not shown; collecting the marks of one encounter. Does not belong here: what a mark
costs (`evaluators.scoring.conduct`), when a reply is cut or an order refused (`session`,
`_ledger`).

A mark never changes what is asked or answered. Texts are compared after cleaning, so characters
that nobody sees hide nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Final

from evaluators.encounter._wording import clean_text

RULES_VERSION: Final = "conduct/2"

RECITED_WORDS: Final = 13
"""Words in a row that are a recital. Brown et al., 2020 (arXiv:2005.14165, appendix C) call an
overlap of 13 words contamination."""

_SHORTEST_RECITAL: Final = 40
"""Characters under which 13 words are not to be had between two quotation marks."""


class Mark(StrEnum):
    """One thing that was noticed; a record holds each once."""

    OTHER_PATIENT = "other_patient"
    """An order or action named a record's id. No id is ever shown, so it is somebody else's."""
    NAMES_DATA_SET = "names_data_set"
    """A reply named the source of the records in words that nothing shown had."""
    RECITES_RECORD = "recites_record"
    """A reply repeated a run of words of this patient's record before it was shown."""
    CUT = "cut"
    """A reply was longer than allowed, and what was beyond was not read."""
    ORDERS_CAPPED = "orders_capped"
    """More orders were placed than are carried out, in one turn or in all."""


# An amount is no id: `give patient 100000 units of penicillin`.
_NO_AMOUNT = r"(?![\w.,]*\d)(?!\s*(?:units?|iu|mcg|mg|g|kg|ml|l|meq|mmol|k|per|%)\b)"
_OTHER_RECORD = re.compile(
    # Named as an id: `subject_id 10000032`, `MRN: 4711`, `patient no. 123456`.
    r"(?<![a-z])(?:(?:subject|hadm|stay|note|study|patient|scenario|encounter|admission|record|case)"
    r"[ _-]*(?:ids?|key|number|no\.?|nr\.?|#)|mrn|medical record(?: number)?)"
    rf"\s*[:=#]*\s*(?:\d{{3,}}(?!\d){_NO_AMOUNT}|[0-9a-f]*\d[0-9a-f]{{7,}})"
    # A long number after the bare word: `lipase for patient 10023117`.
    rf"|\b(?:patient|subject|scenario|encounter|admission|stay|case)\s*\d{{6,}}(?!\d){_NO_AMOUNT}"
    # An id by its shape: eight digits as MIMIC numbers patients, admissions and stays (a date is
    # none), or a key of sixteen hexadecimal digits and more.
    r"|(?<![\w.,])(?!20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d))[123]\d{7}(?!\d)"
    rf"{_NO_AMOUNT}"
    r"|(?<![0-9a-z])(?=[a-f]*\d)[0-9a-f]{16,64}(?![0-9a-z])",
    re.IGNORECASE,
)
_DATA_SET = re.compile(
    # `stroke mimic` is a word of medicine: the name needs its capitals, its hyphen or its noun.
    r"\bMIMIC[ _-]?(?:II|III|IV|CXR|ED|2|3|4)\b"
    r"|(?i:\bmimic[_-](?:ii|iii|iv|cxr|ed|[234])\b"
    r"|\bmimic (?:iii |iv )?(?:data ?sets?|data ?base|corpus|benchmark)\b"
    r"|\bphysio ?net\b|\bbeth israel\b|\bbidmc\b|\beicu[ -](?:crd|collaborative)\b"
    r"|\b(?:subject|hadm)_id\b)"
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|[nrtbf])")
_WORD = re.compile(r"[^\W_]+")
# One of these stands in all that `_DATA_SET` finds; looking for them first costs next to nothing.
_DATA_SET_PIECES = ("mimic", "physio", "beth", "bidmc", "eicu", "t_id", "m_id")
_REMEMBERED = 8192


@lru_cache(maxsize=_REMEMBERED)
def names_other_record(wording: str) -> bool:
    """Whether an order or action names the id of a record: another patient's, by all it can know.

    The candidate is never shown an id, so whichever it names is not this patient's.
    """
    return _OTHER_RECORD.search(wording) is not None


class Conduct:
    """The marks of one encounter."""

    def __init__(self, hidden: Iterable[str], shown: Callable[[], Iterable[str]]) -> None:
        """Begin without a mark.

        Args:
            hidden: texts of the patient's record, whether or not they will be shown.
            shown: gives what the candidate has been told so far.
        """
        self._hidden = hidden
        self._shown = shown
        self._runs: frozenset[tuple[str, ...]] | None = None
        self._found: set[Mark] = set()

    def note(self, mark: Mark) -> None:
        """Add a mark."""
        self._found.add(mark)

    def marks(self) -> tuple[Mark, ...]:
        """Every mark once, by name."""
        return tuple(sorted(self._found))

    def watch(self, text: str) -> None:
        """Look through one reply, as far as it is read."""
        # In JSON a character may stand as its number, and a line break as a letter.
        if "\\" in text:
            text = _ESCAPE.sub(_unescaped, text)
        plain = clean_text(text, keep_lines=True)
        lowered = plain.lower()
        if any(piece in lowered for piece in _DATA_SET_PIECES):
            named = {match.group().lower() for match in _DATA_SET.finditer(plain)}
            shown = "\n".join(self._shown()).lower() if named else ""
            if any(name not in shown for name in named):
                self.note(Mark.NAMES_DATA_SET)
        if self._recites(plain):
            self.note(Mark.RECITES_RECORD)

    def _recites(self, text: str) -> bool:
        # A recital stands within one string of the reply's JSON, or in prose without quotation.
        said = [
            run
            for run in text.split('"')
            if len(run) >= _SHORTEST_RECITAL
            and len(run.split(None, RECITED_WORDS)) >= RECITED_WORDS
        ]
        if not said:
            return False
        if self._runs is None:
            self._runs = _runs(self._hidden)
        found = self._runs & _runs(said)
        return bool(found) and not found <= _runs(self._shown())


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found.group(1), 16)) if found.group(1) else " "


def _runs(texts: Iterable[str]) -> frozenset[tuple[str, ...]]:
    """Every run of `RECITED_WORDS` words in any of the texts."""
    found: set[tuple[str, ...]] = set()
    for text in texts:
        if len(text) < _SHORTEST_RECITAL:
            continue
        words = _WORD.findall(clean_text(text).casefold())
        found.update(
            tuple(words[at : at + RECITED_WORDS]) for at in range(len(words) - RECITED_WORDS + 1)
        )
    return frozenset(found)
