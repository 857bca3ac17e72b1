"""A discharge summary has MIMIC's sections and agrees with the patient's timeline."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter

import pytest
from told_notes import SEED, sections

from sources.synthetic.catalogue import catalogue
from sources.synthetic.draws import Draws
from sources.synthetic.imaging import studies_of
from sources.synthetic.life import Life
from sources.synthetic.notes import Summary, summarize
from sources.synthetic.notes.history import person_words
from sources.synthetic.notes.results import lab_lines, notable, trend
from sources.synthetic.notes.writer import stream
from sources.synthetic.timeline import Admission, Patient, Result, Specimen

Note = tuple[Patient, Admission, Summary]


@pytest.fixture(scope="module")
def notes() -> list[Note]:
    """All admissions of some patients, with imaging."""
    found = []
    for number in range(1, 121):
        patient = Life(SEED, number).patient()
        patient = dataclasses.replace(patient, studies=studies_of(patient, SEED))
        draws = stream(patient)
        found += [(patient, stay, summarize(patient, stay, draws)) for stay in patient.admissions]
    return found


def test_sections_stand_in_order_under_headers_that_the_parser_knows(notes: list[Note]) -> None:
    for _, _, summary in notes:
        parts = sections(summary.text)
        assert all(text.strip() for text in parts.values())


def test_some_headers_have_a_word_removed(notes: list[Note]) -> None:
    words = "Medical History|of Present Illness|Hospital Course|Diagnosis|Condition|Instructions"
    removed = sum(bool(re.search(rf"^___ ({words}):$", s.text, re.MULTILINE)) for *_, s in notes)
    assert 0.05 < removed / len(notes) < 0.25


def test_identifying_text_is_removed(notes: list[Note]) -> None:
    for patient, admission, summary in notes:
        assert summary.text.startswith(" \nName:  ___                     Unit No:   ___")
        assert sections(summary.text)["social"].strip() == "___"
        assert str(patient.subject_id) not in summary.text
        assert str(admission.hadm_id) not in summary.text
        assert "____" not in summary.text
        assert not re.search(r"\b2[12]\d\d-\d\d-\d\d\b", summary.text)
        assert "{" not in summary.text


def test_length_is_that_of_a_real_summary(notes: list[Note]) -> None:
    lengths = sorted(len(summary.text) for *_, summary in notes)
    assert lengths[0] > 3000
    assert lengths[len(lengths) // 10] >= 4500
    assert lengths[-1] < 20_000


def test_sex_is_told_throughout(notes: list[Note]) -> None:
    wrong = {
        "F": re.compile(r"\b(he|his|him|man|Mr\.)\b"),
        "M": re.compile(r"\b(she|woman|Ms\.)\b"),
    }
    for patient, _, summary in notes:
        assert f"Sex:   {patient.sex}" in summary.text
        assert not wrong[patient.sex].search(summary.history.lower().replace("his/her", ""))


def test_home_drugs_are_those_of_the_reconciliation(notes: list[Note]) -> None:
    home = catalogue().home
    for _, admission, summary in notes:
        if admission.ed is None:
            continue
        text = sections(summary.text)["home"]
        listed = re.findall(r"^\d+\. (.*?) (?=[\d.,/]+ |PO |Sliding)", text, re.MULTILINE)
        assert listed == [home[key][0] for key in admission.ed.home_drugs]


def test_diagnoses_are_the_titles_of_the_codes_in_order(notes: list[Note]) -> None:
    titles = catalogue().diagnosis_titles
    for _, admission, summary in notes:
        lines = sections(summary.text)["diagnosis"].strip().splitlines()
        expected = [titles[admission.version, code] for code in admission.diagnoses[:8]]
        assert lines[1] == expected[0]
        assert [line for line in lines[3:] if not line.endswith(":")] == expected[1:]


def test_results_quoted_are_results_measured(notes: list[Note]) -> None:
    seen = 0
    for _, admission, summary in notes:
        measured = Counter(
            result.text
            for specimen in admission.specimens
            for result in specimen.results
            if result.key in {"creat", "na"} and result.text is not None
        )
        text = sections(summary.text)["results"]
        for name in ("Creat", "Na"):
            for value in re.findall(rf"BLOOD.*?\b{name}-([\d.]+)", text):
                seen += 1
                assert value in measured
    assert seen > 400


def test_impressions_of_reported_studies_are_quoted(notes: list[Note]) -> None:
    quoted = 0
    for patient, admission, summary in notes:
        text = " ".join(sections(summary.text)["results"].split())
        for study in patient.studies:
            impression = dict(study.sections).get("IMPRESSION", "")
            if study.admission == admission.hadm_id and impression:
                is_known = study.stored <= admission.discharged
                if is_known:
                    assert " ".join(impression.split()) in text
                    quoted += 1
    assert quoted > 100


def test_culture_results_are_told_or_pending(notes: list[Note]) -> None:
    grown = pending = 0
    for _, admission, summary in notes:
        text = sections(summary.text)["results"]
        for culture in admission.cultures:
            if culture.stored > admission.discharged:
                pending += 1
                assert "PENDING" in text
            elif culture.organism is not None:
                grown += 1
                assert catalogue().organisms[culture.organism][1] in text
    assert grown > 5
    assert pending > 20


def test_procedures_are_listed_in_their_section(notes: list[Note]) -> None:
    for _, admission, summary in notes:
        lines = [x for x in sections(summary.text)["procedure"].splitlines() if x.strip()]
        if admission.procedures:
            assert len(lines) == len({done.key for done in admission.procedures})
        else:
            assert lines == ["None"]


def test_the_dead_leave_no_drugs_and_no_instructions(notes: list[Note]) -> None:
    died = [summary for _, admission, summary in notes if admission.died]
    assert died
    for summary in died:
        parts = sections(summary.text)
        assert parts["disposition"].strip().startswith("Expired")
        assert parts["instructions"].strip() == "N/A"
        assert parts["condition"].strip() == "Expired."
        assert "1." not in parts["medications"]


def test_treatment_in_the_course_was_given(notes: list[Note]) -> None:
    drugs = catalogue().drugs
    checked = 0
    for _, admission, summary in notes:
        course = sections(summary.text)["course"]
        match = re.search(r"was (?:treated with|started on|managed with) (.*?)\.(?: |$)", course)
        if match is None:
            continue
        given = {drugs[order.drug].name.split(" (")[0] for order in admission.medications}
        said = match.group(1)
        checked += 1
        assert any(said.startswith(name.split(".")[0]) for name in given)
    assert checked > 40


def test_planned_admission_has_no_emergency_course(notes: list[Note]) -> None:
    planned = [summary for _, admission, summary in notes if admission.ed is None]
    assert planned
    assert not any("ED" in sections(s.text)["history"].split() for s in planned)


def test_laboratory_line_marks_abnormal_and_leaves_out_removed() -> None:
    results = (
        Result("na", "128", 128.0, True),
        Result("k", "4.1", 4.1, False),
        Result("creat", "___", None, False),
        Result("tnt", None, None, False, "<0.01.  CTROPNT > 0.10 NG/ML SUGGESTS ACUTE MI."),
    )
    specimen = Specimen(13 * 60 + 5, 13 * 60 + 40, False, False, results)
    assert lab_lines([specimen]) == ["___ 01:05PM BLOOD Na-128* K-4.1 cTropnT-<0.01"]
    assert notable([specimen], 5) == ["Na 128"]


def test_trend_needs_a_second_value_that_differs() -> None:
    patient = Life(SEED, 1).patient()
    stay = patient.admissions[-1]

    def with_values(*values: float) -> Admission:
        specimens = tuple(
            Specimen(turn, turn, False, False, (Result("creat", f"{v}", v, v > 1.2),))
            for turn, v in enumerate(values)
        )
        return dataclasses.replace(stay, specimens=specimens)

    assert trend(with_values(3.2)) is None
    assert trend(with_values(3.2, 3.1)) is None
    assert trend(with_values(3.2, 2.0, 1.1)) == ("Creat", "3.2", "1.1")


def test_notes_do_not_depend_on_other_draws() -> None:
    patient = Life(SEED, 5).patient()
    first = summarize(patient, patient.admissions[-1], stream(patient))
    Draws(SEED, 5, "imaging").uniform()
    again = summarize(patient, patient.admissions[-1], stream(patient))
    assert first == again


def test_pronouns_are_complete_for_both_sexes() -> None:
    assert person_words("F").keys() == person_words("M").keys()
    assert person_words("F")["himself"] == "herself"
