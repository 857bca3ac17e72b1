"""The words of notes, read from `words/*.yml` and compiled.

Belongs here: symptoms, signs, categories and frames as typed, compiled values. Does not belong
here: choosing among them (`history`, `examination`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sources.synthetic.notes.grammar import Compiler, Template
from sources.synthetic.stories import read_yaml

_FOLDER = "notes/words"


class UnknownPresentation(LookupError):
    """The words lack a condition or category that a story tells."""


@dataclass(frozen=True, slots=True)
class Symptom:
    """One thing that patients tell."""

    key: str
    calls: tuple[str, ...]
    """Words of a chief complaint that mean it."""
    nouns: tuple[Template, ...]
    told: tuple[Template, ...]
    event: bool
    """Something that happened, rather than something felt."""
    measured: bool
    """Found by somebody else, so that it has no onset of its own."""
    context: bool
    """A circumstance: it has sentences, and neither nouns nor denials."""
    shows: Mapping[str, float]
    """Sign to the chance that the examination confirms the symptom."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One finding on examination."""

    key: str
    system: str
    said: tuple[Template, ...]
    better: tuple[Template, ...]


@dataclass(frozen=True, slots=True)
class System:
    """One organ system of the examination."""

    key: str
    heads: tuple[str, ...]
    normal: tuple[Template, ...]


@dataclass(frozen=True, slots=True)
class Presentation:
    """Chances of one condition: its category's, tilted."""

    symptoms: Mapping[str, float]
    signs: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Words:
    """Everything of `words/`."""

    symptoms: Mapping[str, Symptom]
    signs: Mapping[str, Sign]
    systems: Mapping[str, System]
    frames: Mapping[str, tuple[Template, ...]]
    """Of frames.yml and hospital.yml, nested names joined by a dot."""
    past: Mapping[str, tuple[str, ...]]
    past_admissions: Mapping[str, tuple[str, ...]]
    leak_channels: Mapping[str, tuple[Template, ...]]
    near_misses: Mapping[str, tuple[Template, ...]]
    names: Mapping[str, tuple[str, ...]]
    """Condition to the names by which a leak calls it."""
    lab_names: Mapping[str, str]
    services: Mapping[str, str]
    procedures: Mapping[str, str]
    doses: Mapping[str, str]


def _frames(compiler: Compiler, raw: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    frames: dict[str, tuple[Template, ...]] = {}
    for name, value in raw.items():
        if isinstance(value, list):
            frames[prefix + name] = compiler.many(value)
        else:
            frames |= _frames(compiler, value, f"{prefix}{name}.")
    return frames


@cache
def words() -> Words:
    """Load and compile the words once."""
    frames = read_yaml(_FOLDER, "frames")
    hospital = read_yaml(_FOLDER, "hospital")
    signs = read_yaml(_FOLDER, "signs")
    leaks = read_yaml(_FOLDER, "leaks")
    compiler = Compiler(frames["pools"])
    said = ("opening", "onset", "event_onset", "among", "negative", "course", "distractor")
    told = {name: frames[name] for name in (*said, "review", "family", "allergies", "minor_past")}
    return Words(
        symptoms={
            key: Symptom(
                key,
                tuple(row.get("calls", ())),
                compiler.many(row.get("nouns", ())),
                compiler.many(row["told"]) if "told" in row else (),
                row.get("event", False),
                row.get("measured", False),
                row.get("context", False),
                row.get("shows", {}),
            )
            for key, row in read_yaml(_FOLDER, "symptoms")["symptoms"].items()
        },
        signs={
            key: Sign(key, row["system"], compiler.many(row["said"]), compiler.many(row["better"]))
            for key, row in signs["signs"].items()
        },
        systems={
            key: System(key, tuple(row["heads"]), compiler.many(row["normal"]))
            for key, row in signs["systems"].items()
        },
        frames=_frames(compiler, told) | _frames(compiler, hospital["frames"]),
        past={key: tuple(row) for key, row in frames["past"].items()},
        past_admissions={key: tuple(row) for key, row in frames["past_admissions"].items()},
        leak_channels={key: compiler.many(row) for key, row in leaks["channels"].items()},
        near_misses={key: compiler.many(row) for key, row in leaks["near_misses"].items()},
        names={key: tuple(row) for key, row in leaks["names"].items()},
        lab_names=hospital["lab_names"],
        services=hospital["services"],
        procedures=hospital["procedures"],
        doses=hospital["doses"],
    )


@cache
def presentations() -> dict[str, Any]:
    """presentations.yml as it stands: category to `symptoms`, `signs` and `tilts`."""
    return read_yaml(_FOLDER, "presentations")


@cache
def presentation(category: str, condition: str) -> Presentation:
    """The chances of one condition.

    Raises:
        UnknownPresentation: presentations.yml lacks the category, or the category the condition.
    """
    categories = presentations()
    if category not in categories:
        raise UnknownPresentation(
            f"presentations.yml has no category {category!r}; add its symptoms and signs"
        )
    told = categories[category]
    tilts = told["tilts"].get(condition)
    if tilts is None:
        if told["tilts"]:
            raise UnknownPresentation(
                f"presentations.yml has no condition {condition!r} in {category!r}; add its tilts"
            )
        tilts = {}

    def tilted(chances: Mapping[str, float]) -> dict[str, float]:
        return {key: min(0.92, share * tilts.get(key, 1.0)) for key, share in chances.items()}

    return Presentation(tilted(told["symptoms"]), tilted(told["signs"]))
