"""Recordings to the tables and files of module ecg.

Belongs here: four tables, the list of records, WFDB files and where they lie. Does not belong here:
what a recording shows (`drawing`), bytes of a record (`wfdb_record`).
"""

from __future__ import annotations

from sources.synthetic.calendar import moment
from sources.synthetic.ecg.statements import MOST as COLUMNS
from sources.synthetic.ecg.statements import wordy
from sources.synthetic.ecg.tracing import Tracing
from sources.synthetic.ecg.waveform import samples_of
from sources.synthetic.ecg.wfdb_record import header_file, signal_file
from sources.synthetic.sheets import Book, Files, field
from sources.synthetic.timeline import Ecg, Patient

RELEASE = "mimic-iv-ecg/1.0"
WITH_WAVEFORM = 50
"""Patients, from the first, whose waveforms are written: a record takes 120 kB, so that those of
100,000 patients would take some 30 GB, and a reader of waveforms can be tested on a few."""
MISSING = 29999
"""What the machine writes where it could not measure."""
_P_ONSET = 40
_QRS_ONSET_WITHOUT_P = 200
"""Milliseconds from the start of the machine's mean beat, as in the real file."""
_NOTED = 77
"""Recordings in a hundred that a cardiologist has read."""

DICTIONARY = (
    ("subject_id", "Number of the patient"),
    ("study_id", "Number of the recording"),
    ("cart_id", "Number of the electrocardiograph on its cart"),
    ("ecg_time", "Time of the recording by the clock of the cart"),
    *(
        (f"report_{column}", f"Statement {column + 1} of the machine's reading")
        for column in range(COLUMNS)
    ),
    ("bandwidth", "Frequencies that the cart records"),
    ("filtering", "Filters that the cart applies"),
    ("rr_interval", "Interval between two beats, ms"),
    ("p_onset", "Begin of the P wave in the mean beat, ms"),
    ("p_end", "End of the P wave in the mean beat, ms"),
    ("qrs_onset", "Begin of the QRS complex in the mean beat, ms"),
    ("qrs_end", "End of the QRS complex in the mean beat, ms"),
    ("t_end", "End of the T wave in the mean beat, ms"),
    ("p_axis", "Frontal axis of the P wave, degrees"),
    ("qrs_axis", "Frontal axis of the QRS complex, degrees"),
    ("t_axis", "Frontal axis of the T wave, degrees"),
)
"""The data dictionary: each column of `machine_measurements` and what it means."""


class EcgWriter:
    """Writes module ecg."""

    def __init__(self, book: Book, files: Files) -> None:
        """Bind the module's sheets and the place of its waveforms."""
        self._book = book
        self._files = files

    def write(self, patient: Patient) -> None:
        """Write the recordings of one patient.

        Raises:
            TypeError: A recording that needs a waveform does not carry its waves.
        """
        subject = patient.subject_id
        book = self._book
        read = 0
        for ecg in patient.ecgs:
            study = ecg.study_id
            path = f"files/p{str(subject)[:4]}/p{subject}/s{study}/{study}"
            time = moment(ecg.at)
            book["record_list"].add(f"{subject},{study},{study},{time},{path}")
            book["machine_measurements"].add(_measured(subject, ecg, time))
            if study * 7_907 % 100 < _NOTED:
                read += 1
                seen = moment(ecg.at + 60 + study * 31 % 1900)
                book["waveform_note_links"].add(
                    f"{subject},{study},{path},{subject}-EK-{read},{read},{seen}"
                )
            if patient.number <= WITH_WAVEFORM:
                self._waveform(subject, ecg, path)

    def _waveform(self, subject: int, ecg: Ecg, path: str) -> None:
        """Write one WFDB record; `RECORDS` lists only those that are there."""
        if not isinstance(ecg, Tracing):
            raise TypeError(
                "an electrocardiogram without waves has no waveform; take it from recordings_of"
            )
        samples = samples_of(ecg)
        self._files.add(f"{RELEASE}/{path}.dat", signal_file(samples))
        self._files.add(
            f"{RELEASE}/{path}.hea", header_file(str(ecg.study_id), subject, ecg.at, samples)
        )
        self._book["records"].add(path)

    def finish(self) -> None:
        """Write the data dictionary."""
        self._book["machine_measurements_data_dictionary"].extend(
            f"{name},{field(meaning)}" for name, meaning in DICTIONARY
        )


def _measured(subject: int, ecg: Ecg, time: str) -> str:
    """One row of `machine_measurements`."""
    bandwidth, filtering = _settings(ecg.study_id)
    if ecg.pr is None:
        onset, p_on, p_off, p_axis = _QRS_ONSET_WITHOUT_P, MISSING, MISSING, MISSING
    else:
        onset = _P_ONSET + int(ecg.pr)
        duration = ecg.p_ms if isinstance(ecg, Tracing) else min(104, int(ecg.pr) - 16)
        p_on, p_off = _P_ONSET, _P_ONSET + duration
        p_axis = MISSING if ecg.axes[0] is None else ecg.axes[0]
    return (
        f"{subject},{ecg.study_id},{_cart(ecg.study_id)},{time},{_reports(ecg.statements)},"
        f"{bandwidth},{filtering},{round(60_000 / ecg.rate)},{p_on},{p_off},{onset},"
        f"{onset + int(ecg.qrs)},{onset + int(ecg.qt)},{p_axis},{ecg.axes[1]},{ecg.axes[2]}"
    )


def _reports(statements: tuple[str, ...]) -> str:
    """The 18 statement columns; an empty one stands before the summary, as in the real file."""
    told = [field(line) for line in statements]
    if len(told) > 1:
        told.insert(len(told) - 1, "")
    return ",".join(told) + "," * (COLUMNS - len(told))


def _cart(study_id: int) -> int:
    """One of 44 carts."""
    return 6_840_000 + study_id * 7_919 % 97 % 44 * 2_221


def _settings(study_id: int) -> tuple[str, str]:
    """Bandwidth and filters of the cart."""
    if wordy(study_id):
        return "0.05-150 Hz", "60 Hz notch"
    return "0.005-150 Hz", "60 Hz notch Baseline filter"
