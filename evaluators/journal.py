"""The journal: every answered request of one partition, append-only, paid for once.

Belongs here: opening, locking and mending a journal, looking a reply up, appending one, reading
all replies in their order. Does not belong here: making requests (`evaluators.candidates`),
driving encounters (`evaluators.examine`). The format is in `docs/formats.md`.

Durability. A line is handed to the kernel in one write before its reply is used, so a killed
process loses nothing. It is then forced to the disk (fsync) if the reply cost money or its price
is unknown, so that a power cut loses nothing that was paid for; replies known to be free are
forced when the journal is closed.

Locking. The file itself is locked (flock) for as long as it is open for writing. The kernel drops
the lock with the process, so a killed run never blocks the next.
"""

from __future__ import annotations

import fcntl
import json
import logging
import math
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from pydantic import ValidationError

from evaluators.encounter.protocol import Border, Reply

JOURNAL_VERSION: Literal["medcred/1"] = "medcred/1"
JOURNAL_FILE = "journal.jsonl"
"""Name of a journal in the folder of its partition."""

_LOG = logging.getLogger(__name__)


class JournalError(RuntimeError):
    """A journal cannot be used; the text says which partition and what to do."""


class JournalLocked(JournalError):
    """Another process is writing to the same partition."""


class JournalCorrupt(JournalError):
    """A line other than the last is not what it should be."""


class JournalMismatch(JournalError):
    """The journal belongs to another candidate or scenario set."""


class Header(Border):
    """The first line."""

    v: Literal[1] = 1
    journal: Literal["medcred/1"] = JOURNAL_VERSION
    candidate_sha256: str
    scenario_set_sha256: str


class Entry(Border):
    """One answered request."""

    v: Literal[1] = 1
    scenario_id: str
    turn: int
    """1-based turn of the encounter."""
    attempt: int
    """0 for the first request of a turn, 1 for its repair."""
    request_sha256: str
    reply: Reply


