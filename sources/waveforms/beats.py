"""Finding heart beats in the leads of an electrocardiogram, and what they say of the rhythm.

Belongs here: choice of leads, detection, agreement, rate and intervals. Does not belong here:
reading files.

Beats are found by XQRS of the library wfdb (Johnson et al., PhysioNet). A detector in one lead may
miss small complexes or count T waves, and nobody looks at the result: so two leads must tell the
same number of beats, give or take one at the ends, or nothing is said.

The duration of the QRS complex is not measured: the detector marks one point of a complex, neither
its onset nor its end.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEADS = ("II", "V5", "V1")
"""In this order; V1 is asked only where the first two disagree or one is missing. They look at the
heart from below, from the left and from the front, so that a beat is seldom small in two."""
FEWEST_BEATS = 3
"""Two intervals, of which a mean and a spread can be told."""
MOST_APART = 1
"""A beat at the begin or the end of the recording may be found in one lead only."""
_USUAL_MV = 2.0
_SMALLEST_MV = 0.1
"""A lead that moves less shows no beats: an electrode is off."""
_WINDOW_SECONDS = 2.0
"""Holds a beat down to 30 a minute."""


@dataclass(frozen=True, slots=True)
class Beats:
    """What the beats of one record say."""

    lead: str
    """The lead in which they were found."""
    count: int
    rr_mean_ms: float
    """Mean interval between beats that follow each other."""
    rr_sd_ms: float
    """Standard deviation of these intervals, as of a sample (n - 1)."""

    @property
    def rate_per_min(self) -> float:
        """Beats per minute: 60,000 by the mean interval."""
        return 60_000 / self.rr_mean_ms


def find_beats(signals: Mapping[str, NDArray[np.float64]], hertz: float) -> Beats | None:
    """Find the beats of a record, if two leads agree on them.

    Args:
        signals: lead to millivolts, shape (samples,). Leads with gaps (NaN) are not used.
        hertz: samples per second, 100 or more.

    Returns:
        The beats in the first lead of `LEADS` with which another one agrees; None if none does.
    """
    found: list[tuple[str, NDArray[np.int64]]] = []
    for lead in LEADS:
        if lead not in signals or not np.isfinite(signals[lead]).all():
            continue
        places = _places(signals[lead], hertz)
        if len(places) < FEWEST_BEATS:
            continue
        for earlier, beats in found:
            if abs(len(beats) - len(places)) <= MOST_APART:
                return _told(earlier, beats, hertz)
        found.append((lead, places))
    return None


def _told(lead: str, places: NDArray[np.int64], hertz: float) -> Beats:
    intervals = np.diff(places) * (1000.0 / hertz)
    return Beats(
        lead=lead,
        count=len(places),
        rr_mean_ms=float(intervals.mean()),
        rr_sd_ms=float(intervals.std(ddof=1)),
    )


def _places(signal: NDArray[np.float64], hertz: float) -> NDArray[np.int64]:
    """Sample numbers of the beats of one lead, ascending.

    The lead is scaled to a usual height first: the detector begins with a threshold in millivolts,
    under which it finds nothing in a lead that looks across the heart's axis.
    """
    from wfdb.processing import XQRS

    height = _height(signal, hertz)
    if height < _SMALLEST_MV:
        return np.empty(0, dtype=np.int64)
    detector = XQRS(sig=signal * (_USUAL_MV / height), fs=hertz)
    detector.detect(verbose=False)
    return np.asarray(detector.qrs_inds, dtype=np.int64)


def _height(signal: NDArray[np.float64], hertz: float) -> float:
    """Median, over windows, of the difference between highest and lowest sample.

    A jolt of the patient spoils one window and no more.
    """
    window = max(1, math.ceil(_WINDOW_SECONDS * hertz))
    heights = [
        float(np.ptp(signal[start : start + window]))
        for start in range(0, max(1, len(signal) - window + 1), window)
    ]
    return float(np.median(heights))
