"""Pictures of a scenario set: found in the release, made small, named by their content.

Belongs here: reading a chest film from JPEG or DICOM below a release's folder, and the bytes that a
set keeps of it. Does not belong here: who is shown a picture (`evaluators.encounter`), sending it
(`evaluators.candidates`). Errors name no path: paths of MIMIC hold the patient's id.

A picture of at most `LONGEST_SIDE` pixels is kept as it is, byte for byte. A larger one, and every
DICOM, is written anew as a grey JPEG of that size: endpoints scale larger ones down themselves. The
same input gives the same bytes with the pinned Pillow.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Self

from evaluators._scenario_types import MartError

LONGEST_SIDE = 1536
QUALITY = 90
MEDIA_TYPE = "image/jpeg"


@dataclass(frozen=True, slots=True)
class FrozenImage:
    """A picture as a set keeps it."""

    sha256: str
    content: bytes


def image_file(sha256: str) -> str:
    """Name of the file in the set's folder that holds a picture."""
    return f"image-{sha256}.jpg"


def frozen_image(roots: Sequence[Path], listed: str) -> FrozenImage | None:
    """The picture that a release lists, or None when it lies in none of the folders.

    Args:
        roots: Folders of the releases that hold pictures, the JPEG release first.
        listed: Path as the record list has it, `files/p10/.../<image>.dcm`; the JPEG release has
            the same path with another ending.

    Raises:
        MartError: when the path leads out of the folders, or the file is no picture.
    """
    path = PurePosixPath(listed)
    if path.is_absolute() or ".." in path.parts or path.parts[:1] != ("files",):
        raise MartError(
            "A record list of chest films names a file outside its release: nothing was frozen."
        )
    for root in roots:
        for ending in (".jpg", ".dcm"):
            found = root / path.with_suffix(ending)
            if found.is_file():
                if not found.resolve().is_relative_to(root.resolve()):
                    raise MartError(
                        "A chest film is a link that leads out of its release: nothing was frozen."
                    )
                content = _jpeg(found) if ending == ".jpg" else _from_dicom(found)
                return FrozenImage(hashlib.sha256(content).hexdigest(), content)
    return None


class PictureStore:
    """The pictures of one set while it is frozen: each read once, and kept on the disk.

    They are too many for the memory. Open it with `with`: at the end, what was not moved is gone.
    """

    def __init__(self, roots: Sequence[Path], *, beside: Path) -> None:
        """Keep pictures of the releases below `roots` in a folder of its own, beside the set's."""
        self._roots = roots
        self._set = beside
        self._kept: dict[str, str | None] = {}
        self._resources = ExitStack()
        self._folder: Path | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._resources.close()

    def keep(self, listed: str) -> str | None:
        """SHA-256 of the picture that a release lists, kept now; None when it is missing.

        Raises:
            MartError: as `frozen_image`.
        """
        if listed not in self._kept:
            image = frozen_image(self._roots, listed)
            if image is not None:
                self.file(image.sha256).write_bytes(image.content)
            self._kept[listed] = None if image is None else image.sha256
        return self._kept[listed]

    def file(self, sha256: str) -> Path:
        """Where a picture is kept, on the disk of the set."""
        if self._folder is None:
            self._set.parent.mkdir(parents=True, exist_ok=True)
            made = TemporaryDirectory(prefix=f".{self._set.name}.pictures-", dir=self._set.parent)
            self._folder = Path(self._resources.enter_context(made))
        return self._folder / image_file(sha256)


def _jpeg(path: Path) -> bytes:
    from PIL import Image, UnidentifiedImageError

    content = path.read_bytes()
    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.format != "JPEG":
                raise MartError("A chest film is no JPEG: download it again.")
            if max(picture.size) <= LONGEST_SIDE:
                picture.verify()
                return content
            return _small(picture.convert("L"))
    except (UnidentifiedImageError, OSError, SyntaxError):
        raise MartError("A chest film cannot be read as a picture: download it again.") from None


def _from_dicom(path: Path) -> bytes:
    import numpy as np
    import pydicom
    from PIL import Image
    from pydicom.errors import InvalidDicomError
    from pydicom.pixels.processing import apply_voi_lut

    try:
        dataset = pydicom.dcmread(path)
        pixels = np.asarray(apply_voi_lut(dataset.pixel_array, dataset), dtype=np.float64)
    except (InvalidDicomError, AttributeError, ValueError, OSError):
        raise MartError("A chest film cannot be read as DICOM: download it again.") from None
    low, high = float(pixels.min()), float(pixels.max())
    scaled = (pixels - low) * (255.0 / (high - low)) if high > low else pixels * 0.0
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        scaled = 255.0 - scaled
    return _small(Image.fromarray(np.rint(scaled).astype(np.uint8)))


def _small(picture: object) -> bytes:
    from PIL import Image

    assert isinstance(picture, Image.Image)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
