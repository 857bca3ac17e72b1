"""A workspace in which one category was examined, made by hand in a second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import pytest
from answered_examinations import CATEGORY, answered_set, final, scored, truth_name
from medcred_runs import write_candidates
from small_examination import reference

from evaluators.candidates.config import load_candidates
from evaluators.scenario_sets import ScenarioSet
from evaluators.scoring.repeats import summarise_repeats, write_repeats
from evaluators.scoring.response_view import view_responses, write_view
from evaluators.scoring.score import write_scores
from orchestration.workspace import Workspace

NAMES = ("oracle", "commonest", "random")


@dataclass(frozen=True)
class Examined:
    """A workspace in which one category was examined."""

    workspace: Workspace
    scenario_set: ScenarioSet


def answer(name: str, chosen: ScenarioSet) -> Callable[[str], str]:
    keys = list(chosen.scenarios)
    return {
        "oracle": lambda key: final(truth_name(chosen, key)),
        "commonest": lambda key: final("Acute pancreatitis", 0.95 if keys.index(key) % 2 else 0.35),
        "random": lambda key: final("Melena", None),
    }[name]


@cache
def _made() -> tuple[ScenarioSet, dict[str, tuple[dict[str, Any], bytes]], dict[str, Any]]:
    """The set, scores and journal of each candidate, and the item-response view: made once."""
    chosen = answered_set(30)
    found = {}
    with TemporaryDirectory() as folder:
        journal = Path(folder) / "journal.jsonl"
        for name in NAMES:
            one = reference(name)
            scores = scored(journal, chosen, one.id, answer(name, chosen), one.sha256)
            found[name] = (scores, journal.read_bytes())
    return chosen, found, view_responses(chosen, [scores for scores, _ in found.values()])


def examined_category(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Examined:
    """Thirty patients, three candidates, one of them examined three times; the active source."""
    chosen, made, view = _made()
    workspace = Workspace(tmp_path / "home", "synthetic")
    folder = workspace.scenario_set(CATEGORY)
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_bytes(chosen.manifest.as_bytes())
    path = write_candidates(tmp_path / "candidates.yaml", *NAMES)
    for candidate in load_candidates(path):
        partition = workspace.examination(CATEGORY, candidate.id, candidate.sha256, chosen.digest)
        partition.mkdir(parents=True)
        scores, journal = made[candidate.id.removeprefix("reference/")]
        write_scores(scores, partition / "scores.json")
        (partition / "journal.jsonl").write_bytes(journal)
        if candidate.id == "reference/commonest":
            write_repeats(summarise_repeats([scores] * 3, 3), partition / "repeats.json")
    write_view(view, workspace.item_response(CATEGORY))
    monkeypatch.setenv("MEDCRED_CANDIDATES", str(path))
    monkeypatch.setenv("MEDCRED_HOME", str(tmp_path / "home"))
    source = SimpleNamespace(slug="synthetic", releases=("synthetic 1",))
    monkeypatch.setattr("orchestration.workspace.open_source", lambda settings: (source, workspace))
    return Examined(workspace, chosen)
