"""Canonical JSON and its SHA-256: the one way in which the house names content.

Belongs here: rounding and serialisation for digests. Does not belong here: what is digested.
"""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import Any

import rfc8785

_LARGEST = 2**53 - 1
_WITHOUT_FLOATS = frozenset({str, int, bool, type(None)})
"""Types of most of what is rounded, which is not looked into."""
_PLAIN = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical_json(value: Any) -> bytes:
    """Serialise `value` (plain JSON types) by RFC 8785.

    What holds no fractional number is written by the standard library, whose sorted, compact JSON
    is the same bytes then, and which is many times as fast on long texts.

    Raises:
        rfc8785.CanonicalizationError: for NaN, infinity, integers beyond 2**53 and foreign types.
    """
    if _is_simple(value):
        try:
            return _PLAIN.encode(value).encode()
        except UnicodeEncodeError:  # half a surrogate pair: refused below, in rfc8785's own way
            pass
    return rfc8785.dumps(value)


class NotFiniteError(ValueError):
    """A number is NaN or infinite, which JSON does not have."""


def round_floats(value: Any, decimals: int) -> Any:
    """`value` with every float rounded; -0.0 becomes 0.0, so that equal numbers are equal bytes.

    Raises:
        NotFiniteError: for NaN and infinity.
    """
    if isinstance(value, float):
        if not math.isfinite(value):
            raise NotFiniteError("A number is not finite: JSON cannot hold it.")
        return round(value, decimals) + 0.0
    if isinstance(value, dict):
        return {
            key: part if type(part) in _WITHOUT_FLOATS else round_floats(part, decimals)
            for key, part in value.items()
        }
    if isinstance(value, list):
        return [
            part if type(part) in _WITHOUT_FLOATS else round_floats(part, decimals)
            for part in value
        ]
    return value


def sha256_json(value: Any) -> str:
    """Hex SHA-256 of the canonical form of `value`."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def sha256_file(path: Path) -> str:
    """Hex SHA-256 of a file's bytes, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _is_simple(value: Any) -> bool:
    """Whether standard JSON with sorted keys is RFC 8785 already.

    Numbers with a fraction are written otherwise there (`1e-05`, `1.0`), and keys are sorted by
    UTF-16, which for ASCII is the order of code points.
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-_LARGEST <= value <= _LARGEST)
    if kind is dict:
        return all(type(key) is str and key.isascii() and _is_simple(value[key]) for key in value)
    if kind is list or kind is tuple:
        return all(map(_is_simple, value))
    return False
