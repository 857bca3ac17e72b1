"""Imaging: which studies a patient gets, what they show, how they read, and the chest films.

Belongs here: studies with their reports, the films' signs, labels and pixels, and the files of
MIMIC-CXR. Does not belong here: the note tables (`notes` reads `ImagingStudy` and `exam`), the
illness itself (`life`, `course`).

How it is built: `plans` says who is examined with what, `exams` what an examination is called,
`layouts.yml` and `findings.yml` what it shows; `studies` draws the schedule; `chest` and
`chest_report` tell chest films and their labels; `pixels` draws them; `cxr` writes the module.
"""

from sources.synthetic.imaging.exams import Exam, exam, exams
from sources.synthetic.imaging.studies import exam_name, studies_of

__all__ = ["Exam", "exam", "exam_name", "exams", "studies_of"]
