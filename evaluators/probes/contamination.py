"""Contamination: what a candidate recalls of the source's texts, against chance.

Belongs here: judging replies to `questions`, their figures with intervals, the flags. Does not
belong here: asking (`asking`), the twins, which are a variant (`values_moved`).

Chance is measured on the very replies: what a reply shares with texts of other patients is idiom,
what it shares with its own patient's text beyond that is either inference or memory. The difference
is paired by patient, with the bootstrap interval and the sign-flip p of
`evaluators.scoring.statistics`. Under 11 patients nothing is told.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from data_contracts.canary import holds_canary
from evaluators.candidates.config import Candidate
from evaluators.journal import read_replies
from evaluators.probes.asking import ask_all
from evaluators.probes.questions import (
    Question,
    canary_questions,
    continuations,
    questions_sha256,
    removed_dates,
)
from evaluators.probes.recall import dates_in, longest_run, share_recalled, shares_run
from evaluators.probes.variant_sets import by_lot
from evaluators.probes.variants import declaration
from evaluators.scenario_sets import ScenarioSet
from evaluators.scoring.exact_bounds import clopper_pearson_bound
from evaluators.scoring.groups import SMALLEST_GROUP
from evaluators.scoring.score import rounded, statistics_seed
from evaluators.scoring.statistics import CaseCredit, Interval, compare_all

CONTINUATION: Final = "continuation"
DATES: Final = "dates"
CANARY_ASKED: Final = "canary"
CONTAMINATION_PROBES: Final = (CONTINUATION, DATES, CANARY_ASKED)
OTHERS: Final = 20
"""Texts of other patients against which chance is measured, for each reply."""
LONG_RUN: Final = 15
"""Words of a common run that nobody writes by chance more often than chance says."""
_TWO_SIDED: Final = 0.975

Recalled = Callable[[str, str], float]
"""From a reply and the original to what the reply recalls of it, in [0, 1]."""


@dataclass(frozen=True)
class RecallResult:
    """What one probe found in one candidate."""

    probe: str
    asked: int | None
    """Patients, or questions for the canary; None under 11 patients."""
    recalled: float | None = None
    """Mean over the patients, in [0, 1]."""
    chance: float | None = None
    """The same against other patients' texts."""
    difference: float | None = None
    interval: Interval | None = None
    """Two-sided 95 % of the difference."""
    p: float | None = None
    long_runs: float | None = None
    """Share of replies with a common run of `LONG_RUN` words or more; continuation only."""
    long_runs_by_chance: float | None = None
    longest_run_words: int | None = None
    """Words of the longest run that any reply has in common with its original."""
    threshold: float = 0.0

    @property
    def is_flagged(self) -> bool | None:
        """Whether the lower end of the interval exceeds the declared threshold."""
        return None if self.interval is None else self.interval.low > self.threshold

    def as_json(self) -> dict[str, Any]:
        """The figures in plain JSON types, rounded as scores are."""
        told: dict[str, Any] = rounded(
            {
                "probe": self.probe,
                "asked": self.asked,
                "recalled": self.recalled,
                "chance": self.chance,
                "difference": self.difference,
                "interval": None if self.interval is None else self.interval.as_json(),
                "p": self.p,
                "long_runs": self.long_runs,
                "long_runs_by_chance": self.long_runs_by_chance,
                "longest_run_words": self.longest_run_words,
                "threshold": self.threshold,
                "flagged": self.is_flagged,
            }
        )
        return told


async def probe_memory(
    base: ScenarioSet,
    candidate: Candidate,
    folder: Path,
    *,
    admitted: Mapping[str, str] | None = None,
    limit: int | None = None,
    on_answer: Callable[[str, int], None] | None = None,
) -> tuple[RecallResult, ...]:
    """Ask a candidate for what only memory of the source could know.

    Args:
        base: the frozen set.
        candidate: whom to ask; no reference candidate.
        folder: private; each probe's journal lies in a folder of its own there.
        admitted: date of admission by scenario id; without it the dates are not asked for.
        limit: at most so many scenarios, drawn by the SHA-256 of their ids; None: all.
        on_answer: told the probe and how many are answered.

    Raises:
        NotAskableError, EgressRefused, AskingStoppedError: as `ask_all`.
    """
    chosen = by_lot(base, limit)
    asked = {CONTINUATION: continuations(base, chosen)}
    if admitted is not None:
        asked[DATES] = removed_dates(base, chosen, admitted)
    asked[CANARY_ASKED] = canary_questions()
    seed = statistics_seed(base.digest, base.manifest.category)
    results = []
    for name, questions in asked.items():
        digest = questions_sha256(questions, base.digest)
        replies = await ask_all(
            questions,
            candidate,
            base,
            folder / f"{name}-{candidate.sha256[:12]}-{digest[:12]}",
            on_answer=None if on_answer is None else partial(on_answer, name),
        )
        results.append(judged(name, questions, replies, seed))
    return tuple(results)


