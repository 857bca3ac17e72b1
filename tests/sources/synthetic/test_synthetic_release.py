"""A release is whole or absent, the same bytes every time, and listed with its checksums."""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest

import sources.synthetic.release as release_module
from sources.synthetic import (
    DEFAULT_MODULES,
    GENERATOR,
    MARKER,
    BadSyntheticRequest,
    SyntheticDiskTooSmall,
    SyntheticRelease,
    SyntheticRunBusy,
    SyntheticRunStopped,
    SyntheticTargetNotEmpty,
    generate,
)
from sources.synthetic.chunks import ChunkOrder
from sources.synthetic.draft import Chunk, Draft
from sources.synthetic.life import Life
from sources.synthetic.release import BASE_BYTES, BYTES_PER_PATIENT
from sources.synthetic.tables import LEAKS_FILE, headers, paths


def files_of(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def rows_of_patients(root: Path, last: int) -> dict[str, list[bytes]]:
    """Rows of the patients up to a number, for every table that has patients."""
    wanted = {str(80_000_000 + number).encode() for number in range(1, last + 1)}
    found: dict[str, list[bytes]] = {}
    for module in ("hosp", "icu", "ed"):
        for name, header in headers(module).items():
            columns = (header or "").split(",")
            if "subject_id" not in columns:
                continue
            place = columns.index("subject_id")
            path = root / paths(module)[name]
            lines = gzip.decompress(path.read_bytes()).splitlines()[1:]
            found[f"{module}/{name}"] = [x for x in lines if x.split(b",")[place] in wanted]
    return found


def test_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    generate(tmp_path / "one", 12, 5)
    generate(tmp_path / "two", 12, 5)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


def test_bytes_do_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from sources.synthetic import generate; "
        "generate(Path(sys.argv[1]), 6, 5)"
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / seed)],
            check=True,
            env=environment,
            cwd=Path(__file__).resolve().parents[3],
        )
    assert files_of(tmp_path / "1") == files_of(tmp_path / "2")


def test_another_seed_gives_other_patients(tmp_path: Path) -> None:
    generate(tmp_path / "one", 8, 5)
    generate(tmp_path / "two", 8, 6)
    assert rows_of_patients(tmp_path / "one", 8) != rows_of_patients(tmp_path / "two", 8)


def test_a_larger_release_begins_with_the_smaller_one(tmp_path: Path) -> None:
    generate(tmp_path / "small", 20, 3)
    generate(tmp_path / "large", 40, 3)
    small = rows_of_patients(tmp_path / "small", 20)
    assert small == rows_of_patients(tmp_path / "large", 20)
    assert small["hosp/patients"]
    assert small["hosp/labevents"]


def test_a_module_left_out_changes_no_other_table(tmp_path: Path) -> None:
    generate(tmp_path / "all", 8, 3)
    generate(tmp_path / "some", 8, 3, modules=("ed",))
    some = files_of(tmp_path / "some")
    whole = files_of(tmp_path / "all")
    some.pop(MARKER)
    assert set(some) > set(paths("ed").values())
    assert all(some[name] == whole[name] for name in some)
    assert not (tmp_path / "some" / "mimiciv").exists()


def test_every_table_is_there_with_the_rows_reported(release: SyntheticRelease) -> None:
    for module in release.modules:
        for name, place in paths(module).items():
            data = (release.root / place).read_bytes()
            text = gzip.decompress(data) if place.endswith(".gz") else data
            header = headers(module)[name]
            if header is not None:
                assert text.startswith(f"{header}\n".encode())
            if module != "note" and header is not None:  # texts of notes have lines of their own
                assert text.count(b"\n") - 1 == release.rows[f"{module}/{name}"]
            assert release.rows[f"{module}/{name}"], f"{module}/{name} has no rows"


def test_every_file_is_in_a_checksum_list(release: SyntheticRelease) -> None:
    listed = set()
    for sums in release.root.rglob("SHA256SUMS.txt"):
        for line in sums.read_text().splitlines():
            digest, name = line.split(" ", 1)
            assert hashlib.sha256((sums.parent / name).read_bytes()).hexdigest() == digest
            listed.add(sums.parent / name)
        listed.add(sums)
    lying = {path for path in release.root.rglob("*") if path.is_file()}
    assert lying - listed <= {release.root / MARKER, release.root / LEAKS_FILE}


def test_marker_names_arguments_and_digests(release: SyntheticRelease) -> None:
    marker = json.loads((release.root / MARKER).read_text())
    assert marker["generator"] == GENERATOR
    assert (marker["patients"], marker["seed"]) == (release.patients, release.seed)
    assert tuple(marker["modules"]) == release.modules == DEFAULT_MODULES
    tables = {place for module in release.modules for place in paths(module).values()}
    assert tables <= set(marker["files"])
    for name, digest in marker["files"].items():
        assert hashlib.sha256((release.root / name).read_bytes()).hexdigest() == digest


