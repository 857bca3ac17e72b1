"""Canonical JSON and its SHA-256: the one way in which the house names content.

Belongs here: serialisation for digests. Does not belong here: what is digested.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import rfc8785


def canonical_json(value: Any) -> bytes:
    """Serialise `value` (plain JSON types) by RFC 8785.

    Raises:
        rfc8785.CanonicalizationError: for NaN, infinity, integers beyond 2**53 and foreign types.
    """
    return rfc8785.dumps(value)


def sha256_json(value: Any) -> str:
    """Hex SHA-256 of the canonical form of `value`."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def sha256_file(path: Path) -> str:
    """Hex SHA-256 of a file's bytes, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
