"""Writing a publication: all of it, or nothing.

Belongs here: the files of a publication (`build`), the doors that they must pass, and replacing
the old folder by the new one. Does not belong here: what a statement says (`statements`), how the
page looks (`page`).

Before a byte is written every document has passed its closed schema and every byte the privacy
scan. The new folder is made beside the old one, verified as a stranger would verify it, and then
takes its place. After a crash at any moment the old or the new publication stands; where the crash
fell between the two renames, the next call of `publish` or `recover` puts the old one back.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from registry.canonical import canonical_json, sha256
from registry.errors import PolicyError, PublicationError, SchemaError, StandingError
from registry.forest import shortened
from registry.page import render_page
from registry.policy import Policy
from registry.privacy import scan
from registry.schemas import validate
from registry.statements import Statement, data_facts, index_entry, make_statement
from registry.verify import CHECKSUMS, INDEX, INDEX_FORMAT, PAGE, POLICY, checksum_list, verify


@dataclass(frozen=True)
class Publication:
    """A folder that was published."""

    folder: Path
    index_sha256: str
    """SHA-256 of `index.json`: names the whole publication."""
    statements: int
    """Number of statements."""


def publish(
    standings: Mapping[str, Any],
    into: Path,
    issued_on: date,
    policy: Policy,
    *,
    canaries: Collection[str] = (),
) -> Publication:
    """Publish `standings.json` into a folder, replacing the publication that is there.

    Args:
        standings: Content of `standings.json`, as from `registry.policy.apply_policy`.
        into: The folder of the publication. A folder that is not one is never replaced.
        issued_on: Date of issue; the only thing in the output that is not in the input.
        policy: The policy that decided over the standings.
        canaries: Strings of which a single one in the output stops the publication.

    Raises:
        PolicyError: when another policy decided.
        StandingError: when a standing is malformed or contradicts itself.
        SchemaError: when something is not admitted by the closed schemas.
        PrivacyError: when a byte looks like something of a patient.
        PublicationError: when the folder cannot be written or is not a publication.
    """
    files, count = build(standings, issued_on, policy, canaries=canaries)
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        with _alone(into):
            _restore(into)
            _require_replaceable(into)
            staged = Path(tempfile.mkdtemp(prefix=f".{into.name}.new-", dir=into.parent))
            try:
                _write(staged, files)
                report = verify(staged)
                _replace(staged, into)
            finally:
                shutil.rmtree(staged, ignore_errors=True)
    except OSError as error:
        raise PublicationError(
            f"The publication {into.name} could not be written ({error.strerror}): what was there "
            "is unchanged; make room or correct the permissions and publish again."
        ) from error
    return Publication(folder=into, index_sha256=report.index_sha256, statements=count)


def build(
    standings: Mapping[str, Any],
    issued_on: date,
    policy: Policy,
    *,
    canaries: Collection[str] = (),
) -> tuple[dict[str, bytes], int]:
    """All files of a publication by relative path, and the number of statements.

    Same input, same bytes. Raises as `publish` does, but for `PublicationError`.
    """
    decided_by = standings["policy"]
    if decided_by != {"version": policy.version, "sha256": policy.sha256}:
        raise PolicyError(
            f"The standings were decided by policy {decided_by['version']} with another digest "
            "than this one: decide over them again."
        )
    data = data_facts(standings)
    statements = _in_order(
        _stated(number, entry, data, policy, issued_on)
        for number, entry in enumerate(standings["standings"], start=1)
    )
    expires_on = policy.expiry(issued_on)
    dates = {"issued_on": issued_on.isoformat(), "expires_on": expires_on.isoformat()}
    files = {statement.path: statement.payload for statement in statements}
    files[POLICY] = canonical_json(policy.document)
    files[PAGE] = render_page(statements, policy=policy, data=data, **dates)
    index = {
        "format": INDEX_FORMAT,
        **dates,
        "policy": {"version": policy.version, "sha256": policy.sha256},
        "data": data,
        "entries": [index_entry(statement) for statement in statements],
        "files": [{"path": path, "sha256": sha256(files[path])} for path in sorted(files)],
    }
    validate("policy", policy.document)
    validate("index", index)
    files[INDEX] = canonical_json(index)
    files[CHECKSUMS] = checksum_list({path: sha256(content) for path, content in files.items()})
    scan(
        files,
        dates={issued_on, expires_on, policy.effective},
        names=_names(statements),
        canaries=canaries,
    )
    return files, len(statements)


def recover(into: Path) -> None:
    """Put the old publication back where a crash fell between the two renames."""
    with _alone(into):
        _restore(into)


def _stated(
    number: int, entry: Mapping[str, Any], data: Mapping[str, Any], policy: Policy, issued_on: date
) -> Statement:
    try:
        return make_statement(entry, data=data, policy=policy, issued_on=issued_on)
    except (SchemaError, StandingError) as error:
        # The entry's own names may be what is refused, so it is told by its number.
        raise type(error)(f"Entry {number} of the standings: {error}") from None


def _in_order(statements: Iterator[Statement]) -> list[Statement]:
    """By category and candidate; two candidates may not share a file, not even by letter case."""
    ordered = sorted(statements, key=lambda statement: (statement.category, statement.candidate))
    if len({statement.path.casefold() for statement in ordered}) != len(ordered):
        raise StandingError(
            "Two candidates of one category have the same id, or ids that differ in letter case "
            "only: rename one."
        )
    return ordered


def _names(statements: Collection[Statement]) -> set[str]:
    """What the operator named, in every spelling of the page."""
    return {
        name
        for statement in statements
        for name in (
            statement.candidate,
            shortened(statement.candidate),
            str(statement.predicate["model"]),
        )
    }


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write and flush every file; modes let a web server read them whatever the umask."""
    for path, content in sorted(files.items()):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        target.chmod(0o644)
    for made in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        made.chmod(0o755)
        _flush_folder(made)


def _replace(staged: Path, into: Path) -> None:
    previous = _previous(into)
    if into.exists():
        _rename(into, previous)
    try:
        _rename(staged, into)
    except OSError:
        _restore(into)
        raise
    _flush_folder(into.parent)
    shutil.rmtree(previous, ignore_errors=True)


def _restore(into: Path) -> None:
    previous = _previous(into)
    if previous.exists() and not into.exists():
        _rename(previous, into)
    shutil.rmtree(previous, ignore_errors=True)
    for left_over in into.parent.glob(f".{into.name}.new-*"):
        shutil.rmtree(left_over, ignore_errors=True)


def _previous(into: Path) -> Path:
    return into.with_name(f".{into.name}.previous")


def _rename(old: Path, new: Path) -> None:
    old.rename(new)


def _require_replaceable(into: Path) -> None:
    if into.is_symlink() or (into.exists() and not into.is_dir()):
        raise PublicationError(f"{into.name} is a link or a file: name a folder to publish into.")
    if into.is_dir() and any(into.iterdir()) and not (into / INDEX).is_file():
        raise PublicationError(
            f"The folder {into.name} holds something that is not a publication: name another "
            "folder, or empty it."
        )


@contextmanager
def _alone(into: Path) -> Iterator[None]:
    """Hold the lock of one publication; the system frees it when the process ends."""
    with (into.parent / f".{into.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PublicationError(
                f"Another process publishes into {into.name}: wait until it has finished."
            ) from None
        yield


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
