"""The variant `sex_swapped`: the same patient of the other sex, in field, texts and ranges.

Belongs here: rewriting words that tell the sex, reference ranges that depend on it, and every
reason to refuse. Does not belong here: the words and ranges (`sex_words.yml`), the conditions in
which sex is not neutral (`declared.yml`).

A text is rewritten whole or the scenario is left out: when somebody of the other sex is spoken of
with a pronoun, when `her` may be object or possessive or a letter a unit, or when a word of the
patient's own sex is left. Texts of relatives (family history) are not the patient's and stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from evaluators.encounter.protocol import Film
from evaluators.probes.variants.texts import is_text, prose_of, rewritten, with_presentation
from evaluators.scenario_sets import EvidenceItem, Scenario

Sex = Literal["F", "M"]
ONE_SEX_ONLY: Final = "one_sex_only"
NOT_SURELY: Final = "not_rewritten_surely"

_OLD: Final = r"(?:y/?o|y\.o\.|yr[- ]old|year[- ]old|yrs old|years old)"
_LETTER: Final = re.compile(
    rf"(?P<before>\b{_OLD}\s*|___\s?|\b(?P<number>\d{{2}}))(?P<sex>[MF])\b(?!/)", re.I
)
_TUBE: Final = re.compile(r"\s*(?:foley|catheter|tube|chest|pigtail|drain|sheath|NG|ETT)\b", re.I)
_FEVER: Final = range(94, 100)
"""Degrees Fahrenheit, which no age of a patient is: those are at most 91."""
_HER: Final = re.compile(r"\b(her)\b(\s+|[.,;:!?)]|$)", re.I)
_WORD: Final = re.compile(r"[A-Za-z']+")


class NotSureError(ValueError):
    """A text cannot be rewritten with certainty; it is never quoted."""


@cache
def _words() -> Mapping[str, Any]:
    path = Path(__file__).with_name("sex_words.yml")
    found: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


@cache
def _replacements(sex: Sex) -> tuple[Mapping[str, str], re.Pattern[str]]:
    """Small word to its counterpart, and the pattern of all words, for a patient of `sex`."""
    man, woman = (0, 1) if sex == "M" else (1, 0)
    known = {pair[man]: pair[woman] for pair in _words()["pairs"]}
    if sex == "M":
        known |= {"him": "her", "his": "her"}
    else:
        known |= {"hers": "his"}
    return known, re.compile(r"\b(" + "|".join(sorted(known, key=len, reverse=True)) + r")\b", re.I)


@cache
def _foreign(sex: Sex) -> re.Pattern[str]:
    """Pronouns and titles of the other sex: in this patient's text they are somebody else's."""
    words = r"she|her|hers|herself|woman|lady|girl" if sex == "M" else r"he|him|his|himself|man|boy"
    title = "Ms|Mrs|Miss" if sex == "M" else "Mr"
    return re.compile(rf"\b(?i:{words})\b|\b(?:{title})\b")


@cache
def _of_one_sex() -> re.Pattern[str]:
    choices = "|".join(
        re.escape(word[:-1]) + r"\w*" if word.endswith("*") else re.escape(word)
        for word in _words()["one_sex_words"]
    )
    return re.compile(rf"\b(?:{choices})\b", re.I)


def _as_written(word: str, example: str) -> str:
    if example.isupper() and len(example) > 1:
        return word.upper()
    return word.capitalize() if example[:1].isupper() else word


def swapped_text(text: str, sex: Sex) -> str:
    """A text about a patient of `sex`, rewritten for the other sex.

    Raises:
        NotSureError: when somebody of the other sex is spoken of, or a `her` or a letter may be
            either.
    """
    if _foreign(sex).search(text):
        raise NotSureError("A text speaks of somebody of the other sex: leave the scenario out.")
    if sex == "F":
        text = _without_her(text)
    known, pattern = _replacements(sex)
    text = pattern.sub(lambda found: _as_written(known[found[0].casefold()], found[0]), text)
    for man, woman in _words()["titles"]:
        if sex == "M":
            text = re.sub(rf"\b{man}\b", woman, text)
        else:
            text = re.sub(rf"\b(?:{woman}|Mrs|Miss)\b", man, text)
    return _LETTER.sub(lambda found: _other_letter(found, sex), text)


def _other_letter(found: re.Match[str], sex: Sex) -> str:
    """`63M` as `63F`; a letter that is not the patient's own (`99F`, `20m`) stays."""
    letter = found["sex"]
    if letter.upper() != sex:
        return found[0]
    if found["number"] and (
        letter.islower()
        or (sex == "F" and int(found["number"]) in _FEVER)
        or _TUBE.match(found.string, found.end())
    ):
        raise NotSureError("A letter may be a sex or a unit: leave the scenario out.")
    other = "F" if sex == "M" else "M"
    return found["before"] + (other if letter.isupper() else other.lower())


