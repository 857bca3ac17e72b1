"""What electrocardiograms show agrees with the admission that they belong to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pydantic import ValidationError

from sources.synthetic.ecg import recordings_of
from sources.synthetic.ecg.bedside import Bedside
from sources.synthetic.ecg.grammar import Findings, Habits, load_findings, load_habits
from sources.synthetic.ecg.rhythm import RHYTHMS, WITHOUT_P, key_of
from sources.synthetic.ecg.statements import corrected_qt
from sources.synthetic.ecg.tracing import Tracing
from sources.synthetic.stories import EARLIER, load_stories
from sources.synthetic.timeline import Ecg, Patient, Procedure, Result, Specimen, Vitals

SEED = 17
Tell = Callable[..., Patient]
Patients = tuple[Patient, ...]


def first_tracings(patients: Patients, tell: Tell, **facts: object) -> list[Tracing]:
    """The first recording of each patient, once the facts are told."""
    firsts = []
    for patient in patients:
        recordings = recordings_of(tell(patient, **facts), SEED)
        if recordings:
            assert isinstance(recordings[0], Tracing)
            firsts.append(recordings[0])
    return firsts


def with_signs(patient: Patient, hr: int, rhythm: str = "") -> Patient:
    """The patient, with every vital sign of the department at one rate and no intensive care."""
    last = patient.admissions[-1]
    assert last.ed is not None

    def at(signs: Vitals) -> Vitals:
        return replace(signs, hr=hr, rhythm=rhythm)

    ed = replace(last.ed, triage=at(last.ed.triage), vitals=tuple(map(at, last.ed.vitals)))
    return replace(patient, admissions=(*patient.admissions[:-1], replace(last, ed=ed, icu=None)))


def with_lab(patient: Patient, key: str, value: float) -> tuple[Specimen, ...]:
    """One specimen at arrival with one result."""
    at = patient.admissions[-1].arrival + 30
    return (Specimen(at, at + 40, True, False, (Result(key, str(value), value, True),)),)


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def test_every_condition_says_who_is_recorded() -> None:
    listed = load_habits().conditions
    missing = [
        condition
        for category, stories in load_stories().items()
        if category != EARLIER
        for condition in stories
        if condition not in listed
    ]
    assert missing == []


def test_groups_of_findings_share_out_the_whole() -> None:
    for condition, habit in load_habits().conditions.items():
        for group in (*habit.acute, *([habit.rhythm] if habit.rhythm else [])):
            assert sum(group.values()) == pytest.approx(1.0), condition


def test_rhythms_of_conditions_are_known() -> None:
    for habit in load_habits().conditions.values():
        assert set(habit.rhythm) <= set(RHYTHMS)


def test_unknown_finding_in_a_condition_is_refused() -> None:
    told = {
        "default": {"ed": 0.5},
        "lasting": {},
        "conditions": {"stemi": {"acute": [{"heartache": 1.0}]}},
    }
    with pytest.raises(ValidationError, match="unknown findings \\(heartache\\)"):
        Habits.model_validate(told)


def test_finding_that_becomes_an_unknown_one_is_refused() -> None:
    finding = {"grade": 0, "say": [[]], "becomes": "nothing_known"}
    with pytest.raises(ValidationError, match="becomes an unknown one"):
        Findings.model_validate({"bases": {}, "findings": {"strange": finding}})


def test_recordings_depend_on_seed_and_patient_alone(patients: Patients) -> None:
    again = [recordings_of(patient, SEED) for patient in reversed(patients)]
    assert [recordings_of(patient, SEED) for patient in patients] == again[::-1]
    assert any(recordings_of(p, SEED) != recordings_of(p, SEED + 1) for p in patients)


def test_recordings_lie_in_their_admission_with_ids_of_the_patient(patients: Patients) -> None:
    for patient in patients:
        recordings = recordings_of(patient, SEED)
        numbers = [ecg.study_id for ecg in recordings]
        base = 110_000_000 + 16 * patient.number
        assert numbers == list(range(base, base + len(recordings)))
        assert len(recordings) <= 16
        stays = {a.hadm_id: (a.arrival, a.discharged) for a in patient.admissions}
        for ecg in recordings:
            start, end = stays[ecg.admission]
            assert start < ecg.at < end
            assert 1 <= len(ecg.statements) <= 17


def test_rate_is_that_of_the_vital_signs_around(patients: Patients) -> None:
    compared = 0
    for patient in patients:
        beside = {a.hadm_id: Bedside(a) for a in patient.admissions}
        for ecg in recordings_of(patient, SEED):
            charted = beside[ecg.admission].heart_rate(ecg.at)
            if charted is not None:
                compared += 1
                assert ecg.rate == pytest.approx(charted, rel=0.05)
    assert compared > 150


def test_p_wave_and_pr_interval_are_missing_together(patients: Patients) -> None:
    for patient in patients:
        for ecg in recordings_of(patient, SEED):
            assert (ecg.pr is None) == (ecg.axes[0] is None)
            assert ecg.pr is None or ecg.rhythm not in WITHOUT_P


def test_leads_obey_einthoven_and_goldberger(patients: Patients) -> None:
    for patient in patients:
        for ecg in recordings_of(patient, SEED):
            one, two, three, avr, avl, avf = ecg.st[:6]
            assert len(ecg.st) == 12
            assert three == pytest.approx(two - one, abs=1e-6)
            assert avr + avl + avf == pytest.approx(0, abs=1e-3)


def test_st_elevation_infarction_raises_contiguous_leads(seen: Patients, told: Tell) -> None:
    firsts = first_tracings(seen, told, category="cardiology", condition="stemi")
    assert len(firsts) > 0.9 * len(seen)
    raised = [ecg for ecg in firsts if sum(level >= 0.1 for level in ecg.st) >= 2]
    depressed = [ecg for ecg in raised if min(ecg.st) <= -0.05]
    said = [ecg for ecg in firsts if "infarct" in " ".join(ecg.statements)]
    assert len(raised) > 0.8 * len(firsts)
    assert len(depressed) > 0.6 * len(raised)  # reciprocal
    assert 0.6 * len(firsts) < len(said) < len(firsts)  # the machine misses some


def test_infarction_evolves_from_elevation_to_inversion(seen: Patients, told: Tell) -> None:
    early, late = [], []
    for patient in seen:
        ecgs = recordings_of(told(patient, category="cardiology", condition="stemi"), SEED)
        if len(ecgs) > 1 and ecgs[-1].at - ecgs[0].at > 24 * 60:
            early.append(max(ecgs[0].st))
            late.append(max(ecgs[-1].st))
    assert len(early) > 20
    assert mean(late) < 0.6 * mean(early)


def test_pericarditis_is_diffuse(seen: Patients, told: Tell) -> None:
    firsts = first_tracings(seen, told, category="cardiology", condition="acute_pericarditis")
    diffuse = [ecg for ecg in firsts if sum(level >= 0.05 for level in ecg.st) >= 6]
    assert len(diffuse) > 0.7 * len(firsts)
    assert all(ecg.st[3] < 0 for ecg in diffuse)  # aVR looks from the other side
    assert mean([float(any(ecg.ta)) for ecg in diffuse]) > 0.9


def test_charted_fibrillation_is_recorded_as_such(seen: Patients, told: Tell) -> None:
    firsts = [
        recordings_of(with_signs(told(patient, condition="sepsis"), 128, "Atrial Fibrillation"), 3)
        for patient in seen
    ]
    shown = [ecgs[0] for ecgs in firsts if ecgs and ecgs[0].rhythm != "ventricular_paced"]
    assert len(shown) > 50
    assert {ecg.rhythm for ecg in shown} == {"atrial_fibrillation"}
    said = [ecg for ecg in shown if "rapid ventricular response" in " ".join(ecg.statements)]
    assert 0.93 * len(shown) < len(said)


def test_cardioversion_restores_sinus_rhythm(seen: Patients, told: Tell) -> None:
    after = []
    for patient in seen:
        shocked = Procedure("cardioversion", patient.admissions[-1].arrival + 300)
        ecgs = recordings_of(
            told(patient, condition="atrial_fibrillation", procedures=(shocked,), icu=None), SEED
        )
        after += [ecg.rhythm.startswith("sinus") for ecg in ecgs if ecg.at > shocked.at]
    assert mean([float(sinus) for sinus in after]) > 0.7


def test_block_is_not_drawn_at_a_rate_that_it_forbids(seen: Patients, told: Tell) -> None:
    slow = [with_signs(told(patient, condition="complete_heart_block"), 36) for patient in seen]
    fast = [with_signs(told(patient, condition="complete_heart_block"), 88) for patient in seen]
    blocked = {ecg.rhythm for patient in slow for ecg in recordings_of(patient, SEED)[:1]}
    free = {ecg.rhythm for patient in fast for ecg in recordings_of(patient, SEED)[:1]}
    assert {"complete_heart_block", "mobitz_2"} <= blocked
    assert not free & {"complete_heart_block", "mobitz_2"}


def test_pacemaker_paces_from_then_on(seen: Patients, told: Tell) -> None:
    ecgs = []
    for patient in seen[:40]:
        put = Procedure("pacemaker", patient.admissions[-1].arrival + 200)
        block = told(patient, condition="complete_heart_block", procedures=(put,))
        ecgs += [ecg for ecg in recordings_of(block, SEED) if ecg.at > put.at]
    assert len(ecgs) > 20
    assert {ecg.rhythm for ecg in ecgs} == {"ventricular_paced"}
    assert all(ecg.qrs >= 140 for ecg in ecgs)


def test_high_potassium_peaks_t_waves_and_widens_qrs(seen: Patients, told: Tell) -> None:
    def told_with(value: float) -> list[Tracing]:
        return [
            ecg
            for patient in seen
            for ecg in first_tracings(
                (patient,), told, condition="hyperkalemia", specimens=with_lab(patient, "k", value)
            )
            if ecg.rhythm != "ventricular_paced" and ecg.at < patient.admissions[-1].arrival + 300
        ]

    normal, high = told_with(4.2), told_with(7.8)
    assert len(normal) == len(high) > 50
    assert all(b.qrs > a.qrs + 15 for a, b in zip(normal, high, strict=True))
    assert all(b.t[4] > a.t[4] + 0.4 for a, b in zip(normal, high, strict=True))


@pytest.mark.parametrize(("calcium", "sign"), [(14.5, -1), (6.2, 1)])
def test_calcium_moves_the_qt_interval(
    seen: Patients, told: Tell, calcium: float, sign: int
) -> None:
    def corrected(value: float) -> float:
        return mean(
            [
                corrected_qt(ecg.qt, ecg.rate)
                for patient in seen
                for ecg in first_tracings(
                    (patient,), told, condition="aki", specimens=with_lab(patient, "ca", value)
                )
            ]
        )

    assert sign * (corrected(calcium) - corrected(9.4)) > 20


def test_machine_misreads_a_few_rhythms_and_no_tracing(seen: Patients, told: Tell) -> None:
    firsts: list[Ecg] = []
    for seed in range(4):
        for patient in seen:
            fast = with_signs(told(patient, condition="chest_pain_nonspecific"), 118)
            firsts += recordings_of(fast, seed)[:1]
    fast_ones = [ecg for ecg in firsts if ecg.rhythm == "sinus_tachycardia"]
    wrong = [ecg for ecg in fast_ones if not ecg.statements[0].startswith("Sinus tachycardia")]
    assert 0 < len(wrong) < 0.04 * len(fast_ones)
    assert all(ecg.pr is not None for ecg in wrong)


def test_normal_hearts_are_read_as_normal(seen: Patients, told: Tell) -> None:
    firsts = first_tracings(seen, told, category="x", condition="cellulitis", icu=None)
    summaries = [ecg.statements[-1].removeprefix("Summary: ") for ecg in firsts]
    normal = [summary for summary in summaries if summary.startswith("Normal ECG")]
    assert len(normal) > 0.35 * len(firsts)
    assert set(summaries) <= {
        "Normal ECG",
        "Normal ECG except for rate",
        "Borderline ECG",
        "Abnormal ECG",
    }


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("AF (Atrial Fibrillation)", "atrial_fibrillation"),
        ("A Flut (Atrial Flutter) ", "atrial_flutter"),
        ("ST (Sinus Tachycardia) ", "sinus"),
        ("3rd AV (Complete Heart Block) ", "complete_heart_block"),
        ("VF (Ventricular Fibrillation) ", None),
        ("Asystole", None),
    ],
)
def test_charted_words_name_a_rhythm(words: str, key: str | None) -> None:
    assert key_of(words) == key


def test_bases_are_used_or_normal() -> None:
    known = load_findings()
    used = {finding.base for finding in known.findings.values()} | {"normal"}
    assert set(known.bases) == used - {None}
