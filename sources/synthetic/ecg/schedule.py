"""When electrocardiograms are recorded in an admission.

Belongs here: times, and how many a patient can have. Does not belong here: what they show.
"""

from __future__ import annotations

from sources.synthetic.draws import Draws
from sources.synthetic.ecg.grammar import Habit
from sources.synthetic.timeline import DAY, HOUR, Admission

MOST = 16
"""Numbers that a patient has for electrocardiograms (`ids.ecg_study_id`)."""
MOST_EARLIER = 3
"""Of them, in one admission before the last."""
_APART = 8


def recorded_at(draws: Draws, admission: Admission, habit: Habit, most: int) -> list[int]:
    """Times of the recordings of an admission, by time, all before discharge.

    Args:
        draws: The stream of the patient's electrocardiograms.
        admission: The admission.
        habit: What is usual in its condition.
        most: How many at most; the earliest are kept.
    """
    times: list[int] = []
    start = admission.arrival if admission.ed is not None else admission.admitted
    first: int | None = None
    if admission.ed is not None and draws.chance(habit.ed):
        low, high = habit.within
        first = start + draws.whole(low, high)
        if not draws.chance(0.88):  # nobody had time, or nobody thought of it at once
            first += draws.whole(20, 110)
        times.append(first)
    for hours, share in habit.repeats:
        if first is not None and draws.chance(share):
            times.append(first + int(HOUR * hours * draws.between(0.75, 1.3)))
    for procedure in admission.procedures:
        if procedure.key in habit.after and draws.chance(0.8):
            times.append(procedure.at + draws.whole(25, 130))
    if admission.icu is not None:
        if draws.chance(habit.icu):
            times.append(admission.icu.start + draws.whole(8, 120))
        if draws.chance(0.3 * habit.icu):
            times.append(admission.icu.start + int(DAY * draws.between(0.4, 1.2)))
    if draws.chance(habit.ward):
        stay = admission.discharged - admission.admitted
        times.append(admission.admitted + int(stay * draws.between(0.15, 0.9)))
    kept: list[int] = []
    for at in sorted(times):
        if start < at < admission.discharged and (not kept or at - kept[-1] >= _APART):
            kept.append(at)
    return kept[:most]
