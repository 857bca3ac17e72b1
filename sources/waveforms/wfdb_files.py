"""Reading one WFDB record: the header, the signal file, and whether they belong together.

Belongs here: format and integrity of a record. Does not belong here: beats (`beats`), which records
there are (`measuring`). Format: header(5) and signal(5) of the WFDB Applications Guide.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_HEADER_BYTES = 65_536
"""A header of twelve leads has about one kilobyte."""
SHORTEST_SECONDS = 5.0
LONGEST_SECONDS = 3600.0
LOWEST_HERTZ = 100.0
"""The band of a QRS complex reaches 20 Hz; a lower sampling rate has too few samples of it."""

# What the library raises on text that is no header. It has no class of its own for all of them.
_REFUSALS = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)


class DamagedWaveformError(Exception):
    """A record is there and cannot be used; the text says why and names no record."""


@dataclass(frozen=True, slots=True)
class Leads:
    """The leads of one record."""

    signals: dict[str, NDArray[np.float64]]
    """Name of the lead to millivolts, shape (samples,); a gap in the recording is NaN."""
    hertz: float
    """Samples per second."""


def read_leads(record: Path) -> Leads:
    """Read one record of a single segment in format 16, as MIMIC-IV-ECG has them.

    Nothing but the header and the signal file beside it is opened, whatever the header names.

    Args:
        record: path without suffix; `.hea` and `.dat` exist.

    Returns:
        All leads.

    Raises:
        DamagedWaveformError: the header is not one, names another file, promises another length
            than the signal file has, or its checksums are not those of the samples.
    """
    import wfdb

    if record.with_suffix(".hea").stat().st_size > MOST_HEADER_BYTES:
        raise DamagedWaveformError("The header is too long to be one: download the record again.")
    try:
        header = wfdb.rdheader(str(record))
    except _REFUSALS:
        raise DamagedWaveformError(
            "The header is not one of WFDB: download the record again."
        ) from None
    _check_header(header, record.with_suffix(".dat"))
    try:
        read = wfdb.rdrecord(str(record), physical=False)
        checksums = read.calc_checksum()
        signals = read.dac()
    except _REFUSALS:
        raise DamagedWaveformError(
            "The signal file is not what its header says: download the record again."
        ) from None
    for promised, found in zip(read.checksum, checksums, strict=True):
        if promised is not None and (promised - found) % 65_536:
            raise DamagedWaveformError(
                "A checksum of the header is not that of the samples: download the record again."
            )
    return Leads(
        signals={
            str(name): np.ascontiguousarray(signals[:, place], dtype=np.float64)
            for place, name in enumerate(read.sig_name)
        },
        hertz=float(read.fs),
    )


def _check_header(header: Any, signal_file: Path) -> None:
    """Refuse what would be read wrongly, or from elsewhere."""
    count, length, hertz = header.n_sig, header.sig_len, header.fs
    if getattr(header, "n_seg", None) is not None or not count or not length:
        raise DamagedWaveformError("The record is not of one segment with leads and a length.")
    if not (math.isfinite(hertz) and hertz >= LOWEST_HERTZ):
        raise DamagedWaveformError("The record has too few samples a second to find beats in.")
    if not SHORTEST_SECONDS <= length / hertz <= LONGEST_SECONDS:
        raise DamagedWaveformError("The record is too short, or too long for an ECG.")
    per_lead = (header.file_name, header.fmt, header.units, header.sig_name, header.checksum)
    if any(values is None or len(values) != count for values in per_lead):
        raise DamagedWaveformError("The header does not describe every lead.")
    if set(header.file_name) != {signal_file.name}:
        raise DamagedWaveformError("The header names another signal file than its own.")
    if set(header.fmt) != {"16"} or set(header.units) != {"mV"}:
        raise DamagedWaveformError("The samples are not of format 16 in millivolts.")
    if set(header.samps_per_frame or [1]) != {1} or any(header.byte_offset or ()):
        raise DamagedWaveformError("The samples do not stand one a lead from the file's begin.")
    if signal_file.stat().st_size != 2 * count * length:
        raise DamagedWaveformError(
            "The signal file has not the length that its header says: download the record again."
        )
