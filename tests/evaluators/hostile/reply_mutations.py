"""Replies made worse: seeds, pieces that break parsers, mutation, and Hypothesis strategies.

Belongs here: making inputs, the same from the same seed. Does not belong here: what must hold of
them (`test_replies_fuzzed`, `benchmarks/fuzz_replies.py`).
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

from hypothesis import strategies as st

SEEDS: tuple[str, ...] = (
    '{"orders":["CBC with diff","lipase, BMP and CXR"],"actions":["IV fluids 1 L"]}',
    '{"differential":[{"diagnosis":"NSTEMI","icd10":"I21.4","probability":0.7},"pericarditis"]}',
    '{"final":{"diagnosis":"Acute pancreatitis","icd10":"K85.9","further_diagnoses":["AKI"],'
    '"plan":["NPO","lactated Ringer\'s"],"disposition":"ward"}}',
    '{"final":{"diagnosis":["sepsis due to UTI","pneumonia"],"acuity":3,"organ_support":'
    '{"vasopressor":true,"ventilation":null}}}',
    '{"final":{"diagnosis":"","findings":[{"finding":"effusion","certainty":"present"}]}}',
    'Let me think.\n```json\n{"orders":["ECG","troponin q3h x3"]}\n```\nDone.',
    '<think>{"orders":["a"]}</think>\n{"final":"no evidence of PE; likely CAP vs CHF"}',
    '{"orders":["K"]} and then {"final":{"diagnosis":"hyperkalemia, r/o MI"}}',
    '{"orders":[{"test":"CT A/P w/ contrast","urgency":"stat"},{"name":"blood cx x2"}]}',
    "I cannot help with that.",
)
PIECES: tuple[str, ...] = (
    *'{}[]",:\\`\n\t .;/()+-',
    *("```", "```json\n", "</think>", "<think>", "null", "true", "NaN", "-Infinity", "1e999999"),
    *("9" * 50, "-0", "0.5e-400", "\\u0000", "\\ud800", "\\udc00", '\\"', "\\x", "\ud83d", "\x00"),
    *(
        "\u202e",
        "\u200b",
        "\ufeff",
        "\u2028",
        "\ufdfa",
        "ß",
        "İ",
        "Ａ",
        "́",
        "\U0010ffff",
        "\x1b[31m",
    ),
    *('"final":', '"orders":', '"diagnosis":', '"probability":', '"actions":', '{"final":{'),
    *(
        " and ",
        " or ",
        " vs ",
        "no ",
        "not ",
        "rule out ",
        "history of ",
        " due to ",
        "w/o ",
        "s/p ",
    ),
    *(" with ", " for ", "x2", "stat ", "urine ", "CT ", "lipase", "1. ", "non-", "'s", "hold "),
)
_LONG = 65_536


def mutated(chance: random.Random) -> str:
    """A seed after one to eight changes: pieces put in, parts cut, doubled, swapped, repeated."""
    text = chance.choice(SEEDS)
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        at, to = sorted(chance.randrange(len(text) + 1) for _ in range(2))
        kind = chance.randrange(7)
        if kind == 0:
            text = text[:at] + chance.choice(PIECES) + text[at:]
        elif kind == 1:
            text = text[:at] + text[to:]
        elif kind == 2:
            text = text[:to] + text[at:to] * chance.choice((1, 1, 2, 3, 10)) + text[to:]
        elif kind == 3:
            text = text[:at] + chance.choice(SEEDS) + text[at:]
        elif kind == 4:
            text = (
                text[:at]
                + chr(chance.choice((0x7F, 0x3FF, 0xFFFF, 0x10FFFF)) & chance.getrandbits(21))
                + text[to:]
            )
        elif kind == 5:
            text = text[:at] + chance.choice(PIECES) * chance.choice((2, 3, 5, 8, 30)) + text[at:]
        else:
            text = text[to:] + text[at:to] + text[:at]
        text = text[:_LONG]
    return text


def raw(chance: random.Random) -> str:
    """Bytes without any plan, read in one of the ways in which text comes off a wire."""
    data = chance.randbytes(chance.choice((3, 40, 300, 1_000)))
    how = chance.choice(("surrogateescape", "replace", "ignore", "latin-1"))
    return data.decode("latin-1") if how == "latin-1" else data.decode("utf-8", how)


def piled(chance: random.Random) -> str:
    """One to four pieces again and again, up to the length at which a reply is cut."""
    unit = "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 4)))
    head = chance.choice(("", "{", '{"orders":["', "```", '{"final":"', '{"orders":['))
    return (head + unit * (_LONG // len(unit)))[: chance.choice((4_096, 16_384, _LONG))]


def phrases(chance: random.Random) -> str:
    """What may stand for one order or diagnosis: pieces of words, up to the length that is read."""
    words = "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 120)))
    seed = chance.choice(SEEDS)
    at = chance.randrange(len(seed))
    return (words[: chance.randint(0, 400)] + seed[at : at + 60] + words)[:500]


def inputs(seed: int) -> Iterator[tuple[str, str]]:
    """Kind and text of inputs without end, the same for the same seed."""
    chance = random.Random(seed)  # inputs, not secrets
    kinds = (mutated,) * 300 + (raw,) * 80 + (piled,)
    while True:
        make = chance.choice(kinds)
        yield make.__name__, make(chance)


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=40)
    | st.sampled_from(PIECES),
    lambda inner: (
        st.lists(inner, max_size=6)
        | st.dictionaries(
            st.sampled_from(("diagnosis", "icd10", "probability", "plan", "finding", "order", "x")),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
STEPS = st.builds(
    lambda step, before, after: before + json.dumps(step) + after,
    st.dictionaries(
        st.sampled_from(("orders", "actions", "differential", "final", "Final", "fin\u200bal")),
        _VALUES,
    ),
    st.text(max_size=20) | st.sampled_from(PIECES),
    st.text(max_size=20) | st.sampled_from(PIECES),
)
MUTATED = st.randoms(use_true_random=False).map(mutated)
ANY_REPLY = STEPS | MUTATED | st.text(max_size=300) | st.lists(st.sampled_from(PIECES)).map("".join)
