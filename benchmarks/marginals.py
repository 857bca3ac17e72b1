"""A synthetic release beside the open MIMIC-IV demo: how many rows, how long, how often, how high.

    python benchmarks/marginals.py RELEASE --demo ../shared/mimic-demo

Prints tables in markdown. Belongs here: marginal distributions of hosp, icu and ed. Does not belong
here: whether rows are valid (tests), how hard the scenarios are (`hardness`). The demo holds 100
patients, most of them with intensive care, so the row counts of the full release stand beside it.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

PROJECT = Path(__file__).resolve().parents[1]
DEMO = {
    "hosp": "mimic-iv-clinical-database-demo-2.2/hosp",
    "icu": "mimic-iv-clinical-database-demo-2.2/icu",
    "ed": "mimic-iv-ed-demo-2.2/ed",
}
SYNTHETIC = {"hosp": "mimiciv/3.1/hosp", "icu": "mimiciv/3.1/icu", "ed": "mimic-iv-ed/2.2/ed"}
UNITS = {"hosp": "admissions", "icu": "icustays", "ed": "edstays"}
"""Table that counts what a row count is divided by."""
FULL_ROWS = {
    "hosp": {
        "admissions": 546_028, "diagnoses_icd": 6_364_488, "drgcodes": 761_856,
        "emar": 42_808_593, "emar_detail": 87_371_064, "hcpcsevents": 186_074,
        "labevents": 158_374_764, "microbiologyevents": 3_988_224, "omr": 7_753_027,
        "patients": 364_627, "pharmacy": 17_847_567, "poe": 52_212_109, "poe_detail": 8_504_982,
        "prescriptions": 20_292_611, "procedures_icd": 859_655, "services": 593_071,
        "transfers": 2_413_581,
    },
    "icu": {
        "icustays": 94_458, "chartevents": 432_997_491, "datetimeevents": 9_979_761,
        "inputevents": 10_953_713, "outputevents": 5_359_395, "procedureevents": 808_706,
    },
    "ed": {
        "edstays": 425_087, "diagnosis": 899_050, "medrecon": 2_987_342, "pyxis": 1_586_053,
        "triage": 425_087, "vitalsign": 1_564_610,
    },
}  # fmt: skip
"""Rows of MIMIC-IV 3.1 and MIMIC-IV-ED 2.2 (mimic-code, validate.sql of each build)."""
COMMONEST = 30


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two releases: a connection in which every table is a view."""

    name: str
    connection: duckdb.DuckDBPyConnection

    @classmethod
    def opened(cls, name: str, root: Path, folders: Mapping[str, str]) -> Side:
        """Declare the tables of `folders` below `root`; all columns are text.

        Raises:
            SystemExit: The folder holds no admissions.
        """
        connection = duckdb.connect()
        for module, folder in folders.items():
            for path in sorted((root / folder).glob("*.csv.gz")):
                _declare(connection, f"{module}_{path.name.removesuffix('.csv.gz')}", path)
        charted = root / "derived" / folders["icu"] / "chartevents.csv.gz"
        if charted.is_file():
            _declare(connection, "icu_chartevents", charted)
        if not (root / folders["hosp"] / "admissions.csv.gz").is_file():
            raise SystemExit(f"{root.name} holds no {folders['hosp']}: name the release's folder")
        return cls(name, connection)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of a query."""
        return [tuple(row) for row in self.connection.execute(sql).fetchall()]

    def value(self, sql: str) -> float | None:
        """The one number of a query."""
        found = self.rows(sql)[0][0]
        return None if found is None else float(str(found))

    def count(self, table: str) -> int | None:
        """Rows of a table, None if it is not there."""
        try:
            return int(self.value(f"select count(*) from {table}") or 0)
        except duckdb.CatalogException:
            return None


def _declare(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    """Read a file into a table once: several queries ask for it."""
    shown = str(path).replace("'", "''")
    connection.execute(
        f'create table "{table}" as '
        f"select * from read_csv('{shown}', header=true, all_varchar=true)"
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("release", type=Path, help="folder that `medcred data synth` wrote")
    default = os.environ.get("MIMIC_DEMO_ROOT") or PROJECT.parent / "shared" / "mimic-demo"
    parser.add_argument("--demo", type=Path, default=Path(default))
    arguments = parser.parse_args()
    ours = Side.opened("synthetic", arguments.release, SYNTHETIC)
    demo = Side.opened("open demo", arguments.demo, DEMO)
    for part in (row_counts, people, gaps, laboratory, charted):
        print("\n".join(part(ours, demo)), end="\n\n")


def row_counts(ours: Side, demo: Side) -> Iterator[str]:
    """Rows of each table, by admission, ICU stay or ED stay."""
    yield "| rows a unit | synthetic | open demo | full release |"
    yield "|---|---|---|---|"
    for module, unit in UNITS.items():
        units = [side.count(f"{module}_{unit}") or 1 for side in (ours, demo)]
        for table, full in FULL_ROWS[module].items():
            if table == unit:
                continue
            counts = [side.count(f"{module}_{table}") for side in (ours, demo)]
            shares = [
                None if found is None else found / base
                for found, base in zip(counts, units, strict=True)
            ]
            whole = full / FULL_ROWS[module][unit]
            yield f"| {module}.{table} | {_cells(*shares, whole)} |"


_LENGTH = "date_diff('minute', {0}::timestamp, {1}::timestamp) / 1440.0"
PEOPLE = {
    "age, median": "select median(anchor_age::int) from hosp_patients",
    "women, share": "select avg((gender = 'F')::int) from hosp_patients",
    "admissions a patient": (
        "select (select count(*) from hosp_admissions) / (select count(*) from hosp_patients)"
    ),
    "days in hospital, median": (
        f"select median({_LENGTH.format('admittime', 'dischtime')}) from hosp_admissions"
    ),
    "days in hospital, mean": (
        f"select avg({_LENGTH.format('admittime', 'dischtime')}) from hosp_admissions"
    ),
    "died in hospital, share": "select avg(hospital_expire_flag::int) from hosp_admissions",
    "with intensive care, share": (
        "select (select count(distinct hadm_id) from icu_icustays)"
        " / (select count(*) from hosp_admissions)"
    ),
    "days in intensive care, median": "select median(los::double) from icu_icustays",
    "hours in the emergency department, median": (
        f"select median({_LENGTH.format('intime', 'outtime')}) * 24 from ed_edstays"
    ),
    "drugs an admission": (
        "select avg(n) from (select count(distinct drug) as n from hosp_prescriptions"
        " group by hadm_id)"
    ),
    "specimens an admission": (
        "select count(distinct specimen_id) / count(distinct hadm_id) from hosp_labevents"
        " where hadm_id is not null"
    ),
}


def people(ours: Side, demo: Side) -> Iterator[str]:
    """Who they are and how long they stay."""
    yield "| | synthetic | open demo |"
    yield "|---|---|---|"
    for title, sql in PEOPLE.items():
        yield f"| {title} | {_cells(ours.value(sql), demo.value(sql))} |"


GAPS = {
    "labevents without admission": ("hosp_labevents", "hadm_id is null"),
    "labevents whose text is ___": ("hosp_labevents", "value = '___'"),
    "labevents without number": ("hosp_labevents", "valuenum is null"),
    "labevents with a comment": ("hosp_labevents", "comments is not null"),
    "labevents flagged abnormal": ("hosp_labevents", "flag = 'abnormal'"),
    "cultures without admission": ("hosp_microbiologyevents", "hadm_id is null"),
    "cultures cancelled": (
        "hosp_microbiologyevents",
        "org_name = 'CANCELLED' or comments ilike '%cancelled%'",
    ),
    "doses given": ("hosp_emar", "event_txt = 'Administered'"),
    "triage without temperature": ("ed_triage", "temperature is null"),
    "vitalsign without temperature": ("ed_vitalsign", "temperature is null"),
    "vitalsign without heart rate": ("ed_vitalsign", "heartrate is null"),
    "vitalsign without pain": ("ed_vitalsign", "pain is null"),
    "vitalsign with pain in words": (
        "ed_vitalsign",
        "pain is not null and try_cast(pain as double) is null",
    ),
    "vitalsign in degrees Celsius": ("ed_vitalsign", "try_cast(temperature as double) < 50"),
}


def gaps(ours: Side, demo: Side) -> Iterator[str]:
    """Shares of rows with what real records lack or twist."""
    yield "| share of rows | synthetic | open demo |"
    yield "|---|---|---|"
    for title, (table, condition) in GAPS.items():
        sql = f"select avg(coalesce({condition}, false)::int) from {table}"
        yield f"| {title} | {_cells(ours.value(sql), demo.value(sql))} |"


def laboratory(ours: Side, demo: Side) -> Iterator[str]:
    """The demo's commonest laboratory items: share of admissions that have them, and medians."""
    yield "| laboratory item | admissions: synthetic | open demo | median: synthetic | open demo |"
    yield "|---|---|---|---|---|"
    yield from _items(ours, demo, "hosp_labevents", "hosp_d_labitems", "hosp_admissions", "hadm_id")


