"""Templates: sentences with slots and alternatives, compiled once and said many times.

Belongs here: the notation and how a template is said. Does not belong here: what is said (`words/`)
and when (`history`, `examination`, `stay`).

The notation has one bracket: `{his}` is a word of the patient, `{ago}` a pool of further templates,
`{sharp|dull}` alternatives of equal chance, which may hold brackets and may be empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from sources.synthetic.draws import Draws


class BadTemplate(ValueError):
    """A template has brackets that do not match or mean nothing."""


class Slot:
    """A word that the patient fills in."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        """Name the word."""
        self.name = name


class Choice:
    """Templates of equal chance; one without brackets is kept as its text, which is said faster."""

    __slots__ = ("options",)

    def __init__(self, options: Sequence[Template]) -> None:
        """Keep the templates."""
        self.options = tuple(_plain(option) for option in options)


Template: TypeAlias = tuple[str | Slot | Choice, ...]
Words: TypeAlias = Mapping[str, str]


def _plain(template: Template) -> Template | str:
    """The text of a template that has no brackets, or else the template."""
    text = "".join(part for part in template if isinstance(part, str))
    return template if any(not isinstance(part, str) for part in template) else text


class Compiler:
    """Compiles templates that may name pools."""

    def __init__(self, pools: Mapping[str, Iterable[str]]) -> None:
        """Take the pools; they may name each other, in any order, but not in a circle."""
        self._raw = {name: tuple(texts) for name, texts in pools.items()}
        self._pools: dict[str, Choice] = {}
        self._open: list[str] = []

    def many(self, texts: Iterable[str]) -> tuple[Template, ...]:
        """Compile some templates."""
        return tuple(self.one(text) for text in texts)

    def one(self, text: str) -> Template:
        """Compile a template.

        Raises:
            BadTemplate: Brackets do not match or hold no name, or pools name each other in a
                circle.
        """
        parts: list[str | Slot | Choice] = []
        plain = ""
        at = 0
        while at < len(text):
            if text[at] == "}":
                raise BadTemplate(f"a bracket is closed but not opened in {text!r}; balance it")
            if text[at] != "{":
                plain += text[at]
                at += 1
                continue
            end = _closing(text, at)
            if plain:
                parts.append(plain)
                plain = ""
            options = _split(text[at + 1 : end])
            if len(options) > 1:
                if not self._raw.keys().isdisjoint(options):
                    raise BadTemplate(
                        f"an alternative of {text!r} is a pool's bare name; give it brackets"
                    )
                parts.append(Choice([self.one(option) for option in options]))
            elif options[0] in self._raw:
                parts.append(self._pool(options[0]))
            elif options[0].isidentifier():
                parts.append(Slot(options[0]))
            else:
                raise BadTemplate(
                    f"{options[0]!r} is neither a word, a pool nor alternatives; drop its brackets"
                )
            at = end + 1
        if plain:
            parts.append(plain)
        return tuple(parts)

    def _pool(self, name: str) -> Choice:
        if name not in self._pools:
            if name in self._open:
                raise BadTemplate(f"the pool {name!r} leads back to itself; break the circle")
            self._open.append(name)
            self._pools[name] = Choice(self.many(self._raw[name]))
            self._open.pop()
        return self._pools[name]


def _closing(text: str, start: int) -> int:
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] == "{") - (text[at] == "}")
        if not depth:
            return at
    raise BadTemplate(f"a bracket is opened but not closed in {text!r}; balance it")


def _split(inner: str) -> list[str]:
    """Alternatives of the outermost level."""
    options = [""]
    depth = 0
    for letter in inner:
        depth += (letter == "{") - (letter == "}")
        if letter == "|" and not depth:
            options.append("")
        else:
            options[-1] += letter
    return options


def say(template: Template, draws: Draws, words: Words) -> str:
    """Say a template.

    Args:
        template: What to say.
        draws: Chooses among alternatives.
        words: Words of the patient; a slot that is not among them is a `KeyError`.
    """
    if len(template) == 1 and type(template[0]) is str:
        return template[0]
    said: list[str] = []
    _say(template, draws, words, said)
    return "".join(said)


def _say(template: Template | str, draws: Draws, words: Words, said: list[str]) -> None:
    for part in template:
        if type(part) is str:
            said.append(part)
        elif type(part) is Slot:
            said.append(words[part.name])
        elif type(part) is Choice:
            option = draws.one(part.options)
            if type(option) is str:
                said.append(option)
            else:
                _say(option, draws, words, said)


def listed(items: Sequence[str], last: str = "and") -> str:
    """Items as a list in words: `a`, `a and b`, `a, b, and c`."""
    if len(items) < 3:
        return f" {last} ".join(items)
    return f"{', '.join(items[:-1])}, {last} {items[-1]}"


def literals(template: Template | str) -> Iterable[str]:
    """Every way in which a template's alternatives read, slots left as `{name}`.

    Alternatives are shown one at a time, the others at their first reading: every wording occurs,
    not every combination.
    """
    if isinstance(template, str):
        yield template
        return
    yield _first(template)
    for place, part in enumerate(template):
        if isinstance(part, Choice):
            before, after = _first(template[:place]), _first(template[place + 1 :])
            for option in part.options:
                for text in literals(option):
                    yield before + text + after


def _first(template: Template | str) -> str:
    if isinstance(template, str):
        return template
    return "".join(
        part
        if isinstance(part, str)
        else f"{{{part.name}}}"
        if isinstance(part, Slot)
        else _first(part.options[0])
        for part in template
    )
