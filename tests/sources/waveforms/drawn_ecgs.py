"""Electrocardiograms with known beats, and WFDB records of them.

Belongs here: signals drawn by hand and their files. Does not belong here: assertions.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sources.synthetic.ecg.wfdb_record import header_file, signal_file

HERTZ = 500
SECONDS = 10


def lead(
    beats: Sequence[float], *, height_mv: float = 1.2, qrs_seconds: float = 0.09
) -> NDArray[np.float64]:
    """Ten seconds with a QRS complex and a T wave for each beat (times in s), and fine noise."""
    at = np.arange(HERTZ * SECONDS) / HERTZ
    signal = np.random.default_rng(7).normal(0, 0.005, at.size)
    for beat in beats:
        signal += height_mv * np.exp(-(((at - beat) / (qrs_seconds / 4)) ** 2))
        signal -= 0.25 * height_mv * np.exp(-(((at - beat - 0.04) / (qrs_seconds / 5)) ** 2))
        signal += 0.2 * height_mv * np.exp(-(((at - beat - 0.28) / 0.06) ** 2))
    return signal


def regular(rate_per_min: float) -> list[float]:
    """Times of beats of a regular rhythm, in s, none at the very ends of the recording."""
    return list(np.arange(0.3, SECONDS - 0.25, 60 / rate_per_min))


def ecg(beats: Sequence[float], **form: float) -> dict[str, NDArray[np.float64]]:
    """The three leads that are asked, alike but for their height."""
    drawn = lead(beats, **form)
    return {"II": drawn, "V5": 0.8 * drawn, "V1": -0.6 * drawn}


def write_record(release: Path, path: str, rate_per_min: float) -> None:
    """Write a WFDB record of twelve leads below a release."""
    units = np.round(lead(regular(rate_per_min)) * 200).astype(np.int16)
    samples = np.stack([units] * 12)
    target = release / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.with_suffix(".dat").write_bytes(signal_file(samples))
    target.with_suffix(".hea").write_bytes(header_file(target.name, 1, 60, samples))
