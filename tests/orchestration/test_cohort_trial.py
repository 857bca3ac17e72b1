"""Trying a cohort out on landed tables: what is counted, what is refused, what is left behind."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "dbt_project"))

from landed_workspace import known_patients, write_landed

from orchestration import cohort_trial
from orchestration.cohort_files import CohortRefusedError, NewCohort
from orchestration.cohort_trial import Landed, Trial, TrialFailedError, nobody, try_out
from orchestration.warehouse import COHORTS

CHECK_UP = NewCohort("emergency_medicine", "check_up", "Check-up", icd10=("Z000",))
FATS = NewCohort("endocrinology", "high_fats", "Hyperlipidemia", icd10=("E785",))


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    """The known patients, of whom 7 has a result and three have the code of a check-up.

    107 has it first. 105, who is 16, and 106 have it second.
    """
    rows = known_patients()
    rows["hosp", "d_icd_diagnoses"].append(
        {"icd_code": "Z000", "icd_version": 10, "long_title": "General examination"}
    )
    for subject, hadm in ((5, 105), (6, 106)):
        rows["hosp", "diagnoses_icd"].append(
            {"subject_id": subject, "hadm_id": hadm, "seq_num": 2, "icd_code": "Z000"}
            | {"icd_version": 10}
        )
    example = rows["hosp", "labevents"][-1]
    rows["hosp", "labevents"].append(
        {**example, "labevent_id": 9_001, "specimen_id": 9_001, "subject_id": 7, "hadm_id": 107}
    )
    folder = tmp_path_factory.mktemp("trial")
    write_landed(folder / "workspace", rows)
    (folder / "enclave").mkdir()
    return Landed(
        folder=folder / "workspace" / "landed",
        ground_truth=folder / "none.parquet",
        release="hand-made 1",
        modules=("hosp", "icu", "ed"),
        scratch=folder / "enclave",
        threads=2,
    )


def files_of(landed: Landed) -> set[Path]:
    return {*COHORTS.rglob("*"), *landed.scratch.rglob("*"), *landed.folder.parent.rglob("*")}


def test_a_cohort_is_counted_rule_by_rule_and_leaves_nothing_behind(
    landed: Landed, tmp_path: Path
) -> None:
    truth = tmp_path / "ground_truth.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select 107 as hadm_id, 'syncope' as condition_id union all "
            f"select 106, 'syncope') to '{truth}' (format parquet)"
        )
    before = files_of(landed)
    trial = try_out(replace(CHECK_UP, position="any"), replace(landed, ground_truth=truth))
    assert files_of(landed) == before
    assert (trial.coded, trial.placed, trial.selected, trial.shared) == (3, 3, 1, 1)
    assert dict(trial.dropped) == {"adult": 1, "via_ed": 1}
    assert trial.admissions == 12


def test_a_cohort_whose_code_is_never_first_selects_no_one(landed: Landed) -> None:
    before = files_of(landed)
    with pytest.raises(CohortRefusedError) as refused:
        try_out(FATS, landed)
    assert "high_fats selects no one in hand-made 1: 2 admissions have" in str(refused.value)
    assert "--position any" in str(refused.value)
    assert files_of(landed) == before


@pytest.mark.parametrize(
    ("trial", "said"),
    [
        (Trial(12, 0, 0, {}, 0, 0), "no admission has one of its codes"),
        (Trial(12, 3, 0, {}, 0, 0), "none has it first"),
        (Trial(12, 3, 2, {"leak": 2}, 0, 0), r"drop all 2 admissions with its codes \(leak 2\)"),
    ],
)
def test_the_reason_names_the_first_thing_that_fails(trial: Trial, said: str) -> None:
    with pytest.raises(CohortRefusedError, match=said):
        raise CohortRefusedError(nobody(CHECK_UP, trial, "hand-made 1"))


@pytest.fixture
def dictionary(tmp_path: Path) -> Path:
    """A warehouse that has a dictionary of two codes and nothing else."""
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("create schema staging")
        connection.execute(
            "create table staging.stg_mimiciv_hosp__d_icd_diagnoses as "
            "select 'A084' as icd_code, 10 as icd_version union all select '0088', 9"
        )
    return tmp_path / "warehouse.duckdb"


@pytest.mark.parametrize(
    ("codes", "missing"),
    [
        ({"icd10": ("A084", "A085")}, "No ICD-10 code of hand-made 1 begins with A085:"),
        ({"icd10": ("A08",), "icd9": ("008", "009")}, "No ICD-9 code of hand-made 1 begins"),
        ({"icd10": ("0088",)}, "No ICD-10 code"),
        ({"icd10": ("A08",), "icd10_exclude": ("A081",)}, "begins with A081"),
    ],
)
def test_a_code_that_does_not_exist_is_named_by_its_version(
    dictionary: Path, codes: dict[str, tuple[str, ...]], missing: str
) -> None:
    cohort = NewCohort("gastroenterology", "viral", "Viral", **codes)
    with pytest.raises(CohortRefusedError, match=missing):
        cohort_trial._check_codes(cohort, dictionary, "hand-made 1")


def test_beginnings_of_codes_exist(dictionary: Path) -> None:
    cohort = NewCohort("gastroenterology", "viral", "Viral", icd10=("A08",), icd9=("0088",))
    cohort_trial._check_codes(cohort, dictionary, "hand-made 1")


def test_without_a_dictionary_nobody_can_tell(dictionary: Path) -> None:
    with duckdb.connect(str(dictionary)) as connection:
        connection.execute("delete from staging.stg_mimiciv_hosp__d_icd_diagnoses")
    with pytest.raises(CohortRefusedError, match="no dictionary of diagnoses"):
        cohort_trial._check_codes(CHECK_UP, dictionary, "hand-made 1")


def test_a_file_that_dbt_cannot_read_is_said_and_removed(
    landed: Landed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cohort_trial, "cohort_sql", lambda cohort: "{{ (")
    before = files_of(landed)
    with pytest.raises(TrialFailedError, match="cannot read the project"):
        try_out(CHECK_UP, landed)
    assert files_of(landed) == before
