"""The pixels carry the signs: plain measurements tell each finding from a normal film."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from sources.synthetic.imaging.anatomy import plate_of
from sources.synthetic.imaging.cxr import jpeg
from sources.synthetic.imaging.pixels import draw_film
from sources.synthetic.imaging.shapes import clouds, developed, tube
from sources.synthetic.imaging.studies import SIZES
from sources.synthetic.timeline import Sign

SEEDS = 30
ACCURACY = 0.97
"""At least so many of the pictures, half of them normal, are told apart."""

Pixels = np.ndarray[tuple[int, int], np.dtype[np.uint8]]


def film(seed: int, *signs: Sign, position: str = "PA", zone: str = "lower") -> Pixels:
    """A picture as a reader gets it: through JPEG and back."""
    drawn = draw_film(f"test {seed}", position, *SIZES[position], signs, zone)
    return np.asarray(Image.open(BytesIO(jpeg(drawn))))


def part(picture: Pixels, top: float, bottom: float, left: float, right: float) -> Pixels:
    rows, columns = picture.shape
    return picture[int(top * rows) : int(bottom * rows), int(left * columns) : int(right * columns)]


def base(picture: Pixels, side: str) -> float:
    """Mean of the lower outer lung; the patient's right is on the left of the picture."""
    left, right = (0.12, 0.24) if side == "right" else (0.76, 0.88)
    return float(part(picture, 0.64, 0.74, left, right).mean())


def rim(picture: Pixels, side: str) -> float:
    """Darkest fifth of the upper outer lung."""
    left, right = (0.14, 0.3) if side == "right" else (0.7, 0.86)
    return float(np.percentile(part(picture, 0.2, 0.34, left, right), 20))


def hila(picture: Pixels) -> float:
    """Mean beside the great vessels."""
    sides = ((0.28, 0.4), (0.62, 0.74))
    return float(np.mean([part(picture, 0.4, 0.6, *side).mean() for side in sides]))


def cardiothoracic_ratio(picture: Pixels) -> float:
    """Width of the heart over the width of the chest, at the level of the heart."""
    profile = part(picture, 0.64, 0.68, 0, 1).astype(float).mean(axis=0)
    dense = profile > 0.8 * profile[int(0.52 * profile.size)]
    left = right = int(0.55 * profile.size)
    while dense[left]:
        left -= 1
    while dense[right]:
        right += 1
    start, end = left, right
    while not dense[start]:
        start -= 1
    while not dense[end]:
        end += 1
    return (right - left) / (end - start)


def accuracy(ill: list[float], well: list[float], threshold: float) -> float:
    hits = sum(value > threshold for value in ill) + sum(value <= threshold for value in well)
    return hits / (len(ill) + len(well))


