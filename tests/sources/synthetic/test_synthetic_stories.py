"""Stories agree with the clinical catalogues, and admissions with their stories."""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sources.synthetic.catalogue import catalogue
from sources.synthetic.ids import provider_id
from sources.synthetic.life import EXCLUDED, Life, assigned
from sources.synthetic.stories import EARLIER, Story, load_stories

Table = Callable[[str, str], list[dict[str, str]]]
SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"
STORIES = {
    condition: (category, story)
    for category, stories in load_stories().items()
    if category != EARLIER
    for condition, story in stories.items()
}


@cache
def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def condition_row(condition: str) -> dict[str, str]:
    return next(row for row in seed("conditions") if row["condition_id"] == condition)


def belongs(code: str, version: int, condition: str) -> bool:
    row = condition_row(condition)
    wanted = [text for text in row[f"icd{version}_prefixes"].split("|") if text]
    barred = [text for text in row[f"icd{version}_exclude_prefixes"].split("|") if text]
    return code.startswith(tuple(wanted)) and not (barred and code.startswith(tuple(barred)))


def names_the_answer(complaint: str, condition: str) -> bool:
    row = next(row for row in seed("leak_terms") if row["condition_id"] == condition)
    words = [text for text in row["forbidden_synonyms"].split("|") if text]
    terms = [rf"\b{re.escape(word)}\b" for word in words]
    if row["forbidden_regex"]:
        terms.append(row["forbidden_regex"])
    allowed = [text for text in row["allowed_terms"].split("|") if text]
    spared = [
        match.span()
        for text in allowed
        for match in re.finditer(re.escape(text), complaint, re.IGNORECASE)
    ]
    return any(
        not any(low <= match.start() and match.end() <= high for low, high in spared)
        for term in terms
        for match in re.finditer(term, complaint, re.IGNORECASE)
    )


def test_eight_categories_have_at_least_three_conditions() -> None:
    counted = Counter(category for category, _ in STORIES.values())
    assert len(counted) == 8
    assert min(counted.values()) >= 3
    assert len(STORIES) == 31


@pytest.mark.parametrize("condition", STORIES)
def test_category_is_the_catalogues(condition: str) -> None:
    category = STORIES[condition][0]
    assert condition_row(condition)["category"].replace(" ", "_") == category


@pytest.mark.parametrize("condition", STORIES)
@pytest.mark.parametrize("version", [9, 10])
def test_codes_belong_to_the_condition(condition: str, version: int) -> None:
    story = STORIES[condition][1]
    if condition_row(condition)["dx_position"] == "any":
        assert any(belongs(code, version, condition) for code in story.pinned[version])
    else:
        assert all(belongs(code, version, condition) for code in story.codes[version])


@pytest.mark.parametrize("condition", STORIES)
def test_complaints_do_not_name_the_answer(condition: str) -> None:
    story = STORIES[condition][1]
    assert len(story.complaints) >= 4
    for complaint in (*story.complaints, *story.vague):
        assert not names_the_answer(complaint, condition), complaint
        assert not re.search(r"transfer|OSH|outside hospital", complaint, re.IGNORECASE)


@pytest.mark.parametrize("condition", STORIES)
def test_planted_leaks_do_name_the_answer(condition: str) -> None:
    assert STORIES[condition][1].leaks
    for complaint in STORIES[condition][1].leaks:
        assert names_the_answer(complaint, condition), complaint


def test_stories_use_only_what_the_catalogue_has() -> None:
    known = catalogue()
    for stories in load_stories().values():
        for story in stories.values():
            assert set(story.labs) <= set(known.analytes)
            assert set(story.tests) <= set(known.panels)
            assert {row[0] for row in (*story.serial, *story.late)} <= set(known.panels)
            assert set(story.drugs) <= set(known.drugs)
            assert set(story.home) | set(story.holds) <= set(known.home)
            assert set(story.procedures) <= set(known.procedures)
            assert set(story.comorbidities) <= set(known.comorbidities)
            for specimen, (_, _, profile) in story.cultures.items():
                assert specimen in known.specimens
                assert profile in known.profiles
            for key, shares in story.grades.items():
                assert len(shares) == len(known.graded[key].grades)
            if story.icu is not None:
                assert set(story.icu.infusions) <= set(known.icu["infusion"])
            for version in (9, 10):
                for code in (*story.codes[version], *story.pinned.get(version, [])):
                    assert (version, code) in known.diagnosis_titles


def test_laboratory_items_are_the_catalogues_first_choice() -> None:
    first = {
        row["match_value"]
        for row in seed("test_items")
        if row["source_table"] == "hosp.labevents" and row["rank"] == "1"
    }
    known = catalogue()
    items = (*known.analytes.values(), *known.graded.values())
    assert {item.key for item in items if str(item.itemid) not in first} == set()


@pytest.mark.demo
def test_names_and_titles_are_the_demos(demo_root: Path) -> None:
    folder = demo_root / "mimic-iv-clinical-database-demo-2.2"
    known = catalogue()

    def rows(name: str) -> list[dict[str, str]]:
        with gzip.open(folder / f"{name}.csv.gz", "rt", newline="") as stream:
            return list(csv.DictReader(stream))

    labs = {int(row["itemid"]): row for row in rows("hosp/d_labitems")}
    for item in (*known.analytes.values(), *known.graded.values()):
        row = labs[item.itemid]
        assert (row["label"], row["fluid"], row["category"]) == (
            item.label,
            item.fluid,
            item.category,
        )
    for name, titles in (
        ("hosp/d_icd_diagnoses", known.diagnosis_titles),
        ("hosp/d_icd_procedures", known.procedure_titles),
    ):
        real = {
            (int(row["icd_version"]), row["icd_code"].strip()): row["long_title"]
            for row in rows(name)
        }
        assert titles == {key: real[key] for key in titles}


