"""What can go wrong on the way to a candidate, apart from the candidate itself.

Belongs here: the classes and their wording. Does not belong here: deciding which one it is
(`faults`). No text ever holds a message, a reply or a key.
"""

from __future__ import annotations

from enum import StrEnum


class FaultKind(StrEnum):
    """Why a request got no answer."""

    AUTHENTICATION = "authentication"
    QUOTA = "quota"
    CONFIGURATION = "configuration"
    RATE_LIMIT = "rate_limit"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    UNAVAILABLE = "unavailable"


_ADVICE = {
    FaultKind.AUTHENTICATION: "check the key in the variable that api_key_env names",
    FaultKind.QUOTA: "raise the account's quota, then run again",
    FaultKind.CONFIGURATION: "check model, api_base and params of its entry",
    FaultKind.RATE_LIMIT: "lower max_concurrency or run again later",
    FaultKind.TIMEOUT: "raise retry.timeout_seconds or run again later",
    FaultKind.CONNECTION: "check that the endpoint is up, then run again",
    FaultKind.UNAVAILABLE: "run again later",
}


class InfrastructureError(RuntimeError):
    """A request got no answer through no fault of the candidate: the encounter stays unscored."""

    def __init__(
        self,
        candidate_id: str,
        kind: FaultKind,
        *,
        status: int | None = None,
        attempts: int = 1,
        role: str = "candidate",
    ) -> None:
        self.candidate_id = candidate_id
        self.kind = kind
        self.status = status
        self.attempts = attempts
        told = f"HTTP {status}, " if status is not None else ""
        super().__init__(
            f"{role} '{candidate_id}' gave no answer ({kind.value}, {told}{attempts} attempts): "
            f"{_ADVICE[kind]}"
        )


class ModelChanged(RuntimeError):
    """Another model than before answered within one run: the run is invalid."""

    def __init__(self, candidate_id: str, role: str = "candidate") -> None:
        self.candidate_id = candidate_id
        super().__init__(
            f"{role} '{candidate_id}': the endpoint's model id changed during the run, so its "
            "answers are not one model's; pin it, or make a new entry of it"
        )


class PicturesRefused(ValueError):
    """Pictures were offered to a candidate that does not declare that it takes them."""

    def __init__(self, candidate_id: str) -> None:
        super().__init__(
            f"candidate '{candidate_id}' does not declare the modality `image`: add "
            "`modalities: [text, image]` to its entry, or leave it out of categories with pictures"
        )


class BriefingRefused(ValueError):
    """A briefing was offered to a candidate that must not have one."""

    def __init__(self, candidate_id: str) -> None:
        super().__init__(
            f"candidate '{candidate_id}' must not be briefed: only reference candidates are"
        )
