"""Stories of neurology: the evidence that tells the conditions apart is there, and consistent."""

from __future__ import annotations

from statistics import median

import pytest
from told_patients import WINDOW, done, first_doses, given, organisms, share, told, values

MANY = 200
"""Fluid is not drawn from everybody, and some of it is nearly normal."""
ANTICOAGULANTS = ("heparin_sc", "heparin_drip", "enoxaparin", "apixaban", "warfarin")


def firsts(condition: str, key: str) -> list[float]:
    return [found[0] for item in told(condition, MANY) if (found := values(item, key))]


def test_spinal_fluid_separates_meningitis_neuropathy_and_hemorrhage() -> None:
    assert median(firsts("bacterial_meningitis", "csf_tnc")) > 500
    assert median(firsts("bacterial_meningitis", "csf_polys")) > 50
    assert median(firsts("bacterial_meningitis", "csf_glu")) < 45
    assert median(firsts("gbs", "csf_prot")) > 60
    assert median(firsts("gbs", "csf_tnc")) < 10
    assert median(firsts("sah", "csf_rbc")) > 1000


@pytest.mark.parametrize("condition", ["bacterial_meningitis", "gbs"])
def test_spinal_fluid_is_examined_in_time(condition: str) -> None:
    taken = [
        bool(values(item, "csf_prot", WINDOW) or organisms(item, "csf")) for item in told(condition)
    ]
    assert share(taken) > 0.85


def test_spinal_fluid_of_meningitis_often_grows_and_of_neuropathy_hardly_ever() -> None:
    grown = [
        any(organisms(item, "csf"))
        for item in told("bacterial_meningitis")
        if organisms(item, "csf")
    ]
    assert 0.4 < share(grown) < 0.85
    assert share([any(organisms(item, "csf")) for item in told("gbs")]) < 0.1


def test_antibiotics_of_meningitis_do_not_wait_for_the_fluid() -> None:
    waits = []
    for item in told("bacterial_meningitis"):
        drug = first_doses(item, "ceftriaxone")
        fluid = [
            specimen.stored
            for specimen in item.specimens
            if any(result.key == "csf_tnc" for result in specimen.results)
        ]
        if drug and fluid:
            waits.append(min(drug) < fluid[0])
    assert len(waits) > 20
    assert share(waits) > 0.7


@pytest.mark.parametrize("condition", ["ich", "sah"])
def test_nobody_with_blood_in_the_head_gets_an_anticoagulant(condition: str) -> None:
    assert not any(given(item, *ANTICOAGULANTS) for item in told(condition))


def test_a_transient_attack_needs_neither_lysis_nor_intensive_care() -> None:
    for item in told("tia"):
        assert not given(item, "alteplase")
        assert item.icu is None
    assert share([given(item, "aspirin", "clopidogrel") for item in told("tia")]) > 0.8


def test_neuropathy_is_treated_with_globulin_or_plasma_exchange() -> None:
    treated = [done(item, "ivig") or done(item, "plasma_exchange") for item in told("gbs")]
    assert 0.6 < share(treated) < 1


def test_a_seizure_leaves_lactate_and_an_anion_gap_behind() -> None:
    assert median(firsts("seizure", "lactate")) > 1.5 * median(firsts("tia", "lactate"))
    assert median(firsts("seizure", "gap")) > median(firsts("tia", "gap")) + 1
