"""Whatever a reply is, it is a step or a `ReplyError`, and its strings break no reader.

The small one; ten million bytes are fed by `benchmarks/fuzz_replies.py`.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

sys.path.insert(0, str(Path(__file__).parent))

from reply_mutations import ANY_REPLY, inputs, phrases

from evaluators.catalogue import Catalogue
from evaluators.encounter._conduct import Conduct
from evaluators.encounter.actions import action_resolver
from evaluators.encounter.orders import order_resolver
from evaluators.encounter.protocol import Reply, Step
from evaluators.encounter.replies import ReplyError, is_blank, is_refusal, parse_step
from evaluators.encounter.session import Encounter
from evaluators.scenario_sets import Scenario
from evaluators.scoring.diagnosis import DiagnosisMatcher

BYTES = 200_000


def read(text: str) -> Step | None:
    """The step of a reply; any error but the parser's own goes up."""
    is_blank(text)
    is_refusal(text)
    try:
        step = parse_step(text)
    except ReplyError:
        return None
    # It can be written, in JSON and in UTF-8, and is bounded.
    written = json.dumps(step.model_dump(mode="json"), allow_nan=False, ensure_ascii=False)
    written.encode()
    assert all(len(order) <= 500 for order in (*step.orders, *step.actions))
    assert len(step.differential) <= 20
    return step


def test_seeded_inputs_are_steps_or_reply_errors() -> None:
    fed = steps = 0
    for _, text in inputs(2):
        steps += read(text) is not None
        fed += len(text.encode("utf-8", "surrogatepass"))
        if fed >= BYTES:
            break
    assert steps > 10  # the inputs are near enough to replies to reach what lies behind


def test_the_same_seed_gives_the_same_inputs() -> None:
    def some(seed: int) -> list[str]:
        return [text for _, (_, text) in zip(range(50), inputs(seed), strict=False)]

    assert some(3) == some(3) != some(4)


@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(ANY_REPLY)
def test_built_replies_are_steps_or_reply_errors(text: str) -> None:
    read(text)


def test_readers_of_orders_actions_and_diagnoses_take_any_phrase(catalogue: Catalogue) -> None:
    chance = random.Random(5)
    matcher = DiagnosisMatcher(catalogue, "cardiology")
    conduct = Conduct(("word " * 40,), lambda: ())
    for _ in range(25):
        text = phrases(chance)
        found = order_resolver(catalogue).resolve(text)
        assert found
        assert {one.test_id for one in found} <= {None, *catalogue.tests}
        assert set(action_resolver(catalogue).resolve(text)) <= set(catalogue.actions)
        named = matcher.match(text, text).matched_id
        assert named is None or named in {*catalogue.conditions, *catalogue.diagnoses}
        conduct.watch(text)


def test_encounter_takes_any_sequence_of_replies(
    catalogue: Catalogue, make_scenario: object
) -> None:
    scenario = make_scenario([])  # type: ignore[operator]
    assert isinstance(scenario, Scenario)
    source = inputs(6)
    for _ in range(40):
        encounter = Encounter(scenario, (), ("hosp",), "cardiology", catalogue)
        taken = 0
        while not encounter.is_over:
            encounter.take_reply(Reply(text=next(source)[1]))
            taken += 1
        assert taken <= 24
        assert encounter.record().turns <= 12
        json.dumps(encounter.messages()).encode()


@pytest.mark.parametrize(
    "text",
    ["```{" * 16_000, '{"' * 32_000, '{"a":' * 13_000],
    ids=["fences", "quotes", "objects"],
)
def test_piled_up_reply_is_given_up_in_few_steps(text: str) -> None:
    """Counted, not timed: lines of the parser that run, which grow with a quadratic search."""
    steps = 0

    def count(frame: object, event: str, argument: object) -> object:
        nonlocal steps
        steps += 1
        return count

    sys.settrace(count)
    try:
        read(text)
    finally:
        sys.settrace(None)
    assert steps < 60 * len(text)
