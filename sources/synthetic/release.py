"""Writing a whole synthetic release, or none; going on with one that was stopped.

Belongs here: arguments, the plan of chunks, the processes, the marker, putting files in place. Does
not belong here: what is written (`life`, `course`, ...), how a chunk is (`chunks`), how files grow
(`draft`).
"""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sources.releases import synthetic_release
from sources.synthetic.chunks import CHUNK_PATIENTS, WRITERS, ChunkOrder, write_chunk
from sources.synthetic.draft import Chunk, Draft, release_of, sha256
from sources.synthetic.ids import PATIENT_LIMIT
from sources.synthetic.tables import notices, paths

GENERATOR = synthetic_release().label
"""Name and version; a change of any byte that is written for the same arguments changes it."""
MARKER = "medcred-synthetic.json"
ON_REQUEST = ("mimiciii",)
"""Modules that are written only when they are named."""
MODULES = tuple(WRITERS)
DEFAULT_MODULES = tuple(module for module in MODULES if module not in ON_REQUEST)
BYTES_PER_PATIENT = {
    "hosp": 20_000,
    "icu": 10_000,
    "ed": 600,
    "note": 5_000,
    "cxr": 28_000,
    "ecg": 2_500,
    "echo": 2_500,
    "pulseox": 700,
    "mimiciii": 21_000,
}
"""A patient's share of the files on the disk, by module: a tenth over what 10,000 patients took."""
BASE_BYTES = 30_000_000
"""Upper estimate of what does not grow with the patients: dictionaries, waveforms, DICOM files."""


class BadSyntheticRequest(ValueError):
    """The arguments name no release that can be written."""


class SyntheticTargetNotEmpty(FileExistsError):
    """The target holds something already; nothing was written."""


class SyntheticDiskTooSmall(OSError):
    """The disk cannot hold the release; nothing was written."""


class SyntheticRunStopped(RuntimeError):
    """The run could not end; what is whole is kept for a run with `only_changed`."""


@dataclass(frozen=True, slots=True)
class SyntheticRelease:
    """What was written."""

    root: Path
    patients: int
    seed: int
    modules: tuple[str, ...]
    rows: dict[str, int]
    """Rows written by this run, by table, named `<module>/<table>`."""
    raw_bytes: int
    """Length of the tables written by this run, before compression."""


def generate(
    target: Path,
    patients: int,
    seed: int,
    modules: Sequence[str] = DEFAULT_MODULES,
    on_progress: Callable[[int, int], None] | None = None,
    *,
    threads: int | None = None,
    only_changed: bool = False,
) -> SyntheticRelease:
    """Write synthetic MIMIC with the layout of the real one.

    The same patients, seed and modules give the same bytes, whatever the number of processes. A
    patient's rows depend on the seed and the patient's number only, so that a larger release begins
    with the rows of a smaller one, and a module's rows do not depend on the other modules. The
    compressed bytes further depend on the zlib that Python was built with.

    Args:
        target: Folder to create; it must not exist, or be empty.
        patients: How many; at least 1.
        seed: Any whole number from 0.
        modules: Some of `MODULES`.
        on_progress: Called with patients written and patients in all.
        threads: Processes; without it as many as the machine has cores.
        only_changed: Go on where a stopped run was; in a finished release write again only the
            modules of which a file is missing or changed, and add those that are new.

    Raises:
        BadSyntheticRequest: An argument is out of range; nothing was written.
        SyntheticTargetNotEmpty: The target holds something; nothing was written.
        SyntheticDiskTooSmall: The release would not fit its disk; nothing was written.
        SyntheticRunBusy: Another run writes this target.
        SyntheticRunStopped: A process was killed, or the disk became full.
    """
    chosen = _checked(patients, seed, modules, threads)
    have, kept = _present(target, patients, seed, only_changed=only_changed)
    missing = tuple(module for module in chosen if module not in have)
    if not missing:
        return SyntheticRelease(target, patients, seed, chosen, {}, 0)
    _check_disk(target, patients, missing)
    arguments = {
        "generator": GENERATOR,
        "patients": patients,
        "seed": seed,
        "modules": list(missing),
        "chunk_patients": CHUNK_PATIENTS,
    }
    folder = target.parent / f".{target.name}.partial"
    target.parent.mkdir(parents=True, exist_ok=True)
    with Draft.opened(folder, arguments, resume=only_changed) as draft:
        orders = _plan(draft, patients, seed, missing)
        try:
            for chunk, order in _written(orders, threads or _cores()):
                draft.append(chunk)
                if on_progress is not None:
                    on_progress(order.patients.stop - 1, patients)
        except BaseException as error:
            if not draft.chunks:
                shutil.rmtree(folder)
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise SyntheticRunStopped(
                    f"the disk became full while {target.name} was written; make room and run the "
                    "same command with --only-changed to go on"
                ) from None
            raise
        digests = draft.finish(notices(missing), kept)
        rows, raw_bytes = draft.rows, draft.raw_bytes
        _put_in_place(
            draft.files, target, _marker(patients, seed, {*have, *missing}, {**kept, **digests})
        )
        shutil.rmtree(folder)
    return SyntheticRelease(target, patients, seed, chosen, rows, raw_bytes)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _checked(
    patients: int, seed: int, modules: Sequence[str], threads: int | None
) -> tuple[str, ...]:
    unknown = sorted(set(modules) - set(MODULES))
    if unknown or not modules or isinstance(modules, str):
        raise BadSyntheticRequest(
            f"synthetic modules must be some of {', '.join(MODULES)}; name those to write"
        )
    if not 1 <= patients <= PATIENT_LIMIT:
        raise BadSyntheticRequest(
            f"synthetic patients must be 1 to {PATIENT_LIMIT:,}; choose a number in that range"
        )
    if seed < 0:
        raise BadSyntheticRequest("the synthetic seed must not be negative; choose 0 or more")
    if threads is not None and threads < 1:
        raise BadSyntheticRequest("the number of threads must be 1 or more; leave it out for all")
    return tuple(module for module in MODULES if module in modules)


