"""Which of the diagnoses that an answer names is its answer.

Belongs here: lists and sentences, names that give way to others, what findings are said to amount
to. Does not belong here: which names there are (`_phrases`), which are denied (`_assertion`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Final

from evaluators.scoring._diagnosis_terms import DiagnosisTerms
from evaluators.scoring._phrases import Span
from evaluators.scoring.wording import Mark, Token

_APART: Final = 8
"""Tokens between a general name and the special one that it gives way to, at most."""
_LINKS: Final = frozenset(
    ["with", "and", "complicated", "by", "causing", "leading", "to", "acute", "ascending"]
)
_CAUSES: Final = frozenset(
    ["due", "to", "from", "secondary", "caused", "by", "of", "a", "an", "the", "acute"]
)
_LEADS: Final = frozenset({":", "-", "–", "—", "="})


def principal(
    tokens: Sequence[Token], affirmed: Sequence[Span], terms: DiagnosisTerms, own: Collection[str]
) -> Span:
    """The principal diagnosis of one statement.

    Args:
        tokens: The answer.
        affirmed: Names in the statement that are not denied, in their order; one at least.
        terms: The words of the scorer.
        own: Conditions of the category that is examined.
    """
    first = affirmed[0]
    for later in affirmed[1:]:
        if later.start - first.end > _APART:
            break
        marks = [token.mark for token in tokens[first.end : later.start]]
        is_special = later.entry_id in terms.gives_way.get(first.entry_id or "", ())
        if is_special and Mark.WORD not in marks:
            return later  # `acute coronary syndrome: NSTEMI`
        between = {
            token.text for token in tokens[first.end : later.start] if token.mark is Mark.WORD
        }
        linked = terms.gives_way_linked.get(first.entry_id or "", ())
        caused = terms.gives_way_caused.get(first.entry_id or "", ())
        if later.entry_id in linked and between <= _LINKS:
            return later  # `choledocholithiasis complicated by cholangitis`
        if later.entry_id in caused and between and between <= _CAUSES:
            return later  # `hematemesis from ruptured varices`
    concluded = _concluded(tokens, affirmed, terms, own)
    if concluded is not None:
        return concluded
    if first.entry_id in terms.symptoms:
        for later in affirmed[1:]:
            words = tuple(token.text for token in tokens[first.end : later.start])
            if any(_contains(words, cause) for cause in terms.cause_words):
                return later
    return first


def announced(
    tokens: Sequence[Token],
    spans: Sequence[Span],
    denied: Collection[int],
    after: int,
    terms: DiagnosisTerms,
) -> Span | None:
    """What a later statement says is the diagnosis: `hives and stridor; this was anaphylaxis`."""
    for start, end, _ in statements(tokens):
        if start < after:
            continue
        words = tuple(token.text for token in tokens[start:end])
        cue = max((len(c) for c in terms.announces if words[: len(c)] == c), default=0)
        at = start + cue
        while at < end and (
            tokens[at].mark is not Mark.WORD or tokens[at].text in terms.void | terms.fillers
        ):
            at += 1
        for span in spans:
            if cue and span.start == at and at not in denied:
                return span
    return None


def statements(tokens: Sequence[Token]) -> Iterator[tuple[int, int, bool]]:
    """Start, end and whether a full stop ends it, of each entry of a list or sentence."""
    start = 0
    for at, token in enumerate(tokens):
        if token.mark in (Mark.LIST, Mark.SENTENCE):
            if at > start:
                yield start, at, token.mark is Mark.SENTENCE and at + 1 < len(tokens)
            start = at + 1
    if start < len(tokens):
        yield start, len(tokens), False


def _concluded(
    tokens: Sequence[Token], affirmed: Sequence[Span], terms: DiagnosisTerms, own: Collection[str]
) -> Span | None:
    """What a sentence ends in: `infiltrates indicate ARDS`, `fever, so this is a cellulitis`.

    What only shows something (`consistent with`) concludes from findings alone, not from a
    condition that is examined.
    """
    is_finding = affirmed[0].entry_id not in own
    for before, later in pairwise(affirmed):
        words = tuple(token.text for token in tokens[before.end : later.start])
        if any(_contains(words, cue) for cue in terms.conclusions):
            return later
        if is_finding and any(_contains(words, cue) for cue in terms.shows):
            return later
        if is_finding and later.entry_id in own and _sums_up(tokens, later.start, terms):
            return later
    return None


def _sums_up(tokens: Sequence[Token], at: int, terms: DiagnosisTerms) -> bool:
    """Whether a colon or dash after several findings leads to what stands at `at`."""
    while at > 0 and tokens[at - 1].text in terms.fillers:
        at -= 1
    return (
        at > 0
        and tokens[at - 1].text in _LEADS
        and sum(t.mark is Mark.COMMA or t.text in ("and", "with") for t in tokens[:at]) > 0
    )


def _contains(words: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return any(words[i : i + len(part)] == part for i in range(len(words) - len(part) + 1))