def _without_her(text: str) -> str:
    """Every `her` as `him` or `his`."""
    rules = _words()

    def him_or_his(found: re.Match[str]) -> str:
        after = _WORD.match(text, found.end())
        following = after[0].casefold() if after and not found[2].strip() else ""
        before = _WORD.findall(text[: found.start()])
        leading = before[-1].casefold() if before else ""
        is_object = not following or following in rules["her_is_object_before"]
        if not is_object and (
            leading in rules["her_may_be_a_state_behind"]
            or (leading in rules["her_follows"] and following in rules["her_is_unsure_before"])
        ):
            raise NotSureError("A word of a text may be read in two ways: leave the scenario out.")
        return _as_written("him" if is_object else "his", found[1]) + found[2]

    return _HER.sub(him_or_his, text)


def sex_swapped(scenario: Scenario) -> Scenario | str:
    """The scenario of the other sex, or the reason why there is none."""
    told = scenario.presentation
    sex: Sex = told.sex
    other: Sex = "F" if sex == "M" else "M"
    if _is_of_one_sex(scenario):
        return ONE_SEX_ONLY
    try:
        changed = rewritten(scenario, lambda text: swapped_text(text, sex))
        evidence = tuple(
            replace(item, value=swapped_text(item.value, sex))
            if is_text(item)
            else _with_range(item, sex)
            for item in scenario.evidence
        )
        film = None if scenario.film is None else _rewritten_film(scenario.film, sex)
    except NotSureError:
        return NOT_SURELY
    changed = replace(with_presentation(changed, sex=other), evidence=evidence, film=film)
    return NOT_SURELY if _tells(changed, sex) else changed


def _is_of_one_sex(scenario: Scenario) -> bool:
    told = scenario.presentation
    rules = _words()
    if any(item.test_id in rules["one_sex_tests"] for item in scenario.evidence):
        return True
    texts = [*prose_of(told).values(), *told.past_diagnoses]
    texts += [told.allergies or ""]
    texts += [item.value for item in scenario.evidence if is_text(item)]
    texts += _film_texts(scenario)
    if any(_of_one_sex().search(text) for text in texts):
        return True
    drugs = " ".join(told.home_drugs).casefold()
    return any(name in drugs for name in rules["one_sex_drugs"])


def _rewritten_film(film: Film, sex: Sex) -> Film:
    texts = {name: getattr(film, name) for name in ("indication", "findings")}
    return film.model_copy(
        update={name: swapped_text(text, sex) for name, text in texts.items() if text}
    )


def _film_texts(scenario: Scenario) -> list[str]:
    film = scenario.film
    return [] if film is None else [film.findings or "", film.indication or ""]


def _tells(scenario: Scenario, sex: Sex) -> bool:
    """Whether a word of the sex that was is left in any text."""
    _, pattern = _replacements(sex)
    texts = list(prose_of(scenario.presentation).values())
    texts += [item.value for item in scenario.evidence if is_text(item)]
    texts += _film_texts(scenario)
    if sex == "M":  # `her` is the new word there, and `his` the old one
        return any(pattern.search(text) for text in texts)
    return any(pattern.search(text) or _HER.search(text) for text in texts)


def _with_range(item: EvidenceItem, sex: Sex) -> EvidenceItem:
    """The result with the other sex's range; without range and flag where the flag would change."""
    rules = _words()
    if item.test_id not in rules["ranges_of_sex"] or (
        item.ref_low is None and item.ref_high is None
    ):
        return item
    mine, others = (0, 1) if sex == "M" else (1, 0)
    for pair in rules["ranges"].get(item.test_id, ()):
        low, high = pair[mine]
        if (item.ref_low, item.ref_high) == (low, high):
            new_low, new_high = pair[others]
            if item.value_num is not None and (low <= item.value_num <= high) == (
                new_low <= item.value_num <= new_high
            ):
                return replace(item, ref_low=new_low, ref_high=new_high)
    return replace(item, ref_low=None, ref_high=None, flag=None)
