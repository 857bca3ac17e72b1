"""Examinations side by side: one process for each thread that the settings allow.

Belongs here: sharing partitions out, and what happens when a process dies. Does not belong here: an
examination. Partitions share nothing but Dagster's own store: each has its folder and its lock.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress

from orchestration.execution import Jobs, prepare
from orchestration.progress import LogReporter
from orchestration.settings import Settings
from orchestration.workspace import enclave

WORTH_PROCESSES = 12
"""With fewer partitions, starting further processes (about six seconds each) takes longer."""

Partition = tuple[str, str]
"""Candidate and category."""

_KILLED = "its process was killed: run again, it goes on"

_jobs: Jobs | None = None
"""The jobs of a process of the pool."""


@contextmanager
def examiners(settings: Settings, expected: int) -> Iterator[Executor | None]:
    """Processes that start now, to be ready when there is something to examine.

    Args:
        settings: `threads` is the number of processes.
        expected: How many partitions there may be; with few, or one thread, None is given.
    """
    if settings.threads == 1 or expected < WORTH_PROCESSES:
        yield None
        return
    # Dagster and Polars have threads, which a fork would copy in any state.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        settings.threads, mp_context=context, initializer=_open, initargs=(settings,)
    ) as pool:
        try:
            for _ in range(settings.threads):
                pool.submit(_is_ready)  # each starts a process, and nobody waits
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def audit_grader_ahead(settings: Settings, pool: Executor | None) -> None:
    """Let one of the processes audit the grader: it is on record when the refresh asks for it.

    Args:
        settings: Name the enclave.
        pool: Of `examiners`.
    """
    if pool is not None:
        with suppress(BrokenProcessPool):  # then the refresh audits; `examined` tells of the pool
            pool.submit(_audit_grader, settings)


def examined(
    jobs: Jobs, pool: Executor | None, todo: Sequence[Partition]
) -> Iterator[tuple[Partition, str | None]]:
    """Examine partitions; each comes when it is done, with the reason if it failed.

    Args:
        jobs: Those of this process, for a few partitions.
        pool: Of `examiners`.
        todo: What to examine.
    """
    if pool is None or len(todo) < WORTH_PROCESSES:
        for partition in todo:
            yield partition, jobs.examine(*partition)
        return
    asked = {}
    for partition in todo:
        try:
            asked[pool.submit(_examine, partition)] = partition
        except BrokenProcessPool:
            yield partition, _KILLED
    for future in as_completed(asked):
        try:
            yield asked[future], future.result()
        except BrokenProcessPool:
            yield asked[future], _KILLED


def _open(settings: Settings) -> None:
    global _jobs
    # These processes fill the processor by themselves: threads of the matrix library would only
    # take turns with them. It reads this when NumPy is imported, which nobody has done yet.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    threading.Thread(target=_leave_with_the_parent, daemon=True).start()
    prepare(settings)
    _jobs = Jobs(settings, LogReporter())
    from evaluators.candidates.litellm_switches import open_litellm

    open_litellm()  # three seconds of imports, before anybody waits for them


def _is_ready() -> bool:
    return _jobs is not None


def _audit_grader(settings: Settings) -> None:
    from orchestration.grader_outcome import audited_grader

    audited_grader(enclave(settings))


def _leave_with_the_parent() -> None:
    """End this process when the one that shares out is gone: nobody would ever ask it again."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _examine(partition: Partition) -> str | None:
    if _jobs is None:
        raise RuntimeError("the process was not opened")
    return _jobs.examine(*partition)
