"""The drugs of one admission: what is ordered, when it runs, which doses are given.

Belongs here: the story's drugs, home drugs that go on, and what every ward orders whatever the
illness is (`catalogue/ward.yml`). Does not belong here: infusions as an ICU charts them
(`icu_course`), rows (`pharmacy_rows`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from sources.synthetic.catalogue import catalogue
from sources.synthetic.draws import Draws
from sources.synthetic.frame import MOST_ADMISSIONS, Frame
from sources.synthetic.ids import PHARMACY
from sources.synthetic.stories import Story
from sources.synthetic.timeline import DAY, HOUR, Medication

_MOST_ORDERS = PHARMACY // MOST_ADMISSIONS
"""Most drug orders of an admission: a patient's ids must do for all admissions."""
_MOST_DOSES = 120
"""Most doses of one order."""
_REORDERED = 0.6
"""Share of standing orders that are stopped and ordered again, as often as time allows."""
_MOVED = 0.75
"""Share of the orders that are written anew when a patient goes to or leaves intensive care."""
_SHORTEST = 18 * HOUR
"""Orders that run for less time are left alone."""


class DrugCourse:
    """Draws the drug orders of one admission."""

    def __init__(self, draws: Draws, story: Story, frame: Frame) -> None:
        """Bind the patient's stream, the story and the times."""
        self._draws = draws
        self._story = story
        self._frame = frame
        self._catalogue = catalogue()

    def medications(self, home: list[str], moves: Sequence[int] = ()) -> tuple[Medication, ...]:
        """All drug orders, by time.

        Args:
            home: Drugs that the patient takes at home.
            moves: When the patient went to or left intensive care, by time.
        """
        draws, frame = self._draws, self._frame
        plan = {
            key: (share, draws.between(5, 14), 9.0 if self._catalogue.drugs[key].every else 0.0)
            for key, share in self._catalogue.drugs_background.items()
        }
        # A ward's habits never contradict a story: whoever bleeds gets no prophylactic heparin.
        if self._story.bleeds:
            plan.pop("heparin_sc", None)
        for key in home:
            if key in self._catalogue.continued and key not in self._story.holds:
                plan[key] = (0.7, draws.between(6, 16), 9.0)
        plan.update(self._story.drugs)
        orders = [
            self._medication(key, hour, days)
            for key, (share, hour, days) in plan.items()
            if draws.chance(share)
        ]
        for key, (share, given) in self._catalogue.ward.items():
            if key not in plan and draws.chance(share):
                hour = draws.between(3, 11)
                if given < 1:
                    orders.append(self._as_needed(key, hour, given))
                else:
                    orders.append(self._medication(key, hour, 30.0, given_in_ed=False))
        for key, share in self._catalogue.cabinet.items():
            if draws.chance(share) and key not in self._story.drugs:
                hour = draws.between(0.6, 3)
                if frame.arrival + int(HOUR * hour * 2.2) < frame.ed_end:
                    orders.append(self._cabinet(key, hour))
        kept = [
            part
            for order in orders
            if order.ordered < frame.discharged
            for piece in self._moved(order, moves)
            for part in self._reordered(piece)
        ]
        kept.sort(key=lambda order: (order.ordered, order.drug))
        return tuple(kept[:_MOST_ORDERS])

    def _cabinet(self, key: str, hour: float) -> Medication:
        """One dose that any visit to the emergency department may bring."""
        at = self._frame.arrival + int(HOUR * hour * self._draws.times(0.3))
        return Medication(key, at - 6, at, at + HOUR, at, ())

    def _as_needed(self, key: str, hour: float, given: float) -> Medication:
        """An order of the ward for when the patient asks: most possible doses are never given."""
        draws, frame = self._draws, self._frame
        ordered = frame.admitted + int(HOUR * hour * draws.times(0.4))
        start = ordered + draws.whole(10, 90)
        stop = max(start + HOUR, frame.discharged)
        gap = max(1, self._catalogue.drugs[key].every) * HOUR / given
        doses: list[tuple[int, bool]] = []
        at = start + int(gap * draws.uniform())
        while at < stop and len(doses) < _MOST_DOSES:
            doses.append((at, True))
            at += int(gap * draws.between(0.5, 1.5))
        kept = tuple(dose for dose in doses if dose[0] < frame.discharged)
        return Medication(key, ordered, start, stop, None, kept)

    def _moved(self, order: Medication, moves: Sequence[int]) -> list[Medication]:
        """The order, in pieces where the wards that the patient came to wrote it anew."""
        pieces = [order]
        for at in moves:
            last = pieces[-1]
            if last.start + HOUR < at < last.stop - HOUR and self._draws.chance(_MOVED):
                pieces[-1:] = _parted(last, at)
        return pieces

    def _reordered(self, order: Medication) -> list[Medication]:
        """The order, in pieces where somebody stopped it and ordered the drug again."""
        last = order.stop - order.start
        if last < _SHORTEST or not self._draws.chance(_REORDERED):
            return [order]
        parts = _parted(order, order.start + int(last * self._draws.between(0.2, 0.8)))
        return [parts[0], *self._reordered(parts[1])] if len(parts) > 1 else parts

    def _medication(
        self, key: str, hour: float, days: float, *, given_in_ed: bool = True
    ) -> Medication:
        draws, frame = self._draws, self._frame
        drug = self._catalogue.drugs[key]
        first = frame.arrival + int(HOUR * hour * draws.times(0.3))
        if not given_in_ed:
            first = max(first, frame.ed_end, frame.admitted) + draws.whole(5, 60)
        in_ed = first if first < frame.ed_end else None
        ordered = first - draws.whole(12, 40)
        start = first
        if in_ed is not None and drug.every:
            start = max(first + drug.every * HOUR, frame.admitted + draws.whole(20, 120))
        elif in_ed is not None and not draws.chance(0.3):
            return Medication(key, max(ordered, frame.arrival + 4), first, first + HOUR, first, ())
        every = drug.every * HOUR
        stop = start + HOUR
        doses: list[tuple[int, bool]] = []
        if days and every:
            stop = max(start + HOUR, min(start + int(DAY * days), frame.discharged))
            at = start
            while at < stop and len(doses) < _MOST_DOSES:
                doses.append((at + draws.whole(-20, 35), not draws.chance(0.07)))
                at += every
        else:
            doses.append((start, not draws.chance(0.04)))
        ordered = max(min(ordered, start - 10), frame.arrival + 4)
        return Medication(
            key,
            ordered,
            start,
            stop,
            in_ed,
            tuple(dose for dose in doses if ordered < dose[0] < frame.discharged),
        )


def _parted(order: Medication, at: int) -> list[Medication]:
    """Two orders, up to `at` and from then on; the order itself if a part would give nothing."""
    doses = order.doses
    before = doses[: bisect_left(doses, (at,))]
    after = doses[bisect_left(doses, (at + 11,)) :]
    if doses and not (before and after):
        return [order]
    return [
        Medication(order.drug, order.ordered, order.start, at, order.in_ed, before),
        Medication(order.drug, at, at + 10, order.stop, None, after),
    ]
