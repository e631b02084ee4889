"""An overview of a model, for a page that shows all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from weightscope.inspection.check_result import CheckResult
from weightscope.inspection.inspection import Inspection
from weightscope.inspection.measured import Measured
from weightscope.inspection.statistics import Histogram

#: Which variables have a `Detail`: none, as many as fit into a page of moderate size, or all.
Pictures = Literal["none", "some", "all"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A matrix, or the filters of a convolution side by side, in few cells.

    Attributes:
        cells: Float64; a matrix, or a filter for each input channel (down) and output channel (across).
        tile: The height and width of a filter in cells; the whole size for a matrix.
        axes: The meaning of the axes down and across, such as `in` and `out`.
        caption: How the cells stand for the values.
        has_signs: Whether cells can be negative: a root mean square cannot.
    """

    cells: npt.NDArray[np.float64]
    tile: tuple[int, int]
    axes: tuple[str, str]
    caption: str
    has_signs: bool = True


@dataclass(frozen=True, slots=True)
class Detail:
    """What is shown of one variable besides its statistics.

    Attributes:
        axes: The meaning of each axis; empty if unknown.
        quantiles: Values by the share of the finite values below them; empty if not computed.
        histogram: In bins of equal width; None if not computed.
        picture: Its values as colours; None where the shape makes no picture.
    """

    axes: tuple[str, ...]
    quantiles: Mapping[float, float]
    histogram: Histogram | None
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class Overview:
    """All that a page shows of one model.

    Attributes:
        inspection: The model.
        rows: The listed variables with their statistics, in the model's order.
        report: The findings of all rules.
        details: Details of some of the rows, by path.
        pictures: Which variables were to have details.
    """

    inspection: Inspection
    rows: tuple[Measured, ...]
    report: CheckResult
    details: Mapping[str, Detail] = field(default_factory=dict)
    pictures: Pictures = "none"
