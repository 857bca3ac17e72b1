"""From which parts of the record a written safety rule is decided, and whom it is about.

Belongs here: walking a rule and naming the sources of its predicates. Does not belong here: reading
predicates (`_predicates`). It is computed, so that the table cannot say anything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from evaluators.catalogue import CatalogueTest

_OF_PREDICATE: Final = {
    "egfr_below": "laboratory",
    "gcs_at_most": "vital signs",
    "qtc_above": "ECG",
    "past": "past history",
    "home_drug": "home drugs",
    "codes": "discharge codes",
    "patient": "age and sex",
    "allergy": "allergies",
    "intolerance": "allergies",
    "allergy_to_given": "allergies",
    "condition": "target condition",
    "dose": "own words",
    "words": "own words",
    "but": "own words",
    "or_words": "own words",
    "but_words": "own words",
    "no_earlier": "order of turns",
    "or_late": "order of turns",
}
_OF_TEST: Final = {
    "lab": "laboratory",
    "vital": "vital signs",
    "ecg": "ECG",
    "imaging": "reports",
    "micro": "cultures",
}
_WITH_TESTS: Final = ("latest", "ever", "rise", "fall", "reported")


def decided_from(
    written: Mapping[str, Any], named: Mapping[str, Any], tests: Mapping[str, CatalogueTest]
) -> tuple[str, ...]:
    """Sources of a rule in words, sorted; named predicates are followed."""
    return tuple(sorted(set(_walk(written, named, tests))))


def conditions_in(written: Any, named: Mapping[str, Any]) -> frozenset[str]:
    """Target conditions that a predicate names, those of named predicates included."""
    found: set[str] = set()
    if isinstance(written, list):
        for part in written:
            found |= conditions_in(part, named)
    elif isinstance(written, Mapping):
        for key, body in written.items():
            if key == "condition":
                found.update(body)
            elif key == "shown":
                found |= conditions_in(named.get(body), named)
            elif key != "not":
                found |= conditions_in(body, named)
    return frozenset(found)


def _walk(
    written: Any, named: Mapping[str, Any], tests: Mapping[str, CatalogueTest]
) -> Iterator[str]:
    if isinstance(written, list):
        for part in written:
            yield from _walk(part, named, tests)
    elif isinstance(written, Mapping):
        for key, body in written.items():
            if key in _OF_PREDICATE:
                yield _OF_PREDICATE[key]
            if key in _WITH_TESTS:
                kinds = (tests[test].kind for test in body["tests"] if test in tests)
                yield from (_OF_TEST.get(kind, "reports") for kind in kinds)
            elif key == "shown":
                yield from _walk(named.get(body), named, tests)
            else:
                yield from _walk(body, named, tests)
