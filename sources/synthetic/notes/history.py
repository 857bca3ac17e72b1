"""The history of present illness, past, family history and allergies of one admission.

Belongs here: what the patient tells before any result is known, drawn from the category's shared
pools. Does not belong here: the words (`words/`), what follows in the emergency department
(`stay`), sentences that name the diagnosis on purpose (`leaking`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from sources.synthetic.draws import Draws
from sources.synthetic.notes.grammar import listed, say
from sources.synthetic.notes.words import Presentation, Symptom, Words, words
from sources.synthetic.timeline import Admission, Patient

T = TypeVar("T")
_MOST_COMPANIONS = 4
_MOST_ABSENT = 8
_PRONOUNS = {
    "F": ("She", "she", "her", "her", "herself", "woman", "F", "Ms."),
    "M": ("He", "he", "his", "him", "himself", "man", "M", "Mr."),
}


@dataclass(frozen=True, slots=True)
class History:
    """What was told."""

    complaint: str
    """Chief complaint as the summary words it."""
    sentences: tuple[str, ...]
    """The history up to the emergency department."""
    symptoms: tuple[str, ...]
    """Keys of what the patient has, the leading ones first."""


def person_words(sex: str) -> dict[str, str]:
    """Pronouns and forms of address of a patient."""
    capital, he, his, him, himself, man, letter, address = _PRONOUNS[sex]
    return {
        "He": capital,
        "he": he,
        "his": his,
        "His": his.capitalize(),
        "him": him,
        "himself": himself,
        "man": man,
        "man_woman": man,
        "M": letter,
        "Mr": address,
    }


@lru_cache(maxsize=4096)
def called(complaint: str) -> tuple[str, ...]:
    """Keys of the symptoms that a chief complaint names, in its order; none if it names none."""
    text = " " + complaint.lower().replace(",", " ").replace("  ", " ") + " "
    found: list[tuple[int, int, str]] = []
    for key, symptom in words().symptoms.items():
        places = [
            (text.index(call) + call.startswith(" "), -len(call.strip()))
            for call in symptom.calls
            if call in text
        ]
        if places:
            found.append((*min(places), key))
    kept: list[str] = []
    end = -1
    # Of two calls that overlap the first stands, and of two at one place the longer: "hip pain" is
    # pain of the hip, not pain and a hip.
    for place, length, key in sorted(found):
        if place >= end:
            kept.append(key)
            end = place - length
    return tuple(kept)


class Teller:
    """Tells one admission's history."""

    def __init__(self, draws: Draws, patient: Patient, admission: Admission) -> None:
        """Bind the stream and whose history it is."""
        self.draws = draws
        self._patient = patient
        self._admission = admission
        self._known: Words = words()
        self.words: dict[str, str] = person_words(patient.sex)

    def frame(self, name: str, **filled: str) -> str:
        """Say one of the frames of a name."""
        if filled:
            self.words.update(filled)
        return say(self.draws.one(self._known.frames[name]), self.draws, self.words)

    def _noun(self, key: str) -> str:
        return say(self.draws.one(self._known.symptoms[key].nouns), self.draws, self.words)

    def _nouns(self, keys: Sequence[str]) -> str:
        return listed([self._noun(key) for key in keys])

    def _absent(self, keys: Sequence[str]) -> str:
        """What the patient does not have, as it follows `no` or `denies`."""
        nouns = [self._noun(key) for key in keys]
        bare = [noun.removeprefix("a ").removeprefix("an ") for noun in nouns]
        return listed(bare, "or")

    def _told(self, key: str, times: int) -> list[str]:
        """Some different sentences about a symptom."""
        said = list(self._known.symptoms[key].told)
        sentences = []
        for _ in range(min(times, len(said))):
            template = said.pop(self.draws.whole(0, len(said) - 1))
            sentences.append(say(template, self.draws, self.words))
        return sentences

    def past_names(self) -> list[str]:
        """The chronic diseases as this history calls them, in random order."""
        draws = self.draws
        names = []
        for key in self._patient.comorbid:
            known = self._known.past.get(key, (key.replace("_", " "),))
            if known:
                names.append(draws.one(known))
        shuffle(draws, names)
        return names

    def history(self, presentation: Presentation, past: Sequence[str]) -> History:
        """The history up to the emergency department.

        Args:
            presentation: Chances of symptoms.
            past: Names of the chronic diseases; the first few are mentioned.
        """
        draws, symptoms = self.draws, self._known.symptoms
        leading = self._leading(presentation.symptoms)
        companions = [
            key
            for key, share in presentation.symptoms.items()
            if key not in leading and symptoms[key].nouns and draws.chance(share)
        ]
        thin(draws, companions, _MOST_COMPANIONS)
        circumstances = [
            key
            for key, share in presentation.symptoms.items()
            if symptoms[key].context and draws.chance(share)
        ]
        thin(draws, circumstances, 2)
        present = (*leading, *companions)
        absent = [
            key
            for key in presentation.symptoms
            if key not in present and symptoms[key].nouns and not symptoms[key].event
        ]
        begin_shuffled(draws, absent, _MOST_ABSENT)
        complaint = ", ".join([self._noun(key) for key in leading])
        sentences = [self._opening(leading, past)]
        first = leading[0]
        self.words["noun"] = self._noun(first)
        if not symptoms[first].measured:
            sentences.append(self.frame("event_onset" if symptoms[first].event else "onset"))
        sentences += self._told(first, 1 + draws.chance(0.55))
        for key in leading[1:]:
            sentences += self._told(key, 1)
        middle = self._middle(companions, circumstances, absent[:5])
        sentences += middle
        if draws.chance(0.6):
            sentences.append(self.frame("course"))
        if draws.chance(0.35) and len(absent) > 6:
            sentences.append(self.frame("review", nots=self._absent(absent[5:8])))
        return History(complaint, tuple(sentences), present)

    def _leading(self, chances: Mapping[str, float]) -> tuple[str, ...]:
        """The symptoms that brought the patient: those of the chief complaint, if it names any."""
        ed = self._admission.ed
        leading = called(ed.complaint)[:2] if ed is not None else ()
        if len(leading) == 2 and self.draws.chance(0.2):
            leading = leading[:1]
        if not leading:
            symptoms: Mapping[str, Symptom] = self._known.symptoms
            felt = {k: v for k, v in chances.items() if symptoms[k].nouns and not symptoms[k].event}
            leading = (self.draws.weighted(felt),)
        return leading

    def _opening(self, leading: Sequence[str], past: Sequence[str]) -> str:
        draws = self.draws
        some = listed(past[: draws.whole(1, 3)]) if past and draws.chance(0.85) else ""
        if self._known.symptoms[leading[0]].event:
            return self.frame(
                "opening.after_event",
                noun=self._noun(leading[0]),
                with_past=f"with {some} " if some else "",
            )
        if some:
            return self.frame("opening.with_past", past=some, nouns=self._nouns(leading))
        return self.frame("opening.without_past", nouns=self._nouns(leading))

    def _middle(
        self, companions: Sequence[str], circumstances: Sequence[str], absent: Sequence[str]
    ) -> list[str]:
        """Companions, circumstances, negatives and distractors, in an order that varies."""
        draws = self.draws
        parts: list[list[str]] = []
        if companions:
            part = [self.frame("among", nouns=self._nouns(companions))]
            for key in companions:
                if draws.chance(0.35):
                    part += self._told(key, 1)
            parts.append(part)
        if circumstances:
            parts.append([text for key in circumstances for text in self._told(key, 1)])
        taken = draws.whole(2, 5)
        if absent:
            parts.append([self.frame("negative", nots=self._absent(absent[:taken]))])
        aside = list(self._known.frames["distractor"])
        for share in (0.6, 0.25):
            if draws.chance(share):
                template = aside.pop(draws.whole(0, len(aside) - 1))
                parts.append([say(template, draws, self.words)])
        # What belongs to the illness is usually told first.
        if draws.chance(0.5):
            shuffle(draws, parts)
        return [text for part in parts for text in part]

    def past_history(self, past: Sequence[str]) -> list[str]:
        """Past medical history, one line an entry."""
        draws, known = self.draws, self._known
        lines = list(past)
        for before in self._patient.admissions:
            if before.hadm_id == self._admission.hadm_id:
                break
            named = known.past_admissions.get(before.condition)
            if named:
                lines.append(draws.one(named))
        lines += [self.frame("minor_past") for _ in range(draws.whole(0, 3))]
        return list(dict.fromkeys(lines))

    def family_history(self) -> list[str]:
        """Family history, one line an entry."""
        lines = [self.frame("family.ordinary") for _ in range(self.draws.whole(1, 2))]
        return list(dict.fromkeys(lines))

    def allergies(self) -> str:
        """Allergies; whom the patient is allergic to drugs is the same in every admission."""
        draws = self.draws
        if draws.chance(0.6):
            return self.frame("allergies.none")
        named = [self.frame("allergies.named") for _ in range(draws.whole(1, 3))]
        return " / ".join(dict.fromkeys(named))


def shuffle(draws: Draws, items: list[T]) -> None:
    """Shuffle in place."""
    for place in range(len(items) - 1, 0, -1):
        other = draws.whole(0, place)
        items[place], items[other] = items[other], items[place]


def begin_shuffled(draws: Draws, items: list[T], most: int) -> None:
    """Bring random items to the first `most` places."""
    for place in range(min(most, len(items) - 1)):
        other = draws.whole(place, len(items) - 1)
        items[place], items[other] = items[other], items[place]


def thin(draws: Draws, items: list[str], most: int) -> None:
    """Drop random items until at most `most` are left."""
    while len(items) > most:
        items.pop(draws.whole(0, len(items) - 1))
