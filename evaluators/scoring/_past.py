"""Which phrases of a statement belong to the past, beside the present one.

Belongs here: cue words of the past, of a background, and where the present begins. Does not belong
here: denial (`_assertion`), which phrases there are (`diagnosis`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from evaluators.scoring._assertion import Cues, cue_at
from evaluators.scoring.wording import Mark, Token

_CUES: Final[Cues] = tuple(
    tuple(cue.split())
    for cue in (
        "history of",
        "past medical history",
        "past history",
        "medical history",
        "hx of",
        "hx",
        "pmh",
        "pmhx",
        "prior",
        "previous",
        "previously",
        "past",
        "old",
        "remote",
        "former",
        "childhood",
        "status post",
        "background",
    )
)
_NO_CUES: Final[Cues] = (("prior", "to"), ("previous", "to"), ("previously", "healthy"))
_AFTER: Final = re.compile(
    r"(?:(?:\d+|one|two|three|several|many|few|a|some) (?:week|wk|month|mo|year|yr|y)s? ago"
    r"|last (?:year|month|winter|summer|spring|fall)|in (?:19|20)\d\d|(?:19|20)\d\d|in remission"
    r"|in (?:the )?past|a child|in childhood|years ago)\b"
)
"""What makes a past of the phrase that it follows."""
_NOW: Final = frozenset({"now", "presenting", "present", "presented", "with", "who", "admitted"})
_HERE: Final = frozenset(
    {"here", "today", "complicated", "new", "current", "transformed", "progressed", "evolved"}
)
_AGES: Final = frozenset({"year", "yr", "y", "yo", "month", "day", "week", "yrs"})
_TURN: Final = frozenset({"but", "however", "although", "though"})
_MARKERS: Final = frozenset(
    {"known", "recent", "recently", "background", "patient", "pt", "man", "woman", "male"}
    | {"female", "lady", "gentleman", "boy", "girl", "yo", "old", "history", "hx", "underlying"}
)
_PERSON: Final = re.compile(r"\d{1,3}(?:yo|y|yr)?[mf]?|\d{1,3}yom|\d{1,3}yof")
_PRESENTS: Final[Cues] = tuple(
    tuple(cue.split())
    for cue in (
        "now",
        "presenting with",
        "present with",
        "presented with",
        "presenting now with",
        "admitted with",
        "admitted for",
        "here with",
        "here for",
        "come in with",
        "came in with",
        "brought in with",
        "today",
    )
)
_NEAR: Final = 5
"""Tokens after a word such as `now` within which the present diagnosis must stand."""
PAST_WORDS: Final = (
    frozenset(word for cues in (_CUES, _NO_CUES, _PRESENTS) for cue in cues for word in cue)
    | _NOW
    | _HERE
    | _MARKERS
    | {"week", "month", "year", "remission", "winter", "summer", "spring", "child", "years"}
)
"""Words that are spelled well."""


def past_positions(
    tokens: Sequence[Token], spans: Sequence[tuple[int, int]], symptoms: frozenset[int]
) -> frozenset[int]:
    """Positions of the tokens that belong to the past, cues included.

    Args:
        tokens: The answer.
        spans: Recognised phrases (start, end), in the order of the text; words inside are no cues.
        symptoms: Starts of those that are symptoms: no present diagnosis beside a background.
    """
    inside = {at for start, end in spans for at in range(start, end)}
    past: set[int] = set()
    for at, token in enumerate(tokens):
        if at in inside or at in past or token.mark is not Mark.WORD:
            continue
        length = cue_at(tokens, at, inside, _CUES)
        if not length or cue_at(tokens, at, inside, _NO_CUES) or _is_age(tokens, at):
            continue
        past.update(range(at, _end(tokens, at + length)))
    for at, (start, end) in enumerate(spans):
        # `post-stroke epilepsy: seizure`; but alone, it is what there is.
        if start and tokens[start - 1].text == "post" and at + 1 < len(spans):
            past.update(range(start, end))
        following = " ".join(token.text for token in tokens[end : end + 4])
        if _AFTER.match(following.removeprefix("( ")):
            past.update(range(start, end))
    return frozenset(past | _background(tokens, spans, inside, symptoms))


def _is_age(tokens: Sequence[Token], at: int) -> bool:
    """`65 year old`: no past."""
    return tokens[at].text == "old" and at > 0 and tokens[at - 1].text in _AGES | {"-"}


def _end(tokens: Sequence[Token], at: int) -> int:
    """Where the reach of a cue before `at` ends: at a mark, a turn, or where the present begins."""
    end = at
    while end < len(tokens):
        token = tokens[end]
        if token.mark in (Mark.SENTENCE, Mark.LIST) or token.text in _TURN:
            break
        if end > at and token.text in _NOW | _HERE:
            break
        if token.mark is Mark.COMMA or (end > at and token.text in ("-", "–", "—")):
            break
        end += 1
    return end


def _background(
    tokens: Sequence[Token],
    spans: Sequence[tuple[int, int]],
    inside: set[int],
    symptoms: frozenset[int],
) -> set[int]:
    """What stands before the present: `known AF, now with stroke`, `65M with CHF, here with PE`."""
    starts = [start for start, _ in spans]
    background: set[int] = set()
    begin = 0
    is_marked = False
    for at, token in enumerate(tokens):
        if token.mark in (Mark.SENTENCE, Mark.LIST):
            begin, is_marked = at + 1, False
            continue
        length = 0 if at in inside or at == begin else cue_at(tokens, at, inside, _PRESENTS)
        if length:
            place = bisect_right(starts, at)
            is_near = place < len(starts) and starts[place] <= at + length + _NEAR
            is_parted = token.text == "now" and tokens[at - 1].mark is not Mark.WORD
            if is_near and starts[place] not in symptoms and (is_marked or is_parted):
                background.update(range(begin, at))
                begin = at
        is_marked = is_marked or token.text in _MARKERS or bool(_PERSON.fullmatch(token.text))
    return background
