"""Stories of general surgery and trauma: labs hint, operations follow, bleeding shows."""

from __future__ import annotations

import pytest
from drawn_admissions import admissions_of, done, given, share_with, typical_first, values

from sources.synthetic.timeline import HOUR

BELLIES = [
    "appendicitis",
    "acute_cholecystitis",
    "diverticulitis",
    "sbo",
    "perforated_viscus",
    "mesenteric_ischemia",
    "incarcerated_hernia",
]
FALLS = ["traumatic_subdural", "hip_fracture", "splenic_injury", "rib_fractures_chest_trauma"]


def complaints(condition: str) -> set[str]:
    """Complaints of the typical patients, in one case."""
    return {
        one.ed.complaint.casefold()
        for one in admissions_of(condition)
        if one.ed is not None and not (one.atypical or one.leaks)
    }


@pytest.mark.parametrize("group", [BELLIES, FALLS], ids=["bellies", "falls"])
def test_complaints_overlap_within_a_group(group: list[str]) -> None:
    for condition in group:
        others = set().union(*(complaints(rival) for rival in group if rival != condition))
        assert len(complaints(condition) & others) >= 3, condition


@pytest.mark.parametrize(
    ("condition", "key"),
    [("appendicitis", "wbc"), ("acute_cholecystitis", "alt"), ("diverticulitis", "wbc")],
)
def test_required_tests_are_done_in_most_patients(condition: str, key: str) -> None:
    assert share_with(admissions_of(condition), key) > 0.9


def test_labs_are_those_of_the_organ() -> None:
    assert typical_first("mesenteric_ischemia", "lactate") > 2.5
    assert typical_first("incarcerated_hernia", "lactate") < 2.2
    assert typical_first("acute_cholecystitis", "tbili") > 1.4 * typical_first("sbo", "tbili")
    assert typical_first("sbo", "hco3") > typical_first("mesenteric_ischemia", "hco3") + 4
    assert typical_first("traumatic_subdural", "inr") > typical_first("splenic_injury", "inr")


def test_hemoglobin_falls_in_the_torn_spleen() -> None:
    falls = [
        min(found[1:]) < found[0]
        for one in admissions_of("splenic_injury", 120)
        if len(found := values(one, "hgb")) > 2
    ]
    assert len(falls) > 25
    assert sum(falls) / len(falls) > 0.8


@pytest.mark.parametrize(
    ("condition", "operations"),
    [
        ("appendicitis", ("appendectomy", "abdominal_drain")),
        ("acute_cholecystitis", ("cholecystectomy", "cholecystostomy")),
        ("perforated_viscus", ("ulcer_repair", "laparotomy", "bowel_resection")),
        ("incarcerated_hernia", ("hernia_repair",)),
        ("hip_fracture", ("hip_fixation", "hip_arthroplasty")),
    ],
)
def test_most_are_operated_on_and_never_before_the_first_tests(
    condition: str, operations: tuple[str, ...]
) -> None:
    admissions = admissions_of(condition)
    assert sum(done(one, *operations) for one in admissions) / len(admissions) > 0.55
    for one in admissions:
        for procedure in one.procedures:
            assert procedure.at - one.arrival >= 2 * HOUR


def test_nobody_who_bleeds_is_anticoagulated() -> None:
    for condition in ("traumatic_subdural", "splenic_injury"):
        for one in admissions_of(condition):
            assert not given(one, "heparin_sc", "heparin_drip", "ketorolac", "ibuprofen")
    for one in admissions_of("traumatic_subdural"):
        assert not given(one, "warfarin", "apixaban", "aspirin", "clopidogrel")


def test_no_anti_inflammatory_drug_in_perforation_and_diverticulitis() -> None:
    for condition in ("perforated_viscus", "diverticulitis"):
        for one in admissions_of(condition):
            assert not given(one, "ketorolac", "ibuprofen")
