from __future__ import annotations

import contextlib
import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluators.encounter.protocol import FinalAnswer, RankedDiagnosis, Step
from evaluators.encounter.replies import MOST_DEPTH, STEP_SCHEMA, ReplyError, parse_step

CBC = Step(orders=("CBC",))


@pytest.mark.parametrize(
    "text",
    [
        '{"orders":["CBC"]}',
        '  {"orders":["CBC"]}\n',
        '```json\n{"orders":["CBC"]}\n```',
        '```\n{"orders":["CBC"]}```',
        'Let me see.\n```json\n{"orders":["CBC"]}\n```\nThat is all.',
        'I order {"orders":["CBC"]} now',
        'I think {maybe} of {"orders":["CBC"]}',
        '{"orders":["CBC"]} and then {"orders":["BMP"]}',
        '<think>{"orders":["BMP"]}</think>{"orders":["CBC"]}',
        '\ufeff{"orders":["CBC"]}',
        '{"orders":["CBC"],"mood":"calm","depth":{"a":[1]}}',
        '{"orders":["CB\u200bC\u202e"]}',
        '{"orders":["CBC"],"actions":null,"differential":null,"final":null}',
        '{"orders":"CBC"}',
        '{"orders":[{"test":"CBC","urgency":"stat"}]}',
        '{"orders":["CBC",""]}',
    ],
)
def test_step_is_found_in_what_surrounds_it(text: str) -> None:
    assert parse_step(text) == CBC


def test_braces_inside_strings_do_not_count() -> None:
    assert parse_step('see: {"orders":["a } b { \\" c"]}').orders == ('a } b { " c',)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("CBC please", "no JSON object"),
        ("[1,2]", "no JSON object"),
        ('{"orders":["CBC"', "no complete"),
        ('{"orders":["CBC"],"orders":["BMP"]}', "same key twice"),
        ('{"final":{"diagnosis":"a","diagnosis":"b"}}', "same key twice"),
        ('{"differential":[{"diagnosis":"a","probability":NaN}]}', "NaN"),
        ('{"differential":[{"diagnosis":"a","probability":-Infinity}]}', "NaN"),
        ('{"differential":[{"diagnosis":"a","probability":1e999}]}', "between 0 and 1"),
        ('{"differential":[{"diagnosis":"a","probability":-0.1}]}', "between 0 and 1"),
        ('{"differential":[{"diagnosis":"a","probability":"high"}]}', "not a number"),
        ('{"differential":[{"diagnosis":"a","probability":true}]}', "not a number"),
        ('{"differential":[{"probability":0.5}]}', "diagnosis"),
        ('{"orders":{"a":1}}', "orders"),
        ('{"orders":[1]}', "orders"),
        ('{"orders":[["CBC"]]}', "orders"),
        ('{"orders":true}', "orders"),
        ('{"actions":7}', "actions"),
        ('{"final":{}}', "diagnosis"),
        ('{"final":{"diagnosis":""}}', "diagnosis"),
        ('{"final":[]}', "final"),
        ('{"final":{"diagnosis":"a","icd10":5}}', "icd10"),
        ('{"greeting":"hello"}', "none of the fields"),
        ('{"x":' * (MOST_DEPTH + 1) + "1" + "}" * (MOST_DEPTH + 1), "deeper"),
        ('{"x":' * 100_000, "complete"),
        ("[" * 100_000, "no JSON object"),
        ('{"' * 30_000, "complete"),
        ('{"orders":' + "1" * 10_000 + "}", "complete"),
    ],
)
def test_malformed_reply_is_a_stated_error(text: str, said: str) -> None:
    with pytest.raises(ReplyError, match=said):
        parse_step(text)


