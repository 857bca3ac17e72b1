"""Templates: how they compile, what they refuse, and how they are said."""

from __future__ import annotations

from collections import Counter

import pytest

from sources.synthetic.draws import Draws
from sources.synthetic.notes.grammar import BadTemplate, Compiler, listed, literals, say

WORDS = {"he": "she", "noun": "cough"}


def test_words_pools_and_alternatives_are_filled_in() -> None:
    compiler = Compiler({"when": ["{one|two} days", "a week"]})
    template = compiler.one("{he} had a {dry |}{noun} for {when}.")
    said = {say(template, Draws(1, patient), WORDS) for patient in range(200)}
    assert said == {
        f"she had a {kind}cough for {when}."
        for kind in ("dry ", "")
        for when in ("one days", "two days", "a week")
    }


def test_alternatives_are_equally_likely() -> None:
    template = Compiler({}).one("{a|b|c|d}")
    draws = Draws(3, 1)
    counts = Counter(say(template, draws, {}) for _ in range(4000))
    assert set(counts) == set("abcd")
    assert all(850 < count < 1150 for count in counts.values())


def test_same_stream_says_the_same() -> None:
    template = Compiler({}).one("{a|b} {c|d} {e|f} {g|h}")
    assert say(template, Draws(5, 9, "notes"), {}) == say(template, Draws(5, 9, "notes"), {})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a {b", "opened but not closed"),
        ("a} b", "closed but not opened"),
        ("{|, {two words}}", "neither a word, a pool nor alternatives"),
        ("{}", "neither a word, a pool nor alternatives"),
    ],
)
def test_malformed_template_is_refused_with_its_text(text: str, reason: str) -> None:
    with pytest.raises(BadTemplate, match=reason):
        Compiler({}).one(text)


def test_pool_named_without_brackets_among_alternatives_is_refused() -> None:
    with pytest.raises(BadTemplate, match="bare name"):
        Compiler({"weekday": ["Monday"]}).one("since {weekday|yesterday}")


def test_pools_in_a_circle_are_refused() -> None:
    with pytest.raises(BadTemplate, match="leads back to itself"):
        Compiler({"a": ["{b}"], "b": ["{a}"]}).one("{a}")


def test_missing_word_is_an_error_and_not_an_empty_slot() -> None:
    with pytest.raises(KeyError, match="noun"):
        say(Compiler({}).one("a {noun}"), Draws(1, 1), {})


def test_literals_show_every_wording() -> None:
    template = Compiler({"p": ["x", "y"]}).one("{a|b {c|d}} {p} {noun}")
    assert set(literals(template)) == {"a x {noun}", "b c x {noun}", "b d x {noun}", "a y {noun}"}


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b, and c")],
)
def test_items_are_listed_in_words(items: list[str], text: str) -> None:
    assert listed(items) == text
