"""Waveforms of electrocardiograms: beats, rate and RR intervals of each record.

Belongs here: reading WFDB records, finding beats, landing what was measured as one table. Does not
belong here: what the machine measured and said (a raw table like any other), clinical SQL, drawing
synthetic waveforms (`sources.synthetic.ecg`).

How it is built: `wfdb_files` reads one record and refuses a damaged one; `beats` finds the beats;
`measuring` does both for many records, in processes, and remembers what it has done; `landing`
writes the table `ecg/waveform_measurements`.

It is off unless asked for (`medcred run --waveforms`): docs/waveforms.md says what it costs.
"""

from sources.waveforms.landing import LandedWaveforms, land_waveforms

__all__ = ["LandedWaveforms", "land_waveforms"]
