"""From marts to a frozen scenario set: draw, and write down.

Belongs here: the draw of one scenario a patient, the lines of the files, the manifest. Does not
belong here: reading and checking the marts (`_scenario_marts`), putting the folder on the disk
(`_scenario_folder`), clinical logic (`dbt_project`), reading frozen sets (`scenario_sets`). Errors
and logs hold counts and names of columns, never values or ids.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evaluators._scenario_folder import write_folder
from evaluators._scenario_images import PictureStore, image_file
from evaluators._scenario_marts import (
    ADMISSION,
    COLUMNS,
    MARTS_OF_ADMISSIONS,
    MARTS_OF_TASKS,
    PRESENTATION,
    MartNames,
    check_evidence,
    read_scenarios,
    read_truths,
    require_known,
    rows_of,
)
from evaluators._scenario_types import (
    ACTIONS_TAKEN,
    EVIDENCE,
    GROUND_TRUTH,
    MANIFEST,
    SCENARIOS,
    Manifest,
    MartError,
    SetFile,
)
from evaluators.canonical import NotFiniteError, round_floats
from evaluators.catalogue import Catalogue, category_slug, load_catalogue
from evaluators.encounter.protocol import Presentation
from evaluators.leak_audit import audit

DECIMALS = 4
"""Hours and values are rounded to this; 4 decimals of an hour are 0.36 s."""

_ORDER = itemgetter("available_hours", "taken_hours", "test_id", "label", "value")
"""Order of the evidence of one scenario."""

_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)

IMAGE_HANDLE = "image 1"
"""What a candidate knows a film's picture by."""

PER_CONDITION = 300
"""Default cap of scenarios for one condition."""


