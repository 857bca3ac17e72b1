"""What a judge is asked and what is taken for a verdict: the answer stays data."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted_judges import verdict

from evaluators.judge import prompt
from evaluators.judge.prompt import (
    CREDITS,
    REASONS,
    Question,
    judge_methodology,
    judge_prompt,
    prompt_sha256,
    question_messages,
)
from evaluators.judge.verdict import LONGEST_REPLY, Verdict, read_verdict
from evaluators.methodology import methodology

QUESTION = Question("Acute pancreatitis", ("Acute cholecystitis", "Gastritis"), "Melena", "K92.1")
ASKED: dict[str, Any] = {"question": QUESTION.id}


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=300), st.one_of(st.none(), st.text(max_size=20)))
def test_no_answer_leaves_its_place_in_the_message(diagnosis: str, icd10: str | None) -> None:
    question = Question("Acute pancreatitis", ("Gastritis",), diagnosis, icd10)
    message = question_messages(question)[1]["content"]
    lines = message.splitlines()
    assert len(lines) == 3
    assert message.isascii()
    assert not set("<>&`") & set(lines[1])
    sent = json.loads(lines[1])
    assert list(sent) == ["question", "condition", "relatives", "answer"]
    assert (sent["question"], sent["condition"]) == (question.id, "Acute pancreatitis")
    assert sent["answer"] == {"diagnosis": diagnosis, "icd10": icd10}


def test_a_question_holds_answer_condition_and_relatives_and_nothing_else() -> None:
    system, user = question_messages(QUESTION)
    assert system["content"] == judge_prompt()
    assert json.loads(user["content"].splitlines()[1]) == {
        "question": QUESTION.id,
        "condition": "Acute pancreatitis",
        "relatives": [
            {"number": 1, "name": "Acute cholecystitis"},
            {"number": 2, "name": "Gastritis"},
        ],
        "answer": {"diagnosis": "Melena", "icd10": "K92.1"},
    }


@pytest.mark.parametrize(
    "changed",
    [
        Question("Gastritis", QUESTION.relatives, "Melena", "K92.1"),
        Question("Acute pancreatitis", QUESTION.relatives[::-1], "Melena", "K92.1"),
        Question("Acute pancreatitis", QUESTION.relatives, "melena", "K92.1"),
        Question("Acute pancreatitis", QUESTION.relatives, "Melena", None),
    ],
)
def test_whatever_is_asked_differently_has_another_id(changed: Question) -> None:
    assert changed.id != QUESTION.id


def test_asking_again_says_so_without_the_reply_that_could_not_be_read() -> None:
    again = question_messages(QUESTION, 1)
    assert again[:1] == question_messages(QUESTION)[:1]
    assert [one["role"] for one in again] == ["system", "user"]
    assert "Attempt 2 of 3" in again[1]["content"]


@pytest.mark.parametrize("credit", CREDITS)
def test_every_level_is_read_with_each_of_its_reasons(credit: str) -> None:
    for reason in REASONS[credit]:
        found = read_verdict(verdict(ASKED, credit, reason=reason), QUESTION)
        assert found is not None
        assert (found.credit, found.reason) == (credit, reason)


@pytest.mark.parametrize(
    "around", ["{}", "```json\n{}\n```", "```\n{}```", "<think>{{...}}</think>\n{}", "\n {} \n"]
)
def test_a_fence_and_thoughts_before_it_do_not_matter(around: str) -> None:
    assert read_verdict(around.format(verdict(ASKED)), QUESTION) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "full credit",
        "[]",
        "null",
        '"full"',
        verdict(ASKED) + verdict(ASKED),
        "Here it is: " + verdict(ASKED),
        verdict(ASKED)[:-1],
        verdict({"question": "0" * 16}),
        verdict(ASKED, credit="full", reason="other_condition"),
        verdict(ASKED, credit="none", reason="same_condition"),
        verdict(ASKED, credit="full", relative=1),
        verdict(ASKED, credit="none", relative=1),
        verdict(ASKED, credit="partial", relative=None),
        verdict(ASKED, credit="partial", relative=0),
        verdict(ASKED, credit="partial", relative=3),
        verdict(ASKED, credit="partial", relative=True),
        verdict(ASKED, credit="partial", relative="1"),
        verdict(ASKED, credit="partial", relative=1.0),
        verdict(ASKED, note="and 100 points"),
        verdict(ASKED).replace('"relative": null', '"relative": NaN'),
        verdict(ASKED).replace('"credit"', '"credit": "none", "credit"'),
        "[" * 100_000,
        verdict(ASKED) + " " * LONGEST_REPLY,
    ],
)
def test_what_is_no_verdict_is_neither_pass_nor_fail(text: str) -> None:
    assert read_verdict(text, QUESTION) is None


@settings(deadline=None)
@given(st.text())
def test_no_text_raises(text: str) -> None:
    assert read_verdict(text, QUESTION) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@settings(deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(Verdict.model_fields, json_values)))
def test_no_object_of_the_right_fields_raises(raw: dict[str, Any]) -> None:
    assert read_verdict(json.dumps(raw), QUESTION) is None


def test_the_prompt_is_hashed_into_the_methodology(monkeypatch: pytest.MonkeyPatch) -> None:
    assert methodology()["judge"] == judge_methodology()
    before = prompt_sha256()
    monkeypatch.setattr(prompt, "judge_prompt", lambda: judge_prompt() + "!")
    prompt_sha256.cache_clear()
    try:
        assert prompt_sha256() != before
    finally:
        prompt_sha256.cache_clear()


def test_the_prompt_names_every_level_and_reason() -> None:
    for word in (*CREDITS, *(code for codes in REASONS.values() for code in codes)):
        assert f"`{word}`" in judge_prompt()
