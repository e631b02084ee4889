"""The details of variables that a page has room for: exact quantiles, a finer histogram, a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weightscope.inspection import Inspection
from weightscope.inspection.measured import Measured
from weightscope.inspection.overview import Detail, Picture
from weightscope.inspection.statistics import Statistics
from weightscope.measure.axes import axes_of
from weightscope.measure.closeup.downsample import downsampled
from weightscope.measure.closeup.subject import Subject
from weightscope.measure.statistics.equal_bins import equal_bins
from weightscope.measure.statistics.quantiles import quantiles
from weightscope.measure.statistics.statistics import has_order

#: Cells of a picture in each direction, at most.
_MOST_CELLS = 48

#: Bins of the histogram.
_BINS = 60

#: The bytes of a page that all details may take, unless all are asked for.
_MOST_BYTES = 1 << 20

#: Values of a variable that are read again and again for exact quantiles, unless all details are asked for.
_MOST_VALUES = 1 << 20

#: Bytes of the text of one detail without its histogram and cells: quantiles, names of axes, a caption, the path's
#: place.
_FIXED_BYTES = 500


def details(inspection: Inspection, rows: Sequence[Measured], *, is_all: bool) -> Iterator[tuple[str, Detail]]:
    """Yields the paths and details of the listed variables, the largest first, as far as a page has room for them.

    Args:
        inspection: The model.
        rows: The listed variables with their statistics.
        is_all: Whether every variable with values has details.
    """
    variables = {variable.info.path: variable for variable in inspection.all_variables}
    configs = {layer.path: layer.config for layer in inspection.layers}
    left = _MOST_BYTES
    for row in sorted(rows, key=lambda one: -one.info.parameters):
        if row.statistics is None or not row.info.parameters:
            continue
        variable = variables[row.info.path]
        axes = axes_of(row.info, configs.get(row.info.layer))
        left -= _cost(row)
        if left < 0 and not is_all:
            return
        is_exact = is_all or row.info.parameters <= _MOST_VALUES
        yield row.info.path, _detail(Subject(variable, axes), row.statistics, is_exact=is_exact)


def _cost(row: Measured) -> int:
    """Returns the most bytes that a page needs for the detail of a variable."""
    digits = len(str(row.info.parameters)) + 1
    cells = min(row.info.parameters, _MOST_CELLS**2) if len(row.info.shape) > 1 else 0
    return _FIXED_BYTES + _BINS * digits + cells


def _detail(subject: Subject, statistics: Statistics, *, is_exact: bool) -> Detail:
    variable = subject.variable
    return Detail(
        axes=subject.axes,
        quantiles=quantiles(variable, statistics.finite) if is_exact else {},
        histogram=equal_bins(variable, statistics, _BINS) if is_exact else None,
        picture=_picture(subject),
    )


def _picture(subject: Subject) -> Picture | None:
    """Returns a matrix or filters as cells; None for anything else: a row says less than its histogram."""
    kind = subject.kind_or_none if has_order(subject.variable.info) else None
    if kind == "matrix":
        return _matrix(subject)
    return _filters(subject) if kind == "filters" else None


def _matrix(subject: Subject) -> Picture:
    folding = subject.folding
    small = downsampled(subject.variable, folding, (_MOST_CELLS, _MOST_CELLS))
    caption = "each cell is one value"
    if not small.is_whole:
        caption = f"each cell is the root mean square of {small.row_step:,} x {small.column_step:,} values"
    names = subject.axes or ("rows", "columns")
    down, across = (" x ".join(names[axis] for axis in axes) for axes in (folding.down, folding.across))
    return Picture(small.values, (len(small.values), small.values.shape[1]), (down, across), caption, small.has_signs)


def _filters(subject: Subject) -> Picture:
    """Returns the first filters, a row of them for each input channel."""
    height, width = subject.filter_size
    filters = subject.filters(max(1, _MOST_CELLS // height), max(1, _MOST_CELLS // width))
    _, _, inputs, outputs = filters.values.shape
    cells = filters.values.transpose(2, 0, 3, 1).reshape(inputs * height, outputs * width)
    shown = f"{inputs:,} of {filters.inputs:,} {filters.input_name}, {outputs:,} of {filters.outputs:,}"
    caption = f"filters of {height} x {width}: {shown} {filters.output_name}"
    return Picture(cells, (height, width), (filters.input_name, filters.output_name), caption)
