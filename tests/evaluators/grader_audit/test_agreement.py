"""Labelled answers: how many, of what, and how agreement is counted.

Belongs here: tests of `evaluators.grader_audit.agreement`. Does not belong here: the rules of
reading.
"""

from __future__ import annotations

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
from evaluators.scoring.credit import credit_of


def test_labelled_set_is_large_and_covers_every_condition_in_both_splits() -> None:
    sizes = {split: len(labelled_answers(split)) for split in SPLITS}
    assert sum(sizes.values()) >= 500
    assert sizes["held-out"] >= 200
    for split in SPLITS:
        assert {a.target for a in labelled_answers(split)} == set(load_catalogue().conditions)
        assert {a.kind for a in labelled_answers(split)} == set(KINDS)


def test_no_answer_stands_in_both_splits() -> None:
    keys = [
        {(a.category, a.text.casefold(), a.icd10) for a in labelled_answers(split)}
        for split in SPLITS
    ]
    assert not keys[0] & keys[1]


@pytest.mark.parametrize("split", SPLITS)
def test_labelled_credit_follows_from_the_labelled_reading(split: agreement.Split) -> None:
    catalogue = load_catalogue()
    for answer in labelled_answers(split):
        relatives = catalogue.conditions[answer.target].related_partial_credit
        examined = agreement.examined_in(catalogue, answer.category)
        assert credit_of(answer.reading, answer.target, relatives, examined) == answer.credit, (
            answer.line
        )


def test_disagreement_is_counted_and_fails_the_target() -> None:
    held_out = labelled_answers("held-out")
    done = outcomes(held_out, load_catalogue())
    agreed = [one for one in done if one.agrees]
    assert meets_target(agreement.agreement(agreed))
    broken = [one for one in done if not one.agrees]
    assert broken, "all agree: plant a disagreement here"
    assert not meets_target(agreement.agreement([*broken, *broken, *agreed[:10]]))
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
