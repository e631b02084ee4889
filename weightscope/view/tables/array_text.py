"""Values as numpy prints an array: in rows, aligned, of a large array only the corners."""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np

from weightscope.inspection import Array, Variable
from weightscope.measure.listing.preview import python_number
from weightscope.view.text import words

#: An array of more values than these is shown by its corners.
_MOST_VALUES = 120

#: Values at both ends of an axis, by the number of axes.
_EDGES = {0: 3, 1: 6, 2: 4, 3: 3}

#: With more axes than these even the corners are many: of each axis before the last ones the first position is shown.
_MOST_AXES = 5

_WIDEST = 120

#: The width of most values, and the space before them.
_USUAL_CELL = 9


def index_shown(shape: tuple[int, ...]) -> str:
    """Returns which part of an array the text shows, `[0,0,:,:,:,:,:]`; nothing when all axes are there."""
    skipped = _axes_skipped(shape)
    return f"[{','.join(['0'] * skipped + [':'] * (len(shape) - skipped))}]" if skipped else ""


def corners_text(variable: Variable, width: int) -> str:
    """Returns the values of a variable, or the corners of the part from `index_shown`; nothing else is read."""
    skipped = _axes_skipped(variable.info.shape)
    first, shape = (slice(0, 1),) * skipped, variable.info.shape[skipped:]
    if prod(shape) <= _MOST_VALUES:
        return array_text(variable.read(first).reshape(shape), width)
    edge = _edge(len(shape), width)
    ends = [_ends(size, edge) for size in shape]
    lengths = [min(size, 2 * edge + 1) for size in shape]
    corners = np.zeros(lengths, variable.read((slice(0, 0),) * len(variable.info.shape)).dtype)
    for corner in product(*ends):
        target = tuple(slice(at, at + part.stop - part.start) for part, at in corner)
        values = variable.read((*first, *(part for part, _ in corner)))
        corners[target] = values.reshape(values.shape[skipped:])
    return _printed(corners, edge, width)


def array_text(values: Array, width: int) -> str:
    """Returns values in memory; of many, the corners of the part from `index_shown`."""
    values = values[(0,) * _axes_skipped(values.shape)]
    edge = _edge(values.ndim, width)
    if values.size <= _MOST_VALUES:
        return _printed(values, max(values.shape, default=1), width)
    return _printed(values, edge, width)


def _axes_skipped(shape: tuple[int, ...]) -> int:
    return max(0, len(shape) - _MOST_AXES) if prod(shape) > _MOST_VALUES else 0


def _edge(rank: int, width: int) -> int:
    """Returns how many values are shown at both ends of an axis: fewer where a row would take two lines."""
    edge = _EDGES.get(rank, 1)
    while rank > 1 and edge > 1 and 2 * edge * _USUAL_CELL + rank + len(" ...") > width:
        edge -= 1
    return edge


def _ends(size: int, edge: int) -> list[tuple[slice, int]]:
    """Returns the positions to read of an axis and their positions in the text: all, or both ends and a gap."""
    if size <= 2 * edge:
        return [(slice(0, size), 0)]
    return [(slice(0, edge), 0), (slice(size - edge, size), edge + 1)]


def _printed(values: Array, edge: int, width: int) -> str:
    shown = values
    for axis, size in enumerate(values.shape):
        if size > 2 * edge:
            shown = np.concatenate(
                [shown.take(range(edge), axis), shown.take(range(size - edge, size), axis)], axis=axis
            )
    cell = max((len(_word(value)) for value in shown.ravel()), default=0)
    return np.array2string(
        values,
        max_line_width=min(width, _WIDEST),
        threshold=0,
        edgeitems=edge,
        separator=" ",
        formatter={"all": lambda value: f"{_word(value):>{cell}}"},
    )


def _word(value: object) -> str:
    return words.value(python_number(value))
