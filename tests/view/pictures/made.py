"""Variables to draw."""

from __future__ import annotations

import numpy as np

from tests.records import inspection, variable
from weightscope.inspection import Array
from weightscope.inspection.closeup import Closeup, Slice
from weightscope.inspection.measured import Measured
from weightscope.measure.axes import axes_of
from weightscope.measure.reading.gather import Block
from weightscope.measure.statistics.statistics import StatisticsGatherer, has_order


def closeup(
    values: Array, layer_class: str | None = "Dense", path: str = "layer/kernel", chosen: Slice | None = None
) -> Closeup:
    """Returns the closeup of a variable with these values."""
    one = variable(path, values.shape, values=values, dtype=str(values.dtype), layer_class=layer_class)
    statistics = None
    if has_order(one.info):
        gatherer = StatisticsGatherer()
        gatherer.add(Block((), values))
        statistics = gatherer.statistics()
    histogram = statistics.histogram if statistics else None
    measured = Measured(one.info, None, statistics)
    return Closeup(inspection(one), one, measured, axes_of(one.info), {}, histogram, chosen)


def normal(*shape: int) -> Array:
    """Returns values as a layer may have them, the same each time."""
    return np.random.default_rng(0).normal(0, 0.1, shape).astype("float32")
