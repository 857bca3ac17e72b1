"""Canonical JSON (RFC 8785), read strictly, and SHA-256.

Belongs here: the one form in which this room writes and accepts JSON. Does not belong here: what
the documents mean (`schemas`, `statements`). The room has its own copy of this rule so that it
can be installed without the private side.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, NoReturn

import rfc8785

from registry.errors import CanonicalFormError


def canonical_json(value: Any) -> bytes:
    """Serialise `value` (plain JSON types) by RFC 8785.

    Raises:
        CanonicalFormError: for NaN, infinity, integers beyond 2**53, foreign types.
    """
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, RecursionError):
        raise CanonicalFormError(
            "A value has no canonical JSON form: use finite numbers, text, lists and objects."
        ) from None


def parse_canonical(data: bytes) -> Any:
    """Read one JSON value and accept it only if `data` is exactly its canonical form.

    The round trip `canonical_json(parse_canonical(data)) == data` holds for all accepted data, so
    duplicate keys, other orders of keys, blanks and other spellings of numbers are all refused.

    Raises:
        CanonicalFormError: when the bytes are anything else.
    """
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_unique_keys, parse_constant=_no_constant
        )
        is_canonical = rfc8785.dumps(value) == data
    except (ValueError, RecursionError, rfc8785.CanonicalizationError):
        is_canonical = False
    if not is_canonical:
        raise CanonicalFormError(
            "Not canonical JSON (RFC 8785): the file was altered or written by another program."
        )
    return value


def sha256(data: bytes) -> str:
    """Hex SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _no_constant(_: str) -> NoReturn:
    raise ValueError("NaN or infinity")
