"""Soft shapes on a pixel grid, made so that every machine draws the same bits.

Belongs here: edges, ellipses, bands, bent tubes, mottle and noise. Does not belong here: anatomy
(`pixels`).

All arrays are 32-bit floats and only added, subtracted, multiplied, divided, compared, floored or
rooted: no exponentials, no sums over pixels, no linear algebra, whose last bit may differ between
machines. Scalars stay Python floats, which do not widen the arrays.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]
"""32-bit floats; the shape is that of the grid, or broadcasts to it."""
Pixels = np.ndarray[tuple[int, int], np.dtype[np.uint8]]
"""Grey values, rows x columns."""


@cache
def grid(rows: int, columns: int) -> tuple[Array, Array]:
    """`u` (1 x columns) and `v` (rows x 1), both from -1 to 1, at the centres of the pixels."""
    u = (np.arange(columns, dtype=np.float32) * 2.0 + 1.0) / columns - 1.0
    v = (np.arange(rows, dtype=np.float32) * 2.0 + 1.0) / rows - 1.0
    return u.reshape(1, columns), v.reshape(rows, 1)


def edge(distance: Array, width: float) -> Array:
    """0 below zero, 1 above, with a soft step `width` wide in between."""
    t = np.clip(distance * (1.0 / width) + 0.5, 0.0, 1.0)
    step: Array = t * t * (3.0 - 2.0 * t)
    return step


def bump(distance: Array, width: float) -> Array:
    """1 at zero, falling smoothly to both sides, a tenth at about twice the width."""
    t = distance * (1.0 / width)
    t = 1.0 / (1.0 + t * t)
    fall: Array = t * t
    return fall


def band(distance: Array, half: float) -> Array:
    """1 within `half` of zero, with soft borders."""
    return edge(half - np.abs(distance), half)


def ellipse(u: Array, v: Array, across: float, down: float, soft: float) -> Array:
    """1 inside an ellipse around zero; `soft` is the width of its border, as a share of it."""
    a = u * (1.0 / across)
    b = v * (1.0 / down)
    return edge(1.0 - np.sqrt(a * a + b * b), soft)


def tube(u: Array, v: Array, bends: tuple[tuple[float, float], ...], half: float) -> Array:
    """A bent line through some points, `half` wide to each side."""
    nearest: Array | None = None
    for (u0, v0), (u1, v1) in pairwise(bends):
        du, dv = u1 - u0, v1 - v0
        along = ((u - u0) * du + (v - v0) * dv) * (1.0 / (du * du + dv * dv))
        along = np.clip(along, 0.0, 1.0)
        a = u - u0 - along * du
        b = v - v0 - along * dv
        square = a * a + b * b
        nearest = square if nearest is None else np.minimum(nearest, square)
    if nearest is None:
        raise ValueError("a tube has fewer than two points; give its ends at least")
    return edge(half - np.sqrt(nearest), half)


@cache
def _steps(size: int, cells: int) -> tuple[np.ndarray[tuple[int], np.dtype[np.intp]], Array]:
    """For each pixel the lattice cell that it lies in, and how far into it."""
    at = (np.arange(size, dtype=np.float32) + 0.5) * (cells / size)
    whole = np.minimum(np.floor(at), cells - 1)
    return whole.astype(np.intp), at - whole


def mottle(generator: np.random.Generator, shape: tuple[int, ...], down: int, across: int) -> Array:
    """Soft random clouds, -1 to 1: a coarse lattice, blended between its points."""
    lattice = generator.random((down + 1, across + 1), dtype=np.float32) * 2.0 - 1.0
    rows, columns = shape[0], shape[-1]
    row, deep = _steps(rows, down)
    column, wide = _steps(columns, across)
    deep = deep.reshape(rows, 1)
    lines = lattice[row] * (1.0 - deep) + lattice[row + 1] * deep
    mixed: Array = lines[:, column] * (1.0 - wide) + lines[:, column + 1] * wide
    return mixed


def doubled(picture: Array) -> Array:
    """Twice as many rows and columns, blended between the pixels."""
    return _doubled_rows(np.ascontiguousarray(_doubled_rows(picture).T)).T


def _doubled_rows(picture: Array) -> Array:
    rows, columns = picture.shape
    near = picture * 0.75
    far = picture * 0.25
    made = np.empty((2 * rows, columns), np.float32)
    made[0] = picture[0]
    made[-1] = picture[-1]
    np.add(near[1:], far[:-1], out=made[2::2])
    np.add(near[:-1], far[1:], out=made[1:-1:2])
    return made


def noise(generator: np.random.Generator, rows: int, columns: int) -> Array:
    """The grain of the film in grey values: the sum of two uniforms, half a byte each."""
    grain = np.frombuffer(generator.bytes(rows * columns), np.uint8).reshape(rows, columns)
    made: Array = ((grain & 15) + (grain >> 4)).astype(np.float32)
    made -= 15.0
    made *= 0.35
    return made
