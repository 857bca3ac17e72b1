"""Stories of emergency medicine: vital signs, drug levels and antidotes agree with the poison."""

from __future__ import annotations

from statistics import median

import pytest
from drawn_admissions import admissions_of, given, share_with, texts, typical_first, values

from sources.synthetic.timeline import EdStay


def triage(condition: str, sign: str) -> float:
    """Median of a vital sign at triage."""
    stays: list[EdStay] = [one.ed for one in admissions_of(condition, 120) if one.ed is not None]
    taken = [number for stay in stays if (number := getattr(stay.triage, sign)) is not None]
    return median(taken)


def test_vital_signs_at_triage_are_those_of_the_illness() -> None:
    assert triage("hypertensive_emergency", "sbp") >= 190
    assert triage("anaphylaxis", "sbp") < triage("chest_pain_nonspecific", "sbp") - 12
    assert triage("opioid_overdose", "rr") <= triage("syncope", "rr") - 1
    assert triage("opioid_overdose", "spo2") < triage("syncope", "spo2") - 2
    assert triage("alcohol_withdrawal", "hr") > triage("syncope", "hr") + 15


def test_most_hypertensive_emergencies_pass_their_rule() -> None:
    stays = [one.ed for one in admissions_of("hypertensive_emergency", 80)]
    passed = [
        any(
            (signs.sbp or 0) >= 180 or (signs.dbp or 0) >= 120
            for signs in (stay.triage, *stay.vitals[:1])
        )
        for stay in stays
        if stay is not None
    ]
    assert sum(passed) / len(passed) > 0.75


@pytest.mark.parametrize(
    ("condition", "key", "least"),
    [
        ("acetaminophen_overdose", "apap", 0.9),
        ("chest_pain_nonspecific", "tnt", 0.9),
        ("alcohol_withdrawal", "na", 0.9),
        ("syncope", "apap", 0.3),
    ],
)
def test_tests_are_ordered(condition: str, key: str, least: float) -> None:
    assert share_with(admissions_of(condition), key) > least


def test_acetaminophen_is_measurable_in_its_overdose_alone() -> None:
    assert typical_first("acetaminophen_overdose", "apap") > 20
    for condition in ("opioid_overdose", "syncope", "alcohol_withdrawal"):
        assert not any(values(one, "apap") for one in admissions_of(condition))


def test_a_level_below_the_limit_is_a_comment() -> None:
    comments = {
        result.comment
        for one in admissions_of("syncope")
        for specimen in one.specimens
        for result in specimen.results
        if result.key in {"apap", "salicylate"} and result.number is None
    }
    assert comments == {"NEG."}


def test_acetaminophen_leaves_the_blood_and_the_liver_suffers() -> None:
    admissions = admissions_of("acetaminophen_overdose", 80)
    fallen = [f[-1] < f[0] for one in admissions if len(f := values(one, "apap")) > 1]
    assert len(fallen) > 10
    assert sum(fallen) / len(fallen) > 0.9
    peaks = [max(found) for one in admissions if (found := values(one, "alt"))]
    assert sum(peak > 200 for peak in peaks) / len(peaks) > 0.3


def test_opiates_are_found_in_most_opioid_overdoses_and_some_others() -> None:
    def share(condition: str) -> float:
        screens = [texts(one, "utox_opiates") for one in admissions_of(condition, 80)]
        first = [found[0] for found in screens if found]
        return sum(text == "POS" for text in first) / len(first)

    assert share("opioid_overdose") > 0.5
    assert 0.0 < share("syncope") < 0.3


@pytest.mark.parametrize(
    ("condition", "drugs"),
    [
        ("anaphylaxis", ("epinephrine_im",)),
        ("acetaminophen_overdose", ("acetylcysteine",)),
        ("opioid_overdose", ("naloxone",)),
        ("alcohol_withdrawal", ("diazepam", "lorazepam", "phenobarbital")),
    ],
)
def test_the_antidote_is_given(condition: str, drugs: tuple[str, ...]) -> None:
    treated = [given(one, *drugs) for one in admissions_of(condition, 150)]
    assert sum(treated) / len(treated) > 0.75


def test_what_harms_is_not_given() -> None:
    assert not any(
        given(one, "acetaminophen", "acetaminophen_iv")
        for one in admissions_of("acetaminophen_overdose")
    )
    assert not any(
        given(one, "oxycodone", "morphine", "hydromorphone", "lorazepam", "diazepam")
        for one in admissions_of("opioid_overdose")
        if "oxycodone" not in (one.ed.home_drugs if one.ed else ())
        and "lorazepam" not in (one.ed.home_drugs if one.ed else ())
    )


def test_troponin_stays_low_in_nonspecific_chest_pain() -> None:
    highest = [
        max(found)
        for one in admissions_of("chest_pain_nonspecific")
        if (found := values(one, "tnt"))
    ]
    assert all(number < 0.1 for number in highest)
