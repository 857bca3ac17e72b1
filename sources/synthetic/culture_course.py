"""The cultures of one admission: what the illness calls for, and what wards take anyway.

Belongs here: which cultures are taken when, what grows, which antibiotics it resists. Does not
belong here: blood tests (`course`), cultures of a clinic (`outpatient`), rows (`hosp`).
"""

from __future__ import annotations

from sources.synthetic.catalogue import catalogue
from sources.synthetic.draws import Draws
from sources.synthetic.frame import MOST_ADMISSIONS, Frame
from sources.synthetic.ids import MICRO
from sources.synthetic.stories import Story
from sources.synthetic.timeline import DAY, HOUR, Culture

_FLUIDS = frozenset({"csf", "pleural", "ascites"})
_REPEATED = frozenset({"blood", "urine", "mrsa", "sputum"})
_REPEATS = (0.2, 0.35, 0.25, 0.2)
"""Cultures that are taken again on later days, and the shares of how often; these grow nothing."""
_CANCELLED = 0.03
"""Share of cultures that the laboratory cancels."""
_UNLINKED = 0.86
"""Share of the cultures taken before admission that do not name it."""
_BOTTLES = {"blood": 2}
_SETTLED = 30 * HOUR
"""Surveillance begins so long after arrival: until then only the illness decides."""
_MOST_ROWS = MICRO // MOST_ADMISSIONS - 20
"""Most rows of an admission: a patient's ids must do for all admissions and for the clinic."""


class CultureCourse:
    """Draws the cultures of one admission."""

    def __init__(self, draws: Draws, story: Story, frame: Frame) -> None:
        """Bind the patient's stream, the story and the times."""
        self._draws = draws
        self._story = story
        self._frame = frame
        self._catalogue = catalogue()

    def cultures(self, icu: tuple[int, int] | None) -> tuple[Culture, ...]:
        """All cultures, by time; `icu` is when intensive care began and ended, if it did."""
        cultures = self._asked_for() + self._surveillance(icu)
        cultures.sort(key=lambda culture: culture.taken)
        left = _MOST_ROWS
        for place, culture in enumerate(cultures):
            left -= max(1, len(culture.resistant))
            if left < 0:
                return tuple(cultures[:place])
        return tuple(cultures)

    def _asked_for(self) -> list[Culture]:
        """Cultures for the illness, and those of everyone who comes."""
        draws, frame = self._draws, self._frame
        plan = dict(self._catalogue.cultures)
        plan.update(self._story.cultures)
        cultures = []
        for specimen, (share, positive, profile) in plan.items():
            if not draws.chance(share):
                continue
            fluid = specimen in _FLUIDS
            at = frame.arrival + (draws.whole(90, 330) if fluid else draws.whole(16, 150))
            if specimen in {"sputum", "mrsa", "stool", "legionella"}:
                at += draws.whole(60, 900)
            repeats = draws.grade(_REPEATS) if specimen in _REPEATED else 0
            for turn in range(1, repeats + 1):
                again = at + turn * DAY + draws.whole(-300, 300)
                if again < frame.discharged:
                    stored = again + int(HOUR * self._catalogue.specimens[specimen][5])
                    cultures.append(Culture(specimen, again, stored, False, None, ()))
            organism = draws.weighted(self._catalogue.profiles[profile])
            grows = draws.chance(positive)
            resistant = susceptibility(draws, organism) if grows else ()
            for bottle in range(_BOTTLES.get(specimen, 1)):
                found = grows and (bottle == 0 or draws.chance(0.7))
                taken = at + bottle * draws.whole(4, 25)
                if taken >= frame.discharged:
                    continue
                if draws.chance(_CANCELLED):
                    cultures.append(self._cancelled(specimen, taken))
                    continue
                cultures.append(
                    Culture(
                        specimen,
                        taken,
                        taken + incubation(draws, specimen, found=found),
                        taken < frame.admitted and draws.chance(_UNLINKED),
                        organism if found else None,
                        resistant if found else (),
                    )
                )
        return cultures

    def _surveillance(self, icu: tuple[int, int] | None) -> list[Culture]:
        """What wards and intensive care take on later days, whatever the illness is."""
        draws, frame = self._draws, self._frame
        cultures: list[Culture] = []
        start = max(frame.arrival + _SETTLED, frame.admitted)
        for day in range(start, frame.discharged - HOUR, DAY):
            inside = icu is not None and icu[0] <= day < icu[1]
            for specimen, (ward, unit, positive, profile) in self._catalogue.surveillance.items():
                if not draws.chance(unit if inside else ward):
                    continue
                at = day + draws.whole(0, 1000)
                organism = draws.weighted(self._catalogue.profiles[profile])
                for bottle in range(_BOTTLES.get(specimen, 1)):
                    found = draws.chance(positive)
                    taken = at + 9 * bottle
                    if taken >= frame.discharged:
                        continue
                    if draws.chance(_CANCELLED):
                        cultures.append(self._cancelled(specimen, taken))
                    else:
                        resistant = susceptibility(draws, organism) if found else ()
                        wait = incubation(draws, specimen, found=found)
                        cultures.append(
                            Culture(
                                specimen,
                                taken,
                                taken + wait,
                                False,
                                organism if found else None,
                                resistant,
                            )
                        )
        return cultures

    def _cancelled(self, specimen: str, taken: int) -> Culture:
        """A culture that the laboratory refused within hours."""
        unlinked = taken < self._frame.admitted and self._draws.chance(_UNLINKED)
        stored = taken + self._draws.whole(60, 400)
        return Culture(specimen, taken, stored, unlinked, "cancelled", ())


def incubation(draws: Draws, specimen: str, *, found: bool) -> int:
    """Minutes from a culture to its result."""
    hours = catalogue().specimens[specimen][6 if found else 5]
    return int(HOUR * hours * draws.times(0.22))


def susceptibility(draws: Draws, organism: str) -> tuple[tuple[str, bool], ...]:
    """Each antibiotic that an organism is tested against, and whether it resists."""
    tested: dict[str, float] = catalogue().organisms[organism][2]
    return tuple((drug, draws.chance(share)) for drug, share in tested.items())
