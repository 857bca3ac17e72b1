"""What `judge.yaml` may say, and the digest that names a judge.

Belongs here: the type of the one entry and reading the file. Does not belong here: whom the judge
may judge (`independence`), which data its endpoint may see (`evaluators.candidates.egress`: a judge
passes the same gate as a candidate). Without the file there is no judge: that is the default.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import ClassVar, Self

from pydantic import model_validator

from evaluators.candidates.config import Candidate, CandidateConfigError, read_entry, read_yaml
from evaluators.canonical import sha256_json
from evaluators.judge.prompt import PROMPT_VERSION, prompt_sha256

JUDGE_FORMAT = "medcred-judge/1"


class Judge(Candidate):
    """The judge: reached like a candidate, with settings that leave nothing to chance."""

    role: ClassVar[str] = "judge"
    declared_in: ClassVar[str] = "judge.yaml"

    @cached_property
    def sha256(self) -> str:
        """Digest over all that determines its readings: endpoint, parameters, prompt and rules."""
        return sha256_json(
            {
                "format": JUDGE_FORMAT,
                "model": self.model,
                "api_base": self.api_base,
                "params": self.params.as_sent(),
                "prompt": PROMPT_VERSION,
                "prompt_sha256": prompt_sha256(),
            }
        )

    @model_validator(mode="after")
    def _is_fit_to_judge(self) -> Self:
        if self.is_reference:
            raise ValueError(
                "a reference candidate is no judge: it knows the examination's answers"
            )
        if self.family is None:
            raise ValueError(
                "a judge names the family of its weights (family: llama-3), so that it never "
                "judges its own"
            )
        if self.params.temperature != 0.0:
            raise ValueError("a judge is deterministic: set params.temperature to 0")
        if self.modalities != ("text",):
            raise ValueError("a judge reads text alone: leave modalities out")
        return self


def load_judge(path: Path) -> Judge | None:
    """Read `judge.yaml`; None when there is no such file, which means that nobody judges.

    Raises:
        CandidateConfigError: if the file is not a mapping with `judge` alone, or its entry is
            refused. The text names line and field, and never quotes a value.
    """
    if not path.is_file():
        return None
    _, content = read_yaml(path)
    if not isinstance(content, dict) or set(content) != {"judge"}:
        raise CandidateConfigError(
            f"{path.name}: the top level must be a mapping with `judge` and nothing else"
        )
    return read_entry(content["judge"], path.name, Judge)
