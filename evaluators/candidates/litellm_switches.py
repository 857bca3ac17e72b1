"""LiteLLM made quiet: its switches, set once, before its first import.

Belongs here: environment, flags, loggers, the reference provider's registration, and the check
that nobody hung a callback into it. Does not belong here: calling it (`client`).

LiteLLM is imported inside `open_litellm` only: it takes five seconds.
"""

from __future__ import annotations

import logging
import os
import warnings
from functools import cache
from typing import Any

from evaluators.candidates.reference.identity import REFERENCE_MODELS
from evaluators.candidates.reference.provider import make_handler

_ENVIRONMENT = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else the import tries the network for prices
    "LITELLM_MODE": "PRODUCTION",  # else it loads a .env file
    "LITELLM_TELEMETRY": "False",
    "LITELLM_LOG": "ERROR",
    "DISABLE_AIOHTTP_TRUST_ENV": "True",  # see `open_litellm`
}
_CALLBACK_LISTS = (
    "callbacks",
    "input_callback",
    "success_callback",
    "failure_callback",
    "service_callback",
    "_async_input_callback",
    "_async_success_callback",
    "_async_failure_callback",
)
# At DEBUG these write whole requests, messages included.
_TALKATIVE = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy", "openai", "httpx", "httpcore")


class CallbacksPresent(RuntimeError):
    """Something in this process would be told of every message."""


@cache
def open_litellm() -> Any:
    """Import LiteLLM with every switch set.

    Messages are redacted from its exceptions, logs and warnings, its retries, fallbacks, caches
    and budgets are unused (the client's own apply), proxies of the environment do not reroute what
    goes to a loopback endpoint, and nothing is looked up on the network.

    Returns:
        The package `litellm`.
    """
    os.environ.update(_ENVIRONMENT)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # It quotes what an endpoint has sent in the place of a completion.
    warnings.filterwarnings("ignore", "Pydantic serializer warnings", UserWarning)
    import litellm

    litellm.redact_messages_in_exceptions = True
    litellm.turn_off_message_logging = True
    litellm.suppress_debug_info = True
    litellm.telemetry = False
    litellm.drop_params = False
    litellm.modify_params = False
    litellm.disable_token_counter = True
    litellm.disable_end_user_cost_tracking = True
    litellm.num_retries = 0
    litellm.cache = None
    litellm.model_fallbacks = None
    litellm.disable_aiohttp_trust_env = True
    litellm.disable_aiohttp_transport = False
    for name in _TALKATIVE:  # the import sets its own levels
        logging.getLogger(name).setLevel(logging.CRITICAL)
    litellm.custom_provider_map = [
        {"provider": "reference", "custom_handler": make_handler(litellm)}
    ]
    # Their price is known: nothing. Without an entry LiteLLM searches its map on every call.
    price = {
        "input_cost_per_token": 0.0,
        "output_cost_per_token": 0.0,
        "litellm_provider": "reference",
        "mode": "chat",
    }
    litellm.register_model({model: dict(price) for model in REFERENCE_MODELS})
    assert_no_callbacks(litellm)
    return litellm


def assert_no_callbacks(litellm: Any) -> None:
    """Refuse to go on when a callback is registered: it would receive patients' data.

    Raises:
        CallbacksPresent: naming the list, never what is in it.
    """
    for name in _CALLBACK_LISTS:
        # "cache" is LiteLLM's own mark of an in-memory cache object, idle while litellm.cache is
        # None; its Gemini road leaves it behind.
        if any(callback != "cache" for callback in getattr(litellm, name, None) or ()):
            raise CallbacksPresent(
                f"litellm.{name} is not empty: remove what registers it before examining anybody"
            )


def mark_internal() -> None:
    """Tell LiteLLM that the calls of this task are somebody's inner calls.

    It then builds no log record of the reply and starts no logging worker: no copy of a message
    waits in a queue, and a call costs 40% less. The mark is a context variable, so it holds for
    the task that sets it and for tasks started from there.
    """
    from litellm._internal_context import is_internal_call

    is_internal_call.set(True)
