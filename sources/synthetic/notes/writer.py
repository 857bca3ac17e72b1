"""Timelines to the rows of module note, and the list of leaks beside it.

Belongs here: the module's four tables, note ids and times, addenda. Does not belong here: the text
of a summary (`summary`), the text of a report (`sources.synthetic.imaging`).
"""

from __future__ import annotations

from collections.abc import Iterator

from sources.synthetic.calendar import midnight, moment
from sources.synthetic.canary import noted, reported
from sources.synthetic.draws import Draws
from sources.synthetic.imaging import exam, exam_name
from sources.synthetic.notes.grammar import say
from sources.synthetic.notes.history import person_words
from sources.synthetic.notes.summary import Summary, summarize
from sources.synthetic.notes.words import words
from sources.synthetic.sheets import Book, Files, field
from sources.synthetic.stories import EARLIER
from sources.synthetic.timeline import DAY, HOUR, Admission, ImagingStudy, Patient

_INDEX_SHARE, _EARLIER_SHARE = 0.98, 0.8
"""Share of admissions with a summary; MIMIC has one for about three of four."""
_DISCHARGE_ADDENDA = 0.012
_RADIOLOGY_ADDENDA = 0.02
_AUTHORS = 0.56
"""Share of summaries whose author is listed: 186,138 of 331,793 in the full release."""
_ADDENDA = (
    "Upon further review, the above findings are unchanged.",
    "The wet reading was discussed with the referring team by telephone on ___ at ___.",
    "Comparison is now made to the prior study of ___, which has become available. No change.",
    "Correction of a dictation error in the technique section. The impression is unchanged.",
)


class _Numbers:
    """Note numbers of one patient and kind: rising with time, with gaps."""

    __slots__ = ("_draws", "_last")

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self._last = 1

    def take(self) -> int:
        self._last += self._draws.whole(1, 3)
        return self._last


class NoteWriter:
    """Writes module note."""

    def __init__(self, book: Book, files: Files) -> None:
        """Bind the module's sheets; the module has no files of its own."""
        self._book = book
        self._addenda = words().frames["addendum"]

    def write(self, patient: Patient) -> None:
        """Write one patient."""
        draws = Draws(patient.seed, patient.number, "note rows")
        numbers, addenda = _Numbers(draws), _Numbers(draws)
        for admission, summary in summaries_of(patient):
            self._summary(patient, admission, summary, draws, numbers, addenda)
        self._reports(patient, draws)

    def _summary(
        self,
        patient: Patient,
        admission: Admission,
        summary: Summary,
        draws: Draws,
        numbers: _Numbers,
        addenda: _Numbers,
    ) -> None:
        book, subject = self._book, patient.subject_id
        number = numbers.take()
        note_id = f"{subject}-DS-{number}"
        stored = admission.discharged + draws.whole(2 * HOUR, 5 * DAY)
        book["discharge"].add(
            f"{note_id},{subject},{admission.hadm_id},DS,{number},"
            f"{midnight(admission.discharged)},{moment(stored)},{field(noted(summary.text))}"
        )
        if draws.chance(_AUTHORS):
            book["discharge_detail"].add(f"{note_id},{subject},author,{admission.provider},1")
        if draws.chance(_DISCHARGE_ADDENDA):
            turn = addenda.take()
            text = say(draws.one(self._addenda), draws, person_words(patient.sex))
            later = stored + draws.whole(3 * HOUR, 6 * DAY)
            book["discharge"].add(
                f"{subject}-AD-{turn},{subject},{admission.hadm_id},AD,{turn},"
                f"{midnight(stored)},{moment(later)},{field(noted(text))}"
            )
        book["leaks"].extend(
            f"{subject},{admission.hadm_id},{'' if leak.section == 'triage' else note_id},"
            f"{leak.section},{leak.channel},{admission.condition}"
            for leak in summary.leaks
        )

    def _reports(self, patient: Patient, draws: Draws) -> None:
        numbers, addenda = _Numbers(draws), _Numbers(draws)
        for study in patient.studies:
            self._report(patient.subject_id, study, draws, numbers, addenda)

    def _report(
        self,
        subject: int,
        study: ImagingStudy,
        draws: Draws,
        numbers: _Numbers,
        addenda: _Numbers,
    ) -> None:
        book = self._book
        number = numbers.take()
        note_id = f"{subject}-RR-{number}"
        hadm = "" if study.unlinked else str(study.admission)
        book["radiology"].add(
            f"{note_id},{subject},{hadm},RR,{number},{moment(study.at)},{moment(study.stored)},"
            f"{field(reported(report_text(study)))}"
        )
        done = exam(study.exam)
        detail = book["radiology_detail"]
        detail.add(f"{note_id},{subject},exam_code,{done.code},1")
        detail.add(f"{note_id},{subject},exam_name,{field(exam_name(study))},1")
        detail.add(f"{note_id},{subject},cpt_code,{done.cpt},1")
        if draws.chance(_RADIOLOGY_ADDENDA):
            turn = addenda.take()
            added = f"{subject}-AR-{turn}"
            later = study.stored + draws.whole(HOUR, 2 * DAY)
            text = f"ADDENDUM  {draws.one(_ADDENDA)}\n"
            book["radiology"].add(
                f"{added},{subject},{hadm},AR,{turn},{moment(study.at)},{moment(later)},"
                f"{field(noted(text))}"
            )
            detail.add(f"{note_id},{subject},addendum_note_id,{added},1")
            detail.add(f"{added},{subject},parent_note_id,{note_id},1")

    def finish(self) -> None:
        """The module has no dictionary."""


def stream(patient: Patient) -> Draws:
    """The stream of a patient's summaries."""
    return Draws(patient.seed, patient.number, "notes")


def summaries_of(patient: Patient) -> Iterator[tuple[Admission, Summary]]:
    """The discharge summaries of a patient, by admission; a share of admissions has none."""
    draws = stream(patient)
    for admission in patient.admissions:
        share = _EARLIER_SHARE if admission.category == EARLIER else _INDEX_SHARE
        if draws.chance(share):
            yield admission, summarize(patient, admission, draws)


def report_text(study: ImagingStudy) -> str:
    """A radiology report: each section under its header, an empty line between."""
    parts = [f"{header}:  {text}" if header else text for header, text in study.sections]
    return "\n \n".join(parts) + "\n"
