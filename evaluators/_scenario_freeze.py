"""From marts to a frozen scenario set: check, draw, write.

Belongs here: reading the Parquet marts, the checks that stop a freeze, the draw of one scenario a
patient, the atomic write. Does not belong here: clinical logic (`dbt_project`), reading frozen sets
(`scenario_sets`). Errors and logs hold counts and names of columns, never values or ids.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import math
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ValidationError

from evaluators._scenario_types import (
    ACTIONS_TAKEN,
    EVIDENCE,
    GROUND_TRUTH,
    MANIFEST,
    SCENARIOS,
    EvidenceTimeError,
    Manifest,
    MartError,
    ScenarioSetError,
    SetFile,
)
from evaluators.catalogue import Catalogue, category_slug, load_catalogue
from evaluators.encounter.protocol import Presentation

DECIMALS = 4
"""Hours and values are rounded to this; 4 decimals of an hour are 0.36 s."""

PER_CONDITION = 300
"""Default cap of scenarios for one condition."""

_PRESENTATION = tuple(Presentation.model_fields)
_COLUMNS: dict[str, tuple[str, ...]] = {
    "scenarios": (
        "scenario_id",
        "category",
        "release",
        "kind",
        "patient_key",
        "decision_hours",
        *_PRESENTATION,
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
_REQUIRED_NUMBERS = {"evidence": ("taken_hours", "available_hours")}
_OPTIONAL_NUMBERS = {"evidence": ("value_num", "ref_low", "ref_high")}


def freeze(
    marts: Path,
    category: str,
    into: Path,
    *,
    releases: Sequence[str],
    tier: str,
    modules: Iterable[str],
    unverified_tables: Iterable[str] = (),
    per_condition: int | None = PER_CONDITION,
    catalogue: Catalogue | None = None,
) -> Manifest:
    """Freeze the scenarios of one category into the folder `into`.

    One scenario a patient: of several, the one whose id has the lowest SHA-256. Of each condition
    the `per_condition` first in the same order (None: all). The order of rows in the marts and the
    number of threads change nothing. The folder appears whole or not at all; when the content is
    what `into` already holds, the folder is not touched.

    Args:
        marts: folder of `scenarios.parquet`, `evidence.parquet`, `ground_truth.parquet` and
            `actions_taken.parquet` (docs/formats.md).
        category: slug or text.
        into: folder of the set; its parent is made.
        releases: labels of the source releases, such as `mimiciv 3.1`.
        tier: `open` or `credentialed`.
        modules: modules that were landed.
        unverified_tables: `module.table` of tables from a supplement.
        per_condition: cap for each condition.
        catalogue: the clinical catalogue; that of the house by default.

    Raises:
        EvidenceTimeError: evidence lies after the decision time of its scenario.
        MartError: a mart is missing, a number is not finite, keys do not match, or ids are not in
            the catalogue.
        OSError: the disk is full or cannot be written; what stood there is intact.
    """
    catalogue = catalogue or load_catalogue()
    slug = category_slug(category)
    if per_condition is not None and per_condition < 1:
        raise ValueError("per_condition must be 1 or more, or None for no cap.")
    scenarios = _scenarios(marts, slug)
    truths = _truths(marts, slug, scenarios, catalogue)
    _check_evidence(marts, scenarios)
    drawn = _draw(scenarios, truths, per_condition)
    evidence = _evidence(marts, drawn, catalogue)
    actions = _actions(marts, drawn, catalogue)

    lines = {
        SCENARIOS: [_scenario_line(scenarios[key]) for key in drawn],
        EVIDENCE: [{"scenario_id": key, "evidence": evidence.get(key, [])} for key in drawn],
        GROUND_TRUTH: [_truth_line(truths[key]) for key in drawn],
        ACTIONS_TAKEN: [{"scenario_id": key, "actions": actions.get(key, [])} for key in drawn],
    }
    files = {name: b"".join(map(_json_line, content)) for name, content in lines.items()}
    manifest = Manifest(
        category=slug,
        releases=tuple(sorted(set(releases))),
        tier=tier,
        modules=tuple(sorted(set(modules))),
        unverified_tables=tuple(sorted(set(unverified_tables))),
        scenarios=len(drawn),
        conditions=dict(sorted(Counter(truths[key]["condition_id"] for key in drawn).items())),
        files={
            name: SetFile(hashlib.sha256(content).hexdigest(), len(content), len(drawn))
            for name, content in files.items()
        },
        catalogue_sha256=catalogue.sha256,
    )
    _write(into, {**files, MANIFEST: manifest.as_bytes()})
    return manifest


# --- reading and checking the marts


def _scan(marts: Path, mart: str) -> pl.LazyFrame:
    path = marts / f"{mart}.parquet"
    if not path.is_file():
        raise MartError(f"The mart {path.name} is not in {marts.name}/: build the marts first.")
    try:
        frame = pl.scan_parquet(path)
        present = frame.collect_schema().names()
    except pl.exceptions.PolarsError:
        raise MartError(f"{path.name} cannot be read as Parquet: build the marts again.") from None
    missing = [column for column in _COLUMNS[mart] if column not in present]
    if missing:
        raise MartError(f"{path.name} lacks {', '.join(missing)}: its contract is broken.")
    return frame.select(_COLUMNS[mart])


def _count(frame: pl.LazyFrame) -> int:
    return int(frame.select(pl.len()).collect().item())


def _require_none(frame: pl.LazyFrame, what: str, error: type[MartError] = MartError) -> None:
    """Fail when the frame has a row."""
    count = _count(frame)
    if count:
        raise error(f"{what} ({count} rows): nothing was frozen; correct the mart.")


def _scenarios(marts: Path, slug: str) -> dict[str, dict[str, Any]]:
    frame = _scan(marts, "scenarios").filter(pl.col("category") == slug)
    hours = pl.col("decision_hours")
    _require_none(
        frame.filter(hours.is_null() | ~hours.is_finite() | (hours < 0)),
        "scenarios.decision_hours is null, negative or not finite",
    )
    _require_none(
        frame.filter(pl.col("scenario_id").is_null() | pl.col("patient_key").is_null()),
        "scenarios.scenario_id or patient_key is null",
    )
    rows = frame.collect().to_dicts()
    found = {row["scenario_id"]: row for row in rows}
    if len(found) != len(rows):
        raise MartError(
            f"scenarios has {len(rows) - len(found)} scenario ids twice in {slug}: its key is "
            "broken."
        )
    return found


def _truths(
    marts: Path, slug: str, scenarios: dict[str, dict[str, Any]], catalogue: Catalogue
) -> dict[str, dict[str, Any]]:
    rows = _scan(marts, "ground_truth").filter(pl.col("category") == slug).collect().to_dicts()
    found = {row["scenario_id"]: row for row in rows}
    apart = found.keys() ^ scenarios.keys()
    if len(found) != len(rows) or apart:
        raise MartError(
            f"scenarios and ground_truth of {slug} do not match ({len(apart)} ids in one only, "
            f"{len(rows) - len(found)} twice): nothing was frozen."
        )
    named = {condition.condition_id for condition in catalogue.in_category(slug)}
    unknown = sum(row["condition_id"] not in named for row in rows)
    if unknown:
        raise MartError(
            f"ground_truth has {unknown} rows whose condition_id is not of {slug} in "
            "conditions.csv: correct the cohort or the catalogue."
        )
    _known(
        "ground_truth.tests",
        (test["test_id"] for row in rows for test in row["tests"] or ()),
        catalogue.tests,
    )
    return found


def _check_evidence(marts: Path, scenarios: dict[str, dict[str, Any]]) -> None:
    """Check the evidence of every scenario of the category, drawn or not."""
    evidence = _scan(marts, "evidence")
    every = _scan(marts, "scenarios").select("scenario_id").unique()
    _require_none(
        evidence.join(every, on="scenario_id", how="anti"), "evidence names unknown scenarios"
    )
    ends = pl.LazyFrame(
        {
            "scenario_id": list(scenarios),
            "decision_hours": [row["decision_hours"] for row in scenarios.values()],
        },
        schema={"scenario_id": pl.String, "decision_hours": pl.Float64},
    )
    mine = evidence.join(ends, on="scenario_id", how="inner")
    for column in _REQUIRED_NUMBERS["evidence"]:
        _require_none(
            mine.filter(pl.col(column).is_null() | ~pl.col(column).is_finite()),
            f"evidence.{column} is null or not finite",
        )
    for column in _OPTIONAL_NUMBERS["evidence"]:
        _require_none(mine.filter(~pl.col(column).is_finite()), f"evidence.{column} is not finite")
    for column in ("test_id", "kind", "label", "value_text", "evidence_no"):
        _require_none(mine.filter(pl.col(column).is_null()), f"evidence.{column} is null")
    _require_none(
        mine.filter(
            (pl.col("available_hours") > pl.col("decision_hours"))
            | (pl.col("taken_hours") > pl.col("decision_hours"))
        ),
        "evidence lies after the decision time of its scenario",
        EvidenceTimeError,
    )
    _require_none(
        mine.group_by("scenario_id", "evidence_no").len().filter(pl.col("len") > 1),
        "evidence has a key (scenario_id, evidence_no) more than once",
    )


def _known(column: str, ids: Iterable[str], catalogue: Iterable[str]) -> None:
    unknown = set(ids) - set(catalogue)
    if unknown:
        raise MartError(
            f"{column} has {len(unknown)} ids that the catalogue does not: build the marts from "
            "the same seeds."
        )


# --- the draw


def _draw(
    scenarios: dict[str, dict[str, Any]],
    truths: dict[str, dict[str, Any]],
    per_condition: int | None,
) -> list[str]:
    """Ids of the scenarios to freeze, sorted. Decided by SHA-256 of the ids alone."""
    by_lot = sorted(scenarios, key=lambda key: hashlib.sha256(key.encode()).digest())
    of_patient: dict[str, str] = {}
    for key in by_lot:
        of_patient.setdefault(scenarios[key]["patient_key"], key)
    strata: dict[str, list[str]] = defaultdict(list)
    for key in of_patient.values():
        strata[truths[key]["condition_id"]].append(key)
    return sorted(key for stratum in strata.values() for key in stratum[:per_condition])


# --- the lines


def _evidence(
    marts: Path, drawn: list[str], catalogue: Catalogue
) -> dict[str, list[dict[str, Any]]]:
    rows = _of(marts, "evidence", drawn)
    _known("evidence.test_id", (row["test_id"] for row in rows), catalogue.tests)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["scenario_id"]].append(
            {
                "test_id": row["test_id"],
                "kind": row["kind"],
                "label": row["label"],
                "specimen": row["specimen"],
                "value": row["value_text"],
                "value_num": row["value_num"],
                "unit": row["unit"],
                "ref_low": row["ref_low"],
                "ref_high": row["ref_high"],
                "flag": row["flag"],
                "taken_hours": row["taken_hours"],
                "available_hours": row["available_hours"],
            }
        )
    for items in found.values():
        # The content alone decides: rows that agree in the mart's own order keys stay in one order.
        items.sort(
            key=lambda item: (
                item["available_hours"],
                item["taken_hours"],
                item["test_id"],
                item["label"],
                item["value"],
                _json_line(item),
            )
        )
    return found


def _actions(
    marts: Path, drawn: list[str], catalogue: Catalogue
) -> dict[str, list[dict[str, Any]]]:
    rows = _of(marts, "actions_taken", drawn)
    _known("actions_taken.action_id", (row["action_id"] for row in rows), catalogue.actions)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row.pop("scenario_id")].append(row)
    for taken in found.values():
        taken.sort(key=lambda row: (row["action_id"], row["source"], _json_line(row)))
        keys = {(row["action_id"], row["source"]) for row in taken}
        if len(keys) != len(taken):
            raise MartError(
                "actions_taken has a key (scenario_id, action_id, source) more than once: nothing "
                "was frozen."
            )
    return found


def _of(marts: Path, mart: str, drawn: list[str]) -> list[dict[str, Any]]:
    keys = pl.LazyFrame({"scenario_id": drawn}, schema={"scenario_id": pl.String})
    return _scan(marts, mart).join(keys, on="scenario_id", how="semi").collect().to_dicts()


def _scenario_line(row: dict[str, Any]) -> dict[str, Any]:
    shown = {name: _rounded(row[name]) for name in _PRESENTATION}
    for name in ("home_drugs", "past_diagnoses"):
        shown[name] = sorted(set(shown[name] or ()))
    try:
        Presentation.model_validate(shown)
    except ValidationError as error:
        fields = sorted({str(problem["loc"][0]) for problem in error.errors()})
        raise MartError(
            f"scenarios has a presentation that breaks its contract in {', '.join(fields)}: "
            "nothing was frozen."
        ) from None
    return {
        "scenario_id": row["scenario_id"],
        "patient_key": row["patient_key"],
        "decision_hours": row["decision_hours"],
        "kind": row["kind"],
        "release": row["release"],
        "presentation": shown,
    }


def _truth_line(row: dict[str, Any]) -> dict[str, Any]:
    line = {name: row[name] for name in _COLUMNS["ground_truth"] if name != "category"}
    line["diagnoses"] = sorted(row["diagnoses"] or (), key=_json_line)
    line["diagnoses"].sort(key=lambda diagnosis: diagnosis["seq"])
    line["tests"] = sorted(row["tests"] or (), key=lambda test: (test["test_id"], _json_line(test)))
    return line


def _rounded(value: Any) -> Any:
    """`value` with every float rounded; -0.0 becomes 0.0, so that equal numbers are equal bytes."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise MartError("A mart has a number that is not finite: nothing was frozen.")
        return round(value, DECIMALS) + 0.0
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return value


