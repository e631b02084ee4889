"""Loops over float32 values that are compiled, for those who have numba and much to read: the extra `fast`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from weightscope.inspection import Array, Variable

#: To load the loops takes as long as what they save on half of this.
_LEAST_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class Kernels:
    """Functions of finite float32 values: one axis, contiguous.

    Attributes:
        sums: Returns their sum and the sum of their squares, in float64.
        zeros: Returns how many are 0.0 or -0.0.
        count_bins: Takes the values, what to multiply them with, whether only their whole parts count, and the counts
            of bins, which it adds to: a value belongs to the bin of the whole part of its product, modulo their number.
        owner: What frees the machine code when it is gone.
    """

    sums: Callable[[Array], tuple[float, float]]
    zeros: Callable[[Array], int]
    count_bins: Callable[[Array, np.float32, bool, npt.NDArray[np.int64]], None]
    owner: object


def kernels_for(variables: Sequence[Variable]) -> Kernels | None:
    """Returns the compiled loops if numba is installed and these variables have much to read.

    The choice depends on their size alone: the same file gives the same numbers, bit by bit.
    """
    if sum(variable.info.bytes for variable in variables) < _LEAST_BYTES:
        return None
    return load_kernels()


def load_kernels() -> Kernels | None:
    """Returns the compiled loops; None without numba, or if its code cannot be kept or loaded."""
    if find_spec("numba") is None:
        return None
    try:
        from weightscope.measure.statistics.machine_code import load_loops
    except (ImportError, RuntimeError, OSError):  # llvmlite is not installed whole
        return None
    loaded = load_loops()
    return None if loaded is None else _kernels(*loaded)


def _kernels(owner: Any, loops: dict[str, Any]) -> Kernels:
    """Returns functions of arrays for loops over pointers; `owner` lives as long as they do."""

    def sums(values: Array) -> tuple[float, float]:
        out = np.zeros(2)
        loops["sums"](values.ctypes.data, values.size, out.ctypes.data)
        return float(out[0]), float(out[1])

    def zeros(values: Array) -> int:
        return int(loops["zeros"](values.ctypes.data, values.size))

    def count_bins(values: Array, scale: np.float32, is_whole: bool, counts: npt.NDArray[np.int64]) -> None:
        found = np.zeros((4, counts.size), np.int64)  # four, or neighbours of one bin would wait for each other
        loops["count_bins"](values.ctypes.data, values.size, scale, is_whole, found.ctypes.data)
        counts += found.sum(axis=0)

    return Kernels(sums, zeros, count_bins, owner)
