"""The releases that `data_contracts/releases.yml` describes.

Belongs here: the frozen type of a known release, its loader, and matching a folder's path with it.
Does not belong here: walking folders (`sources.releases`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from data_contracts.raw_contracts import TableContract, load_contracts

KNOWN_RELEASES = Path(__file__).parents[1] / "data_contracts" / "releases.yml"

Tier = Literal["open", "credentialed"]


class KnownRelease(BaseModel):
    """One published data set at one version."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    title: str
    status: Literal["landed", "not_landed", "refused"]
    reason: str | None = None
    """Why it is not landed, or refused."""
    population: Literal["full", "demo", "synthetic"]
    tier: Tier
    modules: tuple[str, ...]
    folders: tuple[str, ...]
    """Folder names, or the last two parts of a path, that tell the release."""
    sums_sha256: str | None = None
    """SHA-256 of the published SHA256SUMS.txt."""
    rows: Mapping[str, Mapping[str, int]] = Field(default_factory=dict)
    """Module to table to the public row count."""

    @property
    def label(self) -> str:
        """Name and version, as records and reports write them."""
        return f"{self.name} {self.version}"

    def tables(self) -> tuple[TableContract, ...]:
        """Contracts of the tables that this release may provide."""
        contracts = load_contracts()
        return tuple(
            table
            for module in self.modules
            for table in contracts[module].tables
            if table.release in (None, self.name)
        )


@lru_cache(maxsize=1)
def known_releases() -> tuple[KnownRelease, ...]:
    """Every known release, in the order of the file."""
    document = yaml.safe_load(KNOWN_RELEASES.read_text(encoding="utf-8"))
    return tuple(KnownRelease.model_validate(entry) for entry in document["releases"])


def release_of_folder(folder: Path) -> KnownRelease | None:
    """The release whose folder this is by its name, or None.

    Args:
        folder: an absolute path; its last part, or its last two, are compared without regard to
            case.
    """
    parts = [part.lower() for part in folder.parts[-2:]]
    names = {parts[-1], "/".join(parts)} if parts else set()
    for release in known_releases():
        if names.intersection(release.folders):
            return release
    return None


def synthetic_release() -> KnownRelease:
    """The release of generated data, which a marker file tells and not a folder's name."""
    return next(release for release in known_releases() if release.population == "synthetic")