def test_both_code_versions_occur_in_every_category(table: Table) -> None:
    version = {
        row["hadm_id"]: row["icd_version"]
        for row in table("hosp", "diagnoses_icd")
        if row["seq_num"] == "1"
    }
    seen: dict[str, set[str]] = {}
    shares = Counter()
    for number in range(1, 161):
        admission = Life(11, number).patient().admissions[-1]
        seen.setdefault(STORIES[admission.condition][0], set()).add(version[str(admission.hadm_id)])
        shares[admission.version] += 1
    assert len(seen) == 8
    assert all(versions == {"9", "10"} for versions in seen.values())
    assert 0.33 < shares[9] / 160 < 0.57


def test_an_admission_has_one_version_of_codes(table: Table) -> None:
    for name in ("diagnoses_icd", "procedures_icd"):
        versions: dict[str, set[str]] = {}
        for row in table("hosp", name):
            versions.setdefault(row["hadm_id"], set()).add(row["icd_version"])
        assert all(len(found) == 1 for found in versions.values())


def test_a_second_condition_of_the_category_is_rare_and_planted() -> None:
    mixed = 0
    for number in range(1, 401):
        admission = Life(7, number).patient().admissions[-1]
        category = STORIES[admission.condition][0]
        rivals = [c for c, (k, _) in STORIES.items() if k == category and c != admission.condition]
        mixed += any(
            belongs(code, admission.version, rival)
            for code in admission.diagnoses[:3]
            for rival in rivals
        )
    assert 0 < mixed / 400 < 2.5 * EXCLUDED["second"]


def test_some_admissions_must_be_dropped_and_most_not() -> None:
    leaks = transfers = elective = 0
    for number in range(1, 401):
        admission = Life(7, number).patient().admissions[-1]
        if admission.ed is None:
            elective += 1
            assert admission.admission_type == "ELECTIVE"
            continue
        if admission.admission_location == "TRANSFER FROM HOSPITAL":
            transfers += 1
        elif names_the_answer(admission.ed.complaint, admission.condition):
            leaks += 1
    assert min(leaks, transfers, elective) > 0
    assert 0.02 < (leaks + transfers + elective) / 400 < 0.12


def test_intensive_care_conditions_reach_the_unit_within_a_day() -> None:
    counted = 0
    for number in range(1, 161):
        admission = Life(11, number).patient().admissions[-1]
        if STORIES[admission.condition][0] == "intensive_care":
            assert admission.icu is not None
            assert admission.icu.start - admission.arrival <= 24 * 60
            counted += 1
    assert counted == 20


def test_a_sicker_value_returns_towards_normal() -> None:
    """Glucose falls in ketoacidosis, lactate falls in shock: the median of last over first."""
    ratios: dict[str, list[float]] = {"dka": [], "septic_shock": []}
    keys = {"dka": "glucose", "septic_shock": "lactate"}
    for number in range(1, 400):
        if assigned(3, number)[1] not in keys:
            continue
        admission = Life(3, number).patient().admissions[-1]
        values = [
            result.number
            for specimen in admission.specimens
            for result in specimen.results
            if result.key == keys[admission.condition] and result.number
        ]
        if len(values) > 2:
            ratios[admission.condition].append(values[-1] / values[0])
    for found in ratios.values():
        assert len(found) >= 8
        assert sorted(found)[len(found) // 2] < 0.75


def test_troponin_rises_and_hemoglobin_falls() -> None:
    rises = falls = infarctions = bleeds = 0
    for number in range(1, 700):
        condition = assigned(3, number)[1]
        if condition not in {"nstemi", "nonvariceal_ugib"}:
            continue
        admission = Life(3, number).patient().admissions[-1]
        key = "tnt" if condition == "nstemi" else "hgb"
        values = [
            result.number or 0.005
            for specimen in admission.specimens
            for result in specimen.results
            if result.key == key
        ]
        if len(values) < 2:
            continue
        if condition == "nstemi":
            infarctions += 1
            rises += max(values[1:]) > values[0]
        else:
            bleeds += 1
            falls += min(values[1:]) < values[0]
    assert rises / infarctions > 0.7
    assert falls / bleeds > 0.8


def test_a_patients_life_is_told_the_same_twice() -> None:
    assert Life(3, 17).patient() == Life(3, 17).patient()
    assert Life(3, 17).patient() != Life(3, 18).patient()


@given(seed_=st.integers(0, 2**40), turn=st.integers(0, 5000))
def test_every_eight_patients_cover_every_category(seed_: int, turn: int) -> None:
    run = [assigned(seed_, 8 * turn + place)[0] for place in range(1, 9)]
    assert len(set(run)) == 8


@given(seed_=st.integers(0, 2**40), first=st.integers(0, 500))
def test_conditions_of_a_category_take_turns(seed_: int, first: int) -> None:
    seen = Counter(assigned(seed_, number) for number in range(8 * first + 1, 8 * first + 97))
    assert set(seen) == {(category, condition) for condition, (category, _) in STORIES.items()}


@given(st.lists(st.integers(0, 399), min_size=2, max_size=2, unique=True))
def test_provider_ids_are_distinct(pair: list[int]) -> None:
    one, two = (provider_id(number) for number in pair)
    assert one != two
    assert re.fullmatch(r"P[0-9A-Z]{5}", one)


def test_a_misspelt_field_of_a_story_is_refused() -> None:
    with pytest.raises(ValidationError):
        Story.model_validate(
            {
                "age": [60, 10],
                "codes": {},
                "complaints": [],
                "los": [3, 0.4],
                "drg": ["1", "a", "2", "b"],
                "complaint": [],
            }
        )
