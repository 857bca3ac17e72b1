"""Studies: who gets which and when, what films show over time, labels that agree with the text."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from imaged_patients import (
    SEED,
    conditions,
    imaged,
    index_studies,
    section,
    with_condition,
)

from sources.synthetic.draws import Draws
from sources.synthetic.imaging import exam, exam_name, studies_of
from sources.synthetic.imaging.chest import TARGETS, Chest, zone_of
from sources.synthetic.imaging.chest_report import (
    LABELS,
    TARGET_LABELS,
    ChestReader,
    ChestText,
    labels_of_signs,
)
from sources.synthetic.imaging.plans import plan_of
from sources.synthetic.timeline import HOUR, ImagingStudy, Patient, Procedure, Sign

_RULES = Path(__file__).resolve().parents[4] / "dbt_project" / "seeds" / "cohort_rules.csv"
FRONTAL = {"PA", "AP"}
TARGET_NAMES = {name for names in TARGET_LABELS.values() for name in names}


def _required() -> list[tuple[str, frozenset[str]]]:
    """Conditions whose cohort asks for imaging alone."""
    with _RULES.open(newline="", encoding="utf-8") as stream:
        rows = [row for row in csv.reader(stream) if row[1].startswith("required_tests")]
    asked = []
    for row in rows:
        tests = next(cell for cell in row if cell.startswith("any_of:"))[7:].split("|")
        if all(test.startswith("img_") for test in tests):
            asked.append((row[0], frozenset(tests)))
    return asked


def _everyone() -> list[Patient]:
    return [patient for condition in conditions() for patient in imaged(condition)[:4]]


def _labels(study: ImagingStudy) -> tuple[dict[str, float], dict[str, float]]:
    assert study.film is not None
    read = []
    for labels in (study.film.chexpert, study.film.negbio):
        named = zip(LABELS, labels, strict=True)
        read.append({name: value for name, value in named if value is not None})
    return read[0], read[1]


def test_same_patient_and_seed_give_the_same_studies() -> None:
    patient = with_condition("cap")[0]
    assert studies_of(patient, 9) == studies_of(patient, 9)
    assert studies_of(patient, 9) != studies_of(patient, 10)


def test_studies_do_not_depend_on_what_other_modules_filled_in() -> None:
    patient = imaged("cap")[1]
    assert studies_of(patient, SEED) == studies_of(replace(patient, studies=()), SEED)


@pytest.mark.parametrize(
    ("condition", "tests"),
    # The ids must not hold a set: its order changes from process to process.
    [pytest.param(*asked, id=asked[0]) for asked in _required()],
)
def test_required_imaging_is_there_within_three_days(condition: str, tests: frozenset[str]) -> None:
    hits = 0
    for _, index, studies in index_studies(condition):
        got = {
            test
            for study in studies
            if index.arrival <= study.at and study.stored <= index.arrival + 72 * HOUR
            for test in (exam(study.exam).test, *exam(study.exam).also)
        }
        hits += bool(got & tests)
    assert hits >= len(imaged(condition)) - 2


def test_studies_are_in_order_and_inside_their_admissions() -> None:
    for patient in _everyone():
        times = [study.at for study in patient.studies]
        assert times == sorted(times)
        stays = {it.hadm_id: it for it in patient.admissions}
        for study in patient.studies:
            stay = stays[study.admission]
            assert stay.arrival <= study.at < stay.discharged
            assert study.at < study.stored


def test_everyone_gets_some_of_everybodys_examinations() -> None:
    """An examination alone must not tell the condition."""
    seen: dict[str, set[str]] = {}
    for condition in conditions():
        for _, _, studies in index_studies(condition):
            for study in studies:
                seen.setdefault(exam(study.exam).test, set()).add(condition)
    for test in ("img_xr_chest", "img_ct_head", "img_ct_abd_pelvis_c", "img_us_ruq"):
        assert len(seen[test]) > 50
    assert len(seen) >= 30


def test_exam_name_is_one_of_the_examination_and_begins_the_report() -> None:
    for patient in _everyone():
        for study in patient.studies:
            name = exam_name(study)
            assert name in exam(study.exam).names
            assert section(study, "EXAMINATION").startswith(name)


def test_reports_have_sections_gaps_and_hidden_text() -> None:
    headers: Counter[str] = Counter()
    reports = 0
    hidden = 0
    for patient in _everyone():
        for study in patient.studies:
            names = [name for name, _ in study.sections]
            assert len(set(names)) == len(names)
            assert set(names) & {"FINDINGS", "IMPRESSION"}
            texts = [text for _, text in study.sections]
            assert all(text and text == text.strip() for text in texts)
            assert not any(re.search(r"[{}<>|]|____|  ", text) for text in texts)
            headers.update(names)
            reports += 1
            hidden += any("___" in text for text in texts)
    assert 0.8 * reports < headers["FINDINGS"] < 0.99 * reports
    assert headers["IMPRESSION"] > 0.9 * reports
    assert {"INDICATION", "HISTORY", "TECHNIQUE", "COMPARISON"} <= set(headers)
    assert hidden > 0.6 * reports


def test_chest_reports_seldom_repeat_each_other() -> None:
    texts = [
        section(study, "FINDINGS")
        for _, _, studies in index_studies("acute_heart_failure")
        for study in studies
        if exam(study.exam).test == "img_xr_chest" and section(study, "FINDINGS")
    ]
    assert len(set(texts)) == len(texts) > 8


@pytest.mark.parametrize("condition", [*TARGETS, "rad_normal_chest"])
def test_radiology_index_film_shows_its_finding_and_no_other(condition: str) -> None:
    """Both labelers agree on it; the other targets are not positive, or rarely."""
    strays = 0
    for _, index, studies in index_studies(condition):
        first = next(study for study in studies if exam(study.exam).test == "img_xr_chest")
        assert first.film is not None
        assert first.stored <= index.arrival + 72 * HOUR
        assert section(first, "FINDINGS")
        positions = {view.position for view in first.film.views}
        assert positions & FRONTAL
        chexpert, negbio = _labels(first)
        both = {name for name, value in chexpert.items() if value == 1 == negbio.get(name)}
        if condition == "rad_normal_chest":
            assert "No Finding" in both
            assert {name for name, value in chexpert.items() if value in {1, -1}} <= {
                "No Finding",
                "Support Devices",
            }
            continue
        wanted = set(TARGET_LABELS[TARGETS[condition]])
        assert both & wanted
        assert all(
            chexpert.get(name) in {None, 1} and negbio.get(name) in {None, 1} for name in wanted
        )
        strays += bool((both & TARGET_NAMES) - wanted)
        if condition == "rad_cardiomegaly":
            assert "PA" in positions
    assert strays <= 1


_NAMES = {
    "pneumothorax": "pneumothorax", "effusion": "effusion", "edema": "edema",
    "cardiomegaly": "cardiomegaly",
}  # fmt: skip
"""Word by which an impression names the sign."""


def _read(sign: str, answer: str | None, *beside: Sign, portable: bool = False) -> list[ChestText]:
    """One film with one sign of middle size, as 300 radiologists would report it."""
    signs = (Sign(sign, "left", 0.5), *beside)
    return [
        ChestReader(
            Draws(seed, 1, "reader test"), signs, "lower", None, answer, portable=portable
        ).read()
        for seed in range(300)
    ]


def _label(text: ChestText, name: str) -> float | None:
    return text.chexpert[LABELS.index(name)]


@pytest.mark.parametrize("sign", _NAMES)
def test_some_findings_describe_and_leave_the_name_to_the_impression(sign: str) -> None:
    """A label is that of the whole report, of which a candidate sees the findings."""
    oblique = 0
    for text in _read(sign, sign):
        assert _label(text, TARGET_LABELS[sign][0]) == 1
        assert text.negbio[LABELS.index(TARGET_LABELS[sign][0])] == 1
        if not re.search(rf"{_WORDS[TARGET_LABELS[sign][0]]}", text.findings.lower()):
            assert _NAMES[sign] in " ".join(text.impression).lower()
            oblique += 1
    assert oblique >= (10 if sign == "cardiomegaly" else 30)
    assert oblique < 100


def test_another_target_beside_the_answer_is_hedged_or_missed() -> None:
    texts = _read("edema", "edema", Sign("effusion", "both", 0.2))
    seen = Counter(_label(text, "Pleural Effusion") for text in texts)
    assert seen[-1.0] > 80
    assert seen[None] + seen[0.0] > 80
    assert seen[1.0] < 15
    plain = _read("edema", None, Sign("effusion", "both", 0.3))
    assert sum(_label(text, "Pleural Effusion") == 1 for text in plain) > 200


def test_portable_films_are_more_often_called_hard_to_read() -> None:
    def limited(*, portable: bool) -> int:
        words = re.compile(r"limited|limit |rotated|rotation|obscures the apices|excluded")
        texts = _read("edema", None, portable=portable)
        return sum(bool(words.search(text.findings.split(".")[0].lower())) for text in texts)

    assert 50 < limited(portable=True) < 130
    assert limited(portable=False) < 40


def test_every_label_occurs_present_and_most_hedged_and_absent() -> None:
    seen: Counter[tuple[str, float]] = Counter()
    differ = labelled = 0
    for condition in conditions():
        for patient in imaged(condition):
            for study in patient.studies:
                if study.film is not None:
                    chexpert, negbio = _labels(study)
                    seen.update(chexpert.items())
                    labelled += len(chexpert)
                    differ += sum(negbio.get(name) != value for name, value in chexpert.items())
    assert min(seen[name, 1.0] for name in LABELS) >= 12
    assert sum(bool(seen[name, -1.0]) for name in LABELS) >= 9
    assert sum(bool(seen[name, 0.0]) for name in LABELS) >= 9
    assert 0.005 < differ / labelled < 0.06


_WORDS = {
    "Pleural Effusion": r"effusion", "Pneumothorax": r"pneumothorax", "Edema": r"edema",
    "Cardiomegaly": r"cardiomegaly|heart|cardiac silhouette", "Consolidation": r"consolidation",
    "Pneumonia": r"pneumonia", "Atelectasis": r"atelecta", "Fracture": r"fracture",
}  # fmt: skip


def test_labels_agree_with_the_words_of_the_report() -> None:
    for patient in _everyone():
        for study in patient.studies:
            if study.film is None:
                continue
            text = f"{section(study, 'FINDINGS')} {section(study, 'IMPRESSION')}".lower()
            chexpert, _ = _labels(study)
            for name, words in _WORDS.items():
                if name in chexpert:
                    assert re.search(words, text), name
                if chexpert.get(name) == 0:
                    denial = rf"\bno\b[^.]*({words})|({words})[^.]*\b(not|normal|within)\b"
                    assert re.search(denial, text), name


def test_no_finding_stands_alone() -> None:
    for patient in _everyone():
        for study in patient.studies:
            if study.film is None:
                continue
            for labels in _labels(study):
                if "No Finding" in labels:
                    others = set(labels) - {"No Finding", "Support Devices"}
                    assert all(labels[name] == 0 for name in others)


def test_effusion_shrinks_after_drainage_and_the_drain_is_seen() -> None:
    smaller = seen = 0
    for patient in with_condition("pleural_effusion", [Procedure("chest_tube", 9 * HOUR)]):
        index = patient.admissions[-1]
        films = [
            study.film
            for study in studies_of(patient, 7)
            if study.film is not None and study.admission == index.hadm_id
        ]
        before = [film for film in films if film.views[0].at < index.arrival + 9 * HOUR]
        after = [film for film in films if film.views[0].at >= index.arrival + 9 * HOUR]
        if before and after:
            sizes = [
                next((sign.size for sign in film.signs if sign.key == "effusion"), 0.0)
                for film in (before[0], after[0])
            ]
            if not sizes[0]:
                continue
            seen += any(sign.key == "drain" for sign in after[0].signs)
            smaller += sizes[1] < 0.6 * sizes[0]
    assert seen == smaller >= 5


def test_film_after_intubation_shows_the_tube() -> None:
    found = 0
    for patient in with_condition("ards_ahrf", [Procedure("intubation", 5 * HOUR)]):
        for study in (s for seed in (7, 8, 9) for s in studies_of(patient, seed)):
            if study.exam == "xr_chest_line" and study.film is not None:
                assert {"tube", "feeding_tube"} <= {sign.key for sign in study.film.signs}
                assert _labels(study)[0]["Support Devices"] == 1
                found += 1
    assert found >= 8


def test_pictures_of_a_procedure_are_reported_when_it_is_done_and_only_then() -> None:
    for patient in with_condition("acute_cholangitis", [Procedure("ercp", 20 * HOUR)]):
        index = patient.admissions[-1]
        times = [it.at for it in studies_of(patient, 7) if it.exam == "ir_ercp"]
        assert times == [index.arrival + 20 * HOUR + 5]
    for patient in with_condition("acute_cholangitis", []):
        assert not [it for it in studies_of(patient, 7) if it.exam == "ir_ercp"]


def test_early_pneumonia_may_not_be_seen_yet_and_never_in_radiology() -> None:
    def late_only(condition: str) -> int:
        patient = with_condition(condition)[0]
        index = patient.admissions[-1]
        hidden = 0
        for seed in range(200):
            plan = plan_of(index.category, condition)
            chest = Chest(Draws(seed, 1, "chest test"), patient, index, plan, "left")
            early, late = (
                any(sign.key == "consolidation" for sign in chest.signs_at(index.arrival + at))
                for at in (HOUR, 30 * HOUR)
            )
            assert late or not early
            hidden += late and not early
        return hidden

    assert 4 <= late_only("cap") <= 80
    assert late_only("rad_consolidation") == 0


def test_not_every_film_is_in_mimic_cxr_but_those_of_radiology_are() -> None:
    with_film = chest = 0
    for condition, category in conditions().items():
        for _, _, studies in index_studies(condition):
            films = [study for study in studies if exam(study.exam).test == "img_xr_chest"]
            chest += bool(films)
            with_film += any(study.film is not None for study in films)
            if category == "radiology":
                assert films[0].film is not None
    assert 0.5 < with_film / chest < 0.68


def test_film_ids_are_unique_and_at_most_eight_a_patient() -> None:
    for patient in _everyone():
        films = [study.film for study in patient.studies if study.film is not None]
        ids = [film.study_id for film in films]
        assert len(set(ids)) == len(ids) <= 8
        assert all(60_000_000 <= number < 70_000_000 for number in ids)
        names = [view.dicom_id for film in films for view in film.views]
        assert len(set(names)) == len(names)
        assert all(re.fullmatch(r"([0-9a-f]{8}-){4}[0-9a-f]{8}", name) for name in names)


def test_truth_of_the_pixels_becomes_the_radiologists_labels() -> None:
    labels = dict(
        zip(
            LABELS,
            labels_of_signs((Sign("consolidation", "left", 0.5), Sign("tube", "", 0.6))),
            strict=True,
        )
    )
    assert {name for name, value in labels.items() if value == 1} == {
        "Consolidation", "Lung Opacity", "Pneumonia", "Support Devices",
    }  # fmt: skip
    normal = dict(zip(LABELS, labels_of_signs((Sign("wires", "", 0.5),)), strict=True))
    assert {name for name, value in normal.items() if value == 1} == {"No Finding"}


def test_zone_of_a_patient_never_changes_and_all_zones_occur() -> None:
    zones = Counter(zone_of(80_000_000 + number) for number in range(300))
    assert set(zones) == {"upper", "middle", "lower"}
    assert zones["lower"] > zones["middle"]
