"""Writing the patients of one chunk; what a process of the pool does.

Belongs here: telling patients, handing them to the writers of the chosen modules, and packing what
they wrote. Does not belong here: which chunks there are (`release`), where they go (`draft`).
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from sources.synthetic.draft import Chunk, packed
from sources.synthetic.ecg import EcgWriter, recordings_of
from sources.synthetic.echo import EchoWriter, echoes_of
from sources.synthetic.ed import EdWriter
from sources.synthetic.hosp import HospWriter
from sources.synthetic.icu import IcuWriter
from sources.synthetic.imaging import studies_of
from sources.synthetic.imaging.cxr import CxrWriter
from sources.synthetic.life import Life
from sources.synthetic.mimiciii import MimiciiiWriter
from sources.synthetic.notes import NoteWriter
from sources.synthetic.pulseox import PulseoxWriter
from sources.synthetic.sheets import Book, Files
from sources.synthetic.tables import headers, paths
from sources.synthetic.timeline import Patient

CHUNK_PATIENTS = 125
"""Patients of a chunk: enough for compression, few enough for memory and for even work."""


class Writer(Protocol):
    """Turns patients into the rows of one module."""

    def write(self, patient: Patient) -> None:
        """Write one patient."""

    def finish(self) -> None:
        """Write what follows from no patient, once a release."""


WRITERS: dict[str, Callable[[Book, Files], Writer]] = {
    "hosp": lambda book, _: HospWriter(book),
    "icu": lambda book, _: IcuWriter(book),
    "ed": lambda book, _: EdWriter(book),
    "note": NoteWriter,
    "cxr": CxrWriter,
    "ecg": EcgWriter,
    "echo": EchoWriter,
    "pulseox": PulseoxWriter,
    "mimiciii": MimiciiiWriter,
}
"""Module to its writer: a further module registers here and in `data_contracts/raw`."""

_IMAGING = frozenset({"note", "cxr", "mimiciii"})
_ECG = frozenset({"note", "ecg", "mimiciii"})
_ECHO = frozenset({"echo"})


@dataclass(frozen=True, slots=True)
class ChunkOrder:
    """What a chunk is made of; a chunk without patients holds the dictionaries."""

    number: int
    seed: int
    patients: range
    modules: tuple[str, ...]
    files: Path
    """Folder of the release, for what is no table."""


class _FolderFiles:
    """Files of one chunk, written at once."""

    def __init__(self, folder: Path) -> None:
        self._root = str(folder)
        self._made: set[str] = set()
        self.sums: list[tuple[str, str]] = []
        self.texts: list[tuple[str, str, str]] = []

    def add(self, path: str, data: bytes) -> None:
        """Write a file; `path` is relative to the target."""
        # Plain strings: a path object costs as much time as the call that it is made for.
        folder = path.rpartition("/")[0]
        if folder not in self._made:
            self._make(folder)
        with open(f"{self._root}/{path}", "wb") as stream:  # noqa: PTH123
            stream.write(data)
        self.sums.append((path, hashlib.sha256(data).hexdigest()))

    def _make(self, folder: str) -> None:
        """Make a folder and those above it."""
        above = folder.rpartition("/")[0]
        if not above:
            Path(self._root).mkdir(parents=True, exist_ok=True)
        elif above not in self._made:
            self._make(above)
        # Another process may have made it for its own patients.
        with contextlib.suppress(FileExistsError):
            os.mkdir(f"{self._root}/{folder}")  # noqa: PTH102
        self._made.add(folder)

    def zipped(self, archive: str, name: str, text: str) -> None:
        """Put a text into a zip archive, whose path is relative to the target."""
        self.texts.append((archive, name, text))


def tell(seed: int, number: int, modules: Sequence[str]) -> Patient:
    """One patient with all that some modules need to know.

    Args:
        seed: Seed of the release.
        number: The patient's number, from 1.
        modules: Modules that will be written; they decide what is drawn, never how.
    """
    patient = Life(seed, number).patient()
    wanted = set(modules)
    return replace(
        patient,
        studies=studies_of(patient, seed) if wanted & _IMAGING else (),
        ecgs=recordings_of(patient, seed) if wanted & _ECG else (),
        echoes=echoes_of(patient, seed) if wanted & _ECHO else (),
    )


def write_chunk(order: ChunkOrder) -> Chunk:
    """Write the patients of one chunk."""
    # A chunk makes millions of small objects and no cycles: looking for some takes a tenth of it.
    collects = gc.isenabled()
    gc.disable()
    try:
        return _write_chunk(order)
    finally:
        if collects:
            gc.enable()


def _write_chunk(order: ChunkOrder) -> Chunk:
    files = _FolderFiles(order.files)
    books = {
        module: Book(
            {
                table: header if order.number == 0 else None
                for table, header in headers(module).items()
            }
        )
        for module in order.modules
    }
    writers = [WRITERS[module](book, files) for module, book in books.items()]
    for number in order.patients:
        patient = tell(order.seed, number, order.modules)
        for writer in writers:
            writer.write(patient)
    if not order.patients:
        for writer in writers:
            writer.finish()
    tables: dict[str, bytes] = {}
    rows: dict[str, int] = {}
    raw_bytes = 0
    for module, book in books.items():
        places = paths(module)
        for table, sheet in book.items():
            rows[f"{module}/{table}"] = sheet.rows
            text = sheet.text()
            raw_bytes += len(text)
            if text:
                tables[places[table]] = packed(places[table], text)
    return Chunk(order.number, tables, rows, raw_bytes, tuple(files.sums), tuple(files.texts))
