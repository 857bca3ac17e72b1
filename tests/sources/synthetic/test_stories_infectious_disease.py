"""Stories of infectious disease: cultures, swabs and blood counts carry the diagnosis."""

from __future__ import annotations

from statistics import median

import pytest
from told_patients import first_doses, given, organisms, share, told, values
from told_patients import texts as printed

ALL = ("sepsis", "cap", "pyelonephritis", "cellulitis", "endocarditis", "influenza", "cdiff")


def firsts(condition: str, key: str) -> list[float]:
    return [found[0] for item in told(condition) if (found := values(item, key))]


def test_stool_finds_clostridium_in_colitis_and_seldom_elsewhere() -> None:
    tested = [bool(organisms(item, "stool")) for item in told("cdiff")]
    assert share(tested) > 0.9
    found = ["cdiff" in organisms(item, "stool") for item in told("cdiff")]
    assert share(found) > 0.75
    elsewhere = [
        "cdiff" in organisms(item, "stool")
        for condition in ALL
        if condition != "cdiff"
        for item in told(condition)
    ]
    assert share(elsewhere) < 0.05


def test_blood_of_endocarditis_grows_what_settles_on_valves() -> None:
    assert all(organisms(item, "blood") for item in told("endocarditis"))
    grown = [
        organism
        for item in told("endocarditis")
        for organism in organisms(item, "blood")
        if organism is not None
    ]
    assert set(grown) <= {"saureus", "viridans", "enterococcus", "group_b"}
    assert share([any(organisms(item, "blood")) for item in told("endocarditis")]) > 0.7
    assert share([any(organisms(item, "blood")) for item in told("influenza")]) < 0.2


def test_the_swab_of_influenza_is_taken_and_mostly_positive() -> None:
    swabs = [printed(item, "flu_a") for item in told("influenza")]
    assert share([bool(swab) for swab in swabs]) > 0.85
    assert share([swab[0] == "POSITIVE" for swab in swabs if swab]) > 0.6
    others = [
        swab[0] == "POSITIVE"
        for condition in ALL
        if condition != "influenza"
        for item in told(condition)
        if (swab := printed(item, "flu_a"))
    ]
    assert share(others) < 0.15


def test_white_cells_are_low_in_influenza_and_high_in_bacterial_disease() -> None:
    assert median(firsts("influenza", "wbc")) < 9
    for condition in ("sepsis", "cdiff", "cap"):
        assert median(firsts(condition, "wbc")) > 11


def test_long_inflammation_shows_in_endocarditis() -> None:
    assert median(firsts("endocarditis", "hgb")) < median(firsts("cap", "hgb")) - 1
    assert median(firsts("endocarditis", "albumin")) < median(firsts("cellulitis", "albumin"))


@pytest.mark.parametrize(
    ("condition", "drugs"),
    [
        ("cdiff", ("vancomycin_oral", "metronidazole", "metronidazole_po")),
        ("endocarditis", ("vancomycin", "ceftriaxone", "cefazolin")),
        ("influenza", ("oseltamivir",)),
    ],
)
def test_the_infection_is_treated(condition: str, drugs: tuple[str, ...]) -> None:
    assert share([given(item, *drugs) for item in told(condition)]) > 0.7


def test_cultures_of_endocarditis_precede_its_antibiotics() -> None:
    before = []
    for item in told("endocarditis"):
        drugs = first_doses(item, "vancomycin")
        blood = [culture.taken for culture in item.cultures if culture.specimen == "blood"]
        if drugs:
            before.append(min(blood) < min(drugs))
    assert share(before) > 0.85
