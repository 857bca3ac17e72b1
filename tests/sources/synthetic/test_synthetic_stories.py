"""Stories agree with the clinical catalogues, and admissions with their stories."""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sources.synthetic.catalogue import catalogue
from sources.synthetic.ids import provider_id
from sources.synthetic.life import EXCLUDED, Life, assigned
from sources.synthetic.stories import EARLIER, Story, load_stories, with_shared
from sources.synthetic.timeline import DAY, Admission

Table = Callable[[str, str], list[dict[str, str]]]
SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"
STORIES = {
    condition: (category, story)
    for category, stories in load_stories().items()
    if category != EARLIER
    for condition, story in stories.items()
}

CATEGORIES = sorted({category for category, _ in STORIES.values()})


@cache
def index_of(seed_: int, number: int) -> Admission:
    """The admission that a patient is examined on."""
    return Life(seed_, number).patient().admissions[-1]


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


def can_be_named(condition: str) -> bool:
    """Whether `leak_terms.csv` has words that give the condition away."""
    row = next(row for row in seed("leak_terms") if row["condition_id"] == condition)
    return bool(row["forbidden_synonyms"] or row["forbidden_regex"])


def test_every_condition_of_the_catalogue_has_a_story() -> None:
    assert set(STORIES) == {row["condition_id"] for row in seed("conditions")}


@pytest.mark.parametrize("condition", STORIES)
def test_category_is_the_catalogues(condition: str) -> None:
    category = STORIES[condition][0]
    assert re.sub("[ /]", "_", condition_row(condition)["category"]) == category


@pytest.mark.parametrize("condition", STORIES)
@pytest.mark.parametrize("version", [9, 10])
def test_codes_belong_to_the_condition(condition: str, version: int) -> None:
    story = STORIES[condition][1]
    position = condition_row(condition)["dx_position"]
    if position == "cxr_label":
        assert story.codes[version], "a film's finding needs no code, an admission does"
    elif position == "any":
        assert any(belongs(code, version, condition) for code in story.pinned[version])
    else:
        assert all(belongs(code, version, condition) for code in story.codes[version])


@pytest.mark.parametrize("told", load_stories()[EARLIER])
def test_an_earlier_admission_is_no_case_of_a_condition(told: str) -> None:
    story = load_stories()[EARLIER][told]
    primary = [
        row["condition_id"] for row in seed("conditions") if row["dx_position"] != "cxr_label"
    ]
    for version, codes in story.codes.items():
        for code in codes:
            assert not [name for name in primary if belongs(code, version, name)]


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
    if not can_be_named(condition):
        pytest.skip("the rules have no words that would give this condition away")
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
    later = {key for grown in known.later for keys in grown.values() for key in keys}
    assert {item.key for item in items if str(item.itemid) not in first} <= later


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


def test_both_code_versions_occur_in_every_category() -> None:
    seen: dict[str, set[int]] = {}
    shares = Counter[int]()
    for number in range(1, 301):
        admission = index_of(11, number)
        seen.setdefault(admission.category, set()).add(admission.version)
        shares[admission.version] += 1
    assert set(seen) == set(CATEGORIES)
    assert all(versions == {9, 10} for versions in seen.values())
    assert 0.33 < shares[9] / 300 < 0.57


def test_an_admission_has_one_version_of_codes(table: Table) -> None:
    for name in ("diagnoses_icd", "procedures_icd"):
        versions: dict[str, set[str]] = {}
        for row in table("hosp", name):
            versions.setdefault(row["hadm_id"], set()).add(row["icd_version"])
        assert all(len(found) == 1 for found in versions.values())


def test_a_second_condition_of_the_category_is_rare_and_planted() -> None:
    mixed = 0
    for number in range(1, 401):
        admission = index_of(7, number)
        rivals = [
            c
            for c, (k, _) in STORIES.items()
            if k == admission.category and c != admission.condition
        ]
        mixed += any(
            belongs(code, admission.version, rival)
            for code in admission.diagnoses[:3]
            for rival in rivals
        )
    assert 0 < mixed / 400 < 2.5 * EXCLUDED["second"]


def test_some_admissions_must_be_dropped_and_most_not() -> None:
    leaks = transfers = elective = 0
    for number in range(1, 501):
        admission = index_of(7, number)
        if admission.ed is None:
            elective += 1
            assert admission.admission_type == "ELECTIVE"
            continue
        transfers += admission.admission_location == "TRANSFER FROM HOSPITAL"
        named = names_the_answer(admission.ed.complaint, admission.condition)
        if can_be_named(admission.condition):
            assert named == admission.leaks
        leaks += admission.leaks
    assert min(transfers, elective) > 0
    assert 0.018 < leaks / 500 < 0.045
    assert 0.03 < (leaks + transfers + elective) / 500 < 0.1


