"""Chest films as pixels: healthy chests whose light and shadow carry the signs.

Belongs here: what illness and devices change in frontal and lateral views. Does not belong here:
which signs there are (`chest`), healthy chests (`anatomy`), shapes and grain (`shapes`), files
(`cxr`, `dicom`).

A picture follows from its name, its signs and the zone alone, to the last bit on any machine:
arrays are only added, subtracted, multiplied, divided, compared and rooted, which IEEE 754 rounds
in one way. The patient's right is on the picture's left. Coordinates: `u` -1 to 1 from left to
right, `v` -1 to 1 from top to bottom. A sign is drawn in the part of the picture that it can
reach, which saves most of the time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from sources.synthetic.imaging.anatomy import (
    HEART,
    Plate,
    chest_wall,
    heart_width,
    plate_of,
    rib_cage,
    side_heart,
    side_plate_of,
    vessels,
)
from sources.synthetic.imaging.shapes import (
    Array,
    Pixels,
    band,
    bump,
    clouds,
    developed,
    edge,
    ellipse,
    tube,
)
from sources.synthetic.timeline import Sign

_FLUID = 178.0
_AIR = 26.0
_METAL = 250.0
_LEAN = 0.03
"""No body leans by more, so that a window this much wider holds what lies in it."""


def draw_film(
    name: str, position: str, rows: int, columns: int, signs: tuple[Sign, ...], zone: str
) -> Pixels:
    """One view as 8-bit grey values, bright where the body is dense.

    Args:
        name: The picture's `dicom_id`: its grain, its build and its light follow from it.
        position: `PA`, `AP` or `LATERAL`.
        rows: Height in pixels, an even number.
        columns: Width in pixels, an even number.
        signs: What it shows.
        zone: Third of the lung of focal signs (`chest.zone_of`).
    """
    digest = hashlib.sha256(f"pixels {name}".encode()).digest()
    turns = [digest[at] << 8 | digest[at + 1] for at in range(0, 12, 2)]
    shown = {sign.key: sign for sign in signs}
    draw = _lateral if position == "LATERAL" else _frontal
    drawing = draw(position, rows // 2, columns // 2, turns, shown, zone)
    return developed(drawing, 0.91 + 0.18 / 65_536 * turns[4], turns[5])


def _sides(sign: Sign | None) -> tuple[int, ...]:
    """-1 for the patient's right, which is on the picture's left, and 1 for the left."""
    if sign is None:
        return ()
    return {"right": (-1,), "left": (1,), "both": (-1, 1)}.get(sign.side, (-1,))


@dataclass(frozen=True, slots=True)
class _Window:
    """A part of a frontal drawing."""

    part: tuple[slice, slice]
    u: Array
    """Of the body, upright."""
    v: Array
    lungs: Array


def _span(low: float, high: float, size: int) -> slice:
    """Pixels between two coordinates, and one more to each side."""
    return slice(
        max(0, int((low + 1.0) * 0.5 * size) - 1), max(0, int((high + 1.0) * 0.5 * size) + 2)
    )


def _within(plate: Plate, left: float, right: float, top: float, bottom: float) -> _Window:
    rows, columns = plate.lungs.shape
    down = _span(top, bottom, rows)
    across = _span(left - _LEAN, right + _LEAN, columns)
    v = plate.v[down]
    return _Window(
        (down, across), plate.u[:, across] - v * plate.build.tilt, v, plate.lungs[down, across]
    )


def _beside(plate: Plate, side: int, near: float, far: float, top: float, bottom: float) -> _Window:
    """A window between two distances from the middle on one side."""
    return _within(plate, *((near, far) if side > 0 else (-far, -near)), top, bottom)


def _frontal(
    position: str,
    rows: int,
    columns: int,
    turns: list[int],
    shown: dict[str, Sign],
    zone: str,
) -> Array:
    flat = shown["hyperinflation"].size if "hyperinflation" in shown else 0.0
    plate = plate_of(position, rows, columns, turns[0], flat)
    picture = plate.lungs * clouds((rows, columns), turns[1])
    picture *= 9.0
    picture += plate.deep
    if shown:
        for side in (-1, 1):
            _lung_signs(picture, plate, side, shown, zone, turns)
    if "cardiomegaly" in shown or "mediastinum" in shown:
        _large_middle(picture, plate, position, shown)
    else:
        picture *= plate.passed
        picture += plate.near
    if "free_air" in shown:
        _free_air(picture, plate, shown["free_air"].size)
    if shown:
        _devices(picture, plate, shown)
    return picture


def _lung_signs(
    picture: Array,
    plate: Plate,
    side: int,
    shown: dict[str, Sign],
    zone: str,
    turns: list[int],
) -> None:
    """The signs of one lung."""
    height = {"upper": -0.42, "middle": -0.02, "lower": 0.26}[zone]
    if "edema" in shown:
        size = shown["edema"].size
        it = _beside(plate, side, 0.05, 0.86, -0.95, 0.8)
        haze = bump(side * it.u - 0.32, 0.3) * bump(it.v - 0.02, 0.42)
        cloud = 1.0 + 0.35 * clouds(picture.shape, turns[2])[it.part]
        picture[it.part] += it.lungs * (16.0 + 74.0 * size) * haze * cloud
    if side in _sides(shown.get("consolidation")):
        size = shown["consolidation"].size
        across, down = 0.2 + 0.14 * size, 0.15 + 0.16 * size
        it = _around(plate, side, 0.44, height, 1.4 * across, 1.4 * down)
        patch = ellipse(side * it.u - 0.44, it.v - height, across, down, 0.75)
        cloud = 1.0 + 0.3 * clouds(picture.shape, turns[3])[it.part]
        picture[it.part] += it.lungs * (48.0 + 44.0 * size) * patch * cloud
    if side in _sides(shown.get("atelectasis")):
        size = shown["atelectasis"].size
        it = _beside(plate, side, 0.05, 0.86, 0.2, 0.8)
        reach = side * it.u
        line = it.v - plate.build.floor(reach, side, plate.flat) + 0.11 - 0.22 * (reach - 0.4)
        plain = band(line, 0.022) * bump(reach - 0.4, 0.26)
        picture[it.part] += it.lungs * (26.0 + 34.0 * size) * plain
    if side in _sides(shown.get("nodule")):
        size = shown["nodule"].size
        level, across, down = min(height, 0.1) + 0.06, 0.045 + 0.05 * size, 0.04 + 0.045 * size
        it = _around(plate, side, 0.5, level, 1.2 * across, 1.2 * down)
        spot = ellipse(side * it.u - 0.5, it.v - level, across, down, 0.3)
        picture[it.part] += it.lungs * 62.0 * spot
    if side in _sides(shown.get("thickening")):
        it = _beside(plate, side, 0.05, 0.86, -0.95, -0.1)
        rim = rib_cage(it.u, it.v, plate.build) - 0.93
        picture[it.part] += it.lungs * 46.0 * band(rim, 0.06) * (it.v < -0.1)
    if side in _sides(shown.get("pneumothorax")):
        _pneumothorax(picture, plate, side, shown["pneumothorax"].size)
    if side in _sides(shown.get("effusion")):
        _effusion(picture, plate, side, shown["effusion"].size)
    if side in _sides(shown.get("fracture")):
        _broken_ribs(picture, plate, side)


def _around(
    plate: Plate, side: int, reach: float, height: float, across: float, down: float
) -> _Window:
    """A window around a point of one side."""
    return _beside(plate, side, reach - across, reach + across, height - down, height + down)


def _pneumothorax(picture: Array, plate: Plate, side: int, size: float) -> None:
    """Air rises: the lung falls away from the apex first."""
    it = _beside(plate, side, 0.05, 0.86, -0.95, 0.8)
    border = 0.97 - (0.1 + 0.52 * size) * edge(0.45 - it.v, 0.9)
    rim = np.sqrt(rib_cage(it.u, it.v, plate.build)) - border
    air = it.lungs * edge(rim, 0.03)
    _cover(picture, it.part, air, _AIR)
    picture[it.part] += it.lungs * 70.0 * band(rim + 0.01, 0.016)


def _effusion(picture: Array, plate: Plate, side: int, size: float) -> None:
    """A meniscus: the fluid climbs at the wall."""
    top = 0.56 - 0.85 * size - 1.44 * (0.14 + 0.1 * size)
    it = _beside(plate, side, 0.05, 0.86, top - 0.03, 1.0)
    reach = side * it.u
    climb = np.minimum(np.maximum((reach - 0.15) * (1.0 / 0.62), 0.0), 1.2)
    level = 0.56 - 0.85 * size - (0.14 + 0.1 * size) * climb * climb
    wet = chest_wall(it.u, it.v, plate.build) * edge(reach - 0.12, 0.05)
    wet *= edge(it.v - level, 0.05)
    wet *= edge(plate.build.floor(reach, side, plate.flat) + 0.2 - it.v, 0.05)
    _cover(picture, it.part, wet, _FLUID)


def _broken_ribs(picture: Array, plate: Plate, side: int) -> None:
    """A dark cleft and a bright step in two ribs at the side of the chest."""
    for height in (0.02, 0.2):
        it = _around(plate, side, 0.68, height, 0.1, 0.08)
        reach = side * it.u
        cleft = ellipse(reach - 0.64, it.v - height, 0.014, 0.05, 0.3)
        step = ellipse(reach - 0.69, it.v - height - 0.035, 0.055, 0.016, 0.3)
        picture[it.part] += it.lungs * (62.0 * step - 34.0 * cleft)


def _cover(picture: Array, part: tuple[slice, slice], shape: Array, grey: float) -> None:
    """Lay something over a part of the picture; `shape` is 1 where nothing shines through."""
    seen = picture[part]
    seen += (grey - seen) * shape


def _large_middle(picture: Array, plate: Plate, position: str, shown: dict[str, Sign]) -> None:
    """Put a heart or vessels before the lungs that cover what a healthy chest has there."""
    wide = 0.5
    if "cardiomegaly" in shown:
        growth = shown["cardiomegaly"].size
        half = heart_width(plate.build, position, plate.flat) * (1.22 + 0.4 * growth)
        wide = max(wide, 0.14 + 1.08 * half)
    it = _within(plate, -wide, wide, -1.0, 0.75)
    passed = plate.passed[it.part]
    if "cardiomegaly" in shown:
        left, top = 0.1 + 0.03 * growth, 0.32 - 0.05 * growth
        heart = ellipse(it.u - left, it.v - top, half, 0.33 + 0.06 * growth, 0.12)
        passed = np.minimum(passed, 1.0 - heart)
    if "mediastinum" in shown:
        broad = vessels(it.u, it.v, 0.07 + 0.15 * shown["mediastinum"].size)
        passed = np.minimum(passed, 1.0 - broad)
    # What the larger shadow hides of the lungs, and what it adds.
    more = (picture[it.part] - HEART) * (passed - plate.passed[it.part])
    picture *= plate.passed
    picture += plate.near
    picture[it.part] += more


def _free_air(picture: Array, plate: Plate, size: float) -> None:
    """Air under the right diaphragm lies on the liver."""
    it = _within(plate, -1.0, 0.4, plate.build.dome[0] - 0.02, 1.0)
    off = (-it.u - 0.42) * (1.0 / 0.42)
    under = it.v - (plate.build.dome[0] + 0.2 * off * off) - 0.02
    crescent = edge(under, 0.02) * edge(0.05 + 0.08 * size - under, 0.03)
    crescent *= bump(it.u + 0.44, 0.3)
    picture[it.part] -= 105.0 * np.minimum(1.0, 1.5 * crescent)


_TUBES: dict[str, tuple[float, tuple[tuple[float, float], ...]]] = {
    "tube": (0.024, ((0.0, -1.0), (0.005, -0.32))),
    "feeding_tube": (0.014, ((0.03, -1.0), (0.03, 0.45), (0.3, 0.75))),
    "line": (0.014, ((-0.22, -1.0), (-0.13, -0.55), (-0.12, 0.02))),
    "pacemaker": (
        0.014,
        ((0.5, -0.5), (0.1, -0.62), (-0.1, -0.3), (-0.06, 0.2), (0.22, 0.46)),
    ),
}
"""Half width and course of what is bright and thin."""


def _devices(picture: Array, plate: Plate, shown: dict[str, Sign]) -> None:
    """Tubes, lines and boxes."""
    for key, (half, bends) in _TUBES.items():
        if key in shown:
            _lay(picture, plate, bends, half)
    if "pacemaker" in shown:
        it = _within(plate, 0.42, 0.7, -0.64, -0.4)
        _cover(picture, it.part, ellipse(it.u - 0.56, it.v + 0.52, 0.12, 0.1, 0.15), _METAL)
    if "drain" in shown:
        side = -1.0 if shown["drain"].side != "left" else 1.0
        _lay(picture, plate, ((side, 0.3), (side * 0.62, 0.15), (side * 0.5, -0.4)), 0.02)
    if "wires" in shown:
        for height in (-0.3, -0.12, 0.06, 0.24):
            it = _within(plate, -0.06, 0.06, height - 0.03, height + 0.03)
            _cover(picture, it.part, ellipse(it.u, it.v - height, 0.05, 0.02, 0.4), _METAL)


def _lay(picture: Array, plate: Plate, bends: tuple[tuple[float, float], ...], half: float) -> None:
    """Lay a tube along some points."""
    across, down = [at for at, _ in bends], [at for _, at in bends]
    rim = 1.5 * half
    it = _within(plate, min(across) - rim, max(across) + rim, min(down) - rim, max(down) + rim)
    _cover(picture, it.part, tube(it.u, it.v, bends, half), _METAL)


def _lateral(
    position: str,
    rows: int,
    columns: int,
    turns: list[int],
    shown: dict[str, Sign],
    zone: str,
) -> Array:
    """The view from the side, plainly: breastbone on the left, spine on the right."""
    plate = side_plate_of(rows, columns, turns[0])
    u, v, lungs = plate.u, plate.v, plate.lungs
    picture = lungs * clouds((rows, columns), turns[1])
    picture *= 8.0
    picture += plate.picture
    if "cardiomegaly" in shown:
        part = (_span(-0.2, 0.65, rows), _span(-0.85, 0.3, columns))
        across, down = u[:, part[1]], v[part[0]]
        more = side_heart(across, down, shown["cardiomegaly"].size) - side_heart(across, down, 0.0)
        picture[part] += 62.0 * more * lungs[part]
    if "edema" in shown:
        haze = bump(u, 0.4) * bump(v, 0.4)
        picture += lungs * (12.0 + 50.0 * shown["edema"].size) * haze
    if "consolidation" in shown:
        size = shown["consolidation"].size
        height = {"upper": -0.4, "middle": 0.06, "lower": 0.22}[zone]
        back = 0.34 if zone == "lower" else -0.08
        part = (
            _span(height - 0.28, height + 0.28, rows),
            _span(back - 0.33, back + 0.33, columns),
        )
        patch = ellipse(u[:, part[1]] - back, v[part[0]] - height, 0.24, 0.2, 0.7)
        picture[part] += lungs[part] * (40.0 + 40.0 * size) * patch
    if "effusion" in shown:
        # Fluid gathers first in the deep recess behind.
        size = shown["effusion"].size
        level = 0.52 - 0.6 * size - u * (u > 0) * 0.24
        _cover(picture, _ALL, lungs * edge(v - level, 0.06), 172.0)
    if "pneumothorax" in shown:
        air = lungs * edge(-0.62 + 0.3 * shown["pneumothorax"].size - v, 0.05)
        _cover(picture, _ALL, air, 34.0)
    if "pacemaker" in shown:
        part = (_span(-0.66, -0.34, rows), _span(-0.7, -0.54, columns))
        box = ellipse(u[:, part[1]] + 0.62, v[part[0]] + 0.5, 0.05, 0.12, 0.2)
        _cover(picture, part, box, _METAL)
    if "line" in shown:
        part = (_span(-1.0, 0.08, rows), _span(-0.13, -0.03, columns))
        wire = tube(u[:, part[1]], v[part[0]], ((-0.1, -1.0), (-0.06, 0.05)), 0.014)
        _cover(picture, part, wire, _METAL)
    return picture


_ALL = (slice(None), slice(None))
