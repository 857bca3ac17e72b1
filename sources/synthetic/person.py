"""What the admissions of one patient share: chronic diseases, home drugs, build, coverage.

Belongs here: drawing it once, from age, sex and the story's own shares of chronic disease. Does not
belong here: admissions (`life`), what a chronic disease changes in the body (`body`).
"""

from __future__ import annotations

from dataclasses import dataclass

from sources.synthetic.catalogue import catalogue
from sources.synthetic.draws import Draws
from sources.synthetic.stories import Story

_SILENT = 0.07
"""Share of patients who cannot say what they take."""


@dataclass(slots=True)
class Person:
    """What one patient's admissions share; `baseline` fills up as values are drawn."""

    number: int
    sex: str
    comorbid: list[str]
    home: list[str]
    weight: float
    """kg."""
    height: float
    """cm."""
    insurance: str
    marital: str
    group: int
    """Place of the patient's three years among MIMIC's five anchor groups."""
    baseline: dict[str, float]


def laboratory_of(group: int, version: int) -> int:
    """How many times the laboratory's panels have grown, for `frame.Frame.laboratory`.

    In MIMIC-IV the width of red cells in femtolitres came about 2014, with ICD-10 soon after; the
    indices of hemolysis, icterus and lipemia are taken here to have come with the years from 2017.

    Args:
        group: Place among MIMIC's five anchor groups.
        version: ICD version of the admission.
    """
    if version == 9:
        return 0
    return 2 if group > 2 else 1


def chronic_diseases(draws: Draws, story: Story, sex: str, age: int) -> list[str]:
    """Keys of `background.yml`: by age, unless the story has a share of its own."""
    found = []
    for key, disease in catalogue().comorbidities.items():
        low, high = disease.share
        share = low + (high - low) * max(0.0, min(1.0, (age - 30) / 50))
        share = story.comorbidities.get(key, share)
        if disease.sex not in (None, sex):
            share = 0.0
        if draws.chance(share):
            found.append(key)
    return found


def home_drugs(draws: Draws, story: Story, comorbid: list[str]) -> list[str]:
    """Keys of home drugs: what the chronic diseases call for, and what anybody may take."""
    known = catalogue()
    home = dict(known.distractors)
    for key in comorbid:
        home.update(known.comorbidities[key].home)
    home.update(story.home)
    if draws.chance(_SILENT):
        return []
    return [key for key, share in home.items() if draws.chance(share)]


def draw_person(
    draws: Draws, number: int, story: Story, sex: str, age: int, version: int
) -> Person:
    """Draw what the patient's admissions share.

    Args:
        draws: The patient's stream.
        number: The patient's number.
        story: The condition that the patient is examined on.
        sex: `F` or `M`.
        age: Years.
        version: ICD version of the examined admission, which bounds its years.
    """
    comorbid = chronic_diseases(draws, story, sex, age)
    home = home_drugs(draws, story, comorbid)
    height = draws.around(162, 7) if sex == "F" else draws.around(175.5, 7.5)
    index = draws.around(33, 5) if "obesity" in comorbid else draws.around(26.5, 4)
    insured = "Medicare"
    if age < 65 or not draws.chance(0.86):
        insured = draws.one(("Private", "Medicaid", "Other", "Private"))
    return Person(
        number,
        sex,
        comorbid,
        home,
        round(max(40.0, index * (height / 100) ** 2), 1),
        round(height),
        insured,
        draws.weighted(catalogue().background["marital"]),
        draws.grade((0.25, 0.5, 0.25)) if version == 9 else 2 + draws.grade((0.35, 0.4, 0.25)),
        {},
    )
