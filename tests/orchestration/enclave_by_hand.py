"""An enclave with one hand-made scenario set, as a run would leave it, without a run."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from frozen_by_hand import write_set
from small_examination import small_set

from orchestration import examinations
from orchestration.workspace import Workspace

CATEGORY = "gastroenterology"


def enclave_by_hand(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    size: int = 4,
    tier: str = "open",
    more: str = "",
) -> Workspace:
    """Freeze `size` scenarios of gastroenterology and make them the source that was run last.

    `more` are further lines of `candidates.yaml`.
    """
    workspace = Workspace(folder / "home", "by-hand")
    write_set(small_set(size, tier=tier), workspace.scenario_set(CATEGORY))
    candidates = folder / "candidates.yaml"
    entry = "  - {id: reference/%s, model: reference/%s, assurance: {level: code}}\n"
    names = ("commonest", "oracle", "bedside")
    candidates.write_text("candidates:\n" + "".join(entry % (name, name) for name in names) + more)
    monkeypatch.setenv("MEDCRED_HOME", str(workspace.home))
    monkeypatch.setenv("MEDCRED_CANDIDATES", str(candidates))

    def opened(settings: Any) -> tuple[Any, Workspace]:
        del settings
        return SimpleNamespace(), workspace

    monkeypatch.setattr(examinations, "open_source", opened)
    return workspace
