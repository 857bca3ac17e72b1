"""Which endpoint may see which release: the rule that is applied before a socket is opened.

Belongs here: the decision. Does not belong here: who among people may read a release
(`sources`, access records), how an endpoint is called (`client`). A judge model is a candidate in
this sense too and passes the same gate.
"""

from __future__ import annotations

from enum import StrEnum

from evaluators.candidates.config import Candidate

GUARDED_PROVIDERS = frozenset(
    {"openai", "hosted_vllm", "ollama", "ollama_chat", "lm_studio", "llamafile", "anthropic"}
    | {"azure_ai", "deepseek", "fireworks_ai", "gemini", "groq", "mistral", "openrouter"}
    | {"together_ai", "xai"}
)
"""LiteLLM providers whose every request is proven (by a test) to leave through the client's own
session, which refuses any origin but `api_base`. Others may ignore `api_base`."""


class Tier(StrEnum):
    """How a release may be handled."""

    OPEN = "open"
    CREDENTIALED = "credentialed"


class EgressRefused(PermissionError):
    """The endpoint may not receive this release; the text says what its entry lacks."""


def admit(candidate: Candidate, tier: Tier | str) -> None:
    """Admit `candidate` to data of `tier`, or refuse it.

    Reference candidates answer in this process and are always admitted, and so is everything for
    the tier `open`. Credentialed data goes, through a guarded provider, to loopback endpoints or
    to endpoints that declare zero retention, no training and no human review, with evidence and
    its date (PhysioNet, "Responsible use of MIMIC data with online services like GPT", 2023).

    Raises:
        EgressRefused: otherwise. No connection has been opened, no name looked up.
        ValueError: if `tier` is not a tier.
    """
    if Tier(tier) is Tier.OPEN or candidate.is_reference:
        return
    if candidate.provider not in GUARDED_PROVIDERS:
        raise EgressRefused(
            f"{candidate.role} '{candidate.id}' may not receive credentialed data: its provider is "
            "not known to keep to api_base; name it as openai/... or hosted_vllm/... instead"
        )
    if candidate.is_loopback:
        return
    missing = _missing(candidate)
    if missing:
        raise EgressRefused(
            f"{candidate.role} '{candidate.id}' may not receive credentialed data: its endpoint is "
            f"not on this machine and its egress declaration lacks {', '.join(missing)}; declare "
            f"these in {candidate.declared_in} if they are true, or serve the model locally"
        )


def _missing(candidate: Candidate) -> list[str]:
    declared = candidate.egress
    if declared is None or declared.kind != "zero_retention":
        return ["zero retention", "no training", "no human review", "evidence with its date"]
    lacks = {
        "no training": not declared.no_training,
        "no human review": not declared.no_human_review,
        "an evidence address": declared.evidence_url is None,
        "the date of the evidence": declared.evidence_date is None,
    }
    return [name for name, is_missing in lacks.items() if is_missing]
