"""Clinical stories: what each condition looks like, declared in YAML, one file a category.

Belongs here: the grammar of a story and its loading. Does not belong here: numbers (`stories/`),
how one admission is drawn from a story (`course`, `body`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

EARLIER = "earlier"
"""Name of the file with admissions that precede the one a patient is examined on."""
_ADDED = frozenset({"complaints", "vague"})


class Closed(BaseModel):
    """Base of the grammar: frozen, and closed to misspelt fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LabCourse(Closed):
    """How one laboratory value runs through an admission, in the item's own unit."""

    first: float
    """Median at arrival."""
    spread: float = 0.3
    """Standard deviation of the logarithm between patients."""
    last: float | None = None
    """Median that it tends to; null: the patient's own baseline."""
    tau: float = 24.0
    """Hours in which the distance to `last` falls to 1/e."""
    peak: tuple[float, float] | None = None
    """Factor over `first` and the hour at which it is reached; the fall starts there."""
    normal: float = 0.0
    """Share of patients in whom this value stays at the baseline."""
    firm: bool = False
    """The value defines the illness: an atypical patient has it like any other."""


class IcuCare(Closed):
    """Intensive care in a story."""

    share: float
    unit: str = "Medical Intensive Care Unit (MICU)"
    at: tuple[float, float] = (3.0, 9.0)
    """Earliest and latest start, hours after arrival."""
    days: float = 2.0
    vent: float = 0.0
    """Share of these stays with invasive ventilation."""
    gcs: int = 15
    infusions: dict[str, float] = Field(default_factory=dict)
    """Key of `icu_items.yml` to the share of these stays that have it."""


class Story(Closed):
    """One condition."""

    age: tuple[float, float]
    """Mean and standard deviation, years; drawn ages are kept within 19 and 89."""
    female: float = 0.5
    codes: dict[int, list[str]]
    """Principal diagnosis by ICD version, one of the list."""
    pinned: dict[int, list[str]] = Field(default_factory=dict, alias="with")
    """Codes that always follow the principal one, in this order."""
    complications: list[tuple[float, str, str]] = Field(default_factory=list)
    """Share, ICD-9 code, ICD-10 code."""
    comorbidities: dict[str, float] = Field(default_factory=dict)
    """Share in this condition, in place of the share in the population."""
    needs: str | None = None
    """Comorbidity without which the story is not told."""
    elective: bool = False
    """Planned: no emergency department."""
    complaints: list[str]
    vague: list[str] = Field(default_factory=list)
    """Complaints of atypical presentations."""
    leaks: list[str] = Field(default_factory=list)
    """Complaints that name the diagnosis, for admissions that a cohort must drop."""
    vitals: dict[str, list[float]] = Field(default_factory=dict)
    """Mean and standard deviation at arrival and the mean to which it tends."""
    rhythm: str | None = None
    labs: dict[str, LabCourse] = Field(default_factory=dict)
    grades: dict[str, list[float]] = Field(default_factory=dict)
    """Shares of the grades of a text result."""
    tests: dict[str, float] = Field(default_factory=dict)
    """Panel to the share that has it in the first draw."""
    serial: list[tuple[str, float, int, float]] = Field(default_factory=list)
    """Panel, hours between, times, share."""
    late: list[tuple[str, float, float, float]] = Field(default_factory=list)
    """Panel, earliest hour, latest hour, share."""
    arterial: float = 0.4
    """Share of arterial among the blood gases."""
    poc_glucose: float = 0.0
    """Share of intensive care stays with hourly finger-stick glucose."""
    cultures: dict[str, tuple[float, float, str]] = Field(default_factory=dict)
    """Specimen to share taken, share positive, profile of organisms."""
    home: dict[str, float] = Field(default_factory=dict)
    drugs: dict[str, tuple[float, float, float]] = Field(default_factory=dict)
    """Drug to share, hour of the first dose, days it is continued (0: one dose)."""
    bleeds: bool = False
    """No prophylactic heparin."""
    holds: list[str] = Field(default_factory=list)
    """Home drugs that are not continued in hospital."""
    blood: float = 0.0
    """Share with red cells ordered."""
    procedures: dict[str, tuple[float, float, float]] = Field(default_factory=dict)
    """Procedure to share, earliest and latest hour."""
    icu: IcuCare | None = None
    oxygen: float = 0.1
    npo: float = 0.15
    foley: float = 0.1
    telemetry: float = 0.3
    service: str = "MED"
    unit: str = "Medicine"
    los: tuple[float, float]
    """Median in days and standard deviation of the logarithm."""
    mortality: float = 0.0
    drg: tuple[str, str, str, str]
    """HCFA code and text, APR code and text."""


def read_yaml(folder: str, name: str) -> dict[str, Any]:
    """Read one YAML file of this package.

    Args:
        folder: `stories` or `catalogue`.
        name: File name without `.yml`.
    """
    text = files("sources.synthetic").joinpath(folder, f"{name}.yml").read_text("utf-8")
    content: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return content


def with_shared(shared: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """A story completed by what all stories of its category share (`shared` of the file).

    Mappings are merged, the story's own entries first in weight; of `complaints` and `vague` the
    story's own are added to the shared; of every other field the story's own stands alone. What
    conditions share cannot give one of them away.

    >>> with_shared({"tests": {"cbc": 1}, "complaints": ["a"]}, {"tests": {"tsh": 1}})
    {'tests': {'cbc': 1, 'tsh': 1}, 'complaints': ['a']}
    """
    whole = dict(shared)
    for field, own in told.items():
        if isinstance(own, Mapping):
            whole[field] = {**shared.get(field, {}), **own}
        elif field in _ADDED:
            whole[field] = [*shared.get(field, []), *own]
        else:
            whole[field] = own
    return whole


@cache
def load_stories() -> dict[str, dict[str, Story]]:
    """All stories: category to condition to story, in a fixed order."""
    names = sorted(
        entry.name.removesuffix(".yml")
        for entry in files("sources.synthetic").joinpath("stories").iterdir()
        if entry.name.endswith(".yml")
    )
    stories: dict[str, dict[str, Story]] = {}
    for name in names:
        content = read_yaml("stories", name)
        shared = content.get("shared", {})
        stories[content["category"]] = {
            condition: Story.model_validate(with_shared(shared, told))
            for condition, told in content["conditions"].items()
        }
    return stories
