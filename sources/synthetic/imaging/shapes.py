"""Soft shapes on a pixel grid, made so that every machine draws the same bits.

Belongs here: edges, ellipses, bands, bent tubes, clouds, grain and how a drawing becomes grey
values. Does not belong here: anatomy (`anatomy`), signs (`pixels`).

All arrays are 32-bit floats and only added, subtracted, multiplied, divided, compared, floored or
rooted: no exponentials, no sums over pixels, no linear algebra, whose last bit may differ between
machines. Scalars stay Python floats, which do not widen the arrays. The last steps are done in
whole numbers of 16 bits, which are exact, and twice as fast.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]
"""32-bit floats; the shape is that of the grid, or broadcasts to it."""
Pixels = np.ndarray[tuple[int, int], np.dtype[np.uint8]]
"""Grey values, rows x columns."""
SPARE = 64
"""Rows and columns that a tile of grain has beyond a picture's: it can lie in 64 x 64 places."""
_SPREAD = 3
"""A tile of clouds has so many times the rows and columns of a drawing."""
_CLOUD = 9
"""Pixels of a drawing from one point of the clouds' lattice to the next."""
_FINE = 4
"""Steps of a grey value that are kept while a drawing is enlarged."""


@cache
def grid(rows: int, columns: int) -> tuple[Array, Array]:
    """`u` (1 x columns) and `v` (rows x 1), both from -1 to 1, at the centres of the pixels."""
    u = (np.arange(columns, dtype=np.float32) * 2.0 + 1.0) / columns - 1.0
    v = (np.arange(rows, dtype=np.float32) * 2.0 + 1.0) / rows - 1.0
    return fixed(u.reshape(1, columns)), fixed(v.reshape(rows, 1))


def fixed(array: Array) -> Array:
    """The same array, which refuses to be written to: it is kept for further pictures."""
    array.setflags(write=False)
    return array


def edge(distance: Array, width: float) -> Array:
    """0 below zero, 1 above, with a soft step `width` wide in between."""
    t = distance * (1.0 / width)
    t += 0.5
    np.maximum(t, 0.0, out=t)
    np.minimum(t, 1.0, out=t)
    step: Array = t * -2.0
    step += 3.0
    step *= t
    step *= t
    return step


def bump(distance: Array, width: float) -> Array:
    """1 at zero, falling smoothly to both sides, a tenth at about twice the width."""
    t = distance * (1.0 / width)
    t *= t
    t += 1.0
    fall: Array = 1.0 / t
    fall *= fall
    return fall


def band(distance: Array, half: float) -> Array:
    """1 within `half` of zero, with soft borders; 0 from one and a half times as far."""
    return edge(half - np.abs(distance), half)


def ellipse(u: Array, v: Array, across: float, down: float, soft: float) -> Array:
    """1 inside an ellipse around zero; `soft` is the width of its border, as a share of it."""
    a = u * (1.0 / across)
    b = v * (1.0 / down)
    return edge(1.0 - np.sqrt(a * a + b * b), soft)


def tube(u: Array, v: Array, bends: tuple[tuple[float, float], ...], half: float) -> Array:
    """A bent line through some points, `half` wide to each side; 0 from half as far again."""
    nearest: Array | None = None
    for (u0, v0), (u1, v1) in pairwise(bends):
        du, dv = u1 - u0, v1 - v0
        along = ((u - u0) * du + (v - v0) * dv) * (1.0 / (du * du + dv * dv))
        along = np.minimum(np.maximum(along, 0.0), 1.0)
        a = u - u0 - along * du
        b = v - v0 - along * dv
        square = a * a + b * b
        nearest = square if nearest is None else np.minimum(nearest, square)
    if nearest is None:
        raise ValueError("a tube has fewer than two points; give its ends at least")
    return edge(half - np.sqrt(nearest), half)


