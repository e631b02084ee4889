"""Statistics of a variable, gathered block by block: exact over all elements, in float64 for every dtype."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from weightscope.inspection import Array, VariableInfo
from weightscope.inspection.statistics import Statistics
from weightscope.measure.reading.gather import Block
from weightscope.measure.reading.scratch import PIECE, SCRATCH
from weightscope.measure.statistics.distinct import DistinctValues
from weightscope.measure.statistics.histogram import BinCounter
from weightscope.measure.statistics.kernels import Kernels
from weightscope.measure.statistics.moments import Moments

#: Dtypes whose values have no order.
_UNORDERED = ("complex64", "complex128", "string", "resource", "variant")


def has_order(info: VariableInfo) -> bool:
    """Whether a variable's values are numbers with an order."""
    return info.dtype not in _UNORDERED


class StatisticsGatherer:
    """Gathers the statistics of one variable, or of several.

    Args:
        kernels: Compiled loops to compute with.
        has_grid: Whether distinct values are counted.
    """

    def __init__(self, kernels: Kernels | None = None, *, has_grid: bool = True) -> None:
        self._kernels = kernels
        self.elements = 0
        self.minimum: Any = None
        self.maximum: Any = None
        self.moments = Moments()
        self.bins = BinCounter(kernels)
        self.distinct = DistinctValues(is_counting=has_grid)
        self.zeros = 0
        self.nan = 0
        self.positive_infinity = 0
        self.negative_infinity = 0

    def add(self, block: Block) -> None:
        """Takes in the values of one block."""
        values = as_numbers(block.values).reshape(-1)
        self.elements += values.size
        for start in range(0, values.size, PIECE):
            self._add(values[start : start + PIECE])

    def settle(self) -> None:
        """Counts what was set aside, and frees the memory that this needs."""
        self.bins.settle()

    def merge(self, later: StatisticsGatherer) -> None:
        """Merges the results of another one."""
        if later.minimum is not None:
            self._reach(later.minimum, later.maximum)
        self.elements += later.elements
        self.moments.merge(later.moments)
        self.bins.merge(later.bins)
        self.distinct.merge(later.distinct)
        self.zeros += later.zeros
        self.nan += later.nan
        self.positive_infinity += later.positive_infinity
        self.negative_infinity += later.negative_infinity

    @property
    def strange(self) -> int:
        """How many values are not finite."""
        return self.nan + self.positive_infinity + self.negative_infinity

    def statistics(self) -> Statistics:
        """Returns the statistics."""
        is_known = self.minimum is not None
        is_constant = is_known and self.minimum == self.maximum
        return Statistics(
            elements=self.elements,
            minimum=self.minimum,
            maximum=self.maximum,
            mean=(float(self.minimum) if is_constant else self._mean()) if is_known else None,
            standard_deviation=(0.0 if is_constant else self.moments.standard_deviation) if is_known else None,
            l2_norm=self.moments.l2_norm if is_known else None,
            zeros=self.zeros,
            nan=self.nan,
            positive_infinity=self.positive_infinity,
            negative_infinity=self.negative_infinity,
            histogram=self.bins.histogram(),
            grid=self.distinct.grid(),
        )

    def _mean(self) -> float:
        return min(max(self.moments.arithmetic_mean, float(self.minimum)), float(self.maximum))

    def _add(self, values: Array) -> None:
        """Takes in a piece: one axis, at least one element."""
        minimum, maximum = values.min(), values.max()
        if not (np.isfinite(minimum) and np.isfinite(maximum)):
            values = self._without_non_finite(values)
            if values.size == 0:
                return
            minimum, maximum = values.min(), values.max()
        self._reach(minimum.item(), maximum.item())
        low, high = float(minimum), float(maximum)
        is_single = values.dtype == np.float32
        kernels = self._kernels if is_single else None
        if low <= 0.0 <= high:
            self.zeros += _zeros(values) if kernels is None else kernels.zeros(values)
        moments = None if kernels is None else Moments.of_sums(values.size, *kernels.sums(values))
        precise = values
        if values.dtype != np.float64 and (moments is None or not is_single):
            precise = SCRATCH.doubles[: values.size]
            np.copyto(precise, values)
        self.moments.merge(moments or Moments.of(precise, max(abs(low), abs(high))))
        self.distinct.add(values)
        self.bins.add(values if is_single else precise, low, high)

    def __getstate__(self) -> dict[str, Any]:
        """Returns what it is pickled as: what was gathered, without the means to."""
        return {**vars(self), "_kernels": None}

    def _without_non_finite(self, values: Array) -> Array:
        """Counts the values that are not finite, and returns the others."""
        self.nan += int(np.count_nonzero(np.isnan(values)))
        self.positive_infinity += int(np.count_nonzero(values == math.inf))
        self.negative_infinity += int(np.count_nonzero(values == -math.inf))
        return values[np.isfinite(values)]

    def _reach(self, minimum: Any, maximum: Any) -> None:
        self.minimum = minimum if self.minimum is None else min(self.minimum, minimum)
        self.maximum = maximum if self.maximum is None else max(self.maximum, maximum)


def _zeros(values: Array) -> int:
    is_zero = np.equal(values, 0, out=SCRATCH.flags[: values.size])
    # a test takes a tenth of the time of a count
    return int(np.count_nonzero(is_zero)) if is_zero.any() else 0


def as_numbers(values: Array) -> Array:
    """Returns values that numpy computes with: float32, float64 or whole numbers.

    float16 and the floats that numpy does not know (bfloat16, float8) become float32, booleans 0 and 1; no value
    changes.
    """
    kind = values.dtype
    if kind in (np.float32, np.float64) or kind.kind in "iu":
        return values
    with np.errstate(invalid="ignore"):  # a signalling NaN becomes a quiet one
        return values.astype(np.uint8 if kind == np.bool_ else np.float32)
