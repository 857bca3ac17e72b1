"""The one road to a candidate: LiteLLM over aiohttp, with this house's own retries.

Belongs here: opening a candidate's endpoint, asking it, pricing the reply, noticing that another
model answers. Does not belong here: what a request holds (`_request`), remembering replies
(`evaluators.journal`), caps of an encounter (`evaluators.encounter`).

Transport. Every request leaves through one `aiohttp.ClientSession` of the client, inside LiteLLM's
aiohttp transport, dressed as the client that the provider's road takes. httpx's own network
transport costs four times as much and is never used. The session refuses every origin but the
entry's `api_base`, and redirects are not followed, so that neither the endpoint nor a variable of
the environment can lead a message elsewhere.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import tenacity

from evaluators.candidates._request import Messages, as_sent, call_arguments
from evaluators.candidates._response import count_of, name_of, text_of, watch_body
from evaluators.candidates.config import Candidate
from evaluators.candidates.egress import EgressRefused, Tier, admit
from evaluators.candidates.errors import (
    BriefingRefused,
    FaultKind,
    InfrastructureError,
    ModelChanged,
    PicturesRefused,
)
from evaluators.candidates.faults import Fault, Unanswerable, classify
from evaluators.candidates.litellm_switches import (
    assert_no_callbacks,
    mark_internal,
    open_litellm,
)
from evaluators.candidates.reference.briefing import Briefing
from evaluators.canonical import sha256_json
from evaluators.encounter.protocol import OUTPUT_LIMIT_MARK, Picture, Reply
from evaluators.encounter.replies import STEP_SCHEMA

if TYPE_CHECKING:
    import aiohttp

__all__ = ["Answer", "Messages", "ModelClient"]

Sleep = Callable[[float], Awaitable[None]]

_OPENAI_SDK_PROVIDERS = frozenset({"openai", "lm_studio", "llamafile"})
"""Providers that LiteLLM reaches through the OpenAI SDK; the others through its own handler."""
_NO_KEY = "not-needed"
"""Sent to an endpoint without a key, so that no key of the environment is."""
_MILLION = 1_000_000.0


@dataclass(frozen=True)
class Answer:
    """A reply with what it took to get it."""

    reply: Reply
    calls: int
    """Calls made, failed ones included."""
    seconds: float
    """Duration of the call that succeeded; waits and failures are not the candidate's time."""


class _Retried(Exception):  # a signal within this module
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.kind.value)


