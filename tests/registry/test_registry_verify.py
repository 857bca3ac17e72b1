"""Whatever is altered in a publication is found, each kind by its own class and exit code."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry import verify as verification
from registry.canonical import canonical_json, sha256
from registry.verify import (
    CHECKSUMS,
    INDEX,
    ChecksumListError,
    ContradictionError,
    DigestError,
    ExpiredError,
    ForeignFileError,
    IndexMismatchError,
    MissingFileError,
    NotAdmittedError,
    NotAPublicationError,
    NotCanonicalError,
    NotYetValidError,
    PolicyMismatchError,
    UnexpectedIndexError,
    UnlistedFileError,
    VerificationError,
    checksum_list,
    examine,
    verify,
)

STATEMENT = "statements/cardiology/open--med-7b.json"


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def reseal(folder: Path, change_index: Callable[[dict], None] = lambda index: None) -> None:
    """Make digests agree again after a change, as a forger would who can rewrite everything."""
    index = json.loads((folder / INDEX).read_bytes())
    paths = [p.relative_to(folder).as_posix() for p in files_of(folder)]
    digests = {path: sha256((folder / path).read_bytes()) for path in paths}
    for file in index["files"]:
        file["sha256"] = digests.get(file["path"], file["sha256"])
    for entry in index["entries"]:
        entry["sha256"] = digests.get(entry["path"], entry["sha256"])
    index["policy"]["sha256"] = digests["policy.json"]
    change_index(index)
    (folder / INDEX).write_bytes(canonical_json(index))
    digests[INDEX] = sha256((folder / INDEX).read_bytes())
    digests.pop(CHECKSUMS)
    (folder / CHECKSUMS).write_bytes(checksum_list(digests))


def edit(path: Path, change: Callable[[dict], None]) -> None:
    value = json.loads(path.read_bytes())
    change(value)
    path.write_bytes(canonical_json(value))


def kinds(folder: Path) -> set[type[VerificationError]]:
    return {type(problem) for problem in examine(folder).problems}


def test_untouched_publication_is_sound(publication):
    report = verify(publication)
    assert report.is_sound
    assert report.files == 21
    assert report.index_sha256 == sha256((publication / INDEX).read_bytes())
    assert len(report.statements) == 17


def test_every_flipped_byte_is_found(small_publication):
    flipped = 0
    for path in files_of(small_publication):
        original = path.read_bytes()
        # The page is long and held by its digests alone; every 97th byte stands for it.
        stride = {"index.html": 97, CHECKSUMS: 1}.get(path.name, 7)
        for position in range(0, len(original), stride):
            altered = bytearray(original)
            altered[position] ^= 1 << position % 8
            path.write_bytes(bytes(altered))
            assert not examine(small_publication).is_sound, (path.name, position)
            flipped += 1
        path.write_bytes(original)
    assert flipped > 900
    assert examine(small_publication).is_sound


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_every_cut_insertion_and_replacement_is_found(small_publication, data):
    path = data.draw(st.sampled_from(files_of(small_publication)))
    original = path.read_bytes()
    start = data.draw(st.integers(0, len(original)))
    stop = data.draw(st.integers(start, min(len(original), start + 40)))
    altered = original[:start] + data.draw(st.binary(max_size=40)) + original[stop:]
    try:
        path.write_bytes(altered)
        assert examine(small_publication).is_sound == (altered == original)
    finally:
        path.write_bytes(original)


def test_every_missing_file_is_found(publication):
    for path in files_of(publication):
        original = path.read_bytes()
        path.unlink()
        expected = NotAPublicationError if path.name == INDEX else MissingFileError
        with pytest.raises(expected) as caught:
            verify(publication)
        if path.name != INDEX:
            assert caught.value.path == path.relative_to(publication).as_posix()
        path.write_bytes(original)
    assert verify(publication)


@pytest.mark.parametrize("extra", ["note.txt", ".hidden", "statements/cardiology/x.json"])
def test_extra_file_is_found(publication, extra):
    (publication / extra).write_bytes(b"{}")
    with pytest.raises(UnlistedFileError):
        verify(publication)


def test_empty_folder_is_found(publication):
    (publication / "statements" / "radiology").mkdir()
    with pytest.raises(UnlistedFileError):
        verify(publication)


def test_link_is_never_followed(publication, tmp_path):
    target = publication / STATEMENT
    outside = tmp_path / "outside.json"
    shutil.move(target, outside)
    target.symlink_to(outside)
    assert ForeignFileError in kinds(publication)


def test_pipe_is_reported_and_not_opened(publication):
    os.mkfifo(publication / "pipe")
    assert kinds(publication) == {ForeignFileError}


@pytest.mark.parametrize("where", ["nothing", "file", "empty"])
def test_what_is_no_publication_is_told(tmp_path, where):
    folder = tmp_path / "folder"
    if where == "file":
        folder.write_text("{}")
    elif where == "empty":
        folder.mkdir()
    with pytest.raises(NotAPublicationError):
        verify(folder)


def test_swapped_statements_are_found(publication):
    one, other = publication / STATEMENT, publication / "statements/nephrology/open--med-7b.json"
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    assert kinds(publication) >= {DigestError}
    reseal(publication)
    assert kinds(publication) == {IndexMismatchError}


@pytest.mark.parametrize("list_bytes", [b"", b"x\n", b"a" * 64 + b"  index.html"])
def test_malformed_checksum_list_is_found(publication, list_bytes):
    (publication / CHECKSUMS).write_bytes(list_bytes)
    with pytest.raises(ChecksumListError):
        verify(publication)


def test_checksum_list_in_another_order_is_found(publication):
    path = publication / CHECKSUMS
    path.write_bytes(b"".join(reversed(path.read_bytes().splitlines(keepends=True))))
    assert kinds(publication) == {ChecksumListError}


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda s: s["predicate"].update(tier="with_distinction"), ContradictionError),
        (lambda s: s["predicate"]["scores"].update(lower_bound="0.6000"), ContradictionError),
        (lambda s: s["predicate"].update(expires_on="2036-11-20"), IndexMismatchError),
        (lambda s: s["predicate"].update(note="hello"), NotAdmittedError),
        (lambda s: s.update(predicateType="urn:medcred:credential:v2"), NotAdmittedError),
        (lambda s: s.update(_type="https://in-toto.io/Statement/v0.1"), NotAdmittedError),
        (lambda s: s["predicate"]["policy"].update(sha256="0" * 64), IndexMismatchError),
        (
            lambda s: s["predicate"].update(
                data={**s["predicate"]["data"], "has_unverified_tables": True}
            ),
            IndexMismatchError,
        ),
    ],
)
def test_forged_statement_is_found_even_when_all_digests_agree(small_publication, change, kind):
    edit(small_publication / STATEMENT, change)
    tier = json.loads((small_publication / STATEMENT).read_bytes())["predicate"]["tier"]
    reseal(small_publication, lambda index: index["entries"][0].update(tier=tier))
    assert kinds(small_publication) == {kind}


@pytest.mark.parametrize(
    "spelling",
    [
        lambda data: data + b"\n",
        lambda data: data.replace(b'":', b'": ', 1),
        lambda data: data.replace(b"{", b'{"_type":"https://in-toto.io/Statement/v1",', 1),
        lambda data: b"\xef\xbb\xbf" + data,
    ],
)
def test_other_spelling_of_a_statement_is_found_even_when_all_digests_agree(
    small_publication, spelling
):
    path = small_publication / STATEMENT
    path.write_bytes(spelling(path.read_bytes()))
    reseal(small_publication)
    assert kinds(small_publication) == {NotCanonicalError}


def test_easier_policy_is_found(small_publication):
    edit(small_publication / "policy.json", lambda p: p.update(minimum_patients=11))
    reseal(small_publication)
    assert kinds(small_publication) == {IndexMismatchError}


def test_malformed_policy_is_found(small_publication):
    edit(
        small_publication / "policy.json",
        lambda p: p["default_cut_scores"].update(with_distinction="0.1000"),
    )
    reseal(small_publication)
    assert kinds(small_publication) == {PolicyMismatchError}


@pytest.mark.parametrize(
    "change",
    [
        lambda index: index["entries"].clear(),
        lambda index: index["files"].reverse(),
        lambda index: index["files"].append(index["files"][0]),
        lambda index: index["entries"].append(index["entries"][0]),
        lambda index: index["entries"][0].update(tier="with_distinction"),
        lambda index: index["entries"][0].update(reference=True),
        lambda index: index["entries"][0].update(candidate_sha256="0" * 64),
    ],
)
def test_index_that_says_something_else_is_found(small_publication, change):
    reseal(small_publication, change)
    assert kinds(small_publication) == {IndexMismatchError}


@pytest.mark.parametrize(
    "change",
    [
        lambda index: index["entries"][0].update(signature="c2ln"),
        lambda index: index["entries"][0].update(path="../secret.json"),
        lambda index: index["files"][0].update(path="/etc/passwd"),
        lambda index: index.update(format="medcred-registry/2"),
    ],
)
def test_index_that_the_schema_does_not_admit_is_found(small_publication, change):
    reseal(small_publication, change)
    assert kinds(small_publication) == {NotAdmittedError}


def test_page_dropped_from_index_and_folder_is_found(small_publication):
    (small_publication / "index.html").unlink()
    reseal(
        small_publication,
        lambda index: index.update(
            files=[file for file in index["files"] if file["path"] != "index.html"]
        ),
    )
    assert kinds(small_publication) == {IndexMismatchError}


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 11, 19), NotYetValidError),
        (date(2026, 11, 20), None),
        (date(2027, 5, 19), None),
        (date(2027, 5, 20), ExpiredError),
    ],
)
def test_validity_ends_after_its_last_day(publication, day, kind):
    if kind is None:
        assert verify(publication, on=day).is_sound
    else:
        with pytest.raises(kind):
            verify(publication, on=day)


def test_known_digest_of_the_index_is_held_against_it(publication):
    found = verify(publication).index_sha256
    assert verify(publication, index_sha256=found.upper()).is_sound
    with pytest.raises(UnexpectedIndexError):
        verify(publication, index_sha256="0" * 64)


def test_each_kind_has_its_own_exit_code():
    found = [
        kind
        for kind in vars(verification).values()
        if isinstance(kind, type) and issubclass(kind, VerificationError)
    ]
    assert len({kind.exit_code for kind in found}) == len(found) == 15
    assert all(0 < kind.exit_code < 126 for kind in found)


def test_hostile_file_name_reaches_no_terminal(publication):
    (publication / "evil\x1b[2Jname\n").write_bytes(b"")
    (problem,) = examine(publication).problems
    assert "\x1b" not in str(problem)
    assert "\n" not in str(problem)
