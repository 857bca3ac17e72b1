"""Healthy chests, from the front and from the side, drawn once and kept.

Belongs here: builds of the body and the plates that follow from them. Does not belong here: what
illness adds (`pixels`), shapes (`shapes`).

Drawing a healthy chest takes ten times as long as a sign, and all films begin with one: a process
keeps a plate of each build, view and flatness of the diaphragm that it has met (`BUILDS` upright,
as many lying, as many from the side, and `_FLAT_BUILDS` x `FLATNESS` for either frontal view;
30 MB when all are met). Plates are drawn at half the size of the picture: half a pixel of blur
costs nothing that can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from sources.synthetic.imaging.shapes import Array, band, bump, edge, ellipse, fixed, grid

BUILDS = 32
"""Kinds of body."""
FLATNESS = 4
"""Steps in which hyperinflation flattens the diaphragm."""
_FLAT_BUILDS = 6
TISSUE = 158.0
LUNG = 62.0
HEART = 176.0
_RIBS = 11
MAGNIFIED = 1.07
"""A portable film is taken from nearby and from the front: the heart throws a larger shadow."""


@dataclass(frozen=True, slots=True)
class Build:
    """How one body is built, in units of the picture."""

    tilt: float
    wall: float
    """Half width of the inner chest."""
    dome: tuple[float, float]
    """Top of the right and left diaphragm."""
    apex: float
    heart: float
    """Half width of a normal heart."""
    rib_phase: float

    def floor(self, reach: Array, side: int, flat: float) -> Array:
        """Height of the diaphragm, which falls off to the side: the costophrenic angle.

        Args:
            reach: Distance from the middle.
            side: -1 for the patient's right, 1 for the left.
            flat: How far hyperinflation flattens it, 0 to 1.
        """
        off = (reach - 0.42) * (1.0 / 0.42)
        return off * off * (0.2 - 0.1 * flat) + (self.dome[0 if side < 0 else 1] + 0.1 * flat)


@dataclass(frozen=True, slots=True)
class Plate:
    """A healthy chest from the front, without the mottle of its lungs; arrays of half the size.

    Its grey values are `deep * passed + near`: whatever changes in the lungs is hidden where heart
    and vessels lie in front of it.
    """

    build: Build
    flat: float
    """How far hyperinflation has gone, 0 to 1."""
    u: Array
    """1 x columns; the body leans, so that its own `u` is `u - build.tilt * v`."""
    v: Array
    lungs: Array
    """1 in either lung."""
    deep: Array
    """Chest wall, lungs, ribs, stomach."""
    passed: Array
    """How much of that is seen."""
    near: Array
    """Heart, great vessels, spine, windpipe, clavicles."""


@dataclass(frozen=True, slots=True)
class SidePlate:
    """A healthy chest from the side, without the mottle of its lungs."""

    u: Array
    v: Array
    lungs: Array
    picture: Array


@cache
def _build(index: int) -> Build:
    draw = np.random.Generator(np.random.PCG64(index)).random(7).tolist()
    return Build(
        0.05 * (draw[0] - 0.5),
        0.78 + 0.06 * (draw[1] - 0.5),
        (0.47 + 0.08 * (draw[2] - 0.5), 0.51 + 0.08 * (draw[3] - 0.5)),
        -0.84 + 0.06 * (draw[4] - 0.5),
        0.325 + 0.03 * (draw[5] - 0.5),
        draw[6],
    )


def heart_width(build: Build, position: str, flat: float) -> float:
    """Half width of a healthy heart's shadow; a large lung squeezes it."""
    near = MAGNIFIED if position == "AP" else 1.0
    return build.heart * near * (1.0 - 0.12 * flat)


def plate_of(position: str, rows: int, columns: int, turn: int, hyperinflation: float) -> Plate:
    """A healthy chest from the front.

    Args:
        position: `PA` or `AP`.
        rows: Rows of the plate.
        columns: Its columns.
        turn: Any whole number: which build.
        hyperinflation: How far it has gone, 0 (not at all) to 1.
    """
    step = 0
    if hyperinflation:
        step = max(1, min(FLATNESS, round(hyperinflation * FLATNESS)))
    return _plate(position, rows, columns, turn % (_FLAT_BUILDS if step else BUILDS), step)