def judged(
    name: str, questions: Sequence[Question], replies: Mapping[str, str], seed: int
) -> RecallResult:
    """The figures of one probe from the replies to its questions.

    Args:
        name: one of `CONTAMINATION_PROBES`.
        questions: what was asked.
        replies: by the questions' ids.
        seed: of the category's draws.
    """
    limits = declaration().contamination
    if name == CANARY_ASKED:
        return _canary_result(questions, replies, limits.canary)
    if name == CONTINUATION:
        return _recall_result(name, questions, replies, share_recalled, seed, limits.continuation)
    return _recall_result(name, questions, replies, _names_date, seed, limits.dates)


def canary_in_journals(journals: Sequence[Path]) -> int:
    """How many replies of these journals hold the canary, whatever was asked.

    Raises:
        JournalError: one cannot be read.
    """
    return sum(
        holds_canary(reply.text)
        for journal in journals
        for replies in read_replies(journal).values()
        for reply in replies
    )


def _names_date(reply: str, truth: str) -> float:
    """1 when the date is the only one that the reply names: a list of guesses is no memory."""
    return float(dates_in(reply) == {truth})


def _recall_result(
    name: str,
    questions: Sequence[Question],
    replies: Mapping[str, str],
    recalled: Recalled,
    seed: int,
    threshold: float,
) -> RecallResult:
    if len({question.patient_key for question in questions}) < SMALLEST_GROUP:
        return RecallResult(name, None, threshold=threshold)
    own, chance, own_runs, chance_runs = [], [], [], []
    for question in questions:
        reply = replies[question.id]
        others = _others(question, questions)
        own.append(CaseCredit(question.patient_key, recalled(reply, question.truth)))
        chance.append(
            CaseCredit(question.patient_key, _mean([recalled(reply, one.truth) for one in others]))
        )
        if name == CONTINUATION:
            own_runs.append(longest_run(reply, question.truth))
            chance_runs.append(_mean([shares_run(reply, one.truth, LONG_RUN) for one in others]))
    (compared,) = compare_all({"1 own": own, "2 chance": chance}, seed)
    has_runs = bool(own_runs)
    return RecallResult(
        probe=name,
        asked=len(questions),
        recalled=_mean([one.credit for one in own]),
        chance=_mean([one.credit for one in chance]),
        difference=compared.difference,
        interval=compared.interval,
        p=compared.p,
        long_runs=_mean([run >= LONG_RUN for run in own_runs]) if has_runs else None,
        long_runs_by_chance=_mean(chance_runs) if has_runs else None,
        longest_run_words=max(own_runs) if has_runs else None,
        threshold=threshold,
    )


def _others(question: Question, questions: Sequence[Question]) -> list[Question]:
    """Questions about other patients, by lot, the same each time."""
    strangers = [one for one in questions if one.patient_key != question.patient_key]
    strangers.sort(key=lambda one: hashlib.sha256(f"{question.id}|{one.id}".encode()).digest())
    return strangers[:OTHERS]


def _canary_result(
    questions: Sequence[Question], replies: Mapping[str, str], threshold: float
) -> RecallResult:
    found = sum(holds_canary(replies[question.id]) for question in questions)
    number = len(questions)
    return RecallResult(
        probe=CANARY_ASKED,
        asked=number,
        recalled=found / number,
        chance=0.0,  # 122 random bits
        difference=found / number,
        interval=Interval(
            clopper_pearson_bound(found, number, confidence=_TWO_SIDED),
            clopper_pearson_bound(found, number, confidence=_TWO_SIDED, upper=True),
        ),
        threshold=threshold,
    )


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0