class ModelClient:
    """Asks one candidate. Open it with `async with`; it may serve many conversations at once.

    Args:
        candidate: whom to ask.
        tier: of the data in the messages. Strict unless said otherwise.
        sleep: how to wait between attempts.
        schema: name and JSON schema of the reply, sent where `structured_output` is `json_schema`.

    Raises:
        EgressRefused: if the candidate's endpoint may not receive data of that tier.
    """

    def __init__(
        self,
        candidate: Candidate,
        *,
        tier: Tier | str = Tier.CREDENTIALED,
        sleep: Sleep = asyncio.sleep,
        schema: tuple[str, Mapping[str, Any]] = ("step", STEP_SCHEMA),
    ) -> None:
        admit(candidate, tier)
        self.candidate = candidate
        self._schema = schema
        self._sleep = sleep
        self._sent_params = candidate.params.as_sent()
        self._arguments: dict[str, Any] = {}
        self._litellm: Any = None
        self._resources = AsyncExitStack()
        self._model_seen: str | None = None
        self._has_strayed = False
        self._is_unpriced = False

    async def __aenter__(self) -> Self:
        self._litellm = open_litellm()
        key = self._key()
        self._arguments = call_arguments(self.candidate, self._schema)
        if not self.candidate.is_reference:
            session = await self._resources.enter_async_context(self._session())
            self._arguments["client"] = self._http_client(session, key)
            if key is not None:
                self._arguments["api_key"] = key
        return self

    async def __aexit__(self, *exception: object) -> None:
        self._arguments = {}
        await self._resources.aclose()

    def request_sha256(
        self,
        messages: Messages,
        briefing: Briefing | None = None,
        pictures: Sequence[Picture] = (),
    ) -> str:
        """Digest over model, messages, parameters, pictures, and a reference one's briefing."""
        params = self._sent_params
        if briefing is not None:
            params = {**params, "briefing_sha256": briefing.sha256}
        if pictures:
            params = {**params, "pictures_sha256": [picture.sha256 for picture in pictures]}
        return sha256_json(
            {"model": self.candidate.model, "messages": list(messages), "params": params}
        )

    def expect_model(self, model: str | None) -> None:
        """Take note of the model id of a reply, from the endpoint or from the journal.

        Raises:
            ModelChanged: if another id was noted before.
        """
        if model is None:
            return
        if self._model_seen is None:
            self._model_seen = model
        elif self._model_seen != model:
            raise ModelChanged(self.candidate.id, self.candidate.role)

    async def ask(
        self,
        messages: Messages,
        *,
        briefing: Briefing | None = None,
        pictures: Sequence[Picture] = (),
    ) -> Reply:
        """Ask, as often as the retry policy allows, and return the reply.

        Args:
            messages: system prompt, then user and assistant in turn.
            briefing: what a reference candidate is told besides.
            pictures: what the messages show, each naming its message; sent as data URIs after
                that message's text, in the order given.

        Returns:
            The reply. Empty choices give an empty text; a conversation beyond the context window
            gives an empty text with the finish reason `length`, one refused by a content filter
            with `content_filter`. `cost_usd` is None when the price is not known.

        Raises:
            InfrastructureError: when no answer was to be had.
            ModelChanged: when another model answers than before.
            BriefingRefused: when a briefing is meant for any but a reference candidate.
            PicturesRefused: when the candidate does not declare the modality.
            EgressRefused: when the endpoint tried to lead the request elsewhere.
        """
        return (await self.answer(messages, briefing=briefing, pictures=pictures)).reply

    async def answer(
        self,
        messages: Messages,
        *,
        briefing: Briefing | None = None,
        pictures: Sequence[Picture] = (),
    ) -> Answer:
        """Like `ask`, with the number of calls and the duration of the successful one."""
        if briefing is not None and not self.candidate.is_reference:
            raise BriefingRefused(self.candidate.id)
        if pictures and not self.candidate.takes_pictures:
            raise PicturesRefused(self.candidate.id)
        if self._litellm is None:
            raise RuntimeError("the client is not open: use `async with ModelClient(...)`")
        assert_no_callbacks(self._litellm)
        calls = 0
        fault: Fault | None = None
        answered: Answer | None = None
        try:
            async for attempt in self._retrying():
                with attempt:
                    calls += 1
                    started = time.monotonic()
                    reply = await self._call(messages, briefing, pictures)
                    answered = Answer(reply, calls, time.monotonic() - started)
        except _Retried as last:
            fault = last.fault
        # Raised out here, so that no exception of LiteLLM hangs on it as its context.
        if answered is None:
            assert fault is not None
            raise InfrastructureError(
                self.candidate.id,
                fault.kind,
                status=fault.status,
                attempts=calls,
                role=self.candidate.role,
            )
        self.expect_model(answered.reply.model)
        return answered

    def _retrying(self) -> tenacity.AsyncRetrying:
        policy = self.candidate.retry
        backoff = tenacity.wait_random_exponential(
            multiplier=policy.initial_seconds, max=policy.max_seconds
        )

        def is_retried(error: BaseException) -> bool:
            if not isinstance(error, _Retried) or not error.fault.is_retried:
                return False
            asked = error.fault.retry_after_seconds
            return asked is None or asked <= policy.max_retry_after_seconds

        def wait(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome is not None else None
            asked = error.fault.retry_after_seconds if isinstance(error, _Retried) else None
            # Jitter on top: all conversations are told the same second.
            return (asked or 0.0) + backoff(state)

        return tenacity.AsyncRetrying(
            stop=tenacity.stop_after_attempt(policy.attempts),
            wait=wait,
            retry=tenacity.retry_if_exception(is_retried),
            sleep=self._sleep,
            reraise=True,
        )

    async def _call(
        self, messages: Messages, briefing: Briefing | None, pictures: Sequence[Picture]
    ) -> Reply:
        extra = {"briefing": briefing.as_plain} if briefing is not None else {}
        found: Fault | Unanswerable | None = None
        response: Any = None
        # A reference candidate reads texts and no pictures.
        sent = as_sent(messages, () if self.candidate.is_reference else pictures)
        mark_internal()
        too_long = watch_body()
        try:
            async with asyncio.timeout(self.candidate.retry.timeout_seconds):
                response = await self._litellm.acompletion(
                    messages=sent, **self._arguments, **extra
                )
        except Exception as error:  # LiteLLM raises whatever its providers raise
            found = classify(error, self._litellm)
        if self._has_strayed:
            raise EgressRefused(
                f"{self.candidate.role} '{self.candidate.id}': its endpoint sent the request on to "
                "another address; name the final address in api_base"
            )
        if too_long:
            return Reply(text="", finish_reason=OUTPUT_LIMIT_MARK)
        if isinstance(found, Unanswerable):
            return Reply(text="", finish_reason=found.finish_reason)
        if found is not None:
            if self.candidate.is_reference:
                found = Fault(FaultKind.CONFIGURATION, None, is_retried=False)
            raise _Retried(found)
        return self._read(response)

    def _read(self, response: Any) -> Reply:
        text, finish_reason = text_of(response)
        usage = getattr(response, "usage", None)
        prompt_tokens = count_of(getattr(usage, "prompt_tokens", None))
        completion_tokens = count_of(getattr(usage, "completion_tokens", None))
        model = name_of(getattr(response, "model", None))
        if response is not None:
            response.model = model  # LiteLLM looks its price up: minutes for a name of megabytes
        return Reply(
            text=text,
            finish_reason=finish_reason,
            model=model,
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            cost_usd=self._cost(response, prompt_tokens, completion_tokens),
        )

    def _cost(
        self, response: Any, prompt_tokens: int | None, completion_tokens: int | None
    ) -> float | None:
        """US dollars; None when unknown, 0.0 by definition for a reference candidate.

        A price of 0 in LiteLLM's map stands for "not priced" (its defaults for whole providers
        are such): it is unknown here. An endpoint that is free says so in its entry's `price`.
        """
        if self.candidate.is_reference:
            return 0.0
        price = self.candidate.price
        if price is not None:
            if prompt_tokens is None or completion_tokens is None:
                return None
            return (
                prompt_tokens * price.input_usd_per_million_tokens
                + completion_tokens * price.output_usd_per_million_tokens
            ) / _MILLION
        if self._is_unpriced:
            return None
        if prompt_tokens is None or completion_tokens is None:
            return None
        try:
            cost = self._litellm.completion_cost(
                completion_response=response, model=self.candidate.model
            )
        except Exception:  # it raises bare Exception for a model without a price
            cost = None
        if not cost:
            # One unknown price makes the sum unknown: looking on would change nothing.
            self._is_unpriced = True
            return None
        return float(cost)

    def _key(self) -> str | None:
        variable = self.candidate.api_key_env
        if variable is not None:
            key = os.environ.get(variable)
            if not key:
                raise self._without_key()
            return key
        return _NO_KEY if self.candidate.api_base is not None else None

    def _without_key(self) -> InfrastructureError:
        return InfrastructureError(
            self.candidate.id, FaultKind.AUTHENTICATION, attempts=0, role=self.candidate.role
        )

    def _session(self) -> aiohttp.ClientSession:
        import aiohttp
        import yarl

        from evaluators.candidates._body_cap import UNPACKED, CappedResponse

        base = self.candidate.api_base
        allowed = yarl.URL(base).origin() if base is not None else None

        async def guard(
            request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
        ) -> aiohttp.ClientResponse:
            if allowed is not None and request.url.origin() != allowed:
                self._has_strayed = True
                raise EgressRefused("another address than the entry's api_base")
            request.headers["Accept-Encoding"] = UNPACKED
            return await handler(request)

        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=max(100, self.candidate.max_concurrency)),
            cookie_jar=aiohttp.DummyCookieJar(),
            # A proxy may lie before somebody's server, never between us and this machine.
            trust_env=not self.candidate.is_loopback,
            middlewares=(guard,),
            response_class=CappedResponse,
        )

    def _http_client(self, session: aiohttp.ClientSession, key: str | None) -> Any:
        """What LiteLLM sends with: `session`, dressed as the client that this provider takes."""
        import httpx
        import openai
        from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler

        timeout = self.candidate.retry.timeout_seconds
        transport = AsyncHTTPHandler.create_aiohttp_transport(shared_session=session)
        if self.candidate.provider not in _OPENAI_SDK_PROVIDERS:
            return AsyncHTTPHandler(timeout=timeout, transport=transport, follow_redirects=False)
        if key is None and not os.environ.get("OPENAI_API_KEY"):
            raise self._without_key()
        return openai.AsyncOpenAI(
            api_key=key,
            base_url=self.candidate.api_base,
            max_retries=0,
            timeout=timeout,
            http_client=httpx.AsyncClient(
                transport=transport, trust_env=False, follow_redirects=False, timeout=timeout
            ),
        )