def test_intensive_care_conditions_reach_the_unit_within_a_day() -> None:
    told = [
        index_of(11, number)
        for number in range(1, 301)
        if assigned(11, number)[0] == "intensive_care"
    ]
    assert len(told) == 300 // len(CATEGORIES)
    for admission in told:
        assert admission.icu is not None
        assert admission.icu.start - admission.arrival <= 24 * 60


def test_a_sicker_value_returns_towards_normal() -> None:
    """Glucose falls in ketoacidosis, lactate falls in shock: the median of last over first."""
    ratios: dict[str, list[float]] = {"dka": [], "septic_shock": []}
    keys = {"dka": "glucose", "septic_shock": "lactate"}
    for number in range(1, 1400):
        if assigned(3, number)[1] not in keys:
            continue
        admission = index_of(3, number)
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
    for number in range(1, 4000):
        condition = assigned(3, number)[1]
        if condition not in {"nstemi", "nonvariceal_ugib"}:
            continue
        admission = index_of(3, number)
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
def test_every_run_of_patients_covers_every_category(seed_: int, turn: int) -> None:
    many = len(CATEGORIES)
    run = [assigned(seed_, many * turn + place)[0] for place in range(1, many + 1)]
    assert set(run) == set(CATEGORIES)


@given(seed_=st.integers(0, 2**40), first=st.integers(0, 500))
def test_conditions_of_a_category_take_turns(seed_: int, first: int) -> None:
    longest = max(Counter(category for category, _ in STORIES.values()).values())
    start = len(CATEGORIES) * first + 1
    seen = Counter(
        assigned(seed_, number) for number in range(start, start + len(CATEGORIES) * longest)
    )
    assert set(seen) == {(category, condition) for condition, (category, _) in STORIES.items()}
    for category in CATEGORIES:
        counts = [n for (k, _), n in seen.items() if k == category]
        assert max(counts) - min(counts) <= 1


def test_admissions_of_a_patient_follow_each_other() -> None:
    with_past = 0
    for number in range(1, 301):
        admissions = Life(13, number).patient().admissions
        with_past += len(admissions) > 1
        for before, after in pairwise(admissions):
            assert before.discharged < after.arrival
            assert before.category == EARLIER
        assert admissions[-1].category != EARLIER
    assert 0.4 < with_past / 300 < 0.65


def test_stays_are_about_as_long_as_real_ones() -> None:
    """The median of MIMIC-IV is about three days, of its open demo about five."""
    days = [
        (admission.discharged - admission.admitted) / DAY
        for number in range(1, 301)
        for admission in Life(17, number).patient().admissions
    ]
    assert 2.8 < median(days) < 5
    assert max(days) > 12


def test_required_laboratory_tests_and_cultures_are_there_for_most() -> None:
    """What `cohort_rules.csv` asks for, as far as a story can meet it; films are drawn apart."""
    known = catalogue()
    item = {key: str(a.itemid) for key, a in (known.analytes | known.graded).items()}
    tests_of: dict[str, set[str]] = {}
    for row in seed("test_items"):
        if row["source_table"] == "hosp.labevents":
            tests_of.setdefault(row["match_value"], set()).add(row["test_id"])
    panels = {
        row["test_id"]: set(row["member_test_ids"].split("|"))
        for row in seed("test_catalogue")
        if row["member_test_ids"]
    }
    rules = {
        (row["condition_id"], row["rule_id"]): row["rule"].removeprefix("any_of:").split("|")
        for row in seed("cohort_rules")
        if row["rule"].startswith("any_of:")
    }
    asked = {
        key: {member for test in tests for member in panels.get(test, {test})}
        for key, tests in rules.items()
        if key[0] in STORIES and all(test.startswith(("lab_", "panel_")) for test in tests)
    }
    met = Counter[tuple[str, str]]()
    told = Counter[str]()
    for number in range(1, 841):
        admission = index_of(19, number)
        told[admission.condition] += 1
        done = {
            test
            for specimen in admission.specimens
            if specimen.taken <= admission.arrival + 3 * DAY
            for result in specimen.results
            for test in tests_of.get(item.get(result.key, ""), ())
        }
        for key, wanted in asked.items():
            if key[0] == admission.condition:
                met[key] += bool(done & wanted)
    assert {key: met[key] / told[key[0]] for key in asked if met[key] < 0.6 * told[key[0]]} == {}


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


def test_what_a_category_shares_is_told_of_each_condition() -> None:
    shared = {"tests": {"cbc": 1.0, "tsh": 0.2}, "complaints": ["Fever"], "unit": "Medicine"}
    told = with_shared(shared, {"tests": {"tsh": 0.9}, "complaints": ["Cough"], "los": [3, 0.4]})
    assert told == {
        "tests": {"cbc": 1.0, "tsh": 0.9},
        "complaints": ["Fever", "Cough"],
        "unit": "Medicine",
        "los": [3, 0.4],
    }
    assert shared["complaints"] == ["Fever"]
