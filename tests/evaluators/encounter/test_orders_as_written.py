"""Rules for orders as clinicians write them, one behaviour a test.

Belongs here: abbreviations, lists, misspellings and what must not resolve. Does not belong here:
the labelled set (`test_order_evaluation`), exact names (`test_orders`).
"""

from __future__ import annotations

import pytest

from evaluators.catalogue import load_catalogue
from evaluators.encounter._order_names import DETAILS, EXTRA_NAMES, HARMLESS
from evaluators.encounter.orders import order_resolver

RESOLVER = order_resolver(load_catalogue())


def ids(wording: str) -> list[str | None]:
    return [one.test_id for one in RESOLVER.resolve(wording)]


def test_names_and_details_belong_to_tests_of_the_catalogue() -> None:
    tests = load_catalogue().tests
    assert set(EXTRA_NAMES) | set(DETAILS) <= set(tests)
    assert set(HARMLESS) <= {test.kind for test in tests.values()}


@pytest.mark.parametrize("test_id", sorted(EXTRA_NAMES))
def test_no_clinicians_name_resolves_to_another_test(test_id: str) -> None:
    for name in EXTRA_NAMES[test_id]:
        assert set(ids(name)) <= {test_id, None}, name


@pytest.mark.parametrize(
    ("wording", "expected"),
    [
        ("CBC diff and lipase", ["panel_cbc_diff", "lab_lipase"]),
        ("BMP with Mg", ["panel_bmp", "lab_mg"]),
        ("ABG with lactate", ["panel_abg"]),
        ("CBC BMP LFTs", ["panel_cbc", "panel_bmp", "panel_lft"]),
        ("UA with culture", ["panel_ua", "micro_urine_cx"]),
        ("serum and urine osmolality", ["lab_osm", "lab_urine_osm"]),
    ],
)
def test_joined_orders_are_told_apart_from_details(wording: str, expected: list[str]) -> None:
    assert ids(wording) == expected


@pytest.mark.parametrize(
    "wording",
    ["replete K and Mg", "cancel the CBC", "hold troponin and lactate", "no CXR", "stop telemetry"],
)
def test_what_is_cancelled_or_replaced_asks_for_no_test(wording: str) -> None:
    assert set(ids(wording)) == {None}


def test_after_a_refusal_a_new_order_is_read() -> None:
    assert ids("hold heparin, PTT") == [None, "lab_ptt"]


@pytest.mark.parametrize(
    "wording",
    ["PT eval and treat", "sodium chloride", "creatine", "CT head with contrast", "cortisone",
     "CT chest with biopsy", "lactase", "procalcitonin"],
)  # fmt: skip
def test_neighbours_of_a_name_do_not_resolve(wording: str) -> None:
    assert set(ids(wording)) == {None}


def test_a_corrected_misspelling_is_less_certain() -> None:
    (found,) = RESOLVER.resolve("blood cutures x2")
    assert found.test_id == "micro_blood_cx"
    assert 90 <= found.confidence < 100
