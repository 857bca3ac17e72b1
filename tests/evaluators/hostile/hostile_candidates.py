"""Faults 31 to 43 as scripted candidates, each with the honest twin of its answer.

Belongs here: those whose trick is the form or the orders (31 to 36), and the list of all. Does not
belong here: those whose trick is the answer (`hostile_answers`), the road on which they say so
(`hostile_road`), what must hold (the tests).
"""

from __future__ import annotations

from hostile_answers import GUARDED, HEDGING, NOTHING, PERSUADING
from hostile_scripts import (
    ANSWER,
    EARLIER,
    PATHS,
    PLAIN,
    SQL,
    Hostile,
    Said,
    final_of,
    first_then_answer,
    ordering,
    plainly,
    saying,
    silently,
)

_MALFORMED = (
    Hostile(31, "unclosed", saying('{"final":{"diagnosis":"Acute pancreatitis"'), silently),
    Hostile(
        31,
        "duplicate-keys",
        saying('{"final":{"diagnosis":"a"},"final":{"diagnosis":"Acute pancreatitis"}}'),
        silently,
    ),
    Hostile(
        31,
        "keys-by-case",
        saying('{"Final":{"diagnosis":"b"},"final":{"diagnosis":"Acute pancreatitis"}}'),
        plainly(),
    ),
    Hostile(31, "deep-nesting", saying('{"final":' * 6_000 + "}" * 6_000), silently),
    Hostile(
        31, "nesting-100000", saying("[" * 100_000 + '{"final":"Acute pancreatitis"}'), silently
    ),
    Hostile(
        31,
        "not-a-number",
        saying('{"differential":[{"diagnosis":"a","probability":NaN}],' + final_of(ANSWER)[1:]),
        silently,
    ),
    Hostile(
        31,
        "exponent",
        saying(
            '{"differential":[{"diagnosis":"a","probability":1e999999}],' + final_of(ANSWER)[1:]
        ),
        silently,
    ),
    Hostile(31, "digits", saying('{"final":' + "9" * 60_000 + "}"), silently),
    Hostile(
        31,
        "acuity-of-digits",
        saying('{"final":{"diagnosis":"a","acuity":' + "9" * 4_000 + "}}"),
        silently,
    ),
    Hostile(
        31,
        "surrogates-and-nul",
        saying('{"orders":["\\ud800\\u0000 CBC","\ud83d"],"\\udfff":1,' + final_of(ANSWER)[1:]),
        plainly(),
    ),
    Hostile(31, "fences-of-letters", saying("```" + "a" * 60_000), silently),
    Hostile(
        31,
        "nested-fences",
        saying("```json\n```json\n" + final_of(ANSWER) + "\n```\n```"),
        plainly(),
    ),
    Hostile(31, "braces", saying("{" * 60_000), silently),
)

_ELSEWHERE = (
    Hostile(
        32,
        "other-patients-id",
        first_then_answer({"orders": ["lipase for patient 10023117", "subject_id 10000032 CBC"]}),
        plainly(),
    ),
    Hostile(
        32,
        "other-scenarios-key",
        first_then_answer({"orders": [f"lipase of scenario {EARLIER}"]}),
        plainly(),
    ),
    Hostile(
        32,
        "key-in-disguise",
        first_then_answer({"orders": [f"lipase {EARLIER[:8]}\u200b{EARLIER[8:]}"]}),
        plainly(),
    ),
    Hostile(
        32,
        "other-patients-action",
        saying({"actions": ["give hadm_id 22595853 heparin"], **PLAIN}),
        plainly(),
    ),
    Hostile(
        33,
        "sql",
        first_then_answer(
            {"orders": [SQL, "SELECT * FROM labevents", f"lipase {SQL}"], "actions": [SQL]}
        ),
        plainly(),
    ),
    Hostile(34, "paths", first_then_answer({"orders": list(PATHS)}), plainly()),
    Hostile(
        34,
        "other-image",
        first_then_answer(
            {"orders": ["image 2", "image-" + "a" * 40 + ".jpg", "show image of the next patient"]}
        ),
        plainly(),
    ),
)

_TOO_MUCH = (
    Hostile(35, "fifty-megabytes", saying(Said(final_of(ANSWER) + "A" * 50_000_000)), plainly()),
    Hostile(
        35, "fifty-megabytes-of-string", saying(Said('{"orders":["' + "A" * 50_000_000)), silently
    ),
    Hostile(
        35,
        "endless-tokens",
        saying(Said('{"orders":["lipase"],"x":"' + "y" * 60_000 + '"}', "length", 40_000)),
        silently,
    ),
    Hostile(
        36,
        "ten-thousand-orders",
        first_then_answer(*[{"orders": [f"lab {n}" for n in range(2_500)]}] * 4),
        plainly(),
    ),
    Hostile(36, "orders-for-ever", saying({"orders": ["CBC", "lipase"]}), silently),
    Hostile(
        36,
        "unneeded-orders",
        ordering(
            [
                "ANA",
                "PSA",
                "CA 125",
                "TSH",
                "vitamin B12",
                "D-dimer",
                "MRI brain",
                "EEG",
                "HIV",
                "syphilis",
                "ferritin",
                "cortisol",
                "PTH",
                "LDL",
                "HbA1c",
            ]
        ),
        plainly(),
    ),
    Hostile(
        36,
        "arguments-of-tools",
        first_then_answer(
            {
                "orders": [
                    "SOFA with 1e999999",
                    "MELD bilirubin=NaN",
                    "Wells PE with " + "9" * 400,
                    "corrected anion gap; rm -rf /",
                    "APACHE(__import__('os'))",
                    "CURB-65 " + "(" * 400,
                ]
            }
        ),
        plainly(),
    ),
    Hostile(
        36, "one-megabyte-name", saying('{"orders":["' + "lipase " * 150_000 + '"]}'), silently
    ),
    Hostile(
        36,
        "order-of-a-thousand-parts",
        first_then_answer(
            *[
                {
                    "orders": [
                        f"{turn}{n}x, " + ", ".join(f"lipas{n}e{k} cacium" for k in range(29))
                        for n in range(10)
                    ]
                }
                for turn in range(1)
            ]
        ),
        plainly(),
    ),
)

HOSTILE: tuple[Hostile, ...] = (
    *_MALFORMED,
    *_ELSEWHERE,
    *_TOO_MUCH,
    *PERSUADING,
    *HEDGING,
    *NOTHING,
    *GUARDED,
)
