"""Which phrases of a statement are denied.

Belongs here: cue words of denial and how far they reach. Does not belong here: which phrases there
are (`diagnosis`), what belongs to the past (`_past`).
After NegEx (Chapman 2001): a cue reaches forward or backward inside its clause.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from evaluators.scoring.wording import Mark, Token

Cues = tuple[tuple[str, ...], ...]


def _cues(listed: Iterable[str]) -> Cues:
    return tuple(tuple(cue.split()) for cue in listed)


_FORWARD: Final = _cues(
    (
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
        "mimicking",
        "masquerading as",
        "risk of",
        "risk for",
    )
)
_EITHER_WAY: Final = _cues(
    (
        "ruled out",
        "excluded",
        "unlikely",
        "improbable",
        "doubtful",
        "absent",
        "refuted",
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
        "not detected",
        "not demonstrated",
        "not favored",
        "not consistent",
        "not the diagnosis",
        "not the answer",
        "not the cause",
        "not correct",
        "not right",
        "not what",
    )
)
_BACKWARD: Final = _cues(
    (
        "mimic",
        "is wrong",
        "is incorrect",
        "was considered",
        "were considered",
        "was entertained",
        "were entertained",
        "initially considered",
        "initially suspected",
    )
)
_NO_CUES: Final = _cues(
    (
        "no doubt",
        "no question",
        "without doubt",
        "without a doubt",
        "without question",
        "not only",
        "not just",
        "not merely",
        "not otherwise",
        "was considered the",
        "was considered most",
        "was considered likely",
        "was considered to",
    )
)
"""What begins like a cue and denies nothing."""
CUE_WORDS: Final = frozenset(
    word for cues in (_FORWARD, _EITHER_WAY, _BACKWARD, _NO_CUES) for cue in cues for word in cue
)
"""Words that are spelled well."""
_UNDONE: Final = frozenset({"not", "cannot", "be", "been", "yet"})
_TURN: Final = frozenset({"but", "however", "although", "though", "instead", "rather"})
_CLAUSE: Final = frozenset(
    {"as", "after", "because", "given", "once", "since", "when", "where", "while", "with"}
)
"""Words that begin a clause of its own: `exacerbation once heart failure was ruled out`."""
_PARTS: Final = frozenset({"-", "–", "—", "(", "[", ":"})
"""Marks that part a name from what is said of something else: `chest pain - MI ruled out`."""
_LINKS: Final = frozenset(
    {"is", "are", "wa", "was", "were", "ha", "has", "have", "had", "be", "been", "being", "now"}
    | {"now", "since", "also", "both", "all", "then", "later", "already", "subsequently"}
    | {"clinically", "formally", "effectively", "reasonably", "thought", "felt", "deemed"}
    | {"considered", "judged", "it", "but"}
)
"""Words that say nothing themselves between a name and its denial."""
_SINGULAR: Final = frozenset({"is", "was", "has"})
_PLURAL: Final = frozenset({"are", "were", "have", "all"})
_ADJUNCTS: Final = frozenset(
    {
        "by",
        "on",
        "at",
        "with",
        "and",
        "via",
        "in",
        "after",
        "so",
        "per",
        "following",
        "given",
        "than",
    }
)
"""Words after a cue that say how, or go on with something else."""
_ANNOUNCING: Final = frozenset(
    {"following", "of", "for", "these", "diagnosis", "diagnose", "condition", "cause", "other"}
)
_ANEW: Final = frozenset(
    {"this", "therefore", "thus", "hence", "so", "making", "diagnosis", "favor", "likely"}
)
"""Words that begin what is affirmed, after what is denied."""
_SHOWS: Final = frozenset(
    {"point", "pointing", "suggest", "suggesting", "indicate", "indicating", "mean", "establish"}
    | {"confirm", "confirming", "favoring", "consistent", "lead", "leave", "leaving", "make"}
    | {"add", "amount", "equal", "support", "prove", "clinch", "is", "was", "are", "were"}
)
"""Verbs after what is denied: `without P waves is atrial fibrillation`."""
_PRONOUNS: Final = frozenset({"this", "it", "that", "which", "there", "he", "she", "what"})
_TESTED: Final = frozenset(
    {"swab", "test", "pcr", "antigen", "toxin", "screen", "assay", "rapid", "naat", "panel"}
)


def denied_positions(tokens: Sequence[Token], spans: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Positions of the tokens that are denied, cues included.

    Args:
        tokens: The answer.
        spans: Recognised phrases (start, end), in the order of the text. Words inside a phrase are
            never cues (`acute coronary syndrome without infarction`). A phrase is denied when its
            start is.
    """
    inside = {at for start, end in spans for at in range(start, end)}
    starts = {start for start, _ in spans}
    ending = {end: start for start, end in spans}
    denied: set[int] = set()
    reach = at = 0
    while at < len(tokens):
        if at in inside or tokens[at].mark is not Mark.WORD:
            at += 1
            continue
        length = cue_at(tokens, at, inside, _NO_CUES)
        if length:
            at += length
            continue
        if tokens[at].text == "negative" and (tested := _tested_negative(tokens, at, ending)):
            denied |= tested
            at += 1
            continue
        length = cue_at(tokens, at, inside, _BACKWARD)
        if length and at and tokens[at - 1].mark is Mark.WORD:
            denied |= _backward(tokens, at, inside, starts)
            at += length
            continue
        length = cue_at(tokens, at, inside, _EITHER_WAY)
        is_forward = not length
        length = length or cue_at(tokens, at, inside, _FORWARD)
        if not length:
            at += 1
            continue
        if not _is_undone(tokens, at):
            if at >= reach:  # a cue among what is denied reaches no further
                reach = _forward(tokens, at + length, starts)
            after = set(range(at + length, reach))
            if not is_forward:
                before = _backward(tokens, at, inside, starts)
                if starts & before or (
                    not starts & after or _says_of_before(tokens, at, at + length, before)
                ):
                    # What follows says how: `excluded at endoscopy`.
                    after = before | (set() if starts & after else after)
            denied |= after | set(range(at, at + length))
        at += length
    return frozenset(denied)


