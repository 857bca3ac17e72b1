"""What coders add: it is billed for anybody, and gives no condition, action or test away."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from sources.synthetic.catalogue import catalogue
from sources.synthetic.coding import MOST_DIAGNOSES, Coded, Habit, body_mass, coded_of, habits
from sources.synthetic.life import Life
from sources.synthetic.timeline import Admission, Patient

Table = Callable[[str, str], list[dict[str, str]]]
SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"
VERSIONS = (9, 10)


def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def split(text: str) -> list[str]:
    return [part for part in text.split("|") if part]


def diagnosis_codes(version: int) -> set[str]:
    rows = {habit.codes[version] for part in ("standing", "passing") for habit in habits(part)}
    return rows | {codes[version] for _, codes in body_mass()}


@cache
def patients() -> tuple[Patient, ...]:
    return tuple(Life(13, number).patient() for number in range(1, 361))


def coded() -> Iterator[tuple[Patient, Admission, Coded]]:
    for patient in patients():
        for admission, added in zip(patient.admissions, coded_of(patient), strict=True):
            yield patient, admission, added


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["conditions", "diagnoses_other"])
def test_no_added_diagnosis_is_a_condition_or_a_differential(name: str, version: int) -> None:
    prefixes = tuple(p for row in seed(name) for p in split(row[f"icd{version}_prefixes"]))
    assert len(prefixes) > 80
    assert [code for code in diagnosis_codes(version) if code.startswith(prefixes)] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_no_added_procedure_is_an_action_or_a_test(version: int) -> None:
    column = "icd10pcs_prefixes" if version == 10 else "icd9proc_prefixes"
    prefixes = [p for row in seed("actions") for p in split(row[column])]
    prefixes += [
        row["match_value"]
        for row in seed("test_items")
        if f"icd_version={version}" in row["match_column"]
    ]
    assert len(prefixes) > 100
    codes = [habit.codes[version] for habit in habits("procedures")]
    assert [code for code in codes if code.startswith(tuple(prefixes))] == []


def test_every_added_code_has_its_title() -> None:
    known = catalogue()
    for version in VERSIONS:
        for code in diagnosis_codes(version):
            assert (version, code) in known.diagnosis_titles
        for habit in habits("procedures"):
            assert (version, habit.codes[version]) in known.procedure_titles


@pytest.mark.parametrize("part", ["standing", "passing", "procedures"])
def test_habits_ask_only_for_what_the_catalogue_has(part: str) -> None:
    known = catalogue()
    assert len(habits(part)) > 15
    for habit in habits(part):
        assert set(habit.needs) <= set(known.comorbidities)
        assert set(habit.takes) <= set(known.home)
        assert habit.result is None or habit.result[0] in known.analytes
        assert habit.hours[0] <= habit.hours[1]


def test_a_share_follows_age_and_gives_way_to_intensive_care_and_death() -> None:
    habit = Habit("x", {9: "1", 10: "A"}, (0.1, 0.6), 0.8, 0.9, None, (), (), None, (0.0, 0.0))
    assert habit.likely(20, in_icu=False, died=False) == pytest.approx(0.1)
    assert habit.likely(55, in_icu=False, died=False) == pytest.approx(0.35)
    assert habit.likely(95, in_icu=False, died=False) == pytest.approx(0.6)
    assert habit.likely(95, in_icu=True, died=False) == pytest.approx(0.8)
    assert habit.likely(95, in_icu=True, died=True) == pytest.approx(0.9)


def test_added_codes_are_new_and_follow_the_stories(table: Table) -> None:
    for _, admission, added in coded():
        assert not set(added.diagnoses) & set(admission.diagnoses)
        assert len(set(added.diagnoses)) == len(added.diagnoses)
        assert len(admission.diagnoses) + len(added.diagnoses) <= MOST_DIAGNOSES
        for at, _ in added.procedures:
            assert admission.admitted <= at < admission.discharged
    own = diagnosis_codes(9) | diagnosis_codes(10)
    first = [row["icd_code"] for row in table("hosp", "diagnoses_icd") if row["seq_num"] == "1"]
    assert not set(first) & own


def test_a_home_drug_and_its_code_go_together() -> None:
    insulin = {"V5867", "Z794"}
    coded_with = without = 0
    for patient, admission, added in coded():
        home = [visit.ed.home_drugs for visit in patient.admissions if visit.ed is not None]
        takes = any({"glargine", "lispro"} & set(drugs) for drugs in home)
        if insulin & set(added.diagnoses):
            assert takes
            coded_with += 1
        without += takes and not insulin & {*added.diagnoses, *admission.diagnoses}
    assert coded_with > without > 0


def test_what_coders_read_from_results_was_there() -> None:
    platelets = [
        min(
            result.number
            for specimen in admission.specimens
            for result in specimen.results
            if result.key == "plt" and result.number is not None
        )
        for _, admission, added in coded()
        if {"2875", "D696"} & set(added.diagnoses)
    ]
    assert len(platelets) > 20
    assert max(platelets) < 150


def test_who_has_intensive_care_has_more_procedures_coded() -> None:
    within = [len(added.procedures) for _, stay, added in coded() if stay.icu is not None]
    without = [len(added.procedures) for _, stay, added in coded() if stay.icu is None]
    assert sum(within) / len(within) > 2 * sum(without) / len(without)


def test_added_codes_do_not_tell_the_category() -> None:
    """Outside intensive care every category has about as many of them; age is what differs."""
    counts: dict[str, list[int]] = {}
    for _, admission, added in coded():
        if admission.icu is None and admission.category != "earlier":
            counts.setdefault(admission.category, []).append(len(added.diagnoses))
    large = {name: found for name, found in counts.items() if len(found) >= 18}
    assert len(large) >= 9
    everyone = [count for found in large.values() for count in found]
    mean = sum(everyone) / len(everyone)
    for name, found in large.items():
        assert sum(found) / len(found) == pytest.approx(mean, rel=0.4), name


def test_the_same_patient_is_coded_the_same_twice() -> None:
    patient = patients()[16]
    assert coded_of(patient) == coded_of(patient)
