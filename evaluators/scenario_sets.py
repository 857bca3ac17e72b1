"""Scenario sets: the frozen, content-addressed cases of one category.

Belongs here: freezing marts (`freeze`), and reading a set back with every digest checked (`load`).
A set is one scenario a patient, drawn without chance: the same marts give the same bytes on any
machine. Does not belong here: encounters (`evaluators.encounter`), points (`evaluators.scoring`).
The format is written down in docs/formats.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import ValidationError

from evaluators._scenario_freeze import PER_CONDITION, freeze
from evaluators._scenario_images import image_file
from evaluators._scenario_types import (
    ACTIONS_TAKEN,
    EVIDENCE,
    FORMAT,
    GROUND_TRUTH,
    MANIFEST,
    SCENARIOS,
    SET_FILES,
    ActionTaken,
    CodedDiagnosis,
    EvidenceItem,
    EvidenceTimeError,
    GroundTruth,
    LeakingSetError,
    Manifest,
    MartError,
    PresentationSet,
    Scenario,
    ScenarioSet,
    ScenarioSetError,
    SetFile,
    TamperedSetError,
    TruthSet,
    TruthTest,
)
from evaluators.encounter.protocol import Film, Presentation

__all__ = [
    "PER_CONDITION",
    "ActionTaken",
    "CodedDiagnosis",
    "EvidenceItem",
    "EvidenceTimeError",
    "GroundTruth",
    "LeakingSetError",
    "Manifest",
    "MartError",
    "PresentationSet",
    "Scenario",
    "ScenarioSet",
    "ScenarioSetError",
    "SetFile",
    "TamperedSetError",
    "TruthSet",
    "TruthTest",
    "freeze",
    "load",
    "load_presentations",
    "load_truths",
    "read_image",
    "read_manifest",
    "verify_files",
]

_T = TypeVar("_T")

_LATEST: dict[str, ScenarioSet] = {}
"""The set that was read last, by its digest."""


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a set; its files are not read.

    Raises:
        ScenarioSetError: there is no manifest.
        TamperedSetError: it is not a manifest of this format in its canonical form.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise ScenarioSetError(f"There is no frozen set in {folder.name}/: freeze it first.")
    content = path.read_bytes()
    try:
        raw = json.loads(content)
        manifest = Manifest(
            category=raw["category"],
            releases=tuple(raw["releases"]),
            tier=raw["tier"],
            modules=tuple(raw["modules"]),
            unverified_tables=tuple(raw["unverified_tables"]),
            scenarios=raw["scenarios"],
            conditions=MappingProxyType(raw["conditions"]),
            files=MappingProxyType({name: SetFile(**file) for name, file in raw["files"].items()}),
            catalogue_sha256=raw["catalogue_sha256"],
            images=raw["images"],
            images_missing=raw["images_missing"],
            evidence_images=raw["evidence_images"],
            evidence_images_missing=raw["evidence_images_missing"],
            kind=raw["kind"],
            format=raw["format"],
        )
        canonical = manifest.as_bytes()
    except (ValueError, KeyError, TypeError, AttributeError):
        raise TamperedSetError(
            f"{folder.name}/{MANIFEST} is not a manifest: freeze the set again."
        ) from None
    if manifest.format != FORMAT or canonical != content:
        raise TamperedSetError(
            f"{folder.name}/{MANIFEST} is not in the canonical form of {FORMAT}: freeze the set "
            "again."
        )
    return manifest


def verify_files(folder: Path) -> Manifest:
    """Check size, line count and SHA-256 of every file of the set against its manifest.

    Raises:
        ScenarioSetError: there is no manifest.
        TamperedSetError: a file is missing or differs; the message names it.
    """
    manifest, _ = _verified(folder)
    return manifest


def load(folder: Path) -> ScenarioSet:
    """Read a frozen set, every digest checked before a line is parsed.

    The set that was read last is kept in memory: while every digest is the same, it is not parsed
    again (an examination loads one set twice for each candidate).

    Raises:
        ScenarioSetError: there is no manifest.
        TamperedSetError: a file differs from the manifest, or the files do not agree.
    """
    manifest, contents = _verified(folder)
    digest = manifest.digest
    found = _LATEST.get(digest)
    if found is None:
        found = _read(folder, manifest, contents)
        _LATEST.clear()
        _LATEST[digest] = found
    return found


def load_truths(folder: Path) -> TruthSet:
    """Read the truths of a frozen set alone, every digest of the whole set checked.

    Raises:
        ScenarioSetError: there is no manifest.
        TamperedSetError: a file differs from the manifest.
    """
    manifest, contents = _verified(folder)
    truths = _parsed(folder, GROUND_TRUTH, contents, _truth)
    return TruthSet(manifest=manifest, truths=MappingProxyType(truths))


def load_presentations(folder: Path) -> PresentationSet:
    """Read presentations and targets of a frozen set alone, every digest of the whole set checked.

    Raises:
        ScenarioSetError: there is no manifest.
        TamperedSetError: a file differs from the manifest, or the files do not agree.
    """
    manifest, contents = _verified(folder)
    presentations = _parsed(
        folder, SCENARIOS, contents, lambda raw: Presentation.model_validate(raw["presentation"])
    )
    targets = _parsed(folder, GROUND_TRUTH, contents, lambda raw: str(raw["condition_id"]))
    if list(presentations) != list(targets):
        raise TamperedSetError(f"The files of {folder.name}/ name different scenarios.")
    return PresentationSet(
        manifest=manifest,
        presentations=MappingProxyType(presentations),
        targets=MappingProxyType(targets),
    )


def _read(folder: Path, manifest: Manifest, contents: Mapping[str, bytes]) -> ScenarioSet:
    evidence = _parsed(folder, EVIDENCE, contents, _evidence)
    truths = _parsed(folder, GROUND_TRUTH, contents, _truth)
    actions = _parsed(folder, ACTIONS_TAKEN, contents, _actions)
    shown = _parsed(folder, SCENARIOS, contents, lambda raw: raw)
    if not list(shown) == list(evidence) == list(truths) == list(actions):
        raise TamperedSetError(f"The files of {folder.name}/ name different scenarios.")
    try:
        scenarios = {
            key: Scenario(
                scenario_id=key,
                patient_key=raw["patient_key"],
                decision_hours=raw["decision_hours"],
                presentation=Presentation.model_validate(raw["presentation"]),
                evidence=evidence[key],
                kind=raw["kind"],
                release=raw["release"],
                start_hours=raw["start_hours"],
                film=None if raw["film"] is None else Film.model_validate(raw["film"]),
                image_sha256=raw["image_sha256"],
            )
            for key, raw in shown.items()
        }
    except (KeyError, ValidationError):
        raise _unreadable(folder, SCENARIOS) from None
    return ScenarioSet(
        manifest=manifest,
        scenarios=MappingProxyType(scenarios),
        truths=MappingProxyType(truths),
        actions_taken=MappingProxyType(actions),
        folder=folder,
    )


def read_image(scenario_set: ScenarioSet, sha256: str) -> bytes:
    """A picture of the set, its digest checked.

    Raises:
        TamperedSetError: the file is missing or is another picture.
    """
    path = (scenario_set.folder or Path()) / image_file(sha256)
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise TamperedSetError(
            f"A picture of the set of {scenario_set.manifest.category} is missing or changed: "
            "freeze the set again."
        )
    return content


def _verified(folder: Path) -> tuple[Manifest, dict[str, bytes]]:
    manifest = read_manifest(folder)
    if set(manifest.files) != set(SET_FILES):
        raise TamperedSetError(f"{folder.name}/{MANIFEST} does not list the files of a set.")
    contents = {}
    for name, expected in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise TamperedSetError(f"{folder.name}/{name} is missing: freeze the set again.")
        content = path.read_bytes()
        found = SetFile(hashlib.sha256(content).hexdigest(), len(content), content.count(b"\n"))
        if found != expected or found.lines != manifest.scenarios:
            raise TamperedSetError(
                f"{folder.name}/{name} is not the file that the manifest names: freeze the set "
                "again."
            )
        contents[name] = content
    return manifest, contents


def _parsed(
    folder: Path, name: str, contents: Mapping[str, bytes], make: Callable[[dict[str, Any]], _T]
) -> dict[str, _T]:
    try:
        made = [
            (raw["scenario_id"], make(raw)) for raw in map(json.loads, contents[name].splitlines())
        ]
    except (ValueError, KeyError, TypeError):
        raise _unreadable(folder, name) from None
    found = dict(made)
    if len(found) != len(made) or list(found) != sorted(found):
        raise TamperedSetError(f"{folder.name}/{name} is not in the order of scenario ids.")
    return found


def _unreadable(folder: Path, name: str) -> TamperedSetError:
    return TamperedSetError(f"{folder.name}/{name} has a line that breaks the format.")


def _evidence(raw: dict[str, Any]) -> tuple[EvidenceItem, ...]:
    return tuple(EvidenceItem(**item) for item in raw["evidence"])


def _truth(raw: dict[str, Any]) -> GroundTruth:
    return GroundTruth(
        **{
            **raw,
            "diagnoses": tuple(CodedDiagnosis(**diagnosis) for diagnosis in raw["diagnoses"]),
            "tests": tuple(TruthTest(**test) for test in raw["tests"]),
        }
    )


def _actions(raw: dict[str, Any]) -> tuple[ActionTaken, ...]:
    return tuple(ActionTaken(**action) for action in raw["actions"])
