"""Pages of hand-made encounters for the tests of this folder."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from small_examination import small_set

from evaluators.catalogue import load_catalogue
from evaluators.encounter.protocol import Reply
from evaluators.scenario_sets import ActionTaken, ScenarioSet
from evaluators.transcript.page import Page, make_page

FIRST = "0" * 16
BLEEDING = f"{2:016x}"
RIGHT = (
    {"orders": ["lipase", "serum rhubarb"], "differential": [
        {"diagnosis": "Acute pancreatitis", "probability": 0.7},
        {"diagnosis": "Cholecystitis", "probability": 0.2}]},
    {"actions": ["iv fluids"], "final": {"diagnosis": "Acute pancreatitis", "plan": ["admit"]}},
)  # fmt: skip
WRONG = ({"final": {"diagnosis": "gout"}},)


def chosen_set() -> ScenarioSet:
    chosen = small_set(4)
    done = ActionTaken("drug_crystalloid_bolus", "emar", 1.0, is_given=True, by_decision=True)
    manifest = replace(chosen.manifest, catalogue_sha256=load_catalogue().sha256)
    return replace(
        chosen, manifest=manifest, actions_taken=dict.fromkeys(chosen.scenarios, (done,))
    )


def replies(*steps: Any) -> list[Reply]:
    return [
        Reply(
            text=step if isinstance(step, str) else json.dumps(step),
            completion_tokens=10,
            prompt_tokens=20,
            cost_usd=0.25,
        )
        for step in steps
    ]


def page_of(*steps: Any, chosen: ScenarioSet | None = None, scenario: str = FIRST) -> Page:
    return make_page(
        chosen or chosen_set(), scenario, replies(*steps), "local/tiny", load_catalogue()
    )
