"""MIMIC-III holds the same patients in its own shapes."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from data_contracts.raw_contracts import load_contracts
from sources.synthetic import SyntheticRelease, generate
from sources.synthetic.life import Life
from sources.synthetic.mimiciii.codes import diagnoses_in_nine, nine_of_ten
from sources.synthetic.mimiciii.shapes import LAST_LAB_ITEM, Numbers
from sources.synthetic.stories import load_stories
from sources.synthetic.tables import headers, paths

Rows = list[dict[str, str]]
PATIENTS = 60


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> SyntheticRelease:
    folder = tmp_path_factory.mktemp("third")
    return generate(folder / "release", PATIENTS, 11, ("hosp", "icu", "ed", "mimiciii"))


@pytest.fixture(scope="module")
def rows(both: SyntheticRelease) -> Callable[[str, str], Rows]:
    known: dict[tuple[str, str], Rows] = {}

    def read(module: str, name: str) -> Rows:
        if (module, name) not in known:
            text = gzip.decompress((both.root / paths(module)[name]).read_bytes()).decode()
            known[module, name] = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        return known[module, name]

    return read


TABLES = [table.name for table in load_contracts()["mimiciii"].tables]


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_the_columns_of_the_header(
    rows: Callable[[str, str], Rows], name: str
) -> None:
    contract = load_contracts()["mimiciii"].table(name)
    for row in rows("mimiciii", name):
        assert None not in row
        assert None not in row.values()
        assert all(row[column.name] for column in contract.columns if column.required)


@pytest.mark.parametrize("name", TABLES)
def test_row_numbers_are_unique(rows: Callable[[str, str], Rows], name: str) -> None:
    numbers = [row["row_id"] for row in rows("mimiciii", name)]
    assert numbers
    assert len(set(numbers)) == len(numbers)


@pytest.mark.demo
@pytest.mark.parametrize("name", TABLES)
def test_headers_of_mimiciii_are_the_demos(demo_root: Path, name: str) -> None:
    demo = demo_root / "mimic-iii-clinical-database-demo-1.4" / f"{name.upper()}.csv"
    if not demo.exists():
        assert name == "chartevents", "the one table that the demo lacks"
        return
    with demo.open(encoding="utf-8") as stream:
        assert stream.readline().strip() == headers("mimiciii")[name]


def test_the_same_admissions_and_stays_are_told(rows: Callable[[str, str], Rows]) -> None:
    for ours, theirs, key in (
        (("mimiciii", "patients"), ("hosp", "patients"), "subject_id"),
        (("mimiciii", "admissions"), ("hosp", "admissions"), "hadm_id"),
    ):
        assert {row[key] for row in rows(*ours)} == {row[key] for row in rows(*theirs)}
    assert {row["icustay_id"] for row in rows("mimiciii", "icustays")} == {
        row["stay_id"] for row in rows("icu", "icustays")
    }


def test_values_of_admissions_are_those_of_mimic_iv(rows: Callable[[str, str], Rows]) -> None:
    # MIMIC-III has no visits without an admission, and no clinics.
    stays: dict[str, list[tuple[str, str]]] = {}
    for stay in rows("hosp", "admissions"):
        start = stay["edregtime"] or stay["admittime"]
        stays.setdefault(stay["subject_id"], []).append((start, stay["dischtime"]))

    def values(module: str) -> list[tuple[str, ...]]:
        columns = ("subject_id", "itemid", "charttime", "valuenum")
        return sorted(
            tuple(row[column] for column in columns)
            for row in rows(module, "labevents")
            if int(row["itemid"]) <= LAST_LAB_ITEM
            and any(start <= row["charttime"] <= end for start, end in stays[row["subject_id"]])
        )

    assert values("mimiciii") == values("hosp")


def test_every_item_and_code_is_in_a_dictionary(rows: Callable[[str, str], Rows]) -> None:
    items = {row["itemid"]: row for row in rows("mimiciii", "d_items")}
    for table in (
        "chartevents",
        "outputevents",
        "datetimeevents",
        "inputevents_cv",
        "inputevents_mv",
        "procedureevents_mv",
    ):
        used = {row["itemid"] for row in rows("mimiciii", table)}
        assert used <= set(items)
        assert {items[itemid]["linksto"] for itemid in used} == {table}
    titles = {row["icd9_code"] for row in rows("mimiciii", "d_icd_diagnoses")}
    assert {row["icd9_code"] for row in rows("mimiciii", "diagnoses_icd")} <= titles


def test_a_stay_is_charted_in_one_system_only(rows: Callable[[str, str], Rows]) -> None:
    source = {row["icustay_id"]: row["dbsource"] for row in rows("mimiciii", "icustays")}
    assert set(source.values()) == {"carevue", "metavision"}
    items = {row["itemid"]: row["dbsource"] for row in rows("mimiciii", "d_items")}
    for table in ("chartevents", "outputevents", "inputevents_cv", "inputevents_mv"):
        for row in rows("mimiciii", table):
            assert items[row["itemid"]] == source[row["icustay_id"]]


def test_nobody_is_born_after_admission_or_leaves_before_it(
    rows: Callable[[str, str], Rows],
) -> None:
    born = {row["subject_id"]: row["dob"] for row in rows("mimiciii", "patients")}
    for row in rows("mimiciii", "admissions"):
        assert born[row["subject_id"]] < row["admittime"] < row["dischtime"]
        assert not row["deathtime"] or row["admittime"] < row["deathtime"] <= row["dischtime"]


def test_every_admission_keeps_its_principal_diagnosis_in_icd9(
    rows: Callable[[str, str], Rows],
) -> None:
    first = {r["hadm_id"] for r in rows("mimiciii", "diagnoses_icd") if r["seq_num"] == "1"}
    assert first == {row["hadm_id"] for row in rows("mimiciii", "admissions")}


def test_each_code_of_a_story_has_a_pair() -> None:
    unpaired = {
        (condition, code)
        for told in load_stories().values()
        for condition, story in told.items()
        for code in (*story.codes[10], *story.pinned.get(10, []))
        if code not in nine_of_ten()
    }
    assert unpaired == set()


def test_numbers_run_out_with_a_word() -> None:
    numbers = Numbers(3)
    for _ in range(1000):
        numbers.take("patients")
    with pytest.raises(OverflowError, match="patients"):
        numbers.take("patients")


def test_codes_of_an_admission_in_icd9_are_left_as_they_are() -> None:
    admissions = [a for n in range(1, 30) for a in Life(5, n).patient().admissions]
    for admission in admissions:
        if admission.version == 9:
            assert diagnoses_in_nine(admission) == list(admission.diagnoses)
        else:
            assert set(diagnoses_in_nine(admission)) <= set(nine_of_ten().values())
    assert {admission.version for admission in admissions} == {9, 10}
