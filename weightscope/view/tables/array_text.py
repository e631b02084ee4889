"""Values as numpy prints an array: in rows, aligned, of a large array only the corners."""

from __future__ import annotations

from itertools import product

import numpy as np

from weightscope.inspection import Array, Variable
from weightscope.measure.preview import python_number
from weightscope.view import text as words

#: An array of more values than these is shown by its corners.
_MOST_VALUES = 120

#: Values at both ends of an axis, by the number of axes.
_EDGES = {0: 3, 1: 6, 2: 4, 3: 3}

_WIDEST = 120


def corners_text(variable: Variable, width: int) -> str:
    """Returns the values of a variable, or its corners; only what is shown is read."""
    shape = variable.info.shape
    if variable.info.parameters <= _MOST_VALUES:
        return array_text(variable.read(), width)
    edge = _edge(len(shape))
    ends = [_ends(size, edge) for size in shape]
    lengths = [min(size, 2 * edge + 1) for size in shape]
    corners = np.zeros(lengths, variable.read((slice(0, 0),) * len(shape)).dtype)
    for corner in product(*ends):
        target = tuple(slice(at, at + part.stop - part.start) for part, at in corner)
        corners[target] = variable.read(tuple(part for part, _ in corner))
    return _printed(corners, edge, width)


def array_text(values: Array, width: int) -> str:
    """Returns some values that are in memory; of many, the corners."""
    edge = _edge(values.ndim)
    if values.size <= _MOST_VALUES:
        return _printed(values, max(values.shape, default=1), width)
    return _printed(values, edge, width)


def _edge(rank: int) -> int:
    return _EDGES.get(rank, 1)


def _ends(size: int, edge: int) -> list[tuple[slice, int]]:
    """Returns what to take of an axis, and where that goes: all of it, or both ends with one place between them."""
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
