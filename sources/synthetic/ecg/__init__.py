"""Electrocardiograms: when they are recorded, what they show, what the machine says of it.

Belongs here: the 12-lead recordings of module ecg, from the timeline to WFDB files. Does not belong
here: echocardiograms (`sources.synthetic.echo`), rhythm strips of monitors, cardiologists' notes.

How it is built:

* `conditions.yml` and `findings.yml` say who is recorded and what an illness puts into a tracing;
  `grammar` is their form;
* `bedside` tells what was charted and measured around a moment, so that a tracing agrees with it;
* `schedule` says when, `heart` what a patient always carries, `rhythm` which rhythm there is;
  `drawing` puts one `tracing` together;
* `statements` reads the tracing as a machine does; `waveform` draws it; `writer` writes the module.
"""

from sources.synthetic.ecg.drawing import recordings_of
from sources.synthetic.ecg.writer import EcgWriter

__all__ = ["EcgWriter", "recordings_of"]
