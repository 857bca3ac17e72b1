"""The imaging YAML: examinations resolve to their tests, plans are complete, texts do not leak."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import sources.synthetic.imaging as imaging_package
from sources.synthetic.imaging import Exam, exam, exams
from sources.synthetic.imaging.grammar import variants
from sources.synthetic.imaging.plans import (
    CHEST,
    Told,
    chest_texts,
    findings,
    layouts,
    plan_of,
    plans,
    shares_of,
)
from sources.synthetic.stories import load_stories

SEEDS = Path(__file__).resolve().parents[4] / "dbt_project" / "seeds"
FOLDER = Path(imaging_package.__file__).parent

IS_THE_FINDING = {
    "pneumothorax", "pleural_effusion", "rib_fractures_chest_trauma", "rad_pneumothorax",
    "rad_pleural_effusion", "rad_consolidation",
}  # fmt: skip
"""Conditions whose name is what the picture shows: a description cannot avoid the word."""


def _seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def _resolved(name: str) -> set[str]:
    """Tests of the catalogue that an exam name satisfies: a match and no exclusion."""
    excluded = {row["test_id"]: row["match_exclude"] for row in _seed("test_catalogue")}
    return {
        row["test_id"]
        for row in _seed("test_items")
        if row["test_id"].startswith("img_")
        and row["match_op"] == "regex_i"
        and re.search(row["match_value"], name, re.IGNORECASE)
        and not (
            excluded[row["test_id"]] and re.search(excluded[row["test_id"]], name, re.IGNORECASE)
        )
    }


@pytest.mark.parametrize("entry", exams().values(), ids=exams())
def test_exam_name_resolves_to_its_test_and_to_no_other(entry: Exam) -> None:
    for name in entry.names:
        assert _resolved(name) == {entry.test, *entry.also}


def test_every_condition_has_a_plan_and_every_plan_a_condition() -> None:
    assert set(plans().conditions) == {row["condition_id"] for row in _seed("conditions")}


def test_plans_name_only_what_exists() -> None:
    for plan in plans().conditions.values():
        for key, told in plan.exams.items():
            parts = layouts()[exam(key).layout].parts
            assert {findings()[find].part for find in told.finds} <= set(parts)
        assert {key for key in plan.any_of if key != CHEST} <= set(exams())
        assert set(plan.chest.signs) <= set(chest_texts().signs)
    for shares in (plans().background, *plans().categories.values()):
        assert set(shares) <= set(exams())
    assert set(plans().incidental) <= set(findings())
    for entry in exams().values():
        assert entry.layout == "chest_film" or entry.layout in layouts()


def test_essential_imaging_of_a_condition_is_planned_for_most() -> None:
    missing = []
    for row in _seed("condition_tests"):
        test = row["test_id"]
        if row["relation"] != "essential" or not test.startswith("img_"):
            continue
        plan = plan_of("", row["condition_id"])
        share = plan.chest.share if test == "img_xr_chest" else 0.0
        for key, told in plan.exams.items():
            if test in {exam(key).test, *exam(key).also}:
                share = max(share, told.share)
        if share < 0.55:
            missing.append((row["condition_id"], test))
    assert missing == []


def test_category_shares_are_found_by_the_names_that_stories_use() -> None:
    named = {category for category in load_stories() if category != "earlier"}
    assert all(shares_of(category) != plans().background for category in named)
    assert shares_of("general surgery/trauma") == shares_of("general_surgery_trauma")


def test_condition_without_a_plan_is_imaged_like_anybody() -> None:
    plan = plan_of("earlier", "never heard of it")
    assert plan.chest.share == plans().chest_background
    assert plan.exams == {}


def test_unknown_exam_is_refused() -> None:
    with pytest.raises(KeyError):
        exam("xr_soul")


def _templates(content: Any) -> list[str]:
    if isinstance(content, str):
        return [content]
    if isinstance(content, dict):
        return [text for value in content.values() for text in _templates(value)]
    return (
        [text for value in content for text in _templates(value)]
        if isinstance(content, list)
        else []
    )


@pytest.mark.parametrize("name", ["exams", "layouts", "findings", "chest", "plans"])
def test_every_template_can_be_read(name: str) -> None:
    content = yaml.safe_load((FOLDER / f"{name}.yml").read_text("utf-8"))
    assert all(variants(text) >= 1 for text in _templates(content))


def test_findings_have_variety() -> None:
    """No sentence gives the condition away by being always the same."""
    said = [sum(variants(text) for text in finding.says) for finding in findings().values()]
    assert min(said) >= 2
    assert sorted(said)[len(said) // 2] >= 12
    signs = [told for told in chest_texts().signs.values() if told.present]
    assert all(sum(variants(text) for text in told.present) >= 4 for told in signs)


def test_findings_describe_and_do_not_name_the_diagnosis() -> None:
    named = []
    for row in _seed("leak_terms"):
        condition = row["condition_id"]
        if condition in IS_THE_FINDING:
            continue
        words = [word for word in row["forbidden_synonyms"].lower().split("|") if len(word) > 3]
        for told in plans().conditions[condition].exams.values():
            for key in told.finds:
                text = " ".join(findings()[key].says).lower()
                named += [
                    (condition, key, word)
                    for word in words
                    if re.search(rf"\b{re.escape(word)}\b", text)
                ]
    assert named == []


def _labelled() -> list[Told]:
    return [told for told in chest_texts().signs.values() if told.labels]


def test_oblique_text_does_not_name_its_sign() -> None:
    names = {
        "pneumothorax": "pneumothorax",
        "effusion": "effusion|pleural fluid",
        "edema": "edema",
        "cardiomegaly": "cardiomegaly|enlarge",
    }
    described = {key: told for key, told in chest_texts().signs.items() if told.oblique}
    assert set(described) == set(names)
    for key, told in described.items():
        assert told.sums
        assert not re.search(names[key], " ".join(told.oblique).lower())
        assert sum(variants(text) for text in told.oblique) >= 4


@pytest.mark.parametrize(
    ("condition", "doubt"),
    [
        ("appendicitis", "ct_appendix_hidden"),
        ("acute_cholecystitis", "us_gallbladder_doubt"),
        ("diverticulitis", "ct_colon_doubt"),
        ("sbo", "ct_bowel_early"),
        ("perforated_viscus", "ct_air_doubt"),
        ("incarcerated_hernia", "ct_hernia_fat"),
        ("traumatic_subdural", "outside_doubt"),
        ("hip_fracture", "hip_doubt"),
        ("splenic_injury", "ct_spleen_doubt"),
    ],
)
def test_surgical_images_are_sometimes_equivocal(condition: str, doubt: str) -> None:
    """The doubtful picture stands after the clear one of the same part: it takes its place."""
    plan = plan_of("general_surgery_trauma", condition)
    for told in plan.exams.values():
        if doubt in told.finds:
            keys = list(told.finds)
            clear = next(
                key
                for key in keys
                if findings()[key].part == findings()[doubt].part and key != doubt
            )
            assert keys.index(clear) < keys.index(doubt)
            assert 0.0 < 1.0 - told.finds[clear] < 0.5
    assert any(doubt in told.finds for told in plan.exams.values())
    words = "possible|equivocal|versus|not excluded|could be|clinical|correlate"
    assert all(re.search(words, text.lower()) for text in findings()[doubt].sums)


def test_every_label_can_be_given() -> None:
    named = {label for told in _labelled() for label in told.labels}
    assert named | {"No Finding"} == set(chest_texts().labels)
    assert set(chest_texts().denied) <= set(chest_texts().labels)
