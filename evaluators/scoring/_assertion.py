"""Which phrases of a statement are denied or belong to the past.

Belongs here: cue words and how far they reach. Does not belong here: which phrases there are.
After NegEx (Chapman 2001): a cue reaches forward or backward inside its clause.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from evaluators.scoring.wording import Mark, Token

_FORWARD: Final = tuple(
    tuple(cue.split())
    for cue in (
        "no",
        "not",
        "never",
        "neither",
        "without",
        "exclude",
        "excluding",
        "rule out",
        "ruling out",
        "negative for",
        "denie",
        "deny",
        "absence of",
        "rather than",
        "instead of",
        "as opposed to",
        "free of",
        "against",
        "history of",
        "hx of",
        "hx",
        "prior",
        "previous",
        "status post",
        "risk of",
        "risk for",
    )
)
_PAST: Final = frozenset({"history", "hx", "prior", "previous", "status"})
_EITHER_WAY: Final = tuple(
    tuple(cue.split())
    for cue in (
        "ruled out",
        "excluded",
        "unlikely",
        "improbable",
        "doubtful",
        "absent",
        "less likely",
        "least likely",
        "not likely",
        "not present",
        "not found",
        "not seen",
        "not supported",
        "not confirmed",
        "not suspected",
        "not identified",
        "not evident",
        "not the diagnosis",
    )
)
_UNDONE: Final = frozenset({"not", "cannot", "be", "been", "yet"})
_TURN: Final = frozenset({"but", "however", "although", "though", "instead", "rather"})
_ANNOUNCING: Final = frozenset({"following", "of", "for", "these"})
_NOW: Final = frozenset({"now", "presenting", "present", "with", "who", "admitted", "here"})


def denied_positions(tokens: Sequence[Token], spans: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Positions of the tokens that are denied or past, cues included.

    Args:
        tokens: The answer.
        spans: Recognised phrases (start, end), in the order of the text. Words inside a phrase are
            never cues (`acute coronary syndrome without infarction`). A phrase is denied when its
            start is.
    """
    inside = {at for start, end in spans for at in range(start, end)}
    starts = {start for start, _ in spans}
    denied: set[int] = set()
    at = 0
    while at < len(tokens):
        if at in inside or tokens[at].mark is not Mark.WORD:
            at += 1
            continue
        length = _cue(tokens, at, inside, _EITHER_WAY)
        is_forward = not length
        length = length or _cue(tokens, at, inside, _FORWARD)
        if not length:
            at += 1
            continue
        if not _is_undone(tokens, at):
            before = _backward(tokens, at)
            after = _forward(tokens, at + length, is_past=tokens[at].text in _PAST)
            if not is_forward and (starts & before or not starts & after):
                after = before
            denied |= after | set(range(at, at + length))
        at += length
    return frozenset(denied)


def _cue(
    tokens: Sequence[Token], at: int, inside: set[int], cues: Sequence[tuple[str, ...]]
) -> int:
    best = 0
    for cue in cues:
        window = tokens[at : at + len(cue)]
        if (
            tuple(token.text for token in window) == cue
            and not any(at + i in inside for i in range(len(cue)))
            and len(cue) > best
        ):
            best = len(cue)
    return best


def _is_undone(tokens: Sequence[Token], at: int) -> bool:
    """`cannot be excluded`, `not ruled out`: doubt, not denial."""
    while at > 0 and tokens[at - 1].text in _UNDONE:
        at -= 1
        if tokens[at].text in ("not", "cannot"):
            return True
    return False


def _backward(tokens: Sequence[Token], at: int) -> set[int]:
    start = at
    while start > 0 and tokens[start - 1].mark in (Mark.WORD, Mark.SOFT):
        if tokens[start - 1].text in _TURN:
            break
        start -= 1
    return set(range(start, at))


def _forward(tokens: Sequence[Token], at: int, *, is_past: bool) -> set[int]:
    end = at
    while end < len(tokens):
        token = tokens[end]
        if token.mark is Mark.SENTENCE or token.text in _TURN:
            break
        if token.mark is Mark.LIST and token.text not in ("or", "nor"):
            break
        if token.mark is Mark.COMMA and not _goes_on(tokens, end):
            break
        if token.text == ":" and end > at + 1 and tokens[end - 1].text not in _ANNOUNCING:
            break  # `no ST elevation on ECG: non-ST elevation MI`
        if is_past and token.text in _NOW:
            break
        end += 1
    return set(range(at, end))


def _goes_on(tokens: Sequence[Token], comma: int) -> bool:
    """Whether a denied enumeration continues after a comma: `no PE, pneumonia, or MI`."""
    for token in tokens[comma + 1 :]:
        if token.text in ("or", "nor"):
            return True
        if token.mark in (Mark.LIST, Mark.SENTENCE) or token.text in _TURN:
            return False
    return False
