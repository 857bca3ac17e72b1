"""The reference candidates as one LiteLLM provider, so that they take every candidate's road.

Belongs here: the handler that LiteLLM calls. Does not belong here: LiteLLM's switches
(`evaluators.candidates.litellm_switches`) and what each candidate answers (`floors`, `bedside`).
The handler sees the messages and the briefing, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evaluators.candidates.reference import bedside, floors, leak_probe, swayed
from evaluators.candidates.reference.briefing import Briefing
from evaluators.candidates.reference.conversation import Conversation, read_conversation
from evaluators.encounter.protocol import Step

_ANSWERS: Mapping[str, Callable[[Conversation, Briefing], Step]] = {
    "commonest": floors.commonest,
    "random": floors.random,
    "order-everything": floors.order_everything,
    "oracle": floors.oracle,
    "bedside": bedside.answer,
    "leak-probe": leak_probe.answer,
    **{name: swayed.swayed(name) for name in swayed.SWAYED},
}
_NO_BRIEFING = Briefing()


def answer(
    name: str, messages: Sequence[Mapping[str, object]], briefing: Mapping[str, Any] | None
) -> str:
    """The reply of the reference candidate `name` (without `reference/`): a `Step` as JSON.

    Raises:
        KeyError: for an unknown name.
        UnreadableConversation: if the messages are not of this protocol.
        NotBriefed: if it lacks what it must be told.
    """
    told = _NO_BRIEFING if briefing is None else Briefing.model_validate(briefing)
    step = _ANSWERS[name](read_conversation(messages), told)
    return step.model_dump_json(exclude_defaults=True)


def make_handler(litellm: Any) -> Any:
    """A LiteLLM `CustomLLM` for the provider `reference`; `litellm` is the imported package."""
    base: Any = litellm.CustomLLM

    class ReferenceProvider(base):  # type: ignore[misc]  # known at run time only
        async def acompletion(  # LiteLLM's own signature
            self,
            model: str,
            messages: list[dict[str, object]],
            model_response: Any,
            optional_params: dict[str, Any],
            **unused: Any,
        ) -> Any:
            del unused
            text = answer(model, messages, optional_params.get("briefing"))
            choice = model_response.choices[0]
            choice.message.content = text
            choice.finish_reason = "stop"
            model_response.model = f"reference/{model}"
            # No tokenizer is run: nothing is sold by the token here.
            model_response.usage = litellm.Usage(
                prompt_tokens=0, completion_tokens=0, total_tokens=0
            )
            # Said here, it is not worked out: that is a fifth of a call's time.
            model_response._hidden_params["response_cost"] = 0.0
            return model_response

    return ReferenceProvider()
