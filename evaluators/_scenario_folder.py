"""A scenario set on the disk: its folder appears whole or not at all.

Belongs here: the lock, the replacement of one folder by another. Does not belong here: what the
files hold (`_scenario_freeze`).
"""

from __future__ import annotations

import fcntl
import filecmp
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from evaluators._scenario_types import ScenarioSetError


@contextmanager
def only_writer(into: Path) -> Iterator[None]:
    """Hold the lock of this set; the lock of a dead process is free by itself."""
    into.parent.mkdir(parents=True, exist_ok=True)
    with (into.parent / f".{into.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ScenarioSetError(
                f"Another process is freezing {into.name}: wait for it to end."
            ) from None
        yield


def write_folder(into: Path, files: Mapping[str, bytes | Path]) -> None:
    """Make `into` hold exactly `files`; when it does already, it is not touched.

    Args:
        into: the folder.
        files: content by name: bytes, or a file beside `into` that is moved there (pictures are
            too many for the memory).

    Raises:
        ScenarioSetError: another process is freezing the same set.
        OSError: the disk is full or cannot be written; what stood there is intact.
    """
    made = into.parent / f".{into.name}.partial"
    old = into.parent / f".{into.name}.old"
    with only_writer(into):
        if old.exists() and not into.exists():  # killed between the two renames
            old.rename(into)
        if _holds(into, files):
            return
        _remove(made)
        _remove(old)
        try:
            made.mkdir(mode=0o700)
            for name, content in files.items():
                if isinstance(content, Path):
                    content.rename(made / name)
                else:
                    (made / name).write_bytes(content)
            if into.exists():
                into.rename(old)
            try:
                made.rename(into)
            except OSError:
                if old.exists():
                    old.rename(into)
                raise
        finally:
            _remove(made)
        _remove(old)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _holds(folder: Path, files: Mapping[str, bytes | Path]) -> bool:
    """Whether the folder holds exactly these files with these bytes."""
    if not folder.is_dir() or {path.name for path in folder.iterdir()} != files.keys():
        return False
    return all(
        filecmp.cmp(content, folder / name, shallow=False)
        if isinstance(content, Path)
        else (folder / name).read_bytes() == content
        for name, content in files.items()
    )
