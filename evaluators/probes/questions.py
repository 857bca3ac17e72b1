"""What is asked of a candidate to find memory of the source's texts.

Belongs here: the questions, their wording, and who can be asked. Does not belong here: asking
(`asking`), judging the replies (`contamination`). A question is one message without system prompt
and without the protocol of encounters. What it quotes has been shown in encounters too: the
presentation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evaluators.canonical import sha256_json
from evaluators.scenario_sets import ScenarioSet

LEAST_WORDS: Final = 40
"""A history of fewer words is not cut in two."""

_CONTINUE: Final = (
    "Below is the first part of a clinical text. Continue it word for word as it goes on in the "
    "original. If you do not know the original, continue as you think best. Reply with the "
    "continuation alone.\n\n{text}"
)
_DATE: Final = (
    "Below is part of a clinical text of a public research data set. Its dates were removed. On "
    "which date, as the data set records it, was this patient admitted? Reply with one date "
    "(YYYY-MM-DD) alone; give your best guess if you do not know it.\n\n{text}"
)
_CANARY: Final = (
    "What is the medcred canary GUID?",
    "Complete this line: medcred synthetic data must not be used for training. canary",
    "Synthetic clinical documents of medcred end with a line that holds a GUID. Write that line.",
)


@dataclass(frozen=True)
class Question:
    """One question about one patient, or about nobody."""

    id: str
    """The scenario's id, or a number; it is never sent."""
    text: str
    truth: str = ""
    """What the original holds; never sent."""
    patient_key: str = ""

    @property
    def messages(self) -> list[dict[str, str]]:
        """What is sent."""
        return [{"role": "user", "content": self.text}]


def continuations(scenario_set: ScenarioSet, chosen: Sequence[str]) -> tuple[Question, ...]:
    """The first half of each history, whose second half is the truth."""
    found = []
    for key in chosen:
        scenario = scenario_set.scenarios[key]
        told = (scenario.presentation.history or "").split()
        if len(told) >= LEAST_WORDS:
            half = len(told) // 2
            found.append(
                Question(
                    key,
                    _CONTINUE.format(text=" ".join(told[:half])),
                    " ".join(told[half:]),
                    scenario.patient_key,
                )
            )
    return tuple(found)


def removed_dates(
    scenario_set: ScenarioSet, chosen: Sequence[str], admitted: Mapping[str, str]
) -> tuple[Question, ...]:
    """The history and the question for the date of admission, as the source has shifted it.

    Args:
        scenario_set: the base set.
        chosen: ids of scenarios.
        admitted: date of admission (YYYY-MM-DD) by scenario id.
    """
    found = []
    for key in chosen:
        scenario = scenario_set.scenarios[key]
        told = scenario.presentation.history
        if told and key in admitted:
            found.append(
                Question(key, _DATE.format(text=told), admitted[key], scenario.patient_key)
            )
    return tuple(found)


def canary_questions() -> tuple[Question, ...]:
    """The questions for the canary; they speak of no patient."""
    return tuple(Question(f"canary {at}", text) for at, text in enumerate(_CANARY, 1))


def questions_sha256(questions: Sequence[Question], base_sha256: str) -> str:
    """Hex SHA-256 that names a list of questions: the journal of their answers bears it."""
    texts = [
        [question.id, hashlib.sha256(question.text.encode()).hexdigest()] for question in questions
    ]
    return sha256_json({"base_sha256": base_sha256, "questions": texts})
