"""The parts of an entry of `candidates.yaml`: what it declares, asks for and allows.

Belongs here: assurance, egress, parameters, retries, spending, prices. Does not belong here: the
entry as a whole and its digest (`config`), what follows from a declaration (`egress`).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import Field, JsonValue, model_validator

from evaluators.encounter.protocol import Border


class Assurance(StrEnum):
    """How surely the candidate that is examined is the one that others run."""

    WEIGHTS = "W"
    """Weights hashed by us."""
    RUNTIME = "R"
    """Runtime digest, such as an Ollama manifest with every layer."""
    SNAPSHOT = "S"
    """Dated provider snapshot plus a canary fingerprint."""
    ALIAS = "A"
    """Mutable alias: examined and shown, never credentialed."""
    CODE = "code"
    """Code and rule files of this repository, hashed into the candidate's digest."""


class AssuranceClaim(Border):
    """The claimed level with what supports it."""

    level: Assurance = Assurance.ALIAS
    evidence: str | None = None
    """A digest, a snapshot name or an address; needed for every level but `A` and `code`."""

    @model_validator(mode="after")
    def _evidence_is_given(self) -> Self:
        if self.level not in {Assurance.ALIAS, Assurance.CODE} and not self.evidence:
            raise ValueError(f"level {self.level.value} needs evidence: give the digest or address")
        return self


class EgressDeclaration(Border):
    """What is declared of the endpoint that will read the presentations and results."""

    kind: Literal["local", "zero_retention"]
    """`local`: the loopback interface or this process. Anything else is somebody's server."""
    no_training: bool = False
    no_human_review: bool = False
    evidence_url: str | None = Field(default=None, pattern=r"^https://\S+$")
    evidence_date: date | None = None
    """The day on which the evidence was read."""


class Params(Border):
    """Decoding parameters as sent; absent ones are the endpoint's defaults."""

    temperature: float | None = Field(default=None, ge=0.0, le=2.0)
    top_p: float | None = Field(default=None, gt=0.0, le=1.0)
    max_tokens: int | None = Field(default=None, ge=1)
    seed: int | None = None
    stop: tuple[str, ...] = ()
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high"] | None = None
    structured_output: Literal["off", "json_object", "json_schema"] = "off"
    """`json_schema` sends the schema of a step; `off` relies on the prompt alone."""
    extra_body: dict[str, JsonValue] = Field(default_factory=dict)
    """Fields of the endpoint's own dialect, added to the request's body."""

    def as_sent(self) -> dict[str, Any]:
        """The parameters that differ from silence, as plain JSON types: what digests cover."""
        sent = self.model_dump(mode="json", exclude_none=True)
        for name in ("stop", "extra_body"):
            if not sent[name]:
                del sent[name]
        if sent["structured_output"] == "off":
            del sent["structured_output"]
        return sent


class RetryPolicy(Border):
    """How long the client waits, and how often it asks again. Seconds throughout."""

    attempts: int = Field(default=6, ge=1, le=20)
    """Calls for one request, the first included."""
    initial_seconds: float = Field(default=1.0, gt=0.0)
    max_seconds: float = Field(default=60.0, gt=0.0)
    """Cap of one jittered, exponential wait."""
    max_retry_after_seconds: float = Field(default=300.0, gt=0.0)
    """A `Retry-After` beyond this ends the request as an infrastructure error."""
    timeout_seconds: float = Field(default=180.0, gt=0.0)
    """For one call, from first byte sent to last byte read."""


class Spending(Border):
    """Caps of one partition (one candidate in one category), replayed calls' cost included."""

    max_cost_usd: float | None = Field(default=None, ge=0.0)
    max_calls: int | None = Field(default=None, ge=0)


class Price(Border):
    """Prices for endpoints that LiteLLM's own price map does not know."""

    input_usd_per_million_tokens: float = Field(ge=0.0)
    output_usd_per_million_tokens: float = Field(ge=0.0)
