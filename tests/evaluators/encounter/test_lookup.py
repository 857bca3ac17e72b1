from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluators.catalogue import Catalogue, load_catalogue
from evaluators.encounter._reports import Shown
from evaluators.encounter.lookup import Awaited, PatientRecord
from evaluators.encounter.protocol import Outcome, Result
from evaluators.encounter.results.reading import read_report
from evaluators.encounter.results.rendering import report_text
from evaluators.scenario_sets import EvidenceItem, TruthTest

LANDED = ("hosp", "icu", "ed")
Make = Callable[..., EvidenceItem]


@pytest.fixture
def open_record(catalogue: Catalogue) -> Callable[..., PatientRecord]:
    def make(
        evidence: Sequence[EvidenceItem],
        decision_hours: float = 72.0,
        truth: Sequence[TruthTest] = (),
        modules: Sequence[str] = LANDED,
    ) -> PatientRecord:
        return PatientRecord(evidence, decision_hours, truth, modules, catalogue)

    return make


def told(shown: Sequence[Shown]) -> tuple[Result, ...]:
    """What is shown, as a candidate reads it."""
    return tuple(map(Result.model_validate, read_report(report_text(shown))))


def ids(awaited: Sequence[Awaited]) -> list[str]:
    return [one.test_id for one in awaited]


def truth(test_id: str, hours: float, *, by_decision: bool) -> TruthTest:
    return TruthTest(test_id, hours, hours + 1, by_decision)


def test_order_returns_what_had_resulted_by_the_clock(
    open_record: Callable[..., PatientRecord], make_item: Make
) -> None:
    record = open_record([make_item("lab_k", -2, -1, "4.1"), make_item("lab_k", -1, 0.0, "4.4")])
    (answer,) = record.turn(["lab_k"]).answers
    assert answer.outcome is Outcome.RESULTED
    assert [result.value for result in told(answer.shown)] == ["4.4"]
    assert record.clock_hours == 0.0


def test_order_waits_for_the_next_result_and_moves_the_clock_to_its_availability(
    open_record: Callable[..., PatientRecord], make_item: Make
) -> None:
    record = open_record(
        [make_item("lab_k", 1.0, 2.34, "4.1"), make_item("lab_k", 5.0, 6.0, "4.8")]
    )
    (answer,) = record.turn(["lab_k"]).answers
    assert answer.outcome is Outcome.RESULTED
    assert (told(answer.shown)[0].value, told(answer.shown)[0].hours) == ("4.1", 2.3)
    assert record.clock_hours == 2.34


def test_ordering_again_later_returns_the_later_value_with_the_earlier_one(
    open_record: Callable[..., PatientRecord], make_item: Make
) -> None:
    record = open_record([make_item("lab_k", 1, 2, "4.1"), make_item("lab_k", 5, 6, "4.8")])
    record.turn(["lab_k"])
    (answer,) = record.turn(["lab_k"]).answers
    assert told(answer.shown)[0].value == "4.8"
    assert told(answer.shown)[0].previous == ("4.1 at 1.0 h",)


def test_specimen_taken_by_the_clock_is_pending_and_delivered_when_the_clock_passes_it(
    open_record: Callable[..., PatientRecord], make_item: Make
) -> None:
    record = open_record([make_item("lab_k", 0, 2, "4.1"), make_item("lab_lipase", 3, 4, "30")])
    first = record.turn(["lab_k"])
    assert first.answers[0].outcome is Outcome.PENDING
    assert ids(first.answers[0].awaited) == ["lab_k"]
    assert (told(first.answers[0].shown), told(first.delivered_shown), record.clock_hours) == (
        (),
        (),
        0.0,
    )
    second = record.turn(["lab_lipase"])
    assert ids(second.delivered_awaited) == ["lab_k"]
    assert [result.value for result in told(second.delivered_shown)] == ["4.1"]
    assert record.turn([]).delivered_shown == ()


def test_ordering_again_while_pending_waits_for_the_result(
    open_record: Callable[..., PatientRecord], make_item: Make
) -> None:
    record = open_record([make_item("micro_blood_cx", 0, 50, "growth")])
    assert record.turn(["micro_blood_cx"]).answers[0].outcome is Outcome.PENDING
    again = record.turn(["micro_blood_cx"])
    assert again.answers[0].outcome is Outcome.RESULTED
    assert again.delivered_shown == ()  # shown once only
    assert record.clock_hours == 50


