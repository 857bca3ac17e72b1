"""The reference candidates: what each answers, by which road, and what it may be told."""

from __future__ import annotations

import asyncio
import json

import pytest
from small_examination import reference, small_set

from evaluators.candidates.briefings import briefings
from evaluators.candidates.client import ModelClient
from evaluators.candidates.config import Candidate
from evaluators.candidates.litellm_switches import open_litellm
from evaluators.candidates.reference.briefing import Briefing, NamedDiagnosis
from evaluators.candidates.reference.conversation import UnreadableConversation, read_conversation
from evaluators.candidates.reference.floors import NotBriefed
from evaluators.candidates.reference.identity import REFERENCE_MODELS, reference_digests
from evaluators.candidates.reference.provider import answer
from evaluators.catalogue import load_catalogue
from evaluators.encounter.protocol import (
    Opening,
    OrderReply,
    Presentation,
    Result,
    Step,
    TurnReply,
)

NAMES = [model.removeprefix("reference/") for model in REFERENCE_MODELS]


def opening(category: str = "gastroenterology", turns: int = 12, **presented: object) -> str:
    facts = {"age_years": 61, "sex": "M", "chief_complaint": "Epigastric pain", **presented}
    return Opening(
        category=category, presentation=Presentation.model_validate(facts), turns_left=turns
    ).model_dump_json()


def conversation(*later: tuple[str, str], first: str | None = None) -> list[dict[str, str]]:
    messages = [
        {"role": "system", "content": "be a physician"},
        {"role": "user", "content": first or opening()},
    ]
    return messages + [{"role": role, "content": content} for role, content in later]


def told(name: str, scenario_id: str = f"{0:016x}") -> dict[str, object] | None:
    briefing = briefings(reference(name), small_set(), load_catalogue())(scenario_id)
    return briefing.as_plain if briefing is not None else None


def step(name: str, messages: list[dict[str, str]], briefing: object = "told") -> Step:
    given = told(name) if briefing == "told" else briefing
    return Step.model_validate_json(answer(name, messages, given))


@pytest.mark.parametrize("name", NAMES)
def test_every_one_goes_through_litellm_and_answers_a_step(name, waits, monkeypatch):
    litellm = open_litellm()
    roads: list[str] = []
    original = litellm.acompletion

    async def watched(**arguments):
        roads.append(arguments["model"])
        return await original(**arguments)

    monkeypatch.setattr(litellm, "acompletion", watched)

    async def go():
        briefing = briefings(reference(name), small_set(), load_catalogue())(f"{0:016x}")
        async with ModelClient(reference(name), sleep=waits) as client:
            return await client.ask(conversation(), briefing=briefing)

    reply = asyncio.run(go())
    assert roads == [f"reference/{name}"]
    assert reply.model == f"reference/{name}"
    assert reply.cost_usd == 0.0
    assert reply.finish_reason == "stop"
    assert Step.model_validate_json(reply.text) != Step()


@pytest.mark.parametrize("name", NAMES)
def test_same_messages_same_bytes(name):
    assert answer(name, conversation(), told(name)) == answer(name, conversation(), told(name))


def test_commonest_answers_the_commonest_condition_of_the_set():
    final = step("commonest", conversation()).final
    assert final is not None
    assert (final.diagnosis, final.icd10) == ("Acute pancreatitis", "K85")


def test_commonest_breaks_ties_by_id():
    briefing = briefings(reference("commonest"), small_set(0), load_catalogue())("x")
    assert briefing is not None
    assert briefing.commonest is None
    tied = small_set(3)
    tied.manifest.conditions.update({"acute_pancreatitis": 1, "aki": 1, "nonvariceal_ugib": 1})
    briefing = briefings(reference("commonest"), tied, load_catalogue())("x")
    assert briefing is not None
    assert briefing.commonest == NamedDiagnosis(diagnosis="Acute pancreatitis", icd10="K85")


@pytest.mark.parametrize(("number", "name"), [(0, "Acute pancreatitis"), (3, "Lower GI bleeding")])
def test_oracle_answers_the_truth_of_its_patient(number, name):
    final = step("oracle", conversation(), told("oracle", f"{number:016x}")).final
    assert final is not None
    assert final.diagnosis.startswith(name)
    assert final.icd10


