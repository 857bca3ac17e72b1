"""A publication is written whole or not at all, and says the same bytes for the same input."""

from __future__ import annotations

import copy
import errno
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from registry import publish as publishing
from registry.canonical import canonical_json, sha256
from registry.errors import (
    PolicyError,
    PrivacyError,
    PublicationError,
    SchemaError,
    StandingError,
)
from registry.policy import apply_policy
from registry.publish import build, publish, recover
from registry.verify import verify

PROJECT = Path(__file__).resolve().parents[2]


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def leftovers(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.parent.iterdir() if p.name not in {folder.name})


def test_publication_holds_every_statement_and_verifies(standings, policy, tmp_path, issued_on):
    published = publish(standings, tmp_path / "deep" / "public", issued_on, policy)
    files = content(published.folder)
    assert published.statements == len(standings["standings"]) == 17
    assert len(files) == 17 + 4
    assert published.index_sha256 == sha256(files["index.json"])
    assert verify(published.folder).index_sha256 == published.index_sha256
    index = json.loads(files["index.json"])
    assert all(entry["signature"] is None and entry["log"] is None for entry in index["entries"])
    keys = [(entry["category"], entry["candidate"]) for entry in index["entries"]]
    assert keys == sorted(keys)


def test_checksum_list_is_read_by_coreutils(publication):
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=publication, check=False
    )
    assert done.returncode == 0


def test_same_input_gives_the_same_bytes_whatever_the_order(
    standings, policy, issued_on, raw_standings, sources
):
    backwards = apply_policy(reversed(raw_standings), policy, source=sources["synthetic"])
    backwards["standings"].reverse()
    assert build(backwards, issued_on, policy) == build(standings, issued_on, policy)


def test_same_input_gives_the_same_bytes_whatever_the_hash_seed(standings, policy, issued_on):
    program = (
        "import json,sys;from datetime import date;from registry.policy import load_policy;"
        "from registry.publish import build;from registry.canonical import sha256;"
        "files,_=build(json.load(sys.stdin),date(2026,11,20),load_policy());"
        "print(sha256(files['SHA256SUMS']))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            input=json.dumps(standings),
            env={"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(PROJECT)},
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed, zone in (("0", "UTC"), ("1", "Pacific/Kiritimati"))
    }
    assert seen == {sha256(build(standings, issued_on, policy)[0]["SHA256SUMS"])}


def test_no_date_but_issue_expiry_and_policy(publication, policy):
    import re

    dates = set()
    for data in content(publication).values():
        dates |= set(re.findall(rb"\d{4}-\d{2}-\d{2}", data))
    # The snapshot day of a candidate is written without dashes.
    assert dates == {b"2026-11-20", b"2027-05-19"}
    assert policy.effective == date(2026, 11, 20)


def test_replacing_leaves_nothing_of_the_old(publication, standing, policy, sources, issued_on):
    record = apply_policy([standing()], policy, source=sources["synthetic"])
    publish(record, publication, issued_on, policy)
    assert len(content(publication)) == 5
    assert leftovers(publication) == [".public.lock"]


def test_files_are_readable_by_a_web_server_under_any_umask(standings, policy, tmp_path, issued_on):
    before = os.umask(0o077)
    try:
        folder = publish(standings, tmp_path / "public", issued_on, policy).folder
    finally:
        os.umask(before)
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in [folder, *folder.rglob("*")]}
    assert modes == {True: 0o755, False: 0o644}


@pytest.mark.parametrize(
    ("boundary", "failing_call"),
    [("fsync", 1), ("fsync", 2), ("fsync", 8), ("rename", 1), ("rename", 2)],
)
def test_disk_full_leaves_the_old_publication(
    publication, standing, policy, sources, issued_on, monkeypatch, boundary, failing_call
):
    before = content(publication)
    record = apply_policy([standing()], policy, source=sources["synthetic"])
    calls = {"n": 0}
    real = {"fsync": os.fsync, "rename": publishing._rename}[boundary]

    def full(*arguments):
        calls["n"] += 1
        if calls["n"] == failing_call:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*arguments)

    if boundary == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(publishing, "_rename", full)
    with pytest.raises(PublicationError, match="No space left"):
        publish(record, publication, issued_on, policy)
    monkeypatch.undo()
    assert content(publication) == before
    assert leftovers(publication) == [".public.lock"]
    publish(record, publication, issued_on, policy)
    assert len(content(publication)) == 5


