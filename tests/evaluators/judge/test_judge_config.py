"""judge.yaml, and whom a judge must not judge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from scripted_judges import judge
from small_examination import reference

from evaluators.candidates.config import Candidate, CandidateConfigError
from evaluators.judge.config import load_judge
from evaluators.judge.independence import JudgeIsExaminee, refuse_examinee

PROJECT = Path(__file__).resolve().parents[3]
WHOLE = """
judge:
  id: local/judge
  model: openai/judge-1
  api_base: http://127.0.0.1:8000/v1
  family: mistral-3
  params: {temperature: 0, max_tokens: 200, structured_output: json_schema}
"""
WEIGHTS = "dirHash h1:Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4="


def candidate(**changes: Any) -> Candidate:
    entry = {
        "id": "local/tiny",
        "model": "openai/tiny-1",
        "api_base": "http://127.0.0.1:8000/v1",
        "family": "llama-3",
    }
    return Candidate.model_validate({**entry, **changes})


def test_without_the_file_nobody_judges(tmp_path: Path) -> None:
    assert load_judge(tmp_path / "judge.yaml") is None


def test_a_judge_is_read_with_its_digest(tmp_path: Path) -> None:
    path = tmp_path / "judge.yaml"
    path.write_text(WHOLE)
    found = load_judge(path)
    assert found is not None
    assert (found.id, found.family, found.params.temperature) == ("local/judge", "mistral-3", 0.0)
    path.write_text(WHOLE.replace("max_tokens: 200", "max_tokens: 300"))
    other = load_judge(path)
    assert other is not None
    assert other.sha256 != found.sha256
    assert found.sha256 != Candidate.model_validate(found.model_dump()).sha256


def test_the_example_is_a_judge() -> None:
    found = load_judge(PROJECT / "judge.example.yaml")
    assert found is not None
    assert found.is_loopback


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (("temperature: 0,", ""), "params.temperature to 0"),
        (("temperature: 0,", "temperature: 0.7,"), "params.temperature to 0"),
        (("  family: mistral-3\n", ""), "family of its weights"),
        (("openai/judge-1", "reference/oracle"), "neither api_base"),
        (("judge:\n", "judges:\n"), "`judge` and nothing else"),
        (("  family", "  api_key: hush\n  family"), "environment variable"),
        (("  family", "  id: other\n  family"), "given twice"),
        (("  family", "  modalities: [text, image]\n  family"), "text alone"),
        (("  family", "  points: 100\n  family"), "points"),
        (("judge:\n", "judge: [\n"), "not valid YAML"),
    ],
)
def test_a_judge_that_is_not_fit_is_refused_without_quoting_it(
    tmp_path: Path, changed: tuple[str, str], told: str
) -> None:
    path = tmp_path / "judge.yaml"
    path.write_text(WHOLE.replace(*changed))
    with pytest.raises(CandidateConfigError, match=told) as caught:
        load_judge(path)
    assert "hush" not in str(caught.value)


def test_a_reference_candidate_is_no_judge(tmp_path: Path) -> None:
    path = tmp_path / "judge.yaml"
    path.write_text(
        "judge: {id: o, model: reference/oracle, family: code, assurance: {level: code}, "
        "params: {temperature: 0}}"
    )
    with pytest.raises(CandidateConfigError, match="knows the examination's answers"):
        load_judge(path)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"model": "scripted/agreeing"}, "same model id"),
        ({"model": "openai/owner/Agreeing"}, "same model id"),
        ({"assurance": {"level": "W", "evidence": WEIGHTS}}, "same weights digest"),
        ({"family": "scripted"}, "same family"),
        ({"family": "scripted-2"}, "same family"),
        ({"family": None}, "declares no family"),
    ],
)
def test_the_examinee_and_its_family_are_refused(entry: dict[str, Any], told: str) -> None:
    who = judge(assurance={"level": "W", "evidence": WEIGHTS})
    with pytest.raises(JudgeIsExaminee, match=told):
        refuse_examinee(who, candidate(**entry))


@pytest.mark.parametrize("family", ["script", "scriptedness", "llama-3", "other-scripted"])
def test_a_judge_of_another_family_is_accepted_even_at_the_same_endpoint(family: str) -> None:
    who = judge(model="openai/judge-1", api_base="http://127.0.0.1:8000/v1")
    refuse_examinee(who, candidate(family=family))


def test_reference_candidates_need_no_family() -> None:
    refuse_examinee(judge(), reference("bedside"))


def test_a_family_changes_no_candidates_digest() -> None:
    assert candidate().sha256 == candidate(family=None).sha256
