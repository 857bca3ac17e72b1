from __future__ import annotations

import hashlib
import math
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from evaluators.canonical import NotFiniteError, canonical_json, round_floats, sha256_json

_TEXTS = st.text(max_size=12)
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXTS
    | st.sampled_from(
        ['"\\/\b\f\n\r\t\x00\x1f\x7f', "\u2028\u2029", "é\U0001f600", "\ud7ff\ue000"]
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(_TEXTS, inner, max_size=4)
        | st.dictionaries(st.sampled_from(["role", "content", "a", "B", "_"]), inner)
    ),
    max_leaves=12,
)


@given(_VALUES)
def test_every_value_is_written_as_rfc_8785_says(value: Any) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)
    assert sha256_json(value) == hashlib.sha256(rfc8785.dumps(value)).hexdigest()


def test_keys_outside_ascii_are_sorted_by_utf_16() -> None:
    assert canonical_json({"\ufb33": 1, "\U0001f600": 2}) == '{"😀":2,"\ufb33":1}'.encode()


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        [math.inf],
        {"n": 2**53},
        {"text": "half a pair \ud800"},
        {"\ud800": "as a key"},
        {1: "key"},
        {"set": {1}},
    ],
)
def test_what_json_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        canonical_json(value)
    assert isinstance(refused.value, rfc8785.CanonicalizationError | UnicodeEncodeError)


def test_floats_are_rounded_everywhere_and_zero_has_no_sign() -> None:
    assert round_floats({"a": [1 / 3, -0.00001, 2, True, None]}, 4) == {
        "a": [0.3333, 0.0, 2, True, None]
    }
    assert str(round_floats(-0.00001, 4)) == "0.0"


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_number_that_is_not_finite_is_not_rounded(number: float) -> None:
    with pytest.raises(NotFiniteError):
        round_floats({"deep": [number]}, 4)
