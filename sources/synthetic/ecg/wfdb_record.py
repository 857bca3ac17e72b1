"""WFDB records in format 16: the header and the signal file of one recording.

Belongs here: the bytes. Does not belong here: samples (`waveform`), places (`writer`).
Format: header(5) and signal(5) of the WFDB Applications Guide.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sources.synthetic.calendar import moment
from sources.synthetic.ecg.waveform import GAIN, LEADS, RATE


def signal_file(samples: NDArray[np.int16]) -> bytes:
    """The signal file: all leads of a sample together, 16 bits, low byte first.

    Args:
        samples: Units of 1/200 mV, shape (leads, samples).
    """
    return np.ascontiguousarray(samples.T, dtype="<i2").tobytes()


def header_file(name: str, subject_id: int, at: int, samples: NDArray[np.int16]) -> bytes:
    """The header: for each lead gain, first value, and checksum.

    Args:
        name: Name of the record, without a suffix.
        subject_id: Written as a comment, as in the real files.
        at: Minutes since 2100-01-01 00:00.
        samples: Units of 1/200 mV, shape (12, samples).

    Raises:
        ValueError: There are not twelve leads.
    """
    if samples.shape[0] != len(LEADS):
        raise ValueError("a WFDB record of an electrocardiogram needs twelve leads; draw all")
    stamp = moment(at)
    date = f"{stamp[8:10]}/{stamp[5:7]}/{stamp[:4]}"
    lines = [f"{name} {len(LEADS)} {RATE} {samples.shape[1]} {stamp[11:]} {date}"]
    for lead, values in zip(LEADS, samples, strict=True):
        lines.append(
            f"{name}.dat 16 {GAIN}.0(0)/mV 16 0 {int(values[0])} {checksum(values)} 0 {lead}"
        )
    lines.append(f"# <subject_id>: {subject_id}")
    return ("\n".join(lines) + "\n").encode()


def checksum(values: NDArray[np.int16]) -> int:
    """The sum of a lead's samples, as a signed number of 16 bits."""
    total = int(values.sum(dtype=np.int64)) & 0xFFFF
    return total - 0x10000 if total >= 0x8000 else total
