"""The words of the diagnosis scorer that no catalogue holds, from `diagnosis_terms.yml`.

Belongs here: reading the file into comparable form. Does not belong here: the words themselves (the
file), the rules that use them (`diagnosis`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from evaluators.scoring.wording import Vocabulary

TERMS_FILE: Final = Path(__file__).parent / "diagnosis_terms.yml"


@dataclass(frozen=True)
class DiagnosisTerms:
    """The file, its words in comparable form."""

    vocabulary: Vocabulary
    fillers: frozenset[str]
    void: frozenset[str]
    title_stopwords: frozenset[str]
    symptoms: frozenset[str]
    common_words: frozenset[str]
    heads: frozenset[str]
    gives_way: Mapping[str, tuple[str, ...]]
    gives_way_caused: Mapping[str, tuple[str, ...]]
    gives_way_linked: Mapping[str, tuple[str, ...]]
    turns_away: Mapping[str, frozenset[str]]
    known: tuple[str, ...]
    """All that the file says, for what is spelled well."""
    cause_words: tuple[tuple[str, ...], ...]
    conclusions: tuple[tuple[str, ...], ...]
    """Between findings and the diagnosis that they lead to."""
    announces: tuple[tuple[str, ...], ...]
    """At the beginning of a statement that says what the ones before it amount to."""
    shows: tuple[tuple[str, ...], ...]
    """The same, where what stands before is no diagnosis."""
    phrases: Mapping[str, tuple[str, ...]]
    elsewhere: tuple[str, ...]


def _strings(written: Any) -> Iterator[str]:
    """Phrases of the file; a listing of words is that many phrases."""
    if isinstance(written, str):
        yield written
    elif isinstance(written, Mapping):
        for key, value in written.items():
            yield key
            yield from _strings(value)
    elif isinstance(written, list):
        for value in written:
            yield from _strings(value)


@cache
def diagnosis_terms() -> DiagnosisTerms:
    """The words of the file, read once a process."""
    text = TERMS_FILE.read_text(encoding="utf-8")
    written: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    vocabulary = Vocabulary(written["words"])

    def reduced(listed: str) -> frozenset[str]:
        return frozenset(vocabulary.words(listed))

    return DiagnosisTerms(
        vocabulary=vocabulary,
        fillers=reduced(written["fillers"]),
        void=reduced(written["void"]),
        title_stopwords=reduced(written["title_stopwords"]),
        symptoms=frozenset(written["symptoms"]),
        common_words=frozenset(written["common_words"]),
        heads=reduced(written["heads"]),
        gives_way={key: tuple(value) for key, value in written["gives_way"].items()},
        gives_way_caused={k: tuple(value) for k, value in written["gives_way_caused"].items()},
        gives_way_linked={k: tuple(value) for k, value in written["gives_way_linked"].items()},
        turns_away={key: frozenset(value) for key, value in written["turns_away"].items()},
        known=tuple(
            phrase
            for value in written.values()
            for phrase in (value.split() if isinstance(value, str) else _strings(value))
        ),
        cause_words=tuple(vocabulary.words(words) for words in written["cause_words"]),
        conclusions=tuple(vocabulary.words(words) for words in written["conclusions"]),
        announces=tuple(vocabulary.words(words) for words in written["announces"]),
        shows=tuple(vocabulary.words(words) for words in written["shows"]),
        phrases={key: tuple(value) for key, value in written["phrases"].items()},
        elsewhere=tuple(written["elsewhere"]),
    )
