"""Cuts a variable into boxes to read one after the other: each fits the cache, each value is in exactly one box."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod

from weightscope.inspection import Selection


def block_selections(
    shape: tuple[int, ...], chunk_shape: tuple[int, ...] | None, most_elements: int
) -> Iterator[Selection]:
    """Yields boxes that together cover `shape`, in C order; none of a shape without elements.

    A box holds whole chunks: as many as `most_elements` allows, and at least one. Without chunks, its values are
    contiguous in C order.

    Args:
        shape: The shape of the variable.
        chunk_shape: The shape of a chunk, which can only be read whole; None if any element can be read.
        most_elements: The most elements of a box, unless one chunk has more.
    """
    if 0 in shape:
        return
    steps = _box_shape(shape, chunk_shape or (1,) * len(shape), most_elements)
    corners = product(*(range(0, length, step) for length, step in zip(shape, steps, strict=True)))
    for corner in corners:
        yield tuple(
            slice(start, min(start + step, length)) for start, step, length in zip(corner, steps, shape, strict=True)
        )


def _box_shape(shape: tuple[int, ...], chunk_shape: tuple[int, ...], most_elements: int) -> tuple[int, ...]:
    """Grows a chunk along the last axis, then along the one before it where the last is whole, and so on."""
    box = list(map(min, chunk_shape, shape))
    for axis in reversed(range(len(shape))):
        times = max(1, most_elements // prod(box))
        box[axis] = min(box[axis] * times, shape[axis])
        if box[axis] < shape[axis]:
            pieces = -(-shape[axis] // box[axis])  # even pieces rather than full ones and a short rest
            even = -(-shape[axis] // pieces)
            box[axis] = -(-even // chunk_shape[axis]) * chunk_shape[axis]
            break
    return tuple(box)