def charted(ours: Side, demo: Side) -> Iterator[str]:
    """The demo's commonest charted items: share of stays that have them, and medians."""
    yield "| charted item | stays: synthetic | open demo | median: synthetic | open demo |"
    yield "|---|---|---|---|---|"
    yield from _items(ours, demo, "icu_chartevents", "icu_d_items", "icu_icustays", "stay_id")


def _items(ours: Side, demo: Side, events: str, items: str, units: str, unit: str) -> Iterator[str]:
    """Rows for the commonest items of the demo."""
    if demo.count(events) is None:
        return
    labels = demo.rows(
        f"select itemid, any_value(label) from {events} join {items} using (itemid)"
        f" group by itemid order by count(*) desc, itemid limit {COMMONEST}"
    )
    listed = ", ".join(f"'{itemid}'" for itemid, _ in labels)
    found = []
    for side in (ours, demo):
        base = side.count(units) or 1
        found.append(
            {
                itemid: (int(str(seen)) / base, None if middle is None else float(str(middle)))
                for itemid, seen, middle in side.rows(
                    f"select itemid, count(distinct {unit}), median(try_cast(valuenum as double))"
                    f" from {events} where itemid in ({listed}) group by itemid"
                )
            }
        )
    for itemid, label in labels:
        (own, own_middle), (real, real_middle) = (side.get(itemid, (0.0, None)) for side in found)
        yield f"| {label} | {_cells(own, real, own_middle, real_middle)} |"


def _cells(*values: float | None) -> str:
    return " | ".join("" if value is None else _shown(value) for value in values)


def _shown(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


if __name__ == "__main__":
    main()
