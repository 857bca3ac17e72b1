"""From an exception of LiteLLM to what the client does about it.

Belongs here: the classification and the reading of `Retry-After`. Does not belong here: waiting
and asking again (`client`). What is returned holds numbers and enums only: the exception, whose
text may quote a request, ends here.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from evaluators.candidates.errors import FaultKind

_RETRIED_STATUS = frozenset({408, 409, 429})
_TOO_LONG = frozenset({"context_length_exceeded"})
_FILTERED = frozenset({"content_filter", "content_policy_violation"})
_BROKEN = frozenset(
    {"APIConnectionError", "ConnectError", "ReadError", "WriteError", "RemoteProtocolError"}
)
_QUOTA_WORDS = ("insufficient_quota", "billing_hard_limit", "exceeded your current quota")


@dataclass(frozen=True)
class Fault:
    """One failed call."""

    kind: FaultKind
    status: int | None
    is_retried: bool
    retry_after_seconds: float | None = None


@dataclass(frozen=True)
class Unanswerable:
    """A refusal by the endpoint that is the candidate's own outcome, not a failure of the road."""

    finish_reason: str


def classify(error: BaseException, litellm: Any) -> Fault | Unanswerable:
    """Say what `error`, raised by a call, means.

    408, 409, 429, 5xx, timeouts and broken connections are tried again. 401, 403, an exhausted
    quota and requests that the endpoint rejects as malformed are not. A conversation beyond the
    context window (`length`) and one stopped by a content filter (`content_filter`) are answers.
    """
    codes = {str(getattr(link, "code", None)) for link in _chain(error)}
    if isinstance(error, litellm.ContextWindowExceededError) or codes & _TOO_LONG:
        return Unanswerable("length")
    if isinstance(error, litellm.ContentPolicyViolationError) or codes & _FILTERED:
        return Unanswerable("content_filter")
    if isinstance(error, TimeoutError | litellm.Timeout):
        return Fault(FaultKind.TIMEOUT, None, is_retried=True)
    status = _status(error)
    if _is_broken_connection(error, litellm):
        return Fault(FaultKind.CONNECTION, None, is_retried=True)
    if status in {401, 403}:
        return Fault(FaultKind.AUTHENTICATION, status, is_retried=False)
    if status == 402 or (status == 429 and _is_quota(error)):
        return Fault(FaultKind.QUOTA, status, is_retried=False)
    if status == 429:
        return Fault(FaultKind.RATE_LIMIT, status, True, retry_after(_headers(error)))
    if status is not None and (status in _RETRIED_STATUS or status >= 500):
        return Fault(FaultKind.UNAVAILABLE, status, True, retry_after(_headers(error)))
    if status is None and isinstance(error, OSError):
        return Fault(FaultKind.CONNECTION, None, is_retried=True)
    return Fault(FaultKind.CONFIGURATION, status, is_retried=False)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by `retry-after-ms` or `retry-after` (a number or a date).

    Returns:
        Seconds, not negative; None when the header is absent or cannot be read.
    """
    low = {str(name).lower(): str(value) for name, value in headers.items()}
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        if name in low:
            try:
                seconds = float(low[name]) * unit
            except ValueError:
                continue
            return max(0.0, seconds) if math.isfinite(seconds) else None
    try:
        return max(0.0, parsedate_to_datetime(low["retry-after"]).timestamp() - time.time())
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def _status(error: BaseException) -> int | None:
    """HTTP status of the response that came; LiteLLM's own guess where none is at hand."""
    for link in _chain(error):
        if type(link).__name__ == "HTTPStatusError":
            return _valid(getattr(getattr(link, "response", None), "status_code", None))
    return _valid(getattr(error, "status_code", None))


def _valid(status: Any) -> int | None:
    return status if isinstance(status, int) and 100 <= status <= 599 else None


def _is_broken_connection(error: BaseException, litellm: Any) -> bool:
    """Whether no whole response came. LiteLLM gives such an error the status 500 all the same."""
    names = {type(link).__name__ for link in _chain(error)}
    if "HTTPStatusError" in names:
        return False
    return isinstance(error, litellm.APIConnectionError) or bool(names & _BROKEN)


def _headers(error: BaseException) -> Mapping[str, str]:
    for link in _chain(error):
        for source in (
            getattr(link, "litellm_response_headers", None),
            getattr(getattr(link, "response", None), "headers", None),
        ):
            if source and any(str(name).lower().startswith("retry-after") for name in source):
                found: Mapping[str, str] = source
                return found
    return {}


def _is_quota(error: BaseException) -> bool:
    """Read the endpoint's error code; the text is looked into and never passed on."""
    return any(word in str(link).lower() for link in _chain(error) for word in _QUOTA_WORDS)


def _chain(error: BaseException) -> list[BaseException]:
    links: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in links:
        links.append(link)
        link = link.__cause__ or link.__context__
    return links
