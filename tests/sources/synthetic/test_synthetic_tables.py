"""Rows keep MIMIC's headers, types, keys, references and order in time."""

from __future__ import annotations

import gzip
import itertools
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from data_contracts.raw_contracts import TableContract, load_contracts
from sources.synthetic import SyntheticRelease
from sources.synthetic.tables import paths

Table = Callable[[str, str], list[dict[str, str]]]
TABLES = [
    (module, table.name)
    for module in ("hosp", "icu", "ed")
    for table in load_contracts()[module].tables
]
_POLARS = {
    "integer": pl.Int32,
    "smallint": pl.Int16,
    "double": pl.Float64,
    "timestamp": pl.Datetime("us"),
    "date": pl.Date,
    "text": pl.String,
}
_DUCKDB = {
    "integer": "INTEGER",
    "smallint": "SMALLINT",
    "double": "DOUBLE",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
    "text": "VARCHAR",
}
_DEMO = {
    "hosp": "mimic-iv-clinical-database-demo-2.2/hosp",
    "icu": "mimic-iv-clinical-database-demo-2.2/icu",
    "ed": "mimic-iv-ed-demo-2.2/ed",
}


def contract(module: str, name: str) -> TableContract:
    return load_contracts()[module].table(name)


def path_of(release: SyntheticRelease, module: str, name: str) -> Path:
    return release.root / paths(module)[name]


@pytest.mark.demo
@pytest.mark.parametrize(("module", "name"), TABLES)
def test_header_is_the_demos_letter_for_letter(
    demo_root: Path, release: SyntheticRelease, module: str, name: str
) -> None:
    demo = demo_root / _DEMO[module] / f"{name}.csv.gz"
    if not demo.exists():
        assert (module, name) == ("icu", "chartevents"), "the one table that the demo lacks"
        return
    with gzip.open(demo, "rt") as theirs, gzip.open(path_of(release, module, name), "rt") as ours:
        assert ours.readline() == theirs.readline()


@pytest.mark.parametrize(("module", "name"), TABLES)
def test_polars_and_duckdb_read_the_declared_types(
    release: SyntheticRelease, module: str, name: str
) -> None:
    columns = contract(module, name).columns
    path = path_of(release, module, name)
    frame = pl.read_csv(
        path,
        new_columns=[column.name for column in columns],
        schema_overrides=[_POLARS[column.kind] for column in columns],
        null_values=[""],
    )
    assert frame.height == release.rows[f"{module}/{name}"]
    with duckdb.connect() as connection:
        counts = connection.execute(
            "select count(*), "
            + ", ".join(f'count("{column.name}")' for column in columns)
            + " from read_csv(?, header=true, all_varchar=false, columns="
            + "{"
            + ", ".join(f"'{c.name}': '{_DUCKDB[c.kind]}'" for c in columns)
            + "})",
            [str(path)],
        ).fetchall()[0]
    assert counts[0] == frame.height
    for column, filled in zip(columns, counts[1:], strict=True):
        assert filled == frame.height - frame[column.name].null_count()
        if column.required:
            assert filled == frame.height, f"{column.name} must never be null"


@pytest.mark.parametrize(("module", "name"), TABLES)
def test_keys_are_unique(table: Table, module: str, name: str) -> None:
    key = contract(module, name).primary_key
    if not key:
        return
    lower = [
        {column.lower(): value for column, value in row.items()} for row in table(module, name)
    ]
    counted = Counter(tuple(row[column] for column in key) for row in lower)
    assert counted.most_common(1)[0][1] == 1


def test_ids_are_outside_mimics_own_ranges(table: Table) -> None:
    for module, name in TABLES:
        for row in table(module, name):
            for column in ("subject_id", "hadm_id", "stay_id"):
                if row.get(column):
                    assert 40_000_000 < int(row[column]) < 2**31, (module, name, column)