def _says_of_before(tokens: Sequence[Token], at: int, end: int, before: set[int]) -> bool:
    """Whether a cue from `at` to `end` is said of words before it that nobody knows.

    `gout was excluded and`, `gout excluded -`, but not `CT excluded`.
    """
    if all(tokens[i].mark is not Mark.WORD or tokens[i].text in _LINKS for i in before):
        return False
    follows = tokens[end]
    is_ended = follows.mark is not Mark.WORD and tokens[at - 1].text not in _ANNOUNCING
    return is_ended or follows.text in _ADJUNCTS or tokens[at - 1].text in _LINKS


def cue_at(tokens: Sequence[Token], at: int, inside: set[int], cues: Cues) -> int:
    """How many tokens the longest of `cues` takes that stands at `at`, outside phrases."""
    best = 0
    for cue in cues:
        if len(cue) <= best or tokens[at].text != cue[0]:
            continue
        window = tokens[at : at + len(cue)]
        if tuple(token.text for token in window) == cue and not any(
            at + i in inside for i in range(len(cue))
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


def _backward(tokens: Sequence[Token], at: int, inside: set[int], starts: set[int]) -> set[int]:
    """What a cue at `at` says of the words before it.

    A mark or a word that begins a clause ends it, unless nothing but links stands between the two
    (`NSTEMI (ruled out)`, `PE was considered, but excluded`).
    """
    begin, has_content, is_singular, is_plural = at, False, False, False
    while begin > 0:
        token = tokens[begin - 1]
        if token.mark in (Mark.LIST, Mark.SENTENCE):
            break
        is_word = token.mark is Mark.WORD
        if begin - 1 not in inside:
            ends = token.mark is Mark.COMMA or token.text in _PARTS or token.text in _TURN
            ends = ends or token.text in _CLAUSE
            # `pericarditis and PE is excluded` denies one, `MI and PE have been ruled out` both.
            ends = ends or (token.text == "and" and is_singular)
            # `torsion, cyst and abscess were excluded; appendicitis`
            ends = ends and not (is_plural and token.mark is Mark.COMMA)
            if has_content and ends:
                break
            is_singular = is_singular or (not has_content and token.text in _SINGULAR)
            is_plural = is_plural or (
                not has_content and token.text in _PLURAL and max(starts, default=0) > at
            )
        has_content = has_content or (
            is_word and (begin - 1 in inside or token.text not in _LINKS | _TURN)
        )
        begin -= 1
    return set(range(begin, at))


def _forward(tokens: Sequence[Token], at: int, starts: set[int]) -> int:
    end = at
    opened = 0
    has_named = False
    while end < len(tokens):
        token = tokens[end]
        if token.mark is Mark.SENTENCE or token.text in _TURN:
            break
        if token.mark is Mark.LIST and token.text not in ("or", "nor"):
            break
        # `excluded: PE, DVT, ACS`
        if token.mark is Mark.COMMA and not (tokens[at].text == ":" or _goes_on(tokens, end)):
            break
        has_named = has_named or (end > at and end - 1 in starts)
        if token.text in _PARTS - {"(", "["} and (
            has_named or (end > at and tokens[end - 1].text not in _ANNOUNCING)
        ):
            break  # `no ST elevation on ECG: non-ST elevation MI`
        if (has_named and token.text in _ANEW) or (
            end > at and token.text in _SHOWS and tokens[end - 1].text not in _PRONOUNS
        ):
            break  # `excluding PE the diagnosis is pneumonia`
        opened += (token.text in ("(", "[")) - (token.text in (")", "]"))
        if opened < 0:
            break
        end += 1
    return end


def _goes_on(tokens: Sequence[Token], comma: int) -> bool:
    """Whether a denied enumeration continues after a comma: `no PE, pneumonia, or MI`."""
    for token in tokens[comma + 1 :]:
        if token.text in ("or", "nor"):
            return True
        if token.mark in (Mark.LIST, Mark.SENTENCE) or token.text in _TURN | _ANEW:
            return False
    return False


def _tested_negative(tokens: Sequence[Token], at: int, ending: Mapping[int, int]) -> set[int]:
    """The phrase whose test is said to be negative: `flu swab negative`, `COVID negative`."""
    follows = tokens[at + 1] if at + 1 < len(tokens) else None
    if follows is not None and follows.mark is Mark.WORD and follows.text not in ("on", "by"):
        return set()
    end = at
    while end > 0 and tokens[end - 1].text in _TESTED:
        end -= 1
    if end not in ending:
        return set()
    start = ending[end]
    while start >= 2 and tokens[start - 1].text in ("and", "or", "/") and start - 1 in ending:
        start = ending[start - 1]
    return set(range(start, at + 1))
