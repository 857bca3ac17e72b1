"""Module echo: that an echocardiogram was recorded, and when; the clips themselves are not written.

Belongs here: the two lists of MIMIC-IV-ECHO 0.1 and their drawing. Does not belong here: images,
measurements and reports, which that version does not have; shares (`ecg/conditions.yml`).
"""

from __future__ import annotations

from sources.synthetic.calendar import moment
from sources.synthetic.draws import Draws
from sources.synthetic.ecg.grammar import load_habits
from sources.synthetic.ids import echo_study_id
from sources.synthetic.sheets import Book, Files
from sources.synthetic.timeline import DAY, HOUR, Admission, Echo, Patient

MOST = 4
"""Numbers that a patient has for echocardiograms (`ids.echo_study_id`)."""
_NOTED = 9
"""Studies in a hundred that name a note: version 0.1 links few."""
_CLIP_SECONDS = 21


def echoes_of(patient: Patient, seed: int) -> tuple[Echo, ...]:
    """All echocardiograms of a patient, by time; a pure function of its arguments.

    How many are seen depends on the condition; a few are seen twice.

    Args:
        patient: The patient; `echoes` are not read.
        seed: Seed of the release.
    """
    draws = Draws(seed, patient.number, "echo")
    echoes: list[Echo] = []
    for admission in patient.admissions:
        share = load_habits().of(admission.condition).echo
        for chance in (share, 0.12 * share):
            at = _at(draws, admission)
            wanted, clips = draws.chance(chance), max(6, round(72 * draws.times(0.35)))
            if wanted and at < admission.discharged and len(echoes) < MOST:
                number = echo_study_id(patient.number, len(echoes))
                echoes.append(Echo(number, admission.hadm_id, at, clips))
    return tuple(sorted(echoes, key=lambda echo: (echo.at, echo.study_id)))


def _at(draws: Draws, admission: Admission) -> int:
    """A time by day within two days; at once in some of those in intensive care."""
    if admission.icu is not None and draws.chance(0.35):
        return admission.icu.start + draws.whole(30, 5 * HOUR)
    at = admission.admitted + int(HOUR * draws.between(2, 44))
    if draws.chance(0.1):
        return at
    by_day = at // DAY * DAY + draws.whole(480, 1050)
    return by_day if by_day > admission.admitted else by_day + DAY


class EchoWriter:
    """Writes module echo."""

    def __init__(self, book: Book, files: Files) -> None:
        """Bind the module's sheets."""
        self._book = book

    def write(self, patient: Patient) -> None:
        """Write the echocardiograms of one patient."""
        subject = patient.subject_id
        for turn, echo in enumerate(patient.echoes, 1):
            study = echo.study_id
            folder = f"files/p{str(subject)[:2]}/p{subject}/s{study}/{study}"
            self._book["record_list"].extend(
                f"{subject},{study},{_second(echo.at, clip * _CLIP_SECONDS)},"
                f"{folder}_{clip + 1:04d}.dcm"
                for clip in range(echo.clips)
            )
            note = ",,"
            if study * 7_907 % 100 < _NOTED:
                note = f"{subject}-EC-{turn},{turn},{moment(echo.at + 150)}"
            self._book["study_list"].add(f"{subject},{study},{moment(echo.at)},{note}")

    def finish(self) -> None:
        """The module has no dictionary."""


def _second(at: int, seconds: int) -> str:
    """A time to the second."""
    return f"{moment(at + seconds // 60)[:-2]}{seconds % 60:02d}"