@pytest.mark.parametrize(("module", "name"), TABLES)
def test_rows_refer_to_rows_that_exist(table: Table, module: str, name: str) -> None:
    subjects = {row["subject_id"] for row in table("hosp", "patients")}
    owner = {row["hadm_id"]: row["subject_id"] for row in table("hosp", "admissions")}
    stays = {row["stay_id"]: row["hadm_id"] for row in table("icu", "icustays")}
    visits = {row["stay_id"]: row["subject_id"] for row in table("ed", "edstays")}
    providers = {row["provider_id"] for row in table("hosp", "provider")}
    caregivers = {row["caregiver_id"] for row in table("icu", "caregiver")}
    for row in table(module, name):
        if "subject_id" in row:
            assert row["subject_id"] in subjects
        if row.get("hadm_id"):
            assert owner[row["hadm_id"]] == row["subject_id"]
        if "stay_id" in row and module == "icu":
            assert stays[row["stay_id"]] == row["hadm_id"]
        if "stay_id" in row and module == "ed":
            assert visits[row["stay_id"]] == row["subject_id"]
        for column in ("order_provider_id", "admit_provider_id", "enter_provider_id"):
            if row.get(column):
                assert row[column] in providers
        if row.get("caregiver_id"):
            assert row["caregiver_id"] in caregivers


def test_items_and_codes_are_in_their_dictionaries(table: Table) -> None:
    labs = {row["itemid"] for row in table("hosp", "d_labitems")}
    assert {row["itemid"] for row in table("hosp", "labevents")} <= labs
    items = {row["itemid"]: row["linksto"] for row in table("icu", "d_items")}
    for name in (
        "chartevents",
        "datetimeevents",
        "ingredientevents",
        "inputevents",
        "outputevents",
        "procedureevents",
    ):
        for row in table("icu", name):
            assert items[row["itemid"]] == name
    for events, dictionary in (
        ("diagnoses_icd", "d_icd_diagnoses"),
        ("procedures_icd", "d_icd_procedures"),
    ):
        known = {(row["icd_code"], row["icd_version"]) for row in table("hosp", dictionary)}
        used = {(row["icd_code"], row["icd_version"]) for row in table("hosp", events)}
        assert used <= known
    codes = {row["code"] for row in table("hosp", "d_hcpcs")}
    assert {row["hcpcs_cd"] for row in table("hosp", "hcpcsevents")} <= codes


def test_orders_link_through_the_drug_tables(table: Table) -> None:
    orders = {row["poe_id"] for row in table("hosp", "poe")}
    pharmacy = {row["pharmacy_id"] for row in table("hosp", "pharmacy")}
    emar = {row["emar_id"] for row in table("hosp", "emar")}
    for name in ("poe_detail", "prescriptions", "pharmacy", "emar"):
        assert {row["poe_id"] for row in table("hosp", name)} <= orders
    for name in ("prescriptions", "emar", "emar_detail"):
        assert {row["pharmacy_id"] for row in table("hosp", name)} <= pharmacy
    assert {row["emar_id"] for row in table("hosp", "emar_detail")} == emar


@pytest.mark.parametrize(
    ("module", "name", "early", "late", "strict"),
    [
        ("hosp", "admissions", "admittime", "dischtime", True),
        ("hosp", "admissions", "edregtime", "admittime", False),
        ("hosp", "admissions", "edregtime", "edouttime", True),
        ("hosp", "labevents", "charttime", "storetime", True),
        ("hosp", "microbiologyevents", "charttime", "storetime", True),
        ("hosp", "transfers", "intime", "outtime", True),
        ("hosp", "prescriptions", "starttime", "stoptime", True),
        ("hosp", "pharmacy", "entertime", "starttime", True),
        ("hosp", "emar", "charttime", "storetime", True),
        ("icu", "icustays", "intime", "outtime", True),
        ("icu", "chartevents", "charttime", "storetime", True),
        ("icu", "inputevents", "starttime", "endtime", True),
        ("icu", "procedureevents", "starttime", "endtime", True),
        ("ed", "edstays", "intime", "outtime", True),
    ],
)
def test_times_run_forward(
    table: Table, module: str, name: str, early: str, late: str, strict: bool
) -> None:
    compared = 0
    for row in table(module, name):
        if row[early] and row[late]:
            assert row[early] < row[late] or (not strict and row[early] == row[late])
            compared += 1
    assert compared > 20