@pytest.mark.parametrize(
    ("available", "outcome", "clock"),
    [(15.0, Outcome.RESULTED, 15.0), (15.001, Outcome.PENDING, 3.0)],
)
def test_long_turnaround_moves_the_clock_to_the_taking_only(
    open_record: Callable[..., PatientRecord],
    make_item: Make,
    available: float,
    outcome: Outcome,
    clock: float,
) -> None:
    record = open_record([make_item("micro_blood_cx", 3.0, available, "growth")])
    assert record.turn(["micro_blood_cx"]).answers[0].outcome is outcome
    assert record.clock_hours == clock


def test_orders_of_one_turn_are_judged_at_its_start(
    open_record: Callable[..., PatientRecord], make_item: Make
) -> None:
    evidence = [
        make_item("lab_k", 1, 2, "4.1"),
        make_item("lab_k", 3, 4, "4.9"),
        make_item("lab_lipase", 8, 9, "30"),
    ]
    for orders in (["lab_lipase", "lab_k"], ["lab_k", "lab_lipase"]):
        record = open_record(evidence)
        turn = record.turn(orders)
        values = {result.value for answer in turn.answers for result in told(answer.shown)}
        assert values == {"4.1", "30"}
        assert record.clock_hours == 9


def test_same_test_twice_in_one_turn_is_answered_alike(
    open_record: Callable[..., PatientRecord], make_item: Make
) -> None:
    record = open_record([make_item("lab_k", 1, 2), make_item("lab_k", 3, 4)])
    first, second = record.turn(["lab_k", "lab_k"]).answers
    assert first == second


@pytest.mark.parametrize(
    ("test_id", "truths", "modules", "outcome"),
    [
        ("lab_k", (), LANDED, Outcome.NOT_PERFORMED),
        ("lab_k", (truth("lab_k", 90, by_decision=False),), LANDED, Outcome.AFTER_DECISION),
        ("lab_k", (truth("lab_k", 9, by_decision=True),), LANDED, Outcome.AFTER_DECISION),
        ("lab_k", (truth("lab_na", 90, by_decision=False),), LANDED, Outcome.NOT_PERFORMED),
        ("panel_bmp", (truth("lab_na", 90, by_decision=False),), LANDED, Outcome.AFTER_DECISION),
        ("lab_k", (), ("icu", "ed"), Outcome.NOT_IN_SOURCE),
        ("panel_bmp", (), ("icu", "ed"), Outcome.NOT_IN_SOURCE),
        ("micro_blood_cx", (), ("icu", "ed"), Outcome.NOT_IN_SOURCE),
        ("vital_hr", (), ("hosp", "icu"), Outcome.NOT_IN_SOURCE),
        ("vital_hr", (), LANDED, Outcome.NOT_PERFORMED),
        ("img_xr_chest", (), LANDED, Outcome.NOT_IN_SOURCE),
        ("img_xr_chest", (), (*LANDED, "note"), Outcome.NOT_PERFORMED),
        (
            "img_xr_chest",
            (truth("img_xr_chest", 90, by_decision=False),),
            (*LANDED, "note"),
            Outcome.AFTER_DECISION,
        ),
        ("img_fast", (), (*LANDED, "note"), Outcome.NOT_IN_SOURCE),
        ("ecg_12lead", (), LANDED, Outcome.NOT_IN_SOURCE),
        ("ecg_12lead", (), (*LANDED, "ecg"), Outcome.NOT_PERFORMED),
        ("ecg_telemetry", (), (*LANDED, "ecg"), Outcome.NOT_IN_SOURCE),
        ("echo_tte", (truth("echo_tte", 9, by_decision=True),), LANDED, Outcome.NOT_IN_SOURCE),
        (
            "echo_tte",
            (truth("echo_tte", 9, by_decision=True),),
            (*LANDED, "echo"),
            Outcome.AFTER_DECISION,
        ),
        ("exam_abdomen", (), (*LANDED, "note"), Outcome.NOT_PERFORMED),
        (
            "exam_abdomen",
            (truth("exam_abdomen", 0.5, by_decision=True),),
            LANDED,
            Outcome.NOT_IN_SOURCE,
        ),
        (
            "exam_abdomen",
            (truth("exam_abdomen", 90, by_decision=False),),
            (*LANDED, "note"),
            Outcome.AFTER_DECISION,
        ),
        ("hist_meds", (), (*LANDED, "note"), Outcome.NOT_PERFORMED),
        ("hist_meds", (), ("hosp", "note"), Outcome.NOT_IN_SOURCE),
        ("proc_egd", (truth("proc_egd", 9, by_decision=True),), LANDED, Outcome.NOT_IN_SOURCE),
    ],
)
def test_outcome_tells_why_there_is_nothing(
    open_record: Callable[..., PatientRecord],
    test_id: str,
    truths: tuple[TruthTest, ...],
    modules: tuple[str, ...],
    outcome: Outcome,
) -> None:
    record = open_record([], truth=truths, modules=modules)
    (answer,) = record.turn([test_id]).answers
    assert answer.outcome is outcome
    assert told(answer.shown) == ()
    assert record.clock_hours == 0.0


