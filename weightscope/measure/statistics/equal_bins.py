"""A histogram in bins of equal width between two known values."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from weightscope.inspection import Variable
from weightscope.inspection.statistics import Histogram, Statistics
from weightscope.measure.reading.gather import Block, Gatherer, Progress, gather
from weightscope.measure.reading.scratch import PIECE
from weightscope.measure.statistics.statistics import as_numbers


def equal_bins(
    variable: Variable, statistics: Statistics, bins: int, progress: Progress | None = None
) -> Histogram | None:
    """Returns the histogram of the finite values in `bins` bins, as `numpy.histogram` counts them; None without values.

    Equal values lie in the middle of a range of 1, as in numpy. If this range, or the range of the values, is too
    narrow for distinct edges in float64, it is widened as far as necessary.

    Args:
        variable: Of a dtype that has an order.
        statistics: The statistics of its values.
        bins: At least 1.
        progress: Called with the number of bytes read since the last call.
    """
    if statistics.minimum is None or statistics.maximum is None:
        return None
    limits = _limits(float(statistics.minimum), float(statistics.maximum), bins)
    (counter,) = gather([variable], lambda _: _Counter(bins, limits), progress)
    return Histogram(tuple(map(float, counter.edges)), tuple(map(int, counter.counts)))


_LARGEST = float(np.finfo(np.float64).max)


def _limits(minimum: float, maximum: float, bins: int) -> tuple[float, float]:
    """Returns where the first bin begins and the last one ends."""
    if (maximum / 2 - minimum / 2) / bins > math.ulp(max(-minimum, maximum)):
        return minimum, maximum
    least = bins * math.ulp(max(-minimum, maximum))
    reach = max(0.5, least) if minimum == maximum else least
    return max(minimum - reach, -_LARGEST), min(maximum + reach, _LARGEST)


class _Counter(Gatherer):
    """Counts values in bins of equal width: each includes its left edge, the last one its right edge too."""

    def __init__(self, bins: int, limits: tuple[float, float]) -> None:
        low, high = limits
        self._bins: Any = {"bins": bins, "range": limits}
        if high - low < _LARGEST / (4 * bins):
            self.edges = np.histogram_bin_edges(np.zeros(0), **self._bins)
        else:  # numpy multiplies the distance by the number of bins, which is beyond float64
            parts = np.arange(bins + 1) / bins
            self.edges = low * (1 - parts) + high * parts
            self._bins = {"bins": self.edges}
        self.counts: npt.NDArray[np.int64] = np.zeros(bins, np.int64)

    def add(self, block: Block) -> None:
        """Takes in the values of one block."""
        values = as_numbers(block.values).reshape(-1)
        for start in range(0, values.size, PIECE):
            piece = values[start : start + PIECE].astype(np.float64)
            self.counts += np.histogram(piece[np.isfinite(piece)], **self._bins)[0]

    def merge(self, later: _Counter) -> None:
        """Merges the counts of another one."""
        self.counts += later.counts