def test_events_lie_within_their_stay(table: Table) -> None:
    admissions = {row["hadm_id"]: row for row in table("hosp", "admissions")}
    stays = {row["stay_id"]: row for row in table("icu", "icustays")}
    visits = {row["stay_id"]: row for row in table("ed", "edstays")}
    for stay in stays.values():
        admission = admissions[stay["hadm_id"]]
        assert admission["admittime"] <= stay["intime"]
        assert stay["outtime"] <= admission["dischtime"]
    for name, column in (
        ("chartevents", "charttime"),
        ("inputevents", "starttime"),
        ("outputevents", "charttime"),
        ("datetimeevents", "charttime"),
        ("procedureevents", "starttime"),
    ):
        for row in table("icu", name):
            stay = stays[row["stay_id"]]
            assert stay["intime"] <= row[column] <= stay["outtime"]
    for name in ("vitalsign", "pyxis"):
        for row in table("ed", name):
            visit = visits[row["stay_id"]]
            assert visit["intime"] <= row["charttime"] <= visit["outtime"]
    for row in table("hosp", "labevents"):
        if row["hadm_id"]:
            admission = admissions[row["hadm_id"]]
            start = admission["edregtime"] or admission["admittime"]
            assert start <= row["charttime"] <= admission["dischtime"]
    for row in table("hosp", "procedures_icd"):
        admission = admissions[row["hadm_id"]]
        assert admission["admittime"][:10] <= row["chartdate"] <= admission["dischtime"][:10]


def test_results_without_an_admission_are_of_an_emergency_or_of_a_clinic(table: Table) -> None:
    first: dict[str, list[tuple[str, str]]] = {}
    for row in table("ed", "edstays"):
        first.setdefault(row["subject_id"], []).append((row["intime"], row["outtime"]))
    for row in table("hosp", "admissions"):
        first.setdefault(row["subject_id"], []).append((row["edregtime"], row["admittime"]))
    clinic = {(row["subject_id"], row["chartdate"]) for row in table("hosp", "omr")}
    rows = table("hosp", "labevents")
    unlinked = [row for row in rows if not row["hadm_id"]]
    seen = 0
    for row in unlinked:
        if any(start <= row["charttime"] < end for start, end in first[row["subject_id"]]):
            continue
        assert (row["subject_id"], row["charttime"][:10]) in clinic
        seen += 1
    assert seen > 100
    assert 0.2 < len(unlinked) / len(rows) < 0.4


def test_a_patients_admissions_do_not_overlap(table: Table) -> None:
    by_subject: dict[str, list[tuple[str, str]]] = {}
    for row in table("hosp", "admissions"):
        start = row["edregtime"] or row["admittime"]
        by_subject.setdefault(row["subject_id"], []).append((start, row["dischtime"]))
    assert any(len(spans) > 1 for spans in by_subject.values())
    for spans in by_subject.values():
        spans.sort()
        for before, after in itertools.pairwise(spans):
            assert before[1] < after[0]


def test_ages_and_years_fit_together(table: Table) -> None:
    years: dict[str, list[int]] = {}
    for row in table("hosp", "admissions"):
        years.setdefault(row["subject_id"], []).append(int(row["admittime"][:4]))
    for row in table("hosp", "patients"):
        seen = years[row["subject_id"]]
        assert int(row["anchor_year"]) == min(seen)
        assert int(row["anchor_age"]) >= 18
        assert min(seen) >= 2110
        assert max(seen) <= 2210


def test_whoever_dies_in_hospital_has_a_date_of_death(table: Table) -> None:
    dod = {row["subject_id"]: row["dod"] for row in table("hosp", "patients")}
    died = [row for row in table("hosp", "admissions") if row["hospital_expire_flag"] == "1"]
    assert died
    for row in died:
        assert row["discharge_location"] == "DIED"
        assert row["deathtime"] == row["dischtime"]
        assert dod[row["subject_id"]] == row["deathtime"][:10]


