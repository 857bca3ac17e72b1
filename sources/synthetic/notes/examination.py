"""The physical examination on admission and at discharge.

Belongs here: which signs are found, and how each system reads. Does not belong here: the words
(`words/signs.yml`), vital signs themselves (`timeline`).
"""

from __future__ import annotations

from collections.abc import Sequence

from sources.synthetic.draws import Draws
from sources.synthetic.notes.grammar import say
from sources.synthetic.notes.words import Presentation, words
from sources.synthetic.timeline import Vitals

_SELDOM = {"back": 0.35, "psych": 0.3, "neck": 0.8, "skin": 0.7}
"""Share of examinations that mention a system with nothing to say about it; others always."""
_FAST, _SLOW = 108, 52


class Examiner:
    """Examines one patient in one admission."""

    def __init__(self, draws: Draws, person: dict[str, str]) -> None:
        """Bind the stream and the patient's pronouns."""
        self._draws = draws
        self._person = person
        self._known = words()
        self._style = draws.whole(0, 2)

    def signs(
        self,
        presentation: Presentation,
        symptoms: Sequence[str],
        triage: Vitals | None,
        *,
        irregular: bool,
        faint: bool,
    ) -> dict[str, str]:
        """System to sign, at most one a system.

        Args:
            presentation: Chances of signs.
            symptoms: What the patient has; each raises the chance of what it shows.
            triage: Vital signs at arrival, for the pulse.
            irregular: The patient is known for an irregular pulse.
            faint: The illness shows itself faintly.
        """
        draws, known = self._draws, self._known
        chances = dict(presentation.signs)
        for symptom in symptoms:
            for sign, share in known.symptoms[symptom].shows.items():
                chances[sign] = 1 - (1 - chances.get(sign, 0.0)) * (1 - share)
        found: dict[str, list[str]] = {}
        for sign, share in chances.items():
            if draws.chance(share * 0.6 if faint else share):
                found.setdefault(known.signs[sign].system, []).append(sign)
        chosen = {system: draws.one(signs) for system, signs in found.items()}
        rate = triage.hr if triage is not None else None
        if irregular and draws.chance(0.7):
            chosen["heart"] = "irregular"
        elif rate is not None and rate > _FAST and chosen.get("heart") != "irregular":
            chosen["heart"] = "fast"
        elif rate is not None and rate < _SLOW:
            chosen["heart"] = "slow"
        return chosen

    def admission(self, signs: dict[str, str]) -> list[str]:
        """The systems on admission, one line each."""
        return self._lines(signs, discharge=False)

    def discharge(self, signs: dict[str, str]) -> list[str]:
        """The systems at discharge: what was found has mostly improved."""
        kept = {system: sign for system, sign in signs.items() if self._draws.chance(0.7)}
        return self._lines(kept, discharge=True)

    def _lines(self, signs: dict[str, str], *, discharge: bool) -> list[str]:
        draws, known = self._draws, self._known
        lines = []
        for key, system in known.systems.items():
            sign = signs.get(key)
            if sign is None:
                if not draws.chance(_SELDOM.get(key, 0.97)):
                    continue
                said = say(draws.one(system.normal), draws, self._person)
            else:
                found = known.signs[sign]
                said = say(
                    draws.one(found.better if discharge else found.said), draws, self._person
                )
            lines.append(f"{system.heads[self._style]}: {said}")
        return lines

    def words_of(self, signs: dict[str, str]) -> list[str]:
        """The signs in running text, for the course in the emergency department."""
        known = self._known
        said = [
            say(self._draws.one(known.signs[sign].said), self._draws, self._person)
            for sign in list(signs.values())[:3]
        ]
        return [text[0].lower() + text[1:] if text[1:2].islower() else text for text in said]


def vital_line(signs: Vitals) -> str:
    """Vital signs in one line, as notes give them; what was not taken is left out."""
    parts = []
    if signs.temp is not None:
        parts.append(f"T {signs.temp}")
    if signs.hr is not None:
        parts.append(f"HR {signs.hr}")
    if signs.sbp is not None:
        parts.append(f"BP {signs.sbp}/{signs.dbp if signs.dbp is not None else '___'}")
    if signs.rr is not None:
        parts.append(f"RR {signs.rr}")
    if signs.spo2 is not None:
        parts.append(f"SpO2 {signs.spo2}% {'RA' if signs.spo2 >= 93 else '2L NC'}")
    return ", ".join(parts) if parts else "stable"
