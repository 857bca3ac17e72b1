"""Writing a whole synthetic release, or none.

Belongs here: arguments, the temporary folder and its renaming, checksums, the marker. Does not
belong here: what is written (`life`, `course`), and how rows look (`hosp`, `icu`, `ed`).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sources.synthetic.ed import EdWriter
from sources.synthetic.hosp import HospWriter
from sources.synthetic.icu import IcuWriter
from sources.synthetic.ids import PATIENT_LIMIT
from sources.synthetic.life import Life
from sources.synthetic.sheets import Book
from sources.synthetic.tables import FOLDERS, HEADERS, RELEASES
from sources.synthetic.timeline import Patient

GENERATOR = "synthetic 1"
"""Name and version; a change of any byte that is written for the same arguments changes it."""
MARKER = "medcred-synthetic.json"
BYTES_PER_PATIENT = 8_000
"""Upper estimate of a patient's share of the compressed files (6,700 at 1,000 patients)."""
BASE_BYTES = 1_000_000
"""Upper estimate of the dictionaries, whatever the number of patients."""
_CHUNK = 1 << 20


class BadSyntheticRequest(ValueError):
    """The arguments name no release that can be written."""


class SyntheticTargetNotEmpty(FileExistsError):
    """The target holds something already; nothing was written."""


class SyntheticDiskTooSmall(OSError):
    """The disk cannot hold the release; nothing was written."""


class Writer(Protocol):
    """Turns patients into the rows of one module."""

    def write(self, patient: Patient) -> None:
        """Write one patient."""

    def finish(self) -> None:
        """Write what follows from no patient."""


_WRITERS: dict[str, Callable[[Book], Writer]] = {
    "hosp": HospWriter,
    "icu": IcuWriter,
    "ed": EdWriter,
}
"""Module to its writer: a further module registers here and in `tables`."""


@dataclass(frozen=True, slots=True)
class SyntheticRelease:
    """What was written."""

    root: Path
    patients: int
    seed: int
    modules: tuple[str, ...]
    rows: dict[str, int]
    """Rows by table, named `<module>/<table>`."""


def generate(
    target: Path,
    patients: int,
    seed: int,
    modules: Sequence[str] = ("hosp", "icu", "ed"),
    on_progress: Callable[[int, int], None] | None = None,
) -> SyntheticRelease:
    """Write a synthetic MIMIC-IV with the layout of the real one.

    The same patients and seed give the same bytes. A patient's rows depend on the seed and the
    patient's number only, so that a larger release begins with the rows of a smaller one. The
    compressed bytes further depend on the zlib that Python was built with.

    Args:
        target: Folder to create; it must not exist, or be empty.
        patients: How many; at least 1.
        seed: Any whole number from 0.
        modules: Of `hosp`, `icu`, `ed`.
        on_progress: Called with patients written and patients in all.

    Raises:
        BadSyntheticRequest: An argument is out of range; nothing was written.
        SyntheticTargetNotEmpty: The target holds something; nothing was written.
        SyntheticDiskTooSmall: The release would not fit its disk; nothing was written.
    """
    chosen = _checked(target, patients, seed, modules)
    _check_disk(target, patients)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        rows = _write(draft, patients, seed, chosen, on_progress)
        files = _checksums(draft)
        marker = {
            "generator": GENERATOR,
            "patients": patients,
            "seed": seed,
            "modules": list(chosen),
            "files": files,
        }
        text = json.dumps(marker, indent=1, sort_keys=True) + "\n"
        (draft / MARKER).write_text(text, "utf-8")
        draft.chmod(0o755)
        # Replaces an empty folder too; fails if another run has filled it meanwhile.
        draft.replace(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return SyntheticRelease(target, patients, seed, chosen, rows)


def _checked(target: Path, patients: int, seed: int, modules: Sequence[str]) -> tuple[str, ...]:
    unknown = sorted(set(modules) - set(_WRITERS))
    if unknown or not modules or isinstance(modules, str):
        raise BadSyntheticRequest(
            f"synthetic modules must be some of {', '.join(_WRITERS)}; name those to write"
        )
    if not 1 <= patients <= PATIENT_LIMIT:
        raise BadSyntheticRequest(
            f"synthetic patients must be 1 to {PATIENT_LIMIT:,}; choose a number in that range"
        )
    if seed < 0:
        raise BadSyntheticRequest("the synthetic seed must not be negative; choose 0 or more")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise SyntheticTargetNotEmpty(
            f"the synthetic target {target.name} is not an empty folder; remove it or name another"
        )
    return tuple(module for module in _WRITERS if module in modules)


def _check_disk(target: Path, patients: int) -> None:
    folder = next(parent for parent in target.absolute().parents if parent.is_dir())
    free = shutil.disk_usage(folder).free
    needed = BASE_BYTES + BYTES_PER_PATIENT * patients
    if free < needed:
        raise SyntheticDiskTooSmall(
            f"{patients:,} synthetic patients take about {needed / 1e9:.1f} GB and the disk of "
            f"{target.name} has {free / 1e9:.1f} GB free; name a folder elsewhere or fewer patients"
        )


def _write(
    draft: Path,
    patients: int,
    seed: int,
    modules: tuple[str, ...],
    on_progress: Callable[[int, int], None] | None,
) -> dict[str, int]:
    """Write all rows, one patient in memory at a time."""
    with ExitStack() as stack:
        books = {
            module: stack.enter_context(Book(draft / FOLDERS[module], HEADERS[module]))
            for module in modules
        }
        writers = [_WRITERS[module](book) for module, book in books.items()]
        for number in range(1, patients + 1):
            patient = Life(seed, number).patient()
            for writer in writers:
                writer.write(patient)
            if on_progress is not None:
                on_progress(number, patients)
        for writer in writers:
            writer.finish()
        return {
            f"{module}/{table}": rows
            for module, book in books.items()
            for table, rows in book.rows().items()
        }


def _checksums(draft: Path) -> dict[str, str]:
    """Write SHA256SUMS.txt for each release, as PhysioNet does; returns all digests."""
    digests: dict[str, str] = {}
    for release in RELEASES:
        folder = draft / release
        if not folder.is_dir():
            continue
        listed = {}
        for path in sorted(folder.rglob("*.csv.gz")):
            listed[path.relative_to(folder).as_posix()] = _sha256(path)
        text = "".join(f"{digest} {name}\n" for name, digest in listed.items())
        (folder / "SHA256SUMS.txt").write_text(text, "utf-8")
        digests.update({f"{release}/{name}": digest for name, digest in listed.items()})
    return digests


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