def clouds(shape: tuple[int, ...], turn: int) -> Array:
    """Soft random clouds, -1 to 1, of the shape of a drawing.

    Args:
        shape: Rows and columns of the drawing.
        turn: Whole number from 0 to 65,535 that says which clouds.
    """
    rows, columns = shape
    tile = _sky(rows, columns)
    top = turn % (tile.shape[0] - rows)
    left = turn // (tile.shape[0] - rows) % (tile.shape[1] - columns)
    return tile[top : top + rows, left : left + columns]


@cache
def _sky(rows: int, columns: int) -> Array:
    """The tile from which `clouds` are cut: a coarse lattice, blended between its points."""
    rows, columns = _SPREAD * rows, _SPREAD * columns
    generator = np.random.Generator(np.random.PCG64(15))
    shape = (rows // _CLOUD + 2, columns // _CLOUD + 2)
    lattice = generator.random(shape, dtype=np.float32) * 2.0 - 1.0
    row, deep = _steps(rows)
    column, wide = _steps(columns)
    deep = deep.reshape(rows, 1)
    lines = lattice[row] * (1.0 - deep) + lattice[row + 1] * deep
    return fixed(lines[:, column] * (1.0 - wide) + lines[:, column + 1] * wide)


def _steps(size: int) -> tuple[NDArray[np.intp], Array]:
    """For each pixel the lattice cell that it lies in, and how far into it."""
    at = np.arange(size, dtype=np.float32) * (1.0 / _CLOUD)
    whole = np.floor(at)
    return whole.astype(np.intp), at - whole


def developed(drawing: Array, light: float, turn: int) -> Pixels:
    """A drawing as grey values of twice its rows and columns, with the grain of the film.

    Args:
        drawing: Grey values, -255 to 450; it is written to.
        light: Factor of all grey values, 0.9 to 1.1.
        turn: Whole number from 0 to 65,535 that says where the grain lies.

    Returns:
        Shape (2 rows, 2 columns), blended between the pixels, cut at 0 and 255.
    """
    drawing *= light * _FINE
    coarse = drawing.astype(np.int16)
    rows, columns = coarse.shape
    # Each step multiplies by 4: values stay below 2^15.
    wide = np.empty((rows, columns, 2), np.int16)
    near = coarse * np.int16(3)
    np.add(near[:, 1:], coarse[:, :-1], out=wide[:, 1:, 0])
    np.add(near[:, :-1], coarse[:, 1:], out=wide[:, :-1, 1])
    np.multiply(coarse[:, 0], np.int16(4), out=wide[:, 0, 0])
    np.multiply(coarse[:, -1], np.int16(4), out=wide[:, -1, 1])
    lines = wide.reshape(rows, 2 * columns)
    tall = np.empty((rows, 2, 2 * columns), np.int16)
    near = lines * np.int16(3)
    np.add(near[1:], lines[:-1], out=tall[1:, 0])
    np.add(near[:-1], lines[1:], out=tall[:-1, 1])
    np.multiply(lines[0], np.int16(4), out=tall[0, 0])
    np.multiply(lines[-1], np.int16(4), out=tall[-1, 1])
    full = tall.reshape(2 * rows, 2 * columns)
    top, left = turn % SPARE, turn // SPARE % SPARE
    full += _grain(2 * rows, 2 * columns)[top : top + 2 * rows, left : left + 2 * columns]
    full >>= 6
    # Clipping is four times as fast as taking a maximum and a minimum of whole numbers.
    return np.clip(full, 0, 255, out=full).astype(np.uint8)


@cache
def _grain(rows: int, columns: int) -> NDArray[np.int16]:
    """A tile of grain in 64ths of a grey value: the sum of two uniforms, about 2.3 grey values."""
    shape = (rows + SPARE, columns + SPARE)
    generator = np.random.Generator(np.random.PCG64(16))
    drawn = np.frombuffer(generator.bytes(shape[0] * shape[1]), np.uint8).reshape(shape)
    made: NDArray[np.int16] = ((drawn & 15) + (drawn >> 4)).astype(np.int16)
    made -= np.int16(15)
    made *= np.int16(22)
    made += np.int16(32)  # so that the shift rounds
    made.setflags(write=False)
    return made
