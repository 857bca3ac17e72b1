"""A synthetic release with rows planted in its raw files, as a hospital's own data would hold them.

Belongs here: the planted rows, and checksums that fit them. Does not belong here: assertions.

Every admission gets a ladder of laboratory results, one every three hours, each with a value that
names the hour at which it was stored (`ladder_value`): whatever its decision time, some of them lie
beyond it. Every ladder specimen is taken within the first hour.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sources.synthetic import generate

PATIENTS = 60
SEED = 7

CANARY = "ZXQCANARY"
COMMENT_CANARY = f"{CANARY}COMMENT"
DRUG_CANARY = f"{CANARY}DRUG"
COMPLAINT_CANARY = f"{CANARY}COMPLAINT"

CKMB, FERRITIN = "50911", "50924"
"""Items without a range in dbt's test of possible values, which the planted ones would fail."""
CONTROL_VALUE = "876543.25"
"""Creatine kinase MB taken and stored within the first half hour: must be seen."""
STORED_LATE_VALUE = "987654.25"
"""Creatine kinase MB taken in the first hour, stored a minute after every decision time."""
TAKEN_LATE_VALUE = "987655.25"
"""Ferritin taken and stored after the last possible decision time, in stays that last so long."""
LADDER_HOURS = tuple(range(3, 76, 3))

_HOSP = "mimiciv/3.1/hosp"
_ED = "mimic-iv-ed/2.2/ed"


def ladder_value(hours: int) -> str:
    """Value of the ferritin that was stored `hours` after arrival."""
    return f"{700_000 + hours}.25"


def planted_release(root: Path) -> None:
    """Write the release, then plant, then make the checksums fit."""
    generate(root, PATIENTS, SEED)
    arrivals = _arrivals(root)
    _change(root, f"{_HOSP}/labevents.csv.gz", lambda rows: rows + _labs(root, rows, arrivals))
    _change(root, f"{_HOSP}/prescriptions.csv.gz", lambda rows: _replaced(rows, "drug"))
    _change(root, f"{_ED}/triage.csv.gz", lambda rows: _replaced(rows, "chiefcomplaint"))
    refresh_checksums(root)


def refresh_checksums(root: Path) -> None:
    """Let SHA256SUMS.txt and the marker say what the files are now."""
    marker_path = root / "medcred-synthetic.json"
    marker = json.loads(marker_path.read_text())
    for sums in root.glob("*/*/SHA256SUMS.txt"):
        listed = {
            path.relative_to(sums.parent).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(sums.parent.rglob("*.csv*"))
        }
        sums.write_text("".join(f"{digest} {name}\n" for name, digest in listed.items()))
        release = sums.parent.relative_to(root).as_posix()
        marker["files"].update({f"{release}/{name}": digest for name, digest in listed.items()})
    marker_path.write_text(json.dumps(marker, indent=1, sort_keys=True) + "\n")


def _arrivals(root: Path) -> dict[tuple[str, str], datetime]:
    """(subject, admission) to t0: arrival in the emergency department, else admission."""
    found = {}
    for name, column in ((f"{_HOSP}/admissions", "admittime"), (f"{_ED}/edstays", "intime")):
        for row in _read(root / f"{name}.csv.gz"):
            if row["hadm_id"]:
                found[row["subject_id"], row["hadm_id"]] = datetime.fromisoformat(row[column])
    assert found
    return found


def _discharges(root: Path) -> dict[str, datetime]:
    return {
        row["hadm_id"]: datetime.fromisoformat(row["dischtime"])
        for row in _read(root / f"{_HOSP}/admissions.csv.gz")
    }


def _labs(
    root: Path, rows: list[dict[str, str]], arrivals: dict[tuple[str, str], datetime]
) -> list[dict[str, str]]:
    number = max(int(row["labevent_id"]) for row in rows)
    specimen = max(int(row["specimen_id"]) for row in rows)
    planted = []
    gone = _discharges(root)
    for (subject, admission), t0 in sorted(arrivals.items()):
        plan = [
            (CKMB, CONTROL_VALUE, timedelta(minutes=10), timedelta(minutes=20)),
            (CKMB, STORED_LATE_VALUE, timedelta(minutes=30), timedelta(hours=72, minutes=1)),
            (FERRITIN, TAKEN_LATE_VALUE, timedelta(hours=73), timedelta(hours=74)),
            *(
                (FERRITIN, ladder_value(hours), timedelta(minutes=20, seconds=hours),
                 timedelta(hours=hours))
                for hours in LADDER_HOURS
            ),
        ]  # fmt: skip
        for item, value, taken, stored in plan:
            if t0 + taken >= gone[admission]:
                continue
            number, specimen = number + 1, specimen + 1
            planted.append(
                {
                    **dict.fromkeys(rows[0], ""),
                    "labevent_id": str(number),
                    "subject_id": subject,
                    "hadm_id": admission,
                    "specimen_id": str(specimen),
                    "itemid": item,
                    "charttime": str(t0 + taken),
                    "storetime": str(t0 + stored),
                    "value": value,
                    "valuenum": value,
                    "valueuom": "ng/mL",
                    "comments": COMMENT_CANARY,
                }
            )
    return planted


def _replaced(rows: list[dict[str, str]], column: str) -> list[dict[str, str]]:
    text = DRUG_CANARY if column == "drug" else COMPLAINT_CANARY
    return [{**row, column: text} for row in rows]


def _change(
    root: Path, name: str, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]
) -> None:
    rows = _read(root / name)
    with gzip.open(root / name, "wt", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(change(rows))


def _read(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", newline="") as stream:
        return list(csv.DictReader(stream))
