"""Small examinations with answers by script: set, journal and scores as the pipeline makes them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from small_examination import small_set

from evaluators.catalogue import load_catalogue
from evaluators.examine import WALL_TIME_MARK
from evaluators.scenario_sets import ScenarioSet
from evaluators.scoring.score import score_examination

CATEGORY = "gastroenterology"
DIGEST = "c" * 64


def answered_set(size: int = 24, tier: str = "open") -> ScenarioSet:
    """`size` patients of gastroenterology: two thirds women, three in a race group."""
    made = small_set(size, tier)
    truths = {
        key: replace(
            truth,
            sex="M" if place % 3 == 0 else "F",
            age_band="80+" if place % 2 else "40-49",
            race_group="Asian" if place < 3 else "White",
        )
        for place, (key, truth) in enumerate(made.truths.items())
    }
    manifest = replace(made.manifest, catalogue_sha256=load_catalogue().sha256)
    return replace(made, manifest=manifest, truths=truths)


def truth_name(scenario_set: ScenarioSet, scenario_id: str) -> str:
    condition = scenario_set.truths[scenario_id].condition_id
    return load_catalogue().conditions[condition].name


def final(diagnosis: str, probability: float | None = 1.0, **more: Any) -> str:
    """A step that commits."""
    return json.dumps(
        {
            "differential": [{"diagnosis": diagnosis, "probability": probability}],
            "final": {"diagnosis": diagnosis, **more},
        }
    )


def write_journal(
    path: Path,
    scenario_set: ScenarioSet,
    answer: Callable[[str], str | None],
    *,
    candidate_sha256: str = DIGEST,
    model: str = "tiny-1",
) -> Path:
    """A journal in which every scenario is answered in one turn; None: it ran out of time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = {
        "v": 1,
        "journal": "medcred/1",
        "candidate_sha256": candidate_sha256,
        "scenario_set_sha256": scenario_set.digest,
    }
    reply = {
        "model": model,
        "prompt_tokens": 1,
        "completion_tokens": 1,
        "cost_usd": 0.0,
    }
    lines = [
        {
            "v": 1,
            "scenario_id": key,
            "turn": 1,
            "attempt": 0,
            "request_sha256": hashlib.sha256(key.encode()).hexdigest(),
            "reply": {
                **reply,
                "text": text or "",
                "finish_reason": "stop" if text is not None else WALL_TIME_MARK,
            },
        }
        for key, text in ((key, answer(key)) for key in scenario_set.scenarios)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in [header, *lines]))
    return path


def scored(
    path: Path,
    scenario_set: ScenarioSet,
    candidate: str,
    answer: Callable[[str], str],
    candidate_sha256: str = DIGEST,
) -> dict[str, Any]:
    """`scores.json` of a candidate that answers so."""
    journal = write_journal(path, scenario_set, answer, candidate_sha256=candidate_sha256)
    return score_examination(
        scenario_set, CATEGORY, candidate, candidate_sha256, journal, load_catalogue()
    )
