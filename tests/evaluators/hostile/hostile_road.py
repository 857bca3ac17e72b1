"""The road of a hostile candidate: a LiteLLM provider, the examination, the journal, the scores.

Belongs here: a small scenario set in which every patient is marked, the provider that speaks a
script, driving it through `examine` and `score_examination`. Does not belong here: the scripts
(`hostile_candidates`), what must hold (the tests).
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hostile_candidates import HOSTILE
from hostile_scripts import RECITED, Hostile, Messages, Said, Script
from small_examination import lab, reference, small_set

from evaluators.candidates.config import Candidate
from evaluators.candidates.litellm_switches import open_litellm
from evaluators.catalogue import load_catalogue
from evaluators.encounter.record import EncounterRecord
from evaluators.examine import Examination, examine
from evaluators.journal import JOURNAL_FILE
from evaluators.scenario_sets import ScenarioSet
from evaluators.scoring.score import score_examination

CATEGORY = "gastroenterology"
PROVIDER = "hostile"


def mark_of(scenario_id: str) -> str:
    """A word that stands in everything of one patient and in nothing of any other."""
    return f"zq{int(scenario_id, 16):04d}q"


@cache
def marked_set(size: int = 4) -> ScenarioSet:
    """A set whose patients bear their mark in history, laboratory and an unordered report."""
    plain = small_set(size)
    scenarios = {}
    for key, scenario in plain.scenarios.items():
        mark = mark_of(key)
        report = replace(
            lab("img_ct_abdomen_pelvis", "CT", 1.0, "", 3.0),
            kind="imaging",
            value=f"{mark}. {RECITED}.",
            value_num=None,
            unit=None,
        )
        scenarios[key] = replace(
            scenario,
            presentation=scenario.presentation.model_copy(update={"history": f"Known as {mark}."}),
            evidence=(*(replace(e, unit=f"{e.unit} {mark}") for e in scenario.evidence), report),
        )
    manifest = replace(plain.manifest, catalogue_sha256=load_catalogue().sha256)
    return replace(plain, scenarios=scenarios, manifest=manifest)


@dataclass(frozen=True)
class Sat:
    """A finished examination: what was asked, what was recorded, what it scored."""

    asked: tuple[Messages, ...]
    """The messages of every request, in the order of the calls."""
    examination: Examination
    scores: Mapping[str, Any]
    folder: Path

    @property
    def records(self) -> tuple[EncounterRecord, ...]:
        return self.examination.encounters

    @property
    def credit(self) -> float:
        """Mean credit; 0 to 1."""
        found: float = self.scores["aggregate"]["mean_credit"]
        return found

    @property
    def rules(self) -> frozenset[str]:
        """Safety rules broken in any encounter."""
        return frozenset(
            flag["rule_id"] for case in self.scores["cases"] for flag in case["safety_flags"]
        )

    @property
    def conduct(self) -> frozenset[str]:
        """Marks of any encounter."""
        return frozenset(mark for case in self.scores["cases"] for mark in case["conduct"])


class _Scripted:
    """What the provider says, and what it was asked; one script at a time."""

    script: Script | None = None
    asked: list[Messages]


_NOW = _Scripted()


@cache
def _open_provider() -> None:
    """Hang the provider into LiteLLM beside the house's own."""
    litellm = open_litellm()

    class Provider(litellm.CustomLLM):  # type: ignore[name-defined,misc]
        async def acompletion(
            self, model: str, messages: list[Any], model_response: Any, **unused: Any
        ) -> Any:
            del unused
            _NOW.asked.append([dict(message) for message in messages])
            assert _NOW.script is not None
            turn = 1 + sum(message["role"] == "assistant" for message in messages)
            said = _NOW.script(turn, messages)
            if not isinstance(said, Said):
                said = Said(said if isinstance(said, str) else json.dumps(said))
            choice = model_response.choices[0]
            choice.message.content = said.text
            choice.finish_reason = said.finish
            model_response.model = model
            model_response.usage = litellm.Usage(
                prompt_tokens=10,
                completion_tokens=said.completion_tokens,
                total_tokens=10 + said.completion_tokens,
            )
            return model_response

    litellm.custom_provider_map.append({"provider": PROVIDER, "custom_handler": Provider()})


def sit(script: Script, folder: Path, *, name: str = "it", size: int = 4) -> Sat:
    """Examine the candidate that speaks `script`, and score it from its journal."""
    _open_provider()
    _NOW.script, _NOW.asked = script, []
    entry = {"id": f"hostile/{name}", "model": f"{PROVIDER}/{name}", "max_concurrency": 2}
    candidate = Candidate.model_validate(entry)
    return _sat(candidate, folder, size)


def sit_reference(name: str, folder: Path, *, size: int = 4) -> Sat:
    """The same for one of the house's own candidates."""
    _NOW.asked = []
    return _sat(reference(name), folder, size)


def _sat(candidate: Candidate, folder: Path, size: int) -> Sat:
    chosen, catalogue = marked_set(size), load_catalogue()
    found = asyncio.run(examine(chosen, CATEGORY, candidate, folder, catalogue))
    assert found.complete, "an examination was not finished"
    scores = score_examination(
        chosen,
        CATEGORY,
        candidate.id,
        candidate.sha256,
        folder / JOURNAL_FILE,
        catalogue,
        unmatched_path=folder / "unmatched_orders.json",
    )
    return Sat(tuple(_NOW.asked), found, scores, folder)


def hostile(name: str) -> Hostile:
    """The hostile candidate of that name."""
    return next(one for one in HOSTILE if one.name == name)
