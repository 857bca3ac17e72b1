"""A small grammar of sentences, so that no sentence gives a finding away by its wording.

Belongs here: templates, their alternatives and slots. Does not belong here: what is said
(`*.yml`) or when (`chest_report`, `sections`).

A template is plain text with alternatives `{a|b|c}` (they nest, and may be empty) and slots:
`<8..14>` is a whole number, `<1.2..3.4>` a number with one decimal, and `<name>` is filled from
the names given. All alternatives are multiplied out when a template is first read, so that a
sentence costs one draw.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from sources.synthetic.draws import Draws

_MOST = 4000
"""A template with more alternatives than this is a mistake: it would eat memory at no gain."""
_SLOT = re.compile(r"<([^<>]+)>")
_SPACES = re.compile(r" {2,}")

_Part = str | tuple[str, float, float]
"""Text, the name of a slot (`\\0name`), or a range with its kind (`whole` or `tenth`)."""


class BadTemplate(ValueError):
    """A template of the imaging texts cannot be read."""


def _alternatives(text: str, at: int, *, nested: bool) -> tuple[list[str], int]:
    """All texts from `at` to the end, or to the closing brace of a nested group."""
    done: list[str] = []
    open_: list[str] = [""]
    while at < len(text):
        mark = text[at]
        if mark == "{":
            inner, at = _alternatives(text, at + 1, nested=True)
            open_ = [left + right for left in open_ for right in inner]
            if len(open_) > _MOST:
                raise BadTemplate("a template has too many alternatives; split it in two")
        elif nested and mark == "|":
            done += open_
            open_ = [""]
            at += 1
        elif nested and mark == "}":
            return done + open_, at + 1
        else:
            ends = [end for end in (text.find(c, at) for c in "{|}") if end >= 0]
            end = min(ends) if ends else len(text)
            if end == at:
                raise BadTemplate("a template has | or } outside braces; put them into { }")
            open_ = [left + text[at:end] for left in open_]
            at = end
    if nested:
        raise BadTemplate("a template has an open brace; close it")
    return open_, at


def _parts(text: str) -> tuple[_Part, ...]:
    parts: list[_Part] = []
    at = 0
    for slot in _SLOT.finditer(text):
        parts.append(text[at : slot.start()])
        name = slot.group(1)
        if ".." in name:
            low, high = name.split("..")
            parts.append(("tenth" if "." in low else "whole", float(low), float(high)))
        else:
            parts.append("\0" + name)
        at = slot.end()
    parts.append(text[at:])
    return tuple(part for part in parts if part != "")


@cache
def _compiled(template: str) -> tuple[str | tuple[_Part, ...], ...]:
    texts, _ = _alternatives(template, 0, nested=False)
    made: list[str | tuple[_Part, ...]] = []
    for text in texts:
        clean = _SPACES.sub(" ", text).strip().replace(" .", ".").replace(" ,", ",")
        made.append(_parts(clean) if "<" in clean else clean)
    return tuple(made)


def variants(template: str) -> int:
    """How many texts a template can give, numbers aside."""
    return len(_compiled(template))


_NOTHING: Mapping[str, str] = {}


def say(draws: Draws, template: str, names: Mapping[str, str] = _NOTHING) -> str:
    """One text of a template.

    Args:
        draws: Where the choices come from.
        template: See the module.
        names: Text of each named slot.

    Raises:
        BadTemplate: The template is malformed, or has a slot that nobody fills.
    """
    chosen = draws.one(_compiled(template))
    if isinstance(chosen, str):
        return chosen
    said = []
    for part in chosen:
        if isinstance(part, tuple):
            kind, low, high = part
            if kind == "whole":
                said.append(str(draws.whole(int(low), int(high))))
            else:
                said.append(f"{draws.between(low, high):.1f}")
        elif part[0] == "\0":
            if part[1:] not in names:
                raise BadTemplate(f"nobody fills the slot {part[1:]}; name it in the report")
            said.append(names[part[1:]])
        else:
            said.append(part)
    return "".join(said)


def say_one(draws: Draws, templates: Sequence[str], names: Mapping[str, str] = _NOTHING) -> str:
    """One text of one of several templates."""
    return say(draws, draws.one(templates), names)


def sentence(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def listed(items: Sequence[str], word: str) -> str:
    """`a`, `a or b`, `a, b, or c`."""
    if len(items) < 3:
        return f" {word} ".join(items)
    return ", ".join(items[:-1]) + f", {word} {items[-1]}"
