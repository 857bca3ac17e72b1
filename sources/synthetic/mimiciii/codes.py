"""ICD-9 codes of what was coded in ICD-10: MIMIC-III has ICD-9 only.

Belongs here: the pairs that stories and chronic diseases give for one diagnosis. Does not belong
here: any general crosswalk; a code that no story pairs is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import zip_longest

from sources.synthetic.catalogue import catalogue
from sources.synthetic.stories import load_stories
from sources.synthetic.timeline import Admission


def _pairs() -> Iterator[tuple[str, str]]:
    """ICD-10 and ICD-9 code of one diagnosis, the more exact pairs first."""
    for disease in catalogue().comorbidities.values():
        yield disease.codes[10], disease.codes[9]
    stories = [story for told in load_stories().values() for story in told.values()]
    for story in stories:
        for _, nine, ten in story.complications:
            yield ten, nine
    for story in stories:
        for codes in (story.codes, story.pinned):
            nines = codes.get(9, [])
            for ten, nine in zip_longest(codes.get(10, []), nines[: len(codes.get(10, []))]):
                if ten and (nine or nines):
                    yield ten, nine or nines[0]


@cache
def nine_of_ten() -> dict[str, str]:
    """ICD-10 code to the ICD-9 code of the same diagnosis."""
    found: dict[str, str] = {}
    for ten, nine in _pairs():
        found.setdefault(ten, nine)
    return found


def diagnoses_in_nine(admission: Admission) -> list[str]:
    """The diagnoses of an admission in ICD-9, each once, in order of priority."""
    if admission.version == 9:
        return list(admission.diagnoses)
    known = nine_of_ten()
    codes = [known[code] for code in admission.diagnoses if code in known]
    return list(dict.fromkeys(codes))
