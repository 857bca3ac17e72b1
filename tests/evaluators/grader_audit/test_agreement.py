"""Labelled answers: how many, of what, and how agreement is counted.

Belongs here: tests of `evaluators.grader_audit.agreement`. Does not belong here: the rules of
reading.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evaluators.catalogue import load_catalogue
from evaluators.grader_audit import agreement
from evaluators.grader_audit.agreement import (
    KINDS,
    SPLITS,
    LabelError,
    labelled_answers,
    meets_target,
    outcomes,
)
from evaluators.scoring.credit import Credit, credit_of

HERE = tuple(split for split in SPLITS if agreement.is_here(split))


def test_labelled_set_is_large_and_covers_every_condition() -> None:
    tuned = labelled_answers("tuned")
    assert len(tuned) >= 3400
    assert {a.target for a in tuned} == set(load_catalogue().conditions)
    assert {a.kind for a in tuned} == set(KINDS)


def test_a_blind_answer_that_is_among_the_tuned_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "blind.csv"
    path.write_text(
        ",".join(agreement.COLUMNS)
        + "\nabbreviation,cardiology,nstemi,nstemi,,nstemi,1,1"
        + "\nsynonym,cardiology,nstemi,An NSTEMI of today,,nstemi,1,1\n",
        encoding="utf-8",
    )
    monkeypatch.setitem(agreement.FILES, "blind", path)
    labelled_answers.cache_clear()
    try:
        measured = agreement.measure(load_catalogue())
    finally:
        labelled_answers.cache_clear()
    assert [row.answers for row in measured if (row.split, row.kind) == ("blind", None)] == [1]


@pytest.mark.parametrize("split", HERE)
def test_labelled_credit_follows_from_the_labelled_reading(split: agreement.Split) -> None:
    catalogue = load_catalogue()
    for answer in labelled_answers(split):
        relatives = catalogue.conditions[answer.target].related_partial_credit
        examined = agreement.examined_in(catalogue, answer.category)
        assert credit_of(answer.reading, answer.target, relatives, examined) == answer.credit, (
            answer.line
        )


def test_disagreement_of_blind_answers_fails_the_target() -> None:
    done = [
        replace(one, answer=replace(one.answer, split="blind"))
        for one in outcomes(labelled_answers("tuned")[:60], load_catalogue())
        if one.agrees
    ]
    assert meets_target(agreement.agreement(done))
    wrong = replace(done[0], credit=Credit(0.0, 0.0))
    assert not wrong.agrees
    assert not meets_target(agreement.agreement([*done, wrong, wrong]))


def test_tuned_answers_alone_reach_no_target() -> None:
    done = outcomes(labelled_answers("tuned")[:60], load_catalogue())
    assert not meets_target(agreement.agreement(done))
    assert not meets_target([])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("guess,cardiology,nstemi,NSTEMI,,nstemi,1,1", "unknown kind"),
        ("synonym,cardiology,nstemi,NSTEMI,,nstemi,one,1", "no number"),
        ("synonym,cardiology,nstemi,NSTEMI,,nstemi,1,0.5", "credit_with_relatives"),
    ],
)
def test_unusable_label_is_refused_without_its_text(
    row: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(",".join(agreement.COLUMNS) + "\n" + row + "\n", encoding="utf-8")
    monkeypatch.setitem(agreement.FILES, "tuned", path)
    with pytest.raises(LabelError, match=said) as raised:
        labelled_answers.__wrapped__("tuned")
    assert "NSTEMI" not in str(raised.value)
