"""Gathers the statistics of variables in one pass over their values."""

from __future__ import annotations

from collections.abc import Sequence

from weightscope.inspection import Variable
from weightscope.measure.kernels import kernels_for
from weightscope.measure.scan import Progress, scan
from weightscope.measure.statistics import StatisticsGatherer


def gather_statistics(variables: Sequence[Variable], progress: Progress | None = None) -> list[StatisticsGatherer]:
    """Returns the statistics of each variable; all values are read.

    Args:
        variables: Of dtypes that have an order.
        progress: Called with the number of bytes read since the last call.
    """
    kernels = kernels_for(variables)
    return scan(variables, lambda _: StatisticsGatherer(kernels), progress, may_fork=True)
