from __future__ import annotations

from pathlib import Path

import pytest

from evaluators.candidates.config import CandidateConfigError, load_candidates
from evaluators.candidates.egress import EgressRefused, admit
from evaluators.human.rater import RaterRefused, human_candidate, is_human
from registry.policy import load_policy


@pytest.mark.parametrize("code", ["r07", "ab12", "icux0123"])
def test_a_code_makes_a_candidate_of_its_own(code: str) -> None:
    made = human_candidate(code)
    assert made.id == f"human/{code}"
    assert is_human(made.id)
    assert made.max_concurrency == 1
    assert made.sha256 != human_candidate("zz99").sha256


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Smith",
        "smith",
        "dr.smith",
        "anna-maria",
        "R07",
        "r7",
        "r07/..",
        "abcde01",
        "0712",
    ],
)
def test_a_name_is_refused_and_never_repeated(name: str) -> None:
    with pytest.raises(RaterRefused) as refused:
        human_candidate(name)
    assert "code" in str(refused.value)
    assert not name.strip() or name not in str(refused.value)


def test_a_person_has_the_assurance_that_is_never_credentialed() -> None:
    assert human_candidate("r07").assurance.level.value in load_policy().refused_assurance


def test_a_person_is_no_endpoint_that_could_be_admitted() -> None:
    with pytest.raises(EgressRefused):
        admit(human_candidate("r07"), "credentialed")


@pytest.mark.parametrize("entry", ["{id: human/r07, model: openai/x}", "{id: x, model: human/r07}"])
def test_a_person_is_no_entry_of_the_candidates_file(tmp_path: Path, entry: str) -> None:
    path = tmp_path / "candidates.yaml"
    path.write_text(f"candidates:\n  - {entry}\n")
    with pytest.raises(CandidateConfigError, match="line 2: a person is no entry"):
        load_candidates(path)
