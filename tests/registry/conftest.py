"""Standings, policies and publications that the tests of the registry share."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from registry.policy import Policy, apply_policy, load_policy
from registry.publish import publish

ISSUED = date(2026, 11, 20)


def digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def raw_standing(**changes: Any) -> dict[str, Any]:
    """A standing that the standard policy credentials, with `changes`."""
    standing: dict[str, Any] = {
        "category": "cardiology",
        "candidate": "open/med-7b",
        "model": "hosted_vllm/open/med-7b",
        "assurance": "W",
        "candidate_sha256": digest(changes.get("candidate", "open/med-7b")),
        "scenario_set_sha256": digest("set", changes.get("category", "cardiology")),
        "methodology_sha256": digest("methodology"),
        "results_sha256": digest("results", changes.get("candidate"), changes.get("category")),
        "cases": 212,
        "patients": 212,
        "commonest_share": 0.3,
        "mean_credit": 0.8,
        "lower_bound": 0.75,
        "interval": [0.74, 0.86],
        "rank": {"low": 1, "high": 1},
        "axes": {
            "tests": {"recall": 0.71, "precision": 0.4},
            "actions": {"recall": None},
            "safety": {},
            "calibration": {},
            "process": {},
        },
        "safety_failures": 0,
        "format_failure_rate": 0.0,
        "infrastructure_error_rate": 0.0,
        "complete": True,
    }
    return {**standing, **changes}


@dataclass(frozen=True)
class Source:
    slug: str = "synthetic-600-7"
    releases: tuple[str, ...] = ("synthetic 1",)
    tier: str = "open"
    tables: Mapping[tuple[str, str], Any] = field(default_factory=dict)


SYNTHETIC = Source()
CREDENTIALED = Source("mimiciv-31", ("mimiciv 3.1", "mimic-iv-ed 2.2"), "credentialed")
DEMO = Source(
    "demo",
    ("mimic-iv-clinical-database-demo 2.2",),
    "open",
    {
        ("icu", "chartevents"): SimpleNamespace(origin="supplement"),
        ("hosp", "labevents"): SimpleNamespace(origin="official"),
    },
)


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy()


@pytest.fixture(scope="session")
def standing() -> Callable[..., dict[str, Any]]:
    return raw_standing


@pytest.fixture(scope="session")
def sources() -> Mapping[str, Source]:
    return {"synthetic": SYNTHETIC, "credentialed": CREDENTIALED, "demo": DEMO}


@pytest.fixture(scope="session")
def raw_standings() -> list[dict[str, Any]]:
    """Two categories with results, one with 57 patients, one with 7, one half examined."""
    found = []
    for category, patients in (
        ("cardiology", 212),
        ("nephrology", 151),
        ("infectious_disease", 57),
        ("endocrinology", 7),
    ):
        shared: dict[str, Any] = {"category": category, "cases": patients, "patients": patients}
        found += [
            raw_standing(
                **shared,
                candidate="reference/oracle",
                model="reference/oracle",
                assurance="code",
                mean_credit=1.0,
                lower_bound=0.97,
                interval=[0.96, 1.0],
            ),
            raw_standing(
                **shared,
                candidate="acme/triage-20241022",
                model="bedrock/acme.triage-20241022-v2:0",
                assurance="S",
                mean_credit=0.9,
                lower_bound=0.86,
                interval=[0.85, 0.95],
                rank={"low": 2, "high": 3},
            ),
            raw_standing(**shared, rank={"low": 2, "high": 3}),
            raw_standing(
                **shared,
                candidate="vendor/alias",
                model="openai/alias",
                assurance="A",
                safety_failures=3,
                format_failure_rate=0.01,
                rank={"low": 4, "high": 4},
            ),
        ]
    found.append(raw_standing(category="neurology", complete=False))
    return found


@pytest.fixture(scope="session")
def standings(raw_standings: list[dict[str, Any]], policy: Policy) -> dict[str, Any]:
    return apply_policy(raw_standings, policy, source=SYNTHETIC)


@pytest.fixture(scope="session")
def issued_on() -> date:
    return ISSUED


@pytest.fixture(scope="session")
def masters(
    standings: dict[str, Any], policy: Policy, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Publications made once, to be copied and never changed."""
    folder = tmp_path_factory.mktemp("masters")
    small = apply_policy([raw_standing()], policy, source=SYNTHETIC)
    return {
        "public": publish(standings, folder / "public", ISSUED, policy).folder,
        "small": publish(small, folder / "small", ISSUED, policy).folder,
    }


@pytest.fixture
def publication(masters: dict[str, Path], tmp_path: Path) -> Path:
    """A publication of all standings, to be changed at will."""
    return Path(shutil.copytree(masters["public"], tmp_path / "public"))


@pytest.fixture
def small_publication(masters: dict[str, Path], tmp_path: Path) -> Path:
    """A publication of one standing, to be changed at will."""
    return Path(shutil.copytree(masters["small"], tmp_path / "small"))
