"""Conditions that a cohort file declares: read, joined to the catalogue, named by its digest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evaluators._catalogue_cohorts import KEYS, declared_conditions
from evaluators.catalogue import COHORTS, SEEDS, Catalogue, CatalogueError, load_catalogue
from evaluators.scoring.diagnosis import DiagnosisMatcher

WORDS: dict[str, Any] = {
    "name": "Meniere's disease",
    "synonyms": ["labyrinthine hydrops"],
    "icd10_prefixes": ["H810"],
    "icd9_prefixes": ["3860"],
    "icd10_exclude_prefixes": [],
    "icd9_exclude_prefixes": [],
    "icd10_7th_chars": [],
    "dx_position": "primary",
    "related_partial_credit": {"tia": 0.25},
    "differentials": ["ischemic_stroke"],
    "leak_policy": "strict",
    "forbidden_regex": "",
    "allowed_terms": [],
}


def declare(
    folder: Path, words: object = WORDS, *, category: str = "neurology", name: str = "meniere"
) -> Path:
    """A folder of cohorts whose one file declares `words`."""
    meta = {"category": category, "condition": name, "declares": words}
    path = folder / category / f"{name}.sql"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"-- A cohort.\n{{{{ config(meta={meta!r}) }}}}\nselect 1\n")
    return folder


def test_a_declared_condition_is_a_condition_of_the_catalogue(tmp_path: Path) -> None:
    found = load_catalogue(SEEDS, declare(tmp_path)).conditions["meniere"]
    assert found.category == "neurology"
    assert found.category_name == "neurology"
    assert found.name == "Meniere's disease"
    assert found.icd9_prefixes == ("3860",)
    assert dict(found.related_partial_credit) == {"tia": 0.25}


def test_a_category_in_two_words_keeps_its_text(tmp_path: Path) -> None:
    words = {**WORDS, "related_partial_credit": {}, "differentials": []}
    cohorts = declare(tmp_path, words, category="infectious_disease")
    assert load_catalogue(SEEDS, cohorts).conditions["meniere"].category_name == (
        "infectious disease"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [("Meniere's disease", None), ("labyrinthine hydrops", None), ("", "H81.03"), ("", "386.01")],
)
def test_an_answer_is_recognised_by_what_the_file_says(
    tmp_path: Path, text: str, code: str | None
) -> None:
    matcher = DiagnosisMatcher(load_catalogue(SEEDS, declare(tmp_path)), "neurology")
    assert matcher.match(text, code).condition_id == "meniere"


def test_the_digest_covers_the_declaration_and_not_the_sql(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    declared = load_catalogue(SEEDS, declare(tmp_path / "a")).sha256
    longer = declare(tmp_path / "b")
    path = longer / "neurology" / "meniere.sql"
    path.write_text(path.read_text() + "where true\n")
    other = declare(tmp_path / "c", {**WORDS, "synonyms": []})
    (tmp_path / "none").mkdir()
    assert load_catalogue(SEEDS, longer).sha256 == declared
    assert load_catalogue(SEEDS, other).sha256 != declared
    assert load_catalogue(SEEDS, tmp_path / "none").sha256 != declared


def test_files_of_the_catalogue_declare_nothing_that_it_has() -> None:
    listed = load_catalogue(SEEDS, SEEDS).conditions
    for one in declared_conditions(COHORTS):
        assert one.condition_id not in listed


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "needs a name"),
        ({"icd10_prefixes": [], "icd9_prefixes": []}, "an ICD prefix"),
        ({"icd10_prefixes": ["H81.0"]}, "icd10_prefixes"),
        ({"icd9_prefixes": "3860"}, "icd9_prefixes"),
        ({"synonyms": ["a|b"]}, "synonyms"),
        ({"dx_position": "second"}, "dx_position"),
        ({"leak_policy": "none"}, "leak_policy"),
        ({"related_partial_credit": {"tia": 2}}, "related_partial_credit"),
        ({"related_partial_credit": {"nothing": 0.5}}, "nothing is not in the catalogue"),
        ({"differentials": ["nothing"]}, "nothing is not in the catalogue"),
        ({"colour": "red"}, "has unknown colour"),
    ],
)
def test_a_declaration_of_another_shape_is_refused(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(CatalogueError, match="meniere") as refused:
        load_catalogue(SEEDS, declare(tmp_path, {**WORDS, **change}))
    assert said in str(refused.value)


@pytest.mark.parametrize("key", sorted(KEYS))
def test_a_declaration_that_lacks_a_word_is_refused(tmp_path: Path, key: str) -> None:
    words = {name: value for name, value in WORDS.items() if name != key}
    with pytest.raises(CatalogueError, match=rf"lacks {key}"):
        load_catalogue(SEEDS, declare(tmp_path, words))


def test_a_declaration_of_a_listed_condition_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="exists already"):
        load_catalogue(SEEDS, declare(tmp_path, category="neurology", name="tia"))


def test_a_declaration_in_a_category_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="the catalogue has not"):
        load_catalogue(SEEDS, declare(tmp_path, category="dentistry"))


def test_a_file_that_was_moved_is_refused(tmp_path: Path) -> None:
    declare(tmp_path)
    (tmp_path / "neurology" / "meniere.sql").rename(tmp_path / "neurology" / "vertigo_new.sql")
    with pytest.raises(CatalogueError, match="another category or condition"):
        load_catalogue(SEEDS, tmp_path)


def test_a_declaration_that_is_computed_is_refused(tmp_path: Path) -> None:
    path = declare(tmp_path) / "neurology" / "meniere.sql"
    path.write_text(path.read_text().replace("'3860'", "var('code')"))
    with pytest.raises(CatalogueError, match="not plain text"):
        load_catalogue(SEEDS, tmp_path)
