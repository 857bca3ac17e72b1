"""Credit for a reading: full, partial, top-3 and top-5."""

from __future__ import annotations

import pytest

from evaluators.catalogue import Catalogue
from evaluators.encounter.protocol import FinalAnswer, RankedDiagnosis
from evaluators.scoring.credit import Credit, DiagnosisScore, credit_of, score_diagnosis
from evaluators.scoring.diagnosis import DiagnosisMatcher

EXAMINED = {"nstemi", "unstable_angina", "acute_heart_failure", "atrial_fibrillation"}


def scored(
    catalogue: Catalogue, target: str, final: str | None, *differential: str
) -> DiagnosisScore:
    return score_diagnosis(
        FinalAnswer(diagnosis=final) if final is not None else None,
        [RankedDiagnosis(diagnosis=text) for text in differential],
        DiagnosisMatcher(catalogue, "cardiology"),
        target=target,
        relatives=catalogue.conditions[target].related_partial_credit,
        examined=EXAMINED,
    )


@pytest.mark.parametrize(
    ("answer", "strict", "with_relatives"),
    [
        ("Unstable angina", 1.0, 1.0),
        ("NSTEMI", 0.0, 0.6),  # examined in the category
        ("Acute coronary syndrome", 0.7, 0.7),  # a stated relative that is not examined
        ("Pulmonary embolism", 0.0, 0.0),
        ("Something else", 0.0, 0.0),
    ],
)
def test_relative_earns_credit_only_when_it_is_not_examined_itself(
    catalogue: Catalogue, answer: str, strict: float, with_relatives: float
) -> None:
    found = scored(catalogue, "unstable_angina", answer).credit
    assert found == Credit(strict, with_relatives)


def test_always_naming_one_examined_condition_earns_its_share(catalogue: Catalogue) -> None:
    for named in EXAMINED:
        for target in EXAMINED:
            relatives = catalogue.conditions[target].related_partial_credit
            assert credit_of(named, target, relatives, EXAMINED).strict == float(named == target)


def test_no_answer_earns_nothing_whatever_the_differential_says(catalogue: Catalogue) -> None:
    found = scored(catalogue, "nstemi", None, "NSTEMI")
    assert (found.credit.strict, found.top3, found.top5) == (0.0, 1.0, 1.0)


def test_top3_and_top5_count_the_final_answer_first(catalogue: Catalogue) -> None:
    others = ("Pulmonary embolism", "Pericarditis", "Pneumonia")
    found = scored(catalogue, "nstemi", "Aortic dissection", *others, "NSTEMI")
    assert (found.top3, found.top5) == (0.0, 1.0)
    found = scored(catalogue, "nstemi", "Aortic dissection", "Pulmonary embolism", "NSTEMI")
    assert (found.credit.strict, found.top3) == (0.0, 1.0)
    found = scored(catalogue, "nstemi", "Sepsis", *others, "Stroke", "NSTEMI")
    assert found.top5 == 0.0


def test_saying_the_same_twice_takes_one_place(catalogue: Catalogue) -> None:
    found = scored(catalogue, "nstemi", "PE", "Pulmonary embolism", "Acute PE", "Sepsis", "NSTEMI")
    assert found.top3 == 1.0


def test_unrecognised_entries_take_places_of_their_own(catalogue: Catalogue) -> None:
    found = scored(catalogue, "nstemi", "aaa", "bbb", "ccc", "NSTEMI")
    assert (found.top3, found.top5) == (0.0, 1.0)
