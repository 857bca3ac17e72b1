"""The pictures that one encounter shows: their handles, their places, and how many there may be.

Belongs here: numbering pictures in the order in which they are shown, the cap, which message each
goes with. Does not belong here: the bytes of a picture (`evaluators.scenario_sets.read_image`), how
they travel (`evaluators.candidates.client`), whether a result is shown at all (`lookup`).

A picture goes with the message that names its handle first. Later messages name it again and do
not carry it again: the conversation holds it already. What is beyond the cap stays out for the
rest of the encounter; its report is told as ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evaluators.encounter._reports import Shown


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture in its place."""

    handle: str
    """What the candidate knows it by: `image 1`, numbered within the encounter."""
    sha256: str
    message: int
    """Place among all messages of the message that it goes with; 0 is the system prompt."""


class Album:
    """The pictures of one encounter, in the order in which they were shown."""

    def __init__(self, limit: int, *, shows_results: bool) -> None:
        """Begin an empty album.

        Args:
            limit: pictures that it takes.
            shows_results: whether pictures of results are shown; without it there are only those
                that are put in (`put`).
        """
        self._limit = limit
        self._shows_results = shows_results
        self._pictures: dict[str, ShownPicture] = {}

    def pictures(self) -> tuple[ShownPicture, ...]:
        """All pictures shown so far, by their number."""
        return tuple(self._pictures.values())

    def put(self, handle: str, sha256: str, message: int) -> None:
        """Put in a picture that the scenario itself names; it counts as one of the limit."""
        self._pictures[sha256] = ShownPicture(handle, sha256, message)

    def show(self, reports: Iterable[Shown], message: int, notices: list[str]) -> Mapping[str, str]:
        """Handles, by digest, of the pictures that these reports have; new ones go with `message`.

        When the cap strikes, a notice is added.
        """
        if not self._shows_results:
            return {}
        handles: dict[str, str] = {}
        left_out = False
        for sha256 in _pictures_of(reports):
            if sha256 not in self._pictures:
                if len(self._pictures) >= self._limit:
                    left_out = True
                    continue
                self.put(f"image {len(self._pictures) + 1}", sha256, message)
            handles[sha256] = self._pictures[sha256].handle
        if left_out:
            notices.append(f"No more than {self._limit} images are shown in one encounter.")
        return handles


def _pictures_of(reports: Iterable[Shown]) -> Iterable[str]:
    for shown in reports:
        for item in shown.report.items:
            if item.image_sha256 is not None:
                yield item.image_sha256