def _json_line(value: dict[str, Any]) -> bytes:
    text = json.dumps(
        _rounded(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode() + b"\n"


# --- the write


@contextmanager
def _only_writer(into: Path) -> Iterator[None]:
    """Hold the lock of this set; the lock of a dead process is free by itself."""
    into.parent.mkdir(parents=True, exist_ok=True)
    with (into.parent / f".{into.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ScenarioSetError(
                f"Another process is freezing {into.name}: wait for it to end."
            ) from None
        yield


def _write(into: Path, files: dict[str, bytes]) -> None:
    made = into.parent / f".{into.name}.partial"
    old = into.parent / f".{into.name}.old"
    with _only_writer(into):
        if old.exists() and not into.exists():  # killed between the two renames
            old.rename(into)
        if _holds(into, files):
            return
        _remove(made)
        _remove(old)
        try:
            made.mkdir(mode=0o700)
            for name, content in files.items():
                (made / name).write_bytes(content)
            if into.exists():
                into.rename(old)
            try:
                made.rename(into)
            except OSError:
                if old.exists():
                    old.rename(into)
                raise
        finally:
            _remove(made)
        _remove(old)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _holds(folder: Path, files: dict[str, bytes]) -> bool:
    """Whether the folder holds exactly these files with these bytes."""
    if not folder.is_dir() or {path.name for path in folder.iterdir()} != files.keys():
        return False
    return all((folder / name).read_bytes() == content for name, content in files.items())
