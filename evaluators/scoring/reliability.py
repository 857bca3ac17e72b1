"""How far stated probabilities may be believed, over many encounters.

Belongs here: the reliability curve, its summary errors, Murphy's parts of the Brier score and a
test without bins. Does not belong here: the probabilities and the Brier score of one encounter
(`calibration`).

Two views. *All entries*: every probability of every differential. *Leading*: the most probable
entry of each encounter, which is the confidence that a clinician would read; entries are then one
an encounter, and interval and test hold. An expected calibration error of few encounters is too
large by chance alone, so that it orders candidates of one category and measures none;
Spiegelhalter's test says whether an error was shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Final

from evaluators.scoring.calibration import CalibrationScore, ReliabilityBin, Stated, reliability
from evaluators.scoring.statistics import CONFIDENCE, Interval, wilson_bound

_ENDS: Final = 1 - (1 - CONFIDENCE) / 2


@dataclass(frozen=True)
class BrierParts:
    """Murphy's partition (1973) of the binary Brier score, for probabilities put into bins.

    The score of the bins' mean probabilities is `reliability - resolution + uncertainty`.
    """

    reliability: float
    """Mean squared distance of stated and observed; 0 is best."""
    resolution: float
    """Mean squared distance of the bins' shares from the overall share; more is better."""
    uncertainty: float
    """Of the outcomes themselves, at most 0.25."""


@dataclass(frozen=True)
class Leading:
    """The most probable entries: one an encounter."""

    entries: int
    mean_probability: float | None
    observed_share: float | None
    expected_error: float | None
    maximum_error: float | None
    parts: BrierParts | None
    p_calibrated: float | None
    """Spiegelhalter's two-sided p of perfect calibration; None where all was stated as certain."""
    bins: tuple[ReliabilityBin, ...]
    intervals: tuple[Interval | None, ...]
    """Wilson's 95 % interval of each bin's observed share; None in an empty bin."""

    def as_json(self) -> dict[str, Any]:
        """The leading entries as they stand in `scores.json`."""
        return {
            "entries": self.entries,
            "mean_probability": self.mean_probability,
            "observed_share": self.observed_share,
            "expected_error": self.expected_error,
            "maximum_error": self.maximum_error,
            "brier_parts": None
            if self.parts is None
            else {
                "reliability": self.parts.reliability,
                "resolution": self.parts.resolution,
                "uncertainty": self.parts.uncertainty,
            },
            "p_calibrated": self.p_calibrated,
            "curve": [
                {
                    **bin_as_json(found),
                    "interval": None if interval is None else interval.as_json(),
                }
                for found, interval in zip(self.bins, self.intervals, strict=True)
            ],
        }


def bin_as_json(found: ReliabilityBin) -> dict[str, Any]:
    """One bin as it stands in `scores.json`."""
    return {
        "low": found.low,
        "high": found.high,
        "count": found.count,
        "mean_probability": found.mean_probability,
        "observed_share": found.observed_share,
    }


def expected_error(bins: Iterable[ReliabilityBin]) -> float | None:
    """Expected calibration error: mean distance of stated and observed, weighted by entries.

    In [0, 1], 0 is best; None without an entry.
    """
    filled = [found for found in bins if found.count]
    total = sum(found.count for found in filled)
    if not total:
        return None
    return math.fsum(found.count * _distance(found) for found in filled) / total


def maximum_error(bins: Iterable[ReliabilityBin]) -> float | None:
    """The largest distance of stated and observed in any bin; None without an entry."""
    return max((_distance(found) for found in bins if found.count), default=None)


def brier_parts(bins: Sequence[ReliabilityBin]) -> BrierParts | None:
    """Murphy's three parts; None without an entry."""
    filled = [found for found in bins if found.count]
    total = sum(found.count for found in filled)
    if not total:
        return None
    overall = math.fsum(found.count * _share(found) for found in filled) / total
    return BrierParts(
        reliability=math.fsum(found.count * _distance(found) ** 2 for found in filled) / total,
        resolution=math.fsum(found.count * (_share(found) - overall) ** 2 for found in filled)
        / total,
        uncertainty=overall * (1 - overall),
    )


def spiegelhalter_p(stated: Iterable[Stated]) -> float | None:
    """Two-sided p of perfect calibration (Spiegelhalter 1986), without bins.

    Returns:
        None when every probability is 0, 0.5 or 1, since the statistic then has no variance.
    """
    listed = list(stated)
    variance = math.fsum(
        (1 - 2 * one.probability) ** 2 * one.probability * (1 - one.probability) for one in listed
    )
    if variance <= 0:
        return None
    distance = math.fsum(
        (one.is_target - one.probability) * (1 - 2 * one.probability) for one in listed
    )
    return 2 * NormalDist().cdf(-abs(distance) / math.sqrt(variance))


def leading(scores: Iterable[CalibrationScore]) -> Leading:
    """Reliability of the most probable entry of each encounter that stated one."""
    stated = [score.stated[0] for score in scores if score.stated]
    bins = reliability(stated)
    number = len(stated)
    return Leading(
        entries=number,
        mean_probability=math.fsum(one.probability for one in stated) / number if number else None,
        observed_share=sum(one.is_target for one in stated) / number if number else None,
        expected_error=expected_error(bins),
        maximum_error=maximum_error(bins),
        parts=brier_parts(bins),
        p_calibrated=spiegelhalter_p(stated),
        bins=bins,
        intervals=tuple(
            Interval(
                wilson_bound(_share(found), found.count, confidence=_ENDS),
                wilson_bound(_share(found), found.count, confidence=_ENDS, upper=True),
            )
            if found.count
            else None
            for found in bins
        ),
    )


def _share(found: ReliabilityBin) -> float:
    return found.observed_share or 0.0


def _distance(found: ReliabilityBin) -> float:
    return abs((found.mean_probability or 0.0) - _share(found))
