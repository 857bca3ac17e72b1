"""Reports in sections: the frame of every report, and what all examinations but chest films say.

Belongs here: EXAMINATION to IMPRESSION, their variants and gaps, findings by part of the body.
Does not belong here: when a study is done (`studies`), chest films (`chest_report`).
"""

from __future__ import annotations

from dataclasses import dataclass

from sources.synthetic.draws import Draws
from sources.synthetic.imaging.exams import Exam
from sources.synthetic.imaging.grammar import say, say_one, sentence
from sources.synthetic.imaging.plans import Plan, findings, layouts, plans
from sources.synthetic.timeline import Admission, Patient

Sections = tuple[tuple[str, str], ...]

_HEADS = ("INDICATION", "INDICATION", "INDICATION", "HISTORY", "REASON FOR EXAM")
_ASK = (
    "{eval for|evaluate for|assess for|?|please evaluate for|rule out} <seek>",
    "{any |}<seek>?",
)
_WHY = (
    "___ year old {<person>|patient} with <why> // <ask>",
    "History: ___<letter> with <why> // <ask>",
    "___<letter> with <why>, <ask>",
    "<why:C>. {Evaluate|Assess} for <seek>.",
    "<why:C>.",
)
_NOTE = (
    "The {findings|impression} {were|was} discussed with ___, M.D. by ___, M.D. "
    "{on the telephone|in person} on ___ at <1..12>:<10..59> {AM|PM}, <2..25> minutes after "
    "{discovery of the findings|observation}.",
)
_AGAIN = (
    "{Compared with|In comparison to} the {prior|most recent prior} {study|examination}, there is "
    "{no significant|little} {interval change|change}.",
    "{Findings are|Appearance is} {similar to|unchanged from|slightly improved since} the prior "
    "{study|examination}.",
)
_NONE = ("None.", "None available.", "None.", "No prior studies available.")
_PRIOR = ("___.", "Prior {exam|study} {dated |from }___.", "Comparison {is made |}to ___.")


@dataclass(frozen=True, slots=True)
class Request:
    """What the department was asked for."""

    why: str
    seek: str


def request(
    draws: Draws, admission: Admission, plan: Plan, seek: tuple[str, ...] | None = None
) -> Request:
    """The complaint and the question of one order; the triage complaint where there was one.

    Args:
        draws: The patient's imaging stream.
        admission: For the complaint.
        plan: Of the condition.
        seek: Templates of the question, where it is not the plan's.
    """
    ed = admission.ed
    if ed is not None and (not plan.why or draws.chance(0.6 if not admission.atypical else 0.9)):
        why = ed.complaint.lower().rstrip(".")
    elif plan.why:
        why = say_one(draws, plan.why)
    else:
        why = say(draws, "{preoperative evaluation|pain|weakness}")
    return Request(why, say_one(draws, seek or plan.seek))