@pytest.mark.parametrize("position", ["PA", "AP"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_effusion_whitens_its_base(side: str, position: str) -> None:
    size = [0.2 + 0.02 * seed for seed in range(SEEDS)]
    ill = [
        base(film(seed, Sign("effusion", side, size[seed]), position=position), side)
        for seed in range(SEEDS)
    ]
    well = [base(film(seed + 100, position=position), side) for seed in range(SEEDS)]
    assert accuracy(ill, well, 110) >= ACCURACY


@pytest.mark.parametrize("side", ["left", "right"])
def test_pneumothorax_darkens_its_rim_and_leaves_the_other_side(side: str) -> None:
    other = "left" if side == "right" else "right"
    pictures = [
        film(seed, Sign("pneumothorax", side, 0.15 + 0.025 * seed)) for seed in range(SEEDS)
    ]
    ill = [-rim(picture, side) for picture in pictures]
    well = [-rim(film(seed + 100), side) for seed in range(SEEDS)]
    assert accuracy(ill, well, -40) >= ACCURACY
    assert all(rim(picture, other) > 40 for picture in pictures)


def test_cardiomegaly_widens_the_heart_beyond_half_of_the_chest() -> None:
    ill = [
        cardiothoracic_ratio(film(seed, Sign("cardiomegaly", "", 0.15 + 0.025 * seed)))
        for seed in range(SEEDS)
    ]
    well = [cardiothoracic_ratio(film(seed + 100)) for seed in range(SEEDS)]
    assert accuracy(ill, well, 0.48) >= ACCURACY
    assert 0.36 < sum(well) / SEEDS < 0.47


def test_portable_view_magnifies_a_normal_heart() -> None:
    upright = [cardiothoracic_ratio(film(seed)) for seed in range(SEEDS)]
    portable = [cardiothoracic_ratio(film(seed, position="AP")) for seed in range(SEEDS)]
    assert sum(portable) > 1.03 * sum(upright)


def test_edema_is_a_haze_beside_the_vessels_on_both_sides() -> None:
    ill = [hila(film(seed, Sign("edema", "both", 0.3 + 0.02 * seed))) for seed in range(SEEDS)]
    well = [hila(film(seed + 100)) for seed in range(SEEDS)]
    assert accuracy(ill, well, 97) >= 0.93


@pytest.mark.parametrize(("zone", "top"), [("upper", 0.2), ("lower", 0.55)])
def test_consolidation_is_a_patch_in_its_zone_of_its_side(zone: str, top: float) -> None:
    def patch(picture: Pixels) -> float:
        return float(part(picture, top, top + 0.14, 0.2, 0.34).mean())

    pictures = [
        film(seed, Sign("consolidation", "right", 0.3 + 0.02 * seed), zone=zone)
        for seed in range(SEEDS)
    ]
    ill = [patch(picture) for picture in pictures]
    well = [patch(film(seed + 100)) for seed in range(SEEDS)]
    assert accuracy(ill, well, 84) >= ACCURACY
    elsewhere = [float(part(picture, 0.3, 0.4, 0.66, 0.8).mean()) for picture in pictures]
    assert max(elsewhere) < 90


@pytest.mark.parametrize("key", ["tube", "feeding_tube", "line", "pacemaker", "drain", "wires"])
def test_device_is_brighter_than_any_tissue(key: str) -> None:
    side = "left" if key == "drain" else ""
    plain = film(3)
    bright = film(3, Sign(key, side, 0.6)) > int(plain.max()) + 8
    assert bright.sum() > 40


@pytest.mark.parametrize(
    "sign",
    [
        Sign("atelectasis", "left", 0.5),
        Sign("nodule", "right", 0.5),
        Sign("fracture", "right", 0.5),
        Sign("mediastinum", "", 0.5),
        Sign("thickening", "left", 0.5),
        Sign("hyperinflation", "", 0.5),
        Sign("free_air", "", 0.5),
    ],
    ids=lambda sign: str(sign.key),
)
def test_lesser_signs_change_the_picture_where_they_lie(sign: Sign) -> None:
    change = np.abs(film(5, sign).astype(int) - film(5).astype(int))
    assert (change > 18).sum() > 60
    if sign.side:
        half = change.shape[1] // 2
        left, right = (change[:, :half] > 18).sum(), (change[:, half:] > 18).sum()
        assert (left > right) == (sign.side == "right")


@pytest.mark.parametrize("key", ["effusion", "cardiomegaly", "edema", "consolidation"])
def test_lateral_view_shows_it_too(key: str) -> None:
    change = np.abs(
        film(5, Sign(key, "left", 0.6), position="LATERAL").astype(int)
        - film(5, position="LATERAL").astype(int)
    )
    assert (change > 18).sum() > 400


def test_same_arguments_give_the_same_pixels_and_another_name_others() -> None:
    signs = (Sign("effusion", "left", 0.4), Sign("edema", "both", 0.5))
    first = draw_film("a", "PA", 312, 256, signs, "lower")
    assert first.shape == (312, 256)
    assert np.array_equal(first, draw_film("a", "PA", 312, 256, signs, "lower"))
    assert not np.array_equal(first, draw_film("b", "PA", 312, 256, signs, "lower"))


@pytest.mark.parametrize("position", list(SIZES))
def test_pictures_are_small_greyscale_jpegs(position: str) -> None:
    signs = (Sign("edema", "both", 1.0), Sign("tube", "", 0.6), Sign("effusion", "both", 0.3))
    for seed in range(6):
        data = jpeg(draw_film(f"j{seed}", position, *SIZES[position], signs, "upper"))
        assert len(data) < 12_000
        with Image.open(BytesIO(data)) as picture:
            assert (picture.format, picture.mode) == ("JPEG", "L")
            assert (picture.height, picture.width) == SIZES[position]


def test_tube_of_one_point_is_refused() -> None:
    grid = np.zeros((2, 2), np.float32)
    with pytest.raises(ValueError, match="two points"):
        tube(grid, grid, ((0.0, 0.0),), 0.1)


@pytest.mark.parametrize("position", list(SIZES))
def test_signs_leave_no_trace_in_the_next_picture(position: str) -> None:
    keys = (
        "effusion", "pneumothorax", "edema", "consolidation", "atelectasis", "nodule", "fracture",
        "thickening", "cardiomegaly", "mediastinum", "free_air", "pacemaker", "line", "wires",
    )  # fmt: skip
    before = film(8, position=position)
    changed = film(8, *(Sign(key, "both", 0.8) for key in keys), position=position)
    assert not np.array_equal(before, changed)
    assert np.array_equal(before, film(8, position=position))


def test_kept_plate_refuses_to_be_drawn_on() -> None:
    plate = plate_of("PA", 24, 20, 3, 0.0)
    with pytest.raises(ValueError, match="read-only"):
        plate.deep += 1.0


def test_bodies_differ_between_pictures_and_flat_domes_lie_lower() -> None:
    plates = [plate_of("PA", 136, 112, turn, 0.0) for turn in range(12)]
    assert len({plate.build for plate in plates}) == 12
    flat = [plate_of("PA", 136, 112, turn, 0.9) for turn in range(12)]
    lungs = [sum(float(plate.lungs.mean()) for plate in some) for some in (plates, flat)]
    assert lungs[1] > 1.03 * lungs[0]


def test_drawing_is_enlarged_with_a_grain_around_its_grey_value() -> None:
    drawn = developed(np.full((20, 30), 120.0, np.float32), 0.95, 77).astype(float)
    assert drawn.shape == (40, 60)
    assert drawn.mean() == pytest.approx(114, abs=0.3)
    assert 1.5 < drawn.std() < 3.0


def test_grey_values_are_cut_and_never_turn_around() -> None:
    dark, light = np.full((4, 4), -255.0, np.float32), np.full((4, 4), 450.0, np.float32)
    assert developed(dark, 1.1, 0).max() == 0
    assert developed(light, 1.1, 0).min() == 255


def test_enlarged_step_has_one_blended_pixel_to_each_side() -> None:
    step = np.repeat(np.array([[0.0, 200.0]], np.float32), 3, axis=1).repeat(4, axis=0)
    middle = developed(step, 1.0, 5).astype(float).mean(axis=0)
    expected = [0, 0, 0, 0, 0, 50, 150, 200, 200, 200, 200, 200]
    assert middle == pytest.approx(expected, abs=5)


def test_clouds_are_soft_and_differ_by_turn() -> None:
    some, others = clouds((136, 112), 5), clouds((136, 112), 40_000)
    assert some.shape == (136, 112)
    assert float(np.abs(some).max()) <= 1.0
    assert float(np.abs(np.diff(some, axis=0)).max()) < 0.3
    assert not np.array_equal(some, others)
