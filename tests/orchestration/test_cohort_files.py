"""A new cohort before any data is read: what is refused, and how the written file reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import jinja2
import pytest

from evaluators._catalogue_cohorts import declared_conditions
from evaluators.catalogue import SEEDS, Catalogue, load_catalogue
from orchestration.cohort_files import (
    CohortRefusedError,
    NewCohort,
    check_cohort,
    codes_in,
    cohort_sql,
    declaration,
    write_cohort,
)

VIRAL = NewCohort(
    category="gastroenterology",
    condition="viral_enteritis",
    name="Viral gastroenteritis",
    icd10=("A084",),
    icd9=("0088",),
    synonyms=("stomach flu",),
)


@pytest.fixture(scope="module")
def listed() -> Catalogue:
    """The catalogue of the seeds alone, whatever cohort files declare."""
    return load_catalogue(SEEDS, SEEDS)


@pytest.mark.parametrize(
    ("text", "version", "codes"),
    [
        ("M62.82", 10, ("M6282",)),
        (" a08.4 ,R42,", 10, ("A084", "R42")),
        ("008.8,V58,E850", 9, ("0088", "E850", "V58")),
        ("R42,r42,R42.", 10, ("R42",)),
        (None, 9, ()),
        ("", 10, ()),
    ],
)
def test_codes_are_read_with_or_without_dots(
    text: str | None, version: int, codes: tuple[str, ...]
) -> None:
    assert codes_in(text, version) == codes


@pytest.mark.parametrize(
    ("text", "version"), [("0088", 10), ("A084", 9), ("A0", 10), ("78", 9), ("'; drop", 10)]
)
def test_a_code_of_the_wrong_version_is_refused(text: str, version: int) -> None:
    with pytest.raises(CohortRefusedError, match=f"not shaped like an ICD-{version}"):
        codes_in(text, version)


def test_a_cohort_that_is_new_in_everything_may_exist(listed: Catalogue) -> None:
    check_cohort(VIRAL, listed, taken=("scenarios",))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"category": "dentistry"}, "categories are cardiology"),
        ({"category": "radiology"}, "labels of films"),
        ({"condition": "Viral"}, "is no id"),
        ({"condition": "../viral"}, "is no id"),
        ({"condition": "sbo"}, "exists already, in general_surgery_trauma"),
        ({"condition": "gerd"}, "is taken"),
        ({"condition": "scenarios"}, "is taken"),
        ({"icd10": (), "icd9": ()}, "needs a code"),
        ({"name": " "}, "blank"),
        ({"synonyms": ("a|b",)}, "plain words"),
        ({"synonyms": ("{{ ref('x') }}",)}, "plain words"),
        ({"name": "Viral\n-- enteritis"}, "plain words"),
        ({"icd10_exclude": ("B99",)}, "excludes nothing"),
        ({"icd10_exclude": ("A08",)}, "leaves nothing of A084"),
        ({"icd10": ("K859",)}, "belongs to acute_pancreatitis"),
        ({"icd10": ("K85",)}, "belongs to acute_pancreatitis"),
        ({"icd9": ("577",)}, "ICD-9 5770 belongs to acute_pancreatitis"),
        ({"name": "acute PANCREATITIS"}, "already means acute_pancreatitis"),
    ],
)
def test_what_may_not_exist_is_refused_with_the_reason(
    listed: Catalogue, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(CohortRefusedError) as refused:
        check_cohort(replace(VIRAL, **change), listed, taken=("scenarios",))
    assert said in str(refused.value)


def test_codes_of_another_category_may_be_shared(listed: Catalogue) -> None:
    check_cohort(replace(VIRAL, category="emergency_medicine", icd10=("K859",)), listed, ())


def test_codes_that_an_exclusion_leaves_out_do_not_overlap(listed: Catalogue) -> None:
    heart = replace(VIRAL, category="cardiology", condition="late_infarction", icd9=("410",))
    with pytest.raises(CohortRefusedError, match="belongs to"):
        check_cohort(heart, listed, ())
    # 410.x2, a later episode of care, is left out of the conditions that have 410.0 to 410.8.
    check_cohort(replace(heart, icd10=(), icd9=("41002", "41012")), listed, ())


def test_the_file_declares_what_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "gastroenterology").mkdir()
    path = write_cohort(VIRAL, tmp_path)
    assert path == tmp_path / "gastroenterology" / "viral_enteritis.sql"
    (found,) = declared_conditions(tmp_path)
    assert dict(found.words) == declaration(VIRAL)
    condition = load_catalogue(SEEDS, tmp_path).conditions["viral_enteritis"]
    assert condition.name == "Viral gastroenteritis"
    assert condition.icd9_prefixes == ("0088",)


@pytest.mark.parametrize("name", ["Meniere's disease", "Ménière disease", '"X"'])
def test_dbt_and_the_catalogue_read_the_same_words(tmp_path: Path, name: str) -> None:
    cohort = replace(VIRAL, name=name, synonyms=tuple(f"{name} {n} " * 3 for n in range(6)))
    (tmp_path / "gastroenterology").mkdir()
    write_cohort(cohort, tmp_path)
    (found,) = declared_conditions(tmp_path)
    told: list[dict[str, Any]] = []

    def config(meta: dict[str, Any]) -> str:
        told.append(meta)
        return ""

    template = jinja2.Environment(autoescape=False).from_string(cohort_sql(cohort))
    sql = template.render(config=config, screened=lambda condition: f"select '{condition}'")
    assert told == [
        {
            "category": "gastroenterology",
            "condition": "viral_enteritis",
            "declares": dict(found.words),
        }
    ]
    assert "select 'viral_enteritis'" in sql


def test_lines_of_the_file_are_not_too_long() -> None:
    many = replace(VIRAL, icd10=tuple(f"A{number}" for number in range(100, 160)))
    assert max(map(len, cohort_sql(many).splitlines())) <= 100


@pytest.mark.parametrize("code", ["S7200", "T391", "M800"])
def test_an_injury_counts_at_its_first_encounter(code: str) -> None:
    assert declaration(replace(VIRAL, icd10=(code,)))["icd10_7th_chars"] == ["A", "B", "C"]
    assert declaration(VIRAL)["icd10_7th_chars"] == []


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "gastroenterology").mkdir()
    path = tmp_path / VIRAL.path
    path.write_text("-- mine\n")
    with pytest.raises(CohortRefusedError, match="is there already"):
        write_cohort(VIRAL, tmp_path)
    assert path.read_text() == "-- mine\n"
