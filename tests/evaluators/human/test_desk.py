"""A person at the desk, by scripted lines, through the examination's own journal."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import signal
import stat
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console
from small_examination import small_set

from evaluators.candidates.egress import EgressRefused
from evaluators.catalogue import Catalogue
from evaluators.encounter.protocol import EndReason
from evaluators.encounter.record import EncounterRecord
from evaluators.encounter.session import Limits
from evaluators.examine import Examination, examine, replay_encounters
from evaluators.human.desk import Desk, EncounterLeft, ReadLine
from evaluators.human.rater import human_candidate
from evaluators.journal import read_replies
from evaluators.scenario_sets import ScenarioSet

FIRST = "0" * 16
PERSON = human_candidate("r07")


class Sitting:
    """One person, one set, as many sittings as a test wants."""

    def __init__(self, folder: Path, catalogue: Catalogue, chosen: ScenarioSet) -> None:
        self.folder, self.catalogue, self.chosen = folder, catalogue, chosen
        self.shown = ""

    def sit(self, *lines: str, **more: object) -> Examination:
        """Type these lines. Raises `EncounterLeft` where they end before the encounter does."""
        out = Console(file=io.StringIO(), width=100, force_terminal=True, color_system=None)
        desk = partial(
            Desk,
            console=out,
            read_line=more.pop("read_line", None) or reader(lines),
            folder=self.folder / "pictures",
            may_read_credentialed=bool(more.pop("has_access", False)),
        )
        try:
            return asyncio.run(
                examine(
                    self.chosen,
                    "gastroenterology",
                    PERSON,
                    self.folder,
                    self.catalogue,
                    only=[FIRST],
                    open_client=desk,
                    **more,  # type: ignore[arg-type]
                )
            )
        finally:
            self.shown = out.file.getvalue()  # type: ignore[attr-defined]

    def steps(self) -> list[str]:
        return [reply.text for reply in read_replies(self.folder / "journal.jsonl")[FIRST]]

    def record(self) -> EncounterRecord:
        replies = read_replies(self.folder / "journal.jsonl")
        return replay_encounters(self.chosen, replies, self.catalogue)[0]


def reader(lines: tuple[str, ...]) -> ReadLine:
    left = iter(lines)

    def read(prompt: str) -> str:
        del prompt
        for line in left:
            return line
        raise EOFError

    return read


@pytest.fixture
def sitting(tmp_path: Path, catalogue: Catalogue) -> Sitting:
    return Sitting(tmp_path / "partition", catalogue, small_set(2))


def test_a_person_orders_treats_and_answers_like_any_candidate(sitting: Sitting) -> None:
    done = sitting.sit(
        "order lipase, hemoglobin",
        "think pancreatitis 60%",
        "send",
        "do iv fluids",
        "diagnose acute pancreatitis [K85.9] 90%; cholecystitis 5%",
        "plan admit",
        "send",
    )
    record = done.encounters[0]
    assert record.end is EndReason.COMPLETED
    assert [order.test_id for order in record.orders] == ["lab_lipase", "lab_hgb"]
    assert record.final is not None
    assert record.final.diagnosis == "acute pancreatitis"
    assert [action.wording for action in record.actions] == ["iv fluids", "admit"]
    assert record.cost_usd == 0.0
    assert record == sitting.record()
    assert "2200 IU/L" in sitting.shown


def test_leaving_at_any_turn_goes_on_at_the_same_turn_and_asks_nothing_again(
    sitting: Sitting,
) -> None:
    with pytest.raises(EncounterLeft):
        sitting.sit("order lipase", "send", "order hemoglobin")
    assert len(sitting.steps()) == 1
    with pytest.raises(EncounterLeft):
        sitting.sit("quit")
    assert "2200 IU/L" in sitting.shown  # what was shown before is shown again
    assert "11 turns left" in sitting.shown
    done = sitting.sit("show lipase", "diagnose acute pancreatitis", "send")
    assert (done.calls_replayed, done.calls_made) == (1, 1)
    assert len(sitting.steps()) == 2
    assert done.encounters[0].turns == 2


def test_interrupting_with_the_keyboard_leaves_like_quitting(sitting: Sitting) -> None:
    def interrupt(prompt: str) -> str:
        raise KeyboardInterrupt

    with pytest.raises(EncounterLeft):
        sitting.sit(read_line=interrupt)
    assert sitting.sit("dx gout", "send").encounters[0].turns == 1


def test_a_killed_sitting_goes_on_at_the_same_turn(sitting: Sitting) -> None:
    lines = iter(["order lipase", "send"])

    def killed(prompt: str) -> str:
        line = next(lines, None)
        if line is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return line or ""

    child = os.fork()
    if not child:
        sitting.sit(read_line=killed)
        os._exit(1)  # not reached
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    done = sitting.sit("diagnose acute pancreatitis", "send")
    assert (done.calls_replayed, done.calls_made) == (1, 1)
    assert done.encounters[0].turns == 2


def test_bad_lines_are_told_and_send_nothing(sitting: Sitting) -> None:
    with pytest.raises(EncounterLeft):
        sitting.sit("frobnicate", "order", "plan rest", "send", "undo", "show", "film 3", "")
    for told in (
        "That is no command",
        "order cbc, troponin",
        "diagnose` first",
        "nothing to send",
        "nothing to take back",
        "no result yet",
        "no such picture",
    ):
        assert told in sitting.shown
    assert FIRST not in read_replies(sitting.folder / "journal.jsonl")


def test_the_last_turn_takes_an_answer_or_none_but_no_order(sitting: Sitting) -> None:
    limits = Limits(turns=1)
    with pytest.raises(EncounterLeft):
        sitting.sit("order lipase", "send", limits=limits)
    assert "only a final answer counts" in sitting.shown
    done = sitting.sit("wait", limits=limits)
    assert done.encounters[0].end is EndReason.TURN_LIMIT


def test_the_prompt_says_how_many_turns_and_minutes_are_left(sitting: Sitting) -> None:
    prompts: list[str] = []
    lines = iter(["order lipase", "send", "quit"])

    def read(prompt: str) -> str:
        prompts.append(prompt)
        return next(lines)

    with pytest.raises(EncounterLeft):
        sitting.sit(read_line=read)
    assert prompts == [f"{turns} turns, 60 min left> " for turns in (12, 12, 11)]


def test_a_draft_is_not_lost_to_a_wait(sitting: Sitting) -> None:
    with pytest.raises(EncounterLeft):
        sitting.sit("order lipase", "wait")
    assert "There is a draft" in sitting.shown


def test_no_escape_of_the_data_reaches_the_terminal(sitting: Sitting) -> None:
    scenario = sitting.chosen.scenarios[FIRST]
    hostile = "\x1b[2J\x1b]0;owned\x07\u202eEvil [red]markup[/red]"
    presentation = scenario.presentation.model_copy(
        update={"chief_complaint": hostile, "history": hostile}
    )
    item = replace(scenario.evidence[0], value=f"12 {hostile}")
    changed = replace(scenario, presentation=presentation, evidence=(item,))
    sitting.chosen = replace(sitting.chosen, scenarios={**sitting.chosen.scenarios, FIRST: changed})
    with pytest.raises(EncounterLeft):
        sitting.sit("order hemoglobin", "send", "do \x1b[31mharm", "case", "show")
    assert "Evil [red]markup[/red]" in sitting.shown
    assert not {"\x1b", "\x07", "\u202e"} & set(sitting.shown)


def test_credentialed_patients_are_shown_only_to_who_declares_access(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    sitting = Sitting(tmp_path / "partition", catalogue, small_set(1, tier="credentialed"))
    with pytest.raises(EgressRefused, match="--has-access"):
        sitting.sit("quit")
    assert not (tmp_path / "partition").exists()
    done = sitting.sit("diagnose acute pancreatitis", "send", has_access=True)
    assert done.complete


def test_a_person_is_never_briefed(tmp_path: Path, make_briefing: Callable[[], object]) -> None:
    desk = Desk(
        PERSON,
        tier="open",
        console=Console(file=io.StringIO()),
        read_line=reader(()),
        folder=tmp_path,
    )
    with pytest.raises(ValueError, match="never briefed"):
        asyncio.run(desk.answer([], briefing=make_briefing()))  # type: ignore[arg-type]


@pytest.fixture
def make_briefing() -> Callable[[], object]:
    from evaluators.candidates.reference.briefing import Briefing

    return Briefing


@pytest.mark.parametrize(
    ("kind", "told"),
    [("admission", None), ("intensive_care", "`support"), ("emergency", "`acuity 2`")],
)
def test_what_a_kind_asks_in_json_is_told_in_lines(
    sitting: Sitting, kind: str, told: str | None
) -> None:
    scenario = replace(sitting.chosen.scenarios[FIRST], kind=kind)
    sitting.chosen = replace(
        sitting.chosen, scenarios={**sitting.chosen.scenarios, FIRST: scenario}
    )
    with pytest.raises(EncounterLeft):
        sitting.sit("quit")
    assert ("Here this is said by" in sitting.shown) is (told is not None)
    assert told is None or told in sitting.shown


def test_a_picture_is_written_for_its_owner_alone(sitting: Sitting, tmp_path: Path) -> None:
    content = b"\xff\xd8 a picture"
    digest = hashlib.sha256(content).hexdigest()
    scenario = sitting.chosen.scenarios[FIRST]
    item = replace(scenario.evidence[1], image_sha256=digest)
    changed = replace(scenario, evidence=(item,))
    sitting.chosen = replace(
        sitting.chosen, scenarios={**sitting.chosen.scenarios, FIRST: changed}, folder=tmp_path
    )
    (tmp_path / f"image-{digest}.jpg").write_bytes(content)
    with pytest.raises(EncounterLeft):
        sitting.sit("order lipase", "send", "film 1", "film ../../etc/passwd")
    (written,) = (sitting.folder / "pictures").iterdir()
    assert written.read_bytes() == content
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert str(written) in sitting.shown.replace("\n", "")
    assert "those shown so far: 1" in sitting.shown


def test_only_a_part_of_the_set_is_examined_when_only_a_part_is_asked_for(
    sitting: Sitting,
) -> None:
    done = sitting.sit("diagnose gout", "send")
    assert [record.scenario_id for record in done.encounters] == [FIRST]
    assert not done.complete
    assert list(read_replies(sitting.folder / "journal.jsonl")) == [FIRST]
