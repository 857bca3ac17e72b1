"""How the bedside clinician answers the further questions of a kind of scenario.

Belongs here: a few plain rules over the conversation. Does not belong here: the diagnosis
(`bedside`). The rules are hand-made, of the right order, and no clinician has reviewed them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from evaluators.candidates.reference.conversation import Conversation
from evaluators.encounter.protocol import Presentation

SUPPORT_ORDERS = (
    "mean arterial pressure",
    "heart rate",
    "respiratory rate",
    "oxygen saturation",
    "inspired oxygen fraction",
    "lactate",
    "arterial blood gas",
    "creatinine",
    "potassium",
    "urine output",
    "Glasgow coma scale",
)
"""What tells of organ support in the next day."""
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_DENIALS = re.compile(
    r"\b(no|without|free of|negative for|resolved|rather than|clear of|unremarkable)\b[^.;]*$"
)
_HEDGES = re.compile(
    r"\b(possible|possibly|may|might|could|cannot be excluded|suspected|suspicious|probable|likely"
    r"|question|concern|suggest\w*)\b"
)
_FILM_WORDS = {
    "atelectasis": r"atelecta\w+|volume loss",
    "cardiomegaly": r"cardiomegaly|(?:enlarge\w*|large)[^.]{0,25}(?:heart|cardiac)"
    r"|(?:heart|cardiac)[^.]{0,25}enlarge\w*",
    "consolidation": r"consolidat\w+",
    "edema": r"edema|vascular congestion|cephali[sz]ation",
    "enlarged_cardiomediastinum": r"widen\w*[^.]{0,20}mediastin\w+|mediastin\w+[^.]{0,20}widen\w*",
    "fracture": r"fractur\w+",
    "lung_lesion": r"nodul\w+|\bmass\b",
    "lung_opacity": r"opacit\w+|opacificat\w+|infiltrat\w+",
    "pleural_effusion": r"effusions?|blunt\w*[^.]{0,30}(?:angle|sulcus)|pleural fluid",
    "pleural_other": r"pleural (?:thickening|plaque\w*|scar\w*)",
    "pneumonia": r"pneumonia|infect\w+",
    "pneumothorax": r"pneumothora\w+",
    "support_devices": r"\b(?:tube|catheter|line|pacemaker|picc|leads?|wires|port)\b",
}


def organ_support(conversation: Conversation) -> dict[str, bool]:
    """Support to expect from the last values shown: shock, failing lungs, failing kidneys."""
    values = _last_values(conversation)
    pressure = values.get("mean arterial pressure", values.get("blood pressure mean", 80.0))
    lactate = values.get("lactate", 1.0)
    oxygen = values.get("fio2", values.get("inspired oxygen fraction", 21.0))
    coma = values.get("glasgow coma scale", values.get("gcs", 15.0))
    creatinine = values.get("creatinine", 1.0)
    potassium = values.get("potassium", 4.0)
    return {
        "vasopressor": pressure < 65 or lactate > 4,
        "ventilation": oxygen >= 45 or coma <= 8,
        "renal_replacement": creatinine > 6 or potassium > 6.5,
    }


def triage(presentation: Presentation) -> dict[str, Any]:
    """Urgency by vital signs in the danger zone, and admission of the urgent and the old.

    After Gilboy et al., Emergency Severity Index, Implementation Handbook, version 4.
    """
    hr = presentation.heart_rate_bpm or 80.0
    sbp = presentation.sbp_mmhg or 125.0
    rr = presentation.resp_rate_per_min or 17.0
    spo2 = presentation.spo2_pct or 97.0
    if spo2 < 88 or sbp < 84 or hr > 145 or rr > 34:
        acuity = 1
    elif spo2 < 92 or sbp < 96 or hr > 112 or rr > 24 or (presentation.pain or "") in ("9", "10"):
        acuity = 2
    else:
        acuity = 3
    stays = acuity <= 2 or presentation.age_years >= 65 or presentation.arrival == "AMBULANCE"
    return {"acuity": acuity, "disposition": "admitted" if stays else "home"}


def film_labels(findings: str | None) -> dict[str, int | None]:
    """Labels by the words of a report, sentence by sentence; an image alone is not read.

    A word after a denial in its sentence is absent; with a hedge uncertain.
    """
    labels: dict[str, int | None] = dict.fromkeys(_FILM_WORDS)
    for sentence in re.split(r"(?<=[.;])\s+", (findings or "").casefold()):
        for name, pattern in _film_patterns():
            match = pattern.search(sentence)
            if match is None:
                continue
            if _DENIALS.search(sentence[: match.start()]):
                found = 0
            else:
                found = -1 if _HEDGES.search(sentence) else 1
            if labels[name] != 1:
                labels[name] = found if labels[name] is None or found else labels[name]
    others = [label for name, label in labels.items() if name != "support_devices"]
    labels["no_finding"] = None if any(others) else 1
    return labels


@cache
def _film_patterns() -> Sequence[tuple[str, re.Pattern[str]]]:
    return [(name, re.compile(pattern)) for name, pattern in _FILM_WORDS.items()]


def _last_values(conversation: Conversation) -> dict[str, float]:
    values = {}
    for result in conversation.results:
        match = _NUMBER.search(result.value)
        if match is not None:
            values[result.test.casefold()] = float(match.group(0))
    return values
