"""Drug orders: the wards' habits are the same for everyone, and doses lie within their orders."""

from __future__ import annotations

import csv
import itertools
import re
from functools import cache
from pathlib import Path

import pytest

from sources.synthetic.catalogue import catalogue
from sources.synthetic.course import Frame
from sources.synthetic.draws import Draws
from sources.synthetic.drug_course import DrugCourse
from sources.synthetic.frame import MOST_ADMISSIONS
from sources.synthetic.ids import PHARMACY
from sources.synthetic.life import Life
from sources.synthetic.stories import EARLIER, load_stories
from sources.synthetic.timeline import DAY, Admission, Medication, Patient

SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"
KNOWN = {
    ("neutraphos", "drug_potassium"),
    ("polyethylene_glycol", "drug_laxative_stimulant"),
    ("potassium_sliding", "drug_potassium"),
}
"""Ward orders that are actions all the same."""
ARRIVAL = 1_000_000
FRAME = Frame(ARRIVAL, ARRIVAL + 300, ARRIVAL + 6 * DAY, ARRIVAL + 360)


@cache
def patients() -> tuple[Patient, ...]:
    return tuple(Life(13, number).patient() for number in range(1, 261))


def admissions() -> list[Admission]:
    return [admission for patient in patients() for admission in patient.admissions]


def drawn(seed: int, condition: str = "dehydration") -> tuple[Medication, ...]:
    story = load_stories()[EARLIER][condition]
    return DrugCourse(Draws(seed, 1), story, FRAME).medications(["aspirin", "sertraline"])


def test_doses_lie_between_order_and_discharge() -> None:
    for admission in admissions():
        for order in admission.medications:
            assert order.ordered < order.start or order.in_ed is not None
            assert order.start < order.stop
            for at, _ in order.doses:
                assert order.ordered < at < admission.discharged


def test_an_order_that_is_stopped_goes_on_in_the_next() -> None:
    split = 0
    for seed in range(30):
        by_drug: dict[str, list[Medication]] = {}
        for order in drawn(seed):
            by_drug.setdefault(order.drug, []).append(order)
        for orders in by_drug.values():
            for before, after in itertools.pairwise(orders):
                split += 1
                assert before.stop <= after.ordered < after.start
                assert all(at < before.stop for at, _ in before.doses)
                assert all(at > after.ordered for at, _ in after.doses)
    assert split > 50


def test_orders_are_written_anew_where_a_patient_moves() -> None:
    story, move = load_stories()[EARLIER]["dehydration"], ARRIVAL + 3 * DAY
    moved = still = across = 0
    for seed in range(40):
        for moves in ((), (move,)):
            course = DrugCourse(Draws(seed, 1), story, FRAME)
            orders = course.medications(["aspirin", "sertraline"], moves)
            begun = sum(order.ordered == move for order in orders)
            if moves:
                moved += begun
                across += sum(order.start < move < order.stop for order in orders)
            else:
                still += begun
    assert still == 0
    assert moved > 2 * across > 0


def test_no_ward_order_is_an_action_of_the_catalogue_but_the_known_ones() -> None:
    """A habit of every ward may not be mistaken for the treatment of an illness."""
    with (SEEDS / "actions.csv").open(newline="", encoding="utf-8") as stream:
        actions = [row for row in csv.DictReader(stream) if row["drug_regex"]]
    found = set()
    for key in catalogue().ward:
        name = catalogue().drugs[key].name
        for row in actions:
            barred = row["drug_exclude_regex"]
            if re.search(row["drug_regex"], name, re.IGNORECASE) and not (
                barred and re.search(barred, name, re.IGNORECASE)
            ):
                found.add((key, row["action_id"]))
    assert found == KNOWN


def test_as_needed_means_that_most_doses_are_not_given() -> None:
    every = catalogue().drugs["bisacodyl"].every
    orders = [order for seed in range(200) for order in drawn(seed) if order.drug == "bisacodyl"]
    possible = sum((order.stop - order.start) / 60 / every for order in orders)
    assert 0 < sum(len(order.doses) for order in orders) < 0.4 * possible


def test_a_patient_who_bleeds_gets_no_heparin_by_habit() -> None:
    for seed in range(80):
        assert "heparin_sc" not in {order.drug for order in drawn(seed, "vitamin_deficiency")}


def test_ward_orders_do_not_tell_the_category() -> None:
    ward = set(catalogue().ward)
    counts: dict[str, list[float]] = {}
    for patient in patients():
        admission = patient.admissions[-1]
        found = {order.drug for order in admission.medications if order.drug in ward}
        counts.setdefault(admission.category, []).append(len(found))
    everyone = [count for found in counts.values() for count in found]
    mean = sum(everyone) / len(everyone)
    for category, found in counts.items():
        assert sum(found) / len(found) == pytest.approx(mean, rel=0.25), category


def test_no_admission_takes_more_orders_than_its_share_of_ids() -> None:
    most = max(len(admission.medications) for admission in admissions())
    assert 20 < most <= PHARMACY // MOST_ADMISSIONS


def test_cabinet_doses_are_taken_while_the_patient_is_in_the_department() -> None:
    taken = 0
    for admission in admissions():
        for order in admission.medications:
            if order.in_ed is not None:
                assert admission.ed is not None
                assert admission.ed.start < order.in_ed < admission.ed.end
                taken += 1
    assert taken > 100
