"""Loops over float32 values that are compiled, for those who have numba and much to read: the extra `fast`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weightscope.inspection import Array, Variable

#: To import numba takes as long as to read half of this without it.
_LEAST_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class Kernels:
    """Functions of finite float32 values: one axis, contiguous.

    Attributes:
        sums: Returns their sum and the sum of their squares, in float64.
        zeros: Returns how many are 0.0 or -0.0.
        count_bins: Takes the values, what to multiply them with, whether only their whole parts count, and the counts
            of bins, which it adds to: a value belongs to the bin of the whole part of its product, modulo their number.
    """

    sums: Callable[[Array], tuple[float, float]]
    zeros: Callable[[Array], int]
    count_bins: Callable[[Array, np.float32, bool, npt.NDArray[np.int64]], None]


def kernels_for(variables: Sequence[Variable]) -> Kernels | None:
    """Returns the compiled loops if numba is installed and these variables have much to read.

    The choice depends on their size alone: the same file gives the same numbers, bit by bit.
    """
    if sum(variable.info.bytes for variable in variables) < _LEAST_BYTES:
        return None
    return load_kernels()


def load_kernels() -> Kernels | None:
    """Returns the compiled loops; None without numba, or if it cannot keep what it compiles."""
    try:
        from weightscope.measure.statistics import compiled
    except (ImportError, RuntimeError):  # numba is not installed, does not fit numpy, or has no folder for its cache
        return None
    return Kernels(compiled.sums, compiled.zeros, compiled.count_bins)
