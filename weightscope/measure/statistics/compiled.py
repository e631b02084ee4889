"""Loops over values that numba compiles, once for a machine: the module is imported where much is to be read.

Source of the limits: on one core, 1 MiB of float32 in its cache, sums and squares take 0.03 ns a byte, zeros as much,
bins 0.1 ns; numpy takes 0.2, 0.1 and 0.6.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import boolean, float32, float64, int64, njit, types, void

from weightscope.inspection import Array

_VALUES = types.Array(float32, 1, "C", readonly=True)

#: Values that are summed up before their sum is added to the others: as exact as numpy's pairwise sum.
_ADDED_AT_ONCE = 1024


def _sums_of_part(values: Array) -> tuple[float, float]:
    total = squares = 0.0
    for place in range(values.size):
        value = np.float64(values[place])
        total += value
        squares += value * value
    return total, squares


# several sums at once, in an order that is the same each time; `range` over a slice is what becomes vector instructions
_sums_of_part = njit(types.UniTuple(float64, 2)(_VALUES), nogil=True, cache=True, fastmath={"reassoc", "contract"})(
    _sums_of_part
)


def _sums(values: Array) -> tuple[float, float]:
    total = squares = 0.0
    for start in range(0, values.size, _ADDED_AT_ONCE):
        some, of_squares = _sums_of_part(values[start : start + _ADDED_AT_ONCE])
        total += some
        squares += of_squares
    return total, squares


def _zeros(values: Array) -> int:
    count = 0
    for place in range(values.size):
        count += values[place] == 0
    return count


def _count_bins(values: Array, scale: float, is_whole: bool, counts: npt.NDArray[np.int64]) -> None:
    mine = np.zeros((4, counts.size), np.int64)  # four, or neighbours of one bin would wait for each other
    for place in range(values.size):
        value = np.floor(values[place]) if is_whole else values[place]
        mine[place & 3, np.int64(np.floor(value * scale)) & (counts.size - 1)] += 1
    for place in range(counts.size):
        counts[place] += mine[0, place] + mine[1, place] + mine[2, place] + mine[3, place]


sums = njit(types.UniTuple(float64, 2)(_VALUES), nogil=True, cache=True)(_sums)
zeros = njit(int64(_VALUES), nogil=True, cache=True)(_zeros)
count_bins = njit(void(_VALUES, float32, boolean, int64[::1]), nogil=True, cache=True)(_count_bins)
