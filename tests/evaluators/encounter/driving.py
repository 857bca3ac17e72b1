"""How the tests of this folder drive an encounter: opening one, and saying something to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from evaluators.catalogue import Catalogue
from evaluators.encounter.protocol import Reply, TurnReply
from evaluators.encounter.session import (
    Encounter,
    Limits,
)
from evaluators.scenario_sets import EvidenceItem, Scenario, TruthTest

LANDED = ("hosp", "icu", "ed")
FINAL = {"final": {"diagnosis": "NSTEMI", "icd10": "I21.4", "plan": ["aspirin 325 mg"]}}
Open = Callable[..., Encounter]


@pytest.fixture
def start(
    catalogue: Catalogue,
    make_item: Callable[..., EvidenceItem],
    make_scenario: Callable[..., Scenario],
) -> Open:
    def make(
        evidence: Sequence[EvidenceItem] | None = None,
        truth: Sequence[TruthTest] = (),
        **limits: Any,
    ) -> Encounter:
        given = evidence
        if given is None:
            given = [make_item("lab_k", 1, 2, "4.1"), make_item("lab_tnt", 0, 3, "0.9")]
        return Encounter(
            make_scenario(given), truth, LANDED, "cardiology", catalogue, Limits(**limits)
        )

    return make


def say(encounter: Encounter, step: Any, **more: Any) -> dict[str, Any] | None:
    """Give a reply; return the evaluator's answer, its reports read, if the encounter goes on."""
    text = step if isinstance(step, str) else json.dumps(step)
    encounter.take_reply(Reply(text=text, **more))
    if encounter.is_over:
        return None
    answer: dict[str, Any] = json.loads(encounter.messages()[-1]["content"])
    if "protocol_error" in answer:
        return answer
    return TurnReply.model_validate(answer).model_dump(mode="json", exclude_none=True)
