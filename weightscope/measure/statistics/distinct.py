"""Counts distinct values, and finds the step of a grid that they lie on.

The values of a quantized kernel lie on a grid, in every dtype.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from weightscope.inspection import Array
from weightscope.inspection.statistics import ValueGrid

#: The most distinct values to count: as many as 8 bits represent.
MOST_DISTINCT = 256

#: The number of values to read first: most weights already have too many distinct ones there.
_GLIMPSE = 1024

#: The fewest distinct values that define a grid.
_FEWEST_STEPS = 3

Doubles = npt.NDArray[np.float64]


class DistinctValues:
    """Gathers the distinct finite values of a variable, until there are too many.

    Args:
        is_counting: False counts none, as if there were too many.
    """

    def __init__(self, *, is_counting: bool = True) -> None:
        # a set: most variables are small, and numpy's union of two arrays takes longer than their values
        self._known: set[float] | None = set() if is_counting else None

    def add(self, values: Array) -> None:
        """Takes in some finite numbers: one axis."""
        if self._known is None:
            return
        if values.dtype.itemsize == 1:  # a twentieth of the time of a lookup for each value
            occurs = np.zeros(MOST_DISTINCT, np.bool_)
            occurs[np.ascontiguousarray(values).view(np.uint8)] = True
            self._unite(np.flatnonzero(occurs).astype(np.uint8).view(values.dtype))
            return
        self._unite(values[:_GLIMPSE])
        if self._known is not None and values.size > _GLIMPSE:
            rest, known = values[_GLIMPSE:], _sorted(self._known)
            is_new = rest != known[0]
            if known.size > 1:
                is_new = rest != known[np.minimum(np.searchsorted(known, rest), known.size - 1)]
            if is_new.any():
                self._unite(np.unique(rest[is_new]))

    def merge(self, later: DistinctValues) -> None:
        """Merges the results of another one."""
        if later._known is None:
            self._known = None
        elif self._known is not None:
            self._keep(self._known | later._known)

    def grid(self) -> ValueGrid | None:
        """Returns the distinct values; None if there are none, or more than are counted."""
        if not self._known:
            return None
        return ValueGrid(len(self._known), _step(_sorted(self._known)))

    def _unite(self, values: Array) -> None:
        assert self._known is not None
        self._keep(self._known.union(values.astype(np.float64).tolist()))

    def _keep(self, known: set[float]) -> None:
        self._known = known if len(known) <= MOST_DISTINCT else None


def _sorted(values: set[float]) -> Doubles:
    return np.array(sorted(values), np.float64)


def _step(values: Doubles) -> float | None:
    """Returns the step of the grid that all values lie on, within the rounding of float32; None if there is none.

    Args:
        values: Distinct values, sorted.
    """
    if values.size < _FEWEST_STEPS:
        return None
    with np.errstate(all="ignore"):  # the distances may be beyond float64, or too small for it
        distances = values - values[0]
        smallest = np.diff(values).min()
        counts = np.round(distances / smallest)
        step = distances[-1] / counts[-1]  # the rounding error is smallest over all steps together
        error = np.abs(distances - np.round(distances / step) * step).max()
    allowed = 2 * float(np.finfo(np.float32).eps) * max(abs(values[0]), abs(values[-1]))
    return float(step) if np.isfinite(step) and error <= allowed < smallest / 2 else None