@cache
def _plate(position: str, rows: int, columns: int, index: int, step: int) -> Plate:
    build, flat = _build(index), step / FLATNESS
    straight, v = grid(rows, columns)
    u = straight - build.tilt * v
    wide = np.abs(u)
    body = edge(1.04 - 0.48 * bump(v + 0.95, 0.3) - wide, 0.06)
    chest = chest_wall(u, v, build)
    deep = 10.0 + (TISSUE - 10.0) * body
    lungs = np.zeros_like(deep)
    for side in (-1, 1):
        reach = side * u
        lungs = lungs + chest * edge(reach - 0.12, 0.05) * edge(
            build.floor(reach, side, flat) - v, 0.03
        )
    deep = deep + (LUNG - 8.0 * flat - TISSUE) * lungs
    hila = (bump(u + 0.22, 0.11) + bump(u - 0.24, 0.11)) * bump(v + 0.02, 0.24)
    deep = deep + lungs * 26.0 * hila + _ribs(wide, v, build, lungs)
    # The stomach bubble under the left diaphragm.
    deep = deep - 55.0 * ellipse(u - 0.42, v - build.dome[1] - 0.2, 0.17, 0.07, 0.4)
    half = heart_width(build, position, flat)
    soft = np.maximum(ellipse(u - 0.1, v - 0.32, half, 0.33, 0.12), vessels(u, v, 0.0))
    near = HEART * soft + _spine(u, v) + _clavicles(wide, v)
    return Plate(build, flat, straight, v, *map(fixed, (lungs, deep, 1.0 - soft, near)))


def chest_wall(u: Array, v: Array, build: Build) -> Array:
    """1 inside the rib cage, which is narrow at the top and wide below."""
    return edge(1.0 - rib_cage(u, v, build), 0.06)


def rib_cage(u: Array, v: Array, build: Build) -> Array:
    """1 at the rib cage, less inside."""
    down = (v - 0.35) / (0.35 - build.apex)
    across = u / build.wall
    squeeze = down * down
    upper = squeeze * np.sqrt(squeeze) * (v < 0.35)
    lower = squeeze * (v > 0.35) * 0.15
    wall: Array = across * across + upper + lower
    return wall


def vessels(u: Array, v: Array, wider: float) -> Array:
    """The great vessels with the knob of the aorta; `wider` is half of what they are wide of it."""
    stem = edge(0.15 + wider * bump(v + 0.4, 0.4) - np.abs(u - 0.01), 0.04) * (v < 0.5)
    knob = ellipse(u - 0.17 - 0.6 * wider, v + 0.36, 0.09, 0.1, 0.3)
    both: Array = np.maximum(stem, knob)
    return both


def _ribs(wide: Array, v: Array, build: Build, lungs: Array) -> Array:
    """Posterior ribs, falling to the side."""
    turn = (v + 0.42 * wide * wide - 0.12 * wide) * (_RIBS / 2.0) + build.rib_phase
    saw = turn - np.floor(turn)
    ribs: Array = lungs * 17.0 * bump(saw - 0.5, 0.2)
    return ribs


def _spine(u: Array, v: Array) -> Array:
    """Spine and, dark in front of it, windpipe."""
    turn = v * 9.0
    saw = turn - np.floor(turn)
    bones = 14.0 * band(u, 0.07) * (0.4 + 0.6 * bump(saw - 0.5, 0.3))
    windpipe = band(u, 0.045) * edge(-0.22 - v, 0.05) * edge(v + 1.0, 0.05)
    spine: Array = bones - 42.0 * windpipe
    return spine


def _clavicles(wide: Array, v: Array) -> Array:
    line = v + 0.62 + 0.24 * (wide - 0.45)
    bones: Array = 34.0 * band(line, 0.032) * edge(wide - 0.1, 0.04) * edge(0.85 - wide, 0.1)
    return bones


@cache
def _side_plate(rows: int, columns: int, index: int) -> SidePlate:
    build = _build(index)
    u, v = grid(rows, columns)
    body = edge(0.9 - np.abs(u + 0.02), 0.08)
    floor = build.dome[0] + 0.18 * (u - 0.1) * np.abs(u - 0.1) + 0.06
    lungs = ellipse(u, v + 0.1, 0.74, 0.8, 0.1) * edge(floor - v, 0.04)
    turn = v * 7.0 + build.rib_phase
    saw = turn - np.floor(turn)
    spine = band(u - 0.58 + 0.12 * v * v, 0.12) * (0.5 + 0.5 * bump(saw - 0.5, 0.3))
    heart = side_heart(u, v, 0.0)
    picture = 12.0 + 140.0 * body + (62.0 * heart - 74.0) * lungs + 26.0 * spine
    return SidePlate(u, v, fixed(lungs), fixed(picture))


def side_plate_of(rows: int, columns: int, turn: int) -> SidePlate:
    """A healthy chest from the side: breastbone on the left, spine on the right.

    Args:
        rows: Rows of the plate.
        columns: Its columns.
        turn: Any whole number: which build.
    """
    return _side_plate(rows, columns, turn % BUILDS)


def side_heart(u: Array, v: Array, growth: float) -> Array:
    """The heart from the side; `growth` is 0 for a healthy one, to 1."""
    return ellipse(u + 0.28, v - 0.24, 0.3 + 0.16 * growth, 0.26 + 0.08 * growth, 0.3)
