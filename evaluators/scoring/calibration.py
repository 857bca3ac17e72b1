"""How well stated probabilities agree with the truth.

Belongs here: the Brier score of one encounter, reliability bins over many. Does not belong here:
which entry names what (`diagnosis`).

The Brier score is the multi-class one (Brier 1950), halved so that it lies in [0, 1]: half the sum
over all entries of (probability - truth) squared, where truth is 1 for the target and 0 for every
other entry. It is proper over what is named: stating one's real belief is best. (Only the target's
term alone would not be, with more than two diagnoses.) Entries that name the same thing, or have
the same words, are added up; probabilities that sum to more than 1 are scaled to 1; what is missing
to 1 is an entry "something else", which is wrong. A differential of which no entry has a
probability has no score.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from evaluators.encounter.protocol import RankedDiagnosis
from evaluators.scoring.diagnosis import DiagnosisMatch
from evaluators.scoring.wording import plain

BINS: Final = 10

Match = Callable[[str, str | None], DiagnosisMatch]


@dataclass(frozen=True)
class Stated:
    """One probability and whether it was put on the target."""

    probability: float
    is_target: bool
    named: str = field(default="", compare=False)
    """What it was put on: the id of what was recognised, else the candidate's own words."""


@dataclass(frozen=True)
class CalibrationScore:
    """Calibration of one encounter."""

    brier: float | None
    """In [0, 1], 0 is best; None when no probability was stated."""
    stated: tuple[Stated, ...]
    """One entry for each distinct diagnosis with a probability, highest first; of equal ones those
    that are wrong, so that no order of the candidate's makes it look better."""
    rest: float = 0.0
    """What the probabilities leave to 1: put on something that was not named, which is wrong."""


@dataclass(frozen=True)
class ReliabilityBin:
    """Probabilities in `[low, high)`, the last bin closed."""

    low: float
    high: float
    count: int
    mean_probability: float | None
    observed_share: float | None
    """Share that was put on the target; None in an empty bin."""


def score_calibration(
    differential: Sequence[RankedDiagnosis], match: Match, target: str
) -> CalibrationScore:
    """Score the last differential of one encounter."""
    summed: dict[str, list[float]] = {}
    words: dict[str, str] = {}
    for entry in differential:
        if entry.probability is None:
            continue
        name = match(entry.diagnosis, entry.icd10).matched_id or f"?{plain(entry.diagnosis)}"
        summed.setdefault(name, []).append(entry.probability)
        words.setdefault(name, entry.diagnosis if name.startswith("?") else name)
    if not summed:
        return CalibrationScore(None, ())
    # fsum is exact, so that the order of the entries changes no byte.
    total = max(1.0, math.fsum(p for several in summed.values() for p in several))
    shares = {name: math.fsum(several) / total for name, several in summed.items()}
    rest = max(0.0, 1.0 - math.fsum(shares.values()))
    on_target = shares.get(target, 0.0)
    wrong = [share for name, share in shares.items() if name != target]
    brier = math.fsum([(1 - on_target) ** 2, rest**2, *(share**2 for share in wrong)]) / 2
    stated = sorted(
        (Stated(min(1.0, share), name == target, words[name]) for name, share in shares.items()),
        key=lambda entry: (-entry.probability, entry.is_target),
    )
    return CalibrationScore(min(1.0, brier), tuple(stated), rest)


def reliability(stated: Iterable[Stated]) -> tuple[ReliabilityBin, ...]:
    """Reliability of all stated probabilities in ten equal bins."""
    bins: list[list[Stated]] = [[] for _ in range(BINS)]
    for entry in stated:
        bins[min(BINS - 1, int(entry.probability * BINS))].append(entry)
    return tuple(
        ReliabilityBin(
            low=place / BINS,
            high=(place + 1) / BINS,
            count=len(found),
            mean_probability=(
                math.fsum(entry.probability for entry in found) / len(found) if found else None
            ),
            observed_share=sum(entry.is_target for entry in found) / len(found) if found else None,
        )
        for place, found in enumerate(bins)
    )