def _present(
    target: Path, patients: int, seed: int, *, only_changed: bool
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Modules that the target holds unchanged, and the digests of all files that may stay."""
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return (), {}
    if not only_changed:
        raise SyntheticTargetNotEmpty(
            f"the synthetic target {target.name} is not an empty folder; remove it, name another, "
            "or complete it with --only-changed"
        )
    said = _read_marker(target / MARKER)
    asked = [GENERATOR, patients, seed]
    if [said.get(name) for name in ("generator", "patients", "seed")] != asked:
        raise SyntheticTargetNotEmpty(
            f"the synthetic target {target.name} holds something other than {patients:,} patients "
            f"of {GENERATOR} with this seed; name another folder"
        )
    files: dict[str, str] = said["files"]
    whole = tuple(module for module in said["modules"] if _is_whole(target, module, files))
    gone = {place for module in MODULES if module not in whole for place in paths(module).values()}
    return whole, {place: digest for place, digest in files.items() if place not in gone}


def _read_marker(path: Path) -> dict[str, Any]:
    """What a marker says; nothing where there is none, or one that cannot be read."""
    if not path.is_file():
        return {}
    try:
        said = json.loads(path.read_text("utf-8"))
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _is_whole(target: Path, module: str, files: dict[str, str]) -> bool:
    """Are the tables of a module, and the images of its releases, what they were?"""
    places = paths(module).values()
    if any(place not in files or not _is_same(target / place, files[place]) for place in places):
        return False
    for release in sorted({release_of(place) for place in places} - {""}):
        listed = target / release / "SHA256SUMS.txt"
        if not listed.is_file():
            return False
        with listed.open(encoding="utf-8") as stream:
            for line in stream:
                digest, name = line.rstrip("\n").split(" ", 1)
                place = f"{release}/{name}"
                if place not in files and not _is_same(target / place, digest):
                    return False
    return True


def _is_same(path: Path, digest: str) -> bool:
    return path.is_file() and sha256(path) == digest


def _check_disk(target: Path, patients: int, modules: Sequence[str]) -> None:
    folder = next(parent for parent in target.absolute().parents if parent.is_dir())
    free = shutil.disk_usage(folder).free
    needed = BASE_BYTES + patients * sum(BYTES_PER_PATIENT[module] for module in modules)
    if free < needed:
        raise SyntheticDiskTooSmall(
            f"{patients:,} synthetic patients take about {needed / 1e9:.1f} GB and the disk of "
            f"{target.name} has {free / 1e9:.1f} GB free; name a folder elsewhere or fewer patients"
        )


def _plan(draft: Draft, patients: int, seed: int, modules: tuple[str, ...]) -> list[ChunkOrder]:
    """The chunks that are still to be written; the last holds the dictionaries."""
    starts = range(1, patients + 1, CHUNK_PATIENTS)
    spans = [range(start, min(start + CHUNK_PATIENTS, patients + 1)) for start in starts]
    spans.append(range(patients + 1, patients + 1))
    return [
        ChunkOrder(number, seed, span, modules, draft.files)
        for number, span in enumerate(spans)
        if number >= draft.chunks
    ]


def _written(orders: list[ChunkOrder], threads: int) -> Iterator[tuple[Chunk, ChunkOrder]]:
    """Write the chunks in some processes; they come in order, and few wait in memory."""
    if threads == 1 or len(orders) <= 2:
        for order in orders:
            yield write_chunk(order), order
        return
    left = iter(orders)
    waiting: deque[tuple[Future[Chunk], ChunkOrder]] = deque()
    # Forking a process that has threads (Dagster's, Polars') may deadlock: start clean ones.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(threads, mp_context=context) as pool:
        try:
            for order in left:
                waiting.append((pool.submit(write_chunk, order), order))
                if len(waiting) > 2 * threads:
                    done, whose = waiting.popleft()
                    yield done.result(), whose
            while waiting:
                done, whose = waiting.popleft()
                yield done.result(), whose
        except BrokenProcessPool:
            raise SyntheticRunStopped(
                "a process that writes synthetic patients was killed (memory?); run the same "
                "command with --only-changed to go on"
            ) from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _marker(patients: int, seed: int, modules: set[str], files: dict[str, str]) -> str:
    written = {
        "generator": GENERATOR,
        "patients": patients,
        "seed": seed,
        "modules": [module for module in MODULES if module in modules],
        "files": files,
    }
    return json.dumps(written, indent=1, sort_keys=True) + "\n"


def _put_in_place(files: Path, target: Path, marker: str) -> None:
    """Make the draft the release, or add it to the release that is there."""
    if not target.exists() or not any(target.iterdir()):
        (files / MARKER).write_text(marker, "utf-8")
        # Replaces an empty folder too; fails if another run has filled it meanwhile.
        files.replace(target)
        return
    for folder, _, names in os.walk(files):
        place = target / Path(folder).relative_to(files)
        place.mkdir(parents=True, exist_ok=True)
        for name in names:
            (Path(folder) / name).replace(place / name)
    fresh = target / f".{MARKER}"
    fresh.write_text(marker, "utf-8")
    fresh.replace(target / MARKER)
