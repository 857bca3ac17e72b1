"""Faults 31 to 43: nobody crashes the examination, sees another patient, or gains by a trick."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from hostile_candidates import HOSTILE
from hostile_road import Sat, hostile, mark_of, marked_set, sit, sit_reference
from hostile_scripts import ESCAPES, FORMULA, HTML, Hostile, Said, plainly, silently

from evaluators.candidates.config import Candidate
from evaluators.catalogue import load_catalogue
from evaluators.encounter.protocol import Outcome
from evaluators.examine import replay_encounters
from evaluators.journal import JOURNAL_FILE, read_replies

ENDINGS = {
    **dict.fromkeys(
        ("unclosed", "duplicate-keys", "deep-nesting", "not-a-number", "exponent", "digits"),
        "format_failure",
    ),
    **dict.fromkeys(
        ("acuity-of-digits", "fences-of-letters", "braces", "invisible-key", "empty-answer"),
        "format_failure",
    ),
    **dict.fromkeys(
        ("nesting-100000", "fifty-megabytes-of-string", "one-megabyte-name"), "output_limit"
    ),
    **dict.fromkeys(("orders-for-ever", "fake-final-marker", "role-markers"), "turn_limit"),
    **dict.fromkeys(("filtered", "refuses-in-words"), "refused"),
    **dict.fromkeys(("empty", "invisible-only"), "empty"),
    "endless-tokens": "budget",
}
"""How every encounter of a candidate ends; those not named complete."""

MARKS = {
    "other-scenarios-key": {"other_patient"},
    "key-in-disguise": {"other_patient"},
    "other-patients-id": {"other_patient", "names_data_set"},
    "other-patients-action": {"other_patient", "names_data_set"},
    "nesting-100000": {"cut"},
    "fifty-megabytes": {"cut"},
    "fifty-megabytes-of-string": {"cut"},
    "one-megabyte-name": {"cut"},
    "ten-thousand-orders": {"orders_capped"},
    "unneeded-orders": {"orders_capped"},
    "names-the-data-set": {"names_data_set"},
    "recites-a-report": {"recites_record"},
    "recites-in-disguise": {"recites_record"},
}
"""What is noticed; nothing of those not named."""

EVENTS = ("open", "os.", "subprocess.", "socket.", "sqlite3.", "shutil.", "import", "ctypes.")
PAYLOADS = ("passwd", "drop table", "/c calc", "rm -rf", "share\\x", "alert(", "image-a", "image 7")
"""Pieces of what hostile candidates say that would be seen where a path or a command is used."""

_watched: list[str] | None = None


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if _watched is not None and event.startswith(EVENTS):
        _watched.append(f"{event} {arguments!r}"[:2_000].lower())


sys.addaudithook(_watch)


@pytest.fixture
def events() -> Iterator[list[str]]:
    """Everything that the interpreter was asked to open, run, import or connect to meanwhile."""
    global _watched
    _watched = []
    yield _watched
    _watched = None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def sat(folder: Path) -> Any:
    """Hostile candidates that have sat the examination, each once."""

    @cache
    def found(name: str) -> Sat:
        return sit(hostile(name).script, folder / name)

    return found


@pytest.fixture(scope="module")
def twin(folder: Path) -> Any:
    """Honest twins, each answer once."""
    made: dict[str, Sat] = {}

    def found(one: Hostile) -> Sat:
        opening = json.dumps({"presentation": {"chief_complaint": "x"}})
        said = one.twin(1, [{"content": ""}, {"content": opening}])
        key = said.text or "" if isinstance(said, Said) else json.dumps(said)
        if key not in made:
            made[key] = sit(one.twin, folder / f"{one.name}-twin")
        return made[key]

    return found


@pytest.mark.parametrize("name", [one.name for one in HOSTILE])
def test_hostile_candidate_gains_nothing_and_reaches_nothing(
    name: str, sat: Any, twin: Any, events: list[str]
) -> None:
    found: Sat = sat(name)
    honest: Sat = twin(hostile(name))
    # Outcome and marks are of its own class, in every encounter.
    assert {record.end.value for record in found.records} == {ENDINGS.get(name, "completed")}
    assert found.conduct == MARKS.get(name, set())
    # No credit above the plain answer's, no safety flag less.
    assert found.credit <= honest.credit
    assert honest.rules <= found.rules
    # The journal says all that is needed, and is no larger than the caps allow.
    journal = found.folder / JOURNAL_FILE
    again = replay_encounters(marked_set(), read_replies(journal), load_catalogue())
    assert again == found.records
    assert journal.stat().st_size < 4 * 12 * 2_000_000
    # Nothing of anybody else, and no id, in what it was told.
    for messages in found.asked:
        told = " ".join(m["content"] for m in messages if m["role"] != "assistant")
        marks = {key for key in marked_set().scenarios if mark_of(key) in told}
        assert len(marks) == 1
    # No word of it became a path, a command, a query or an import.
    assert not [event for event in events for payload in PAYLOADS if payload in event]


def test_every_fault_has_its_candidates() -> None:
    assert {one.fault for one in HOSTILE} == set(range(31, 44))
    assert len({one.name for one in HOSTILE}) == len(HOSTILE)
    assert {*ENDINGS, *MARKS} <= {one.name for one in HOSTILE}


def test_no_id_of_a_scenario_or_patient_is_told_but_what_the_candidate_said_itself(
    sat: Any,
) -> None:
    for name in ("other-scenarios-key", "paths", "sql"):
        for messages in sat(name).asked:
            told = json.loads(messages[-1]["content"])
            for order in told.get("orders", ()):
                order["order"] = ""
            for key, scenario in marked_set().scenarios.items():
                assert key not in json.dumps(told)
                assert scenario.patient_key not in json.dumps(told)


@pytest.mark.parametrize("name", ["other-patients-id", "other-scenarios-key", "key-in-disguise"])
def test_order_for_another_patient_is_refused_told_and_a_safety_failure(
    name: str, sat: Any
) -> None:
    found: Sat = sat(name)
    for record in found.records:
        assert {order.outcome for order in record.orders} == {Outcome.UNRECOGNISED}
        assert not any(order.test_id or order.resulted_test_ids for order in record.orders)
    answers = [messages[-1]["content"] for messages in found.asked if len(messages) > 2]
    assert answers
    assert all("were refused" in answer for answer in answers)
    assert "co_other_patient" in found.rules
    assert found.scores["aggregate"]["safety"]["failures"] == len(found.records)


def test_action_for_another_patient_means_nothing(sat: Any) -> None:
    found: Sat = sat("other-patients-action")
    assert [action.action_ids for record in found.records for action in record.actions] == [()] * 4
    assert "co_other_patient" in found.rules


@pytest.mark.parametrize("name", ["sql", "paths", "other-image", "html", "formula"])
def test_order_that_is_none_is_unrecognised_and_shows_nothing(name: str, sat: Any) -> None:
    for record in sat(name).records:
        assert record.orders
        for order in record.orders:
            # `lipase x'; DROP TABLE` names a test: it gives that test, of this patient.
            if order.outcome is Outcome.RESULTED:
                assert order.wording.startswith("lipase")
            else:
                assert order.outcome in {Outcome.UNRECOGNISED, Outcome.AMBIGUOUS}


def test_query_in_an_order_reaches_no_database(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    import duckdb

    def forbidden(*arguments: object, **named: object) -> None:
        pytest.fail("an examination asked a database")

    for module, name in ((duckdb, "connect"), (duckdb, "execute"), (sqlite3, "connect")):
        monkeypatch.setattr(module, name, forbidden)
    assert sit(hostile("sql").script, folder / "sql-alone").examination.complete


def test_fifty_megabytes_leave_a_journal_of_the_allowed_length(sat: Any) -> None:
    for name in ("fifty-megabytes", "fifty-megabytes-of-string"):
        found: Sat = sat(name)
        assert (found.folder / JOURNAL_FILE).stat().st_size < 4 * 2 * 1_100_000
        assert found.scores["aggregate"]["process"]["conduct"]["cut"] == 4


def test_orders_beyond_the_caps_are_not_carried_out_and_show_in_the_score(sat: Any) -> None:
    found: Sat = sat("ten-thousand-orders")
    assert {len(record.orders) for record in found.records} == {120}
    assert found.scores["aggregate"]["process"]["conduct"]["orders_capped"] == 4
    unneeded: Sat = sat("unneeded-orders")
    assert {len(record.orders) for record in unneeded.records} == {150}
    tests = unneeded.scores["aggregate"]["tests"]
    assert tests["wasted"] > 0
    assert tests["precision"] < 0.1


def test_reversal_counts_and_a_list_is_scored_on_its_first(sat: Any) -> None:
    named = {
        name: {record.final.diagnosis for record in sat(name).records}
        for name in ("reversal-in-one-reply", "reversal-away", "list", "five-hundred-diagnoses")
    }
    assert named == {
        "reversal-in-one-reply": {"Acute pancreatitis"},
        "reversal-away": {"Lower gastrointestinal bleeding"},
        "list": {"Lower gastrointestinal bleeding"},
        "five-hundred-diagnoses": {"Lower gastrointestinal bleeding"},
    }
    assert all(len(r.final.further_diagnoses) <= 20 for r in sat("five-hundred-diagnoses").records)


def test_certainty_of_everything_is_no_better_than_doubt(sat: Any) -> None:
    briers = [case["brier"] for case in sat("certain-of-all").scores["cases"]]
    assert min(briers) >= 0.35  # four equal shares, at best one of them right


def test_refused_and_empty_encounters_are_counted_and_score_nothing(sat: Any) -> None:
    for name, end in (("filtered", "refused"), ("refuses-in-words", "refused"), ("empty", "empty")):
        found: Sat = sat(name)
        assert found.scores["aggregate"]["process"]["ends"][end] == 4
        assert (found.credit, found.scores["aggregate"]["cases"]) == (0.0, 4)


@pytest.mark.parametrize("name", ["terminal-escapes", "html", "formula"])
def test_words_of_a_candidate_are_harmless_where_they_are_kept_and_absent_from_scores(
    name: str, sat: Any
) -> None:
    found: Sat = sat(name)
    unmatched = (found.folder / "unmatched_orders.json").read_bytes().decode()
    assert json.loads(unmatched)["wordings"]
    for text in (unmatched, (found.folder / JOURNAL_FILE).read_text()):
        assert not [c for c in text if ord(c) < 32 and c != "\n"]
        assert "\u202e" not in text
    scores = json.dumps(found.scores, ensure_ascii=False)
    for words in (*ESCAPES.split("\x1b"), HTML, FORMULA, "gpj.exe", "alert", "cmd|"):
        assert not words or words not in scores
    for record in found.records:
        said = record.model_dump_json()
        assert "\\u001b" not in said
        assert "\u202e" not in said


@pytest.mark.parametrize(
    "name", [HTML, FORMULA, "[bold]x[/]", "a\x1b[31m", "../x", "a\u202eb", "a b", "x" * 81, "a//b"]
)
def test_candidate_cannot_be_named_by_markup_a_path_or_a_formula(name: str) -> None:
    with pytest.raises(ValueError, match="id"):
        Candidate.model_validate({"id": name, "model": "openai/x"})


def test_floors_and_ceiling_are_where_they_are_known_to_be(folder: Path) -> None:
    credits = {
        name: sit_reference(name, folder / f"reference-{name}").credit
        for name in ("commonest", "order-everything", "random", "oracle")
    }
    assert credits["oracle"] == 1.0
    # Two of the four patients have the commonest condition.
    assert credits["commonest"] == credits["order-everything"] == 0.5
    assert 0.0 <= credits["random"] < 1.0
    assert sit(plainly("unknown"), folder / "unknown").credit == 0.0
    assert sit(silently, folder / "silent").credit == 0.0


def test_repeated_presentation_earns_what_the_complaint_alone_earns(sat: Any, folder: Path) -> None:
    one = hostile("repeats-the-presentation")
    assert sat(one.name).credit == sit(one.twin, folder / "complaint").credit < 0.5
