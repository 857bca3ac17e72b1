"""The clinical clock in whole encounters: series, later orders, cultures in steps, pending."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from driving import FINAL, LANDED, Open, say
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluators.catalogue import load_catalogue
from evaluators.encounter._schedule import MOST_TIMES, Schedule, schedule_of
from evaluators.encounter.lookup import PatientRecord
from evaluators.encounter.protocol import EndReason, Outcome, Presentation, Reply, TurnReply
from evaluators.encounter.record import EncounterRecord
from evaluators.encounter.session import Encounter
from evaluators.scenario_sets import EvidenceItem, Scenario

Make = Callable[..., EvidenceItem]


@pytest.mark.parametrize(
    ("wording", "schedule"),
    [
        ("troponin", None),
        ("repeat troponin", None),
        ("stat CBC with diff", None),
        ("blood cultures x2", None),  # two sets of one draw
        ("CK-MB", None),
        ("troponin q3h x3", Schedule(0.0, (3.0, 3.0))),
        ("troponin q3h x1", None),
        ("troponin every 6 hours x 2", Schedule(0.0, (6.0,))),
        ("troponin T Q6H", Schedule(0.0, (6.0,) * (MOST_TIMES - 1))),
        ("BMP q4-6h", Schedule(0.0, (4.0,) * (MOST_TIMES - 1))),
        ("glucose hourly", Schedule(0.0, (1.0,) * (MOST_TIMES - 1))),
        ("CBC daily", Schedule(0.0, (24.0,) * (MOST_TIMES - 1))),
        ("lactate every 90 minutes, 3 times", Schedule(0.0, (1.5, 1.5))),
        ("serial troponins", Schedule(0.0, (3.0, 3.0))),
        ("serial hemoglobin q6h", Schedule(0.0, (6.0,) * (MOST_TIMES - 1))),
        ("repeat lactate in 4h", Schedule(4.0)),
        ("repeat troponin in 3 hours", Schedule(3.0)),
        ("repeat troponin at 3 hours", Schedule(3.0)),
        ("BMP after 2-3 h", Schedule(2.0)),
        ("CT abdomen and pelvis in 4 h", Schedule(4.0)),
        ("lactate in 2 h then q2h x2", Schedule(2.0, (2.0,))),
        ("potassium in 9999999 h", None),
        ("CBC q1h x99", Schedule(0.0, (1.0,) * (MOST_TIMES - 1))),
        # the hours themselves
        ("troponin 0, 3, 6 h", Schedule(0.0, (3.0, 3.0))),
        ("troponin 0/3/6h", Schedule(0.0, (3.0, 3.0))),
        ("hs-troponin 0h/1h", Schedule(0.0, (1.0,))),
        ("serial troponins (0, 2 and 6 hours)", Schedule(0.0, (2.0, 4.0))),
        ("glucose at 0, 30, 60, 120 minutes", Schedule(0.0, (0.5, 0.5, 1.0))),
        ("ECG now, in 30 min and 2 h", Schedule(0.0, (0.5, 1.5))),
        ("hemoglobin at 6 and 12 hours", Schedule(6.0, (6.0,))),
        ("troponin now and in 3 hours", Schedule(0.0, (3.0,))),
        ("troponin and repeat in 3 hours", Schedule(0.0, (3.0,))),
        ("troponin, then troponin in 3 hours", Schedule(0.0, (3.0,))),
        ("lactate (repeat in 2 h if elevated)", Schedule(0.0, (2.0,))),
        ("trops 0/3/6", Schedule(0.0, (3.0, 3.0))),
        ("troponin, then at 3 and 6 hours", Schedule(0.0, (3.0, 3.0))),
        ("repeat BMP in 1/2 hour", None),
        ("troponin 0/3", None),
        ("troponin at 6 and 3 hours", None),
        ("CT head, 3 views, 2 hours", None),
    ],
)
def test_schedule_is_read_from_the_words(wording: str, schedule: Schedule | None) -> None:
    assert schedule_of(wording) == schedule


@given(st.text(max_size=80))
def test_any_words_have_a_schedule_that_can_be_kept(wording: str) -> None:
    schedule = schedule_of(wording)
    if schedule is not None:
        assert len(schedule.gaps) < MOST_TIMES
        assert 0 <= schedule.delay_hours <= 168
        assert all(0 < gap <= 168 for gap in schedule.gaps)
        assert schedule.delay_hours or schedule.gaps


def troponins(make_item: Make, *draws: tuple[float, str]) -> list[EvidenceItem]:
    return [make_item("lab_tnt", taken, taken + 1.0, value) for taken, value in draws]


def values(answer: dict[str, Any] | None, part: str = "delivered") -> list[str]:
    assert answer is not None
    if part == "delivered":
        return [result["value"] for result in answer["delivered"]]
    return [result["value"] for order in answer["orders"] for result in order["results"]]


def test_a_series_delivers_each_value_when_the_clock_passes_it(
    start: Open, make_item: Make
) -> None:
    draws = troponins(make_item, (0.5, "0.02"), (1.0, "0.03"), (3.8, "0.11"), (7.0, "0.30"))
    potassium = [make_item("lab_k", hours, hours + 0.5, str(hours)) for hours in (4.5, 9.0)]
    encounter = start([*draws, *potassium])
    first = say(encounter, {"orders": ["troponin q3h x3"]})
    assert (values(first, "orders"), first and first["pending"]) == (["0.02"], ["Troponin T"])
    second = say(encounter, {"orders": ["potassium"]})
    assert values(second) == ["0.11"]  # 0.03 was drawn too early to be the second of the series
    third = say(encounter, {"orders": ["potassium"]})
    assert (values(third), third and third["pending"]) == (["0.30"], [])
    assert third is not None
    assert third["delivered"][0]["previous"] == ["0.02 at 0.5 h", "0.11 at 3.8 h"]
    say(encounter, FINAL)
    order = encounter.record().orders[0]
    assert (order.outcome, order.resulted_test_ids) == (Outcome.RESULTED, ("lab_tnt",))
    assert order.still_pending_test_ids == ()


def test_stated_hours_are_delivered_as_a_series(start: Open, make_item: Make) -> None:
    draws = troponins(make_item, (0.5, "0.02"), (1.6, "0.03"), (6.2, "0.30"))
    encounter = start([*draws, make_item("lab_k", 8.0, 8.5, "4.0")])
    first = say(encounter, {"orders": ["troponin 0, 3, 6 h"]})
    assert (values(first, "orders"), first and first["pending"]) == (["0.02"], ["Troponin T"])
    # 0.03 was drawn too early to be the one at 3 h; the one at 6 h is the next that there is.
    assert values(say(encounter, {"orders": ["potassium"]})) == ["0.30"]


def test_a_repeat_named_in_the_same_line_is_not_lost(start: Open, make_item: Make) -> None:
    encounter = start(
        [*troponins(make_item, (0.1, "0.02"), (3.2, "0.11")), make_item("lab_k", 5.0, 5.5, "4.0")]
    )
    first = say(encounter, {"orders": ["potassium, troponin, then troponin in 3 hours"]})
    assert first is not None
    assert [order["order"] for order in first["orders"]] == [
        "potassium",
        "troponin, then troponin in 3 hours",
    ]
    assert values(first, "orders") == ["4.0", "0.02"]
    assert values(first) == ["0.11"]  # the potassium has moved the clock past it


def test_an_order_for_later_never_moves_the_clock_and_takes_the_later_draw(
    start: Open, make_item: Make
) -> None:
    draws = troponins(make_item, (0.0, "0.02"), (1.2, "0.03"), (3.2, "0.11"))
    encounter = start([*draws, make_item("lab_k", 5.0, 5.5, "4.0")])
    say(encounter, {"orders": ["troponin"]})
    say(encounter, {"orders": ["troponin"]})
    later = say(encounter, {"orders": ["repeat troponin in 3 h"]})
    assert later is not None
    assert (later["clock_hours"], later["orders"][0]["status"]) == (1.0, "pending")
    assert values(say(encounter, {"orders": ["potassium"]})) == ["0.11"]


def test_a_repeat_gives_the_next_value_and_never_the_same(start: Open, make_item: Make) -> None:
    encounter = start(troponins(make_item, (0.1, "0.02"), (3.0, "0.11"), (6.0, "0.30")))
    told = [values(say(encounter, {"orders": ["repeat troponin"]}), "orders") for _ in range(4)]
    assert told == [["0.02"], ["0.11"], ["0.30"], []]


def test_an_order_for_later_that_the_record_does_not_hold_tells_no_more_than_any_other(
    start: Open, make_item: Make
) -> None:
    encounter = start(troponins(make_item, (0.1, "0.02")))
    say(encounter, {"orders": ["troponin"]})
    answer = say(encounter, {"orders": ["repeat troponin in 6 hours", "lipase"]})
    assert answer is not None
    first, second = ({**order, "order": ""} for order in answer["orders"])
    assert first == second


def culture(make_item: Make, hours: float, value: str, stage: str, label: str) -> EvidenceItem:
    return make_item(
        "micro_blood_cx", 0.5, hours, value, label=label, specimen="BLOOD CULTURE", flag=stage
    )


@pytest.fixture
def grown(make_item: Make) -> list[EvidenceItem]:
    organism = "ESCHERICHIA COLI"
    return [
        culture(make_item, 16.0, "growth; gram negative rod(s)", "preliminary", "Gram Stain"),
        culture(make_item, 30.0, organism, "preliminary", "Blood Culture, Routine"),
        culture(
            make_item,
            55.0,
            f"{organism}; susceptibilities: CEFTRIAXONE S",
            "final",
            "Blood Culture, Routine",
        ),
    ]


def test_a_culture_is_delivered_step_by_step_as_the_clock_passes(
    start: Open, make_item: Make, grown: list[EvidenceItem]
) -> None:
    clocks = [make_item("lab_k", hours, hours + 0.1, "4.0") for hours in (20.0, 40.0, 60.0)]
    encounter = start([*grown, *clocks])
    ordered = say(encounter, {"orders": ["blood cultures x2"]})
    assert ordered is not None
    assert (ordered["orders"][0]["status"], ordered["clock_hours"]) == ("pending", 0.5)
    told = [values(say(encounter, {"orders": ["potassium"]})) for _ in range(3)]
    assert told == [
        ["preliminary: growth; gram negative rod(s)"],
        ["preliminary: ESCHERICHIA COLI"],
        ["final: ESCHERICHIA COLI susceptible: CEFTRIAXONE"],
    ]


def test_what_has_not_come_by_the_end_is_named_as_pending(
    start: Open, make_item: Make, grown: list[EvidenceItem]
) -> None:
    encounter = start([*grown, make_item("lab_k", 20.0, 20.1, "4.0")])
    say(encounter, {"orders": ["blood cultures"]})
    answer = say(encounter, {"orders": ["potassium"]})
    assert answer is not None
    assert answer["pending"] == ["Blood culture"]
    say(encounter, FINAL)
    order = encounter.record().orders[0]
    assert order.resulted_test_ids == ("micro_blood_cx",)  # the Gram stain
    assert order.still_pending_test_ids == ("micro_blood_cx",)


def test_ordering_a_pending_culture_again_waits_for_its_next_step(
    start: Open, grown: list[EvidenceItem]
) -> None:
    encounter = start(grown)
    told = [say(encounter, {"orders": ["blood culture"]}) for _ in range(4)]
    assert [answer and answer["clock_hours"] for answer in told] == [0.5, 16.0, 30.0, 55.0]
    assert told[3] is not None
    assert told[3]["pending"] == []


def test_vital_signs_are_told_as_the_series_that_hangs_at_the_bed(
    start: Open, make_item: Make
) -> None:
    charted = [
        make_item("vital_hr", hours, hours, value, kind="vital", unit="bpm", label="Heart Rate")
        for hours, value in ((0.0, "88"), (1.0, "104"), (2.0, "121"), (9.0, "80"))
    ]
    encounter = start([*charted, make_item("lab_k", 2.0, 3.0, "4.1")])
    say(encounter, {"orders": ["potassium"]})
    answer = say(encounter, {"orders": ["heart rate"]})
    assert answer is not None
    assert answer["orders"][0]["report"].split("\n") == [
        "[2.0 h]",
        "Heart rate: 121 bpm; before: 88 at 0.0 h, 104 at 1.0 h; up 17",
    ]


# --- laws, on any record and any orders

_IDS = ("lab_k", "lab_na", "lab_tnt", "micro_blood_cx", "vital_hr")
_WORDS = (
    "potassium", "BMP", "troponin", "troponin q3h x3", "repeat troponin in 6 h", "serial troponins",
    "blood cultures x2", "heart rate", "vital signs", "K q6h", "blood culture", "lipase",
    "troponin 0, 3, 6 h", "K now and in 4 hours",
)  # fmt: skip
_HOURS = st.integers(-240, 800).map(lambda tenths: tenths / 10)
_EVIDENCE = st.lists(
    st.tuples(st.sampled_from(_IDS), _HOURS, st.integers(0, 700).map(lambda tenths: tenths / 10)),
    max_size=18,
)
_STEPS = st.lists(st.lists(st.sampled_from(_WORDS), max_size=5), min_size=1, max_size=9)


def evidence_of(rows: Sequence[tuple[str, float, float]]) -> tuple[EvidenceItem, ...]:
    return tuple(
        EvidenceItem(
            test_id=test_id,
            kind={"m": "micro", "v": "vital"}.get(test_id[0], "lab"),
            label="label",
            specimen=None,
            value=f"value-{number}.",
            value_num=None,
            unit=None,
            ref_low=None,
            ref_high=None,
            flag=None,
            taken_hours=taken,
            available_hours=round(taken + wait, 1),
        )
        for number, (test_id, taken, wait) in enumerate(rows)
    )


def held(
    evidence: tuple[EvidenceItem, ...], decision: float, steps: Sequence[Sequence[str]]
) -> tuple[list[TurnReply], EncounterRecord]:
    scenario = Scenario(
        scenario_id="a" * 16,
        patient_key="b" * 16,
        decision_hours=decision,
        presentation=Presentation(age_years=60, sex="F"),
        evidence=evidence,
    )
    encounter = Encounter(scenario, (), LANDED, "cardiology", load_catalogue())
    for orders in steps:
        encounter.take_reply(Reply(text=json.dumps({"orders": list(orders)})))
    replies = [
        TurnReply.model_validate_json(message["content"])
        for message in encounter.messages()[2:]
        if message["role"] == "user"
    ]
    encounter.stop(EndReason.WALL_TIME)
    return replies, encounter.record()


@settings(deadline=None, max_examples=150)
@given(rows=_EVIDENCE, decision=st.integers(0, 720).map(lambda t: t / 10), steps=_STEPS)
def test_laws_of_the_clock(
    rows: list[tuple[str, float, float]], decision: float, steps: list[list[str]]
) -> None:
    evidence = evidence_of(rows)
    available = {item.value: item.available_hours for item in evidence}
    replies, record = held(evidence, decision, steps)
    before, told = 0.0, set[str]()
    for reply in replies:
        assert before <= reply.clock_hours <= max(decision, before)
        before = reply.clock_hours
        ordered = {result.value for order in reply.orders for result in order.results}
        delivered = [result.value for result in reply.delivered]
        assert len(delivered) == len(set(delivered))
        for value in (*ordered, *delivered):
            assert available[value] <= min(reply.clock_hours, decision)
        assert told.isdisjoint({*ordered, *delivered})  # nothing twice
        assert ordered.isdisjoint(delivered)
        told |= {*ordered, *delivered}
    names = {load_catalogue().tests[i].canonical_name for i in _still_pending(record)}
    assert set(replies[-1].pending) == names
    for order in record.orders:
        if order.outcome is Outcome.PENDING and not order.still_pending_test_ids:
            # Delivered, or brought by another order of the same test.
            asked = set(load_catalogue().members(order.test_id or ""))
            brought = {test for other in record.orders for test in other.resulted_test_ids}
            assert asked & brought


def _still_pending(record: EncounterRecord) -> set[str]:
    return {test for order in record.orders for test in order.still_pending_test_ids}


@settings(deadline=None, max_examples=100)
@given(rows=_EVIDENCE, steps=_STEPS, seed=st.randoms(use_true_random=False))
def test_the_order_of_orders_in_one_step_does_not_matter(
    rows: list[tuple[str, float, float]], steps: list[list[str]], seed: Any
) -> None:
    evidence = evidence_of(rows)
    shuffled = [seed.sample(step, len(step)) for step in steps]

    def outcome(given_steps: list[list[str]]) -> list[Any]:
        replies, _ = held(evidence, 72.0, given_steps)
        return [
            (
                reply.clock_hours,
                sorted((order.order, order.status, order.report) for order in reply.orders),
                reply.delivered_report,
                reply.pending,
            )
            for reply in replies
        ]

    assert outcome(steps) == outcome(shuffled)


@settings(deadline=None, max_examples=60)
@given(rows=_EVIDENCE, ids=st.lists(st.lists(st.sampled_from(_IDS), max_size=4), max_size=6))
def test_every_awaited_report_is_shown_once_or_still_awaited(
    rows: list[tuple[str, float, float]], ids: list[list[str]]
) -> None:
    record = PatientRecord(evidence_of(rows), 72.0, (), LANDED, load_catalogue())
    awaited, shown = set(), []
    series = Schedule(0.0, (4.0, 4.0))
    for orders in ids:
        turn = record.turn(orders, [series] * len(orders))
        answers = dict(zip(orders, turn.answers, strict=True))
        for answer in answers.values():
            awaited |= set(answer.awaited)
        shown += [(one.test, one.report.number) for a in answers.values() for one in a.shown]
        shown += [(one.test, one.report.number) for one in turn.delivered_shown]
    assert len(shown) == len(set(shown))
    names = {test: load_catalogue().tests[test].canonical_name for test in _IDS}
    for one in awaited:
        assert ((names[one.test_id], one.number) in shown) != record.is_awaited(one)
