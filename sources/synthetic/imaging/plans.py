"""What is examined in whom: typed access to the imaging YAML.

Belongs here: the grammar of `plans.yml`, `layouts.yml`, `findings.yml` and `chest.yml`, and their
loading. Does not belong here: drawing (`studies`), the examinations themselves (`exams`).
"""

from __future__ import annotations

from functools import cache

from pydantic import Field

from sources.synthetic.stories import Closed, read_yaml

CHEST = "xr_chest"
"""In `any_of`: a chest film of any kind."""


class ChestPlan(Closed):
    """The first chest film of a condition."""

    share: float
    hour: tuple[float, float] = (0.5, 6.0)
    signs: dict[str, tuple[float, float]] = Field(default_factory=dict)
    """Share that has the sign, and its typical size."""


class ExamPlan(Closed):
    """One further examination."""

    share: float
    first: float = 1.0
    last: float = 10.0
    """Hours after arrival."""
    finds: dict[str, float] = Field(default_factory=dict)
    again: float = 0.0
    """Share repeated a day later."""


class Plan(Closed):
    """The imaging of one condition."""

    why: tuple[str, ...] = ()
    """Templates of the complaint in an INDICATION."""
    seek: tuple[str, ...] = ("{acute process|infection}", "pneumonia")
    """Templates of what is asked there."""
    chest: ChestPlan
    exams: dict[str, ExamPlan] = Field(default_factory=dict)
    any_of: tuple[str, ...] = ()


class Finding(Closed):
    """Something that an examination can show."""

    part: str
    says: tuple[str, ...]
    sums: tuple[str, ...]


class Layout(Closed):
    """The parts that a report goes through."""

    parts: dict[str, tuple[str, tuple[str, ...]]]
    """Part to its header (or nothing) and the templates of its normal text."""
    normal: tuple[str, ...]
    """Templates of an IMPRESSION without findings."""


class Told(Closed):
    """What a report says of one sign of a chest film."""

    labels: dict[str, int]
    place: str
    present: tuple[str, ...]
    oblique: tuple[str, ...] = ()
    """What describes the sign and leaves its name to the impression."""
    hedged: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


class ChestTexts(Closed):
    """The texts of chest films."""

    labels: tuple[str, ...]
    """The 14 labels in the order of the label files."""
    signs: dict[str, Told]
    denied: dict[str, tuple[str, ...]]
    deny: tuple[str, ...]
    heart_normal: tuple[str, ...]
    silhouette_normal: tuple[str, ...]
    lungs_clear: tuple[str, ...]
    limits: tuple[str, ...]
    """What makes a film hard to read."""
    asides: tuple[str, ...]
    """Old and harmless, without a label."""
    bones_normal: tuple[str, ...]
    normal: tuple[str, ...]
    quiet: tuple[str, ...]
    no_acute: tuple[str, ...]
    as_above: tuple[str, ...]
    change: dict[str, tuple[str, ...]]
    sizes: dict[str, tuple[str, str, str, str]]
    as_adverb: dict[str, str]


class Plans(Closed):
    """Everything of `plans.yml`."""

    background: dict[str, float]
    chest_background: float
    categories: dict[str, dict[str, float]]
    comorbid: dict[str, dict[str, tuple[float, float]]]
    conditions: dict[str, Plan]
    incidental: dict[str, float]


_FIELDS = ("share", "first", "last", "finds", "again")


@cache
def plans() -> Plans:
    """The plans of all conditions."""
    told = read_yaml("imaging", "plans")
    for plan in told["conditions"].values():
        plan["exams"] = {
            key: dict(zip(_FIELDS, entry, strict=False)) for key, entry in plan["exams"].items()
        }
    return Plans.model_validate(told)


@cache
def plan_of(category: str, condition: str) -> Plan:
    """The plan of a condition; what no plan names is imaged like anybody."""
    known = plans().conditions.get(condition)
    return known or Plan(chest=ChestPlan(share=plans().chest_background))


@cache
def shares_of(category: str) -> dict[str, float]:
    """How often somebody of this category gets an examination that their plan does not name."""
    slug = category.replace("/", "_").replace(" ", "_")
    shares = dict(plans().background)
    for key, share in plans().categories.get(slug, {}).items():
        shares[key] = max(share, shares.get(key, 0.0))
    return shares


@cache
def findings() -> dict[str, Finding]:
    """All findings by key."""
    told = read_yaml("imaging", "findings")["findings"]
    return {
        key: Finding(part=part, says=tuple(says), sums=tuple(sums))
        for key, (part, says, sums) in told.items()
    }


@cache
def layouts() -> dict[str, Layout]:
    """All layouts by key, with what they copy."""
    told = read_yaml("imaging", "layouts")["layouts"]
    made: dict[str, Layout] = {}
    for key, entry in told.items():
        parts = dict(made[entry["like"]].parts) if "like" in entry else {}
        parts.update({part: (head, tuple(text)) for part, (head, text) in entry["parts"].items()})
        made[key] = Layout(parts=parts, normal=tuple(entry["normal"]))
    return made


@cache
def chest_texts() -> ChestTexts:
    """The texts of chest films."""
    return ChestTexts.model_validate(read_yaml("imaging", "chest"))
