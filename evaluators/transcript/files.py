"""Where a page may lie: within the enclave, readable by its owner alone.

Belongs here: checking the place and writing. Does not belong here: what is written.
"""

from __future__ import annotations

import os
from pathlib import Path


class PlaceRefused(ValueError):
    """A private file was asked for outside the enclave; the text says where it may lie."""


def private_path(asked: Path, folder: Path, home: Path) -> Path:
    """The place of a private file.

    Args:
        asked: Where it was asked for; a relative path is one in `folder`.
        folder: The usual folder.
        home: The enclave.

    Raises:
        PlaceRefused: when the place, links followed, lies outside `home`.
    """
    place = (folder / asked).resolve()
    if not place.is_relative_to(home.resolve()):
        raise PlaceRefused(
            "A transcript holds patient data and stays within the enclave: name a file under "
            f"{home}, or a bare file name."
        )
    return place


def write_private(place: Path, content: bytes) -> None:
    """Write a file with mode 0600, replacing it whole; folders that are missing have mode 0700."""
    missing = [folder for folder in (place.parent, *place.parent.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700)
    aside = place.with_name(f".{place.name}.{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    aside.replace(place)
