"""Samples of a tracing: ten seconds of twelve leads, beat by beat.

Belongs here: beats of each rhythm and the shape of each wave. Does not belong here: which waves a
patient has (`drawing`), files (`wfdb_record`).

The waves are polynomials and the arrays are only added, subtracted, multiplied and divided, so that
the same tracing gives the same samples on every machine.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sources.synthetic.ecg import rhythm
from sources.synthetic.ecg.tracing import Leads, Tracing

RATE = 500
"""Samples a second."""
SECONDS = 10
SAMPLES = RATE * SECONDS
GAIN = 200
"""Units per millivolt."""
LEADS = ("I", "II", "III", "aVR", "aVF", "aVL", "V1", "V2", "V3", "V4", "V5", "V6")
"""The order of the real files: aVF comes before aVL."""
_SPREAD = {rhythm.FIBRILLATION: 0.24, rhythm.FLUTTER: 0.0}
"""Half the range of RR intervals around their mean; other rhythms breathe by 0.015."""
_SAWTOOTH: Leads = (0.02, -0.2, 0.12, 0.06, 0.0, 0.0, 0.0, 0.0)
Millivolts = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Beat:
    """One beat: onset of its QRS in seconds, and whether it comes from a ventricle."""

    at: float
    ventricular: bool = False
    with_p: bool = True


class _Noise:
    """Uniform numbers of one recording."""

    def __init__(self, study_id: int) -> None:
        digest = hashlib.sha256(f"medcred synthetic ecg|{study_id}".encode()).digest()
        self._generator = np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * float(self._generator.random())

    def fine(self, half: float) -> Millivolts:
        """Measurement noise on the eight leads."""
        drawn: Millivolts = self._generator.random((8, SAMPLES))
        return (drawn - 0.5) * (2 * half)


def samples_of(tracing: Tracing) -> NDArray[np.int16]:
    """Draw a tracing.

    Args:
        tracing: What to draw.

    Returns:
        Units of 1/200 mV, shape (12, 5000), leads in the order of `LEADS`. I, II and V1 to V6 are
        drawn and rounded; the others follow from the rounded samples, halves rounded down: III is
        II - I, aVR is -(I + II)/2, aVF is II - I/2, aVL is I - II/2.
    """
    noise = _Noise(tracing.study_id)
    drawn = np.zeros((8, SAMPLES))
    beats = _beats(tracing, noise)
    for beat in beats:
        _draw_beat(drawn, tracing, beat)
    _draw_atria(drawn, tracing, beats, noise)
    _wander(drawn, noise)
    drawn += noise.fine(0.006)
    units = np.floor(drawn * GAIN + 0.5).astype(np.int32)
    one, two = units[0], units[1]
    twelve = np.stack(
        (one, two, two - one, -(one + two) >> 1, (2 * two - one) >> 1, (2 * one - two) >> 1,
         *units[2:])
    )  # fmt: skip
    samples: NDArray[np.int16] = np.clip(twelve, -32_767, 32_767).astype(np.int16)
    return samples


def _beats(tracing: Tracing, noise: _Noise) -> list[_Beat]:
    """Onsets of all QRS complexes, from one before the recording to one after it.

    The mean interval between those on the recording is that of the measured rate, however irregular
    the rhythm.
    """
    mean = 60 / tracing.rate
    first = noise.between(0.06, 0.1 + 0.35 * mean)
    count = max(2, int((SECONDS - 0.12 - first) / mean))
    spread = _SPREAD.get(tracing.rhythm, 0.015)
    if tracing.rhythm in (rhythm.COMPLETE_BLOCK, rhythm.PACED, rhythm.TWO_TO_ONE):
        spread = 0.003
    factors = [1 + spread * noise.between(-1, 1) for _ in range(count)]
    early: list[int] = []
    if tracing.ectopy:
        early = list(range(1 + int(noise.between(0, 3)), count - 1, 5))
        for turn in early:
            factors[turn] = 0.66
            factors[turn + 1] = 1.34 if tracing.ectopy == "pvc" else 1.05
    scale = count / sum(factors)
    with_p = tracing.pr is not None
    beats = [_Beat(first - mean, with_p=with_p), _Beat(first, with_p=with_p)]
    at = first
    for turn, factor in enumerate(factors):
        at += mean * factor * scale
        pvc = turn in early and tracing.ectopy == "pvc"
        beats.append(_Beat(at, ventricular=pvc, with_p=with_p and not pvc))
    beats.append(_Beat(at + mean, with_p=with_p))
    return beats


def _draw_beat(drawn: Millivolts, tracing: Tracing, beat: _Beat) -> None:
    """Add one beat: P, PR level, Q, R, S, ST level, T."""
    qrs, qt = tracing.qrs / 1000, tracing.qt / 1000
    if beat.ventricular:
        wide = 0.15
        _bump(drawn, (0.9, -0.5, -0.4, -0.5, 0.5, 1.1, 0.9, 0.6), beat.at + 0.5 * wide, 0.5 * wide)
        _bump(drawn, (-0.35, 0.2, 0.2, 0.25, -0.2, -0.4, -0.35, -0.25), beat.at + 0.31, 0.12, 0.09)
        return
    if beat.with_p and tracing.pr is not None:
        onset = beat.at - tracing.pr / 1000
        half = tracing.p_ms / 2000
        _bump(drawn, tracing.p, onset + half, half)
        _plateau(drawn, tracing.ta, onset + 2 * half, beat.at, 0.008, 0.008)
    if tracing.paced:
        _bump(drawn, (0.3, -0.5, 0.3, 0.4, 0.4, 0.4, 0.3, 0.2), beat.at - 0.006, 0.004)
    _bump(drawn, tracing.q, beat.at + 0.16 * qrs, 0.16 * qrs)
    _bump(drawn, tracing.r, beat.at + 0.44 * qrs, 0.3 * qrs)
    _bump(drawn, tracing.s, beat.at + 0.74 * qrs, 0.26 * qrs)
    j_point, end = beat.at + qrs, beat.at + qt
    rest = end - j_point
    peak = j_point + 0.7 * rest
    st: Leads = (*tracing.st[:2], *tracing.st[6:])  # type: ignore[assignment]
    _plateau(drawn, st, j_point - 0.01, peak, 0.02, end - peak)
    _bump(drawn, tracing.t, peak, 0.38 * rest, 0.3 * rest)


def _draw_atria(drawn: Millivolts, tracing: Tracing, beats: list[_Beat], noise: _Noise) -> None:
    """Add what the atria do on their own."""
    if tracing.rhythm == rhythm.FIBRILLATION:
        at = 0.0
        while at < SECONDS:
            size = noise.between(0.025, 0.06)
            sign = 1 if noise.between(0, 1) < 0.5 else -1
            wave = (0.3, 0.6, 1.0, 0.6, 0.3, 0.2, 0.2, 0.2)
            _bump(drawn, _scaled(wave, size * sign), at, 0.055)
            at += noise.between(0.06, 0.12)
    elif tracing.rhythm == rhythm.TWO_TO_ONE:
        # Between two conducted P waves one that no beat follows.
        half = tracing.p_ms / 2000
        shift = 30 / tracing.rate - (tracing.pr or 0.0) / 1000 + half
        for beat in beats:
            _bump(drawn, tracing.p, beat.at + shift, half)
    elif tracing.atrial is not None:
        every, half = 60 / tracing.atrial, tracing.p_ms / 2000
        at = noise.between(-every, 0)
        while at < SECONDS + every:
            if tracing.rhythm == rhythm.FLUTTER:
                _bump(drawn, _SAWTOOTH, at, 0.3 * every, 0.65 * every)
            else:
                _bump(drawn, tracing.p, at, half)
            at += every


def _wander(drawn: Millivolts, noise: _Noise) -> None:
    """Add the slow drift of breathing."""
    at = noise.between(-1, 1)
    while at < SECONDS + 2:
        wave = tuple(noise.between(-0.02, 0.02) for _ in range(8))
        _bump(drawn, _scaled(wave, 1.0), at, 2.2)
        at += noise.between(1.2, 2.0)


def _scaled(wave: tuple[float, ...], factor: float) -> Leads:
    a = [value * factor for value in wave]
    return (a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7])


def _bump(
    drawn: Millivolts, size: Leads, peak: float, rise: float, fall: float | None = None
) -> None:
    """Add (1 - u^2)^2 around a peak; `rise` and `fall` are the seconds to zero on either side."""
    fall = rise if fall is None else fall
    low = max(0, int((peak - rise) * RATE))
    high = min(SAMPLES, int((peak + fall) * RATE) + 2)
    if low >= high:
        return
    from_peak = np.arange(low, high) / RATE - peak
    u = np.where(from_peak < 0, from_peak / rise, from_peak / fall)
    left = np.maximum(1 - u * u, 0.0)
    drawn[:, low:high] += np.array(size)[:, None] * (left * left)


def _plateau(
    drawn: Millivolts, size: Leads, start: float, end: float, rise: float, fall: float
) -> None:
    """Add a level between two times; it comes in `rise` and goes in `fall` seconds after."""
    low = max(0, int(start * RATE))
    high = min(SAMPLES, int((end + fall) * RATE) + 2)
    if low >= high or not any(size):
        return
    t = np.arange(low, high) / RATE
    up = np.clip((t - start) / rise, 0.0, 1.0)
    down = np.clip((end + fall - t) / fall, 0.0, 1.0)
    level = np.minimum(up, down)
    drawn[:, low:high] += np.array(size)[:, None] * (level * level * (3 - 2 * level))
