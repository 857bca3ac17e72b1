"""Reading and checking `declared.yml`: which variants there are and where they do not apply.

Belongs here: the types of the declaration and the digest of everything that makes variants. Does
not belong here: making a variant (the other modules of this package).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

import yaml
from pydantic import Field, model_validator

from evaluators.canonical import sha256_file, sha256_json
from evaluators.encounter.protocol import Border

FOLDER: Final = Path(__file__).parent
_CONVERSIONS: Final = tuple(
    FOLDER.parents[1] / name for name in ("conversions.py", "unit_conversions.csv")
)


class UnknownVariantError(ValueError):
    """A variant is asked for that is not declared."""


class DeclaredVariant(Border):
    """One variant as `declared.yml` states it."""

    id: str = Field(pattern=r"^[a-z]+(_[a-z]+)*$")
    version: int = Field(ge=1)
    changes: str = Field(min_length=1)
    neutral_because: str = Field(min_length=1)
    not_where: tuple[str, ...]
    """Every reason for which it may leave a scenario out."""

    @property
    def sha256(self) -> str:
        """Digest over the declaration and every file that makes variants."""
        return sha256_json(
            {
                "variant": self.id,
                "version": self.version,
                "files": {
                    path.name: sha256_file(path)
                    for path in (*sorted(FOLDER.iterdir()), *_CONVERSIONS)
                    if path.suffix in (".py", ".yml", ".csv")
                },
            }
        )


class Contrast(Border):
    """Two variants that are compared with each other."""

    id: str
    base: str
    varied: str


class Thresholds(Border):
    """When a candidate is flagged."""

    changed: float = Field(ge=0.0, lt=1.0)
    followed: float = Field(ge=0.0, lt=1.0)
    p: float = Field(gt=0.0, lt=1.0)


class ContaminationThresholds(Border):
    """How much may be recalled above chance."""

    continuation: float = Field(ge=0.0, lt=1.0)
    dates: float = Field(ge=0.0, lt=1.0)
    canary: float = Field(ge=0.0, lt=1.0)


class NotNeutral(Border):
    """Conditions in which a swap is not neutral, each with its reason."""

    sex: dict[str, str]
    race: dict[str, str]


class Declaration(Border):
    """The whole of `declared.yml`."""

    variants: tuple[DeclaredVariant, ...]
    contrasts: tuple[Contrast, ...]
    decoy: str
    thresholds: Thresholds
    contamination: ContaminationThresholds
    not_neutral: NotNeutral

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [variant.id for variant in self.variants]
        if len(set(ids)) != len(ids):
            raise ValueError("a variant is declared twice: rename one")
        if {one for pair in self.contrasts for one in (pair.base, pair.varied)} - set(ids):
            raise ValueError("a contrast names a variant that is not declared: correct its name")
        return self


@cache
def declaration() -> Declaration:
    """The declaration, read once."""
    text = (FOLDER / "declared.yml").read_text(encoding="utf-8")
    return Declaration.model_validate(yaml.safe_load(text))


def variants() -> MappingProxyType[str, DeclaredVariant]:
    """The declared variants by id, in the order of the file."""
    return MappingProxyType({variant.id: variant for variant in declaration().variants})


def variant_named(name: str) -> DeclaredVariant:
    """The variant of that id.

    Raises:
        UnknownVariantError: with the ids that there are.
    """
    known = variants()
    if name not in known:
        raise UnknownVariantError(f"There is no variant {name!r}: declared are {', '.join(known)}.")
    return known[name]