def test_examining_takes_its_half_hour_once(
    open_record: Callable[..., PatientRecord], make_item: Make
) -> None:
    record = open_record(
        [
            make_item("exam_lung", 0.5, 0.5, "Clear.", kind="exam"),
            make_item("exam_abdomen", 0.5, 0.5, "Soft.", kind="exam"),
            make_item("hist_allergies", 0.0, 0.0, "None.", kind="exam"),
        ],
        modules=(*LANDED, "note"),
    )
    (asked,) = record.turn(["hist_allergies"]).answers
    assert (asked.outcome, record.clock_hours) == (Outcome.RESULTED, 0.0)
    (examined,) = record.turn(["exam_lung"]).answers
    assert [result.value for result in told(examined.shown)] == ["Clear."]
    assert record.clock_hours == 0.5
    (further,) = record.turn(["exam_abdomen"]).answers
    assert [result.value for result in told(further.shown)] == ["Soft."]
    assert record.clock_hours == 0.5


def test_without_notes_an_examination_that_was_made_is_not_in_the_source(
    open_record: Callable[..., PatientRecord], make_item: Make
) -> None:
    record = open_record([make_item("exam_lung", 0.5, 0.5, "Clear.", kind="exam")])
    (answer,) = record.turn(["exam_lung"]).answers
    assert (answer.outcome, told(answer.shown)) == (Outcome.NOT_IN_SOURCE, ())


def test_nothing_newer_than_what_was_shown_is_not_performed(
    open_record: Callable[..., PatientRecord], make_item: Make
) -> None:
    record = open_record([make_item("lab_k", 1, 2)], truth=[truth("lab_k", 1, by_decision=True)])
    record.turn(["lab_k"])
    assert record.turn(["lab_k"]).answers[0].outcome is Outcome.NOT_PERFORMED


def test_nothing_after_the_decision_time_is_returned(
    open_record: Callable[..., PatientRecord], make_item: Make
) -> None:
    record = open_record(
        [make_item("lab_k", 9, 10.5)],
        decision_hours=10.0,
        truth=[truth("lab_k", 9.5, by_decision=False)],
    )
    assert record.turn(["lab_k"]).answers[0].outcome is Outcome.AFTER_DECISION
    assert record.clock_hours == 0.0


def test_panel_returns_the_members_that_resulted(
    open_record: Callable[..., PatientRecord], make_item: Make
) -> None:
    record = open_record([make_item("lab_k", -2, -1), make_item("lab_na", 1, 2)])
    (answer,) = record.turn(["panel_bmp"]).answers
    assert answer.resulted_test_ids == ("lab_k",)
    assert record.clock_hours == 0


def test_earliest_member_decides_and_those_within_an_hour_come_along(
    open_record: Callable[..., PatientRecord], make_item: Make
) -> None:
    record = open_record(
        [make_item("lab_k", 1, 3), make_item("lab_na", 1, 2), make_item("lab_cl", 1, 3.1)]
    )
    (answer,) = record.turn(["panel_bmp"]).answers
    assert set(answer.resulted_test_ids) == {"lab_k", "lab_na"}
    assert record.clock_hours == 3


def test_pending_panel_is_delivered_member_by_member(
    open_record: Callable[..., PatientRecord], make_item: Make
) -> None:
    record = open_record(
        [make_item("lab_k", 0, 2), make_item("lab_na", 0, 2.5), make_item("lab_lipase", 1, 2.2)]
    )
    (answer,) = record.turn(["panel_bmp"]).answers
    assert answer.outcome is Outcome.PENDING
    assert set(ids(answer.awaited)) == {"lab_k", "lab_na"}
    assert ids(record.turn(["lab_lipase"]).delivered_awaited) == ["lab_k"]
    assert record.turn(["lab_na"]).answers[0].outcome is Outcome.RESULTED