def freeze(
    marts: Path,
    category: str,
    into: Path,
    *,
    releases: Sequence[str],
    tier: str,
    modules: Iterable[str],
    unverified_tables: Iterable[str] = (),
    kind: str = ADMISSION,
    image_roots: Sequence[Path] = (),
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
        kind: kind of the category's scenarios; says which marts are read.
        image_roots: folders of the releases that hold pictures.
        per_condition: cap for each condition.
        catalogue: the clinical catalogue; that of the house by default.

    Raises:
        EvidenceTimeError: evidence lies after the decision time of its scenario.
        LeakingSetError: the presentations give the answer away (`evaluators.leak_audit`).
        MartError: a mart is missing, a number is not finite, keys do not match, or ids are not in
            the catalogue.
        OSError: the disk is full or cannot be written; what stood there is intact.
    """
    catalogue = catalogue or load_catalogue()
    slug = category_slug(category)
    if per_condition is not None and per_condition < 1:
        raise ValueError("per_condition must be 1 or more, or None for no cap.")
    names = MARTS_OF_ADMISSIONS if kind == ADMISSION else MARTS_OF_TASKS
    scenarios = read_scenarios(marts, names, slug)
    truths = read_truths(marts, names, slug, scenarios, catalogue)
    check_evidence(marts, names, scenarios)
    with PictureStore(image_roots, beside=into) as pictures:
        images, missing = _images(scenarios, pictures)
        drawn = _draw(scenarios, truths, per_condition)
        shown = [_scenario_line(scenarios[key], images.get(key)) for key in drawn]
        _require_clean(slug, shown, truths, catalogue)
        evidence, results = _evidence(marts, names, drawn, catalogue, pictures)
        actions = _actions(marts, drawn, catalogue) if kind == ADMISSION else {}
        lines = {
            SCENARIOS: shown,
            EVIDENCE: [{"scenario_id": key, "evidence": evidence.get(key, [])} for key in drawn],
            GROUND_TRUTH: [_truth_line(truths[key], names) for key in drawn],
            ACTIONS_TAKEN: [{"scenario_id": key, "actions": actions.get(key, [])} for key in drawn],
        }
        files = {name: b"".join(map(_json_line, content)) for name, content in lines.items()}
        manifest = Manifest(
            category=slug,
            kind=kind,
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
            images=sum(key in images for key in drawn),
            images_missing=missing,
            evidence_images=len(results.found),
            evidence_images_missing=results.missing,
        )
        kept = results.found.union(images[key] for key in drawn if key in images)
        folder: dict[str, bytes | Path] = {**files, MANIFEST: manifest.as_bytes()}
        folder.update((image_file(sha256), pictures.file(sha256)) for sha256 in kept)
        write_folder(into, folder)
    return manifest


def _images(
    scenarios: dict[str, dict[str, Any]], pictures: PictureStore
) -> tuple[dict[str, str], int]:
    """The pictures of the scenarios that show one; those whose picture is missing are taken out."""
    wanted = {key: row["film_image"] for key, row in scenarios.items() if row.get("film_image")}
    found: dict[str, str] = {}
    for key, listed in wanted.items():
        sha256 = pictures.keep(listed)
        if sha256 is None:
            del scenarios[key]
        else:
            found[key] = sha256
    return found, len(wanted) - len(found)


def _require_clean(
    category: str,
    shown: Sequence[dict[str, Any]],
    truths: dict[str, dict[str, Any]],
    catalogue: Catalogue,
) -> None:
    """Refuse a draw whose presentations give the answer away."""
    cases = [
        (
            Presentation.model_validate(line["presentation"]),
            truths[line["scenario_id"]]["condition_id"],
        )
        for line in shown
    ]
    audit(category, cases, catalogue).require_clean()


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


@dataclass(frozen=True, slots=True)
class _ResultPictures:
    """What became of the pictures that results have."""

    found: frozenset[str]
    """Their digests."""
    missing: int


def _evidence(
    marts: Path,
    names: MartNames,
    drawn: list[str],
    catalogue: Catalogue,
    pictures: PictureStore,
) -> tuple[dict[str, list[dict[str, Any]]], _ResultPictures]:
    """Evidence by scenario; a result whose picture is missing is shown without."""
    rows = rows_of(marts, names.evidence, drawn)
    require_known(f"{names.evidence}.test_id", (row["test_id"] for row in rows), catalogue.tests)
    listed = {row["film_image"] for row in rows if row["film_image"]}
    digests = {name: pictures.keep(name) for name in sorted(listed)}
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
                "image_sha256": digests.get(row["film_image"]),
            }
        )
    ordered = {key: _sorted(items, _ORDER) for key, items in found.items()}
    kept = frozenset(sha256 for sha256 in digests.values() if sha256 is not None)
    return ordered, _ResultPictures(kept, sum(sha256 is None for sha256 in digests.values()))


def _sorted(items: Iterable[dict[str, Any]], order: Callable[[Any], Any]) -> list[dict[str, Any]]:
    """By `order`; the content alone decides, so what agrees in it is put in one order, too."""
    found = []
    for _, group in groupby(sorted(items, key=order), key=order):
        tied = list(group)
        found.extend(tied if len(tied) == 1 else sorted(tied, key=_json_line))
    return found


def _actions(
    marts: Path, drawn: list[str], catalogue: Catalogue
) -> dict[str, list[dict[str, Any]]]:
    rows = rows_of(marts, "actions_taken", drawn)
    require_known("actions_taken.action_id", (row["action_id"] for row in rows), catalogue.actions)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row.pop("scenario_id")].append(row)
    for taken in found.values():
        taken.sort(key=itemgetter("action_id", "source"))
        keys = {(row["action_id"], row["source"]) for row in taken}
        if len(keys) != len(taken):
            raise MartError(
                "actions_taken has a key (scenario_id, action_id, source) more than once: nothing "
                "was frozen."
            )
    return found


def _scenario_line(row: dict[str, Any], image_sha256: str | None) -> dict[str, Any]:
    shown = {name: _rounded(row[name]) for name in PRESENTATION}
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
        "start_hours": row.get("start_hours", 0.0),
        "film": _film(row),
        "image_sha256": image_sha256,
        "decision_hours": row["decision_hours"],
        "kind": row["kind"],
        "release": row["release"],
        "presentation": shown,
    }


def _film(row: dict[str, Any]) -> dict[str, Any] | None:
    """The film of a scenario whose category shows one: what its modality leaves out is null."""
    if row["kind"] != "radiology":
        return None
    return {
        "view": row["film_view"],
        "indication": row["film_indication"],
        "findings": row["film_findings"],
        "image": IMAGE_HANDLE if row["film_image"] else None,
    }


def _truth_line(row: dict[str, Any], names: MartNames) -> dict[str, Any]:
    line = {name: row[name] for name in COLUMNS[names.truths] if name != "category"}
    if names is MARTS_OF_TASKS:
        answers = json.loads(row["answers"])
        return {**line, "answers": answers, "diagnoses": [], "tests": [], "is_confirmed": None}
    line["diagnoses"] = _sorted(row["diagnoses"] or (), itemgetter("seq"))
    line["tests"] = _sorted(row["tests"] or (), itemgetter("test_id"))
    return line


def _rounded(value: Any) -> Any:
    try:
        return round_floats(value, DECIMALS)
    except NotFiniteError:
        raise MartError("A mart has a number that is not finite: nothing was frozen.") from None


def _json_line(value: dict[str, Any]) -> bytes:
    return _ENCODER.encode(_rounded(value)).encode() + b"\n"
