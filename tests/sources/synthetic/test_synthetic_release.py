"""A release is whole or absent, the same bytes every time, and listed with its checksums."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sources.synthetic import (
    GENERATOR,
    MARKER,
    BadSyntheticRequest,
    SyntheticDiskTooSmall,
    SyntheticRelease,
    SyntheticTargetNotEmpty,
    generate,
)
from sources.synthetic.life import Life
from sources.synthetic.release import BASE_BYTES, BYTES_PER_PATIENT
from sources.synthetic.tables import FOLDERS, HEADERS, RELEASES


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
    for module, tables in HEADERS.items():
        for name, header in tables.items():
            columns = header.split(",")
            if "subject_id" not in columns:
                continue
            place = columns.index("subject_id")
            path = root / FOLDERS[module] / f"{name}.csv.gz"
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
    shared = [name for name in some if name.endswith(".csv.gz")]
    assert len(shared) == 6
    assert all(some[name] == whole[name] for name in shared)
    assert not (tmp_path / "some" / "mimiciv").exists()


def test_layout_and_row_counts_are_as_reported(release: SyntheticRelease) -> None:
    for module, tables in HEADERS.items():
        folder = release.root / FOLDERS[module]
        assert {path.name for path in folder.iterdir()} == {f"{name}.csv.gz" for name in tables}
        for name in tables:
            lines = gzip.decompress((folder / f"{name}.csv.gz").read_bytes()).count(b"\n")
            assert lines - 1 == release.rows[f"{module}/{name}"]
            assert lines > 1, f"{module}/{name} has no rows"


def test_checksum_lists_verify(release: SyntheticRelease) -> None:
    checked = 0
    for part in RELEASES:
        folder = release.root / part
        for line in (folder / "SHA256SUMS.txt").read_text().splitlines():
            digest, name = line.split(" ", 1)
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
            checked += 1
    assert checked == 37


def test_marker_names_arguments_and_digests(release: SyntheticRelease) -> None:
    marker = json.loads((release.root / MARKER).read_text())
    assert marker["generator"] == GENERATOR
    assert (marker["patients"], marker["seed"]) == (release.patients, release.seed)
    assert marker["modules"] == ["hosp", "icu", "ed"]
    assert len(marker["files"]) == 37
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
        (1_000_001, 1, ("hosp",)),
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
    monkeypatch.setattr(shutil, "disk_usage", lambda _: real._replace(free=9_000_000))
    with pytest.raises(SyntheticDiskTooSmall, match=r"0\.1 GB"):
        generate(tmp_path / "release", 10_000, 1)
    assert list(tmp_path.iterdir()) == []


def test_the_estimate_of_the_disk_is_an_upper_one(tmp_path: Path) -> None:
    made = generate(tmp_path / "release", 120, 3)
    taken = sum(path.stat().st_size for path in made.root.rglob("*") if path.is_file())
    assert taken <= BASE_BYTES + 120 * BYTES_PER_PATIENT


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


def test_a_run_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def tell(life: Life, told: Callable[[Life], object] = Life.patient) -> object:
        if life._number == 3:
            raise OSError("disk full")
        return told(life)

    monkeypatch.setattr(Life, "patient", tell)
    with pytest.raises(OSError, match="disk full"):
        generate(tmp_path / "release", 5, 1)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    def interrupt(done: int, _: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path / "release", 5, 1, on_progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_progress_counts_every_patient(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    generate(tmp_path / "release", 4, 1, on_progress=lambda done, of: seen.append((done, of)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
