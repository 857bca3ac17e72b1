"""The blind set of orders is well-formed, and shares no wording with the labelled set.

Belongs here: form, ids and counts of `blind_orders.csv`. Does not belong here: how the resolver
reads these wordings. They were written without sight of it; a row that rules are tuned on moves to
the tuned file. Half of them did (docs/decisions/order-resolution.md).
"""

import csv
from collections import Counter
from pathlib import Path

import pytest

from evaluators.encounter.order_evaluation import KINDS
from evaluators.encounter.tools.registry import TOOLS

FOLDER = Path(__file__).parent
SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"
UNRESOLVED = {"ambiguous", "unrecognised"}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _plain(wording: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in wording.casefold()).split())


@pytest.fixture(scope="module")
def blind() -> list[dict[str, str]]:
    return _rows(FOLDER / "blind_orders.csv")


def test_blind_orders_have_the_columns_of_the_labelled_orders() -> None:
    headers = []
    for name in ("blind_orders.csv", "labelled_orders.csv"):
        with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
            headers.append(next(csv.reader(stream)))
    assert headers[0] == headers[1]


def test_blind_orders_are_many_in_every_kind(blind: list[dict[str, str]]) -> None:
    counts = Counter(row["kind"] for row in blind)
    assert len(blind) >= 360
    assert set(counts) == set(KINDS)
    assert min(counts.values()) >= 5
    assert {row["split"] for row in blind} == {"blind"}


def test_blind_orders_name_only_tests_and_tools_that_exist(blind: list[dict[str, str]]) -> None:
    known = {row["test_id"] for row in _rows(SEEDS / "test_catalogue.csv")} | set(TOOLS)
    named = {each for row in blind for each in row["expected"].split("|")}
    assert named - known - UNRESOLVED == set()


def test_blind_orders_call_negative_only_what_no_test_answers(blind: list[dict[str, str]]) -> None:
    for row in blind:
        is_negative = row["kind"] == "negative"
        assert (set(row["expected"].split("|")) <= UNRESOLVED) == is_negative, row["wording"]


def test_several_blind_orders_name_more_than_one_thing(blind: list[dict[str, str]]) -> None:
    for row in blind:
        assert (len(row["expected"].split("|")) > 1) == (row["kind"] == "several"), row["wording"]


def test_blind_orders_repeat_no_wording_of_either_set(blind: list[dict[str, str]]) -> None:
    wordings = [_plain(row["wording"]) for row in blind]
    labelled = {_plain(row["wording"]) for row in _rows(FOLDER / "labelled_orders.csv")}
    assert all(wordings)
    assert [wording for wording, count in Counter(wordings).items() if count > 1] == []
    assert labelled.isdisjoint(wordings)
