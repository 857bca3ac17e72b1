"""Stories of intensive care: every shock has its own evidence, and no treatment that would harm."""

from __future__ import annotations

from statistics import median

import pytest
from told_patients import done, given, share, told, values

from sources.synthetic.timeline import HOUR

ALL = (
    "septic_shock",
    "ards_ahrf",
    "cardiogenic_shock",
    "cardiac_arrest",
    "acute_liver_failure",
    "hemorrhagic_shock",
)
MANY = 120
"""Admissions where a share or a median is judged."""
CHRONIC_LIVER = ("5712", "5715", "5716", "K7030", "K7460", "K7469")


def firsts(condition: str, key: str) -> list[float]:
    return [found[0] for item in told(condition, MANY) if (found := values(item, key))]


@pytest.mark.parametrize("condition", ALL)
def test_everybody_reaches_the_unit_and_has_the_required_tests(condition: str) -> None:
    items = told(condition, MANY)
    for item in items:
        assert item.icu is not None
        assert item.icu.start - item.arrival <= 24 * HOUR
    for key in ("lactate", "bg_ph", "hgb", "alt", "inr"):
        assert share([bool(values(item, key)) for item in items]) > 0.85, key


def test_liver_failure_is_acute_and_spared_of_acetaminophen() -> None:
    items = told("acute_liver_failure")
    for item in items:
        assert not given(item, "acetaminophen", "acetaminophen_iv", "heparin_sc")
        assert not [code for code in item.diagnoses if code.startswith(CHRONIC_LIVER)]
    assert share([given(item, "acetylcysteine") for item in items]) > 0.6
    assert median(firsts("acute_liver_failure", "alt")) > 5 * median(firsts("septic_shock", "alt"))
    assert median(firsts("acute_liver_failure", "inr")) > 1.7


def test_bleeding_shock_gets_blood_and_no_anticoagulant() -> None:
    items = told("hemorrhagic_shock")
    drugs = ("heparin_sc", "heparin_drip", "enoxaparin", "apixaban", "warfarin", "metoprolol")
    assert not any(given(item, *drugs) for item in items)
    units = [
        item.icu is not None and any(part.key == "prbc" for part in item.icu.infusions)
        for item in items
    ]
    assert share(units) > 0.75
    lowest = [min(values(item, "hgb")) for item in items]
    assert median(lowest) < 9 < median([min(values(item, "hgb")) for item in told("ards_ahrf")])


def test_lactate_clears_after_resuscitation() -> None:
    for condition in ("septic_shock", "cardiac_arrest", "hemorrhagic_shock"):
        runs = [values(item, "lactate") for item in told(condition)]
        assert median([run[-1] / run[0] for run in runs if len(run) > 2]) < 0.75


def test_after_an_arrest_troponin_rises_and_most_are_ventilated() -> None:
    runs = [values(item, "tnt") for item in told("cardiac_arrest")]
    rises = [max(run[1:]) > run[0] for run in runs if len(run) > 1]
    assert share(rises) > 0.6
    assert share([done(item, "intubation") for item in told("cardiac_arrest")]) > 0.7


def test_pinned_codes_follow_the_cause_of_shock() -> None:
    pinned = {
        "septic_shock": {"78552", "R6521"},
        "cardiogenic_shock": {"78551", "R570"},
        "cardiac_arrest": {"4275", "I469"},
        "hemorrhagic_shock": {"78559", "R571"},
    }
    for condition, codes in pinned.items():
        for item in told(condition):
            assert item.diagnoses[1] in codes
            assert item.diagnoses[0] not in codes
