"""The first few values of a variable."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np

from weightscope.errors import NoValuesError
from weightscope.inspection import Selection, Variable
from weightscope.inspection.measured import Preview


def preview_variable(variable: Variable, count: int) -> Preview | None:
    """Returns the first `count` values in C order as Python numbers; None if `count` is 0 or there are no values.

    Reads at most twice as many elements as it returns.
    """
    if count <= 0:
        return None
    info = variable.info
    try:
        values = variable.read(leading_selection(info.shape, count)).ravel()[:count]
    except NoValuesError:
        return None
    return Preview(tuple(map(python_number, values)), is_whole=info.parameters <= count)


def leading_selection(shape: tuple[int, ...], count: int) -> Selection:
    """Returns a selection that begins at the first element and holds the first `count` ones in C order."""
    inner = 1
    for axis in reversed(range(len(shape))):
        if inner * shape[axis] >= count:
            rows = ceil(count / inner)
            return (slice(0, 1),) * axis + (slice(0, rows),)
        inner *= shape[axis]
    return (slice(None),) * len(shape)


def python_number(value: Any) -> Any:
    """Returns the Python number that prints as numpy prints `value`: 0.1 for a float32 of 0.1."""
    if isinstance(value, np.floating):
        return float(str(value))
    item = value.item() if isinstance(value, np.generic) else value
    return item.decode("utf-8", "replace") if isinstance(item, bytes) else item
