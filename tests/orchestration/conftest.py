"""Fixtures of the pipeline's tests: each run is made once a session, whatever the workers."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "evaluators"))

from medcred_runs import (
    Enclave,
    Told,
    once,
    only_environment,
    run_here,
    run_process,
    write_candidates,
)
from planted_release import planted_release
from small_examination import Endpoint, served


@dataclass(frozen=True)
class Ran:
    """One run of the pipeline."""

    enclave: Enclave
    raw: Path
    told: Told


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An enclave in which the dbt project is parsed, for definitions loaded in this process."""
    from orchestration.warehouse import manifest_path

    def parse(folder: Path) -> Told:
        manifest_path(folder)
        return Told(0, "", "")

    return once(tmp_path_factory, "parsed", parse)[0]


@pytest.fixture(scope="session")
def definitions(parsed: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """All Dagster definitions, loaded as `workspace.yaml` names them."""
    nobody = Enclave(parsed, parsed / "public", parsed / "candidates.yaml")
    with only_environment(nobody.environment()):
        from orchestration.definitions import defs

        return defs


@pytest.fixture
def fresh(tmp_path: Path, parsed: Path, definitions: Any) -> Enclave:
    """An enclave in which nothing was run; the parsed dbt project spares a parse."""
    (tmp_path / "home").mkdir()
    shutil.copytree(parsed / "dbt-manifest", tmp_path / "home" / "dbt-manifest")
    return Enclave(
        tmp_path / "home",
        tmp_path / "public",
        write_candidates(tmp_path / "candidates.yaml", "commonest", "oracle"),
    )


def _enclave(folder: Path) -> Enclave:
    return Enclave(folder / "home", folder / "public", folder / "candidates.yaml")


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The planted synthetic release, run once by a process that starts from nothing."""

    def run(folder: Path) -> Told:
        planted_release(folder / "raw")
        write_candidates(folder / "candidates.yaml", "commonest", "order-everything", "oracle")
        return run_process(_enclave(folder), "run", "--source", str(folder / "raw"))

    folder, told = once(tmp_path_factory, "ran", run)
    assert told.code == 0, told.out + told.err
    return Ran(_enclave(folder), folder / "raw", told)


@pytest.fixture(scope="session")
def ran_elsewhere(tmp_path_factory: pytest.TempPathFactory, ran: Ran, definitions: Any) -> Ran:
    """The same source in another home with one thread, a copy of its raw files elsewhere."""

    def run(folder: Path) -> Told:
        shutil.copytree(ran.raw, folder / "raw")
        write_candidates(folder / "candidates.yaml", "order-everything")
        source = str(folder / "raw")
        return run_here(_enclave(folder), "run", "--source", source, with_dbt_tests=False)

    folder, told = once(tmp_path_factory, "ran_elsewhere", run)
    assert told.code == 0, told.out + told.err
    return Ran(_enclave(folder), folder / "raw", told)


@pytest.fixture(scope="session")
def ran_demo(tmp_path_factory: pytest.TempPathFactory, demo_root: Path, definitions: Any) -> Ran:
    """The open demo with its supplement, run once."""

    def run(folder: Path) -> Told:
        write_candidates(folder / "candidates.yaml", "commonest", "oracle")
        return run_here(
            _enclave(folder),
            *("run", "--source", str(demo_root), "--supplement", str(demo_root / "derived")),
        )

    folder, told = once(tmp_path_factory, "ran_demo", run)
    assert told.code == 0, told.out + told.err
    return Ran(_enclave(folder), demo_root, told)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """A chat-completions server on loopback."""
    with served() as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def examination(definitions: Any) -> SimpleNamespace:
    """The modules of the examination's assets, imported where the definitions find their home."""
    del definitions
    from orchestration.defs.examination import assets, checks, partitions

    return SimpleNamespace(assets=assets, checks=checks, categories=partitions.CATEGORIES)
