"""Pairs of arterial and pulse-oximeter saturation, and what stands beside them."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from sources.synthetic.calendar import moment
from sources.synthetic.ecg.bedside import Bedside
from sources.synthetic.life import Life
from sources.synthetic.pulseox import (
    BIAS,
    Organs,
    PulseoxWriter,
    charlson,
    race_group,
    saturation,
)
from sources.synthetic.timeline import (
    DAY,
    HOUR,
    Admission,
    Chart,
    IcuStay,
    Infusion,
    Patient,
    Result,
    Specimen,
)

CONTRACT = Path(__file__).parents[3] / "data_contracts" / "raw" / "pulseox.yml"


class Lines(list[str]):
    """A sheet that keeps its lines."""

    def add(self, line: str) -> None:
        self.append(line)


class NoFiles:
    """Module pulseox writes no files beside its table."""

    def add(self, path: str, data: bytes) -> None:
        raise AssertionError("module pulseox writes no files")

    def zipped(self, archive: str, name: str, text: str) -> None:
        raise AssertionError("module pulseox writes no archive")


def pairs(*patients: Patient) -> list[dict[str, str]]:
    sheets: dict[str, Lines] = defaultdict(Lines)
    writer = PulseoxWriter(sheets, NoFiles())  # type: ignore[arg-type]
    for patient in patients:
        writer.write(patient)
    writer.finish()
    columns = yaml.safe_load(CONTRACT.read_text("utf-8"))["tables"][0]["columns"]
    names = [column.get("header", column["name"]) for column in columns]
    return [dict(zip(names, row, strict=True)) for row in csv.reader(sheets["pulseox_data"])]


def number(at: int, key: str, value: float) -> Chart:
    return Chart(at, key, f"{value:g}", value)


def tube(at: int, **values: float) -> Specimen:
    results = [Result(key, f"{value:g}", value, False) for key, value in values.items()]
    return Specimen(at, at + 30, True, False, tuple(results))


def gas(at: int, po2: float, ph: float = 7.4, kind: str = "ART.") -> Specimen:
    drawn = tube(at, bg_ph=ph, bg_po2=po2)
    named = Result("specimen_type", kind, None, False)
    return drawn._replace(results=(named, *drawn.results))


@pytest.fixture(scope="module")
def plain() -> tuple[Patient, IcuStay]:
    """A patient with an empty stay in intensive care from a full hour on."""
    patient = Life(3, 1).patient()
    last = patient.admissions[-1]
    start = last.admitted // DAY * DAY + 3 * DAY
    stay = IcuStay(
        90_000_008, "MICU", start, start + 2 * DAY, 80.0, (), (), (), (), (), (1, 1, 1, 1)
    )
    bare: Admission = replace(
        last,
        admitted=start - HOUR,
        arrival=start - 3 * HOUR,
        discharged=start + 3 * DAY,
        ed=None,
        specimens=(),
        cultures=(),
        died=False,
        version=10,
        diagnoses=("J9601", "I5022", "E119"),
    )
    return replace(patient, admissions=(bare,), race="WHITE", height_cm=180.0), stay


def with_stay(
    plain: tuple[Patient, IcuStay],
    charts: tuple[Chart, ...],
    specimens: tuple[Specimen, ...],
    race: str = "WHITE",
    infusions: tuple[Infusion, ...] = (),
    procedures: tuple[tuple[str, int, int], ...] = (),
) -> Patient:
    patient, stay = plain
    filled = replace(stay, charts=charts, infusions=infusions, procedures=procedures)
    last = replace(patient.admissions[0], icu=filled, specimens=specimens)
    return replace(patient, admissions=(last,), race=race)


@pytest.mark.parametrize(
    ("po2", "percent"), [(26.86, 50.0), (40, 75.0), (60, 90.7), (80, 95.8), (100, 97.7)]
)
def test_saturation_follows_the_published_curve(po2: float, percent: float) -> None:
    assert saturation(po2, 7.4) == pytest.approx(percent, abs=0.5)


def test_acid_blood_holds_less_oxygen() -> None:
    assert saturation(60, 7.2) < saturation(60, 7.4) < saturation(60, 7.6)


def test_gas_is_paired_with_the_reading_within_five_minutes(
    plain: tuple[Patient, IcuStay],
) -> None:
    at = plain[1].start + 5 * HOUR
    charts = (number(at - 40, "spo2", 99), number(at - 4, "spo2", 93), number(at + 1, "spo2", 90))
    (row,) = pairs(with_stay(plain, charts, (gas(at, 60),)))
    assert row["SaO2_timestamp"] == moment(at)
    assert (row["delta_SpO2"], row["SpO2"]) == ("-4", "93")
    assert float(row["SaO2"]) == round(saturation(60, 7.4), 1)


@pytest.mark.parametrize("kind", ["late", "venous", "before the stay", "after the stay"])
def test_what_is_no_pair_is_left_out(plain: tuple[Patient, IcuStay], kind: str) -> None:
    stay = plain[1]
    at = {"before the stay": stay.start - 2, "after the stay": stay.end}.get(kind, stay.start + 90)
    charts = (number(at - (6 if kind == "late" else 1), "spo2", 95),)
    drawn = gas(at, 70, kind="VEN." if kind == "venous" else "ART.")
    assert pairs(with_stay(plain, charts, (drawn,))) == []


@pytest.mark.parametrize(
    ("po2", "spo2", "hidden"), [(50, 92, "1"), (50, 86, "0"), (90, 92, "0"), (50, 88, "1")]
)
def test_hidden_hypoxemia_is_low_blood_under_a_good_reading(
    plain: tuple[Patient, IcuStay], po2: float, spo2: float, hidden: str
) -> None:
    at = plain[1].start + 5 * HOUR
    (row,) = pairs(with_stay(plain, (number(at - 1, "spo2", spo2),), (gas(at, po2),)))
    assert row["hidden_hypoxemia"] == hidden


def test_bias_lowers_the_blood_by_the_chosen_points(plain: tuple[Patient, IcuStay]) -> None:
    at = plain[1].start + 5 * HOUR

    def shown(race: str) -> tuple[str, float]:
        (row,) = pairs(with_stay(plain, (number(at, "spo2", 92),), (gas(at, 58),), race))
        return row["race_group"], float(row["SaO2"])

    assert shown("WHITE - RUSSIAN") == ("White", pytest.approx(saturation(58, 7.4), abs=0.06))
    group, black = shown("BLACK/CAPE VERDEAN")
    assert group == "Black"
    assert shown("WHITE")[1] - black == pytest.approx(BIAS["Black"], abs=0.11)


@pytest.mark.parametrize(
    ("race", "group"),
    [
        ("HISPANIC/LATINO - DOMINICAN", "Hispanic"),
        ("ASIAN - CHINESE", "Asian"),
        ("UNKNOWN", "Other"),
        ("BLACK/AFRICAN AMERICAN", "Black"),
    ],
)
def test_races_fall_into_five_groups(race: str, group: str) -> None:
    assert race_group(race) == group
    assert group in BIAS


def test_values_are_the_latest_before_the_gas_with_minutes_behind_it(
    plain: tuple[Patient, IcuStay],
) -> None:
    at = plain[1].start + 5 * HOUR
    specimens = (
        tube(at - 300, hgb=8.1, creat=2.4),
        tube(at - 30, hgb=9.4),
        gas(at, 70, 7.31),
        tube(at + 60, hgb=11.0, na=150),
    )
    charts = (
        number(at - 70, "temp", 100.4),
        number(at - 3, "hr", 101),
        number(at - 3, "spo2", 94),
        Chart(at - 3, "rhythm", "ST (Sinus Tachycardia) ", None),
        number(at + 2, "hr", 80),
    )
    (row,) = pairs(with_stay(plain, charts, specimens))
    assert (row["delta_hemoglobin"], row["hemoglobin"]) == ("-30", "9.4")
    assert (row["delta_creatinine"], row["creatinine"]) == ("-300", "2.4")
    assert (row["delta_sodium"], row["sodium"]) == ("", "")
    assert (row["delta_ph"], row["ph"]) == ("0", "7.31")
    assert (row["delta_temperature"], row["temperature"]) == ("-70", "38")
    assert (row["delta_heart_rate"], row["heart_rate"]) == ("-3", "101")
    assert row["heart_rhythm"] == "ST (Sinus Tachycardia)"
    assert (row["delta_sofa_renal"], row["sofa_renal"]) == ("-300", "2")


def test_support_at_the_gas_is_told_with_its_start(plain: tuple[Patient, IcuStay]) -> None:
    start, at = plain[1].start, plain[1].start + 5 * HOUR
    drip = Infusion("norepinephrine", start + 60, start + 200, 0.2, 1.0, 1, False)
    later = drip._replace(start=start + 200, end=start + 900, rate=0.05, finished=True)
    second = later._replace(key="vasopressin", rate=2.4, order=2)
    charts = (number(at - 1, "spo2", 95), number(at - 20, "fio2", 50), number(at - 1, "map", 60))
    support = (("ventilation", start + 30, start + 2000), ("crrt", start + 120, start + 2000))
    patient = with_stay(
        plain, charts, (gas(at, 90),), infusions=(drip, later, second), procedures=support
    )
    (row,) = pairs(patient)
    assert (row["ventilation_status"], row["invasive_vent"]) == ("InvasiveVent", "1")
    assert (row["delta_vent_start"], row["delta_FiO2"], row["FiO2"]) == ("-270", "-20", "50")
    assert (row["delta_rrt"], row["rrt"]) == ("-180", "1")
    assert (row["delta_vp_start"], row["norepinephrine_equivalent_dose"]) == ("-240", "0.15")
    assert (row["sofa_cv"], row["sofa_resp"]) == ("4", "3")  # pO2 90 on 50 percent is 180


def test_charts_without_support_leave_it_empty(plain: tuple[Patient, IcuStay]) -> None:
    at = plain[1].start + 5 * HOUR
    (row,) = pairs(with_stay(plain, (number(at, "spo2", 97),), (gas(at, 90),)))
    empty = ("delta_vent_start", "delta_FiO2", "FiO2", "delta_rrt", "delta_vp_start", "sofa_cns")
    assert {row[name] for name in empty} == {""}
    assert (row["ventilation_status"], row["rrt"], row["invasive_vent"]) == ("None", "0", "0")
    assert row["first_hosp_stay"] == "True"
    assert (row["los_hospital"], row["los_icu"], row["BMI"]) == ("4", "2.00", "24.7")


@pytest.mark.parametrize(
    ("key", "place", "values"),
    [
        ("plt", 0, {160: 0, 149: 1, 99: 2, 49: 3, 19: 4}),
        ("tbili", 1, {1.1: 0, 1.2: 1, 2.0: 2, 6.0: 3, 12.0: 4}),
        ("creat", 4, {1.1: 0, 1.2: 1, 2.0: 2, 3.5: 3, 5.0: 4}),
    ],
)
def test_organ_points_have_the_published_limits(
    plain: tuple[Patient, IcuStay], key: str, place: int, values: dict[float, int]
) -> None:
    at = plain[1].start + HOUR
    for value, points in values.items():
        patient = with_stay(plain, (), (tube(at - 5, **{key: value}),))
        admission = patient.admissions[0]
        assert admission.icu is not None
        assert Organs(Bedside(admission), admission.icu).at(at)[place] == (at - 5, points)


def test_coma_scale_scores_the_brain(plain: tuple[Patient, IcuStay]) -> None:
    at = plain[1].start + HOUR
    for eye, verbal, motor, points in (
        (4, 5, 6, 0),
        (4, 4, 6, 1),
        (3, 3, 5, 2),
        (2, 1, 5, 3),
        (1, 1, 2, 4),
    ):
        parts = {"gcs_eye": eye, "gcs_verbal": verbal, "gcs_motor": motor}
        charts = tuple(number(at - 9, key, value) for key, value in parts.items())
        admission = with_stay(plain, charts, ()).admissions[0]
        assert admission.icu is not None
        assert Organs(Bedside(admission), admission.icu).at(at)[3] == (at - 9, points)


def test_first_day_score_is_the_sum_of_the_worst(plain: tuple[Patient, IcuStay]) -> None:
    start = plain[1].start
    at = start + 30 * HOUR
    specimens = (
        tube(start + 100, creat=3.6, plt=90),
        tube(start + 1000, creat=1.0, plt=180),
        tube(start + 1600, creat=6.0),
        gas(at, 90),
    )
    (row,) = pairs(with_stay(plain, (number(at, "spo2", 97),), specimens))
    assert row["SOFA_admission"] == "5"


@pytest.mark.parametrize(
    ("codes", "version", "age", "index"),
    [
        (("J9601",), 10, 45, 0),
        (("I5022", "E119"), 10, 45, 2),
        (("I5022", "E119"), 10, 75, 5),
        (("42822", "5853"), 9, 30, 3),
        (("K7460", "K766"), 10, 30, 3),
        (("C3490", "C787"), 10, 95, 10),
        (("42822",), 10, 30, 0),
    ],
)
def test_comorbidity_index_counts_each_disease_once(
    codes: tuple[str, ...], version: int, age: int, index: int
) -> None:
    assert charlson(codes, version, age) == index


def test_drawn_patients_keep_the_rules() -> None:
    rows = pairs(*(Life(29, number).patient() for number in range(1, 301)))
    assert rows
    for row in rows:
        assert -5 <= int(row["delta_SpO2"]) <= 0
        assert row["icu_intime"] <= row["SaO2_timestamp"] < row["icu_outtime"]
        assert all(int(value) <= 0 for name, value in row.items() if name[:6] == "delta_" and value)
        low = float(row["SaO2"]) < 88 <= float(row["SpO2"])
        assert row["hidden_hypoxemia"] == str(int(low))
