"""A category that leaks fails the freeze and the check; the other categories are frozen."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest

from evaluators.leak_audit import LeakAudit, Tally
from evaluators.scenario_sets import LeakingSetError
from orchestration.progress import LogReporter
from orchestration.settings import Settings
from orchestration.workspace import Workspace


@pytest.fixture
def workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, examination: SimpleNamespace
) -> Workspace:
    """An open source without data: what reads it is replaced."""
    opened = Workspace(tmp_path, "synthetic")
    source = SimpleNamespace(releases=("synthetic 3",), tier="open")
    for module in (examination.assets, examination.checks):
        monkeypatch.setattr(module, "open_source", lambda settings: (source, opened))
    monkeypatch.setattr(examination.assets, "unverified_tables", lambda workspace: ())
    monkeypatch.setattr(examination.assets, "landed_modules", lambda source: ("hosp",))
    monkeypatch.setattr(examination.assets, "picture_folders", lambda source: ())
    return opened


def test_a_leaking_category_fails_the_freeze_after_the_others(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, examination: SimpleNamespace
) -> None:
    frozen = []

    def freeze(marts: Path, category: str, into: Path, **unused: Any) -> Any:
        del marts, into, unused
        if category == "cardiology":
            raise LeakingSetError("The presentations of cardiology give the answer away.")
        frozen.append(category)
        pictures = dict.fromkeys(
            ("images", "images_missing", "evidence_images", "evidence_images_missing"), 0
        )
        return SimpleNamespace(scenarios=1, digest="0" * 64, **pictures)

    monkeypatch.setattr(examination.assets, "freeze", freeze)
    with pytest.raises(dg.Failure, match="cardiology give the answer away"):
        examination.assets.scenario_sets(settings=Settings(), reporter=LogReporter())
    assert frozen == [category for category in examination.categories if category != "cardiology"]


@pytest.mark.parametrize(("right", "passes"), [(15, True), (90, False)])
def test_the_check_names_the_categories_that_leak(
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    examination: SimpleNamespace,
    right: int,
    passes: bool,
) -> None:
    def audit_set(category: str, catalogue: object) -> LeakAudit:
        del catalogue
        tally = {"strict": Tally(right if category == "neurology" else 10, 100)}
        return LeakAudit(category, 8, 100, tally, chance=0.15)

    monkeypatch.setattr(examination.checks, "load_presentations", lambda folder: folder.name)
    monkeypatch.setattr("evaluators.leak_audit.audit_set", audit_set)
    result = examination.checks.leak_audit(settings=Settings())
    assert isinstance(result, dg.AssetCheckResult)
    assert result.passed is passes
    assert result.metadata["failures"].value == ("none" if passes else "neurology")
    figures = result.metadata["categories"].value
    assert isinstance(figures, dict)
    assert set(figures) == set(examination.categories)
    assert figures["neurology"]["right"] == right


def test_the_check_blocks(examination: SimpleNamespace) -> None:
    [spec] = examination.checks.leak_audit.check_specs
    assert spec.blocking
    assert spec.asset_key == examination.assets.SCENARIO_SETS
