"""The candidates that know nothing, or everything: floors and ceiling of every score.

Belongs here: `commonest`, `random`, `order-everything`, `oracle`. Does not belong here: the
clinician that reasons (`bedside`).
"""

from __future__ import annotations

import hashlib
import math

from evaluators.candidates.reference.briefing import Briefing, NamedDiagnosis
from evaluators.candidates.reference.conversation import Conversation
from evaluators.candidates.reference.task_answers import Answers, drawn_answers, with_answers
from evaluators.encounter.protocol import FinalAnswer, RankedDiagnosis, Step


class NotBriefed(ValueError):
    """A reference candidate was asked without what it must be told."""


def commonest(conversation: Conversation, briefing: Briefing) -> Step:
    """Answer the set's commonest condition at once, whoever comes."""
    del conversation
    return _commit(_told(briefing.commonest, "the commonest condition"), answers=briefing.answers)


def oracle(conversation: Conversation, briefing: Briefing) -> Step:
    """Answer the truth at once, and what has to be done: leaving that out would be unsafe."""
    del conversation
    return _commit(
        _told(briefing.truth, "the truth"), plan=briefing.actions, answers=briefing.answers
    )


def random(conversation: Conversation, briefing: Briefing) -> Step:
    """Answer one of the category's conditions, drawn by the SHA-256 of the opening message."""
    if not briefing.conditions:
        raise NotBriefed("reference/random was not told the category's conditions: brief it")
    digest = hashlib.sha256(conversation.opening_text.encode()).digest()
    number = int.from_bytes(digest, "big")
    index = number % len(briefing.conditions)
    share = round(1.0 / len(briefing.conditions), 4)
    drawn = None if briefing.answers is None else drawn_answers(briefing.answers, number >> 64)
    return _commit(briefing.conditions[index], probability=share, answers=drawn)


def order_everything(conversation: Conversation, briefing: Briefing) -> Step:
    """Order the whole catalogue, spread over all turns but the last, then answer the commonest.

    It stops when nothing of the last batch was carried out: the cap on orders is reached. With a
    film there is nothing to order.
    """
    answer = _told(briefing.commonest, "the commonest condition")
    made = len(conversation.steps)
    ordering_turns = conversation.opening.turns_left - 1
    is_capped = bool(conversation.replies) and not conversation.replies[-1].orders
    film_alone = conversation.opening.film is not None
    if film_alone or made >= ordering_turns or conversation.turns_left <= 1 or is_capped:
        return _commit(answer, answers=briefing.answers)
    size = math.ceil(len(briefing.tests) / ordering_turns)
    batch = briefing.tests[made * size : (made + 1) * size]
    if not batch:
        return _commit(answer, answers=briefing.answers)
    return Step(orders=batch, differential=(_ranked(answer, 1.0),))


def _commit(
    named: NamedDiagnosis,
    probability: float = 1.0,
    plan: tuple[str, ...] = (),
    answers: Answers | None = None,
) -> Step:
    final = FinalAnswer(diagnosis=named.diagnosis, icd10=named.icd10, plan=plan)
    return Step(
        differential=(_ranked(named, probability),),
        final=final if answers is None else with_answers(final, answers),
    )


def _ranked(named: NamedDiagnosis, probability: float) -> RankedDiagnosis:
    return RankedDiagnosis(diagnosis=named.diagnosis, icd10=named.icd10, probability=probability)


def _told(named: NamedDiagnosis | None, what: str) -> NamedDiagnosis:
    if named is None:
        raise NotBriefed(f"this reference candidate was not told {what}: brief it")
    return named
