"""A transparent clinician: equal odds, likelihood ratios, targeted orders, cautious treatment.

Belongs here: the reasoning of `reference/bedside`, a pure function of the conversation. Does not
belong here: what it knows (`bedside_rules/`), and anything that the conversation does not show.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

from evaluators.candidates.reference import task_bedside
from evaluators.candidates.reference.bedside_rules import (
    BedsideRules,
    CategoryRules,
    ConditionRule,
    Sign,
    load_rules,
)
from evaluators.candidates.reference.briefing import Briefing
from evaluators.candidates.reference.conversation import Conversation
from evaluators.candidates.reference.task_answers import with_answers
from evaluators.encounter.protocol import (
    FinalAnswer,
    Presentation,
    RankedDiagnosis,
    Step,
)
from evaluators.encounter.tasks import ADMISSION, kind_of

_NUMBER = re.compile(r"^\s*(?:[<>]=?\s*)?(-?\d+(?:\.\d+)?)")
_DIFFERENTIAL_LENGTH = 5
_UNKNOWN = "Undetermined"


class Patient:
    """What the conversation shows of one patient, ready to be asked for signs."""

    def __init__(self, conversation: Conversation) -> None:
        self.presentation: Presentation = conversation.opening.presentation
        self._words: Mapping[str, str] = {
            "complaint": (self.presentation.chief_complaint or "").casefold(),
            "past": " | ".join(self.presentation.past_diagnoses).casefold(),
            "drug": " | ".join(self.presentation.home_drugs).casefold(),
        }
        values: dict[str, list[str]] = defaultdict(list)
        for result in conversation.results:
            values[result.test.casefold()].append(result.value.casefold())
        self._values = values

    def shows(self, sign: Sign) -> bool | None:
        """Whether the sign is present; None when nobody has looked."""
        for field, words in self._words.items():
            wanted: tuple[str, ...] = getattr(sign, field)
            if wanted:
                if not words:
                    return None
                # A complaint is full of short abbreviations; titles and drugs are stems.
                return bool(_any_word(wanted, whole=field == "complaint").search(words))
        if sign.vital is not None:
            value = getattr(self.presentation, sign.vital)
            return None if value is None else _crosses(sign, [float(value)])
        texts = self._values.get((sign.test or "").casefold())
        if not texts:
            return None
        if sign.text:
            return any(word in text for text in texts for word in sign.text)
        numbers = [float(match[1]) for text in texts if (match := _NUMBER.match(text))]
        return _crosses(sign, numbers) if numbers else None


@cache
def _any_word(words: tuple[str, ...], *, whole: bool) -> re.Pattern[str]:
    """Any of `words` at the start of a word; in full unless other endings are welcome."""
    choices = "|".join(re.escape(word.casefold()) for word in words)
    return re.compile(rf"(?<![a-z0-9])(?:{choices})" + (r"(?![a-z0-9])" if whole else ""))


def _crosses(sign: Sign, numbers: Sequence[float]) -> bool:
    if sign.above is not None:
        return max(numbers) > sign.above
    return sign.below is not None and min(numbers) < sign.below


def probabilities(patient: Patient, rules: Sequence[ConditionRule]) -> list[float]:
    """Posterior of each rule's condition, from equal priors, as if findings were independent."""
    logs: list[float] = []
    for rule in rules:
        log_odds = 0.0
        for finding in rule.findings:
            present = patient.shows(finding)
            if present is not None:
                log_odds += math.log(finding.lr if present else finding.otherwise)
        logs.append(log_odds)
    highest = max(logs)
    weights = [math.exp(value - highest) for value in logs]
    total = math.fsum(weights)
    return [weight / total for weight in weights]


def answer(conversation: Conversation, briefing: Briefing) -> Step:
    """The next step: orders while they may help, then the leading diagnosis and its treatment."""
    del briefing
    rules = load_rules()
    kind = kind_of(conversation.opening.task)
    if kind == "radiology":
        return _read_film(conversation)
    known = rules.everything() if kind != ADMISSION else _known(conversation, rules)
    if not known.conditions:
        return _shrug(conversation, rules)
    patient = Patient(conversation)
    chances = probabilities(patient, known.conditions)
    ranked = sorted(
        zip(chances, known.conditions, strict=True), key=lambda pair: (-pair[0], pair[1].id)
    )
    lead_chance, lead = ranked[0]
    differential = tuple(
        RankedDiagnosis(diagnosis=rule.name, icd10=rule.icd10, probability=round(chance, 4))
        for chance, rule in ranked[:_DIFFERENTIAL_LENGTH]
    )
    treatment = _treatment(patient, lead) if lead_chance >= rules.act_at else ()
    orders = _orders(conversation, rules, [rule for _, rule in ranked[: rules.follow_up]])
    made = len(conversation.steps)
    is_last = conversation.turns_left <= 1 or made + 1 >= rules.planned_turns
    is_sure = made >= 2 and lead_chance >= rules.commit_at
    if is_last or is_sure or not orders:
        final = FinalAnswer(diagnosis=lead.name, icd10=lead.icd10, plan=treatment)
        if kind == "intensive_care":
            final = with_answers(final, task_bedside.organ_support(conversation))
        elif kind == "emergency":
            final = with_answers(final, task_bedside.triage(patient.presentation))
        return Step(differential=differential, final=final)
    stated = {action for step in conversation.steps for action in step.actions}
    return Step(
        orders=orders,
        actions=tuple(action for action in treatment if action not in stated) if made else (),
        differential=differential,
    )


def _orders(
    conversation: Conversation, rules: BedsideRules, leading: Sequence[ConditionRule]
) -> tuple[str, ...]:
    """First the panel for everybody and the category's, then the leading diagnoses' own tests."""
    wanted: list[str] = []
    if not conversation.steps:
        wanted += rules.first_panel
        wanted += _known(conversation, rules).panel
        if kind_of(conversation.opening.task) == "intensive_care":
            wanted += task_bedside.SUPPORT_ORDERS
    else:
        for rule in leading:
            wanted += rule.orders
    placed = {order for step in conversation.steps for order in step.orders}
    if conversation.replies:
        # Ordering again is how one waits for a result.
        pending = [o.order for o in conversation.replies[-1].orders if o.status == "pending"]
        placed -= set(pending)
        wanted = pending + wanted
    return tuple(dict.fromkeys(order for order in wanted if order not in placed))


def _known(conversation: Conversation, rules: BedsideRules) -> CategoryRules:
    return rules.of_category(conversation.opening.category)


def _read_film(conversation: Conversation) -> Step:
    """The findings that the report's words name; an image alone is not read."""
    film = conversation.opening.film
    labels = task_bedside.film_labels(film.findings if film is not None else None)
    return Step(final=with_answers(FinalAnswer(diagnosis=""), {"labels": labels}))


def _treatment(patient: Patient, rule: ConditionRule) -> tuple[str, ...]:
    held = {item.action for item in rule.withhold if patient.shows(item.when)}
    return tuple(action for action in rule.actions if action not in held)


def _shrug(conversation: Conversation, rules: BedsideRules) -> Step:
    """A category without rules: the first panel, then an honest empty hand."""
    if not conversation.steps and conversation.turns_left > 1:
        return Step(orders=rules.first_panel)
    return Step(final=FinalAnswer(diagnosis=_UNKNOWN))
