"""Variants of a whole scenario set: built, named by a digest, and frozen.

Belongs here: which scenarios a variant set has, its manifest, its folder. Does not belong here: the
variants of one scenario (`variants`), examining (`examining`).

A variant set is what its base set and its variant determine, so its folder is a copy to look at and
to compare, and never read back: `build` makes the set anew, and the manifest names the base set's
digest and the variant's version and digest. Truths are the base set's own: the folder has none.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from evaluators._scenario_folder import write_folder
from evaluators._scenario_types import EVIDENCE, MANIFEST, SCENARIOS
from evaluators.probes.variants import DeclaredVariant, NotApplicable, vary
from evaluators.probes.variants.draws import evidence_line, line_bytes, scenario_line
from evaluators.scenario_sets import Manifest, Scenario, ScenarioSet, SetFile

VARIANT_FORMAT: Final = "medcred-variant-set/1"


@dataclass(frozen=True, slots=True)
class VariantManifest(Manifest):
    """The manifest of a variant set. `conditions` and modules are those of the base set."""

    base_sha256: str = ""
    """Digest of the base set."""
    variant: str = ""
    variant_version: int = 0
    variant_sha256: str = ""
    """Digest of the declaration and of all that makes variants."""
    not_applicable: Mapping[str, int] = field(default_factory=dict)
    """Scenarios left out, by reason."""

    def as_json(self) -> dict[str, Any]:
        """The manifest in plain JSON types."""
        return {
            **Manifest.as_json(self),
            "base_sha256": self.base_sha256,
            "variant": self.variant,
            "variant_version": self.variant_version,
            "variant_sha256": self.variant_sha256,
            "not_applicable": dict(self.not_applicable),
        }


@dataclass(frozen=True)
class VariantSet:
    """A variant of a scenario set, ready to be examined."""

    scenario_set: ScenarioSet
    manifest: VariantManifest
    files: Mapping[str, bytes]
    """Content of its files but the manifest, by name."""

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest: the name of the set."""
        return self.manifest.digest


def build(
    base: ScenarioSet, variant: DeclaredVariant, chosen: Collection[str] | None = None
) -> VariantSet:
    """The variant of a set.

    Args:
        base: the frozen set.
        variant: the declared variant.
        chosen: ids of the scenarios to vary; all of them by default.

    Returns:
        The set of those scenarios to which the variant applies. Truths, actions and the conditions
        of the manifest are the base set's whole: what a floor is told must not change with who is
        left out.
    """
    wanted = base.scenarios if chosen is None else set(chosen)
    made: dict[str, Scenario] = {}
    reasons: Counter[str] = Counter()
    for key, scenario in base.scenarios.items():
        if key not in wanted:
            continue
        found = vary(scenario, base.truths[key].condition_id, variant)
        if isinstance(found, NotApplicable):
            reasons[found.reason] += 1
        else:
            made[key] = found
    files = {
        SCENARIOS: b"".join(line_bytes(scenario_line(one)) for one in made.values()),
        EVIDENCE: b"".join(line_bytes(evidence_line(one)) for one in made.values()),
    }
    of_base = base.manifest
    manifest = VariantManifest(
        category=of_base.category,
        releases=of_base.releases,
        tier=of_base.tier,
        modules=of_base.modules,
        unverified_tables=of_base.unverified_tables,
        scenarios=len(made),
        conditions=of_base.conditions,
        files={
            name: SetFile(hashlib.sha256(content).hexdigest(), len(content), len(made))
            for name, content in files.items()
        },
        catalogue_sha256=of_base.catalogue_sha256,
        images=of_base.images,
        images_missing=of_base.images_missing,
        evidence_images=of_base.evidence_images,
        evidence_images_missing=of_base.evidence_images_missing,
        kind=of_base.kind,
        format=VARIANT_FORMAT,
        base_sha256=base.digest,
        variant=variant.id,
        variant_version=variant.version,
        variant_sha256=variant.sha256,
        not_applicable=dict(sorted(reasons.items())),
    )
    return VariantSet(
        scenario_set=replace(base, manifest=manifest, scenarios=MappingProxyType(made)),
        manifest=manifest,
        files=files,
    )


def freeze_variant(made: VariantSet, into: Path) -> None:
    """Write a variant set's files and manifest into the private folder `into`, whole or not at all.

    Raises:
        ScenarioSetError: another process is freezing the same set.
        OSError: the disk is full or cannot be written; what stood there is intact.
    """
    write_folder(into, {**made.files, MANIFEST: made.manifest.as_bytes()})


def by_lot(base: ScenarioSet, number: int | None) -> tuple[str, ...]:
    """Ids of the first `number` scenarios (None: all) by the SHA-256 of their ids, sorted."""
    drawn = sorted(base.scenarios, key=lambda key: hashlib.sha256(key.encode()).digest())
    return tuple(sorted(drawn[:number]))
