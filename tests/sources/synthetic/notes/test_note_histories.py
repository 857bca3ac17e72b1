"""What the shown part of a discharge summary gives away: nothing, except where it leaks."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest
from told_notes import (
    HISTORY_CUT,
    conditions_of,
    forbidden,
    names,
    told,
)

from sources.synthetic.catalogue import catalogue
from sources.synthetic.notes.grammar import literals
from sources.synthetic.notes.history import called
from sources.synthetic.notes.leaking import NO_LEAK
from sources.synthetic.notes.words import UnknownPresentation, presentation, presentations, words
from sources.synthetic.stories import EARLIER, load_stories

CATEGORIES = [name for name in presentations() if name != EARLIER]
OFTEN = 8
HISTORY_SHARE, EXAM_SHARE = 0.65, 0.75
"""Most that one condition may have of a sentence that occurs often in its category."""


def sentences(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=\.)\s+|\n", text) if part.strip(" -#\n")]


def tell_tales(part: list[str], limit: float) -> list[tuple[str, str, float]]:
    """Sentences of the parts that occur often and mostly in one condition of their category."""
    heard: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for note in told():
        if not note.summary.leaks:
            parts = note.shown
            for sentence in {s for name in part for s in sentences(parts[name])}:
                heard[note.admission.category][sentence][note.admission.condition] += 1
    assert any(counts.total() >= OFTEN for by in heard.values() for counts in by.values())
    return [
        (category, sentence, counts.most_common(1)[0][1] / counts.total())
        for category, by_sentence in heard.items()
        for sentence, counts in by_sentence.items()
        if counts.total() >= OFTEN and counts.most_common(1)[0][1] > limit * counts.total()
    ]


def test_no_sentence_of_the_history_belongs_to_one_condition() -> None:
    assert not tell_tales(["complaint", "history", "family", "allergies"], HISTORY_SHARE)


def test_no_line_of_the_examination_belongs_to_one_condition() -> None:
    assert not tell_tales(["exam"], EXAM_SHARE)


def test_no_two_histories_are_equal() -> None:
    histories = [note.summary.history for note in told()]
    assert len(set(histories)) == len(histories)


@pytest.mark.parametrize(
    "part", ["complaint", "history", "past", "social", "family", "allergies", "exam"]
)
def test_shown_part_of_an_honest_note_never_names_the_condition(part: str) -> None:
    named = Counter()
    for note in told():
        if not note.summary.leaks:
            found = names(note.admission.condition, note.shown[part])
            if found is not None:
                named[note.admission.condition, found.lower()] += 1
    assert not named


def templates_of(category: str) -> Iterator[str]:
    """Every wording that an honest note of a category may use in its shown part."""
    known, told_ = words(), presentations()[category]
    shown = [known.symptoms[key] for key in known.symptoms]
    signs = [known.signs[key] for key in {*told_["signs"]}]
    groups = [group for symptom in shown for group in (symptom.nouns, symptom.told)]
    groups += [known.signs[sign].said for symptom in shown for sign in symptom.shows]
    groups += [sign.said for sign in signs]
    groups += [system.normal for system in known.systems.values()]
    frames = ("opening", "onset", "event_onset", "among", "negative", "course", "distractor")
    frames = (*frames, "review", "family", "allergies", "minor_past")
    groups += [
        group
        for name, group in known.frames.items()
        if name.split(".")[0] in frames and not name.startswith("course.")
    ]
    for group in groups:
        for template in group:
            yield from literals(template)


@pytest.mark.parametrize("category", CATEGORIES)
def test_no_wording_of_the_pools_names_a_condition_of_the_category(category: str) -> None:
    wordings = sorted(set(templates_of(category)))
    assert len(wordings) > 1000
    pool = presentations()[category]["symptoms"]
    known = words()
    own = {
        text
        for key in pool
        for group in (known.symptoms[key].nouns, known.symptoms[key].told)
        for template in group
        for text in literals(template)
    }
    others = {
        text
        for key in known.symptoms.keys() - pool.keys()
        for group in (known.symptoms[key].nouns, known.symptoms[key].told)
        for template in group
        for text in literals(template)
    }
    caught = [
        (condition, text)
        for condition in conditions_of(category)
        if forbidden(condition) is not None
        for text in wordings
        if (text in own or text not in others) and names(condition, text)
    ]
    assert not caught


def test_chronic_diseases_are_worded_so_that_they_name_no_strict_target() -> None:
    known = words()
    caught = [
        (condition, said)
        for category in CATEGORIES
        for condition in conditions_of(category)
        for group in (known.past, known.past_admissions)
        for entries in group.values()
        for said in entries
        if names(condition, said)
    ]
    assert not caught


def test_every_condition_of_the_catalogue_has_a_presentation_and_names() -> None:
    assert len(CATEGORIES) == 12
    conditions = [(category, name) for category in CATEGORIES for name in conditions_of(category)]
    assert len(conditions) == 85
    for category, condition in conditions:
        assert presentation(category, condition).symptoms
        assert words().names[condition]


def test_tilts_point_to_symptoms_and_signs_of_their_category() -> None:
    known = words()
    for category, told_ in presentations().items():
        assert told_["symptoms"].keys() <= known.symptoms.keys(), category
        assert told_["signs"].keys() <= known.signs.keys(), category
        for condition, tilts in told_["tilts"].items():
            assert tilts.keys() <= told_["symptoms"].keys() | told_["signs"].keys(), condition
            assert category == EARLIER or condition in conditions_of(category)
    for symptom in known.symptoms.values():
        assert symptom.shows.keys() <= known.signs.keys(), symptom.key
        assert symptom.context or (symptom.nouns and symptom.told), symptom.key


def test_unknown_story_is_refused_by_name() -> None:
    with pytest.raises(UnknownPresentation, match="no category 'astrology'"):
        presentation("astrology", "mercury")
    with pytest.raises(UnknownPresentation, match="no condition 'mercury' in 'cardiology'"):
        presentation("cardiology", "mercury")


def test_pools_hold_hundreds_of_sentences() -> None:
    known = words()
    sentences_ = {
        text for symptom in known.symptoms.values() for t in symptom.told for text in literals(t)
    }
    assert sum(len(symptom.told) for symptom in known.symptoms.values()) >= 120
    assert len(sentences_) >= 500


def test_complaints_of_stories_mostly_name_a_symptom() -> None:
    complaints = {
        complaint
        for category, stories in load_stories().items()
        if category != EARLIER
        for story in stories.values()
        for complaint in (*story.complaints, *story.vague)
    }
    unknown = {complaint for complaint in complaints if not called(complaint)}
    assert len(unknown) <= 0.03 * len(complaints), sorted(unknown)


@pytest.mark.parametrize(
    ("complaint", "keys"),
    [
        ("Chest pain, Dyspnea", ("chest_pain", "dyspnea")),
        ("s/p FALL, Hip pain", ("fall", "hip_pain")),
        ("N/V", ("nausea",)),
        ("Urinary retention", ("oliguria",)),
        ("Skin redness", ("redness",)),
        ("Difficulty speaking", ("speech",)),
        ("MVC vs pole crash", ("crash",)),
        ("L Leg swelling", ("leg_swelling",)),
        ("R LEG PAIN", ("leg_pain",)),
        ("Wellness", ()),
    ],
)
def test_complaint_is_read_as_its_symptoms(complaint: str, keys: tuple[str, ...]) -> None:
    assert called(complaint) == keys


def test_cut_at_the_emergency_department_leaves_the_whole_history() -> None:
    early = late = seen = 0
    for note in told():
        if note.admission.ed is None:
            continue
        seen += 1
        text = note.parts["history"]
        match = re.search(HISTORY_CUT, text, re.IGNORECASE)
        assert match is not None
        kept = text[: match.start()].strip()
        early += len(kept) < len(note.summary.history)
        late += len(kept) > len(note.summary.history) + 25
    assert seen > 1700
    assert (early, late) == (0, 0)


def test_leaks_are_in_their_section_and_are_what_the_terms_forbid() -> None:
    channels: Counter[str] = Counter()
    for note in told():
        parts = note.parts
        for leak in note.summary.leaks:
            channels[leak.channel] += 1
            if leak.section == "triage":
                assert note.admission.ed is not None
                assert leak.text == note.admission.ed.complaint
                continue
            assert leak.text.lower() in parts[leak.section.replace("_history", "")].lower()
            if leak.section == "history":
                assert leak.text in note.summary.history
            # A near miss may be a term that the list allows, such as "prior TIA".
            if leak.channel != NO_LEAK and forbidden(note.admission.condition) is not None:
                assert names(note.admission.condition, leak.text), note.admission.condition
    assert {"outside_hospital", "result_in_history", "past_history", NO_LEAK} <= channels.keys()
    assert min(channels.values()) >= 8


def test_announced_leaks_are_told_and_few_others_leak() -> None:
    announced = [note for note in told() if note.admission.leaks]
    assert announced
    assert all(note.is_leaking for note in announced)
    others = [note for note in told() if not note.admission.leaks]
    assert 0.025 < sum(note.is_leaking for note in others) / len(others) < 0.055


def test_every_name_of_a_leak_is_forbidden() -> None:
    for condition, known in words().names.items():
        if forbidden(condition) is not None:
            for name in known:
                assert names(condition, name), (condition, name)


def test_patients_past_is_told_as_the_timeline_has_it() -> None:
    known = words()
    for note in told()[:400]:
        past = note.parts["past"].lower()
        for key in note.patient.comorbid:
            said = known.past.get(key, (key.replace("_", " "),))
            assert not said or any(name.lower() in past for name in said), key


def test_catalogue_has_no_disease_that_a_history_cannot_name() -> None:
    unknown = catalogue().comorbidities.keys() - words().past.keys()
    assert len(unknown) <= 3, sorted(unknown)
