"""The marts as a freeze reads them: present, whole, and true to their contract, or an error.

Belongs here: which columns are read, and the checks that stop a freeze. Does not belong here: which
scenarios are drawn and how they are written (`_scenario_freeze`). Errors hold counts and names of
columns, never values or ids.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from evaluators._scenario_types import EvidenceTimeError, MartError
from evaluators.catalogue import Catalogue
from evaluators.encounter.protocol import Presentation

PRESENTATION = tuple(Presentation.model_fields)
COLUMNS: dict[str, tuple[str, ...]] = {
    "scenarios": (
        "scenario_id",
        "category",
        "release",
        "kind",
        "patient_key",
        "decision_hours",
        *PRESENTATION,
    ),
    "evidence": (
        "scenario_id",
        "evidence_no",
        "test_id",
        "kind",
        "label",
        "specimen",
        "value_text",
        "value_num",
        "unit",
        "ref_low",
        "ref_high",
        "flag",
        "taken_hours",
        "available_hours",
        "film_image",
    ),
    "ground_truth": (
        "scenario_id",
        "category",
        "condition_id",
        "target_code",
        "target_version",
        "diagnoses",
        "tests",
        "is_confirmed",
        "died_in_hospital",
        "sex",
        "age_band",
        "race",
        "race_group",
        "insurance",
        "language",
    ),
    "actions_taken": (
        "scenario_id",
        "action_id",
        "source",
        "first_hours",
        "is_given",
        "by_decision",
    ),
}
COLUMNS["task_scenarios"] = (
    *COLUMNS["scenarios"],
    "start_hours",
    "film_view",
    "film_indication",
    "film_findings",
    "film_image",
)
COLUMNS["task_evidence"] = COLUMNS["evidence"]
COLUMNS["task_truth"] = (
    "scenario_id",
    "category",
    "condition_id",
    "target_code",
    "target_version",
    "answers",
    "died_in_hospital",
    "sex",
    "age_band",
    "race",
    "race_group",
    "insurance",
    "language",
)
_REQUIRED_NUMBERS = ("taken_hours", "available_hours")
_OPTIONAL_NUMBERS = ("value_num", "ref_low", "ref_high")


@dataclass(frozen=True)
class MartNames:
    """Which marts hold the scenarios of a kind."""

    scenarios: str
    evidence: str
    truths: str


ADMISSION = "admission"
MARTS_OF_ADMISSIONS = MartNames("scenarios", "evidence", "ground_truth")
MARTS_OF_TASKS = MartNames("task_scenarios", "task_evidence", "task_truth")
"""Kinds that ask more than a diagnosis."""


def _scan(marts: Path, mart: str) -> pl.LazyFrame:
    path = marts / f"{mart}.parquet"
    if not path.is_file():
        raise MartError(f"The mart {path.name} is not in {marts.name}/: build the marts first.")
    try:
        frame = pl.scan_parquet(path)
        present = frame.collect_schema().names()
    except pl.exceptions.PolarsError:
        raise MartError(f"{path.name} cannot be read as Parquet: build the marts again.") from None
    missing = [column for column in COLUMNS[mart] if column not in present]
    if missing:
        raise MartError(f"{path.name} lacks {', '.join(missing)}: its contract is broken.")
    return frame.select(COLUMNS[mart])


def _count(frame: pl.LazyFrame) -> int:
    return int(frame.select(pl.len()).collect().item())


def _require_none(frame: pl.LazyFrame, what: str, error: type[MartError] = MartError) -> None:
    """Fail when the frame has a row."""
    count = _count(frame)
    if count:
        raise error(f"{what} ({count} rows): nothing was frozen; correct the mart.")


def read_scenarios(marts: Path, names: MartNames, slug: str) -> dict[str, dict[str, Any]]:
    mart = names.scenarios
    frame = _scan(marts, mart).filter(pl.col("category") == slug)
    hours = pl.col("decision_hours")
    _require_none(
        frame.filter(hours.is_null() | ~hours.is_finite() | (hours < 0)),
        f"{mart}.decision_hours is null, negative or not finite",
    )
    _require_none(
        frame.filter(pl.col("scenario_id").is_null() | pl.col("patient_key").is_null()),
        f"{mart}.scenario_id or patient_key is null",
    )
    rows = frame.collect().to_dicts()
    found = {row["scenario_id"]: row for row in rows}
    if len(found) != len(rows):
        raise MartError(
            f"{mart} has {len(rows) - len(found)} scenario ids twice in {slug}: its key is broken."
        )
    return found


def read_truths(
    marts: Path,
    names: MartNames,
    slug: str,
    scenarios: dict[str, dict[str, Any]],
    catalogue: Catalogue,
) -> dict[str, dict[str, Any]]:
    rows = _scan(marts, names.truths).filter(pl.col("category") == slug).collect().to_dicts()
    found = {row["scenario_id"]: row for row in rows}
    apart = found.keys() ^ scenarios.keys()
    if len(found) != len(rows) or apart:
        raise MartError(
            f"{names.scenarios} and {names.truths} of {slug} do not match ({len(apart)} ids in one "
            f"only, {len(rows) - len(found)} twice): nothing was frozen."
        )
    if names is MARTS_OF_TASKS:  # their conditions are of any category, or films without one
        return found
    named = {condition.condition_id for condition in catalogue.in_category(slug)}
    unknown = sum(row["condition_id"] not in named for row in rows)
    if unknown:
        raise MartError(
            f"ground_truth has {unknown} rows whose condition_id is not of {slug} in "
            "conditions.csv: correct the cohort or the catalogue."
        )
    require_known(
        "ground_truth.tests",
        (test["test_id"] for row in rows for test in row["tests"] or ()),
        catalogue.tests,
    )
    return found


def check_evidence(marts: Path, names: MartNames, scenarios: dict[str, dict[str, Any]]) -> None:
    """Check the evidence of every scenario of the category, drawn or not."""
    mart = names.evidence
    evidence = _scan(marts, mart)
    every = _scan(marts, names.scenarios).select("scenario_id").unique()
    _require_none(
        evidence.join(every, on="scenario_id", how="anti"), f"{mart} names unknown scenarios"
    )
    ends = pl.LazyFrame(
        {
            "scenario_id": list(scenarios),
            "decision_hours": [row["decision_hours"] for row in scenarios.values()],
        },
        schema={"scenario_id": pl.String, "decision_hours": pl.Float64},
    )
    mine = evidence.join(ends, on="scenario_id", how="inner")
    for column in _REQUIRED_NUMBERS:
        _require_none(
            mine.filter(pl.col(column).is_null() | ~pl.col(column).is_finite()),
            f"{mart}.{column} is null or not finite",
        )
    for column in _OPTIONAL_NUMBERS:
        _require_none(mine.filter(~pl.col(column).is_finite()), f"{mart}.{column} is not finite")
    for column in ("test_id", "kind", "label", "value_text", "evidence_no"):
        _require_none(mine.filter(pl.col(column).is_null()), f"{mart}.{column} is null")
    _require_none(
        mine.filter(
            (pl.col("available_hours") > pl.col("decision_hours"))
            | (pl.col("taken_hours") > pl.col("decision_hours"))
        ),
        f"{mart} lies after the decision time of its scenario",
        EvidenceTimeError,
    )
    _require_none(
        mine.group_by("scenario_id", "evidence_no").len().filter(pl.col("len") > 1),
        f"{mart} has a key (scenario_id, evidence_no) more than once",
    )


def require_known(column: str, ids: Iterable[str], catalogue: Iterable[str]) -> None:
    unknown = set(ids) - set(catalogue)
    if unknown:
        raise MartError(
            f"{column} has {len(unknown)} ids that the catalogue does not: build the marts from "
            "the same seeds."
        )


def rows_of(marts: Path, mart: str, drawn: list[str]) -> list[dict[str, Any]]:
    keys = pl.LazyFrame({"scenario_id": drawn}, schema={"scenario_id": pl.String})
    return _scan(marts, mart).join(keys, on="scenario_id", how="semi").collect().to_dicts()
