"""Histories that name the diagnosis on purpose, and near misses that do not.

Belongs here: which admissions leak, through which channel, and the sentence. Does not belong here:
the list of what counts as a leak (`leak_terms.csv` of the warehouse), finding leaks (dbt).

The shares follow what a detector needs to be measured: few leaks, as many near misses.
"""

from __future__ import annotations

from dataclasses import dataclass

from sources.synthetic.draws import Draws
from sources.synthetic.notes.grammar import say
from sources.synthetic.notes.words import words
from sources.synthetic.stories import EARLIER
from sources.synthetic.timeline import Admission

OWN_SHARE = 0.04
"""Share of index admissions whose history leaks although the complaint does not."""
NEAR_SHARE = 0.04
"""Share of index admissions with a near miss."""
NO_LEAK = "none"
"""Channel of a near miss: the disease is named, but not as the patient's."""
_ANNOUNCED = ("outside_hospital", "result_in_history", "known_disease")
_OWN = ("outside_hospital", "result_in_history", "past_history")


@dataclass(frozen=True, slots=True)
class Leak:
    """One place that names the condition."""

    section: str
    """`history`, `past_history`, `family_history`, or `triage` for the complaint there."""
    channel: str
    text: str


def leaks_of(draws: Draws, admission: Admission, person: dict[str, str]) -> tuple[Leak, ...]:
    """The leaks and near misses of one admission; most have none.

    Args:
        draws: The stream of the notes.
        admission: Which admission.
        person: Pronouns of the patient.
    """
    if admission.category == EARLIER:
        return ()
    known = words()
    names = known.names[admission.condition]
    chance = draws.uniform()

    def told(channel: str, section: str) -> Leak:
        template = draws.one(known.leak_channels[channel])
        return Leak(section, channel, say(template, draws, {**person, "name": draws.one(names)}))

    if admission.leaks:
        leaks = [told(draws.one(_ANNOUNCED), "history")]
        if admission.ed is not None:
            leaks.append(Leak("triage", "complaint", admission.ed.complaint))
        return tuple(leaks)
    if chance < OWN_SHARE:
        channel = draws.one(_OWN)
        return (told(channel, channel if channel == "past_history" else "history"),)
    if chance < OWN_SHARE + NEAR_SHARE:
        kind = draws.one(("denied", "family"))
        text = say(draws.one(known.near_misses[kind]), draws, {**person, "name": draws.one(names)})
        return (Leak("history" if kind == "denied" else "family_history", NO_LEAK, text),)
    return ()
