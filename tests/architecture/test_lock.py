"""The lock: all that was asked for, pinned by hash, with nothing about where it comes from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[2]
LOCK = PROJECT / "requirements.lock"
ASKED = PROJECT / "requirements.in"

HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
MALICIOUS = {("litellm", "1.82.7"), ("litellm", "1.82.8")}


def entries(text: str) -> list[str]:
    """Logical lines: continued lines joined, comments and blank lines left out."""
    joined = text.replace("\\\n", " ")
    lines = [re.sub(r"(^|\s)#.*", "", line).strip() for line in joined.splitlines()]
    return [line for line in lines if line]


def locked() -> dict[str, tuple[Requirement, list[str]]]:
    found: dict[str, tuple[Requirement, list[str]]] = {}
    for entry in entries(LOCK.read_text(encoding="utf-8")):
        requirement = Requirement(entry.split(" --hash")[0])
        name = canonicalize_name(requirement.name)
        assert name not in found, f"{name} is locked twice"
        found[name] = (requirement, entry.split()[1:])
    return found


def test_every_requirement_is_one_version_with_hashes() -> None:
    packages = locked()
    assert len(packages) > 50
    for name, (requirement, rest) in packages.items():
        specifiers = list(requirement.specifier)
        assert [s.operator for s in specifiers] == ["=="], name
        assert "*" not in specifiers[0].version, name
        assert requirement.url is None, name
        hashes = [part for part in rest if part.startswith("--hash")]
        assert hashes, f"{name} has no hash"
        assert len(set(hashes)) == len(hashes), name
        assert all(HASH.fullmatch(part) for part in hashes), name


def test_lock_holds_no_option_but_hashes() -> None:
    options = {
        option
        for option in re.findall(r"(?:^|\s)(-[A-Za-z-]+)", "\n".join(entries(LOCK.read_text())))
        if option != "--hash"
    }
    assert options == set()


@pytest.mark.parametrize("path", [LOCK, ASKED], ids=lambda path: path.name)
def test_requirements_hold_no_address(path: Path) -> None:
    assert not re.search(r"[a-z+]+://|\bfile:|@\s*git", path.read_text(encoding="utf-8"))


def test_lock_covers_what_was_asked_for_at_the_version_asked_for() -> None:
    packages = locked()
    asked = [Requirement(entry) for entry in entries(ASKED.read_text(encoding="utf-8"))]
    assert len(asked) > 20
    missing = [r.name for r in asked if canonicalize_name(r.name) not in packages]
    assert missing == []
    for requirement in asked:
        pinned, _ = packages[canonicalize_name(requirement.name)]
        version = next(iter(pinned.specifier)).version
        assert requirement.specifier.contains(version, prereleases=True), requirement.name


def test_versions_known_to_be_malicious_are_not_locked() -> None:
    pinned = {(n, next(iter(r.specifier)).version) for n, (r, _) in locked().items()}
    assert pinned & MALICIOUS == set()