def test_flags_follow_the_printed_range(table: Table) -> None:
    compared = 0
    for row in table("hosp", "labevents"):
        if row["valuenum"] and row["ref_range_lower"] and row["ref_range_upper"]:
            low, high = float(row["ref_range_lower"]), float(row["ref_range_upper"])
            outside = not low <= float(row["valuenum"]) <= high
            assert (row["flag"] == "abnormal") == outside
            compared += 1
    assert compared > 1000


def test_results_that_are_only_a_limit_stand_in_the_comment(table: Table) -> None:
    troponin = [row for row in table("hosp", "labevents") if row["itemid"] == "51003"]
    limits = [row for row in troponin if not row["value"]]
    assert 0 < len(limits) < len(troponin)
    assert all(row["comments"].startswith("<0.01.") and not row["valuenum"] for row in limits)


def test_anion_gap_is_what_the_electrolytes_give(table: Table) -> None:
    tubes: dict[str, dict[str, float]] = {}
    for row in table("hosp", "labevents"):
        if row["itemid"] in {"50983", "50902", "50882", "50868"}:
            tubes.setdefault(row["specimen_id"], {})[row["itemid"]] = float(row["valuenum"])
    whole = [tube for tube in tubes.values() if len(tube) == 4]
    assert len(whole) > 300
    for tube in whole:
        # Each of the four is rounded to a whole number.
        assert abs(tube["50983"] - tube["50902"] - tube["50882"] - tube["50868"]) <= 2


def test_nothing_is_given_before_its_order_or_after_discharge(table: Table) -> None:
    admissions = {row["hadm_id"]: row for row in table("hosp", "admissions")}
    ordered = {row["poe_id"]: row["ordertime"] for row in table("hosp", "poe")}
    for row in table("hosp", "emar"):
        assert ordered[row["poe_id"]] < row["charttime"]
        assert row["charttime"] < admissions[row["hadm_id"]]["dischtime"]
    for name, column in (("prescriptions", "starttime"), ("poe", "ordertime")):
        for row in table("hosp", name):
            admission = admissions[row["hadm_id"]]
            assert (admission["edregtime"] or admission["admittime"]) <= row[column]


def test_stopped_orders_are_orders_of_the_same_patient(table: Table) -> None:
    orders = {row["poe_id"]: row for row in table("hosp", "poe")}
    stops = [row for row in orders.values() if row["transaction_type"] == "D/C"]
    assert len(stops) > 100
    for row in stops:
        stopped = orders[row["discontinue_of_poe_id"]]
        assert stopped["hadm_id"] == row["hadm_id"]
        assert stopped["ordertime"] < row["ordertime"]


def test_a_solution_shares_the_order_of_its_drug(table: Table) -> None:
    mains = {
        r["pharmacy_id"]: r for r in table("hosp", "prescriptions") if r["drug_type"] == "MAIN"
    }
    bases = [row for row in table("hosp", "prescriptions") if row["drug_type"] == "BASE"]
    assert 0.02 < len(bases) / len(mains) < 0.3
    for row in bases:
        main = mains[row["pharmacy_id"]]
        assert (row["poe_id"], row["starttime"]) == (main["poe_id"], main["starttime"])


def test_faults_of_real_records_are_there(table: Table) -> None:
    labs = table("hosp", "labevents")
    masked = [row for row in labs if row["value"] == "___"]
    assert 0.03 < len(masked) / len(labs) < 0.1
    assert all(row["valuenum"] for row in masked), "only the text is taken out"
    vitals = table("ed", "vitalsign")
    celsius = [row for row in vitals if row["temperature"] and float(row["temperature"]) < 50]
    assert 0.01 < len(celsius) / len(vitals) < 0.08
    assert any(row["pain"] and not row["pain"].isdigit() for row in vitals)
    assert any(row["org_name"] == "CANCELLED" for row in table("hosp", "microbiologyevents"))


def test_dates_of_lines_are_charted_after_the_line_was_put_in(table: Table) -> None:
    rows = table("icu", "datetimeevents")
    assert rows
    for row in rows:
        assert row["value"][:10] <= row["charttime"][:10]
        assert row["charttime"] < row["storetime"]
