"""`candidates.yaml`: what is accepted, what is refused and how, and what the digest covers."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluators.candidates.config import Candidate, CandidateConfigError, load_candidates

PROJECT = Path(__file__).resolve().parents[3]
KEY = "sk-THIS-IS-A-KEY-0123456789"


def write(folder: Path, text: str) -> Path:
    path = folder / "candidates.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def candidate(**changes: object) -> Candidate:
    given = {"id": "a/b", "model": "openai/x", "api_base": "http://127.0.0.1:8000/v1"}
    return Candidate.model_validate({**given, **changes})


def test_committed_file_lists_the_six_reference_candidates():
    loaded = load_candidates(PROJECT / "candidates.yaml")
    assert [entry.id for entry in loaded] == [
        "reference/commonest",
        "reference/random",
        "reference/leak-probe",
        "reference/order-everything",
        "reference/bedside",
        "reference/oracle",
    ]
    assert len({entry.sha256 for entry in loaded}) == 6


def test_commented_examples_are_valid_when_uncommented(tmp_path):
    text = (PROJECT / "candidates.yaml").read_text(encoding="utf-8")
    entries = text[text.index("candidates:\n") :].splitlines()
    example = "\n".join(line[1:] if line.startswith("#  ") else line for line in entries)
    loaded = load_candidates(write(tmp_path, example))
    assert {"local/llama-3.3-70b", "example-lab/model-2026-10-01"} <= {c.id for c in loaded}


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("{id: A/b, model: openai/x}", "id"),
        ("{id: a, model: openai/x, colour: red}", "colour"),
        ("{id: a}", "model"),
        ("{id: a, model: openai/x, params: {temperature: 9}}", "params.temperature"),
        ("{id: a, model: reference/nobody}", "unknown reference model"),
        ("{id: a, model: reference/oracle}", "assurance level `code`"),
        ("{id: a, model: openai/x, assurance: {level: code}}", "for reference candidates"),
        ("{id: a, model: openai/x, assurance: {level: W}}", "needs evidence"),
        ("{id: a, model: openai/x, api_base: 'ftp://x'}", "http or https"),
        ("{id: a, model: openai/x, api_base: 'http://u:p@h/v1'}", "no user, key"),
        ("{id: a, model: openai/x, egress: {kind: local}}", "name its api_base"),
        (
            "{id: a, model: openai/x, api_base: 'http://gpu-1/v1', egress: {kind: local}}",
            "loopback",
        ),
        ("just-text", "must be a mapping"),
    ],
)
def test_bad_entry_is_refused_with_line_and_field(tmp_path, entry, told):
    path = write(tmp_path, f"# first\ncandidates:\n  - {entry}\n")
    with pytest.raises(CandidateConfigError) as caught:
        load_candidates(path)
    assert told in str(caught.value)
    assert "line 3" in str(caught.value)


@pytest.mark.parametrize(
    "where",
    [
        "api_key: {key}",
        "token: {key}",
        "params: {{extra_body: {{api_key: {key}}}}}",
        "params: {{extra_body: {{headers: [{{Authorization: {key}}}]}}}}",
        "api_key_env: {key}",
        "params: {{seed: {key}}}",
    ],
)
def test_a_key_in_the_file_is_refused_and_never_repeated(tmp_path, where):
    text = f"candidates:\n  - id: a\n    model: openai/x\n    {where.format(key=KEY)}\n"
    with pytest.raises(CandidateConfigError) as caught:
        load_candidates(write(tmp_path, text))
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("candidates:\n  - {id: a, model: m/x}\n  - {id: a, model: m/y}\n", "line 3, entry 'a'"),
        ("candidates:\n  - id: a\n    model: m/x\n    model: m/y\n", "line 4: the field 'model'"),
        ("candidates: [\n", "not valid YAML"),
        ("other: []\n", "unknown field"),
        ("candidates: 3\n", "must be a list"),
        ("", "top level"),
        ("- a\n", "top level"),
    ],
)
def test_broken_file_is_refused(tmp_path, text, told):
    with pytest.raises(CandidateConfigError) as caught:
        load_candidates(write(tmp_path, text))
    assert told in str(caught.value)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(CandidateConfigError, match=r"candidates\.yaml cannot be read"):
        load_candidates(tmp_path / "candidates.yaml")


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "other"},
        {"description": "text"},
        {"max_concurrency": 99},
        {"api_key_env": "SOME_KEY"},
        {"spending": {"max_cost_usd": 1}},
        {"price": {"input_usd_per_million_tokens": 1, "output_usd_per_million_tokens": 1}},
        {"assurance": {"level": "W", "evidence": "h1:x"}},
        {"egress": {"kind": "local"}},
    ],
)
def test_digest_leaves_out_what_does_not_change_an_answer(changes):
    assert candidate(**changes).sha256 == candidate().sha256


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "openai/y"},
        {"api_base": "http://127.0.0.1:8001/v1"},
        {"params": {"temperature": 0.0}},
        {"params": {"structured_output": "json_object"}},
        {"params": {"extra_body": {"min_p": 0.1}}},
        {"retry": {"attempts": 2}},
    ],
)
def test_digest_covers_what_changes_an_answer(changes):
    assert candidate(**changes).sha256 != candidate().sha256


def test_digest_of_a_reference_candidate_covers_its_code_and_rules(monkeypatch):
    oracle = {"id": "o", "model": "reference/oracle", "assurance": {"level": "code"}}
    before = Candidate.model_validate(oracle).sha256
    monkeypatch.setattr(
        "evaluators.candidates.config.reference_digests", lambda model: {"floors.py": "0" * 64}
    )
    assert Candidate.model_validate(oracle).sha256 != before


def test_a_candidate_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        candidate().model = "openai/z"
