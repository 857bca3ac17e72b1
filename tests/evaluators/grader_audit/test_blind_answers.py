"""The blind set of answers is well-formed, and its credits follow from the stated relatives.

Belongs here: form, ids, credits and counts of `blind_answers.csv`. Does not belong here: what the
scorer makes of these answers. They were written without sight of it; a row that rules are tuned on
moves to the tuned file. Half of each round did (docs/decisions/grader-audit.md).
"""

import csv
from collections import Counter
from pathlib import Path

import pytest

from evaluators.grader_audit.agreement import COLUMNS, FILES, KINDS

BLIND = FILES["blind"]
SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _plain(row: dict[str, str]) -> tuple[str, str, str]:
    text = "".join(c if c.isalnum() else " " for c in row["text"].casefold())
    return row["target"], " ".join(text.split()), row["icd10"]


@pytest.fixture(scope="module")
def blind() -> list[dict[str, str]]:
    return _rows(BLIND)


@pytest.fixture(scope="module")
def conditions() -> dict[str, dict[str, str]]:
    return {row["condition_id"]: row for row in _rows(SEEDS / "conditions.csv")}


def _credits(
    target: str, reading: str, conditions: dict[str, dict[str, str]]
) -> tuple[float, float]:
    """Credit and lenient credit of docs/decisions/credit-within-a-category.md, written anew."""
    if reading == target:
        return 1.0, 1.0
    pairs = filter(None, conditions[target]["related_partial_credit"].split("|"))
    lenient = float(dict(pair.split(":") for pair in pairs).get(reading, 0))
    rival = conditions.get(reading, {}).get("category") == conditions[target]["category"]
    return (0.0 if rival else lenient), lenient


def test_blind_answers_have_the_columns_and_kinds_of_the_labelled_answers(
    blind: list[dict[str, str]],
) -> None:
    with BLIND.open(encoding="utf-8", newline="") as stream:
        assert tuple(next(csv.reader(stream))) == COLUMNS
    assert {row["kind"] for row in blind} == set(KINDS)


def test_blind_answers_cover_nearly_every_condition(
    blind: list[dict[str, str]], conditions: dict[str, dict[str, str]]
) -> None:
    counts = Counter(row["target"] for row in blind)
    assert len(blind) >= 470
    assert set(counts) <= set(conditions)
    assert len(counts) >= 0.95 * len(conditions)


def test_blind_answers_read_as_entries_that_exist(
    blind: list[dict[str, str]], conditions: dict[str, dict[str, str]]
) -> None:
    others = {row["diagnosis_id"] for row in _rows(SEEDS / "diagnoses_other.csv")}
    for row in blind:
        assert row["category"] == conditions[row["target"]]["category"], row["text"]
        assert row["reading"] in {"", *conditions, *others}, row["text"]


def test_credits_of_blind_answers_follow_from_the_stated_relatives(
    blind: list[dict[str, str]], conditions: dict[str, dict[str, str]]
) -> None:
    for row in blind:
        stated = (float(row["credit"]), float(row["credit_with_relatives"]))
        assert stated == _credits(row["target"], row["reading"], conditions), row["text"]


def test_blind_answers_repeat_no_answer_of_either_set(blind: list[dict[str, str]]) -> None:
    answers = [_plain(row) for row in blind]
    labelled = {_plain(row)[:2] for row in _rows(FILES["tuned"]) if row["text"]}
    assert [answer for answer, count in Counter(answers).items() if count > 1] == []
    assert labelled.isdisjoint(answer[:2] for answer in answers)