def test_result_is_worded_as_the_record_has_it(
    open_record: Callable[..., PatientRecord], make_item: Make
) -> None:
    record = open_record(
        [
            make_item(
                "lab_k", 0, 0, "4.1", unit="mEq/L", ref_low=3.5, ref_high=5.1, flag="abnormal"
            ),
            make_item("micro_blood_cx", -9, 0, "E. COLI", label="Blood Culture", specimen="BLOOD"),
            make_item("lab_na", 0, -0.01, "1\u200b40\x1b", ref_high=145.0),
        ]
    )
    potassium, culture, sodium = (
        told(answer.shown)[0]
        for answer in record.turn(["lab_k", "micro_blood_cx", "lab_na"]).answers
    )
    assert potassium.model_dump(exclude={"previous", "image"}) == {
        "test": "Potassium",
        "value": "4.1",
        "unit": "mEq/L",
        "reference": "3.5-5.1",
        "flag": "abnormal",  # within its range: the record's own word
        "hours": 0.0,
    }
    assert (culture.test, culture.value) == ("Blood culture", "E. COLI")
    assert (sodium.value, sodium.reference) == ("140", "<= 145")
    assert str(sodium.hours) == "0.0"


def test_a_report_of_imaging_moves_the_clock_to_when_it_was_stored(
    open_record: Callable[..., PatientRecord], make_item: Make
) -> None:
    film = make_item("img_xr_chest", 1, 2.5, "Blunted angle.", label="CHEST (PA AND LAT)")
    tracing = make_item("ecg_12lead", 0.2, 0.3, "Sinus rhythm; Borderline ECG")
    record = open_record([film, tracing], modules=(*LANDED, "note", "ecg"))
    shown, machine = record.turn(["img_xr_chest", "ecg_12lead"]).answers
    assert (shown.outcome, machine.outcome) == (Outcome.RESULTED, Outcome.RESULTED)
    assert [result.value for result in told(shown.shown)] == ["Blunted angle."]
    assert record.clock_hours == 2.5


_TESTS = ("lab_k", "lab_na", "lab_lipase", "micro_blood_cx", "vital_hr", "panel_bmp", "ecg_12lead")
_HOURS = st.floats(-24, 100, allow_nan=False).map(lambda hours: round(hours, 4))


@st.composite
def _evidence(draw: Any) -> list[EvidenceItem]:
    made = []
    for number in range(draw(st.integers(0, 25))):
        taken, wait = draw(_HOURS), draw(st.floats(0, 80).map(lambda hours: round(hours, 4)))
        made.append(
            EvidenceItem(
                test_id=draw(st.sampled_from(_TESTS[:5])),
                kind="lab",
                label="label",
                specimen=None,
                value=f"value-{number}",
                value_num=None,
                unit=None,
                ref_low=None,
                ref_high=None,
                flag=None,
                taken_hours=taken,
                available_hours=round(taken + wait, 4),
            )
        )
    return made


@given(
    _evidence(),
    st.floats(0, 72).map(lambda hours: round(hours, 4)),
    st.lists(st.lists(st.sampled_from(_TESTS), max_size=6), max_size=8),
)
def test_nothing_is_shown_before_its_time_or_twice_and_the_clock_never_goes_back(
    evidence: list[EvidenceItem], decision_hours: float, turns: list[list[str]]
) -> None:
    record = PatientRecord(evidence, decision_hours, (), LANDED, load_catalogue())
    available = {item.value: item.available_hours for item in evidence}
    seen: set[str] = set()
    before = record.clock_hours
    for orders in turns:
        turn = record.turn(orders)
        assert before <= record.clock_hours <= max(decision_hours, before)
        before = record.clock_hours
        answered = [result.value for answer in turn.answers for result in told(answer.shown)]
        delivered = [result.value for result in told(turn.delivered_shown)]
        for value in (*answered, *delivered):
            shown = value.rpartition(": ")[2]
            assert available[shown] <= record.clock_hours
            assert available[shown] <= decision_hours
        assert seen.isdisjoint({*answered, *delivered})
        assert not set(answered) & set(delivered)
        seen |= {*answered, *delivered}
