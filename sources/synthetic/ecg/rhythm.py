"""Which rhythm a recording shows, in agreement with what the nurses charted.

Belongs here: the keys of rhythms and the choice between them. Does not belong here: the beats of a
rhythm (`waveform`), its wording (`statements`).
"""

from __future__ import annotations

from sources.synthetic.draws import Draws
from sources.synthetic.ecg.bedside import Bedside
from sources.synthetic.stories import load_stories
from sources.synthetic.timeline import Admission, Patient

FIBRILLATION = "atrial_fibrillation"
FLUTTER = "atrial_flutter"
COMPLETE_BLOCK = "complete_heart_block"
TWO_TO_ONE = "mobitz_2"
JUNCTIONAL = "junctional"
VENTRICULAR = "ventricular_tachycardia"
SUPRAVENTRICULAR = "supraventricular_tachycardia"
PACED = "ventricular_paced"
SINUS = "sinus"
FAST_SINUS = "sinus_tachycardia"
SLOW_SINUS = "sinus_bradycardia"
RHYTHMS = (
    SINUS, FAST_SINUS, SLOW_SINUS, FIBRILLATION, FLUTTER, COMPLETE_BLOCK, TWO_TO_ONE, JUNCTIONAL,
    VENTRICULAR, SUPRAVENTRICULAR, PACED,
)  # fmt: skip
WITHOUT_P = frozenset({FIBRILLATION, FLUTTER, COMPLETE_BLOCK, JUNCTIONAL, VENTRICULAR})
"""Rhythms in which a machine measures no P wave and no PR interval."""

_WORDS = (
    ("flut", FLUTTER),
    ("fib", FIBRILLATION),
    ("complete heart", COMPLETE_BLOCK),
    ("third degree", COMPLETE_BLOCK),
    ("3rd", COMPLETE_BLOCK),
    ("chb", COMPLETE_BLOCK),
    ("second degree", TWO_TO_ONE),
    ("2nd", TWO_TO_ONE),
    ("mobitz", TWO_TO_ONE),
    ("junction", JUNCTIONAL),
    ("svt", SUPRAVENTRICULAR),
    ("supraventricular", SUPRAVENTRICULAR),
    ("ventricular tach", VENTRICULAR),
    ("sinus", SINUS),
)
"""Parts of charted words, the first that fits; ventricular fibrillation is never recorded."""


def key_of(words: str) -> str | None:
    """The rhythm that a charted text names, or None."""
    low = words.lower()
    if "ventricular fib" in low or low.startswith("vf"):
        return None
    return next((key for part, key in _WORDS if part in low), None)


class RhythmOf:
    """The underlying rhythm during one admission."""

    def __init__(
        self,
        draws: Draws,
        patient: Patient,
        admission: Admission,
        bedside: Bedside,
        weights: dict[str, float],
    ) -> None:
        """Draw it.

        Args:
            draws: The stream of the patient's electrocardiograms.
            patient: The patient.
            admission: The admission.
            bedside: Its readings.
            weights: Rhythms of the condition; empty where the story or the chart decides.
        """
        story = load_stories().get(admission.category, {}).get(admission.condition)
        told = None if story is None or story.rhythm is None else key_of(story.rhythm)
        charted = [key_of(words) for _, words in bedside.words("rhythm")]
        roll = draws.uniform()
        if weights:
            told = draws.weighted(weights)
        if told is None:
            told = next((key for key in charted if key not in (None, SINUS)), None)
        if told is None and FIBRILLATION in patient.comorbid and not charted and roll < 0.6:
            # Fibrillation comes and goes: a charted sinus rhythm is believed.
            told = FIBRILLATION
        self._told = told or SINUS
        shocked = [done.at for done in admission.procedures if done.key == "cardioversion"]
        self._restored = shocked[0] if shocked and draws.chance(0.86) else None

    def at(self, moment: int, rate: float) -> str:
        """The key of the rhythm at a time and rate (beats per minute)."""
        told = self._told
        if told in (FIBRILLATION, FLUTTER) and self._restored is not None:
            told = SINUS if moment >= self._restored else told
        if (told == COMPLETE_BLOCK and rate > 58) or (told == TWO_TO_ONE and rate > 66):
            # The chart has a rate that no such block allows: it has gone, or is paced.
            told = SINUS
        if told == SUPRAVENTRICULAR and rate < 125:
            told = SINUS
        if told == VENTRICULAR and rate < 110:
            told = SINUS
        if told == JUNCTIONAL and rate > 90:
            told = SINUS
        if told != SINUS:
            return told
        return FAST_SINUS if rate >= 100 else SLOW_SINUS if rate < 60 else SINUS
