"""One tracing: the recording of the timeline with the waves that its waveform is drawn from.

Belongs here: the arithmetic of leads and axes. Does not belong here: which waves a patient has
(`drawing`), samples (`waveform`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sources.synthetic.ecg.grammar import Wave
from sources.synthetic.timeline import Ecg

Leads = tuple[float, float, float, float, float, float, float, float]
"""mV in the eight independent leads I, II, V1 to V6."""
FLAT: Leads = (0.0,) * 8


@dataclass(frozen=True, slots=True)
class Tracing(Ecg):
    """A recording with its waves; what every reader needs is in `Ecg` already."""

    p: Leads
    q: Leads
    r: Leads
    s: Leads
    t: Leads
    ta: Leads
    """Level of the PR segment."""
    p_ms: int
    """Duration of the P wave, milliseconds."""
    atrial: float | None
    """Atrial rate per minute where it is not the ventricular one."""
    ectopy: str
    """Empty, `pvc` or `pac`."""
    paced: bool
    """The ventricle is paced."""


def leads_of(wave: Wave, turned: float = 0.0) -> Leads:
    """Project a wave onto the eight independent leads.

    Args:
        wave: Frontal size and direction, V1 to V6.
        turned: Degrees by which its frontal direction is turned.
    """
    size, angle = wave[0], wave[1] + turned
    return (
        size * math.cos(math.radians(angle)),
        size * math.cos(math.radians(angle - 60.0)),
        *wave[2:],
    )


def plus(leads: Leads, other: Leads, factor: float = 1.0) -> Leads:
    """The sum of two waves, the second one scaled."""
    a, b = leads, other
    return (
        a[0] + factor * b[0],
        a[1] + factor * b[1],
        a[2] + factor * b[2],
        a[3] + factor * b[3],
        a[4] + factor * b[4],
        a[5] + factor * b[5],
        a[6] + factor * b[6],
        a[7] + factor * b[7],
    )


def times(leads: Leads, factor: float) -> Leads:
    """A wave scaled."""
    return plus(FLAT, leads, factor)


def rounded(leads: Leads) -> Leads:
    """A wave to the microvolt, so that no machine's last bit shows in a sample."""
    a = [round(value, 3) + 0.0 for value in leads]
    return (a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7])


def twelve(leads: Leads) -> tuple[float, ...]:
    """All twelve leads, I II III aVR aVL aVF V1 to V6, by Einthoven and Goldberger."""
    one, two = leads[0], leads[1]
    return (
        one,
        two,
        round(two - one, 3) + 0.0,
        round(-(one + two) / 2, 4) + 0.0,
        round(one - two / 2, 4) + 0.0,
        round(two - one / 2, 4) + 0.0,
        *leads[2:],
    )


def axis_of(leads: Leads) -> int:
    """The frontal axis of a wave in whole degrees, -180 to 180.

    Lead I lies at 0 degrees and aVF at 90; aVF is augmented by 2 over the root of 3.
    """
    vertical = (leads[1] - leads[0] / 2) * 2 / math.sqrt(3)
    return round(math.degrees(math.atan2(vertical, leads[0])))
