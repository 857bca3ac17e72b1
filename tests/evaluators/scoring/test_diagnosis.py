"""Reading of answers: labelled phrasings, codes, titles, conflicts."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluators.catalogue import load_catalogue
from evaluators.grader_audit.agreement import KINDS, LabelledAnswer, labelled_answers
from evaluators.scoring.diagnosis import CodedTitle, DiagnosisMatcher

LABELLED = labelled_answers("tuned")
KNOWN_MISS = ("radiology", "", "J93.9")
"""Read otherwise than labelled, and not yet mended: a film's code is a disease's."""


@cache
def matcher(category: str = "cardiology", *titles: CodedTitle) -> DiagnosisMatcher:
    return DiagnosisMatcher(load_catalogue(), category, titles)


@pytest.mark.parametrize("kind", KINDS)
def test_labelled_answers_name_what_their_labels_say(kind: str) -> None:
    misses = [
        (answer.line, answer.text, answer.icd10)
        for answer in LABELLED
        if answer.kind == kind
        and matcher(answer.category).match(answer.text, answer.icd10).matched_id != answer.reading
        and (answer.category, answer.text, answer.icd10) != KNOWN_MISS
    ]
    assert misses == []


def test_the_known_miss_is_still_one() -> None:
    category, text, code = KNOWN_MISS
    [answer] = [one for one in LABELLED if (one.category, one.text, one.icd10) == KNOWN_MISS]
    assert matcher(category).match(text, code).matched_id != answer.reading


@pytest.mark.parametrize("condition_id", sorted(load_catalogue().conditions))
def test_name_and_synonyms_of_a_condition_name_it(condition_id: str) -> None:
    condition = load_catalogue().conditions[condition_id]
    reads = matcher(condition.category).match
    for phrase in (condition.name, *condition.synonyms):
        assert reads(phrase).condition_id == condition_id, phrase
        assert reads(phrase.upper()).condition_id == condition_id, phrase


@pytest.mark.parametrize("condition_id", sorted(load_catalogue().conditions))
def test_prefix_of_a_condition_names_it_with_and_without_dot(condition_id: str) -> None:
    condition = load_catalogue().conditions[condition_id]
    for version, prefixes in ((10, condition.icd10_prefixes), (9, condition.icd9_prefixes)):
        for prefix in prefixes:
            by_code = matcher(condition.category).by_code
            assert by_code(prefix, version) == condition_id
            assert by_code(f"{prefix[:3]}.{prefix[3:]}".rstrip("."), version) == condition_id


def test_text_decides_over_code_and_the_conflict_is_counted() -> None:
    match = matcher().match("NSTEMI", "I20.0")
    assert (match.condition_id, match.conflict, match.via) == ("nstemi", True, "synonym")


def test_agreeing_code_is_no_conflict() -> None:
    assert not matcher().match("NSTEMI", "I21.4").conflict


def test_denied_text_is_not_rescued_by_its_code() -> None:
    match = matcher().match("NSTEMI has been ruled out", "I21.4")
    assert (match.matched_id, match.conflict) == (None, True)


def test_unreadable_text_leaves_the_word_to_the_code() -> None:
    match = matcher().match("Myocardial something", "I21.4")
    assert (match.condition_id, match.via) == ("nstemi", "code")


def test_excluded_prefix_does_not_count() -> None:
    # 410.x2 is a subsequent episode of care.
    assert matcher().by_code("410.02", 9) != "stemi"
    assert matcher().by_code("410.01", 9) == "stemi"


@pytest.mark.parametrize(
    ("code", "expected"),
    [("S72.001A", "hip_fracture"), ("S72.001D", None), ("S72.001", "hip_fracture")],
)
def test_seventh_character_of_an_injury_must_be_an_initial_encounter(
    code: str, expected: str | None
) -> None:
    assert matcher().by_code(code) == expected


@pytest.mark.parametrize("code", ["", "I", "21.4X?", "NSTEMI", "I21.4.4.4.4.4.4", "'; DROP"])
def test_what_is_no_code_names_nothing(code: str) -> None:
    assert matcher().match("", code).matched_id is None


def test_title_of_the_set_names_the_entry_of_its_code() -> None:
    title = CodedTitle("I2510", 10, "Atherosclerotic heart disease without angina pectoris")
    target = CodedTitle("J9601", 10, "Acute respiratory failure with hypoxia")
    reads = matcher("intensive_care", title, target)
    match = reads.match("Acute respiratory failure with hypoxia.")
    assert (match.condition_id, match.via) == ("ards_ahrf", "title")
    assert reads.match("Hypoxia, with acute respiratory failure").condition_id == "ards_ahrf"
    assert reads.match(title.title).matched_id is None


def test_title_that_holds_or_is_no_list() -> None:
    title = CodedTitle("K254", 10, "Chronic or unspecified gastric ulcer with hemorrhage")
    match = matcher("gastroenterology", title).match(title.title)
    assert (match.condition_id, match.via) == ("nonvariceal_ugib", "title")


def test_title_shared_by_two_entries_is_left_out() -> None:
    shared = (CodedTitle("I214", 10, "Odd words"), CodedTitle("I200", 10, "Odd words"))
    assert matcher("cardiology", *shared).match("Odd words").matched_id is None


def test_phrase_of_two_conditions_means_that_of_the_category() -> None:
    assert matcher("pulmonology").match("PTX").condition_id == "pneumothorax"
    assert matcher("radiology").match("PTX").condition_id == "rad_pneumothorax"


@given(st.text(max_size=200), st.one_of(st.none(), st.text(max_size=10)))
def test_any_text_is_read_without_error_and_names_at_most_one_thing(
    text: str, code: str | None
) -> None:
    match = matcher().match(text, code)
    assert match.condition_id is None or match.diagnosis_id is None
    assert (match.via == "none") == (match.matched_id is None)


@given(st.sampled_from([row for row in LABELLED if row.text.isascii()]), st.data())
def test_case_and_blanks_change_nothing(row: LabelledAnswer, data: st.DataObject) -> None:
    changed = data.draw(st.sampled_from([row.text.upper(), row.text.lower(), f"  {row.text} "]))
    reads = matcher(row.category).match
    assert reads(changed, row.icd10) == reads(row.text, row.icd10)
