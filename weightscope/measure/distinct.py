"""Finds out whether values are few: how many distinct ones there are, and how far apart they stand.

The values of a quantized kernel lie on a grid, whatever their dtype.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from weightscope.inspection import Array
from weightscope.inspection.statistics import Grid

#: More distinct values than this are not counted: 8 bits tell as many apart.
MOST_DISTINCT = 256

#: How many values are looked at first: of most weights these are already too many.
_GLIMPSE = 1024

#: Fewer distinct values stand on any grid.
_FEWEST_STEPS = 3

Doubles = npt.NDArray[np.float64]


class DistinctValues:
    """Gathers the distinct finite values of a variable, until there are too many."""

    def __init__(self) -> None:
        self._known: Doubles | None = np.empty(0, np.float64)

    def add(self, values: Array) -> None:
        """Takes in some finite numbers: one axis."""
        if self._known is None:
            return
        if values.dtype.itemsize == 1:  # to mark what occurs takes a twentieth of looking each value up
            occurs = np.zeros(MOST_DISTINCT, np.bool_)
            occurs[np.ascontiguousarray(values).view(np.uint8)] = True
            self._unite(np.flatnonzero(occurs).astype(np.uint8).view(values.dtype))
            return
        self._unite(np.unique(values[:_GLIMPSE]))
        if self._known is not None and values.size > _GLIMPSE:
            rest = values[_GLIMPSE:]
            is_new = rest != self._known[0]
            if self._known.size > 1:
                places = np.minimum(np.searchsorted(self._known, rest), self._known.size - 1)
                is_new = rest != self._known[places]
            if is_new.any():
                self._unite(np.unique(rest[is_new]))

    def merge(self, later: DistinctValues) -> None:
        """Takes in what another one gathered."""
        if later._known is None:
            self._known = None
        elif self._known is not None:
            self._unite(later._known)

    def grid(self) -> Grid | None:
        """Returns what was found; None where there are more distinct values than are counted, or none."""
        if self._known is None or not self._known.size:
            return None
        return Grid(self._known.size, _step(self._known))

    def _unite(self, values: Array) -> None:
        assert self._known is not None
        known = np.union1d(self._known, values.astype(np.float64))
        self._known = known if known.size <= MOST_DISTINCT else None


def _step(values: Doubles) -> float | None:
    """Returns the width of the grid that all values lie on, but for the rounding of float32; None if there is none.

    Args:
        values: Distinct, from the smallest to the largest.
    """
    if values.size < _FEWEST_STEPS:
        return None
    with np.errstate(all="ignore"):  # the distances may be beyond float64, or too small for it
        distances = values - values[0]
        smallest = np.diff(values).min()
        counts = np.round(distances / smallest)
        step = distances[-1] / counts[-1]  # of all steps together the rounding matters least
        error = np.abs(distances - np.round(distances / step) * step).max()
    allowed = 2 * float(np.finfo(np.float32).eps) * max(abs(values[0]), abs(values[-1]))
    return float(step) if np.isfinite(step) and error <= allowed < smallest / 2 else None
