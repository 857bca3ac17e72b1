"""The labelled wordings of actions: how they are read, judged and counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluators.catalogue import load_catalogue
from evaluators.encounter.action_evaluation import (
    HELD_OUT,
    LABELLED,
    TUNED,
    LabelledAction,
    LabelledActionsError,
    evaluate_actions,
    read_labelled_actions,
)
from evaluators.encounter.actions import action_resolver

CATALOGUE = load_catalogue()
RESOLVER = action_resolver(CATALOGUE)


def test_labelled_set_is_large_and_split_in_two() -> None:
    rows = read_labelled_actions(LABELLED, CATALOGUE)
    assert len(rows) >= 250
    assert min(sum(row.split == split for row in rows) for split in (TUNED, HELD_OUT)) >= 125
    assert {"hard negative", "withheld", "combination", "antibiotic"} <= {row.kind for row in rows}


def test_figures_of_the_labelled_set_do_not_fall() -> None:
    found = evaluate_actions(RESOLVER, read_labelled_actions(LABELLED, CATALOGUE))
    assert not found.missed
    held_out = found.by_split[HELD_OUT]
    assert held_out.precision is not None
    assert held_out.recall is not None
    assert held_out.precision >= 0.97
    assert held_out.recall >= 0.95


def test_what_may_be_found_counts_neither_way() -> None:
    row = LabelledAction(
        TUNED, "antibiotic", "x", frozenset({"drug_abx_any"}), ("drug_abx_*", "drug_cephalosporin")
    )
    right, wrong = row.judged({"drug_abx_any", "drug_abx_uti", "drug_opioid"})
    assert (right, wrong) == ({"drug_abx_any"}, {"drug_opioid"})


def test_only_tuned_wordings_are_ever_listed() -> None:
    rows = [
        LabelledAction(split, "drug", "aspirin", frozenset({"drug_opioid"}), ())
        for split in (TUNED, HELD_OUT)
    ]
    found = evaluate_actions(RESOLVER, rows)
    assert [row.split for row, _ in found.missed] == [TUNED]
    assert found.by_split[HELD_OUT].recall == 0.0
    assert found.by_kind[HELD_OUT, "drug"].perfect == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("wording\nx\n", "must have the columns"),
        ("split,kind,wording,must,may\ntuned,drug,x,drug_none,\n", "drug_none"),
        ("split,kind,wording,must,may\ntuned,drug,x,,drug_none*\n", "drug_none"),
        ("split,kind,wording,must,may\ndev,drug,x,,\n", "split"),
        ("split,kind,wording,must,may\ntuned,drug,x,,\ntuned,drug,x,,\n", "twice"),
    ],
)
def test_malformed_labels_are_refused(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(content)
    with pytest.raises(LabelledActionsError, match=said):
        read_labelled_actions(path, CATALOGUE)


def test_missing_labels_are_explained(tmp_path: Path) -> None:
    with pytest.raises(LabelledActionsError, match="checkout"):
        read_labelled_actions(tmp_path / "none.csv", CATALOGUE)


@pytest.mark.parametrize(
    ("wording", "meant", "not_meant"),
    [
        ("Percocet 5/325", {"drug_opioid", "drug_acetaminophen"}, set()),
        ("ceftriaxone and dexamethasone", {"drug_abx_any", "drug_dexamethasone"}, set()),
        ("metformin on hold", set(), {"drug_metformin"}),
        ("hold metformin, start insulin", {"drug_insulin_any"}, {"drug_metformin"}),
        ("check platelets", set(), {"drug_platelets"}),
        ("check CBC and transfuse platelets", {"drug_platelets"}, set()),
        ("shock index", set(), {"proc_cardioversion"}),
        ("consult surgery to consider laparotomy", {"consult_surgery"}, {"proc_exlap"}),
        ("hold pressure and give TXA", {"drug_txa"}, set()),
        ("stop the bleeding with embolization", {"proc_embolization"}, set()),
        ("aztreonam because of penicillin allergy", {"drug_abx_any"}, {"drug_penicillin_class"}),
        ("acetaminophen instead of ibuprofen", {"drug_acetaminophen"}, {"drug_nsaid"}),
        ("hold metformin, instead give insulin", {"drug_insulin_any"}, {"drug_metformin"}),
        ("blood cultures x2 before antibiotics", {"mon_cultures_before_abx"}, {"drug_abx_any"}),
        ("Draw cultures prior to starting abx", {"mon_cultures_before_abx"}, {"drug_abx_any"}),
        ("renal ultrasound", set(), {"consult_nephrology"}),
        ("consult renal", {"consult_nephrology"}, set()),
    ],
)
def test_meaning_of_wordings_that_mislead(
    wording: str, meant: set[str], not_meant: set[str]
) -> None:
    found = set(RESOLVER.resolve(wording))
    assert meant <= found
    assert not not_meant & found


def test_parts_of_a_wording_have_their_own_readings() -> None:
    parts = RESOLVER.resolve_by_part("metoprolol 25 mg and albuterol nebs")
    assert ["drug_beta_blocker"] in [list(part) for part in parts]
    assert not any({"drug_beta_blocker", "drug_bronchodilator"} <= set(part) for part in parts)
    whole = {one for part in parts for one in part}
    assert whole == set(RESOLVER.resolve("metoprolol 25 mg and albuterol nebs"))
