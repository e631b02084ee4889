"""Finds variables of the target that are filled more than once: tied weights, which Keras stores with each layer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from weightscope.inspection import Inspection, Variable
from weightscope.inspection.load_plan import Overwritten
from weightscope.measure.load.readings import Readings
from weightscope.measure.reading.blocks import block_selections

_BOX_ELEMENTS = 1 << 18


def overwritten(readings: Readings, weights: Inspection) -> Iterator[Overwritten]:
    """Yields the variables that are filled more than once. Reads the values of the stored copies, and no others.

    Args:
        readings: The readings of the load.
        weights: The file.
    """
    stored = {one.info.path: one for one in weights.variables} if readings.overwritten else {}
    for target, earlier in readings.overwritten.items():
        last = readings.read[target]
        copies = tuple(one for one in dict.fromkeys(earlier) if one != last)
        if copies:
            are_equal = all(have_equal_bytes(stored[one], stored[last]) for one in copies)
            yield Overwritten(target, copies, last, are_equal)


def have_equal_bytes(one: Variable, other: Variable) -> bool:
    """Whether two variables with values of the same shape and dtype have the same bytes."""
    if (one.info.shape, one.info.dtype) != (other.info.shape, other.info.dtype):
        return False
    if not one.has_values or not other.has_values:
        return False
    boxes = block_selections(one.info.shape, one.values.chunk_shape, _BOX_ELEMENTS)
    return all(np.array_equal(_bytes(one, box), _bytes(other, box)) for box in boxes)


def _bytes(variable: Variable, box: tuple[slice, ...]) -> np.typing.NDArray[np.uint8]:
    return np.ascontiguousarray(variable.read(box)).view(np.uint8)
