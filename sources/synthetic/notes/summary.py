"""A discharge summary: all sections in MIMIC's order under MIMIC's headers.

Belongs here: the order, headers and spacing of sections, and putting the parts together. Does not
belong here: what the parts say (`history`, `examination`, `stay`), rows (`writer`).

Section order and header spellings follow notes-and-imaging.md of the clinical facts, section 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sources.synthetic.draws import Draws
from sources.synthetic.notes.examination import Examiner, vital_line
from sources.synthetic.notes.history import Teller
from sources.synthetic.notes.leaking import Leak, leaks_of
from sources.synthetic.notes.results import pertinent
from sources.synthetic.notes.stay import Stay
from sources.synthetic.notes.words import presentation, words
from sources.synthetic.timeline import Admission, Patient

_REDACTED = 0.025
"""Share of headers of which a word was removed, as the de-identification of MIMIC does."""
_HEADS = {
    "procedure": ("Major Surgical or Invasive Procedure:", "Major ___ or Invasive Procedure:"),
    "history": ("History of Present Illness:", "___ of Present Illness:"),
    "past": ("Past Medical History:", "___ Medical History:"),
    "social": ("Social History:", "Social ___:"),
    "family": ("Family History:", "Family ___:"),
    "exam": ("Physical Exam:", "Physical ___:"),
    "results": ("Pertinent Results:", "___ Results:"),
    "course": ("Brief Hospital Course:", "___ Hospital Course:"),
    "diagnosis": ("Discharge Diagnosis:", "___ Diagnosis:"),
    "condition": ("Discharge Condition:", "___ Condition:"),
    "instructions": ("Discharge Instructions:", "___ Instructions:"),
}


@dataclass(frozen=True, slots=True)
class Summary:
    """One discharge summary."""

    text: str
    complaint: str
    history: str
    """The history before the emergency department: what a candidate may be shown."""
    symptoms: tuple[str, ...]
    """Keys of the symptoms that the history was told from."""
    leaks: tuple[Leak, ...]


def summarize(patient: Patient, admission: Admission, draws: Draws) -> Summary:
    """Write the discharge summary of one admission.

    Args:
        patient: Whose; studies and electrocardiograms are quoted where they are filled in.
        admission: One of the patient's admissions.
        draws: The stream of the notes.

    Raises:
        UnknownPresentation: The words lack the story that the admission was told from.
    """
    known = words()
    teller = Teller(draws, patient, admission)
    stay = Stay(teller, patient, admission)
    chances = presentation(admission.category, admission.condition)
    leaks = leaks_of(draws, admission, teller.words)
    past = teller.past_names()
    told = teller.history(chances, past)
    sentences = list(told.sentences)
    for leak in leaks:
        if leak.section == "history":
            sentences.insert(draws.whole(1, len(sentences)), leak.text)
    shown = " ".join(sentences)
    past_lines = teller.past_history(past)
    past_lines += [leak.text for leak in leaks if leak.section == "past_history"]
    family = teller.family_history()
    family += [leak.text for leak in leaks if leak.section == "family_history"]
    examiner = Examiner(draws, teller.words)
    triage = admission.ed.triage if admission.ed is not None else None
    signs = examiner.signs(
        chances,
        told.symptoms,
        triage,
        irregular="atrial_fibrillation" in patient.comorbid,
        faint=admission.atypical,
    )

    def head(name: str) -> str:
        return _HEADS[name][draws.chance(_REDACTED)]

    lines = [
        " ",
        "Name:  ___                     Unit No:   ___",
        " ",
        "Admission Date:  ___              Discharge Date:   ___",
        " ",
        f"Date of Birth:  ___             Sex:   {patient.sex}",
        " ",
        f"Service: {known.services.get(admission.service, 'MEDICINE')}",
        " ",
        "Allergies: ",
        teller.allergies(),
        " ",
        "Attending: ___.",
        " ",
        "Chief Complaint:",
        told.complaint,
        " ",
        head("procedure"),
        *(stay.procedures() or ["None"]),
        " ",
        " ",
        head("history"),
        shown,
    ]
    emergency = stay.emergency(examiner.words_of(signs))
    if emergency:
        lines += [" ", *emergency]
    lines += [" ", head("past"), *_entries(draws, past_lines)]
    lines += [" ", head("social"), "___", head("family"), *family, " "]
    lines += _examination(draws, head("exam"), examiner, signs, admission)
    lines += [" ", head("results"), *pertinent(patient, admission)]
    lines += [" ", head("course"), *stay.course(told.complaint, past), " "]
    lines += ["Medications on Admission:", *stay.medications_on_admission(), " "]
    lines += _ending(teller, stay, told.complaint, head, admission)
    return Summary("\n".join(lines) + "\n", told.complaint, shown, told.symptoms, leaks)


def _entries(draws: Draws, lines: list[str]) -> list[str]:
    """Past history as a list: plain, with dashes, or numbered."""
    if not lines:
        return ["None" if draws.chance(0.5) else "Denies"]
    style = draws.whole(0, 3)
    if style == 0:
        return [f"- {line}" for line in lines]
    if style == 1:
        return [f"{turn}. {line}" for turn, line in enumerate(lines, 1)]
    if style == 2:
        return [f"#{line}" for line in lines]
    return [line[0].upper() + line[1:] for line in lines]


def _examination(
    draws: Draws, head: str, examiner: Examiner, signs: dict[str, str], admission: Admission
) -> list[str]:
    """Physical examination on admission and, unless the patient died, at discharge."""
    lines = [head]
    if draws.chance(0.75):
        lines.append(draws.one(("ADMISSION PHYSICAL EXAM:", "ADMISSION EXAM:", "On admission:")))
        if draws.chance(0.6):
            lines.append("=" * 23)
    if admission.ed is not None:
        seen = admission.ed.vitals[-1] if admission.ed.vitals else admission.ed.triage
        lines.append(f"{draws.one(('VS', 'VITALS', 'Vitals'))}: {vital_line(seen)}")
    lines += examiner.admission(signs)
    lines += [
        " ",
        draws.one(("DISCHARGE PHYSICAL EXAM:", "DISCHARGE EXAM:", "Discharge:", "On discharge:")),
    ]
    if admission.died:
        return [*lines, "Expired. No heart or breath sounds, pupils fixed."]
    return [*lines, "VS: ___", *examiner.discharge(signs)]


def _ending(
    teller: Teller, stay: Stay, complaint: str, head: Callable[[str], str], admission: Admission
) -> list[str]:
    """Everything from the discharge medications on."""
    titles = stay.titles
    drugs = ", ".join(stay.treatments()[:3]) or "supportive care"
    where = stay.disposition()
    lines = ["Discharge Medications:"]
    lines += ["None, patient expired."] if admission.died else stay.discharge_medications()
    lines += [" ", "Discharge Disposition:", where, " "]
    if where in ("Extended Care", "Home With Service"):
        lines += ["Facility:", "___", " "]
    lines += [head("diagnosis"), *stay.diagnoses(), " ", head("condition")]
    lines += ["Expired." if admission.died else teller.frame("condition"), " "]
    instructions = (
        "N/A"
        if admission.died
        else teller.frame("instructions", complaint=complaint, title=titles[0].lower(), drugs=drugs)
    )
    lines += [head("instructions"), instructions, " ", "Followup Instructions:"]
    return [*lines, teller.frame("followup")]
