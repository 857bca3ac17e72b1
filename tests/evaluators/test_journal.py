"""The journal: nothing paid for is lost, nothing foreign is read, one writer at a time."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluators.encounter.protocol import Reply
from evaluators.journal import (
    Journal,
    JournalCorrupt,
    JournalError,
    JournalLocked,
    JournalMismatch,
    read_journal,
    read_replies,
)

CANDIDATE, SET = "c" * 64, "5" * 64
PROJECT = Path(__file__).resolve().parents[2]


def open_at(folder: Path, candidate: str = CANDIDATE, scenario_set: str = SET) -> Journal:
    return Journal.open(folder / "journal.jsonl", candidate, scenario_set)


def fill(journal: Journal, *places: tuple[str, int, int], cost: float | None = 0.0) -> None:
    for scenario_id, turn, attempt in places:
        name = f"{scenario_id}-{turn}-{attempt}"
        journal.append(
            scenario_id=scenario_id,
            turn=turn,
            attempt=attempt,
            request_sha256=name,
            reply=Reply(text=f"answer {name}", model="m", cost_usd=cost),
        )


def content(folder: Path) -> bytes:
    return (folder / "journal.jsonl").read_bytes()


def test_lines_are_as_the_format_says(tmp_path):
    with open_at(tmp_path) as journal:
        fill(journal, ("a", 1, 0))
    header, line = (json.loads(text) for text in content(tmp_path).splitlines())
    assert header == {
        "v": 1,
        "journal": "medcred/1",
        "candidate_sha256": CANDIDATE,
        "scenario_set_sha256": SET,
    }
    assert set(line) == {"v", "scenario_id", "turn", "attempt", "request_sha256", "reply"}
    assert set(line["reply"]) == {
        "text",
        "finish_reason",
        "model",
        "prompt_tokens",
        "completion_tokens",
        "cost_usd",
    }


def test_what_was_written_is_found_again(tmp_path):
    with open_at(tmp_path) as journal:
        fill(journal, ("a", 1, 0), ("a", 2, 0))
    with open_at(tmp_path) as journal:
        found = journal.reply_for("a-2-0")
        assert found is not None
        assert found.text == "answer a-2-0"
        assert journal.reply_for("a-3-0") is None
        assert journal.models == ("m",)


def test_the_file_is_private(tmp_path):
    open_at(tmp_path).close()
    assert (tmp_path / "journal.jsonl").stat().st_mode & 0o777 == 0o600


def test_one_request_is_one_line_however_often_it_is_appended(tmp_path):
    with open_at(tmp_path) as journal:
        fill(journal, ("a", 1, 0), ("a", 1, 0))
    assert len(content(tmp_path).splitlines()) == 2


def test_another_request_in_the_same_place_is_refused(tmp_path):
    with open_at(tmp_path) as journal:
        fill(journal, ("a", 1, 0))
        with pytest.raises(JournalMismatch, match="harness"):
            journal.append(
                scenario_id="a", turn=1, attempt=0, request_sha256="x", reply=Reply(text="")
            )
    assert len(content(tmp_path).splitlines()) == 2


@pytest.mark.parametrize("kept", range(1, 40, 7))
def test_a_torn_last_line_is_cut_off_and_reported(tmp_path, caplog, kept):
    with open_at(tmp_path) as journal:
        fill(journal, ("a", 1, 0))
        whole = content(tmp_path)
        fill(journal, ("b", 1, 0))
    torn = content(tmp_path)[: len(whole) + kept]
    (tmp_path / "journal.jsonl").write_bytes(torn)
    assert list(read_replies(tmp_path / "journal.jsonl")) == ["a"]
    with open_at(tmp_path) as journal:
        assert journal.cut_bytes == kept
        fill(journal, ("b", 1, 0))
    assert "answer" not in caplog.text
    assert str(kept) in caplog.text
    assert list(read_replies(tmp_path / "journal.jsonl")) == ["a", "b"]


def test_a_torn_header_is_written_anew(tmp_path):
    (tmp_path / "journal.jsonl").write_bytes(b'{"v":1,"jour')
    with open_at(tmp_path) as journal:
        assert journal.cut_bytes == 12
    assert read_journal(tmp_path / "journal.jsonl")[0].candidate_sha256 == CANDIDATE


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("put", [b'{"v":1,"scena\n', b"\n", b"\x00\x00\n", b'{"v":2}\n'])
def test_a_torn_line_elsewhere_stops(tmp_path, number, put):
    with open_at(tmp_path) as journal:
        fill(journal, ("a", 1, 0), ("SECRET", 1, 0), ("b", 1, 0))
    lines = content(tmp_path).splitlines(keepends=True)
    lines[number] = put
    (tmp_path / "journal.jsonl").write_bytes(b"".join(lines))
    before = content(tmp_path)
    with pytest.raises(JournalCorrupt, match=f"line {number + 1}") as caught:
        open_at(tmp_path)
    with pytest.raises(JournalCorrupt):
        read_replies(tmp_path / "journal.jsonl")
    assert "SECRET" not in str(caught.value)
    assert content(tmp_path) == before


@pytest.mark.parametrize(
    ("candidate", "scenario_set", "told"),
    [("d" * 64, SET, "another candidate"), (CANDIDATE, "6" * 64, "another scenario set")],
)
def test_a_journal_of_another_partition_is_refused(tmp_path, candidate, scenario_set, told):
    open_at(tmp_path).close()
    with pytest.raises(JournalMismatch, match=told):
        open_at(tmp_path, candidate, scenario_set)


def test_a_second_writer_is_refused_and_let_in_after_the_first(tmp_path):
    with open_at(tmp_path), pytest.raises(JournalLocked, match="another run"):
        open_at(tmp_path)
    open_at(tmp_path).close()


def test_the_lock_of_a_killed_process_is_gone_with_it(tmp_path):
    script = (
        "import sys, pathlib\nfrom evaluators.journal import Journal\n"
        f"journal = Journal.open(pathlib.Path(sys.argv[1]), {CANDIDATE!r}, {SET!r})\n"
        "print('locked', flush=True)\nsys.stdin.read()\n"
    )
    path = tmp_path / "journal.jsonl"
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"locked\n"
        with pytest.raises(JournalLocked):
            open_at(tmp_path)
        holder.send_signal(signal.SIGKILL)
    open_at(tmp_path).close()


@pytest.mark.parametrize("taken", [0, 30])
def test_a_full_disk_leaves_the_file_as_it_was(tmp_path, monkeypatch, taken):
    with open_at(tmp_path) as journal:
        fill(journal, ("a", 1, 0))
        before = content(tmp_path)
        real = os.pwrite

        def full(descriptor: int, line: bytes, offset: int) -> int:
            if taken:
                return real(descriptor, line[:taken], offset)
            raise OSError(errno.ENOSPC, "full")

        monkeypatch.setattr(os, "pwrite", full)
        with pytest.raises(JournalError, match="free some space"):
            fill(journal, ("b", 1, 0))
        assert content(tmp_path) == before
        monkeypatch.undo()
        fill(journal, ("b", 1, 0))
    assert list(read_replies(tmp_path / "journal.jsonl")) == ["a", "b"]


@pytest.mark.parametrize(("cost", "forced"), [(0.0, 0), (0.01, 2), (None, 2)])
def test_replies_that_may_have_cost_money_are_forced_to_the_disk(
    tmp_path, monkeypatch, cost, forced
):
    with open_at(tmp_path) as journal:
        done: list[int] = []
        monkeypatch.setattr(os, "fsync", done.append)
        fill(journal, ("a", 1, 0), ("a", 2, 0), cost=cost)
        assert len(done) == forced
    assert len(done) == max(forced, 1)


def test_money_is_counted_once_a_request_and_unknown_stays_unknown(tmp_path):
    with open_at(tmp_path) as journal:
        fill(journal, ("a", 1, 0), ("a", 2, 0), cost=0.25)
        reply = journal.reply_for("a-1-0")
        assert reply is not None
        journal.append(scenario_id="b", turn=1, attempt=0, request_sha256="a-1-0", reply=reply)
        assert (journal.spent_usd, journal.answered) == (0.5, 2)
        fill(journal, ("c", 1, 0), cost=None)
        assert journal.spent_usd is None


def test_a_closed_journal_takes_nothing(tmp_path):
    journal = open_at(tmp_path)
    journal.close()
    journal.close()
    with pytest.raises(JournalError, match="closed"):
        fill(journal, ("a", 1, 0))


def test_no_journal_is_an_error_that_names_the_partition(tmp_path):
    with pytest.raises(JournalError, match="examine first"):
        read_replies(tmp_path / "cardiology" / "x" / "y" / "journal.jsonl")


PLACES = [(s, turn, attempt) for s in "abc" for turn in (1, 2, 10) for attempt in (0, 1)]


@given(st.permutations(PLACES))
def test_replies_come_by_turn_and_attempt_in_whatever_order_they_were_written(
    tmp_path_factory, order
):
    folder = tmp_path_factory.mktemp("journal")
    with open_at(folder) as journal:
        fill(journal, *order)
        assert read_replies(folder / "journal.jsonl") == journal.replies()
    replies = read_replies(folder / "journal.jsonl")
    assert {key: [reply.text for reply in found] for key, found in replies.items()} == {
        s: [f"answer {s}-{turn}-{attempt}" for turn in (1, 2, 10) for attempt in (0, 1)]
        for s in "abc"
    }


@given(st.text(max_size=200))
def test_any_text_survives(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("journal")
    # A lone surrogate cannot be in a reply: it came over the wire as UTF-8.
    text = text.encode("utf-8", "ignore").decode()
    with open_at(folder) as journal:
        journal.append(
            scenario_id="a", turn=1, attempt=0, request_sha256="r", reply=Reply(text=text)
        )
    assert read_replies(folder / "journal.jsonl")["a"][0].text == text
