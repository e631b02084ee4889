"""Measures one variable in detail."""

from __future__ import annotations

from weightscope.errors import UsageError
from weightscope.inspection import Inspection, Variable
from weightscope.inspection.closeup import BINS, Closeup
from weightscope.inspection.measured import Measured
from weightscope.measure.axes import axes_of
from weightscope.measure.closeup.slicing import read_slice
from weightscope.measure.listing.preview import preview_variable
from weightscope.measure.reading.gather import Progress, gather
from weightscope.measure.statistics.equal_bins import equal_bins
from weightscope.measure.statistics.kernels import kernels_for
from weightscope.measure.statistics.quantiles import quantiles
from weightscope.measure.statistics.statistics import StatisticsGatherer, has_order

#: The passes over all values: for the statistics, for the histogram, and two for the quantiles.
PASSES = 4


def close_up(
    inspection: Inspection,
    variable: Variable,
    *,
    bins: int = BINS,
    selection: str | None = None,
    preview: int = 5,
    progress: Progress | None = None,
) -> Closeup:
    """Returns the detailed record of one variable of `inspection`.

    Args:
        inspection: The model.
        variable: One of its variables.
        bins: The number of bins of the histogram.
        selection: A slice as the user wrote it, `:,:,0,3`.
        preview: How many values its preview holds.
        progress: Called with the number of bytes read since the last call.

    Raises:
        UsageError: The slice makes no sense for the variable, or its values have no order.
        NoValuesError: The file does not hold the values.
    """
    info = variable.info
    _check_values(variable)
    config = next((layer.config for layer in inspection.layers if layer.path == info.layer), None)
    axes = axes_of(info, config)
    chosen = None if selection is None else read_slice(variable, selection, axes)
    kernels = kernels_for([variable])
    (gatherer,) = gather([variable], lambda _: StatisticsGatherer(kernels), progress)
    statistics = gatherer.statistics()
    return Closeup(
        inspection=inspection,
        variable=variable,
        measured=Measured(info, preview_variable(variable, preview), statistics),
        axes=axes,
        quantiles=quantiles(variable, statistics.finite, progress=progress),
        histogram=equal_bins(variable, statistics, bins, progress),
        slice=chosen,
    )


def _check_values(variable: Variable) -> None:
    info = variable.info
    if not variable.has_values:
        variable.read((slice(0, 1),) * len(info.shape))  # raises the reason
    if not has_order(info):
        raise UsageError(info.path, f"{info.dtype} values have no order", "weightscope inspect shows its first values")
