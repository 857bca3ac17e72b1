from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evaluators.catalogue import (
    FILES,
    SEEDS,
    Catalogue,
    CatalogueError,
    category_slug,
    load_catalogue,
)


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    folder.mkdir()
    for name in FILES:
        shutil.copy(SEEDS / name, folder / name)
        (folder / name).chmod(0o644)
    return folder


def test_house_catalogue_has_every_kind_and_category(catalogue: Catalogue) -> None:
    assert len(catalogue.tests) >= 468
    assert {test.kind for test in catalogue.tests.values()} == {
        *("lab", "panel", "micro", "vital", "imaging", "ecg", "exam", "procedure")
    }
    assert "infectious_disease" in catalogue.categories
    assert len(catalogue.categories) == 12


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("infectious disease", "infectious_disease"),
        ("general surgery/trauma", "general_surgery_trauma"),
        ("Cardiology", "cardiology"),
    ],
)
def test_category_slug(name: str, slug: str) -> None:
    assert category_slug(name) == slug


def test_columns_of_several_values_are_tuples(catalogue: Catalogue) -> None:
    nstemi = catalogue.conditions["nstemi"]
    assert nstemi.icd10_prefixes == ("I214",)
    assert nstemi.related_partial_credit["stemi"] == 0.5
    assert catalogue.tests["panel_hh"].member_test_ids == ("lab_hgb", "lab_hct")
    assert catalogue.members("lab_hgb") == ("lab_hgb",)
    assert catalogue.tests["vital_hr"].modules == {"ed", "icu"}
    assert catalogue.category_name("infectious_disease") == "infectious disease"


def test_catalogue_is_read_once_and_cannot_be_changed(catalogue: Catalogue) -> None:
    assert load_catalogue() is catalogue
    with pytest.raises(TypeError):
        catalogue.tests["x"] = catalogue.tests["lab_k"]  # type: ignore[index]


@pytest.mark.parametrize("name", FILES)
def test_digest_changes_with_any_byte_of_any_file(
    seeds: Path, name: str, catalogue: Catalogue
) -> None:
    assert load_catalogue(seeds).sha256 == catalogue.sha256
    changed = seeds.parent / "changed"
    shutil.copytree(seeds, changed)
    (changed / name).write_bytes((changed / name).read_bytes().replace(b"\n", b"\r\n"))
    assert load_catalogue(changed).sha256 != catalogue.sha256


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("condition_tests.csv", "stemi,lab_tnt,", "stemi,lab_unknown,", "lab_unknown"),
        ("conditions.csv", "nstemi:0.5", "nstemi:1.5", "partial credit"),
        ("actions.csv", "acetylsalicylic,oxycodone", "(acetylsalicylic,oxycodone", "compile"),
        ("test_catalogue.csv", "lab_hgb,Hemoglobin,lab", "lab_wbc,Hemoglobin,lab", "twice"),
        ("test_catalogue.csv", "lab_hgb,Hemoglobin,lab", "lab_hgb,Hemoglobin,tool", "kind"),
        ("actions.csv", "action_id,", "action,", "action_id"),
    ],
)
def test_disagreement_is_named_with_its_file(
    seeds: Path, name: str, old: str, new: str, said: str
) -> None:
    text = (seeds / name).read_text()
    assert old in text
    (seeds / name).write_text(text.replace(old, new, 1))
    with pytest.raises(CatalogueError, match=name) as raised:
        load_catalogue(seeds)
    assert said in str(raised.value)


def test_missing_file_is_named(seeds: Path) -> None:
    (seeds / "actions.csv").unlink()
    with pytest.raises(CatalogueError, match=r"actions\.csv is not in seeds/"):
        load_catalogue(seeds)


def test_torn_row_is_named(seeds: Path) -> None:
    with (seeds / "condition_actions.csv").open("a") as stream:
        stream.write("torn,name\n")
    with pytest.raises(CatalogueError, match=r"condition_actions\.csv, record"):
        load_catalogue(seeds)