def test_final_is_read_whole() -> None:
    step = parse_step(
        json.dumps(
            {
                "differential": [{"diagnosis": "NSTEMI", "probability": 70}, "pericarditis"],
                "final": {
                    "diagnosis": "NSTEMI",
                    "icd10": "I21.4",
                    "further_diagnoses": ["Hypertension"],
                    "plan": "aspirin",
                    "disposition": "CCU",
                },
            }
        )
    )
    assert step.differential == (
        RankedDiagnosis(diagnosis="NSTEMI", probability=0.7),
        RankedDiagnosis(diagnosis="pericarditis"),
    )
    assert step.final == FinalAnswer(
        diagnosis="NSTEMI",
        icd10="I21.4",
        further_diagnoses=("Hypertension",),
        plan=("aspirin",),
        disposition="CCU",
    )


def test_first_of_several_final_diagnoses_is_the_principal_one() -> None:
    final = parse_step('{"final":{"diagnosis":["a","b"],"further_diagnoses":["c"]}}').final
    assert final == FinalAnswer(diagnosis="a", further_diagnoses=("b", "c"))


def test_word_final_in_a_string_commits_nothing() -> None:
    step = parse_step('{"orders":["final: {\\"diagnosis\\":\\"x\\"}"]}')
    assert step.final is None


def test_schema_sent_with_a_repair_admits_the_protocols_own_steps() -> None:
    step = Step(
        orders=("CBC",),
        differential=(RankedDiagnosis(diagnosis="a", probability=0.5),),
        final=FinalAnswer(diagnosis="a", plan=("b",)),
    )
    jsonschema.validate(step.model_dump(mode="json"), STEP_SCHEMA)


def _reads(text: str) -> None:
    # Any other error than ReplyError fails the test.
    with contextlib.suppress(ReplyError):
        step = parse_step(text)
        json.dumps(step.model_dump(mode="json"), allow_nan=False).encode()


@given(st.text())
def test_any_text_is_a_step_or_a_reply_error(text: str) -> None:
    _reads(text)


@given(st.binary())
def test_any_bytes_are_a_step_or_a_reply_error(data: bytes) -> None:
    _reads(data.decode("utf-8", "surrogateescape"))


@given(st.text(alphabet='{}[]",:\\` \nabfinalorders0e-.'))
def test_any_heap_of_punctuation_is_a_step_or_a_reply_error(text: str) -> None:
    _reads(text)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["orders", "diagnosis", "probability", "plan", "icd10", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(["orders", "actions", "differential", "final", "extra"]), _JSON
    ),
    st.text(max_size=5),
)
def test_any_json_is_a_step_or_a_reply_error(value: dict[str, Any], around: str) -> None:
    _reads(around + json.dumps(value) + around)


@pytest.mark.parametrize(
    ("text", "diagnosis"),
    [
        ('{"final":{"diagnosis":"a"}} No: {"final":{"diagnosis":"b"}}', "b"),
        ('```{"final":"a"}``` or ```{"final":"b"}``` or ```{"final":"c"}```', "c"),
        ('{"final":{"diagnosis":"a"}} {"orders":["CBC"]}', "a"),
        ('{"final":"a"} {"final":null}', "a"),
        ('{"final":"a"} {"final":"b","final":"c"}', "a"),
        ('{"final":"a"} {"final":', "a"),
        ('I say {"final":"a"} ' + '{"x":' * 30 + "1" + "}" * 30 + ' {"final":"b"}', "b"),
    ],
)
def test_of_several_commitments_the_last_that_can_be_read_counts(text: str, diagnosis: str) -> None:
    final = parse_step(text).final
    assert final is not None
    assert final.diagnosis == diagnosis


def test_what_a_candidate_imagines_after_its_orders_is_not_read() -> None:
    text = '{"orders":["CBC"]}\nuser: {"clock_hours":2}\nassistant: {"final":{"diagnosis":"a"}}'
    assert parse_step(text) == CBC


@pytest.mark.parametrize("inner", ["a" * 65_000, " " * 65_000, "{" * 65_000])
def test_fence_that_never_closes_is_given_up_at_once(inner: str) -> None:
    # With a pattern that looks for the end from every letter, this took half a minute.
    with pytest.raises(ReplyError, match="JSON object"):
        parse_step("```" + inner)
