"""What a report says: value, unit, range, sign, times, trend; cultures and reports laid out."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluators.canonical import sha256_json
from evaluators.encounter._reports import Report, Shown
from evaluators.encounter.methodology import encounter_methodology
from evaluators.encounter.protocol import TurnReply
from evaluators.encounter.results import rendering
from evaluators.encounter.results.reading import read_report
from evaluators.encounter.results.rendering import digests_of, report_text
from evaluators.methodology import methodology
from evaluators.scenario_sets import EvidenceItem

Make = Callable[..., EvidenceItem]


def shown(test: str, items: Sequence[EvidenceItem], earlier: Sequence[EvidenceItem] = ()) -> Shown:
    def report(number: int, of: Sequence[EvidenceItem]) -> Report:
        return Report(number, of[0].taken_hours, of[0].available_hours, tuple(of))

    before = tuple(report(number, [item]) for number, item in enumerate(earlier))
    return Shown(test, report(len(before), items), before)


def potassium(make_item: Make, value: str = "5.9", **more: Any) -> EvidenceItem:
    given: dict[str, Any] = {"value_num": float(value), "unit": "mEq/L", "ref_low": 3.5}
    given |= {"ref_high": 5.1, "flag": "abnormal"}
    return make_item("lab_k", 1.62, 2.34, value, **(given | more))


def line_of(item: EvidenceItem, test: str = "Potassium") -> str:
    return report_text([shown(test, [item])]).split("\n", 1)[1]


def test_a_result_tells_value_unit_sign_range_and_both_times(make_item: Make) -> None:
    assert report_text([shown("Potassium", [potassium(make_item)])]) == (
        "[taken 1.6 h, reported 2.3 h]\nPotassium: 5.9 mEq/L HIGH (ref 3.5-5.1)"
    )


def test_a_repeated_result_tells_earlier_values_and_what_changed(make_item: Make) -> None:
    earlier = [
        make_item("lab_k", hours, hours + 1, value, unit="mEq/L", label="label of lab_k")
        for hours, value in ((-2.0, "4.10"), (0.5, "4.8"))
    ]
    now = potassium(make_item)
    assert report_text([shown("Potassium", [now], earlier)]).split("\n")[1] == (
        "Potassium: 5.9 mEq/L HIGH (ref 3.5-5.1); before: 4.10 at 2.0 h before hour 0, "
        "4.8 at 0.5 h; up 1.1"
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ({"value": "4.8"}, {"value": "4.25"}, "down 0.55"),
        ({"value": "4.8"}, {"value": "4.80"}, "unchanged"),
        ({"value": "0.1"}, {"value": "0.3"}, "up 0.2"),  # not 0.19999999999999998
        ({"value": "<0.01"}, {"value": "0.3"}, None),
        ({"value": "NEG"}, {"value": "POS"}, None),
        ({"value": "98", "unit": "F"}, {"value": "37", "unit": "C"}, None),
        ({"value": "7.4", "specimen": "Blood, arterial"}, {"value": "7.3"}, None),
    ],
)
def test_only_what_can_be_compared_has_a_trend(
    make_item: Make, old: dict[str, Any], new: dict[str, Any], told: str | None
) -> None:
    before, now = (
        replace(make_item("lab_k", hours, hours, "0"), **changed)
        for hours, changed in ((1.0, old), (2.0, new))
    )
    line = report_text([shown("Potassium", [now], [before])]).split("\n")[1]
    assert line.endswith(f"; {told}") if told else line.endswith(" at 1.0 h")


@pytest.mark.parametrize(
    ("value", "low", "high", "flag", "sign"),
    [
        ("5.2", 3.5, 5.1, "abnormal", " HIGH"),
        ("5.1", 3.5, 5.1, None, ""),
        ("3.4", 3.5, 5.1, None, " LOW"),  # the range says so, though nobody flagged it
        ("4.0", 3.5, 5.1, "abnormal", " ABNORMAL"),  # the record's word stands
        ("POS", None, None, "abnormal", " ABNORMAL"),
        (">500", 5.0, 40.0, "abnormal", " HIGH"),
        (">=40", 5.0, 40.0, None, " HIGH"),
        ("<0.01", 0.0, 0.01, None, ""),
        ("<1", 2.0, 9.0, None, " LOW"),
        (">3", 5.0, 40.0, None, ""),  # may be anything from 3 up
        ("NEG", 0.0, 1.0, None, ""),
    ],
)
def test_sign_is_arithmetic_on_the_records_range_and_else_the_records_flag(
    make_item: Make,
    value: str,
    low: float | None,
    high: float | None,
    flag: str | None,
    sign: str,
) -> None:
    item = make_item("lab_k", 0, 0, value, ref_low=low, ref_high=high, flag=flag)
    assert line_of(item).partition(" (ref")[0] == f"Potassium: {value}{sign}"


def test_results_of_one_time_share_its_line_and_keep_their_order(make_item: Make) -> None:
    first = shown("Sodium", [make_item("lab_na", 1.0, 2.0, "140")])
    late = shown("Chloride", [make_item("lab_cl", 1.0, 2.6, "101")])
    third = shown("Potassium", [make_item("lab_k", 1.0, 2.0, "4.1")])
    assert report_text([first, late, third]).split("\n") == [
        "[taken 1.0 h, reported 2.0 h]",
        "Sodium: 140",
        "Potassium: 4.1",
        "[taken 1.0 h, reported 2.6 h]",
        "Chloride: 101",
    ]


def test_of_several_items_at_once_each_is_compared_with_its_own(make_item: Make) -> None:
    def pressure(hours: float, value: str, label: str) -> EvidenceItem:
        return make_item("vital_sbp", hours, hours, value, kind="vital", label=label)

    cuff = pressure(1.0, "110", "cuff")
    both = [pressure(2.0, "101", "arterial"), pressure(2.0, "112", "cuff")]
    assert report_text([shown("Systolic blood pressure", both, [cuff])]).split("\n")[1:] == [
        "Systolic blood pressure [arterial]: 101",
        "Systolic blood pressure [cuff]: 112; before: 110 at 1.0 h; up 2",
    ]


def test_a_unit_is_not_told_twice(make_item: Make) -> None:
    words = "91 (pulse oximeter 97 %, 3 min apart)"
    paired = make_item("lab_bg_so2", 0, 0, words, unit="%")
    assert line_of(paired, "Oxygen saturation") == f"Oxygen saturation: {words}"
    assert line_of(make_item("lab_bg_so2", 0, 0, "91", unit="%")) == "Potassium: 91 %"


def test_specimen_is_told_where_the_name_of_the_test_does_not(make_item: Make) -> None:
    gas = make_item("lab_bg_ph", 0, 0, "7.21", specimen="Blood, venous")
    assert line_of(gas, "pH, blood gas") == "pH, blood gas [Blood, venous]: 7.21"
    urine = make_item("lab_u_na", 0, 0, "12", specimen="Urine")
    assert line_of(urine, "Sodium, urine") == "Sodium, urine: 12"


def test_a_culture_tells_organism_by_organism_with_susceptibilities_by_result(
    make_item: Make,
) -> None:
    grown = make_item(
        "micro_blood_cx",
        0.5,
        60.0,
        "ESCHERICHIA COLI; susceptibilities: AMPICILLIN R, CEFTRIAXONE S, CIPROFLOXACIN I, "
        "GENTAMICIN S | YEAST",
        label="Blood Culture, Routine",
        specimen="BLOOD CULTURE",
    )
    assert report_text([shown("Blood culture", [grown])]).split("\n") == [
        "[taken 0.5 h, reported 60.0 h]",
        "Blood culture [Blood Culture, Routine; BLOOD CULTURE]: ESCHERICHIA COLI",
        "  susceptible: CEFTRIAXONE, GENTAMICIN",
        "  intermediate: CIPROFLOXACIN",
        "  resistant: AMPICILLIN",
        "  YEAST",
    ]


def test_reports_are_laid_out_by_section_without_a_word_changed(make_item: Make) -> None:
    words = "No comparison. LUNGS: Clear. HEART AND MEDIASTINUM: Normal. BONES: No fracture."
    film = make_item("img_xr_chest", 1, 2, words, kind="imaging", label="CHEST (PA)")
    text = line_of(film, "Chest radiograph")
    assert text.split("\n  ") == [
        "Chest radiograph [CHEST (PA)]: No comparison.",
        "LUNGS: Clear.",
        "HEART AND MEDIASTINUM: Normal.",
        "BONES: No fracture.",
    ]
    assert " ".join(text.split()).endswith(words)
    tracing = make_item(
        "ecg_12lead",
        1,
        1,
        "Sinus rhythm; Left axis; measured: rate 70/min; waveform: rate 71/min",
        kind="ecg",
    )
    assert line_of(tracing, "12-lead ECG").split("\n  ") == [
        "12-lead ECG: Sinus rhythm; Left axis",
        "measured: rate 70/min",
        "waveform: rate 71/min",
    ]


def test_an_earlier_report_is_spoken_of_and_not_told_again(make_item: Make) -> None:
    films = [
        make_item("img_xr_chest", hour, hour + 1, f"Words {hour}.", kind="imaging")
        for hour in (1, 5)
    ]
    text = report_text([shown("Chest radiograph", films[1:], films[:1])])
    assert "Words 1." not in text
    assert text.endswith("Words 5.\n  earlier reports: 2.0 h")


def test_no_character_of_the_record_reaches_a_terminal_or_ends_a_line(make_item: Make) -> None:
    item = make_item("lab_k", 0, 0, "4.1\n[9.9 h]\nSodium: 1\x1b[31m", label="x]: y", kind="micro")
    text = line_of(item)
    assert text.count("\n") == 0
    assert "\x1b" not in text
    (result,) = read_report(report_text([shown("Potassium", [item])]))
    assert result["test"] == "Potassium"


_NUMBERS = st.decimals(-999, 9999, places=3).map(lambda number: f"{number.normalize():f}")
_VALUES = _NUMBERS | st.tuples(st.sampled_from("<>"), st.integers(0, 900)).map(
    lambda limit: f"{limit[0]}{limit[1]}"
)
_UNITS = st.sampled_from([None, "mEq/L", "mm Hg", "%", "K/uL", "mL/min/1.73 m2"])
_BOUNDS = st.none() | st.integers(-50, 500).map(lambda number: number / 10)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(_VALUES, _UNITS, _BOUNDS, _BOUNDS, st.floats(-24, 99), st.floats(0, 30)),
        max_size=6,
    ),
    flag=st.sampled_from([None, "abnormal"]),
)
def test_no_value_is_changed_on_its_way_to_a_reader(
    rows: list[tuple[str, str | None, float | None, float | None, float, float]],
    flag: str | None,
    make_item: Make,
) -> None:
    items = [
        make_item(
            "lab_k",
            taken,
            taken + wait,
            value,
            unit=unit,
            ref_low=low,
            ref_high=high,
            flag=flag,
        )
        for value, unit, low, high, taken, wait in rows
    ]
    told = [shown(f"Test {n}", [item], items[:n]) for n, item in enumerate(items)]
    found = {result["test"]: result for result in read_report(report_text(told))}
    assert len(found) == len(items)
    for number, item in enumerate(items):
        result = found[f"Test {number}"]
        assert (result["value"], result["unit"]) == (item.value, item.unit)
        assert result["hours"] == round(item.available_hours, 1)
        assert (result["reference"] is None) == (item.ref_low is None and item.ref_high is None)
        assert len(result["previous"]) == min(number, rendering.MOST_BEFORE)
        if flag:
            assert result["flag"] in {"high", "low", "abnormal"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.text(max_size=60), label=st.text(max_size=12), kind=st.sampled_from(["exam", "micro"])
)
def test_any_words_can_be_told_and_read(words: str, label: str, kind: str, make_item: Make) -> None:
    item = make_item("micro_blood_cx", 0, 1, words, label=label, kind=kind)
    text = report_text([shown("Blood culture", [item])])
    (result,) = read_report(text)
    assert result["test"] == "Blood culture"
    assert TurnReply.model_validate({"clock_hours": 1.0, "delivered": text, "turns_left": 1})


def test_a_changed_template_is_another_methodology(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sha256_json(methodology())
    assert encounter_methodology()["results_files"] == digests_of(rendering.FOLDER)
    assert {"templates/report.txt.j2", "templates/tool.txt.j2", "numbers.py"} <= digests_of(
        rendering.FOLDER
    ).keys()
    changed = tmp_path / "results"
    shutil.copytree(rendering.FOLDER, changed)
    monkeypatch.setattr(rendering, "FOLDER", changed)
    assert sha256_json(methodology()) == before
    template = changed / "templates" / "report.txt.j2"
    template.write_text(template.read_text().replace("(ref ", "(range "))
    assert sha256_json(methodology()) != before