def test_death_between_the_renames_is_recovered(publication, standings, policy, issued_on):
    before = content(publication)
    program = (
        "import json,os,sys;from datetime import date;from pathlib import Path;"
        "from registry import publish as p;from registry.policy import load_policy;"
        "real=p._rename;seen=[]\n"
        "def die(old,new):\n"
        "    if seen: os.kill(os.getpid(),9)\n"
        "    seen.append(1); real(old,new)\n"
        "p._rename=die;p.publish(json.load(sys.stdin),Path(sys.argv[1]),"
        "date(2026,12,1),load_policy())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(publication)],
        input=json.dumps(standings),
        text=True,
        cwd=PROJECT,
        check=False,
    )
    assert done.returncode == -9
    assert not publication.exists()
    recover(publication)
    assert content(publication) == before
    assert leftovers(publication) == [".public.lock"]


def test_second_publisher_is_refused_while_the_first_writes(publication, standings, policy):
    with (
        publishing._alone(publication),
        pytest.raises(PublicationError, match="Another process"),
    ):
        publish(standings, publication, date(2026, 12, 1), policy)


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_what_is_not_a_publication_is_never_replaced(
    standings, policy, tmp_path, issued_on, kind, publication
):
    into = tmp_path / "mine"
    if kind == "folder":
        into.mkdir()
        (into / "thesis.txt").write_text("years of work")
    elif kind == "file":
        into.write_text("years of work")
    else:
        into.symlink_to(publication)
    with pytest.raises(PublicationError):
        publish(standings, into, issued_on, policy)
    assert into.is_symlink() or "years of work" in {
        path.read_text() for path in [into, *into.rglob("*")] if path.is_file()
    }


def test_empty_folder_may_be_published_into(standings, policy, tmp_path, issued_on):
    (tmp_path / "empty").mkdir()
    publish(standings, tmp_path / "empty", issued_on, policy)
    assert verify(tmp_path / "empty").files == 21


def test_standings_of_another_policy_are_refused(standings, policy, tmp_path, issued_on):
    other = {**standings, "policy": {"version": policy.version, "sha256": "0" * 64}}
    with pytest.raises(PolicyError):
        publish(other, tmp_path / "public", issued_on, policy)
    assert not (tmp_path / "public").exists()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"model": "free text of Jane Doe"}, SchemaError),
        ({"tier": "credentialed"}, StandingError),
        ({"lower_bound": float("nan")}, StandingError),
        ({"candidate": "acme/10000032"}, PrivacyError),
    ],
)
def test_refused_standings_leave_the_old_publication(
    publication, standings, policy, changes, error
):
    before = content(publication)
    spoilt = copy.deepcopy(standings)
    spoilt["standings"][0].update(changes)
    with pytest.raises(error) as caught:
        publish(spoilt, publication, date(2026, 12, 1), policy)
    assert "Jane" not in str(caught.value)
    assert "10000032" not in str(caught.value)
    assert content(publication) == before


def test_candidates_that_differ_in_letter_case_only_are_refused(
    standing, policy, sources, tmp_path, issued_on
):
    record = apply_policy(
        [standing(), standing(candidate="Open/med-7b")], policy, source=sources["synthetic"]
    )
    with pytest.raises(StandingError, match="letter case"):
        publish(record, tmp_path / "public", issued_on, policy)


def test_canary_stops_the_publication(standings, policy, tmp_path, issued_on):
    with pytest.raises(PrivacyError, match="canary"):
        publish(standings, tmp_path / "public", issued_on, policy, canaries=["Vendor/Alias"])
    assert list(tmp_path.iterdir()) == []


def test_what_is_private_in_the_standings_stays_there(publication, standings):
    published = b"".join(content(publication).values())
    assert canonical_json(standings["source"])[1:-1] not in published
    assert b"observed" not in published
    assert b"commonest_share" not in published


def test_publication_without_standings_is_sound(policy, sources, tmp_path, issued_on):
    record = apply_policy([], policy, source=sources["synthetic"])
    folder = publish(record, tmp_path / "public", issued_on, policy).folder
    assert verify(folder).statements == ()
    assert "No category has been examined" in (folder / "index.html").read_text()
