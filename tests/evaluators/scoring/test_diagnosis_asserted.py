"""What is denied, past, or only considered leaves the diagnosis beside it standing.

Belongs here: tests of `evaluators.scoring._assertion` and `_past` through the matcher, over every
condition. Does not belong here: labelled answers (`test_diagnosis`), spelling.
"""

from __future__ import annotations

from functools import cache

import pytest

from evaluators.catalogue import load_catalogue
from evaluators.scoring.diagnosis import DiagnosisMatcher

OTHERS = ("PE", "NSTEMI", "acute appendicitis")
"""One of these stands beside the diagnosis, whichever is none of its names."""


@cache
def matcher(category: str) -> DiagnosisMatcher:
    return DiagnosisMatcher(load_catalogue(), category)


def _beside(condition_id: str, category: str) -> str:
    return next(o for o in OTHERS if matcher(category).match(o).condition_id != condition_id)


@pytest.mark.parametrize(
    "frame",
    [
        "{other} has been excluded, this is {name}",
        "{other} excluded - {name}",
        "Achalasia excluded - {name}",
        "{name} - {other} ruled out",
        "{name} ({other} was ruled out by CT)",
        "{name}, with {other} excluded on imaging",
        "{name} once {other} was excluded",
        "{other} was considered, but {name} is most likely",
        "No {other} or gout - {name}",
        "{other} mimic: {name}",
        "{other} swab negative, {name}",
        "h/o {other}, now {name}",
        "known {other}, presenting with {name}",
        "72M w/ prior {other} p/w {name}",
        "{other} 3 years ago. {name}",
        "Old {other}; {name}",
        "{name} in a patient with previous {other}",
    ],
)
def test_what_is_denied_or_past_leaves_the_other_name_standing(frame: str) -> None:
    catalogue = load_catalogue()
    for condition in catalogue.conditions.values():
        if condition.condition_id in ("chest_pain_nonspecific", "syncope"):
            continue  # symptoms: no present diagnosis beside a background
        name = condition.synonyms[0]
        if matcher(condition.category).match(name).condition_id != condition.condition_id:
            continue
        other = _beside(condition.condition_id, condition.category)
        text = frame.format(name=name, other=other)
        found = matcher(condition.category).match(text).condition_id
        assert found == condition.condition_id, text


@pytest.mark.parametrize(
    "text",
    [
        "NSTEMI (ruled out)",
        "NSTEMI - excluded by serial troponins",
        "NSTEMI was considered but excluded",
        "MI, NSTEMI and PE were excluded; gout",
        "NSTEMI in 2019",
        "NSTEMI is not the cause",
        "NSTEMI mimic",
    ],
)
def test_denied_alone_names_nothing(text: str) -> None:
    assert matcher("cardiology").match(text).condition_id is None


@pytest.mark.parametrize(
    "text",
    [
        "No doubt this is an NSTEMI",
        "65 year old with NSTEMI",
        "NSTEMI cannot be excluded",
        "NSTEMI, now pain free",
        "Ischemia without ST elevation is an NSTEMI",
    ],
)
def test_what_only_looks_denied_or_past_is_read(text: str) -> None:
    assert matcher("cardiology").match(text).condition_id == "nstemi"