def test_random_depends_on_the_opening_alone_and_reaches_several_conditions():
    drawn = {
        final.diagnosis
        for age in range(20, 60)
        if (final := step("random", conversation(first=opening(age_years=age))).final)
    }
    assert len(drawn) > 4
    assert drawn <= {c.name for c in load_catalogue().in_category("gastroenterology")}


def test_order_everything_orders_the_whole_catalogue_then_answers():
    messages = conversation()
    ordered: list[str] = []
    for turn in range(12):
        made = step("order-everything", messages)
        if made.final is not None:
            break
        ordered += made.orders
        reply = TurnReply(
            clock_hours=1.0,
            orders=tuple(OrderReply(order=o, status="unavailable") for o in made.orders),
            turns_left=11 - turn,
        )
        messages += [
            {"role": "assistant", "content": made.model_dump_json()},
            {"role": "user", "content": reply.model_dump_json()},
        ]
    assert made.final is not None
    assert made.final.diagnosis == "Acute pancreatitis"
    assert turn == 11
    assert ordered == [test.canonical_name for test in load_catalogue().tests.values()]


def test_order_everything_stops_when_nothing_is_carried_out_any_more():
    capped = TurnReply(clock_hours=1.0, turns_left=7).model_dump_json()
    messages = conversation(("assistant", '{"orders":["Lipase"]}'), ("user", capped))
    assert step("order-everything", messages).final is not None


@pytest.mark.parametrize("name", ["commonest", "random", "order-everything", "oracle"])
def test_without_its_briefing_none_makes_an_answer_up(name):
    with pytest.raises(NotBriefed):
        step(name, conversation(), None)


def test_bedside_is_told_nothing():
    assert told("bedside") is None


@pytest.mark.parametrize("model", ["openai/oracle", "hosted_vllm/reference", "openai/x"])
def test_no_other_candidate_gets_a_briefing(model):
    candidate = Candidate.model_validate(
        {"id": "x", "model": model, "api_base": "http://127.0.0.1:1/v1"}
    )
    brief = briefings(candidate, small_set(), load_catalogue())
    assert [brief(key) for key in small_set().scenarios] == [None] * 8


def test_a_briefing_holds_only_what_its_candidate_needs():
    assert {"truth"} <= set(told("oracle") or {}) <= {"truth", "actions"}
    assert set(told("commonest") or {}) == {"commonest"}
    assert set(told("order-everything") or {}) == {"commonest", "tests"}
    assert set(told("random") or {}) == {"conditions"}


def test_briefings_that_differ_have_different_digests():
    briefs = [Briefing(truth=NamedDiagnosis(diagnosis=name)) for name in ("a", "b")]
    assert briefs[0].sha256 != briefs[1].sha256


@pytest.mark.parametrize("model", REFERENCE_MODELS)
def test_digests_cover_every_file_of_a_candidate(model):
    digests = reference_digests(model)
    assert {"provider.py", "conversation.py", "briefing.py"} < set(digests)
    assert ("bedside_rules/cardiology.yml" in digests) == (model == "reference/bedside")


def test_conversation_reads_back_what_was_said():
    shown = TurnReply(
        clock_hours=2.0,
        orders=(
            OrderReply(
                order="lipase",
                status="resulted",
                results=(Result(test="Lipase", value="2200", hours=2.0),),
            ),
        ),
        delivered=(Result(test="Blood culture", value="NO GROWTH", hours=1.5),),
        turns_left=10,
    )
    read = read_conversation(
        conversation(
            ("assistant", "I think that"),
            ("user", '{"protocol_error":"Your reply could not be read"}'),
            ("assistant", '{"orders":["lipase"]}'),
            ("user", shown.model_dump_json(exclude_none=True)),
        )
    )
    assert [result.test for result in read.results] == ["Lipase", "Blood culture"]
    assert read.steps == (Step(orders=("lipase",)),)
    assert read.turns_left == 10


@pytest.mark.parametrize("messages", [[], conversation(first="hello"), conversation(first="{}")])
def test_a_conversation_without_opening_is_refused_without_quoting_it(messages):
    with pytest.raises(UnreadableConversation) as caught:
        read_conversation(messages)
    assert "hello" not in str(caught.value)
    assert caught.value.__context__ is None


def test_replies_are_compact_json():
    assert set(json.loads(answer("oracle", conversation(), told("oracle")))) == {
        "differential",
        "final",
    }
