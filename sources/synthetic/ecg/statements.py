"""Reads a tracing as the machine of an electrocardiograph does: statements, sometimes wrong.

Belongs here: wording and order of the statements, the machine's mistakes. Does not belong here:
what is on the tracing; a misread tracing keeps its waveform and its measurements.
"""

from __future__ import annotations

from dataclasses import dataclass

from sources.synthetic.draws import Draws
from sources.synthetic.ecg import rhythm
from sources.synthetic.ecg.grammar import Finding

MOST = 18
"""Columns `report_0` to `report_17`."""
MISREAD = 0.045
"""Share of the statements that the machine gets wrong where `findings.yml` says how."""
_WRONG_RHYTHM = 0.012
_NARROW = 110.0
_SUMMARIES = ("Normal ECG", "Borderline ECG", "Abnormal ECG")
_RHYTHMS: dict[str, tuple[str, ...]] = {
    rhythm.SINUS: ("Sinus rhythm",),
    rhythm.FAST_SINUS: ("Sinus tachycardia",),
    rhythm.SLOW_SINUS: ("Sinus bradycardia",),
    rhythm.FIBRILLATION: ("Atrial fibrillation",),
    rhythm.FLUTTER: ("Atrial flutter", "Probable atrial flutter"),
    rhythm.COMPLETE_BLOCK: (
        "Complete A-V block with junctional escape rhythm",
        "Sinus rhythm with complete A-V block",
        "A-V dissociation - possible complete heart block",
    ),
    rhythm.TWO_TO_ONE: (
        "Sinus rhythm with 2:1 A-V block",
        "Second degree A-V block, Mobitz II",
    ),
    rhythm.JUNCTIONAL: ("Junctional rhythm", "Possible junctional rhythm"),
    rhythm.VENTRICULAR: ("Probable ventricular tachycardia", "Wide QRS tachycardia"),
    rhythm.SUPRAVENTRICULAR: ("Supraventricular tachycardia", "Narrow QRS tachycardia"),
    rhythm.PACED: (
        "Ventricular pacing",
        "Ventricular-paced rhythm",
        "A-V sequential or dual chamber electronic pacemaker",
    ),
}
_MISTAKEN: dict[str, tuple[str, ...]] = {
    rhythm.SINUS: ("Undetermined regular rhythm", "Sinus rhythm with sinus arrhythmia"),
    rhythm.FAST_SINUS: ("Probable atrial flutter", "Supraventricular tachycardia"),
    rhythm.SLOW_SINUS: ("Possible junctional rhythm",),
    rhythm.FIBRILLATION: ("Sinus rhythm with frequent PACs", "Undetermined rhythm"),
    rhythm.FLUTTER: ("Sinus tachycardia", "Atrial fibrillation"),
    rhythm.COMPLETE_BLOCK: ("Sinus bradycardia", "Possible junctional rhythm"),
    rhythm.TWO_TO_ONE: ("Sinus bradycardia",),
}
_SERIOUS = frozenset(
    {
        rhythm.FIBRILLATION, rhythm.FLUTTER, rhythm.COMPLETE_BLOCK, rhythm.TWO_TO_ONE,
        rhythm.JUNCTIONAL, rhythm.VENTRICULAR, rhythm.SUPRAVENTRICULAR, rhythm.PACED,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Read:
    """What a machine has to go by."""

    rhythm: str
    rate: float
    pr: float | None
    qrs: float
    qt: float
    axis: int
    ectopy: str
    findings: tuple[tuple[str, Finding, float], ...]
    """Name, finding and size of those large enough to be seen, in the order of printing."""


def wordy(study_id: int) -> bool:
    """Whether the cart's program ends statements with a full stop and heads its summary."""
    return study_id * 7_919 % 97 < 22


def corrected_qt(qt: float, rate: float) -> float:
    """QT corrected by Bazett (1920): QT over the root of RR in seconds; milliseconds."""
    return float(qt / (60 / rate) ** 0.5)


def read_by_machine(draws: Draws, study_id: int, read: Read) -> tuple[str, ...]:
    """The statements of the machine, the summary last; never more than 18.

    Args:
        draws: The stream of the patient's electrocardiograms.
        study_id: Decides which program words them.
        read: The tracing.
    """
    grade = 2 if read.rhythm in _SERIOUS else 0
    lines = _rhythm(draws, read)
    if read.rhythm == rhythm.PACED:
        lines.append("No further analysis attempted due to paced rhythm")
    else:
        found, worst = _measured(draws, read)
        lines += found
        grade = max(grade, worst)
        for _, finding, _ in read.findings:
            missed, wrong = draws.chance(finding.missed), draws.chance(MISREAD)
            wording = draws.one(finding.say)
            if missed:
                continue
            if wrong and finding.misread:
                wording = draws.one(finding.misread)
            grade = max(grade, finding.grade)
            lines += [line for line in wording if line not in lines]
    if read.ectopy:
        grade = max(grade, 2 if read.ectopy == "pvc" else 1)
    only_rate = read.rhythm in (rhythm.FAST_SINUS, rhythm.SLOW_SINUS)
    summary = "Normal ECG except for rate" if only_rate and grade == 0 else _SUMMARIES[grade]
    if wordy(study_id):
        lines = [f"{line}." for line in lines]
        summary = f"Summary: {summary}"
    return (*lines[: MOST - 2], summary)


def _rhythm(draws: Draws, read: Read) -> list[str]:
    """The statement about the rhythm."""
    roll = draws.uniform()
    words = draws.one(_RHYTHMS[read.rhythm])
    if roll < _WRONG_RHYTHM and read.rhythm in _MISTAKEN:
        return [draws.one(_MISTAKEN[read.rhythm])]
    if read.rhythm == rhythm.FIBRILLATION:
        if read.rate > 100:
            words += " with rapid ventricular response"
        elif read.rate < 55:
            words += " with slow ventricular response"
    if read.rhythm == rhythm.FLUTTER and read.rate > 120:
        words += " with rapid ventricular response"
    if read.ectopy:
        words += " with PVC(s)" if read.ectopy == "pvc" else " with PAC(s)"
    return [words]


def _measured(draws: Draws, read: Read) -> tuple[list[str], int]:
    """Statements that follow from intervals and axis, and the worst grade among them."""
    lines: list[str] = []
    grade = 0
    names = {name for name, _, _ in read.findings}
    wide = names & {"lbbb", "rbbb"}
    if read.pr is not None:
        if read.pr > 220:
            lines.append(draws.one(("First degree A-V block", "Prolonged PR interval")))
            grade = 2
        elif read.pr > 204:
            lines.append("Borderline first degree A-V block")
            grade = 1
        elif read.pr < 114:
            lines.append("Short PR interval")
            grade = 1
    if not wide and read.qrs > _NARROW:
        marked = read.qrs > 122
        lines.append(
            "Nonspecific intraventricular conduction block"
            if marked
            else "Nonspecific intraventricular conduction delay"
        )
        grade = max(grade, 2 if marked else 1)
    if "lafb" not in names:
        if -180 < read.axis < -30:
            lines.append("Left axis deviation")
            grade = max(grade, 1)
        elif read.axis > 100:
            lines.append("Right axis deviation")
            grade = max(grade, 1)
    corrected = corrected_qt(read.qt, read.rate)
    if not wide and read.rate < 125:
        if corrected > 482:
            lines.append("Prolonged QT interval")
            grade = 2
        elif corrected > 464:
            lines.append("Borderline prolonged QT interval")
            grade = max(grade, 1)
        elif corrected < 348:
            lines.append("Short QT interval")
            grade = max(grade, 1)
    return lines, grade