def test_gzip_headers_carry_no_name_and_no_time(release: SyntheticRelease) -> None:
    for path in release.root.rglob("*.csv.gz"):
        head = path.read_bytes()[:10]
        assert head[3] == 0, "flags: a name or comment"
        assert head[4:8] == b"\0\0\0\0", "modification time"


@pytest.mark.parametrize(
    ("patients", "seed", "modules"),
    [
        (0, 1, ("hosp",)),
        (-3, 1, ("hosp",)),
        (500_001, 1, ("hosp",)),
        (1, -1, ("hosp",)),
        (1, 1, ("hosp", "notes")),
        (1, 1, ()),
        (1, 1, "hosp"),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_written(
    tmp_path: Path, patients: int, seed: int, modules: tuple[str, ...]
) -> None:
    target = tmp_path / "deep" / "release"
    with pytest.raises(BadSyntheticRequest):
        generate(target, patients, seed, modules)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_too_small_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: real._replace(free=90_000_000))
    with pytest.raises(SyntheticDiskTooSmall, match=r"0\.1 GB free"):
        generate(tmp_path / "release", 100_000, 1)
    assert list(tmp_path.iterdir()) == []


def test_the_estimate_of_the_disk_is_an_upper_one(tmp_path: Path) -> None:
    made = generate(tmp_path / "release", 120, 3)
    taken = sum(path.stat().st_size for path in made.root.rglob("*") if path.is_file())
    assert taken <= BASE_BYTES + 120 * sum(BYTES_PER_PATIENT.values())


def test_a_target_in_use_is_refused_and_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "release"
    target.mkdir()
    (target / "mine.txt").write_text("mine")
    with pytest.raises(SyntheticTargetNotEmpty):
        generate(target, 3, 1)
    assert files_of(tmp_path) == {"release/mine.txt": b"mine"}


def test_a_file_as_target_is_refused(tmp_path: Path) -> None:
    (tmp_path / "release").write_text("mine")
    with pytest.raises(SyntheticTargetNotEmpty):
        generate(tmp_path / "release", 3, 1)


def test_an_empty_target_is_filled(tmp_path: Path) -> None:
    (tmp_path / "release").mkdir()
    generate(tmp_path / "release", 3, 1)
    assert (tmp_path / "release" / MARKER).is_file()


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five patients a chunk, so that few patients make many chunks."""
    monkeypatch.setattr(release_module, "CHUNK_PATIENTS", 5)


def test_a_run_that_fails_at_once_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tell(life: Life, told: Callable[[Life], object] = Life.patient) -> object:
        if life._number == 3:
            raise OSError("disk full")
        return told(life)

    monkeypatch.setattr(Life, "patient", tell)
    with pytest.raises(OSError, match="disk full"):
        generate(tmp_path / "release", 5, 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("small_chunks")
def test_a_disk_that_becomes_full_says_so_and_keeps_what_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def append(draft: Draft, chunk: Chunk, real: Any = Draft.append) -> None:
        if chunk.number == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(draft, chunk)

    with monkeypatch.context() as full:
        full.setattr(Draft, "append", append)
        with pytest.raises(SyntheticRunStopped, match="disk became full"):
            generate(tmp_path / "release", 18, 5, ("ed",), threads=1)
    assert not (tmp_path / "release").exists()
    generate(tmp_path / "release", 18, 5, ("ed",), threads=1, only_changed=True)
    generate(tmp_path / "whole", 18, 5, ("ed",), threads=1)
    assert files_of(tmp_path / "release") == files_of(tmp_path / "whole")


@pytest.mark.usefixtures("small_chunks")
def test_progress_counts_every_chunk(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    generate(
        tmp_path / "release", 12, 1, on_progress=lambda done, of: seen.append((done, of)), threads=1
    )
    assert seen == [(5, 12), (10, 12), (12, 12), (12, 12)]


@pytest.mark.usefixtures("small_chunks")
def test_bytes_do_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    for threads in (1, 2, 3):
        generate(tmp_path / str(threads), 18, 5, threads=threads)
    assert files_of(tmp_path / "1") == files_of(tmp_path / "2") == files_of(tmp_path / "3")


def interrupt_at(patient: int) -> Callable[[int, int], None]:
    def look(done: int, _: int) -> None:
        if done >= patient:
            raise KeyboardInterrupt

    return look


@pytest.mark.usefixtures("small_chunks")
def test_an_interrupted_run_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate(tmp_path / "whole", 18, 5, threads=1)
    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path / "release", 18, 5, on_progress=interrupt_at(10), threads=1)
    assert not (tmp_path / "release").exists()
    # What a kill in the middle of a write leaves: bytes beyond the last whole chunk.
    grown = tmp_path / ".release.partial" / "files" / paths("hosp")["labevents"]
    with grown.open("ab") as stream:
        stream.write(b"torn")
    told: list[int] = []

    def tell(life: Life, made: Callable[[Life], object] = Life.patient) -> object:
        told.append(life._number)
        return made(life)

    monkeypatch.setattr(Life, "patient", tell)
    generate(tmp_path / "release", 18, 5, only_changed=True, threads=1)
    assert told == list(range(11, 19))
    assert files_of(tmp_path / "release") == files_of(tmp_path / "whole")
    assert not (tmp_path / ".release.partial").exists()


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("other", [{"seed": 6}, {"patients": 19}, {"modules": ("hosp",)}])
def test_a_stopped_run_of_other_arguments_is_thrown_away(
    tmp_path: Path, other: dict[str, Any]
) -> None:
    # In this process: starting others takes longer than making so few patients.
    wanted: dict[str, Any] = {"patients": 18, "seed": 5, "threads": 1} | other
    generate(tmp_path / "whole", **wanted)
    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path / "release", 18, 5, on_progress=interrupt_at(10), threads=1)
    generate(tmp_path / "release", **wanted, only_changed=True)
    assert files_of(tmp_path / "release") == files_of(tmp_path / "whole")


@pytest.mark.usefixtures("small_chunks")
def test_without_only_changed_a_stopped_run_begins_anew(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path / "release", 18, 5, on_progress=interrupt_at(10), threads=1)
    seen: list[int] = []
    generate(tmp_path / "release", 18, 5, on_progress=lambda done, _: seen.append(done), threads=1)
    assert seen[0] == 5
    assert not (tmp_path / ".release.partial").exists()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.unlink(), id="missing"),
        pytest.param(lambda path: path.write_bytes(b"other"), id="changed"),
    ],
)
def test_only_the_module_of_a_damaged_file_is_written_again(
    tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    whole = generate(tmp_path / "release", 6, 5, ("hosp", "icu", "ed"))
    before = files_of(whole.root)
    damage(whole.root / paths("icu")["chartevents"])
    made = generate(whole.root, 6, 5, ("hosp", "icu", "ed"), only_changed=True)
    assert {name.partition("/")[0] for name in made.rows} == {"icu"}
    assert files_of(whole.root) == before


def test_modules_are_added_to_a_release(tmp_path: Path) -> None:
    generate(tmp_path / "whole", 6, 5, ("hosp", "icu", "ed"))
    generate(tmp_path / "release", 6, 5, ("hosp",))
    made = generate(tmp_path / "release", 6, 5, ("icu", "ed"), only_changed=True)
    assert {name.partition("/")[0] for name in made.rows} == {"icu", "ed"}
    assert files_of(tmp_path / "release") == files_of(tmp_path / "whole")


def test_a_whole_release_is_left_as_it_is(tmp_path: Path) -> None:
    generate(tmp_path / "release", 6, 5)
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "release").rglob("*")}
    made = generate(tmp_path / "release", 6, 5, only_changed=True)
    assert made.rows == {}
    assert stamps == {path: path.stat().st_mtime_ns for path in (tmp_path / "release").rglob("*")}


@pytest.mark.parametrize(("patients", "seed"), [(7, 5), (6, 4)])
def test_a_release_of_other_arguments_is_never_completed(
    tmp_path: Path, patients: int, seed: int
) -> None:
    generate(tmp_path / "release", 6, 5, ("ed",))
    before = files_of(tmp_path)
    with pytest.raises(SyntheticTargetNotEmpty, match="other than"):
        generate(tmp_path / "release", patients, seed, ("ed",), only_changed=True)
    assert files_of(tmp_path) == before


@pytest.mark.parametrize("said", ["", "{", "[]", "{}"])
def test_a_folder_with_a_damaged_marker_is_left_alone(tmp_path: Path, said: str) -> None:
    (tmp_path / "release").mkdir()
    (tmp_path / "release" / MARKER).write_text(said)
    with pytest.raises(SyntheticTargetNotEmpty, match="other than"):
        generate(tmp_path / "release", 6, 5, ("ed",), only_changed=True)
    assert files_of(tmp_path) == {f"release/{MARKER}": said.encode()}


def test_two_runs_of_one_target_do_not_mix(tmp_path: Path) -> None:
    def again(_: int, __: int) -> None:
        with pytest.raises(SyntheticRunBusy):
            generate(tmp_path / "release", 3, 1)

    generate(tmp_path / "release", 3, 1, on_progress=again)
    assert (tmp_path / "release" / MARKER).is_file()


def test_a_killed_process_keeps_what_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed:
        def __init__(self, *_: object, **__: object) -> None:
            self.sent = 0

        def __enter__(self) -> Killed:
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def shutdown(self, **_: object) -> None:
            return None

        def submit(self, write: Callable[[ChunkOrder], Chunk], order: ChunkOrder) -> Future[Chunk]:
            future: Future[Chunk] = Future()
            self.sent += 1
            if self.sent == 2:
                future.set_exception(BrokenProcessPool())
            else:
                future.set_result(write(order))
            return future

    generate(tmp_path / "whole", 18, 5)
    monkeypatch.setattr(release_module, "CHUNK_PATIENTS", 5)
    monkeypatch.setattr(release_module, "ProcessPoolExecutor", Killed)
    with pytest.raises(SyntheticRunStopped, match="--only-changed"):
        generate(tmp_path / "release", 18, 5, threads=2)
    progress = json.loads((tmp_path / ".release.partial" / "progress.json").read_text())
    assert progress["chunks"] == 1
