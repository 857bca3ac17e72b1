"""What a scenario set is made of: scenarios, evidence, ground truth, actions taken, manifest.

Belongs here: the frozen types and the errors. Does not belong here: reading marts
(`_scenario_freeze`), reading and checking frozen files (`scenario_sets`). Field names are the keys
of the JSON Lines files (docs/formats.md). All times are hours since `t0`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluators.canonical import canonical_json
from evaluators.encounter.protocol import Film, Presentation

FORMAT = "medcred-scenario-set/3"
MANIFEST = "manifest.json"
SCENARIOS = "scenarios.jsonl"
EVIDENCE = "evidence.jsonl"
GROUND_TRUTH = "ground_truth.jsonl"
ACTIONS_TAKEN = "actions_taken.jsonl"
SET_FILES = (SCENARIOS, EVIDENCE, GROUND_TRUTH, ACTIONS_TAKEN)


class ScenarioSetError(ValueError):
    """A scenario set cannot be frozen or cannot be trusted."""


class MartError(ScenarioSetError):
    """A mart is missing or breaks its contract; nothing was frozen."""


class EvidenceTimeError(MartError):
    """Evidence lies after the decision time of its scenario: the freeze fails."""


class LeakingSetError(ScenarioSetError):
    """The presentations of a category give the answer away; nothing was frozen."""


class TamperedSetError(ScenarioSetError):
    """A frozen file does not match its manifest, or is not what the format says."""


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One result that was available by the decision time."""

    test_id: str
    kind: str
    """lab, micro, vital, imaging, ecg or exam."""
    label: str
    """The record's own name of the item."""
    specimen: str | None
    value: str
    value_num: float | None
    unit: str | None
    ref_low: float | None
    ref_high: float | None
    flag: str | None
    taken_hours: float
    available_hours: float
    image_sha256: str | None = None
    """Digest of the picture of the chest film that this reports; the file lies in the set's
    folder."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One patient encounter to be examined. Ids never reach a candidate."""

    scenario_id: str
    patient_key: str
    decision_hours: float
    presentation: Presentation
    evidence: tuple[EvidenceItem, ...]
    """By time of availability."""
    kind: str = "admission"
    """admission, intensive_care, radiology or emergency."""
    release: str = ""
    start_hours: float = 0.0
    """Where the clinical clock starts."""
    film: Film | None = None
    """Of the kind `radiology` alone."""
    image_sha256: str | None = None
    """Digest of the film's picture; the file lies in the set's folder."""


@dataclass(frozen=True, slots=True)
class CodedDiagnosis:
    """One discharge diagnosis. `version` is 9 or 10; `code` is without dot."""

    seq: int
    code: str
    version: int
    title: str | None


@dataclass(frozen=True, slots=True)
class TruthTest:
    """One catalogue test that this admission really had, up to discharge."""

    test_id: str
    first_taken_hours: float | None
    first_available_hours: float | None
    by_decision: bool


@dataclass(frozen=True, slots=True)
class GroundTruth:
    """What was really the matter. Never shown."""

    scenario_id: str
    condition_id: str
    target_code: str | None
    """The code that made it a case; None where no code did (films)."""
    target_version: int | None
    diagnoses: tuple[CodedDiagnosis, ...]
    """By `seq`."""
    tests: tuple[TruthTest, ...]
    """By `test_id`."""
    is_confirmed: bool | None
    died_in_hospital: bool | None
    sex: str | None
    age_band: str | None
    race: str | None
    insurance: str | None
    language: str | None
    answers: Mapping[str, Any] | None = None
    """What a kind of scenario asks besides the diagnosis (`evaluators.scoring.kinds`)."""
    race_group: str | None = None
    """White, Black, Hispanic/Latino, Asian, Other or Unknown."""


@dataclass(frozen=True, slots=True)
class ActionTaken:
    """One catalogue action that one source records for this admission. Never shown."""

    action_id: str
    source: str
    first_hours: float | None
    is_given: bool
    by_decision: bool


@dataclass(frozen=True, slots=True)
class SetFile:
    """What a manifest says of one file."""

    sha256: str
    bytes: int
    lines: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest of a scenario set; its SHA-256 names the set."""

    category: str
    releases: tuple[str, ...]
    tier: str
    modules: tuple[str, ...]
    """Modules that were landed; evidence of any other is `not_in_source`."""
    unverified_tables: tuple[str, ...]
    scenarios: int
    conditions: Mapping[str, int]
    files: Mapping[str, SetFile]
    catalogue_sha256: str
    images: int = 0
    """Scenarios whose opening shows a picture, named by its digest in `scenarios.jsonl`: who takes
    no pictures cannot be asked."""
    images_missing: int = 0
    """Scenarios left out since their picture lies in no folder of the release."""
    evidence_images: int = 0
    """Pictures of results, each named by its digest in `evidence.jsonl`: who takes no pictures
    reads the reports."""
    evidence_images_missing: int = 0
    """Pictures of results that lie in no folder of the release; their results are shown without."""
    kind: str = "admission"
    """The kind of all its scenarios."""
    format: str = FORMAT

    def as_json(self) -> dict[str, Any]:
        """The manifest in plain JSON types."""
        return {
            "format": self.format,
            "category": self.category,
            "kind": self.kind,
            "releases": list(self.releases),
            "tier": self.tier,
            "modules": list(self.modules),
            "unverified_tables": list(self.unverified_tables),
            "scenarios": self.scenarios,
            "conditions": dict(self.conditions),
            "files": {
                name: {"sha256": file.sha256, "bytes": file.bytes, "lines": file.lines}
                for name, file in self.files.items()
            },
            "catalogue_sha256": self.catalogue_sha256,
            "images": self.images,
            "images_missing": self.images_missing,
            "evidence_images": self.evidence_images,
            "evidence_images_missing": self.evidence_images_missing,
        }

    def as_bytes(self) -> bytes:
        """Content of `manifest.json` (RFC 8785)."""
        return canonical_json(self.as_json())

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest's bytes: the name of the whole set."""
        return hashlib.sha256(self.as_bytes()).hexdigest()


@dataclass(frozen=True)
class PresentationSet:
    """What a frozen set shows at first, with the targets: by scenario id, in its order."""

    manifest: Manifest
    presentations: Mapping[str, Presentation]
    targets: Mapping[str, str]
    """Target condition or diagnosis."""


@dataclass(frozen=True)
class TruthSet:
    """What is true in a frozen set, without what is shown. By scenario id, in its order."""

    manifest: Manifest
    truths: Mapping[str, GroundTruth]

    @property
    def digest(self) -> str:
        """The digest of the manifest."""
        return self.manifest.digest


@dataclass(frozen=True)
class ScenarioSet(TruthSet):
    """A frozen scenario set in memory. Mappings are by scenario id, in its order."""

    scenarios: Mapping[str, Scenario]
    actions_taken: Mapping[str, tuple[ActionTaken, ...]]
    folder: Path | None = None
    """Where its pictures lie."""
