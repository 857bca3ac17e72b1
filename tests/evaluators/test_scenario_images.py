"""Pictures of a scenario set: found, checked, made small, and refused where they lead astray."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from evaluators._scenario_images import LONGEST_SIDE, frozen_image
from evaluators._scenario_types import MartError

LISTED = "files/p80/p80000001/s60000008/film.dcm"


def picture(path: Path, width: int, height: int, *, form: str = "JPEG") -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    shade = np.add.outer(np.arange(height), np.arange(width)) % 256
    Image.fromarray(shade.astype(np.uint8)).save(path, form)
    return path.read_bytes()


def test_a_small_picture_is_kept_byte_for_byte(tmp_path: Path) -> None:
    content = picture(tmp_path / Path(LISTED).with_suffix(".jpg"), 64, 48)
    found = frozen_image([tmp_path], LISTED)
    assert found is not None
    assert found.content == content


def test_a_large_picture_is_made_small_in_the_same_way_each_time(tmp_path: Path) -> None:
    picture(tmp_path / Path(LISTED).with_suffix(".jpg"), LONGEST_SIDE + 500, 900)
    first, second = (frozen_image([tmp_path], LISTED) for _ in range(2))
    assert first is not None
    assert first == second
    with Image.open(io.BytesIO(first.content)) as shown:
        assert max(shown.size) == LONGEST_SIDE
        assert shown.mode == "L"


def test_the_second_folder_is_looked_into_when_the_first_has_none(tmp_path: Path) -> None:
    picture(tmp_path / "b" / Path(LISTED).with_suffix(".jpg"), 64, 48)
    assert frozen_image([tmp_path / "a", tmp_path / "b"], LISTED) is not None


def test_a_picture_that_was_not_downloaded_is_none(tmp_path: Path) -> None:
    assert frozen_image([tmp_path], LISTED) is None


@pytest.mark.parametrize(
    "listed", ["../secret.jpg", "/etc/passwd", "files/../../secret.jpg", "elsewhere/film.dcm"]
)
def test_a_path_that_leads_out_of_the_release_is_refused(tmp_path: Path, listed: str) -> None:
    with pytest.raises(MartError, match="outside its release"):
        frozen_image([tmp_path], listed)


def test_a_link_that_leads_out_of_the_release_is_refused(tmp_path: Path) -> None:
    content = tmp_path / "elsewhere.jpg"
    picture(content, 64, 48)
    link = tmp_path / "release" / Path(LISTED).with_suffix(".jpg")
    link.parent.mkdir(parents=True)
    link.symlink_to(content)
    with pytest.raises(MartError, match="link"):
        frozen_image([tmp_path / "release"], LISTED)


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\xff\xd8\xff\xe0truncated"])
def test_a_broken_picture_is_refused_without_its_path(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / Path(LISTED).with_suffix(".jpg")
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(MartError, match="cannot be read") as refused:
        frozen_image([tmp_path], LISTED)
    assert "p80" not in str(refused.value)


def test_a_picture_of_another_format_is_refused(tmp_path: Path) -> None:
    picture(tmp_path / Path(LISTED).with_suffix(".jpg"), 64, 48, form="PNG")
    with pytest.raises(MartError, match="no JPEG"):
        frozen_image([tmp_path], LISTED)


def test_a_synthetic_dicom_becomes_a_grey_jpeg(tmp_path: Path) -> None:
    from sources.synthetic import generate

    release = generate(tmp_path / "release", 12, 3, ("hosp", "icu", "ed", "note", "cxr"))
    [root] = release.root.glob("mimic-cxr/*")
    dicoms = sorted(root.rglob("*.dcm"))
    assert dicoms
    listed = dicoms[0].relative_to(root).as_posix()
    found = frozen_image([root], listed)
    assert found is not None
    with Image.open(io.BytesIO(found.content)) as shown:
        assert shown.mode == "L"
        assert np.asarray(shown).std() > 20
