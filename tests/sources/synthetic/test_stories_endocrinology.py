"""Stories of endocrinology: hormones and chemistry carry the diagnosis; treatment moves them."""

from __future__ import annotations

from statistics import median

import pytest
from told_patients import first_doses, given, share, told, values

from sources.synthetic.catalogue import catalogue

ALL = (
    "dka",
    "hhs",
    "hypoglycemia",
    "thyrotoxicosis",
    "adrenal_insufficiency",
    "myxedema_hypothyroid",
    "hypercalcemia",
)


def test_severe_hypothyroidism_meets_its_code_support() -> None:
    known = catalogue().analytes
    tsh, free = known["tsh"], known["ft4"]
    assert tsh.high is not None
    assert free.low is not None
    met = [
        any(value > tsh.high for value in values(item, "tsh"))
        and any(value < free.low for value in values(item, "ft4"))
        for item in told("myxedema_hypothyroid")
    ]
    assert 0.75 < share(met) < 1


@pytest.mark.parametrize("condition", ["thyrotoxicosis", "myxedema_hypothyroid"])
def test_the_thyroid_is_looked_at_though_not_always_on_the_first_day(condition: str) -> None:
    items = told(condition)
    in_time = [bool(values(item, "ft4")) for item in items]
    at_once = [bool(values(item, "ft4", 12.0)) for item in items]
    assert share(in_time) > 0.88
    assert share(at_once) < 0.5


def test_calcium_is_high_and_falls_with_fluids() -> None:
    runs = [values(item, "ca") for item in told("hypercalcemia", 150)]
    assert all(runs)
    assert share([max(run) > 10.5 for run in runs]) > 0.6
    assert share([run[-1] < run[0] for run in runs if len(run) > 1 and run[0] > 10.5]) > 0.7
    assert not any(given(item, "calcium_gluconate") for item in told("hypercalcemia"))


def test_cortisol_is_low_in_adrenal_insufficiency_before_steroids() -> None:
    low = []
    for item in told("adrenal_insufficiency"):
        first = first_doses(item, "hydrocortisone")
        until = (min(first) - item.arrival) / 60 if first else 72.0
        low += [value < 10 for value in values(item, "cortisol", until)[:1]]
    assert len(low) > 8
    assert share(low) > 0.6
    treated = [given(item, "hydrocortisone") for item in told("adrenal_insufficiency")]
    assert share(treated) > 0.8


def test_sugar_is_low_in_hypoglycemia_unless_it_was_treated_on_the_way() -> None:
    first = [values(item, "glucose")[0] for item in told("hypoglycemia")]
    low = share([value < 70 for value in first])
    assert 0.35 < low < 0.8


def test_which_tests_exist_does_not_name_the_condition() -> None:
    """Chemistry is drawn from all; glucose, calcium and gases occur in every condition."""
    for condition in ALL:
        items = told(condition)
        assert share([bool(values(item, "glucose")) for item in items]) > 0.95
        assert share([bool(values(item, "ca", 24.0)) for item in items]) > 0.6
        assert share([bool(values(item, "bg_pco2", 24.0)) for item in items]) > 0.2


def test_anion_gap_closes_in_ketoacidosis() -> None:
    runs = [values(item, "gap") for item in told("dka")]
    assert median([run[-1] / run[0] for run in runs if len(run) > 2]) < 0.8
