"""Gathers the statistics of variables in one pass over their values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weightscope.inspection import Variable
from weightscope.measure.reading.gather import Progress, gather_each
from weightscope.measure.statistics.kernels import kernels_for
from weightscope.measure.statistics.statistics import StatisticsGatherer


def gather_statistics(variables: Sequence[Variable], progress: Progress | None = None) -> Iterator[StatisticsGatherer]:
    """Yields the statistics of each variable; all values are read.

    Args:
        variables: Of dtypes that have an order.
        progress: Called with the number of bytes read since the last call.
    """
    kernels = kernels_for(variables)
    return gather_each(variables, lambda _: StatisticsGatherer(kernels), progress, may_fork=True)
