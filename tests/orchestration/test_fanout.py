"""Partitions are shared out among processes, and one that dies costs only its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, ClassVar

import pytest

import orchestration.fanout as fanout
from orchestration.settings import Settings

PARTITIONS = [(f"candidate/{turn}", "cardiology") for turn in range(fanout.WORTH_PROCESSES)]


class Jobs:
    """Stands for the jobs of a process; every third candidate fails."""

    def examine(self, candidate: str, category: str) -> str | None:
        del category
        return "refused" if int(candidate.partition("/")[2]) % 3 == 0 else None


class Pool(Executor):
    """A pool in this process; the second partition's process dies."""

    ended: ClassVar[list[dict[str, Any]]] = []
    """How pools of this kind were shut down."""

    def __init__(self, processes: int, **_: Any) -> None:
        self.processes = processes

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.ended.append({"wait": wait, "cancel_futures": cancel_futures})

    def submit(self, work: Callable[..., Any], *what: Any) -> Future[Any]:  # type: ignore[override]
        future: Future[Any] = Future()
        if what == (PARTITIONS[1],):
            future.set_exception(BrokenProcessPool())
        else:
            future.set_result(work(*what))
        return future


class Gone(Pool):
    """A pool whose processes have all died before anything was asked."""

    def submit(self, work: Callable[..., Any], *what: Any) -> Future[Any]:  # type: ignore[override]
        if what:
            raise BrokenProcessPool
        return super().submit(work)


def examine(threads: int, todo: list[fanout.Partition]) -> dict[fanout.Partition, str | None]:
    with fanout.examiners(Settings(threads=threads), len(todo)) as pool:
        return dict(fanout.examined(Jobs(), pool, todo))  # type: ignore[arg-type]


def test_few_partitions_stay_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "ProcessPoolExecutor", None)
    done = examine(2, PARTITIONS[:5])
    assert done == {part: Jobs().examine(*part) for part in PARTITIONS[:5]}


def test_few_that_are_left_of_many_stay_in_this_process() -> None:
    done = dict(fanout.examined(Jobs(), Gone(2), PARTITIONS[:5]))  # type: ignore[arg-type]
    assert done == {part: Jobs().examine(*part) for part in PARTITIONS[:5]}


def test_one_thread_stays_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "ProcessPoolExecutor", None)
    assert len(examine(1, PARTITIONS)) == len(PARTITIONS)


def test_a_killed_process_costs_its_own_partition_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr(fanout, "_jobs", Jobs())
    done = examine(2, PARTITIONS)
    assert done.pop(PARTITIONS[1]) == "its process was killed: run again, it goes on"
    assert done == {part: Jobs().examine(*part) for part in PARTITIONS if part != PARTITIONS[1]}


def test_processes_that_died_while_they_waited_leave_every_partition_for_the_next_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fanout, "ProcessPoolExecutor", Gone)
    done = examine(2, PARTITIONS)
    assert set(done.values()) == {"its process was killed: run again, it goes on"}
    assert list(done) == PARTITIONS


def test_a_refresh_that_fails_does_not_wait_for_processes_that_still_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fanout, "ProcessPoolExecutor", Pool)
    monkeypatch.setattr(Pool, "ended", [])
    with (
        pytest.raises(RuntimeError, match="refresh"),
        fanout.examiners(Settings(threads=2), len(PARTITIONS)),
    ):
        raise RuntimeError("the refresh failed")
    assert Pool.ended[0] == {"wait": False, "cancel_futures": True}


ORPHAN = """
import multiprocessing, threading, time
from orchestration.fanout import _leave_with_the_parent

def work():
    threading.Thread(target=_leave_with_the_parent, daemon=True).start()
    print("up", flush=True)
    time.sleep(120)

if __name__ == "__main__":
    multiprocessing.get_context("spawn").Process(target=work).start()
    time.sleep(120)
"""


def test_processes_leave_when_the_one_that_shares_out_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "sharing.py"
    script.write_text(ORPHAN)
    sharing = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(fanout.__file__).parents[1])},
    )
    assert sharing.stdout is not None
    assert sharing.stdout.readline() == "up\n"
    sharing.kill()
    # Both hold the pipe: it ends when the last of them has left.
    assert sharing.communicate(timeout=60) == ("", None)
