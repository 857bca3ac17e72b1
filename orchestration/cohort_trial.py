"""Trying a cohort out on the active source before its file is written.

Belongs here: building it in a scratch warehouse, from the landed tables, and counting what each
rule drops. Does not belong here: the file (`cohort_files`), the words of the command
(`cohort_commands`).

The trial runs dbt on a copy of the project that has the new file, in a folder of the enclave that
is removed afterwards: the project and the warehouse stay as they are. Events are read of admissions
of the new condition only (MEDCRED_ONLY_CONDITION), so that it is affordable on all of MIMIC.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from orchestration.cohort_files import CohortRefusedError, NewCohort, cohort_sql
from orchestration.warehouse import DBT_EXECUTABLE, DBT_PROJECT, dbt_environment


class TrialFailedError(Exception):
    """The trial itself broke down; the text names dbt nodes, never data."""


@dataclass(frozen=True, slots=True)
class Landed:
    """The source on which a cohort is tried out."""

    folder: Path
    """Landed tables: `<module>/<table>.parquet`."""
    ground_truth: Path
    """The mart of the last run; need not exist."""
    release: str
    modules: tuple[str, ...]
    scratch: Path
    """A private folder in which the trial may make one of its own."""
    threads: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What the active source says of a cohort. Counts only."""

    admissions: int
    """All admissions of the source."""
    coded: int
    """Those with one of the codes, at any position."""
    placed: int
    """Those with one at the position asked for."""
    dropped: Mapping[str, int]
    """By the first rule that each failed."""
    selected: int
    """Those that pass every rule."""
    shared: int
    """Of the selected, those that serve another condition since the last run."""


def try_out(cohort: NewCohort, landed: Landed) -> Trial:
    """Build the cohort on the landed tables and count.

    Raises:
        CohortRefusedError: a prefix is not in the source's dictionary of diagnoses, or nobody is
            selected; the text says which rule dropped how many.
        TrialFailedError: dbt failed.
    """
    with _scratch(cohort, landed) as (project, environment):
        warehouse = Path(environment["MEDCRED_WORKSPACE"]) / "warehouse.duckdb"
        # Codes first: whether they exist and who has them is known before an event is read.
        _dbt(
            project,
            environment,
            *("stg_mimiciv_hosp__d_icd_diagnoses", "stg_mimiciv_hosp__admissions"),
            "int_diagnoses__matched",
        )
        _check_codes(cohort, warehouse, landed.release)
        trial = _coded(cohort, warehouse)
        if trial.placed:
            _dbt(project, environment, "int_cohorts__placed")
            trial = _counted(trial, cohort, warehouse, landed.ground_truth)
    if not trial.selected:
        raise CohortRefusedError(nobody(cohort, trial, landed.release))
    return trial


def nobody(cohort: NewCohort, trial: Trial, release: str) -> str:
    """Why a cohort selects no one, in one sentence."""
    if not trial.coded:
        why = "no admission has one of its codes"
    elif not trial.placed:
        why = (
            f"{trial.coded} admissions have one of its codes and none has it first: try "
            "--position any"
        )
    else:
        rules = ", ".join(f"{rule} {count}" for rule, count in trial.dropped.items())
        why = f"the rules drop all {trial.placed} admissions with its codes ({rules})"
    return f"{cohort.condition} selects no one in {release}: {why}. Nothing was written."