class Journal:
    """One partition's journal, open for writing and locked. Use `Journal.open` and `with`."""

    def __init__(
        self, descriptor: int, name: str, entries: list[Entry], end: int, cut: int
    ) -> None:
        self._descriptor: int | None = descriptor
        self._name = name
        self._end = end
        self._replies: dict[str, Reply] = {}
        self._written: dict[tuple[str, str], Entry] = {}
        self._places: set[tuple[str, int, int]] = set()
        self._is_forced = True
        self.cut_bytes = cut
        """Bytes of a torn last line that were cut off on opening."""
        for entry in entries:
            self._remember(entry)

    @classmethod
    def open(cls, path: Path, candidate_sha256: str, scenario_set_sha256: str) -> Self:
        """Open the journal at `path`, creating it (mode 0600) with its header if need be.

        A torn last line is cut off, reported in the log and in `cut_bytes`.

        Raises:
            JournalLocked: if another process has it open for writing.
            JournalMismatch: if its header names another candidate or scenario set.
            JournalCorrupt: if a line elsewhere is torn or not of the format.
            JournalError: if the disk refuses.
        """
        name = _partition_name(path)
        header = Header(candidate_sha256=candidate_sha256, scenario_set_sha256=scenario_set_sha256)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _lock(descriptor, name)
            content = path.read_bytes()
            whole = content.rfind(b"\n") + 1
            cut = len(content) - whole
            if cut:
                os.ftruncate(descriptor, whole)
                os.fsync(descriptor)
                _LOG.warning("journal %s: cut off a torn last line of %d bytes", name, cut)
            entries: list[Entry] = []
            if whole:
                found, entries = _parse(content[:whole], name)
                _check_header(found, header, name)
            journal = cls(descriptor, name, entries, whole, cut)
            if not whole:
                journal._write(header.model_dump_json().encode() + b"\n", is_forced=True)
                _force_folder(path.parent)
        except BaseException:
            os.close(descriptor)
            raise
        return journal

    def reply_for(self, request_sha256: str) -> Reply | None:
        """The reply to a request that was answered before, whoever's encounter it was."""
        return self._replies.get(request_sha256)

    def append(
        self, *, scenario_id: str, turn: int, attempt: int, request_sha256: str, reply: Reply
    ) -> None:
        """Write one answered request down. A second append of the same one changes nothing.

        Raises:
            JournalError: if the disk refuses (full, say); the file is as it was before.
            JournalMismatch: if another request stands in the same scenario, turn and attempt.
        """
        entry = Entry(
            scenario_id=scenario_id,
            turn=turn,
            attempt=attempt,
            request_sha256=request_sha256,
            reply=reply,
        )
        if (scenario_id, request_sha256) in self._written:
            return
        if (scenario_id, turn, attempt) in self._places:
            raise JournalMismatch(
                f"journal {self._name} answers another request in the place of this one: the "
                "harness or its limits changed; examine into another folder"
            )
        is_paid = reply.cost_usd is None or reply.cost_usd > 0
        self._write(_line(entry), is_forced=is_paid)
        self._remember(entry)

    def has(self, scenario_id: str, request_sha256: str) -> bool:
        """Whether this request of this scenario stands in the journal."""
        return (scenario_id, request_sha256) in self._written

    def replies(self) -> Mapping[str, tuple[Reply, ...]]:
        """Like `read_replies`, of what is written by now."""
        return _ordered(list(self._written.values()))

    @property
    def answered(self) -> int:
        """Distinct requests that were answered."""
        return len(self._replies)

    @property
    def spent_usd(self) -> float | None:
        """What the distinct requests cost together; None if the price of any is unknown."""
        costs = [reply.cost_usd for reply in self._replies.values()]
        # fsum: the same total in whatever order the answers came.
        return None if None in costs else math.fsum(cost for cost in costs if cost is not None)

    @property
    def models(self) -> tuple[str, ...]:
        """The model ids that answered, each once, sorted."""
        return tuple(sorted({reply.model for reply in self._replies.values() if reply.model}))

    def close(self) -> None:
        """Force what is written to the disk and let go of the lock. Closing twice is harmless."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        try:
            if not self._is_forced:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _remember(self, entry: Entry) -> None:
        self._replies.setdefault(entry.request_sha256, entry.reply)
        self._written.setdefault((entry.scenario_id, entry.request_sha256), entry)
        self._places.add((entry.scenario_id, entry.turn, entry.attempt))

    def _write(self, line: bytes, *, is_forced: bool) -> None:
        if self._descriptor is None:
            raise JournalError(f"journal {self._name} is closed: open it again")
        reason: str | None = None
        try:
            written = os.pwrite(self._descriptor, line, self._end)
            if written != len(line):
                reason = "the disk took only part of a line"
            elif is_forced:
                os.fsync(self._descriptor)
        except OSError as error:
            reason = os.strerror(error.errno or 0)
        if reason is not None:
            os.ftruncate(self._descriptor, self._end)
            raise JournalError(
                f"journal {self._name} cannot be written ({reason}): free some space and run again"
            )
        self._end += len(line)
        self._is_forced = is_forced


def read_replies(path: Path) -> Mapping[str, tuple[Reply, ...]]:
    """All replies by scenario, in the order of turn and attempt, however the lines lie.

    The file is not changed and needs no lock; a torn last line is left out.

    Raises:
        JournalError: if there is no journal at `path`.
        JournalCorrupt: if a line other than the last is torn, or two lines contradict each other.
    """
    return read_journal(path)[1]


def read_journal(path: Path) -> tuple[Header, Mapping[str, tuple[Reply, ...]]]:
    """The header (whose answers these are, to which scenario set) and `read_replies`, read once.

    Raises:
        JournalError: if there is no journal, or no whole header, at `path`.
        JournalCorrupt: like `read_replies`.
    """
    header, entries = _read(path)
    return header, _ordered(entries)


def _read(path: Path) -> tuple[Header, list[Entry]]:
    name = _partition_name(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise JournalError(
            f"journal {name} cannot be read ({os.strerror(error.errno or 0)}): examine first"
        ) from None
    whole = content.rfind(b"\n") + 1
    if not whole:
        raise JournalError(f"journal {name} has no header: examine first")
    return _parse(content[:whole], name)


def _parse(content: bytes, name: str) -> tuple[Header, list[Entry]]:
    header: Header | None = None
    entries: list[Entry] = []
    seen: dict[tuple[str, int, int], str] = {}
    for number, line in enumerate(content.splitlines(), start=1):
        is_sound = True
        try:
            if header is None:
                header = Header.model_validate_json(line)
                continue
            entry = Entry.model_validate_json(line)
        except ValidationError:
            is_sound = False
        if not is_sound:
            raise JournalCorrupt(
                f"journal {name} line {number} is torn or not of this format: restore the file "
                "from a copy, or move it away and examine again"
            )
        place = (entry.scenario_id, entry.turn, entry.attempt)
        if seen.setdefault(place, entry.request_sha256) != entry.request_sha256:
            raise JournalCorrupt(
                f"journal {name} line {number} answers another request than an earlier line does "
                "in the same place: the harness changed; move the file away and examine again"
            )
        entries.append(entry)
    assert header is not None
    return header, entries


def _ordered(entries: list[Entry]) -> Mapping[str, tuple[Reply, ...]]:
    by_scenario: dict[str, dict[tuple[int, int], Reply]] = {}
    for entry in entries:
        places = by_scenario.setdefault(entry.scenario_id, {})
        places.setdefault((entry.turn, entry.attempt), entry.reply)
    return {
        scenario_id: tuple(reply for _, reply in sorted(places.items(), key=lambda item: item[0]))
        for scenario_id, places in sorted(by_scenario.items())
    }


def _line(entry: Entry) -> bytes:
    # Line separators of Unicode stay escaped, so that a line is a line for every reader.
    return json.dumps(entry.model_dump(mode="json"), separators=(",", ":")).encode() + b"\n"


def _lock(descriptor: int, name: str) -> None:
    is_taken = False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        is_taken = True
    if is_taken:
        raise JournalLocked(
            f"journal {name} is being written by another run of this partition: wait for it to end"
        )


def _check_header(found: Header, wanted: Header, name: str) -> None:
    for field, what in (("candidate_sha256", "candidate"), ("scenario_set_sha256", "scenario set")):
        if getattr(found, field) != getattr(wanted, field):
            raise JournalMismatch(
                f"journal {name} belongs to another {what}: its digest differs; use the folder of "
                "this candidate and set"
            )


def _partition_name(path: Path) -> str:
    """The last folders of the path: they say category, candidate and digests."""
    return "/".join(path.parts[-4:-1]) or path.name


def _force_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
