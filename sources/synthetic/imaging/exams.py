"""The catalogue of examinations: names, codes and which test each of them is.

Belongs here: typed access to `exams.yml`, for drawing studies and for whoever writes their notes.
Does not belong here: which patient gets one (`plans`), what it shows (`sections`).
"""

from __future__ import annotations

from functools import cache

from sources.synthetic.stories import Closed, read_yaml

CHEST_FILM = "chest_film"
"""Layout of the examinations whose text comes from the chest film's signs."""


class Exam(Closed):
    """One examination as the radiology department books it."""

    key: str
    """`ImagingStudy.exam` holds this."""
    test: str
    """Id in the test catalogue (`img_...`)."""
    also: tuple[str, ...] = ()
    """Further tests of the catalogue that the same name serves."""
    modality: str
    """`XR`, `CT`, `US`, `MR`, `NM`, `FL` or `IR`."""
    layout: str
    """Key of `layouts.yml`: which parts of the body the report goes through."""
    names: tuple[str, ...]
    """`exam_name` in the detail table; the first is the usual one."""
    code: str
    """`exam_code`."""
    cpt: str
    """`cpt_code`."""
    how: tuple[str, ...]
    """Templates of the TECHNIQUE section."""

    @property
    def region(self) -> str:
        """What of the body is looked at: the layout's name without the modality."""
        return self.layout.rsplit("_", 1)[0]


@cache
def exams() -> dict[str, Exam]:
    """All examinations by key."""
    told = read_yaml("imaging", "exams")["exams"]
    return {key: Exam.model_validate({"key": key, **entry}) for key, entry in told.items()}


def exam(key: str) -> Exam:
    """One examination, as `ImagingStudy.exam` names it.

    Raises:
        KeyError: No examination has this key.
    """
    return exams()[key]
