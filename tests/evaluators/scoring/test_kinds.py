"""Points of the kinds of scenario that ask more than a diagnosis."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from scoring_cases import truth

from evaluators.encounter.protocol import FilmFinding, FinalAnswer, OrganSupport
from evaluators.encounter.tasks import TASKS
from evaluators.scenario_sets import GroundTruth
from evaluators.scoring.credit import Credit, DiagnosisScore
from evaluators.scoring.diagnosis import DiagnosisMatch
from evaluators.scoring.kinds import kind_scorer
from evaluators.scoring.kinds._binary import Confusion
from evaluators.scoring.kinds.films import FINDINGS, finding_of, named_findings
from evaluators.scoring.kinds.triage import disposition_of, quadratic_weighted_kappa

NONE = {"vasopressor": False, "ventilation": False, "renal_replacement": False}


def of(answers: dict[str, Any]) -> GroundTruth:
    return dataclasses.replace(truth("nstemi"), answers=answers)


def named(credit: float) -> DiagnosisScore:
    return DiagnosisScore(Credit(credit, credit), credit, credit, DiagnosisMatch())


def labels(**known: int) -> dict[str, Any]:
    return {"labels": {**dict.fromkeys(FINDINGS), **known}, "labelled_by": "chexpert"}


def test_every_kind_with_a_task_can_be_scored() -> None:
    for kind in TASKS:
        assert kind_scorer(kind).aggregate([]) is not None


def test_only_an_admission_asks_for_treatment() -> None:
    assert [kind for kind in TASKS if kind_scorer(kind).asks_for_treatment] == ["admission"]


def test_an_admission_earns_its_diagnosis() -> None:
    assert kind_scorer("admission").score(None, truth("nstemi"), named(0.6)).points == 0.6


@pytest.mark.parametrize("kind", ["intensive_care", "radiology", "emergency"])
def test_without_an_answer_nothing_is_earned(kind: str) -> None:
    everything = {**NONE, "acuity": 3, "disposition": "home", **labels()}
    assert kind_scorer(kind).score(None, of(everything), named(0.0)).points == 0.0


def test_truth_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="another kind"):
        kind_scorer("emergency").score(FinalAnswer(diagnosis="x"), truth("nstemi"), named(0.0))


@pytest.mark.parametrize(
    ("said", "real", "points"),
    [
        (OrganSupport(**NONE), NONE, 1.0),
        (None, NONE, 1.0),
        (OrganSupport(vasopressor=True), NONE, 0.5),
        (None, {**NONE, "ventilation": True}, 0.5),
        (OrganSupport(ventilation=True), {**NONE, "ventilation": True}, 1.0),
    ],
)
def test_support_is_right_as_a_whole_or_not(
    said: OrganSupport | None, real: dict[str, bool], points: float
) -> None:
    final = FinalAnswer(diagnosis="x", organ_support=said)
    assert kind_scorer("intensive_care").score(final, of(real), named(1.0)).points == points


def test_support_over_all_encounters_counts_each_question() -> None:
    yes = FinalAnswer(diagnosis="x", organ_support=OrganSupport(vasopressor=True))
    real = {**NONE, "vasopressor": True}
    found = kind_scorer("intensive_care").aggregate(
        [(yes, of(real)), (None, of(real)), (yes, of(NONE)), (None, of(NONE))]
    )
    assert found["supports"]["vasopressor"]["balanced_accuracy"] == 0.5
    assert found["supports"]["ventilation"]["balanced_accuracy"] is None
    assert found["commonest_support_share"] == 0.5


@pytest.mark.parametrize(
    ("acuity", "words", "credit", "points"),
    [
        (2, "Admit to the ward", 1.0, 1.0),
        (3, "admitted", 1.0, 2.5 / 3),
        (4, "discharge home", 0.0, 0.0),
        (None, "admitted", 0.0, 1 / 3),
    ],
)
def test_an_emergency_visit_earns_three_parts(
    acuity: int | None, words: str, credit: float, points: float
) -> None:
    final = FinalAnswer(diagnosis="x", acuity=acuity, disposition=words)
    real = of({"acuity": 2, "disposition": "admitted"})
    found = kind_scorer("emergency").score(final, real, named(credit))
    assert found.points == pytest.approx(points)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("home", "home"),
        ("Discharge home with follow-up", "home"),
        ("ICU", "admitted"),
        ("Observation unit", "admitted"),
        ("transfer to another hospital", "transferred"),
        ("left against medical advice", "left"),
        ("died in the department", "died"),
        ("somewhere", None),
        (None, None),
    ],
)
def test_dispositions_are_read_in_free_words(words: str | None, meant: str | None) -> None:
    assert disposition_of(words) == meant


def test_weighted_kappa_is_one_for_agreement_and_zero_for_chance() -> None:
    assert quadratic_weighted_kappa([(1, 1), (3, 3), (5, 5)]) == 1.0
    assert quadratic_weighted_kappa([(1, 1), (1, 5), (5, 1), (5, 5)]) == 0.0
    # Worked by hand: observed (0 + 1 + 0 + 4) / 4, over the margins (24 + 1 + 3 + 4) / 16.
    assert quadratic_weighted_kappa([(1, 1), (2, 3), (3, 3), (1, 3)]) == pytest.approx(
        1 - (5 / 4) / (32 / 16)
    )
    assert quadratic_weighted_kappa([]) is None
    assert quadratic_weighted_kappa([(3, 3)]) is None


def film(*findings: tuple[str, str]) -> FinalAnswer:
    return FinalAnswer(
        diagnosis="",
        findings=tuple(
            FilmFinding(finding=name, certainty=certainty)  # type: ignore[arg-type]
            for name, certainty in findings
        ),
    )


@pytest.mark.parametrize(
    ("answer", "real", "points"),
    [
        (film(("effusion", "present")), labels(pleural_effusion=1), 1.0),
        (film(("Pleural Effusion", "uncertain")), labels(pleural_effusion=1), 1.0),
        (film(("edema", "present")), labels(pleural_effusion=1), 0.0),
        (film(("edema", "present"), ("ptx", "present")), labels(pneumothorax=1), 2 / 3),
        (film(("edema", "absent")), labels(), 1.0),
        (film(("edema", "present")), labels(edema=-1, no_finding=0), 1.0),
        (film(("normal", "present")), labels(no_finding=1), 1.0),
    ],
)
def test_a_film_earns_the_f1_of_its_certain_labels(
    answer: FinalAnswer, real: dict[str, Any], points: float
) -> None:
    found = kind_scorer("radiology").score(answer, of(real), named(0.0))
    assert found.points == pytest.approx(points)


def test_certainty_is_asked_of_uncertain_labels_alone() -> None:
    score = kind_scorer("radiology").score
    real = of(labels(edema=-1, pneumonia=-1, pleural_effusion=1))
    said = film(("edema", "uncertain"), ("pneumonia", "present"))
    assert score(said, real, named(0.0)).parts["certainty"] == 0.5
    assert score(said, of(labels(edema=1)), named(0.0)).parts["certainty"] is None


def test_the_strongest_of_two_certainties_counts() -> None:
    twice = film(("edema", "present"), ("pulmonary edema", "absent"))
    assert named_findings(twice) == {"edema": "present"}


def test_rare_findings_stay_out_of_the_macro_means() -> None:
    many = [(film(("edema", "present")), of(labels(edema=1)))] * 5
    many += [(film(("effusion", "present")), of(labels(pleural_effusion=1)))] * 5
    many += [(film(("fracture", "present")), of(labels(fracture=1)))]
    found = kind_scorer("radiology").aggregate(many)
    assert found["macro_findings"] == 2
    assert found["macro_f1"] == 1.0
    assert found["findings"]["fracture"]["positive"] == 1
    assert found["labelled_by"] == {"radiologist": 0, "chexpert": 11}


def test_words_for_findings_name_one_finding_each() -> None:
    assert finding_of("Enlarged Cardiac Silhouette") == "cardiomegaly"
    assert finding_of("support-devices") == "support_devices"
    assert finding_of("gallstones") is None


def test_confusion_counts_what_was_said_and_was_so() -> None:
    found = Confusion.of([(True, True), (False, True), (True, False), (False, False)])
    assert (found.hits, found.misses, found.false_alarms, found.rejections) == (1, 1, 1, 1)
    assert found.f1 == 0.5
    assert Confusion.of([]).f1 is None
