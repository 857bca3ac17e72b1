"""Only the canonical bytes of a value are accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.canonical import canonical_json, parse_canonical, sha256
from registry.errors import CanonicalFormError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def utf8(value: object) -> bool:
    try:
        canonical_json(value)
    except (CanonicalFormError, UnicodeEncodeError):
        return False
    return True


@given(VALUES.filter(utf8))
def test_canonical_form_round_trips(value):
    assert parse_canonical(canonical_json(value)) == value


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1}\n',
        b"\xef\xbb\xbf{}",
        b'{"a":1.0}',
        b'{"a":1e0}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":9007199254740993}',
        b'{"a":"\\u0062"}',
        b'{"a":"\xff"}',
        b"[" * 100_000,
        b'{"a":' + b"9" * 5000 + b"}",
        b"",
        b"{",
    ],
)
def test_everything_else_is_refused(data):
    with pytest.raises(CanonicalFormError):
        parse_canonical(data)


@pytest.mark.parametrize("value", [float("nan"), 2**53 + 1, {1: 2}, object()])
def test_values_without_canonical_form_are_refused(value):
    with pytest.raises(CanonicalFormError):
        canonical_json(value)


def test_digest_is_sha256():
    assert sha256(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