@contextmanager
def _scratch(cohort: NewCohort, landed: Landed) -> Iterator[tuple[Path, dict[str, str]]]:
    """A copy of the dbt project with the cohort in it, and the variables to run it."""
    with tempfile.TemporaryDirectory(dir=landed.scratch, prefix=".cohort-trial-") as name:
        project, workspace = Path(name) / "dbt_project", Path(name) / "workspace"
        shutil.copytree(DBT_PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
        path = project / "models" / "cohorts" / cohort.path
        path.write_text(cohort_sql(cohort), encoding="utf-8")
        (workspace / "marts").mkdir(parents=True)
        (workspace / "landed").symlink_to(landed.folder.resolve())
        yield (
            project,
            {
                **dbt_environment(
                    workspace,
                    release=landed.release,
                    modules=landed.modules,
                    threads=landed.threads,
                ),
                "DBT_PROFILES_DIR": str(project),
                "MEDCRED_COHORTS": f"{cohort.category}/{cohort.condition}",
                "MEDCRED_ONLY_CONDITION": cohort.condition,
            },
        )


def _dbt(project: Path, environment: Mapping[str, str], *models: str) -> None:
    """Build models and what they read, without tests."""
    done = subprocess.run(
        [
            *(DBT_EXECUTABLE, "--quiet", "build", "--select", *(f"+{name}" for name in models)),
            *("--exclude-resource-type", "test", "unit_test"),
        ],
        cwd=project,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    if done.returncode == 0:
        return
    results = Path(environment["DBT_TARGET_PATH"]) / "run_results.json"
    # dbt's own words may quote a value, except when it did not get as far as a table.
    if not results.is_file():
        raise TrialFailedError(f"dbt cannot read the project with this cohort:\n{done.stdout}")
    broken = [
        str(result["unique_id"]).split(".")[2]
        for result in json.loads(results.read_text())["results"]
        if result["status"] in {"error", "fail"}
    ]
    raise TrialFailedError(
        f"dbt failed in {', '.join(broken) or 'an unnamed step'} while the cohort was tried out: "
        "run `medcred dbt build` to see whether the project builds without it."
    )


def _check_codes(cohort: NewCohort, warehouse: Path, release: str) -> None:
    """Refuse prefixes that the dictionary of the source does not know, by ICD version."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        (entries,) = connection.execute(
            "select count(*) from staging.stg_mimiciv_hosp__d_icd_diagnoses"
        ).fetchall()[0]
        if not entries:
            raise CohortRefusedError(
                f"{release} has no dictionary of diagnoses (hosp.d_icd_diagnoses), so nobody can "
                "tell whether the codes exist: land it first."
            )
        for version in (10, 9):
            counted, excluded = cohort.codes(version)
            missing = [
                code
                for code in (*counted, *excluded)
                if not connection.execute(
                    "select count(*) from staging.stg_mimiciv_hosp__d_icd_diagnoses "
                    "where icd_version = ? and starts_with(icd_code, ?)",
                    [version, code],
                ).fetchall()[0][0]
            ]
            if missing:
                raise CohortRefusedError(
                    f"No ICD-{version} code of {release} begins with {', '.join(missing)}: correct "
                    "or leave out. Nothing was written."
                )


def _coded(cohort: NewCohort, warehouse: Path) -> Trial:
    """Who has the codes; no rule is tried yet."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        ((admissions, coded, placed),) = connection.execute(
            "select (select count(*) from staging.stg_mimiciv_hosp__admissions), "
            "count(distinct hadm_id), "
            "count(distinct hadm_id) filter (where is_eligible_position) "
            "from intermediate.int_diagnoses__matched where condition_id = ?",
            [cohort.condition],
        ).fetchall()
    return Trial(int(admissions), int(coded), int(placed), {}, 0, 0)


def _counted(trial: Trial, cohort: NewCohort, warehouse: Path, ground_truth: Path) -> Trial:
    """The trial with what the rules drop and leave."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        counted = connection.execute(
            "select coalesce(screened.failed_rule, placed.outcome, 'condition_rules') as rule_id, "
            "count(*) from intermediate.int_cohorts__screened as screened "
            "left join intermediate.int_cohorts__placed as placed using (hadm_id, condition_id) "
            "where condition_id = ? group by rule_id order by count(*) desc, rule_id",
            [cohort.condition],
        ).fetchall()
        shared = 0
        if ground_truth.is_file():
            ((shared,),) = connection.execute(
                "select count(*) from intermediate.int_cohorts__placed where condition_id = ? "
                "and outcome = 'selected' "
                "and hadm_id in (select hadm_id from read_parquet(?) where condition_id != ?)",
                [cohort.condition, str(ground_truth), cohort.condition],
            ).fetchall()
    by_rule = {str(rule): int(number) for rule, number in counted}
    selected = by_rule.pop("selected", 0)
    return replace(trial, dropped=by_rule, selected=selected, shared=int(shared))
