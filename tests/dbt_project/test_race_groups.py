"""Every word that MIMIC records for race has a group; results by group leave nobody out."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest
import yaml
from dbt_runs import Built
from landed_workspace import DBT_PROJECT, PROJECT

GROUPS = {"White", "Black", "Hispanic/Latino", "Asian", "Other", "Unknown"}


@pytest.fixture(scope="module")
def group_of() -> dict[str, str]:
    with (DBT_PROJECT / "seeds" / "race_groups.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len({row["race"] for row in rows}) == len(rows)
    return {row["race"]: row["race_group"] for row in rows}


def test_the_groups_are_the_six(group_of: dict[str, str]) -> None:
    assert set(group_of.values()) == GROUPS


@pytest.mark.parametrize(
    ("start", "group"),
    [("WHITE", "White"), ("BLACK", "Black"), ("HISPANIC", "Hispanic/Latino"), ("ASIAN", "Asian")],
)
def test_a_word_goes_by_its_first_word(group_of: dict[str, str], start: str, group: str) -> None:
    found = {word: of for word, of in group_of.items() if word.startswith(start)}
    assert len(found) >= 4
    assert set(found.values()) == {group}


def test_who_did_not_say_is_unknown_and_not_other(group_of: dict[str, str]) -> None:
    assert {word for word, group in group_of.items() if group == "Unknown"} == {
        *("PATIENT DECLINED TO ANSWER", "UNABLE TO OBTAIN", "UNKNOWN", "UNKNOWN/NOT SPECIFIED")
    }


@pytest.mark.demo
@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("mimic-iv-clinical-database-demo-2.2/hosp/admissions.csv.gz", "race", 14),
        ("mimic-iv-ed-demo-2.2/ed/edstays.csv.gz", "race", 12),
        ("mimic-iii-clinical-database-demo-1.4/ADMISSIONS.csv", "ethnicity", 9),
    ],
)
def test_every_word_of_the_demos_has_a_group(
    demo_root: Path, group_of: dict[str, str], table: str, column: str, words: int
) -> None:
    frame = pl.read_csv(demo_root / table, infer_schema=False)
    recorded = frame.rename(str.lower)[column].drop_nulls().unique().to_list()
    assert len(recorded) == words
    assert set(recorded) - group_of.keys() == set()


def test_every_word_of_the_synthetic_release_has_a_group(group_of: dict[str, str]) -> None:
    background = PROJECT / "sources" / "synthetic" / "catalogue" / "background.yml"
    assert yaml.safe_load(background.read_text())["race"].keys() - group_of.keys() == set()


def test_the_group_stands_beside_the_recorded_word(built: Built) -> None:
    assert built.rows("select distinct race, race_group from {ground_truth}") == [
        ("WHITE", "White")
    ]
