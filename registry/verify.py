"""Checking a publication offline: is it whole, unaltered, and does it follow its own policy?

Belongs here: everything that a reader can check with the folder alone, and the classes of what
may be wrong. Does not belong here: writing (`publish`), commands (`cli`).

Without signatures (a later version) a folder vouches only for itself: whoever can rewrite all of
it can make it consistent. Compare the SHA-256 of `index.json` with one that you got elsewhere.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Final

from registry.canonical import parse_canonical, sha256
from registry.errors import CanonicalFormError, PolicyError, RegistryError, SchemaError
from registry.policy import Policy, policy_from_document
from registry.schemas import validate
from registry.statements import (
    InconsistentStatementError,
    Statement,
    check_statement,
    index_entry,
)

INDEX_FORMAT: Final = "medcred-registry/1"
INDEX: Final = "index.json"
CHECKSUMS: Final = "SHA256SUMS"
PAGE: Final = "index.html"
POLICY: Final = "policy.json"

_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._/-]+)\n")


class VerificationError(RegistryError):
    """Something is wrong with a publication; `path` says where, `exit_code` what kind."""

    exit_code: ClassVar[int] = 1
    words: ClassVar[str] = "is wrong"

    def __init__(self, path: str, detail: str = "") -> None:
        self.path = _printable(path)
        super().__init__(f"{self.path} {self.words}" + (f": {detail}" if detail else "."))


class NotAPublicationError(VerificationError):
    """There is no index to start from."""

    exit_code, words = 10, "is not a publication"


class MissingFileError(VerificationError):
    """A listed file is not there."""

    exit_code, words = 11, "is listed but missing"


class UnlistedFileError(VerificationError):
    """A file or folder is there that is not listed."""

    exit_code, words = 12, "is not listed"


class ForeignFileError(VerificationError):
    """A link, device or pipe, which a publication never has."""

    exit_code, words = 13, "is not an ordinary file"


class DigestError(VerificationError):
    """The bytes of a file are not those that were published."""

    exit_code, words = 14, "was altered, its SHA-256 differs"


class ChecksumListError(VerificationError):
    """SHA256SUMS is not a sorted list of digests and paths."""

    exit_code, words = 15, "is malformed"


class NotCanonicalError(VerificationError):
    """A document is not canonical JSON."""

    exit_code, words = 16, "is not canonical JSON"


class NotAdmittedError(VerificationError):
    """A document breaks its closed schema."""

    exit_code, words = 17, "is not admitted"


class IndexMismatchError(VerificationError):
    """The index says something else than the files."""

    exit_code, words = 18, "differs from the index"


class PolicyMismatchError(VerificationError):
    """The policy is malformed, or is not the one that the index names."""

    exit_code, words = 19, "is not the policy of the index"


class ContradictionError(VerificationError):
    """A statement does not follow from its own figures."""

    exit_code, words = 20, "contradicts itself"


class UnexpectedIndexError(VerificationError):
    """The index is not the one that the reader expects."""

    exit_code, words = 21, "is not the index that you expect"


class ExpiredError(VerificationError):
    """The day asked for lies after the last day of validity."""

    exit_code, words = 30, "has expired"


class NotYetValidError(VerificationError):
    """The day asked for lies before the day of issue."""

    exit_code, words = 31, "is not valid yet"


@dataclass(frozen=True)
class Report:
    """What was found in one folder."""

    files: int
    """Files looked at."""
    index_sha256: str
    """SHA-256 of `index.json`; empty if there is none."""
    statements: tuple[Statement, ...]
    """Statements that could be read, in the order of the index."""
    index: Mapping[str, Any] | None
    problems: tuple[VerificationError, ...]
    """Everything that is wrong, the most basic first."""

    @property
    def is_sound(self) -> bool:
        """True when nothing is wrong."""
        return not self.problems


def verify(folder: Path, *, index_sha256: str | None = None, on: date | None = None) -> Report:
    """Verify a publication, or stop at what is wrong.

    Args:
        folder: The folder of the publication.
        index_sha256: Digest of `index.json` that you have from elsewhere.
        on: A day on which the statements must be valid.

    Raises:
        VerificationError: the class of the most basic problem.
    """
    report = examine(folder, index_sha256=index_sha256, on=on)
    if report.problems:
        raise report.problems[0]
    return report


def examine(folder: Path, *, index_sha256: str | None = None, on: date | None = None) -> Report:
    """As `verify`, but with every problem in the report instead of an error."""
    files, problems = _read(folder)
    if INDEX not in files:
        none = NotAPublicationError(folder.name or ".", f"it has no {INDEX}")
        return Report(len(files), "", (), None, (none, *problems))
    digests = {path: sha256(content) for path, content in files.items()}
    problems += _against_checksums(files, digests)
    found = digests[INDEX]
    if index_sha256 is not None and index_sha256.lower() != found:
        problems.append(UnexpectedIndexError(INDEX, "its SHA-256 is another one"))
    statements: list[Statement] = []
    index: dict[str, Any] | None = None
    try:
        index = _document("index", INDEX, files)
        problems += _against_index(index, digests)
        policy = _policy(index, files)
        for entry in index["entries"]:
            try:
                statements.append(_statement(entry, index, policy, files))
            except VerificationError as error:
                problems.append(error)
        if on is not None:
            problems += _validity(index, on)
    except VerificationError as error:
        problems.append(error)
    return Report(len(files), found, tuple(statements), index, _most_basic_first(problems))


def checksum_list(digests: Mapping[str, str]) -> bytes:
    """Content of SHA256SUMS, as `sha256sum -c` reads it: every path once, in order."""
    return "".join(f"{digests[path]}  {path}\n" for path in sorted(digests)).encode("ascii")


def _most_basic_first(problems: Sequence[VerificationError]) -> tuple[VerificationError, ...]:
    """In the order of the kinds; what two lists tell of one file is told once."""
    told = {(type(problem), problem.path): problem for problem in reversed(problems)}
    return tuple(sorted(told.values(), key=lambda problem: (problem.exit_code, problem.path)))


def _read(folder: Path) -> tuple[dict[str, bytes], list[VerificationError]]:
    """All ordinary files by relative path; links are never followed."""
    files: dict[str, bytes] = {}
    problems: list[VerificationError] = []
    if not folder.is_dir():
        return files, problems
    waiting = [folder]
    while waiting:
        inside = waiting.pop()
        members = sorted(inside.iterdir())
        if not members and inside != folder:
            problems.append(
                UnlistedFileError(inside.relative_to(folder).as_posix(), "empty folder")
            )
        for member in members:
            path = member.relative_to(folder).as_posix()
            mode = member.lstat().st_mode
            if stat.S_ISDIR(mode):
                waiting.append(member)
            elif stat.S_ISREG(mode):
                files[path] = member.read_bytes()
            else:
                problems.append(ForeignFileError(path))
    return files, problems


def _against_checksums(
    files: Mapping[str, bytes], digests: Mapping[str, str]
) -> Iterator[VerificationError]:
    if CHECKSUMS not in files:
        yield MissingFileError(CHECKSUMS)
        return
    text = files[CHECKSUMS].decode("utf-8", errors="replace")
    listed = {match[2]: match[1] for match in _LINE.finditer(text)}
    if not listed or checksum_list(listed) != files[CHECKSUMS]:
        yield ChecksumListError(CHECKSUMS, "it is not a sorted list of digests and paths")
        return
    yield from _against_list(listed, {p: d for p, d in digests.items() if p != CHECKSUMS})


def _against_index(
    index: Mapping[str, Any], digests: Mapping[str, str]
) -> Iterator[VerificationError]:
    listed = {file["path"]: file["sha256"] for file in index["files"]}
    if list(listed) != sorted(listed) or len(listed) != len(index["files"]):
        yield IndexMismatchError(INDEX, "its files are not listed once and in order")
    for path in (PAGE, POLICY):
        if path not in listed:
            yield IndexMismatchError(INDEX, f"it does not list {path}")
    yield from _against_list(
        listed, {p: d for p, d in digests.items() if p not in {INDEX, CHECKSUMS}}
    )
    entries = [(entry["category"], entry["candidate"]) for entry in index["entries"]]
    if entries != sorted(set(entries)):
        yield IndexMismatchError(INDEX, "its entries are not listed once and in order")
    stated = {entry["path"] for entry in index["entries"]}
    for path in sorted(stated ^ (set(listed) - {PAGE, POLICY})):
        yield IndexMismatchError(path, "entries and files name different statements")


def _against_list(
    listed: Mapping[str, str], present: Mapping[str, str]
) -> Iterator[VerificationError]:
    for path in sorted(set(listed) | set(present)):
        if path not in present:
            yield MissingFileError(path)
        elif path not in listed:
            yield UnlistedFileError(path)
        elif listed[path] != present[path]:
            yield DigestError(path)


def _document(kind: Any, path: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    if path not in files:
        raise MissingFileError(path)
    try:
        value = parse_canonical(files[path])
        validate(kind, value)
    except CanonicalFormError:
        raise NotCanonicalError(path) from None
    except SchemaError as error:
        raise NotAdmittedError(path, str(error)) from None
    document: dict[str, Any] = value
    return document


def _policy(index: Mapping[str, Any], files: Mapping[str, bytes]) -> Policy:
    try:
        policy = policy_from_document(_document("policy", POLICY, files))
    except PolicyError as error:
        raise PolicyMismatchError(POLICY, str(error)) from None
    if index["policy"] != {"version": policy.version, "sha256": sha256(files[POLICY])}:
        raise PolicyMismatchError(POLICY, "version or digest differ")
    return policy


def _statement(
    entry: Mapping[str, Any], index: Mapping[str, Any], policy: Policy, files: Mapping[str, bytes]
) -> Statement:
    path = entry["path"]
    body = _document("statement", path, files)
    statement = Statement(body=body, payload=files[path])
    if index_entry(statement) != entry:
        raise IndexMismatchError(path)
    for name in ("issued_on", "expires_on", "policy", "data"):
        if statement.predicate[name] != index[name]:
            raise IndexMismatchError(path, f"another {name.replace('_', ' ')}")
    try:
        check_statement(statement, policy)
    except InconsistentStatementError as error:
        raise ContradictionError(path, str(error)) from None
    return statement


def _validity(index: Mapping[str, Any], on: date) -> Sequence[VerificationError]:
    day = on.isoformat()  # ISO dates of this century compare as text
    if day < index["issued_on"]:
        return [NotYetValidError(INDEX, f"issued on {index['issued_on']}")]
    if day > index["expires_on"]:
        return [ExpiredError(INDEX, f"valid until {index['expires_on']}")]
    return []


def _printable(path: str) -> str:
    """A path of a folder that a stranger made, safe for a terminal."""
    safe = "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in path)
    return safe if len(safe) <= 200 else safe[:197] + "..."
