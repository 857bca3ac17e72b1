"""The raw tables of the open demo, as the second computation of severity needs them.

Belongs here: reading the published csv files with Polars into lists of events by stay, and what is
cleaned on the way (units, oxygen fractions, names of antibiotics). Does not belong here: scores and
stages (`icu_by_hand`). Times are naive, as in the files; volumes in mL, weights in kg.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

H = timedelta(hours=1)
URINE = {226557, 226558, 226559, 226560, 226561, 226563, 226564, 226565, 226567, 226584, 227488,
         227489}  # fmt: skip
MEAN_PRESSURE, COMA, WEIGHT = {220181, 220052, 225312}, {220739, 223900, 223901}, {226512, 224639}
SUPPORT = {226732, 223849, 229314}
VASOPRESSORS = {221906, 221289, 221749, 222315, 221662, 229617, 229630, 229632, 229709, 229764}

Span = tuple[datetime, datetime]


@dataclass
class Stay:
    """One stay and what happened in it, each list in the order of time."""

    subject: int
    hadm: int
    arrived: datetime
    left: datetime
    charted: dict[int, list[tuple[datetime, float | None, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    urine: dict[datetime, float] = field(default_factory=lambda: defaultdict(float))
    infusions: list[tuple[int, datetime, datetime, float]] = field(default_factory=list)

    @property
    def clock(self) -> Span:
        """First and last heart rate."""
        beats = [time for time, _, _ in self.charted[220045]]
        return (min(beats), max(beats)) if beats else (self.arrived, self.left)


def _read(path: Path, columns: list[str], times: list[str]) -> pl.LazyFrame:
    return (
        pl.scan_csv(path, infer_schema=False)
        .select(columns)
        .with_columns(pl.col(times).str.to_datetime("%Y-%m-%d %H:%M:%S"))
    )


class Demo:
    """The raw tables that the computation needs."""

    def __init__(self, root: Path) -> None:
        release = "mimic-iv-clinical-database-demo-2.2"
        icu, hosp = root / release / "icu", root / release / "hosp"
        self.stays: dict[int, Stay] = {}
        for row in self._rows(icu / "icustays.csv.gz",
                              ["stay_id", "subject_id", "hadm_id", "intime", "outtime"],
                              ["intime", "outtime"]):  # fmt: skip
            stay, subject, hadm, arrived, left = row
            self.stays[int(stay)] = Stay(int(subject), int(hadm), arrived, left)
        self._charted(root / "derived" / release / "icu" / "chartevents.csv.gz")
        self._outputs(icu / "outputevents.csv.gz")
        self._infusions(icu / "inputevents.csv.gz")
        self._labs(hosp / "labevents.csv.gz")
        self._infections(hosp)

    @staticmethod
    def _rows(
        path: Path, columns: list[str], times: list[str], items: Iterable[int] | None = None
    ) -> Iterable[tuple[Any, ...]]:
        frame = _read(path, columns, times)
        if items is not None:
            frame = frame.filter(pl.col("itemid").is_in([str(item) for item in items]))
        return frame.collect().sort(times[0], maintain_order=True).iter_rows()

    def _charted(self, path: Path) -> None:
        items = MEAN_PRESSURE | COMA | WEIGHT | SUPPORT | {220045, 223835, 227290}
        columns = ["charttime", "stay_id", "itemid", "valuenum", "value"]
        self.breathed: dict[int, dict[datetime, float]] = defaultdict(dict)
        for time, stay_id, item, number, text in self._rows(path, columns, ["charttime"], items):
            stay = self.stays[int(stay_id)]
            value = None if number is None else float(number)
            stay.charted[int(item)].append((time, value, (text or "").strip()))
            if item == "223835" and value is not None:
                percent = value * 100 if 0.2 <= value <= 1 else value
                if 20 <= percent <= 100:
                    seen = self.breathed[stay.subject]
                    seen[time] = max(percent, seen.get(time, 0))

    def _outputs(self, path: Path) -> None:
        columns = ["charttime", "stay_id", "itemid", "value"]
        for time, stay, item, volume in self._rows(path, columns, ["charttime"], URINE):
            sign = -1 if item == "227488" and float(volume) > 0 else 1
            self.stays[int(stay)].urine[time] += sign * float(volume)

    def _infusions(self, path: Path) -> None:
        columns = ["starttime", "endtime", "stay_id", "itemid", "rate", "rateuom", "patientweight"]
        items = VASOPRESSORS | {221653}
        for start, end, stay, item, rate, unit, weight in self._rows(
            path, columns, ["starttime", "endtime"], items
        ):
            if rate is None or float(rate) <= 0 or end <= start:
                continue
            value = float(rate)
            if unit == "mg/kg/min" and float(weight) != 1:
                value *= 1000
            self.stays[int(stay)].infusions.append((int(item), start, end, value))

    def _labs(self, path: Path) -> None:
        self.by_admission: dict[int, list[tuple[datetime, int, float]]] = defaultdict(list)
        self.creatinine: dict[int, dict[datetime, list[float]]] = defaultdict(
            lambda: defaultdict(list)
        )
        specimens: dict[str, dict[str, Any]] = defaultdict(dict)
        columns = ["charttime", "subject_id", "hadm_id", "specimen_id", "itemid", "value",
                   "valuenum"]  # fmt: skip
        items = (51265, 50885, 50912, 52033, 50816, 50821)
        for time, subject, hadm, specimen, item, text, number in self._rows(
            path, columns, ["charttime"], items
        ):
            gas = specimens[specimen]
            if item == "52033":
                gas.update(subject=int(subject), time=time, kind=text)
            elif number is None or float(number) <= 0:
                continue
            elif item in ("50816", "50821"):
                gas.update(subject=int(subject), time=time)
                gas[item] = float(number)
            else:
                if item == "50912" and float(number) <= 150:
                    self.creatinine[int(subject)][time].append(float(number))
                if hadm is not None:
                    self.by_admission[int(hadm)].append((time, int(item), float(number)))
        self.gases: dict[int, list[tuple[datetime, float]]] = defaultdict(list)
        for gas in specimens.values():
            if gas.get("kind") == "ART." and "50821" in gas:
                oxygen = self._oxygen(gas)
                if oxygen is not None:
                    self.gases[gas["subject"]].append((gas["time"], 100 * gas["50821"] / oxygen))

    def _oxygen(self, gas: dict[str, Any]) -> float | None:
        told = gas.get("50816")
        if told is not None and 20 < told <= 100:
            return float(told)
        if told is not None and 0.2 < told <= 1:
            return float(told) * 100
        seen = self.breathed.get(gas["subject"], {})
        near = [time for time in seen if gas["time"] - 4 * H <= time <= gas["time"]]
        return seen[max(near)] if near else None

    def _infections(self, hosp: Path) -> None:
        catalogue = pl.read_csv(
            Path(__file__).parents[2] / "dbt_project" / "seeds" / "actions.csv", infer_schema=False
        ).filter(pl.col("action_id").is_in(["drug_abx_any", "drug_antifungal"]))
        wanted = [
            (re.compile(yes, re.I), re.compile(no, re.I))
            for yes, no in catalogue.select("drug_regex", "drug_exclude_regex").iter_rows()
        ]
        local = re.compile(r"cream|gel|desensitization|ophth|\boint", re.I)
        self.antibiotics: dict[int, set[datetime]] = defaultdict(set)
        columns = ["starttime", "hadm_id", "drug_type", "drug", "route"]
        for start, hadm, kind, drug, route in self._rows(
            hosp / "prescriptions.csv.gz", columns, ["starttime"]
        ):
            place = route or ""
            if start is None or kind == "BASE" or local.search(drug):
                continue
            if place in {"OU", "OS", "OD", "AU", "AS", "AD", "TP"} or re.search(
                r"\b(ear|eye)s?\b", place, re.I
            ):
                continue
            if any(yes.search(drug) and not no.search(drug) for yes, no in wanted):
                self.antibiotics[int(hadm)].add(start)
        cultures: dict[tuple[int, str], list[tuple[datetime, datetime | None]]] = defaultdict(list)
        columns = ["chartdate", "charttime", "subject_id", "micro_specimen_id"]
        for day, time, subject, specimen in self._rows(
            hosp / "microbiologyevents.csv.gz", columns, ["chartdate", "charttime"]
        ):
            cultures[int(subject), specimen].append((day, time))
        self.cultures: dict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
        for (subject, _), rows in cultures.items():
            times = [time for _, time in rows if time is not None]
            self.cultures[subject].append(
                (max(day for day, _ in rows), max(times) if times else None)
            )
