"""Vital signs as the emergency department takes them.

Belongs here: one set of vital signs, with the gaps and slips of a busy department, and the level
that triage makes of it. Does not belong here: the values themselves (`body`), hourly charting in
intensive care (`icu_course`).
"""

from __future__ import annotations

from sources.synthetic.body import Body
from sources.synthetic.draws import Draws
from sources.synthetic.stories import Story
from sources.synthetic.timeline import Vitals

_UNTAKEN = 0.03
"""Share of sets of vital signs that are left out but for the pain."""
_CELSIUS = 0.06
"""Share of thermometers that are read in Celsius."""
_UNGRADED = 0.06
"""Share of visits without an acuity."""
_PAIN_IN_WORDS = ("unable", "asleep", "denies", "uta", "sleeping", "mild")


def read_vitals(draws: Draws, body: Body, story: Story, at: int, hours: float) -> Vitals:
    """Vital signs at one time, with the gaps and slips of a busy department.

    A set is now and then left out as a whole, temperature often; a few thermometers are read in
    degrees Celsius; pain is a number, a word, or not asked. At triage (`hours` 0) less is missing.
    """
    at_triage = hours == 0.0
    sbp = round(body.vital("sbp", hours))
    hr = round(body.vital("hr", hours))
    told = story.vitals.get("pain", [3.0, 3.0])
    number = max(0, min(10, round(draws.around(told[0], told[1]))))
    pain = str(number) if draws.chance(0.8) else ""
    if pain and draws.chance(0.09):
        pain = draws.one(_PAIN_IN_WORDS)
    rhythm = ""
    if draws.chance(0.16):
        fast = "Sinus Tachycardia" if hr > 100 else "Sinus Rhythm"
        rhythm = fast if story.rhythm is None else story.rhythm.split(" (")[-1].strip(" )")
    temp = body.vital("temp", hours) if draws.chance(0.9 if at_triage else 0.58) else None
    if temp is not None and draws.chance(_CELSIUS / 8 if at_triage else _CELSIUS):
        temp = round((temp - 32) / 1.8, 1)
    if draws.chance(_UNTAKEN):
        return Vitals(at, None, None, None, None, None, None, pain, "")
    return Vitals(
        at,
        hr,
        sbp,
        round(sbp * draws.between(0.5, 0.66)),
        round(body.vital("rr", hours)) if draws.chance(0.98) else None,
        round(body.vital("spo2", hours)) if draws.chance(0.97) else None,
        temp,
        pain,
        rhythm,
    )


def triage_level(draws: Draws, triage: Vitals, *, is_small: bool = False) -> int | None:
    """Emergency Severity Index that a triage nurse gives, with the nurses' own differences.

    Level 1 needs a life at stake, level 2 vital signs in the danger zone or severe pain, 3 and 4
    are told apart by what will be needed (Gilboy et al., ESI Implementation Handbook, version 4).
    """
    hr, sbp, rr, spo2 = (
        triage.hr or 80,
        triage.sbp or 125,
        triage.rr or 17,
        97 if triage.spo2 is None else triage.spo2,
    )
    pain = int(triage.pain) if triage.pain.isdigit() else 3
    if draws.chance(_UNGRADED):
        return None
    if spo2 < 88 or sbp < 84 or hr > 145 or rr > 34:
        return 1 if draws.chance(0.6) else 2
    if spo2 < 92 or sbp < 96 or hr > 112 or rr > 24 or pain >= 9:
        return 2 if draws.chance(0.82) else draws.one((1, 3))
    if is_small:
        return draws.one((4, 4, 4, 3, 3, 5))
    return draws.one((2, 2, 3, 3, 3, 3))
