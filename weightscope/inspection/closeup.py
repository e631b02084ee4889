"""The detailed record of one variable, for `weightscope show`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from weightscope.inspection.inspection import Inspection
from weightscope.inspection.measured import Measured
from weightscope.inspection.statistics import Histogram
from weightscope.inspection.variable import Array, Variable

#: How a cell stands for its values: by their root mean square, their mean, or the one of largest magnitude.
Pool = Literal["rms", "mean", "max"]

#: Bins of the histogram, unless another number is asked for.
BINS = 60


@dataclass(frozen=True, slots=True)
class Slice:
    """Some values of a variable, chosen by the user.

    Attributes:
        selection: As the user wrote it: `:,:,0,3`.
        values: The values; an axis with an index is dropped, as in numpy.
        axes: The meaning of each remaining axis; empty if unknown.
    """

    selection: str
    values: Array
    axes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Closeup:
    """The detailed record of one variable.

    Attributes:
        inspection: The model it belongs to.
        variable: The variable itself, to read more of its values.
        measured: Its description, preview and statistics.
        axes: The meaning of each axis (`height`, `width`, `in`, `out`); empty if unknown.
        quantiles: Values below which a share of the finite values lies, by that share; empty without finite values.
        histogram: In bins of equal width from minimum to maximum; None without finite values.
        slice: The requested slice of the values; None if none was requested.
    """

    inspection: Inspection
    variable: Variable
    measured: Measured
    axes: tuple[str, ...]
    quantiles: Mapping[float, float]
    histogram: Histogram | None
    slice: Slice | None = None
