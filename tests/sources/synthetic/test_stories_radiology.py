"""Stories behind the chest film findings: causes overlap and make no case of another cohort."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path
from statistics import median

from drawn_admissions import admissions_of, values

from sources.synthetic.stories import load_stories

SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"
STORIES = load_stories()["radiology"]


def test_no_principal_code_belongs_to_any_condition() -> None:
    with (SEEDS / "conditions.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for condition, story in STORIES.items():
        for version in (9, 10):
            for code in story.codes[version]:
                for row in rows:
                    wanted = tuple(t for t in row[f"icd{version}_prefixes"].split("|") if t)
                    barred = tuple(t for t in row[f"icd{version}_exclude_prefixes"].split("|") if t)
                    hit = code.startswith(wanted) and not (barred and code.startswith(barred))
                    assert not (wanted and hit), (condition, code, row["condition_id"])


def test_every_finding_shares_causes_with_another() -> None:
    for version in (9, 10):
        for condition, story in STORIES.items():
            others = {c for k, v in STORIES.items() if k != condition for c in v.codes[version]}
            assert set(story.codes[version]) & others, condition


def test_an_admission_never_has_the_same_code_twice() -> None:
    for condition in STORIES:
        for admission in admissions_of(condition):
            assert len(set(admission.diagnoses)) == len(admission.diagnoses)


def test_labs_overlap_between_the_findings() -> None:
    """The middle half of white cells and NT-proBNP of neighbours have values in common."""
    for key in ("wbc", "ntprobnp"):
        spans = []
        for condition in STORIES:
            found = sorted(v[0] for one in admissions_of(condition, 120) if (v := values(one, key)))
            spans.append((found[len(found) // 4], median(found), found[3 * len(found) // 4]))
        spans.sort(key=lambda span: span[1])
        assert all(before[2] > after[0] for before, after in pairwise(spans)), key
