"""Chest films as pixels: a simple anatomical model whose light and shadow carry the signs.

Belongs here: drawing frontal and lateral views. Does not belong here: which signs there are
(`chest`), the shared shapes and grids (`shapes`), files (`cxr`, `dicom`).

A picture follows from its name, its signs and the zone alone, to the last bit on any machine:
arrays are only added, subtracted, multiplied, divided, compared and rooted, which IEEE 754 rounds
in one way. The patient's right is on the picture's left. Coordinates: `u` -1 to 1 from left to
right, `v` -1 to 1 from top to bottom.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from sources.synthetic.imaging.shapes import (
    Array,
    Pixels,
    band,
    bump,
    doubled,
    edge,
    ellipse,
    grid,
    mottle,
    noise,
    tube,
)
from sources.synthetic.timeline import Sign

_TISSUE = 158.0
_LUNG = 62.0
_HEART = 176.0
_FLUID = 178.0
_AIR = 26.0
_METAL = 250.0
_RIBS = 11


@dataclass(frozen=True, slots=True)
class _Build:
    """How one patient is built, in units of the picture."""

    tilt: float
    wall: float
    """Half width of the inner chest."""
    dome: tuple[float, float]
    """Top of the right and left diaphragm."""
    apex: float
    heart: float
    """Half width of a normal heart."""
    rib_phase: float
    light: float


def _build(generator: np.random.Generator, position: str) -> _Build:
    draw = generator.random(8).tolist()
    near = 1.07 if position == "AP" else 1.0
    return _Build(
        0.05 * (draw[0] - 0.5),
        0.78 + 0.06 * (draw[1] - 0.5),
        (0.47 + 0.08 * (draw[2] - 0.5), 0.51 + 0.08 * (draw[3] - 0.5)),
        -0.84 + 0.06 * (draw[4] - 0.5),
        (0.325 + 0.03 * (draw[5] - 0.5)) * near,
        draw[6],
        1.0 + 0.18 * (draw[7] - 0.5),
    )


def draw_film(
    name: str, position: str, rows: int, columns: int, signs: tuple[Sign, ...], zone: str
) -> Pixels:
    """One view as 8-bit grey values, bright where the body is dense.

    Args:
        name: The picture's `dicom_id`: its noise and the angle follow from it.
        position: `PA`, `AP` or `LATERAL`.
        rows: Height in pixels, an even number.
        columns: Width in pixels, an even number.
        signs: What it shows.
        zone: Third of the lung of focal signs (`chest.zone_of`).
    """
    digest = hashlib.sha256(f"pixels {name}".encode()).digest()
    generator = np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))
    shown = {sign.key: sign for sign in signs}
    build = _build(generator, position)
    # The model is drawn at half the size: half a pixel of blur costs nothing that can be seen.
    u, v = grid(rows // 2, columns // 2)
    if position == "LATERAL":
        picture = _lateral(u, v, build, shown, zone, generator)
    else:
        picture = _frontal(u, v, build, shown, zone, generator)
    picture = doubled(picture * build.light)
    picture += noise(generator, rows, columns)
    return np.clip(picture, 0.0, 255.0).astype(np.uint8)


def _sides(sign: Sign | None) -> tuple[int, ...]:
    """-1 for the patient's right, which is on the picture's left, and 1 for the left."""
    if sign is None:
        return ()
    return {"right": (-1,), "left": (1,), "both": (-1, 1)}.get(sign.side, (-1,))


def _frontal(
    u: Array,
    v: Array,
    build: _Build,
    shown: dict[str, Sign],
    zone: str,
    generator: np.random.Generator,
) -> Array:
    u = u - build.tilt * v
    wide = np.abs(u)
    body = edge(1.04 - 0.16 * bump(v + 0.95, 0.3) * 3.0 - wide, 0.06)
    picture = 10.0 + (_TISSUE - 10.0) * body
    flat = shown["hyperinflation"].size if "hyperinflation" in shown else 0.0
    chest = _chest_wall(u, v, build)
    lungs = []
    for side in (-1, 1):
        reach = side * u
        dome = build.dome[0 if side < 0 else 1] + 0.1 * flat
        # The diaphragm falls off to the side: that is the costophrenic angle.
        off = (reach - 0.42) / 0.42
        floor = dome + (0.2 - 0.1 * flat) * off * off
        lung = chest * edge(reach - 0.12, 0.05) * edge(floor - v, 0.03)
        lungs.append((lung, floor, reach))
        picture = picture + (_LUNG - 8.0 * flat - _TISSUE) * lung
    both = lungs[0][0] + lungs[1][0]
    picture = picture + both * (mottle(generator, u.shape, 15, 13) * 9.0)
    picture = picture + both * 26.0 * (bump(u + 0.22, 0.11) + bump(u - 0.24, 0.11)) * bump(
        v + 0.02, 0.24
    )
    picture = picture + _ribs(wide, v, build, both)
    # The stomach bubble under the left diaphragm.
    picture = picture - 55.0 * ellipse(u - 0.42, v - build.dome[1] - 0.2, 0.17, 0.07, 0.4)
    for index, (lung, floor, reach) in enumerate(lungs):
        side = -1 if index == 0 else 1
        picture = _lung_signs(
            picture, u, v, side, lung, floor, reach, chest, build, shown, zone, generator
        )
    picture = _middle(picture, u, v, build, shown)
    picture = _clavicles(picture, wide, v)
    return _devices(picture, u, v, shown, build)


def _chest_wall(u: Array, v: Array, build: _Build) -> Array:
    """Inside of the rib cage: narrow at the top, wide below."""
    return edge(1.0 - _wall(u, v, build), 0.06)


def _wall(u: Array, v: Array, build: _Build) -> Array:
    """1 at the rib cage, less inside."""
    down = (v - 0.35) / (0.35 - build.apex)
    across = u / build.wall
    squeeze = down * down
    upper = squeeze * np.sqrt(squeeze) * (v < 0.35)
    lower = squeeze * (v > 0.35) * 0.15
    wall: Array = across * across + upper + lower
    return wall


def _ribs(wide: Array, v: Array, build: _Build, both: Array) -> Array:
    """Posterior ribs, falling to the side."""
    turn = (v + 0.42 * wide * wide - 0.12 * wide) * (_RIBS / 2.0) + build.rib_phase
    saw = turn - np.floor(turn)
    ribs: Array = both * 17.0 * bump(saw - 0.5, 0.2)
    return ribs


def _lung_signs(
    picture: Array,
    u: Array,
    v: Array,
    side: int,
    lung: Array,
    floor: Array,
    reach: Array,
    chest: Array,
    build: _Build,
    shown: dict[str, Sign],
    zone: str,
    generator: np.random.Generator,
) -> Array:
    """The signs of one lung."""
    height = {"upper": -0.42, "middle": -0.02, "lower": 0.26}[zone]
    if "edema" in shown:
        size = shown["edema"].size
        haze = bump(reach - 0.32, 0.3) * bump(v - 0.02, 0.42)
        cloud = 1.0 + 0.35 * mottle(generator, u.shape, 19, 17)
        picture = picture + lung * (16.0 + 74.0 * size) * haze * cloud
    if side in _sides(shown.get("consolidation")):
        size = shown["consolidation"].size
        patch = ellipse(reach - 0.44, v - height, 0.2 + 0.14 * size, 0.15 + 0.16 * size, 0.75)
        cloud = 1.0 + 0.3 * mottle(generator, u.shape, 17, 15)
        picture = picture + lung * (48.0 + 44.0 * size) * patch * cloud
    if side in _sides(shown.get("atelectasis")):
        size = shown["atelectasis"].size
        line = v - floor + 0.11 - 0.22 * (reach - 0.4)
        picture = picture + lung * (26.0 + 34.0 * size) * band(line, 0.022) * bump(
            reach - 0.4, 0.26
        )
    if side in _sides(shown.get("nodule")):
        size = shown["nodule"].size
        spot = ellipse(
            reach - 0.5, v - min(height, 0.1) - 0.06, 0.045 + 0.05 * size, 0.04 + 0.045 * size, 0.3
        )
        picture = picture + lung * 62.0 * spot
    if side in _sides(shown.get("thickening")):
        rim = _wall(u, v, build)
        picture = picture + lung * 46.0 * band(rim - 0.93, 0.06) * (v < -0.1)
    if side in _sides(shown.get("pneumothorax")):
        size = shown["pneumothorax"].size
        # Air rises: the lung falls away from the apex first.
        border = 0.97 - (0.1 + 0.52 * size) * edge(0.45 - v, 0.9)
        rim = np.sqrt(_wall(u, v, build)) - border
        air = lung * edge(rim, 0.03)
        picture = picture * (1.0 - air) + _AIR * air
        picture = picture + lung * 70.0 * band(rim + 0.01, 0.016)
    if side in _sides(shown.get("effusion")):
        size = shown["effusion"].size
        # A meniscus: the fluid climbs at the wall.
        climb = np.clip((reach - 0.15) / 0.62, 0.0, 1.2)
        level = 0.56 - 0.85 * size - (0.14 + 0.1 * size) * climb * climb
        wet = chest * edge(reach - 0.12, 0.05) * edge(v - level, 0.05) * edge(floor + 0.2 - v, 0.05)
        picture = picture * (1.0 - wet) + _FLUID * wet
    if side in _sides(shown.get("fracture")):
        picture = _broken_ribs(picture, reach, v, lung)
    return picture


def _broken_ribs(picture: Array, reach: Array, v: Array, lung: Array) -> Array:
    """A dark cleft and a bright step in two ribs at the side of the chest."""
    for height in (0.02, 0.2):
        cleft = ellipse(reach - 0.64, v - height, 0.014, 0.05, 0.3)
        step = ellipse(reach - 0.69, v - height - 0.035, 0.055, 0.016, 0.3)
        picture = picture - lung * 34.0 * cleft + lung * 62.0 * step
    return picture


def _middle(picture: Array, u: Array, v: Array, build: _Build, shown: dict[str, Sign]) -> Array:
    """Heart, great vessels, spine; free air lies on the liver."""
    growth = shown["cardiomegaly"].size if "cardiomegaly" in shown else 0.0
    half = build.heart * ((1.22 + 0.4 * growth) if growth else 1.0)
    if "hyperinflation" in shown:
        half = half * (1.0 - 0.12 * shown["hyperinflation"].size)
    tall = 0.33 + 0.06 * growth
    heart = ellipse(u - 0.1 - 0.03 * growth, v - 0.32 + 0.05 * growth, half, tall, 0.12)
    extra = 0.07 + 0.15 * shown["mediastinum"].size if "mediastinum" in shown else 0.0
    vessels = edge(0.15 + extra * bump(v + 0.4, 0.4) - np.abs(u - 0.01), 0.04) * (v < 0.5)
    knob = ellipse(u - 0.17 - 0.6 * extra, v + 0.36, 0.09, 0.1, 0.3)
    soft = np.maximum(np.maximum(heart, vessels), knob)
    picture = picture * (1.0 - soft) + _HEART * soft
    turn = v * 9.0
    saw = turn - np.floor(turn)
    picture = picture + 14.0 * band(u, 0.07) * (0.4 + 0.6 * bump(saw - 0.5, 0.3))
    windpipe = band(u, 0.045) * edge(-0.22 - v, 0.05) * edge(v + 1.0, 0.05)
    picture = picture - 42.0 * windpipe
    if "free_air" in shown:
        size = shown["free_air"].size
        off = (-u - 0.42) / 0.42
        under = v - (build.dome[0] + 0.2 * off * off) - 0.02
        crescent = edge(under, 0.02) * edge(0.05 + 0.08 * size - under, 0.03) * bump(u + 0.44, 0.3)
        picture = picture - 105.0 * np.minimum(1.0, 1.5 * crescent)
    return picture


def _clavicles(picture: Array, wide: Array, v: Array) -> Array:
    line = v + 0.62 + 0.24 * (wide - 0.45)
    bones = band(line, 0.032) * edge(wide - 0.1, 0.04) * edge(0.85 - wide, 0.1)
    lit: Array = picture + 34.0 * bones
    return lit


def _devices(picture: Array, u: Array, v: Array, shown: dict[str, Sign], build: _Build) -> Array:
    """Tubes, lines and boxes: bright and thin."""
    drawn: list[Array] = []
    if "tube" in shown:
        drawn.append(tube(u, v, ((0.0, -1.0), (0.005, -0.32)), 0.024))
    if "feeding_tube" in shown:
        drawn.append(tube(u, v, ((0.03, -1.0), (0.03, 0.45), (0.3, 0.75)), 0.014))
    if "line" in shown:
        drawn.append(tube(u, v, ((-0.22, -1.0), (-0.13, -0.55), (-0.12, 0.02)), 0.014))
    if "pacemaker" in shown:
        drawn.append(ellipse(u - 0.56, v + 0.52, 0.12, 0.1, 0.15))
        drawn.append(
            tube(u, v, ((0.5, -0.5), (0.1, -0.62), (-0.1, -0.3), (-0.06, 0.2), (0.22, 0.46)), 0.014)
        )
    if "drain" in shown:
        side = -1.0 if shown["drain"].side != "left" else 1.0
        drawn.append(tube(u, v, ((side * 1.0, 0.3), (side * 0.62, 0.15), (side * 0.5, -0.4)), 0.02))
    if "wires" in shown:
        for height in (-0.3, -0.12, 0.06, 0.24):
            drawn.append(ellipse(u, v - height, 0.05, 0.02, 0.4))
    for shape in drawn:
        picture = picture * (1.0 - shape) + _METAL * shape
    return picture


def _lateral(
    u: Array,
    v: Array,
    build: _Build,
    shown: dict[str, Sign],
    zone: str,
    generator: np.random.Generator,
) -> Array:
    """The view from the side, plainly: breastbone on the left, spine on the right."""
    body = edge(0.9 - np.abs(u + 0.02), 0.08)
    picture = 12.0 + 140.0 * body + 0.0 * v
    floor = build.dome[0] + 0.18 * (u - 0.1) * np.abs(u - 0.1) + 0.06
    lung = ellipse(u, v + 0.1, 0.74, 0.8, 0.1) * edge(floor - v, 0.04)
    picture = picture - 74.0 * lung + lung * (mottle(generator, picture.shape, 15, 13) * 8.0)
    growth = shown["cardiomegaly"].size if "cardiomegaly" in shown else 0.0
    picture = (
        picture
        + 62.0 * ellipse(u + 0.28, v - 0.24, 0.3 + 0.16 * growth, 0.26 + 0.08 * growth, 0.3) * lung
    )
    turn = v * 7.0 + build.rib_phase
    saw = turn - np.floor(turn)
    picture = picture + 26.0 * band(u - 0.58 + 0.12 * v * v, 0.12) * (
        0.5 + 0.5 * bump(saw - 0.5, 0.3)
    )
    if "edema" in shown:
        picture = picture + lung * (12.0 + 50.0 * shown["edema"].size) * bump(u, 0.4) * bump(v, 0.4)
    if "consolidation" in shown:
        size = shown["consolidation"].size
        height = {"upper": -0.4, "middle": 0.06, "lower": 0.22}[zone]
        back = 0.34 if zone == "lower" else -0.08
        picture = picture + lung * (40.0 + 40.0 * size) * ellipse(
            u - back, v - height, 0.24, 0.2, 0.7
        )
    if "effusion" in shown:
        # Fluid gathers first in the deep recess behind.
        size = shown["effusion"].size
        level = 0.52 - 0.6 * size - u * (u > 0) * 0.24
        wet = lung * edge(v - level, 0.06)
        picture = picture * (1.0 - wet) + 172.0 * wet
    if "pneumothorax" in shown:
        air = lung * edge(-0.62 + 0.3 * shown["pneumothorax"].size - v, 0.05)
        picture = picture * (1.0 - air) + 34.0 * air
    if "pacemaker" in shown:
        box = ellipse(u + 0.62, v + 0.5, 0.05, 0.12, 0.2)
        picture = picture * (1.0 - box) + _METAL * box
    if "line" in shown:
        wire = tube(u, v, ((-0.1, -1.0), (-0.06, 0.05)), 0.014)
        picture = picture * (1.0 - wire) + _METAL * wire
    side_view: Array = picture
    return side_view
