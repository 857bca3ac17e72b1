from __future__ import annotations

from pathlib import Path

import pytest

from evaluators.catalogue import Catalogue
from evaluators.encounter import order_evaluation
from evaluators.encounter.order_evaluation import (
    BLIND,
    KINDS,
    LABELLED,
    TUNED,
    LabelledOrder,
    LabelledOrdersError,
    evaluate_orders,
    read_both,
    read_labelled,
)
from evaluators.encounter.orders import order_resolver

HEADER = "wording,expected,kind,split\n"


def order(wording: str, *expected: str, kind: str = "lab", split: str = BLIND) -> LabelledOrder:
    return LabelledOrder(wording, expected, kind, split)


def test_labelled_orders_are_many_and_of_every_kind(catalogue: Catalogue) -> None:
    rows = read_both(catalogue)
    assert sum(row.split == TUNED for row in rows) >= 1100
    for split in {row.split for row in rows}:
        assert {row.kind for row in rows if row.split == split} == set(KINDS)


def test_a_blind_order_that_is_among_the_tuned_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue
) -> None:
    blind = tmp_path / "blind.csv"
    known = read_both(catalogue)[0].wording
    blind.write_text(
        f"{HEADER}{known.upper()},lab_ck,lab,blind\nCPK of today,lab_ck,lab,blind\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(order_evaluation, "BLIND_ORDERS", blind)
    rows = [row.wording for row in read_both(catalogue) if row.split == BLIND]
    assert rows == ["CPK of today"]


def test_tuned_orders_are_understood_and_none_is_wrong(catalogue: Catalogue) -> None:
    rows = [row for row in read_labelled(LABELLED, catalogue) if row.split == TUNED]
    found = evaluate_orders(order_resolver(catalogue), rows).by_split[TUNED]
    assert found.wrong_wordings == 0
    assert found.recall is not None
    assert found.recall >= 0.98


def test_a_wrong_test_counts_against_precision_and_a_missing_one_against_recall(
    catalogue: Catalogue,
) -> None:
    rows = [
        order("CBC, lipase", "panel_cbc", "lab_lipase"),
        order("creatinine", "lab_ck"),
        order("xyzzy", "lab_na"),
        order("SOFA score", "tool_sofa", kind="tool"),
    ]
    evaluation = evaluate_orders(order_resolver(catalogue), rows)
    found = evaluation.by_split[BLIND]
    assert (found.wordings, found.meant, found.found, found.right) == (4, 5, 4, 3)
    assert (found.precision, found.recall, found.wrong_wordings) == (0.75, 0.6, 1)
    assert evaluation.by_kind[BLIND, "tool"].precision == 1.0
    assert not evaluation.meets_goals


def test_nothing_found_and_nothing_meant_have_no_share(catalogue: Catalogue) -> None:
    rows = [order("PT consult", "unrecognised", kind="negative")]
    found = evaluate_orders(order_resolver(catalogue), rows).by_split[BLIND]
    assert (found.precision, found.recall) == (None, None)


def test_goals_are_judged_on_the_blind_set_alone(catalogue: Catalogue) -> None:
    rows = [order("CBC", "panel_cbc"), order("BMP", "lab_ck", split=TUNED)]
    assert evaluate_orders(order_resolver(catalogue), rows).meets_goals
    assert not evaluate_orders(order_resolver(catalogue), rows[1:]).meets_goals


@pytest.mark.parametrize(
    ("wording", "expected"),
    [
        ("ESR and CRP", ("lab_esr", "lab_crp")),
        ("CRP; ESR", ("panel_inflammation",)),
        ("hemoglobin; hematocrit; CBC", ("panel_hh", "panel_cbc")),
    ],
)
def test_a_panel_and_all_of_its_members_are_the_same_order(
    catalogue: Catalogue, wording: str, expected: tuple[str, ...]
) -> None:
    found = evaluate_orders(order_resolver(catalogue), [order(wording, *expected)]).by_split[BLIND]
    assert (found.precision, found.recall, found.wrong_wordings) == (1.0, 1.0, 0)


def test_a_panel_is_not_some_of_its_members(catalogue: Catalogue) -> None:
    found = evaluate_orders(order_resolver(catalogue), [order("CMP", "lab_na", "lab_k")])
    assert found.by_split[BLIND].precision == 0.0


def test_only_tuned_misses_leave_the_evaluation(catalogue: Catalogue) -> None:
    rows = [order("BMP", "lab_ck", split=TUNED), order("CBC", "lab_ck")]
    missed = evaluate_orders(order_resolver(catalogue), rows).missed
    assert [(row.wording, found) for row, found in missed] == [("BMP", ("panel_bmp",))]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("a,b\n", "columns"),
        (HEADER + "CBC,panel_cbc,panel\n", "line 2: 3 columns"),
        (HEADER + " ,panel_cbc,panel,tuned\n", "line 2: there is no wording"),
        (HEADER + "CBC,panel_cbc,food,tuned\n", "line 2: there is no kind"),
        (HEADER + "CBC,panel_cbc,panel,seen\n", "line 2: the split is 'seen'"),
        (HEADER + "CBC,panel_cbd,panel,tuned\n", "line 2: 'panel_cbd' is no test"),
        (HEADER + "CBC,panel_cbc,panel,tuned\ncbc,panel_cbc,panel,tuned\n", "twice"),
        (HEADER, "has no row"),
    ],
)
def test_unusable_labelled_sets_are_refused_with_the_place(
    tmp_path: Path, catalogue: Catalogue, content: str, reason: str
) -> None:
    path = tmp_path / "labelled.csv"
    path.write_text(content)
    with pytest.raises(LabelledOrdersError, match=reason):
        read_labelled(path, catalogue)


def test_a_blind_wording_given_twice_is_refused_without_the_wording(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    path = tmp_path / "labelled.csv"
    path.write_text(HEADER + "CBC,panel_cbc,panel,blind\ncbc,panel_cbc,panel,blind\n")
    with pytest.raises(LabelledOrdersError, match="twice") as raised:
        read_labelled(path, catalogue, BLIND)
    assert "cbc" not in str(raised.value).casefold()


def test_a_missing_labelled_set_is_told_in_a_sentence(tmp_path: Path, catalogue: Catalogue) -> None:
    with pytest.raises(LabelledOrdersError, match="run this in a checkout"):
        read_labelled(tmp_path / "labelled.csv", catalogue)