def framed(
    draws: Draws,
    patient: Patient,
    exam: Exam,
    name: str,
    asked: Request,
    names: dict[str, str],
    body: tuple[str, tuple[str, ...]],
    *,
    prior: bool,
    whole: bool,
) -> Sections:
    """The report.

    Args:
        draws: The patient's imaging stream.
        patient: For `woman` or `man`.
        exam: What was done.
        name: The name that it is booked under.
        asked: Why.
        names: Slots of the technique.
        body: FINDINGS and the lines of the IMPRESSION.
        prior: Whether there is a study to compare with.
        whole: Whether FINDINGS must be a section of its own; else it is sometimes missing, and
            the IMPRESSION holds all.
    """
    found, sums = body
    person, letter = ("woman", "F") if patient.sex == "F" else ("man", "M")
    ask = say_one(draws, _ASK, {"seek": asked.seek})
    slots = {
        "why": asked.why,
        "why:C": sentence(asked.why),
        "seek": asked.seek,
        "ask": ask,
        "person": person,
        "letter": letter,
    }
    sections = [("EXAMINATION", name)]
    # Only after the usual name, so that whoever reads the first line finds the name in it.
    if name == exam.names[0] and draws.chance(0.35):
        sections = [("EXAMINATION", f"{name}{_tail(draws, exam)}")]
    if draws.chance(0.95):
        sections.append((draws.one(_HEADS), say_one(draws, _WHY, slots)))
    if draws.chance(0.8 if exam.modality == "XR" else 0.95):
        sections.append(("TECHNIQUE", sentence(say_one(draws, exam.how, names))))
    if draws.chance(0.88):
        sections.append(("COMPARISON", say_one(draws, _PRIOR if prior else _NONE)))
    if len(sums) > 1:
        closing = "\n".join(f"{order}. {line}" for order, line in enumerate(sums, 1))
    else:
        closing = sums[0]
    if found and (whole or draws.chance(0.9)):
        sections.append(("FINDINGS", found))
        # Some reports of normal studies end with the findings.
        dull = len(sums) == 1 and closing.startswith(("No ", "Normal", "Unremarkable"))
        if whole or not dull or draws.chance(0.93):
            sections.append(("IMPRESSION", closing))
    else:
        compared = "In comparison with the study of ___, " if prior and draws.chance(0.6) else ""
        first = found[:1].lower() + found[1:] if compared else found
        sections.append(("IMPRESSION", f"{compared}{first}\n{closing}".strip()))
    if exam.modality in {"CT", "XR", "US"} and len(sums) > 1 and draws.chance(0.07):
        sections.append(("NOTIFICATION", say_one(draws, _NOTE)))
    return tuple(sections)


def _tail(draws: Draws, exam: Exam) -> str:
    return draws.one((f" {exam.code}", " ___", f" {exam.modality} ___"))


def found_by(
    draws: Draws,
    exam: Exam,
    finds: dict[str, float],
    names: dict[str, str],
    known: frozenset[str],
    *,
    again: bool,
) -> tuple[str, tuple[str, ...], frozenset[str]]:
    """FINDINGS and IMPRESSION of one examination.

    Args:
        draws: The patient's imaging stream.
        exam: What was done.
        finds: Findings of the plan with their shares.
        names: Slots.
        known: Findings that an earlier study of the admission showed: this one shows them too.
        again: Whether it repeats an earlier study.

    Returns:
        The text of FINDINGS, the lines of the IMPRESSION, and the keys of what was found.
    """
    catalogue, layout = findings(), layouts()[exam.layout]
    shown: dict[str, str] = {}
    main = []
    for key, share in finds.items():
        part = catalogue[key].part
        if part not in shown and ((again and key in known) or draws.chance(share)):
            shown[part] = key
            main.append(key)
    for key, share in plans().incidental.items():
        part = catalogue[key].part
        if part in layout.parts and part not in shown and draws.chance(share * 0.6):
            shown[part] = key
    short = draws.chance(0.14)
    lines: list[str] = []
    block: list[str] = []
    for index, (part, (head, normal)) in enumerate(layout.parts.items()):
        told = shown.get(part)
        if told is None and short and index > 2 and draws.chance(0.6):
            continue
        text = say_one(draws, catalogue[told].says if told else normal, names)
        text = ". ".join(sentence(one) for one in text.split(". "))
        if head:
            if block:
                lines.append(" ".join(block))
                block = []
            lines.append(f"{head} {text}")
        else:
            block.append(text)
    if block:
        lines.append(" ".join(block))
    if again:
        lines.append(say_one(draws, _AGAIN))
    sums = [
        sentence(say_one(draws, catalogue[key].sums, names)) for key in main if catalogue[key].sums
    ]
    if not sums:
        sums.append(sentence(say_one(draws, layout.normal, names)))
    sums += [
        sentence(say_one(draws, catalogue[key].sums, names))
        for key in shown.values()
        if key not in main and catalogue[key].sums
    ]
    return "\n".join(lines), tuple(sums), frozenset(shown.values())
