"""Notes of synthetic patients: discharge summaries and radiology reports (module note).

Public: `NoteWriter`, which writes the module's tables, and `summarize`, which writes one summary.
A summary agrees with the patient's timeline; its history comes from pools that all conditions of a
category share, so that no sentence gives the condition away, except where it leaks on purpose.

Belongs here: everything of module note. Does not belong here: the text of radiology reports, which
`sources.synthetic.imaging` draws; finding leaks, which is the warehouse's work.
"""

from sources.synthetic.notes.summary import Summary, summarize
from sources.synthetic.notes.writer import NoteWriter, report_text, summaries_of

__all__ = ["NoteWriter", "Summary", "report_text", "summaries_of", "summarize"]
